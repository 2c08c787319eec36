// SPDX-License-Identifier: Apache-2.0
// Handout: announces the dot products of a contraction, set by set.
//
// Guarantees  After start_i dispatch_o announces each set of fibers of A once, one per cycle, with the dot products of
//             the set; busy_o from the cycle after start_i until the last of them.
// Demands     The fibers of sizes_i, and set_size_i, not 0 and steady from start_i until busy_o falls. start_i only
//             while not busy_o.
// Latency     One cycle.
// Reset       Forgets the contraction.

`include "flaash_assert.svh"

module flaash_plan_handout
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
(
  input  logic      clk_i,
  input  logic      rst_ni,
  input  logic      start_i,
  input  sizes_t    sizes_i,
  input  set_size_t set_size_i,
  output logic      busy_o,
  output dispatch_t dispatch_o
);

  // Both products that a set can have, and their choice, are made a cycle before.
  logic      hand_q, last_q;
  fiber_id_t left_d, left_q;  // fibers of A from this set on
  dots_t     full_q, rest_q;  // dot products of a full set, and of the last one

  assign left_d     = hand_q ? left_q - fiber_id_t'(set_size_i) : sizes_i.a_fibers;
  assign busy_o     = hand_q;
  // No portions; the watchdog sees the planner's walk by its sets.
  assign dispatch_o = {hand_q, last_q ? rest_q : full_q, 2'b00};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      hand_q <= 1'b0;
    else if (start_i) hand_q <= 1'b1;
    else if (last_q)  hand_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    left_q <= left_d;
    last_q <= left_d <= fiber_id_t'(set_size_i);
    full_q <= dots_t'(sizes_i.b_fibers) * dots_t'(set_size_i);
    rest_q <= dots_t'(sizes_i.b_fibers) * dots_t'(left_d[$bits(set_size_t)-1:0]);
  end

  logic unused_lines;
  assign unused_lines = ^{sizes_i.a_lines, sizes_i.b_lines};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !start_i || !hand_q, "a contraction while another is announced")
  `FLAASH_COVER(OneDotProduct_C, start_i && sizes_i.a_fibers == 1 && sizes_i.b_fibers == 1)

endmodule : flaash_plan_handout
