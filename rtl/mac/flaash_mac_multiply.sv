// SPDX-License-Identifier: Apache-2.0
// Exact product of two significands, in two stages.
//
// Guarantees  out_o.size = in_i.a * in_i.b, with the tag and position that came along.
// Demands     AXI handshake rule.
// Latency     Two cycles. Throughput: one product per cycle. Reset drops the products inside.
//
// Significands that exceed a multiplier of 18 x 18 bits are halved: four products in the first
// stage, their sum in the second.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_mac_multiply
  import flaash_mac_pkg::*;
#(
  parameter int unsigned SigWidth = 24,  // bits of a significand, even, 8 to 36
  localparam int unsigned ProductWidth = 2 * SigWidth,
  localparam type factors_t = `FLAASH_FACTORS(SigWidth),
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth)
) (
  input  logic     clk_i,
  input  logic     rst_ni,

  input  logic     in_valid_i,
  output logic     in_ready_o,
  input  factors_t in_i,

  output logic     out_valid_o,
  input  logic     out_ready_i,
  output product_t out_o
);

  if (SigWidth < 8 || SigWidth > 36 || SigWidth % 2 != 0) begin : gen_illegal_width
    `FLAASH_ILLEGAL("SigWidth must be even, 8 to 36")
  end

  localparam int unsigned HalfWidth = SigWidth / 2;
  localparam bit          Halved    = SigWidth > 18;
  localparam int unsigned TermWidth = Halved ? 4 * SigWidth : ProductWidth;

  typedef `FLAASH_PRODUCT(TermWidth) terms_t;  // with the products of halves side by side

  logic                    terms_valid, terms_ready;
  logic [TermWidth-1:0]    terms_in;
  terms_t                  terms;
  logic [ProductWidth-1:0] product;

  // ------------------------------------------------------------ partial products
  if (Halved) begin : gen_halved
    logic [HalfWidth-1:0] a_low, a_high, b_low, b_high;
    logic [SigWidth-1:0]  high_in, cross1_in, cross2_in, low_in;
    logic [SigWidth-1:0]  high, cross1, cross2, low;

    assign {a_high, a_low} = in_i.a;
    assign {b_high, b_low} = in_i.b;
    assign high_in   = SigWidth'(a_high) * SigWidth'(b_high);
    assign cross1_in = SigWidth'(a_high) * SigWidth'(b_low);
    assign cross2_in = SigWidth'(a_low) * SigWidth'(b_high);
    assign low_in    = SigWidth'(a_low) * SigWidth'(b_low);
    assign terms_in  = {high_in, cross1_in, cross2_in, low_in};

    assign {high, cross1, cross2, low} = terms.size;
    assign product = {high, low}
                     + {(ProductWidth - HalfWidth)'(cross1) + (ProductWidth - HalfWidth)'(cross2),
                        HalfWidth'(0)};
  end else begin : gen_whole
    assign terms_in = ProductWidth'(in_i.a) * ProductWidth'(in_i.b);
    assign product  = terms.size;
  end

  flaash_mac_stage #(
    .Data(terms_t)
  ) u_terms (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i({in_i.tag, in_i.pos, terms_in}),
    .out_valid_o(terms_valid), .out_ready_i(terms_ready), .out_data_o(terms)
  );

  // ------------------------------------------------------------------------ sum
  flaash_mac_stage #(
    .Data(product_t)
  ) u_sum (
    .clk_i, .rst_ni,
    .in_valid_i(terms_valid), .in_ready_o(terms_ready), .in_data_i({terms.tag, terms.pos, product}),
    .out_valid_o, .out_ready_i, .out_data_o(out_o)
  );

endmodule : flaash_mac_multiply
