// SPDX-License-Identifier: Apache-2.0
// Stream packer: packs words, some at a time, into consecutive beats of the bus.
//
// Guarantees  All accepted words leave in order without gaps. After flush_i the remaining words leave as a beat
//             of fewer words.
// Demands     The AXI handshake rule; in_words_i may be 0. No words with flush_i.
// Latency     One cycle from the word that fills a beat to that beat.
// Throughput  A beat per cycle out; words are accepted while less than a beat of words remains.
// Reset       No word is stored. clear_i does the same.

`include "flaash_assert.svh"

module flaash_stream_packer
#(
  parameter int unsigned DataWidth = 128,  // of the bus: 128, 256 or 512
  parameter int unsigned InWords   = 4,    // that come in a cycle, most: 1 to 32
  localparam int unsigned Words    = DataWidth / 32,
  localparam int unsigned WordBits = $clog2(Words) + 1,
  localparam int unsigned Places   = Words - 1 + InWords,  // words that wait, most
  localparam int unsigned FillBits = $clog2(Places + 1)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  logic                   flush_i,     // no words follow
  output logic                   empty_o,

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [InWords*32-1:0]  in_data_i,
  input  logic [5:0]             in_words_i,  // the lowest ones, up to InWords

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [DataWidth-1:0]   out_data_o,
  output logic [WordBits-1:0]    out_words_o
);

  if (InWords < 1 || InWords > 32) begin : gen_illegal_words
    `FLAASH_ILLEGAL("InWords must be 1 to 32")
  end

  logic [Places-1:0][31:0]  stage_q, stays, comes;
  logic [InWords-1:0][31:0] in_words;
  logic [FillBits-1:0]      fill_q, left;  // words in stage_q; words that stay in this cycle
  logic                     whole, more, leaves, step;  // there is a beat, there are two

  assign whole       = fill_q >= FillBits'(Words);
  assign more        = 32'(fill_q) >= 2 * Words;
  assign out_valid_o = whole || (flush_i && fill_q != '0);
  assign out_words_o = whole ? WordBits'(Words) : WordBits'(fill_q);
  assign out_data_o  = stage_q[Words-1:0];
  assign leaves      = out_valid_o && out_ready_i;
  assign empty_o     = fill_q == '0;

  // Words that leave make room in the same cycle.
  always_comb begin
    left  = fill_q;
    stays = stage_q;
    if (leaves) begin
      left  = whole ? fill_q - FillBits'(Words) : '0;
      stays = (Places*32)'({{DataWidth{1'b0}}, stage_q} >> DataWidth);
    end
  end

  assign in_ready_o = !whole || (out_ready_i && !more);
  assign step       = in_valid_i && in_ready_o;

  for (genvar i = 0; i < int'(InWords); i++) begin : gen_mask
    assign in_words[i] = (in_words_i > 6'(i)) ? in_data_i[32*i +: 32] : '0;
  end

  assign comes = (Places*32)'(in_words) << {left, 5'd0};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stage_q <= '0;
      fill_q  <= '0;
    end else if (clear_i) begin
      stage_q <= '0;
      fill_q  <= '0;
    end else begin
      stage_q <= stays | (step ? comes : '0);
      fill_q  <= left + (step ? FillBits'(in_words_i) : '0);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i || clear_i, ({out_words_o, out_data_o}), DataWidth + WordBits)
  `FLAASH_ASSERT(WordsFit_A, !in_valid_i || 32'(in_words_i) <= InWords, "more words than InWords")
  `FLAASH_ASSERT(NoneAfterFlush_A, !flush_i || !in_valid_i, "words together with a flush")
  `FLAASH_COVER(FlushPart_C, flush_i && leaves && !whole)
  `FLAASH_COVER(TwoBeats_C, 32'(fill_q) >= 2 * Words)

endmodule : flaash_stream_packer
