// SPDX-License-Identifier: Apache-2.0
// Edge words: the first beats of an operand frame: header, extents, counts.
//
// Guarantees  After start_i the header, one word per mode in whole beats, and for an order above 1 one word per
//             upper level likewise. out_last_o with the last beat: nothing follows if there are no levels and no
//             entries.
// Demands     start_i while idle_o; what describes the operand stays until idle_o. level_i answers level_o at once.
// Latency     One cycle from start_i to the header.
// Throughput  A word per cycle; the first one is there with the header.
// Reset       Idle.

`include "flaash_assert.svh"

module flaash_edge_words
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format    = FormatFp32,
  parameter int unsigned FeedWidth = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  localparam int unsigned WordBits = $clog2(FeedWidth / 32)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   start_i,
  output logic                   idle_o,

  input  logic                   operand_i,
  input  logic [3:0]             order_i,
  input  logic [31:0]            entries_i,
  output logic [2:0]             level_o,  // whose extent or count is needed
  input  level_t                 level_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [FeedWidth-1:0]   out_data_o,
  output logic                   out_last_o
);

  localparam logic [31:0] Magic = 32'h4641_4c46;

  typedef enum logic [1:0] {WordsIdle, WordsHeader, WordsExtents, WordsCounts} state_e;

  state_e                 state_q;
  logic [2:0]             index_q;
  logic [WordBits-1:0]    word_id;      // of the beat
  logic [FeedWidth-1:0]   beat_q, beat;  // the words before this one; with it
  logic                   section_last, full, step;
  logic [31:0]            word;

  logic unused_level;
  assign unused_level = ^level_i;

  assign idle_o       = state_q == WordsIdle;
  assign level_o      = index_q;
  assign word         = (state_q == WordsCounts) ? level_i.count : level_i.extent;
  assign section_last = (state_q == WordsExtents) ? 4'(index_q) + 4'd1 == order_i : 4'(index_q) + 4'd2 == order_i;
  assign word_id      = WordBits'(index_q);
  assign full         = section_last || (&word_id);
  assign beat         = beat_q | (FeedWidth'(word) << {word_id, 5'd0});

  always_comb begin
    out_valid_o = full;
    out_data_o  = beat;
    if (state_q == WordsIdle) out_valid_o = 1'b0;
    if (state_q == WordsHeader) begin
      out_valid_o = 1'b1;
      out_data_o  = FeedWidth'({entries_i, 28'd0, order_i, 16'd0, 8'(Format), 7'd0, operand_i, Magic});
    end
  end

  assign out_last_o = state_q == WordsExtents && order_i == 4'd1 && entries_i == '0;
  assign step       = (state_q == WordsExtents || state_q == WordsCounts) && (!full || out_ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= WordsIdle;
      index_q <= '0;
      beat_q  <= '0;
    end else begin
      if (step) begin
        index_q <= section_last ? '0 : index_q + 1'b1;
        beat_q  <= full ? '0 : beat;
      end
      unique case (state_q)
        WordsIdle:    if (start_i) state_q <= WordsHeader;
        WordsHeader:  if (out_ready_i) begin
          state_q <= WordsExtents;
          if (order_i != 4'd1) {index_q, beat_q} <= {3'd1, beat};  // the next beat lacks others, too
        end
        WordsExtents: if (step && section_last) begin
          if (order_i == 4'd1) state_q <= WordsIdle;
          else state_q <= WordsCounts;
        end
        default:      if (step && section_last) state_q <= WordsIdle;
      endcase
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, ({out_last_o, out_data_o}), FeedWidth + 1)
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || idle_o, "started while words are to come")

endmodule : flaash_edge_words
