// SPDX-License-Identifier: Apache-2.0
// Sum of two finite binary32 numbers, rounded to nearest, ties to even. Combinational.
//
// Guarantees  sum_o is the sum by IEEE 754, with subnormal numbers; x + -x is +0. With overflow_o, only the sign
//             of sum_o is valid.
// Demands     Neither operand is infinite or not a number.
//
// The usual single path: the greater magnitude stays, the smaller one moves down to it, with guard, round and
// sticky bit. Two things are computed beside that path. Both differences of the exponents, so that no logic waits
// for the comparison; and the mark where subnormal numbers begin, which limits the search for the leading one.

module flaash_plain_add (
  input  logic [31:0] x_i,
  input  logic [31:0] y_i,
  output logic [31:0] sum_o,
  output logic        overflow_o
);

  localparam int unsigned SumWidth = 28;  // carry, 24 bits, guard, round, sticky

  // ------------------------------------------------------- the greater magnitude
  logic [7:0]  x_exponent, y_exponent, exponent, distance, x_minus_y, y_minus_x;
  logic [23:0] x_significand, y_significand, greater, smaller;
  logic        swap, sign, subtract;

  assign x_exponent    = {x_i[30:24], x_i[23] || x_i[30:23] == '0};
  assign y_exponent    = {y_i[30:24], y_i[23] || y_i[30:23] == '0};
  assign x_significand = {x_i[30:23] != '0, x_i[22:0]};
  assign y_significand = {y_i[30:23] != '0, y_i[22:0]};
  assign swap          = y_i[30:0] > x_i[30:0];
  assign x_minus_y     = x_exponent - y_exponent;
  assign y_minus_x     = y_exponent - x_exponent;
  assign exponent      = swap ? y_exponent : x_exponent;
  assign distance      = swap ? y_minus_x : x_minus_y;
  assign greater       = swap ? y_significand : x_significand;
  assign smaller       = swap ? x_significand : y_significand;
  assign sign          = swap ? y_i[31] : x_i[31];
  assign subtract      = x_i[31] != y_i[31];

  // ------------------------------------------------------------------------ align
  // Bits that a stage moves out below the round bit go to the sticky bit.
  logic [25:0] step16, step8, step4, step2, step1, aligned;
  logic        lost16, lost8, lost4, lost2, lost1, far, sticky;

  assign step16  = distance[4] ? {smaller, 2'd0} >> 16 : {smaller, 2'd0};
  assign lost16  = distance[4] && smaller[13:0] != '0;
  assign step8   = distance[3] ? step16 >> 8 : step16;
  assign lost8   = distance[3] && step16[7:0] != '0;
  assign step4   = distance[2] ? step8 >> 4 : step8;
  assign lost4   = distance[2] && step8[3:0] != '0;
  assign step2   = distance[1] ? step4 >> 2 : step4;
  assign lost2   = distance[1] && step4[1:0] != '0;
  assign step1   = distance[0] ? step2 >> 1 : step2;
  assign lost1   = distance[0] && step2[0];
  assign far     = distance[7:5] != '0;
  assign aligned = far ? '0 : step1;
  assign sticky  = far ? smaller != '0 : lost16 || lost8 || lost4 || lost2 || lost1;

  // -------------------------------------------------------------------------- sum
  logic [SumWidth-1:0] sum, mark, searched, shifted;

  assign sum = {1'b0, greater, 3'd0} + ({1'b0, aligned, sticky} ^ {SumWidth{subtract}}) + SumWidth'(subtract);

  // -------------------------------------------------------------------- normalize
  // Bit 27 weighs twice the leading bit of a number with `exponent`: moving up more than `exponent`
  // places would leave the subnormal numbers.
  logic [5:0] shift;
  logic       unused_zero;

  assign mark     = (exponent < 8'd28) ? SumWidth'(1) << (5'd27 - exponent[4:0]) : '0;
  assign searched = sum | mark;

  flaash_plain_leading_zeros u_leading_zeros (
    .data_i ({searched, 20'd0}),
    .zero_o (unused_zero),
    .count_o(shift)
  );

  assign shifted = sum << shift[4:0];

  // ------------------------------------------------------------------------ round
  // The significand's top bit completes the exponent; a carry out of it gives the next one.
  logic        up, zero;
  logic [31:0] rounded;

  assign up         = shifted[3] && (shifted[2:0] != '0 || shifted[4]);
  assign rounded    = {{1'b0, exponent} - 9'(shift[4:0]), 23'd0} + 32'(shifted[27:4]) + 32'(up);
  assign zero       = sum == '0;
  assign overflow_o = rounded[30:23] == 8'hff || rounded[31];
  assign sum_o      = {sign && !(zero && subtract), zero ? 31'd0 : rounded[30:0]};

endmodule : flaash_plain_add
