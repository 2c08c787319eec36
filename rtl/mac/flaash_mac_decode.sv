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
  logic                sign_a, zero_a, inf_a, nan_a, signalling_a;
  logic                sign_b, zero_b, inf_b, nan_b, signalling_b;
  logic [SigWidth-1:0] significand_a, significand_b;
  logic [7:0]          exponent_a, exponent_b;

  flaash_mac_operand #(
    .Format(Format)
  ) u_operand_a (
    .value_i(in_i.a), .sign_o(sign_a), .significand_o(significand_a), .exponent_o(exponent_a),
    .zero_o(zero_a), .inf_o(inf_a), .nan_o(nan_a), .signalling_o(signalling_a)
  );

  flaash_mac_operand #(
    .Format(Format)
  ) u_operand_b (
    .value_i(in_i.b), .sign_o(sign_b), .significand_o(significand_b), .exponent_o(exponent_b),
    .zero_o(zero_b), .inf_o(inf_b), .nan_o(nan_b), .signalling_o(signalling_b)
  );

  // ---------------------------------------------------------------- its product
  logic [Sums-1:0]     first_q;  // per sum
  logic [SumWidth-1:0] sum;
  logic                inf_times_zero;
  factors_t            factors;

  assign sum            = (Sums > 1) ? SumWidth'(sum_of(in_name_i.partial, in_name_i.slot)) : '0;
  assign inf_times_zero = (inf_a && zero_b) || (zero_a && inf_b);

  always_comb begin
    factors             = '0;
    factors.tag.first   = first_q[sum];
    factors.tag.last    = in_i.last;
    factors.tag.product = in_i.product;
    factors.tag.sign    = sign_a ^ sign_b;
    factors.tag.name    = in_name_i;
    if (in_i.product) begin
      factors.tag.nan     = nan_a || nan_b || inf_times_zero;
      factors.tag.invalid = signalling_a || signalling_b || inf_times_zero;
      factors.tag.inf     = (inf_a || inf_b) && !(nan_a || nan_b || inf_times_zero);
    end
    factors.pos = PosWidth'(exponent_a) + PosWidth'(exponent_b) - PosWidth'(2);
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
