// SPDX-License-Identifier: Apache-2.0
// Intersection of two fibers, followed by a queue of matches.
//
// Guarantees  As flaash_intersect_merge: the k-th fiber of A meets the k-th fiber of B. Each common coordinate leaves
//             as one beat; exactly one beat per pair is the last. stall_o: both lines are valid and nothing moves,
//             because the queue is full.
// Demands     As flaash_intersect_merge.
// Latency     One cycle.
// Throughput  One step per cycle. Steps go on until QueueDepth beats wait.
// Stalls      A step whose beat finds the queue full waits, and with it both fibers.
// Reset       Forgets matches inside and the positions within both fibers.

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_dot_types.svh"

module flaash_intersect
#(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,  // bits of a value, 1 or more
  parameter int unsigned QueueDepth = 8,   // matches, a power of two, 2 or more
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam type match_t = `FLAASH_MATCH(ValueWidth)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // fibers of A and of B, each back to back
  input  logic                  a_valid_i,
  output logic                  a_ready_o,
  input  logic [LineWidth-1:0]  a_line_i,
  input  logic                  b_valid_i,
  output logic                  b_ready_o,
  input  logic [LineWidth-1:0]  b_line_i,
  // matches
  output logic                  match_valid_o,
  input  logic                  match_ready_i,
  output match_t                match_o,
  // what happens in this cycle
  output logic                  step_o,
  output logic                  stall_o
);

  localparam int unsigned UsageWidth = $clog2(QueueDepth) + 1;

  // ------------------------------------------------------------------- the merge
  logic   found_valid, found_ready;
  match_t found;

  flaash_intersect_merge #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth)
  ) u_merge (
    .clk_i, .rst_ni,
    .a_valid_i, .a_ready_o, .a_line_i,
    .b_valid_i, .b_ready_o, .b_line_i,
    .match_valid_o(found_valid), .match_ready_i(found_ready), .match_o(found),
    .step_o
  );

  // ------------------------------------------------------------------- the queue
  logic [UsageWidth-1:0] unused_usage;

  flaash_stream_fifo #(
    .Data (match_t),
    .Depth(QueueDepth)
  ) u_queue (
    .clk_i, .rst_ni,
    .in_valid_i (found_valid),
    .in_ready_o (found_ready),
    .in_data_i  (found),
    .out_valid_o(match_valid_o),
    .out_ready_i(match_ready_i),
    .out_data_o (match_o),
    .usage_o    (unused_usage)
  );

  // With both lines valid the merge moves unless its next beat finds no room.
  assign stall_o = found_valid && !found_ready;

  // ------------------------------------------------------------------ properties
  `FLAASH_COVER(QueueFull_C, found_valid && !found_ready)
  `FLAASH_COVER(StepWhileFull_C, step_o && !found_ready)

endmodule : flaash_intersect
