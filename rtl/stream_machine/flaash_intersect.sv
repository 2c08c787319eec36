// SPDX-License-Identifier: Apache-2.0
// Intersection of the chosen kind, followed by a queue of matches.
//
// Guarantees  As the engines: the k-th fiber of A meets the k-th fiber of B, each common coordinate
//             leaves as one beat, exactly one beat per pair is the last. stall_o: both lines are
//             there and nothing moves, because the queue is full.
// Demands     As the engines.
// Latency     That of the engine and one cycle.
// Throughput  As the engine. Comparison goes on until QueueDepth beats wait.
// Reset       Forgets matches inside and the positions within both fibers.

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_dot_types.svh"

module flaash_intersect
  import flaash_pkg::*;
#(
  parameter int unsigned Engine     = EngineCompare,  // Engine*
  parameter int unsigned Lanes      = 4,              // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,             // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,             // bits of a value, 1 or more
  parameter int unsigned QueueDepth = 8,              // matches, a power of two, 2 or more
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

  // ------------------------------------------------------------------ the engine
  logic   found_valid, found_ready;
  match_t found;

  if (Engine == EngineMerge) begin : gen_merge
    flaash_intersect_merge #(
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth)
    ) u_engine (
      .clk_i, .rst_ni,
      .a_valid_i, .a_ready_o, .a_line_i,
      .b_valid_i, .b_ready_o, .b_line_i,
      .match_valid_o(found_valid), .match_ready_i(found_ready), .match_o(found),
      .step_o
    );
  end else if (Engine == EngineCompare) begin : gen_compare
    flaash_intersect_compare #(
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth)
    ) u_engine (
      .clk_i, .rst_ni,
      .a_valid_i, .a_ready_o, .a_line_i,
      .b_valid_i, .b_ready_o, .b_line_i,
      .match_valid_o(found_valid), .match_ready_i(found_ready), .match_o(found),
      .step_o
    );
  end else begin : gen_illegal_engine
    `FLAASH_ILLEGAL("Engine must be one of flaash_pkg::Engine*")
  end

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

  // With both lines there an engine moves unless its next beat finds no room.
  assign stall_o = a_valid_i && b_valid_i && !a_ready_o && !b_ready_o && !step_o
                   && found_valid && !found_ready;

  // ------------------------------------------------------------------ properties
  `FLAASH_COVER(QueueFull_C, found_valid && !found_ready)
  `FLAASH_COVER(StepWhileFull_C, step_o && !found_ready)

endmodule : flaash_intersect
