// SPDX-License-Identifier: Apache-2.0
// Sums products of floating-point numbers exactly and rounds once: align, accumulate, resolve, round.
//
// Guarantees  One result per tag.last, in order: the exact sum of the products since the last one,
//             rounded to binary32 to nearest, ties to even.
// Demands     AXI handshake rule at in_*; room_i: a place for a result, taken with launch_o; the
//             result comes later, at result_*, and can't be stalled. At most 2 ** CountWidth
//             products per dot product.
// Latency     14 cycles from a lone product to its result, 13 plus the words spanned by a sum.
// Throughput  One product per cycle. A dot product takes as many cycles as the greater of its beats
//             and of the words it spans: one result per cycle at best.
// Stalls      With two finished sums waiting, while room_i is low or a sum of many words is resolved.
// Reset       Forgets everything.

module flaash_mac_float
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48,    // bits of a product's magnitude, up to 48
  parameter int          LsbExponent  = -298,  // binary exponent of bit 0 of a product at position 0
  parameter int unsigned CountWidth   = 20     // binary logarithm of the products in a sum
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  mac_tag_t                in_tag_i,
  input  logic [PosWidth-1:0]     in_pos_i,
  input  logic [ProductWidth-1:0] in_product_i,

  input  logic                    room_i,
  output logic                    launch_o,
  output logic                    result_valid_o,
  output mac_result_t             result_o
);

  localparam int unsigned Width = WordWidth + CountWidth + 1;

  // ---------------------------------------------------------------------- align
  logic                     add_valid, add_ready, add_alone;
  mac_tag_t                 add_tag;
  logic [PosWidth-1:0]      add_pos;
  logic [BankWords-1:0]     even_touch, odd_touch;
  logic [BankAddrWidth-1:0] even_addr, odd_addr;
  logic [WordWidth-1:0]     even, odd;

  flaash_mac_align #(
    .ProductWidth(ProductWidth)
  ) u_align (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_tag_i,
    .in_pos_i,
    .in_product_i,
    .out_valid_o(add_valid),
    .out_ready_i(add_ready),
    .out_tag_o(add_tag),
    .out_alone_o(add_alone),
    .out_pos_o(add_pos),
    .out_even_touch_o(even_touch),
    .out_even_addr_o(even_addr),
    .out_even_o(even),
    .out_odd_touch_o(odd_touch),
    .out_odd_addr_o(odd_addr),
    .out_odd_o(odd)
  );

  // ----------------------------------------------------------------- accumulate
  logic                     sum_valid, sum_ready, sum_alone, sum_side;
  logic [NumWords-1:0]      sum_touched;
  logic [IndexWidth-1:0]    sum_low, sum_high;
  mac_status_t              sum_status;
  logic [PosWidth-1:0]      sum_pos;
  logic                     read_side;
  logic [BankAddrWidth-1:0] read_addr;
  logic [Width-1:0]         read_even, read_odd;

  flaash_mac_accumulate #(
    .CountWidth(CountWidth)
  ) u_accumulate (
    .clk_i,
    .rst_ni,
    .in_valid_i(add_valid),
    .in_ready_o(add_ready),
    .in_tag_i(add_tag),
    .in_alone_i(add_alone),
    .in_pos_i(add_pos),
    .in_even_touch_i(even_touch),
    .in_even_addr_i(even_addr),
    .in_even_i(even),
    .in_odd_touch_i(odd_touch),
    .in_odd_addr_i(odd_addr),
    .in_odd_i(odd),
    .sum_valid_o(sum_valid),
    .sum_ready_i(sum_ready),
    .sum_touched_o(sum_touched),
    .sum_low_o(sum_low),
    .sum_high_o(sum_high),
    .sum_status_o(sum_status),
    .sum_alone_o(sum_alone),
    .sum_pos_o(sum_pos),
    .sum_side_o(sum_side),
    .read_side_i(read_side),
    .read_addr_i(read_addr),
    .read_even_o(read_even),
    .read_odd_o(read_odd)
  );

  // -------------------------------------------------------------------- resolve
  logic                  win_valid, win_alone, win_negate, win_below;
  mac_status_t           win_status;
  logic [PosWidth-1:0]   win_pos;
  logic [IndexWidth-1:0] win_index;
  logic [WordWidth-1:0]  win_top;
  logic [TailWidth-1:0]  win_tail;

  flaash_mac_resolve #(
    .CountWidth(CountWidth)
  ) u_resolve (
    .clk_i,
    .rst_ni,
    .sum_valid_i(sum_valid),
    .sum_ready_o(sum_ready),
    .sum_touched_i(sum_touched),
    .sum_low_i(sum_low),
    .sum_high_i(sum_high),
    .sum_status_i(sum_status),
    .sum_alone_i(sum_alone),
    .sum_pos_i(sum_pos),
    .sum_side_i(sum_side),
    .read_side_o(read_side),
    .read_addr_o(read_addr),
    .read_even_i(read_even),
    .read_odd_i(read_odd),
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

endmodule : flaash_mac_float
