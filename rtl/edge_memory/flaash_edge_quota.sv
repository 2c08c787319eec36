// SPDX-License-Identifier: Apache-2.0
// Edge quota: passes the records for which the result buffer has room, and counts all records.
//
// Guarantees  The words of records that fit pass (kept_o). A record that does not fit whole is dropped, with all
//             later records. A record that begins while drop_i is high is dropped. passed_o counts the records
//             so far, this step included, and the bytes of those that passed.
// Demands     A step brings whole records, or a beat of one as flaash_record_sender sends it. start_i between
//             records.
// Latency     None.
// Throughput  A step per cycle.
// Reset       No room.

`include "flaash_assert.svh"

module flaash_edge_quota
  import flaash_pkg::*;
  import flaash_edge_pkg::passed_t;
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

  logic [63:0]  left_q;    // bytes of the buffer
  logic [4:0]   come_q;    // words of this record that have come
  logic         keep_q;    // they pass
  logic         begins;
  logic [4:0]   rest, beat;  // words of this record that have not come; of this beat
  batch_count_t count, fit, pass;  // records that begin; that would fit; that pass
  logic [63:0]  bytes;
  logic         full_q;
  logic [63:0]  results_q, bytes_q;
  logic [63:0]  now_results, now_bytes;
  logic         now_full;

  assign passed_o = {now_full, now_results, now_bytes};

  assign begins = come_q == '0;
  assign rest   = words_i - come_q;
  assign beat   = (rest < 5'(StreamWords)) ? rest : 5'(StreamWords);

  always_comb begin
    count = whole_i ? count_i : batch_count_t'(begins);
    fit   = '0;
    for (int i = 1; i <= int'(MaxBatch); i++) begin
      if (64'(i) * 64'({words_i, 2'd0}) <= left_q && !full_q) fit = batch_count_t'(i);
    end
    pass = (count < fit) ? count : fit;
    if (drop_i) pass = '0;
    kept_o = 6'(pass) * 6'(words_i);
    if (!whole_i) kept_o = ((begins && pass != '0) || (!begins && keep_q)) ? 6'(beat) : '0;
  end

  assign bytes       = 64'(pass) * 64'({words_i, 2'd0});
  assign now_results = results_q + (step_i ? 64'(count) : '0);
  assign now_bytes   = bytes_q + (step_i ? bytes : '0);
  assign now_full    = full_q || (step_i && count > fit);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q    <= '0;
      come_q    <= '0;
      keep_q    <= 1'b0;
      full_q    <= 1'b0;
      results_q <= '0;
      bytes_q   <= '0;
    end else if (start_i) begin
      left_q    <= capacity_i;
      come_q    <= '0;
      keep_q    <= 1'b0;
      full_q    <= 1'b0;
      results_q <= '0;
      bytes_q   <= '0;
    end else if (step_i) begin
      if (!whole_i) begin
        come_q <= (beat == rest) ? '0 : come_q + beat;
        if (begins) keep_q <= pass != '0;
      end
      left_q    <= left_q - bytes;
      results_q <= now_results;
      bytes_q   <= now_bytes;
      full_q    <= now_full;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(WithinCapacity_A, !step_i || bytes <= left_q, "more bytes than the buffer has left")
  `FLAASH_ASSERT(WholeBetween_A, !step_i || !whole_i || begins, "whole records inside another")
  `FLAASH_COVER(Full_C, step_i && count > fit && !full_q)
  `FLAASH_COVER(SomeFit_C, step_i && fit != '0 && count > fit)

endmodule : flaash_edge_quota
