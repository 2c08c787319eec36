// SPDX-License-Identifier: Apache-2.0
// Second half of the rounder: to nearest, ties to even, with flags and the special results.
//
// Guarantees  result_o is the binary32 number nearest to the normalized sum, or what IEEE 754 wants
//             for products that were infinite or not numbers: any NaN, or infinities of both signs,
//             give the canonical quiet NaN 7fc00000. An exactly zero sum is +0; one that rounds to
//             zero keeps its sign. Overflow goes to infinity. Underflow means: inexact, and
//             the sum is below 2 ** -126 before rounding.
// Latency     Two cycles, pipelined, never stalls. Reset forgets what is inside.

module flaash_mac_round
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        normal_valid_i,
  input  mac_normal_t normal_i,

  output logic        result_valid_o,
  output mac_result_t result_o
);

  localparam logic [7:0]  ExponentMax  = 8'hff;
  localparam logic [31:0] CanonicalNan = 32'h7fc0_0000;

  // ------------------------------------------------------------------- decide
  logic        valid_q, sign_q, zero_q, up_q, inexact_q;
  mac_status_t status_q;
  logic [8:0]  exponent_q;
  logic [23:0] significand_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= normal_valid_i;
  end

  always_ff @(posedge clk_i) begin
    status_q      <= normal_i.status;
    sign_q        <= normal_i.sign;
    zero_q        <= normal_i.zero;
    exponent_q    <= normal_i.exponent;
    significand_q <= normal_i.significand;
    up_q          <= normal_i.rest[1] && (normal_i.rest[0] || normal_i.significand[0]);
    inexact_q     <= normal_i.rest != '0;
  end

  // ---------------------------------------------------------------------- add
  // The significand's top bit makes the exponent complete, a carry out of it the next exponent.
  logic [31:0] packed_value;  // one bit of overflow room, no sign
  logic        subnormal, overflow, nan, inf;

  assign packed_value = {exponent_q, 23'd0} + 32'(significand_q) + 32'(up_q);
  assign overflow     = packed_value[31:23] >= 9'(ExponentMax);
  assign subnormal    = !significand_q[23];
  assign nan          = status_q.nan || (status_q.pos_inf && status_q.neg_inf);
  assign inf          = status_q.pos_inf || status_q.neg_inf;

  mac_result_t result;

  always_comb begin
    result       = '0;
    result.empty = !status_q.product;
    result.exact = 1'b1;
    if (nan) begin
      result.value         = ResultWidth'(CanonicalNan);
      result.flags.invalid = status_q.invalid || (status_q.pos_inf && status_q.neg_inf);
    end else if (inf) begin
      result.value = ResultWidth'({status_q.neg_inf, ExponentMax, 23'd0});
    end else if (zero_q) begin
      result.zero = 1'b1;
    end else begin
      result.exact           = !(inexact_q || overflow);
      result.zero            = packed_value == '0;
      result.flags.inexact   = inexact_q || overflow;
      result.flags.overflow  = overflow;
      result.flags.underflow = inexact_q && subnormal;
      result.value           = ResultWidth'({sign_q, overflow ? {ExponentMax, 23'd0} : packed_value[30:0]});
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) result_valid_o <= 1'b0;
    else result_valid_o <= valid_q;
  end

  always_ff @(posedge clk_i) begin
    result_o <= result;
  end

endmodule : flaash_mac_round
