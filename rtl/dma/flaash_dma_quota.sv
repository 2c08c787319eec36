// SPDX-License-Identifier: Apache-2.0
// DMA quota: passes the records for which the result buffer has room, and counts all records.
//
// Guarantees  The words of records that fit pass (kept_o). A record that does not fit whole is dropped, with all
//             later records. A record that begins while drop_i is high is dropped. passed_o counts the records
//             before this step, and the bytes of those that passed.
// Demands     A step brings whole records, or a beat of one as flaash_result_unloader sends it. start_i between
//             records.
// Latency     None, one cycle to passed_o.
// Throughput  A step per cycle.
// Reset       No room.

`include "flaash_assert.svh"

module flaash_dma_quota
  import flaash_pkg::*;
  import flaash_dma_pkg::passed_t;
(
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         start_i,
  input  logic [63:0]  capacity_i,  // bytes
  input  logic [4:0]   words_i,     // of a record: 1 to 16; steady from start_i to the last step
  input  logic         drop_i,

  input  logic         step_i,
  input  logic         whole_i,     // whole records come: count_i of them
  input  batch_count_t count_i,     // 1 to MaxBatch; else a beat of one
  output logic [5:0]   kept_o,      // words that pass

  output passed_t      passed_o
);

  localparam int unsigned Small = 11;  // bits of a number of bytes for which it is compared what fits

  logic [63:0]  left_q;    // bytes of the buffer
  logic         far_q;     // every batch fits; without it left_q has Small bits
  logic [4:0]   come_q;    // words of this record that have come
  logic         keep_q;    // they pass
  logic         begins;
  logic [4:0]   rest, beat;  // words of this record that have not come; of this beat
  batch_count_t count;       // records that begin
  logic         full_q, overflows;
  logic [63:0]  results_q, bytes_q, results, bytes;  // with q: up to two cycles before
  batch_count_t count_q;     // records and bytes of the cycle before
  logic [9:0]   step_bytes, step_bytes_q;
  logic [7:0]   step_words;  // of records that begin and pass

  logic [MaxBatch:1][7:0] words;              // of 1, 2 .. records
  logic [MaxBatch:1]      fits, comes, goes;  // this many would fit; come; pass

  assign passed_o.full     = full_q;
  assign passed_o.rows     = 1'b0;
  assign passed_o.complete = 32'd0;
  assign passed_o.results  = results;
  assign passed_o.bytes    = bytes;

  assign results  = results_q + 64'(count_q);
  assign bytes    = bytes_q + 64'(step_bytes_q);

  assign begins = come_q == '0;
  assign rest   = words_i - come_q;
  assign beat   = (rest < 5'(StreamWords)) ? rest : 5'(StreamWords);
  assign count  = whole_i ? count_i : batch_count_t'(begins);

  for (genvar i = 1; i <= int'(MaxBatch); i++) begin : gen_number
    assign words[i] = 8'(i) * 8'(words_i);
    assign fits[i]  = (far_q || (Small-2)'(words[i]) <= left_q[Small-1:2]) && !full_q;
    assign comes[i] = count >= batch_count_t'(i);
    assign goes[i]  = fits[i] && comes[i] && !drop_i;
  end

  // The greatest number that passes is the last one of those that do.
  always_comb begin
    step_words = '0;
    for (int i = 1; i <= int'(MaxBatch); i++) begin
      if (goes[i] && (i == int'(MaxBatch) || !goes[(i == int'(MaxBatch)) ? i : i + 1])) begin
        step_words = step_words | words[i];
      end
    end
    kept_o = step_words[5:0];
    if (!whole_i) kept_o = ((begins && goes[1]) || (!begins && keep_q)) ? 6'(beat) : '0;
  end

  assign step_bytes = {step_words, 2'd0};
  assign overflows  = (comes & ~fits) != '0;

  // What a step adds to the sums is added in the next cycle.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {left_q, far_q}                                                     <= '0;
      {come_q, keep_q, full_q, results_q, bytes_q, count_q, step_bytes_q} <= '0;
    end else if (start_i) begin
      {left_q, far_q}                                                     <= {capacity_i, capacity_i[63:Small] != '0};
      {come_q, keep_q, full_q, results_q, bytes_q, count_q, step_bytes_q} <= '0;
    end else begin
      far_q        <= left_q[63:Small] != '0;
      results_q    <= results;
      bytes_q      <= bytes;
      count_q      <= step_i ? count : '0;
      step_bytes_q <= step_i ? step_bytes : '0;
      if (step_i) begin
        left_q <= left_q - 64'(step_bytes);
        full_q <= full_q || overflows;
        if (!whole_i) begin
          come_q <= (beat == rest) ? '0 : come_q + beat;
          if (begins) keep_q <= goes[1];
        end
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Far_A, far_q ? left_q[63:9] > 55'd1 : left_q[63:Small] == '0, "it is not compared what fits")
  `FLAASH_ASSERT(WithinCapacity_A, !step_i || 64'(step_bytes) <= left_q, "more bytes than the buffer has left")
  `FLAASH_ASSERT(WholeBetween_A, !step_i || !whole_i || begins, "whole records inside another")
  `FLAASH_COVER(Full_C, step_i && overflows && !full_q)
  `FLAASH_COVER(SomeFit_C, step_i && fits != '0 && overflows)

endmodule : flaash_dma_quota
