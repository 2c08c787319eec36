// SPDX-License-Identifier: Apache-2.0
// Exact product of two significands, in two stages.
//
// Guarantees  out_product_o = in_a_i * in_b_i, with the tag and position that came along.
// Demands     AXI handshake rule.
// Latency     Two cycles. Throughput: one product per cycle. Reset loses what is inside.
//
// Significands that exceed a multiplier of 18 x 18 bits are halved: four products in the first
// stage, their sum in the second.

`include "flaash_assert.svh"

module flaash_mac_multiply
  import flaash_mac_pkg::*;
#(
  parameter int unsigned SigWidth = 24,  // bits of a significand, even, 8 to 36
  localparam int unsigned ProductWidth = 2 * SigWidth
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  mac_tag_t                in_tag_i,
  input  logic [PosWidth-1:0]     in_pos_i,
  input  logic [SigWidth-1:0]     in_a_i,
  input  logic [SigWidth-1:0]     in_b_i,

  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output mac_tag_t                out_tag_o,
  output logic [PosWidth-1:0]     out_pos_o,
  output logic [ProductWidth-1:0] out_product_o
);

  if (SigWidth < 8 || SigWidth > 36 || SigWidth % 2 != 0) begin : gen_illegal_width
    `FLAASH_ILLEGAL("SigWidth must be even, 8 to 36")
  end

  localparam int unsigned SideWidth = $bits(mac_tag_t) + PosWidth;
  localparam int unsigned HalfWidth = SigWidth / 2;
  localparam bit          Halved    = SigWidth > 18;
  localparam int unsigned PartWidth = Halved ? 4 * SigWidth : ProductWidth;

  logic                    part_valid, part_ready;
  logic [SideWidth-1:0]    part_side;
  logic [PartWidth-1:0]    part_in, part;
  logic [ProductWidth-1:0] product;

  // ------------------------------------------------------------ partial products
  if (Halved) begin : gen_halved
    logic [HalfWidth-1:0] a_low, a_high, b_low, b_high;
    logic [SigWidth-1:0]  high_in, cross1_in, cross2_in, low_in;
    logic [SigWidth-1:0]  high, cross1, cross2, low;

    assign {a_high, a_low} = in_a_i;
    assign {b_high, b_low} = in_b_i;
    assign high_in   = SigWidth'(a_high) * SigWidth'(b_high);
    assign cross1_in = SigWidth'(a_high) * SigWidth'(b_low);
    assign cross2_in = SigWidth'(a_low) * SigWidth'(b_high);
    assign low_in    = SigWidth'(a_low) * SigWidth'(b_low);
    assign part_in   = {high_in, cross1_in, cross2_in, low_in};

    assign {high, cross1, cross2, low} = part;
    assign product = {high, low}
                     + {(ProductWidth - HalfWidth)'(cross1) + (ProductWidth - HalfWidth)'(cross2),
                        HalfWidth'(0)};
  end else begin : gen_whole
    assign part_in = ProductWidth'(in_a_i) * ProductWidth'(in_b_i);
    assign product = part;
  end

  flaash_mac_stage #(
    .Width(SideWidth + PartWidth)
  ) u_part (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i({in_tag_i, in_pos_i, part_in}),
    .out_valid_o(part_valid),
    .out_ready_i(part_ready),
    .out_data_o({part_side, part})
  );

  // ------------------------------------------------------------------------ sum
  flaash_mac_stage #(
    .Width(SideWidth + ProductWidth)
  ) u_sum (
    .clk_i,
    .rst_ni,
    .in_valid_i(part_valid),
    .in_ready_o(part_ready),
    .in_data_i({part_side, product}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o({out_tag_o, out_pos_o, out_product_o})
  );

endmodule : flaash_mac_multiply
