// SPDX-License-Identifier: Apache-2.0
// Multiplier of the MAC: from pairs of operands to exact products with a tag.
//
// Guarantees  Each beat leaves once, in order. tag.first marks the beat after reset or after a `last`; with several
//             Sums this holds for each sum. out_o.size, at out_o.pos, is the product of the magnitudes. It is 0 if the
//             product is not a finite number or if there is none, so that nothing is accumulated for it; tag.nan,
//             .invalid and .inf then give the reason. Signs of zero products are kept but have no effect later.
// Demands     AXI handshake rule. Without in_i.product the operands are ignored.
// Latency     Three cycles. Throughput: one beat per cycle.
// Reset       Drops the beats inside; the next beat is a first one.
//
// Significands that exceed a multiplier of 18 x 18 bits are halved: four products in the second stage, their sum in the
// third.

`include "flaash_dot_types.svh"

module flaash_mac_multiply
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,  // Format* of flaash_pkg
  parameter int unsigned Sums   = 1,           // dot products in progress, one per name.slot
  localparam int unsigned ValueWidth   = value_width(Format),
  localparam int unsigned SigWidth     = significand_width(Format),
  localparam int unsigned ProductWidth = 2 * SigWidth,
  localparam int unsigned SumWidth     = (Sums > 1) ? $clog2(Sums) : 1,
  localparam type match_t = `FLAASH_MATCH(ValueWidth),
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth)
) (
  input  logic      clk_i,
  input  logic      rst_ni,

  input  logic      in_valid_i,
  output logic      in_ready_o,
  input  match_t    in_i,
  input  dot_name_t in_name_i,

  output logic      out_valid_o,
  input  logic      out_ready_i,
  output product_t  out_o
);

  // ------------------------------------------------------------------ operands
  // Sign and significand, times 2 ** exponent and a constant of the format, are the value of a finite operand; the
  // significand of others is 0. A subnormal number has the exponent of the smallest normal number, 1.
  typedef struct packed {
    logic        sign;
    logic [23:0] significand;
    logic [7:0]  exponent;
    logic        zero;
    logic        inf;
    logic        nan;
    logic        signalling;  // a NaN that raises invalid
  } operand_t;

  function automatic operand_t split(logic [ValueWidth-1:0] value);
    logic [31:0] word, magnitude;
    logic        lowest, highest, whole;  // exponent field all zeros, all ones; no fraction
    split          = '0;
    word           = 32'(value) << (32 - ValueWidth);
    magnitude      = word[31] ? -word : word;  // of an integer, unsigned: every magnitude fits
    lowest         = word[30:23] == '0;
    highest        = &word[30:23];
    whole          = word[22:0] == '0;
    split.sign     = word[31];
    split.exponent = 8'd1;
    split.zero     = word == '0;
    if (Format == FormatFp32 || Format == FormatBf16) begin
      magnitude        = {{!lowest, word[22:0]} & {24{!highest}}, 8'd0};
      split.exponent   = {word[30:24], word[23] || lowest};
      split.zero       = lowest && whole;
      split.inf        = highest && whole;
      split.nan        = highest && !whole;
      split.signalling = split.nan && !word[22];
    end
    split.significand = 24'(magnitude >> (32 - SigWidth));
  endfunction

  operand_t            a, b;
  logic [SigWidth-1:0] significand_a, significand_b;

  assign a             = split(in_i.a);
  assign b             = split(in_i.b);
  assign significand_a = SigWidth'(a.significand);
  assign significand_b = SigWidth'(b.significand);

  // -------------------------------------------------------------------- factors
  typedef struct packed {
    mac_tag_t            tag;
    logic [PosWidth-1:0] pos;
    logic [SigWidth-1:0] a;
    logic [SigWidth-1:0] b;
  } factors_t;

  logic [Sums-1:0]     first_q;  // per sum
  logic [SumWidth-1:0] sum;
  logic                inf_times_zero;
  factors_t            factors_in, factors;
  logic                factors_valid, factors_ready;

  assign sum            = (Sums > 1) ? SumWidth'(sum_of(in_name_i.partial, in_name_i.slot)) : '0;
  assign inf_times_zero = (a.inf && b.zero) || (a.zero && b.inf);

  always_comb begin
    factors_in             = '0;
    factors_in.tag.first   = first_q[sum];
    factors_in.tag.last    = in_i.last;
    factors_in.tag.product = in_i.product;
    factors_in.tag.sign    = a.sign ^ b.sign;
    factors_in.tag.name    = in_name_i;
    if (in_i.product) begin
      factors_in.tag.nan     = a.nan || b.nan || inf_times_zero;
      factors_in.tag.invalid = a.signalling || b.signalling || inf_times_zero;
      factors_in.tag.inf     = (a.inf || b.inf) && !(a.nan || b.nan || inf_times_zero);
    end
    factors_in.pos = PosWidth'(a.exponent) + PosWidth'(b.exponent) - PosWidth'(2);
    // No multiplexer with a zero: an FPGA would turn it into a reset fed by the ready of all stages.
    factors_in.a = significand_a & {SigWidth{in_i.product}};
    factors_in.b = significand_b & {SigWidth{in_i.product}};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) first_q <= '1;
    else if (in_valid_i && in_ready_o) first_q[sum] <= in_i.last;
  end

  flaash_mac_stage #(
    .Data(factors_t)
  ) u_factors (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(factors_in),
    .out_valid_o(factors_valid), .out_ready_i(factors_ready), .out_data_o(factors)
  );

  // ------------------------------------------------------------ partial products
  localparam int unsigned HalfWidth = SigWidth / 2;
  localparam bit          Halved    = SigWidth > 18;
  localparam int unsigned TermWidth = Halved ? 4 * SigWidth : ProductWidth;

  typedef `FLAASH_PRODUCT(TermWidth) terms_t;  // with the products of halves side by side

  logic                    terms_valid, terms_ready;
  logic [TermWidth-1:0]    terms_in;
  terms_t                  terms;
  logic [ProductWidth-1:0] product;

  if (Halved) begin : gen_halved
    logic [HalfWidth-1:0] a_low, a_high, b_low, b_high;
    logic [SigWidth-1:0]  high_in, cross1_in, cross2_in, low_in;
    logic [SigWidth-1:0]  high, cross1, cross2, low;

    assign {a_high, a_low} = factors.a;
    assign {b_high, b_low} = factors.b;
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
    assign terms_in = ProductWidth'(factors.a) * ProductWidth'(factors.b);
    assign product  = terms.size;
  end

  flaash_mac_stage #(
    .Data(terms_t)
  ) u_terms (
    .clk_i, .rst_ni,
    .in_valid_i(factors_valid), .in_ready_o(factors_ready), .in_data_i({factors.tag, factors.pos, terms_in}),
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
