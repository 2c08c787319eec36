// SPDX-License-Identifier: Apache-2.0
// Edge packer: packs records into beats of the bus, one behind the other, as far as the buffer's capacity goes.
//
// Guarantees  Words of the records that fit leave in order without gaps; a record that does not fit whole goes
//             nowhere, nor does any behind it, nor one that begins while drop_i is high. results_o counts all records,
//             bytes_o what left or will. After flush_i what is left leaves as a beat of fewer words.
// Demands     start_i while empty_o, before the first beat of a record. Beats of records as flaash_record_sender sends
//             them: words behind a record's end are zero.
// Latency     One cycle from the word that fills a beat to it.
// Throughput  A beat of records per cycle.
// Reset       Nothing is inside. clear_i does the same.

`include "flaash_assert.svh"

module flaash_edge_packer
  import flaash_pkg::*;
#(
  parameter int unsigned DataWidth = 128,  // of the bus: 128, 256 or 512
  localparam int unsigned Words    = DataWidth / 32,
  localparam int unsigned WordBits = $clog2(Words) + 1
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  logic                   start_i,
  input  logic [63:0]            capacity_i,  // bytes
  input  logic [4:0]             words_i,     // of a record: 1 to 16; steady from start_i to flush_i
  input  logic                   drop_i,
  input  logic                   flush_i,     // no beats follow
  output logic                   empty_o,
  output logic                   full_o,      // a record did not fit
  output logic [63:0]            results_o,
  output logic [63:0]            bytes_o,

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [StreamWidth-1:0] in_data_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [DataWidth-1:0]   out_data_o,
  output logic [WordBits-1:0]    out_words_o
);

  // -------------------------------------------------------------------- records
  logic [63:0] left_q;           // bytes of the buffer
  logic [4:0]  come_q;           // words of this record that have come
  logic [4:0]  rest, taken;      // words that have not; of this beat
  logic        begins, fits, keep, keep_q, step;
  logic [6:0]  record_bytes;

  assign record_bytes = {words_i, 2'd0};
  assign rest         = words_i - come_q;
  assign taken        = (rest < 5'(StreamWords)) ? rest : 5'(StreamWords);
  assign begins       = come_q == '0;
  assign fits         = 64'(record_bytes) <= left_q && !full_o;
  assign keep         = begins ? fits && !drop_i : keep_q;
  assign step         = in_valid_i && in_ready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q    <= '0;
      come_q    <= '0;
      keep_q    <= 1'b0;
      full_o    <= 1'b0;
      results_o <= '0;
      bytes_o   <= '0;
    end else if (start_i || clear_i) begin
      left_q    <= capacity_i;
      come_q    <= '0;
      keep_q    <= 1'b0;
      full_o    <= 1'b0;
      results_o <= '0;
      bytes_o   <= '0;
    end else if (step) begin
      come_q <= (taken == rest) ? '0 : come_q + taken;
      keep_q <= keep;
      if (begins) begin
        results_o <= results_o + 1'b1;
        if (!fits) full_o <= 1'b1;
        if (keep) begin
          left_q  <= left_q - 64'(record_bytes);
          bytes_o <= bytes_o + 64'(record_bytes);
        end
      end
    end
  end

  // ---------------------------------------------------------------------- beats
  logic [Words-1:0][31:0]             stage_q;
  logic [Words+StreamWords-1:0][31:0] side_by_side;
  logic [WordBits-1:0]                fill_q;  // words in stage_q, below Words
  logic [WordBits:0]                  filled;
  logic [StreamWords-1:0][31:0]       behind;  // words for the next beat
  logic                               room, whole;

  assign room         = !out_valid_o || out_ready_i;
  assign in_ready_o   = room;
  assign filled       = (WordBits+1)'(fill_q) + (WordBits+1)'(taken);
  assign whole        = filled >= (WordBits+1)'(Words);
  assign side_by_side = (DataWidth+StreamWidth)'(stage_q) | ((DataWidth+StreamWidth)'(in_data_i) << {fill_q, 5'd0});
  assign behind       = side_by_side[Words +: StreamWords];
  assign empty_o      = fill_q == '0 && !out_valid_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      stage_q     <= '0;
      fill_q      <= '0;
      out_valid_o <= 1'b0;
      out_data_o  <= '0;
      out_words_o <= '0;
    end else if (clear_i) begin
      stage_q     <= '0;
      fill_q      <= '0;
      out_valid_o <= 1'b0;
    end else if (room) begin
      out_valid_o <= 1'b0;
      if (step && keep) begin
        out_valid_o <= whole;
        stage_q     <= whole ? DataWidth'(behind) : side_by_side[Words-1:0];
        fill_q      <= whole ? WordBits'(filled - (WordBits+1)'(Words)) : filled[WordBits-1:0];
        out_data_o  <= side_by_side[Words-1:0];
        out_words_o <= WordBits'(Words);
      end else if (flush_i && fill_q != '0) begin
        out_valid_o <= 1'b1;
        out_data_o  <= stage_q;
        out_words_o <= fill_q;
        stage_q     <= '0;
        fill_q      <= '0;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i || clear_i, ({out_words_o, out_data_o}), DataWidth + WordBits)
  `FLAASH_ASSERT(StartWhenEmpty_A, !start_i || empty_o, "another buffer while words wait")
  `FLAASH_ASSERT(WithinCapacity_A, !step || !keep || !begins || 64'(record_bytes) <= left_q, "beyond the buffer")
  `FLAASH_COVER(Full_C, step && begins && !fits)
  `FLAASH_COVER(FlushPart_C, flush_i && fill_q != '0 && room)

endmodule : flaash_edge_packer
