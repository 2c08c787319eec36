// SPDX-License-Identifier: Apache-2.0
// MAC: exact dot products, rounded once.
//
// Guarantees  One result per beat with in_last_i, in order: the exact sum of a * b over the beats with
//             in_product_i since the one before, rounded once. So it does not depend on the order of the
//             beats. fp32, bf16: binary32, zero-extended, to nearest, ties to even, with subnormal
//             numbers, infinities, one canonical NaN and the flags of IEEE 754. int8: int32, int16:
//             int48, sign-extended; what does not fit is reported (out_range_o), not wrapped.
//             in_ready_o does not depend on out_ready_i. A dot product whose beats have in_partial_i
//             is a portion (Portions only): it gives no result, but the words of its exact sum at
//             part_*, as flaash_mac_export does, in the order of the portions.
// Demands     AXI handshake rule; at most 2 ** CountWidth products per dot product, its portions counted
//             together. in_partial_i is the same in all beats of a dot product.
// Latency     From a `last` beat to its result, fp32 and bf16: 17 + n cycles for a sum over n words of 48
//             bits; integers: 6 cycles.
// Throughput  One beat per cycle, also from one dot product to the next. Results: one per max(beats, n)
//             cycles, n = 1 for empty sums, lone products and integers, 2 or so for sums. The smallest lone
//             products (flaash_mac_align) can take n = 2.
// Stalls      With two finished sums waiting to be resolved, which needs one of 16 places for results.
// Emptiness   `last` without a product in the dot product costs its beat and gives +0 with out_empty_o.
// Reset       Forgets everything inside.
//
//   in_* --> decode --> multiply --> float: align, accumulate, resolve, round --> FIFO --> out_*
//                               \--> integer: accumulate, check range ----------/

