// SPDX-License-Identifier: Apache-2.0
// First stage of the MAC: from pairs of operands to pairs of significands with a tag.
//
// Guarantees  Each beat leaves once, in order. tag.first marks the beat after reset or after a `last`; with
//             several Sums this holds for each sum. Significands are 0 if the product is not a finite
//             number or if there is none, so that nothing is accumulated for it; tag.nan, .invalid and .inf then
//             give the reason. Signs of zero products are kept but have no effect later.
// Demands     AXI handshake rule. Without in_i.product the operands are ignored.
// Latency     One cycle. Throughput: one beat per cycle. Reset: the next beat is a first one.

`include "flaash_dot_types.svh"

module flaash_mac_decode
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,  // Format* of flaash_pkg
  parameter int unsigned Sums   = 1,           // dot products in progress, one per name.slot
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned SigWidth   = significand_width(Format),
  localparam int unsigned SumWidth   = (Sums > 1) ? $clog2(Sums) : 1,
  localparam type match_t = `FLAASH_MATCH(ValueWidth),
  localparam type factors_t = `FLAASH_FACTORS(SigWidth)
) (
  input  logic      clk_i,
  input  logic      rst_ni,

  input  logic      in_valid_i,
  output logic      in_ready_o,
  input  match_t    in_i,
  input  dot_name_t in_name_i,

  output logic      out_valid_o,
  input  logic      out_ready_i,
  output factors_t  out_o
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

  // ---------------------------------------------------------------- its product
  logic [Sums-1:0]     first_q;  // per sum
  logic [SumWidth-1:0] sum;
  logic                inf_times_zero;
  factors_t            factors;

  assign sum            = (Sums > 1) ? SumWidth'(sum_of(in_name_i.partial, in_name_i.slot)) : '0;
  assign inf_times_zero = (a.inf && b.zero) || (a.zero && b.inf);

  always_comb begin
    factors             = '0;
    factors.tag.first   = first_q[sum];
    factors.tag.last    = in_i.last;
    factors.tag.product = in_i.product;
    factors.tag.sign    = a.sign ^ b.sign;
    factors.tag.name    = in_name_i;
    if (in_i.product) begin
      factors.tag.nan     = a.nan || b.nan || inf_times_zero;
      factors.tag.invalid = a.signalling || b.signalling || inf_times_zero;
      factors.tag.inf     = (a.inf || b.inf) && !(a.nan || b.nan || inf_times_zero);
    end
    factors.pos = PosWidth'(a.exponent) + PosWidth'(b.exponent) - PosWidth'(2);
    // No multiplexer with a zero: an FPGA would turn it into a reset fed by the ready of all stages.
    factors.a = significand_a & {SigWidth{in_i.product}};
    factors.b = significand_b & {SigWidth{in_i.product}};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) first_q <= '1;
    else if (in_valid_i && in_ready_o) first_q[sum] <= in_i.last;
  end

  // ------------------------------------------------------------------- register
  flaash_mac_stage #(
    .Data(factors_t)
  ) u_stage (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(factors),
    .out_valid_o, .out_ready_i, .out_data_o(out_o)
  );

endmodule : flaash_mac_decode
