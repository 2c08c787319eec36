// SPDX-License-Identifier: Apache-2.0
// Result store: names the MAC's results, drops those that are zero, and keeps the rest until the
// result network takes them.
//
// Guarantees  Every result that is kept leaves once, in order. Kept are, with dense_i, all, else
//             those that are not zero of either sign; never one out of range. Each result raises
//             dot_done_o in the cycle in which it is taken, together with what became of it: exactly
//             one of result_o, zero_*_o, range_o. flags_o is 0 in all other cycles.
// Demands     dense_i changes only while no result is offered. AXI handshake rule.
// Latency     One cycle from an accepted result to out_valid_o.
// Throughput  One result per cycle.
// Stalls      Without room a result that is to be kept waits (stall_o); others pass.
// Errors      With Parity each stored result has a parity bit. A result of which a bit has flipped leaves as it is,
//             parity_error_o tells a cycle later.
// Reset       The results inside are lost.

`include "flaash_assert.svh"

module flaash_result_store
  import flaash_pkg::*;
#(
  parameter int unsigned Depth  = 16,  // results, a power of two, 2 or more
  parameter int unsigned Parity = 1    // 1: a parity bit per result, 0: none
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   dense_i,  // keep zeros

  // results of the MAC, with their names
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  fiber_id_t              in_a_id_i,
  input  fiber_id_t              in_b_id_i,
  input  logic [ResultWidth-1:0] in_value_i,
  input  flags_t                 in_flags_i,
  input  logic                   in_empty_i,
  input  logic                   in_zero_i,
  input  logic                   in_exact_i,
  input  logic                   in_range_i,

  // results that are kept
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output result_t                out_result_o,

  // what happens in this cycle
  output logic                   dot_done_o,
  output logic                   result_o,
  output logic                   zero_empty_o,
  output logic                   zero_cancel_o,
  output logic                   zero_underflow_o,
  output logic                   range_o,
  output logic                   stall_o,
  output flags_t                 flags_o,
  output logic                   parity_error_o  // in the cycle before a wrong result left
);

  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end

  localparam int unsigned UsageWidth = $clog2(Depth) + 1;
  localparam int unsigned WordWidth  = $bits(result_t) + Parity;

  // ---------------------------------------------------------------- keep or drop
  logic keep, drop_zero, room;

  assign drop_zero  = in_zero_i && !dense_i && !in_range_i;
  assign keep       = !in_range_i && !drop_zero;
  // Without a result there is nothing to say about keeping it, and its fields may be unknown.
  assign in_ready_o = room || (in_valid_i && !keep);

  // --------------------------------------------------------------------- storage
  result_t               in_result;
  logic [WordWidth-1:0]  in_word, out_word;
  logic [UsageWidth-1:0] unused_usage;

  assign in_result    = {in_a_id_i, in_b_id_i, in_value_i};
  assign in_word      = WordWidth'({~^in_result, in_result});  // odd parity; without Parity the bit falls off
  assign out_result_o = out_word[$bits(result_t)-1:0];

  flaash_stream_fifo #(
    .Width(WordWidth),
    .Depth(Depth)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i (in_valid_i && keep),
    .in_ready_o (room),
    .in_data_i  (in_word),
    .out_valid_o,
    .out_ready_i,
    .out_data_o (out_word),
    .usage_o    (unused_usage)
  );

  if (Parity == 1) begin : gen_parity
    logic unused_place;

    flaash_parity_watch #(
      .Channels  (1),
      .Width     (WordWidth),
      .PlaceWidth(1)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(out_valid_o && out_ready_i), .word_i(out_word), .place_i(1'b0),
      .error_o(parity_error_o), .place_o(unused_place)
    );
  end else begin : gen_no_parity
    assign parity_error_o = 1'b0;
  end

  // ---------------------------------------------------------------------- events
  assign dot_done_o       = in_valid_i && in_ready_o;
  assign result_o         = dot_done_o && keep;
  assign zero_empty_o     = dot_done_o && drop_zero && in_empty_i;
  assign zero_cancel_o    = dot_done_o && drop_zero && !in_empty_i && in_exact_i;
  assign zero_underflow_o = dot_done_o && drop_zero && !in_exact_i;
  assign range_o          = dot_done_o && in_range_i;
  assign stall_o          = in_valid_i && !in_ready_o;
  assign flags_o          = dot_done_o ? in_flags_i : '0;

  // ------------------------------------------------------------------ properties
  `FLAASH_ASSERT(OneFate_A, !dot_done_o
                 || $onehot({result_o, zero_empty_o, zero_cancel_o, zero_underflow_o, range_o}),
                 "a result with two fates or none")
  `FLAASH_ASSERT(EmptyIsExactZero_A, !in_valid_i || !in_empty_i || (in_zero_i && in_exact_i),
                 "an empty sum that is not exactly zero")
  `FLAASH_COVER(DropWhileFull_C, dot_done_o && !keep && !room)
  `FLAASH_COVER(DenseZero_C, result_o && in_zero_i)

endmodule : flaash_result_store