`include "flaash_assert.svh"

module flaash_mac
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,    // Format* of flaash_pkg
  parameter int unsigned CountWidth = EntryIdWidth,  // log2 of the products in a sum, 1 (integers: 16) to 40
  parameter bit          Portions   = 1'b0,          // dot products can be portions
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned PartWordWidth = word_width(Format, CountWidth)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // products
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic                   in_product_i,  // a and b are to be multiplied
  input  logic                   in_last_i,     // the dot product ends with this beat
  input  logic                   in_partial_i,  // it is a portion
  input  logic [ValueWidth-1:0]  in_a_i,
  input  logic [ValueWidth-1:0]  in_b_i,

  // results
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [ResultWidth-1:0] out_value_o,
  output flags_t                 out_flags_o,
  output logic                   out_empty_o,   // no product at all
  output logic                   out_zero_o,    // the value is zero, of either sign
  output logic                   out_exact_o,   // the exact sum equals the value
  output logic                   out_range_o,   // an integer does not fit; the value is 0

  // words of portions
  output logic                   part_valid_o,
  input  logic                   part_ready_i,
  output part_head_t             part_head_o,
  output logic [PartWordWidth-1:0] part_word_o
);

  if (Format > FormatInt16) begin : gen_illegal_format
    `FLAASH_ILLEGAL("Format must be one of Format* of flaash_pkg")
  end
  if (CountWidth < 1 || CountWidth > 40) begin : gen_illegal_count
    `FLAASH_ILLEGAL("CountWidth must be 1 to 40")
  end

  localparam int unsigned SigWidth     = significand_width(Format);
  localparam int unsigned ProductWidth = 2 * SigWidth;
  localparam int unsigned ResultDepth  = 16;  // above the latency from launch to out_*: results never wait
  localparam int unsigned PartDepth    = 4;

  // -------------------------------------------------------------- exact products
  logic                    dec_valid, dec_ready, mul_valid, mul_ready;
  mac_tag_t                dec_tag, mul_tag;
  logic [PosWidth-1:0]     dec_pos, mul_pos;
  logic [SigWidth-1:0]     dec_a, dec_b;
  logic [ProductWidth-1:0] mul_product;

  flaash_mac_decode #(
    .Format(Format)
  ) u_decode (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_product_i,
    .in_last_i,
    .in_partial_i,
    .in_a_i,
    .in_b_i,
    .out_valid_o(dec_valid),
    .out_ready_i(dec_ready),
    .out_tag_o(dec_tag),
    .out_pos_o(dec_pos),
    .out_a_o(dec_a),
    .out_b_o(dec_b)
  );

  flaash_mac_multiply #(
    .SigWidth(SigWidth)
  ) u_multiply (
    .clk_i,
    .rst_ni,
    .in_valid_i(dec_valid),
    .in_ready_o(dec_ready),
    .in_tag_i(dec_tag),
    .in_pos_i(dec_pos),
    .in_a_i(dec_a),
    .in_b_i(dec_b),
    .out_valid_o(mul_valid),
    .out_ready_i(mul_ready),
    .out_tag_o(mul_tag),
    .out_pos_o(mul_pos),
    .out_product_o(mul_product)
  );

  // --------------------------------------------------------------- sum and round
  logic                     room, launch, result_valid;
  mac_result_t              result;
  logic                     part_room, part_launch, part_valid;
  part_head_t               part_head;
  logic [PartWordWidth-1:0] part_word;

  if (Format == FormatFp32 || Format == FormatBf16) begin : gen_float
    flaash_mac_float #(
      .ProductWidth(ProductWidth),
      .LsbExponent(lsb_exponent(Format)),
      .CountWidth(CountWidth),
      .Portions(Portions)
    ) u_float (
      .clk_i,
      .rst_ni,
      .in_valid_i(mul_valid),
      .in_ready_o(mul_ready),
      .in_tag_i(mul_tag),
      .in_pos_i(mul_pos),
      .in_product_i(mul_product),
      .room_i(room),
      .launch_o(launch),
      .result_valid_o(result_valid),
      .result_o(result),
      .part_room_i(part_room),
      .part_launch_o(part_launch),
      .part_valid_o(part_valid),
      .part_head_o(part_head),
      .part_word_o(part_word)
    );
  end else begin : gen_integer
    flaash_mac_integer #(
      .ProductWidth(ProductWidth),
      .SumWidth(integer_width(Format)),
      .CountWidth(CountWidth),
      .Portions(Portions)
    ) u_integer (
      .clk_i,
      .rst_ni,
      .in_valid_i(mul_valid),
      .in_ready_o(mul_ready),
      .in_tag_i(mul_tag),
      .in_product_i(mul_product),
      .room_i(room),
      .launch_o(launch),
      .result_valid_o(result_valid),
      .result_o(result),
      .part_room_i(part_room),
      .part_launch_o(part_launch),
      .part_valid_o(part_valid),
      .part_head_o(part_head),
      .part_word_o(part_word)
    );
  end

  // --------------------------------------------------------------------- results
  // A place is taken when a sum starts on its way through the rounder, which never stalls.
  mac_result_t out_result;

  flaash_mac_queue #(
    .Width(MacResultWidth),
    .Depth(ResultDepth)
  ) u_results (
    .clk_i,
    .rst_ni,
    .room_o(room),
    .launch_i(launch),
    .in_valid_i(result_valid),
    .in_data_i(result),
    .out_valid_o,
    .out_ready_i,
    .out_data_o(out_result)
  );

  assign out_value_o = out_result.value;
  assign out_flags_o = out_result.flags;
  assign out_empty_o = out_result.empty;
  assign out_zero_o  = out_result.zero;
  assign out_exact_o = out_result.exact;
  assign out_range_o = out_result.range;

  // -------------------------------------------------------------------- portions
  if (Portions) begin : gen_parts
    flaash_mac_queue #(
      .Width(PartHeadWidth + PartWordWidth),
      .Depth(PartDepth)
    ) u_parts (
      .clk_i,
      .rst_ni,
      .room_o(part_room),
      .launch_i(part_launch),
      .in_valid_i(part_valid),
      .in_data_i({part_head, part_word}),
      .out_valid_o(part_valid_o),
      .out_ready_i(part_ready_i),
      .out_data_o({part_head_o, part_word_o})
    );
  end else begin : gen_no_parts
    logic unused_parts;

    assign part_room    = 1'b0;
    assign part_valid_o = 1'b0;
    assign part_head_o  = '0;
    assign part_word_o  = '0;
    assign unused_parts = ^{part_launch, part_valid, part_head, part_word, part_ready_i};
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(PortionsAreBuilt_A, Portions || !(in_valid_i && in_partial_i), "a portion that this build can't do")
  `FLAASH_COVER(ResultEveryCycle_C, result_valid && launch)

endmodule : flaash_mac
