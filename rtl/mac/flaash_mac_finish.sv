// SPDX-License-Identifier: Apache-2.0
// From a finished exact sum of floating-point products to its binary32: resolve, normalize, round.
//
// Guarantees  One result per sum, in order, rounded to nearest, ties to even; nothing is rounded before.
// Demands     room_i: room for a result, taken with launch_o; the result comes later, at result_*,
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
  localparam int unsigned Width     = WordWidth + CountWidth + 1,
  localparam int unsigned AddrWidth = SetWidth + BankAddrWidth
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // finished sums
  input  logic                  sum_valid_i,
  output logic                  sum_ready_o,
  input  mac_sum_t              sum_i,
  input  logic [SetWidth-1:0]   sum_set_i,

  // their words, in pairs
  output logic [AddrWidth-1:0]  read_addr_o,   // {set, pair}
  input  logic [1:0][Width-1:0] read_words_i,  // {odd, even}

  // results
  input  logic                  room_i,
  output logic                  launch_o,
  output logic                  result_valid_o,
  output mac_result_t           result_o
);

  logic        window_valid, normal_valid;
  mac_window_t window;
  mac_normal_t normal;

  flaash_mac_resolve #(
    .CountWidth(CountWidth),
    .SetWidth  (SetWidth)
  ) u_resolve (
    .clk_i, .rst_ni,
    .sum_valid_i, .sum_ready_o, .sum_i, .sum_set_i, .read_addr_o, .read_words_i, .room_i, .launch_o,
    .window_valid_o(window_valid), .window_o(window)
  );

  flaash_mac_normalize #(
    .LsbExponent(LsbExponent)
  ) u_normalize (
    .clk_i, .rst_ni,
    .window_valid_i(window_valid), .window_i(window),
    .normal_valid_o(normal_valid), .normal_o(normal)
  );

  flaash_mac_round u_round (
    .clk_i, .rst_ni,
    .normal_valid_i(normal_valid), .normal_i(normal),
    .result_valid_o, .result_o
  );

endmodule : flaash_mac_finish
