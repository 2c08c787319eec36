// SPDX-License-Identifier: Apache-2.0
// From a finished exact sum of floating-point products to its binary32: resolve, normalize, round.
//
// Guarantees  One result per sum, in order, rounded to nearest, ties to even; nothing is rounded before.
// Demands     room_i: a place for a result, taken with launch_o; the result comes later, at result_*,
//             and can't be stalled. The words of a set stay until one cycle after sum_ready_o.
// Latency     11 cycles after the last word.
// Throughput  One word per cycle from the lowest touched word to the highest, none between sums.
// Stalls      Before a sum, while room_i is low.
// Reset       Forgets the sums inside.

module flaash_mac_finish
  import flaash_mac_pkg::*;
#(
  parameter int          LsbExponent = -298,  // binary exponent of bit 0 of word 0
  parameter int unsigned CountWidth  = 20,    // binary logarithm of the products in a sum
  parameter int unsigned SetWidth    = 1,     // bits that tell the sets of words apart
  localparam int unsigned Width = WordWidth + CountWidth + 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // finished sums
  input  logic                     sum_valid_i,
  output logic                     sum_ready_o,
  input  logic [NumWords-1:0]      sum_touched_i,
  input  logic [IndexWidth-1:0]    sum_low_i,
  input  logic [IndexWidth-1:0]    sum_high_i,
  input  mac_status_t              sum_status_i,
  input  logic                     sum_alone_i,
  input  logic [PosWidth-1:0]      sum_pos_i,
  input  logic [SetWidth-1:0]      sum_set_i,

  // their words
  output logic [SetWidth-1:0]      read_set_o,
  output logic [BankAddrWidth-1:0] read_addr_o,
  input  logic [Width-1:0]         read_even_i,
  input  logic [Width-1:0]         read_odd_i,

  // results
  input  logic                     room_i,
  output logic                     launch_o,
  output logic                     result_valid_o,
  output mac_result_t              result_o
);

  // -------------------------------------------------------------------- resolve
  logic                  win_valid, win_alone, win_negate, win_below;
  mac_status_t           win_status;
  logic [PosWidth-1:0]   win_pos;
  logic [IndexWidth-1:0] win_index;
  logic [WordWidth-1:0]  win_top;
  logic [TailWidth-1:0]  win_tail;

  flaash_mac_resolve #(
    .CountWidth(CountWidth),
    .SetWidth(SetWidth)
  ) u_resolve (
    .clk_i,
    .rst_ni,
    .sum_valid_i,
    .sum_ready_o,
    .sum_touched_i,
    .sum_low_i,
    .sum_high_i,
    .sum_status_i,
    .sum_alone_i,
    .sum_pos_i,
    .sum_set_i,
    .read_set_o,
    .read_addr_o,
    .read_even_i,
    .read_odd_i,
    .room_i,
    .launch_o,
    .win_valid_o(win_valid),
    .win_status_o(win_status),
    .win_alone_o(win_alone),
    .win_pos_o(win_pos),
    .win_index_o(win_index),
    .win_negate_o(win_negate),
    .win_top_o(win_top),
    .win_tail_o(win_tail),
    .win_below_o(win_below)
  );

  // ---------------------------------------------------------------------- round
  logic        norm_valid, norm_sign, norm_zero;
  mac_status_t norm_status;
  logic [8:0]  norm_exponent;
  logic [23:0] norm_significand;
  logic [1:0]  norm_rest;

  flaash_mac_normalize #(
    .LsbExponent(LsbExponent)
  ) u_normalize (
    .clk_i,
    .rst_ni,
    .win_valid_i(win_valid),
    .win_status_i(win_status),
    .win_alone_i(win_alone),
    .win_pos_i(win_pos),
    .win_index_i(win_index),
    .win_negate_i(win_negate),
    .win_top_i(win_top),
    .win_tail_i(win_tail),
    .win_below_i(win_below),
    .valid_o(norm_valid),
    .status_o(norm_status),
    .sign_o(norm_sign),
    .zero_o(norm_zero),
    .exponent_o(norm_exponent),
    .significand_o(norm_significand),
    .rest_o(norm_rest)
  );

  flaash_mac_round u_round (
    .clk_i,
    .rst_ni,
    .valid_i(norm_valid),
    .status_i(norm_status),
    .sign_i(norm_sign),
    .zero_i(norm_zero),
    .exponent_i(norm_exponent),
    .significand_i(norm_significand),
    .rest_i(norm_rest),
    .valid_o(result_valid_o),
    .result_o
  );

endmodule : flaash_mac_finish
