// SPDX-License-Identifier: Apache-2.0
// Second half of the rounder: to nearest, ties to even, with flags and the special results.
//
// Guarantees  result_o is the binary32 number nearest to the normalized sum. For products that were infinite or not
//             numbers it is the result of IEEE 754. Any NaN, or infinities of both signs, give the canonical quiet
//             NaN 7fc00000. An exactly zero sum is +0; a sum that rounds to zero keeps its sign. Overflow goes to
//             infinity. Underflow means: inexact, and the sum is below 2 ** -126 before rounding.
// Latency     Two cycles. Throughput: one sum per cycle.
// Stalls      While result_ready_i is low, stage by stage: two sums wait inside.
// Reset       Drops the sums inside.

module flaash_mac_round
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        normal_valid_i,
  output logic        normal_ready_o,
  input  mac_normal_t normal_i,

  output logic        result_valid_o,
  input  logic        result_ready_i,
  output mac_result_t result_o
);

  localparam logic [7:0]  ExponentMax  = 8'hff;
  localparam logic [31:0] CanonicalNan = 32'h7fc0_0000;

  // ------------------------------------------------------------------- decide
  typedef struct packed {
    mac_status_t status;
    logic        sign;
    logic        zero;
    logic [8:0]  exponent;
    logic [23:0] significand;
    logic        up;
    logic        inexact;
  } decided_t;

  decided_t    decided_in, decided;
  logic        decided_valid, decided_ready;
  mac_status_t status;
  logic [23:0] significand;
  logic [1:0]  rest;

  assign rest        = normal_i.rest;
  assign significand = normal_i.significand;
  assign decided_in  = {normal_i.status, normal_i.sign, normal_i.zero, normal_i.exponent, significand,
                        rest[1] && (rest[0] || significand[0]), rest != '0};

  flaash_mac_stage #(
    .Data(decided_t)
  ) u_decided (
    .clk_i, .rst_ni,
    .in_valid_i(normal_valid_i), .in_ready_o(normal_ready_o), .in_data_i(decided_in),
    .out_valid_o(decided_valid), .out_ready_i(decided_ready), .out_data_o(decided)
  );

  // ---------------------------------------------------------------------- add
  // The significand's top bit completes the exponent; a carry out of it gives the next exponent.
  logic [31:0] packed_value;  // one bit of overflow room, no sign
  logic [23:0] decided_significand;
  logic        subnormal, overflow, nan, inf;

  assign status              = decided.status;
  assign decided_significand = decided.significand;
  assign packed_value        = {decided.exponent, 23'd0} + 32'(decided_significand) + 32'(decided.up);
  assign overflow            = packed_value[31:23] >= 9'(ExponentMax);
  assign subnormal           = !decided_significand[23];
  assign nan                 = status.nan || (status.pos_inf && status.neg_inf);
  assign inf                 = status.pos_inf || status.neg_inf;

  mac_result_t result;

  always_comb begin
    result       = '0;
    result.empty = !status.product;
    result.exact = 1'b1;
    if (nan) begin
      result.value         = ResultWidth'(CanonicalNan);
      result.flags.invalid = status.invalid || (status.pos_inf && status.neg_inf);
    end else if (inf) begin
      result.value = ResultWidth'({status.neg_inf, ExponentMax, 23'd0});
    end else if (decided.zero) begin
      result.zero = 1'b1;
    end else begin
      result.exact           = !(decided.inexact || overflow);
      result.zero            = packed_value == '0;
      result.flags.inexact   = decided.inexact || overflow;
      result.flags.overflow  = overflow;
      result.flags.underflow = decided.inexact && subnormal;
      result.value           = ResultWidth'({decided.sign, overflow ? {ExponentMax, 23'd0} : packed_value[30:0]});
    end
  end

  flaash_mac_stage #(
    .Data(mac_result_t)
  ) u_result (
    .clk_i, .rst_ni,
    .in_valid_i(decided_valid), .in_ready_o(decided_ready), .in_data_i(result),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_data_o(result_o)
  );

endmodule : flaash_mac_round
