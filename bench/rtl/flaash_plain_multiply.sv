// SPDX-License-Identifier: Apache-2.0
// Product of two binary32 numbers, rounded to nearest, ties to even, in a pipeline.
//
// Guarantees  Six enabled cycles after in_*, out_product_o is a * b by IEEE 754, with subnormal numbers; without
//             in_product_i it is -0, which changes no sum. out_nan_o and out_inf_o mark a NaN and an infinity;
//             then only the sign of out_product_o is valid.
// Latency     Six cycles with enable_i. Throughput: one product per cycle. Reset drops the products inside.
//
// If one operand is subnormal its leading one is brought to the top first; if both are, the product is far below
// the smallest number. So the product moves by one place at most, or down to be subnormal.

module flaash_plain_multiply (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        enable_i,

  input  logic        in_valid_i,
  input  logic        in_product_i,
  input  logic        in_last_i,
  input  logic [31:0] in_a_i,
  input  logic [31:0] in_b_i,

  output logic        out_valid_o,
  output logic        out_is_product_o,
  output logic        out_last_o,
  output logic [31:0] out_product_o,
  output logic        out_nan_o,
  output logic        out_inf_o
);

  localparam int unsigned Stages = 6;

  // Data that accompany a product.
  typedef struct packed {
    logic product;
    logic last;
    logic sign;
    logic zero;
    logic nan;
    logic inf;
  } tag_t;

  // ----------------------------------------------------------------------- decode
  logic       a_low, b_low, a_high, b_high;  // exponent of all zeros, of all ones
  logic       a_nan, b_nan, a_zero, b_zero;
  tag_t       tag;
  logic [8:0] exponents;

  assign a_low     = in_a_i[30:23] == '0;
  assign b_low     = in_b_i[30:23] == '0;
  assign a_high    = in_a_i[30:23] == '1;
  assign b_high    = in_b_i[30:23] == '1;
  assign a_zero    = a_low && in_a_i[22:0] == '0;
  assign b_zero    = b_low && in_b_i[22:0] == '0;
  assign a_nan     = a_high && in_a_i[22:0] != '0;
  assign b_nan     = b_high && in_b_i[22:0] != '0;
  assign exponents = {1'b0, in_a_i[30:24], in_a_i[23] || a_low} + {1'b0, in_b_i[30:24], in_b_i[23] || b_low};

  always_comb begin
    tag.product = in_product_i;
    tag.last    = in_last_i;
    tag.sign    = (in_a_i[31] != in_b_i[31]) || !in_product_i;
    tag.zero    = a_zero || b_zero || (a_low && b_low) || !in_product_i;
    tag.nan     = in_product_i && (a_nan || b_nan || (a_high && b_zero) || (b_high && a_zero));
    tag.inf     = in_product_i && (a_high || b_high);
  end

  // ---------------------------------------------------------------------- pipeline
  logic [Stages-1:0] valid_q;
  tag_t [Stages-1:0] tag_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       valid_q <= '0;
    else if (enable_i) valid_q <= {valid_q[Stages-2:0], in_valid_i};
  end

  always_ff @(posedge clk_i) begin
    if (enable_i) tag_q[Stages-2:0] <= {tag_q[Stages-3:0], tag};
  end

  // ---------------------------------------------- 1: the smaller exponent comes as x
  logic [23:0] x_q, y_q;
  logic [8:0]  exponents_q;

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      x_q         <= a_low ? {1'b0, in_a_i[22:0]} : {!b_low, in_b_i[22:0]};
      y_q         <= a_low ? {!b_low, in_b_i[22:0]} : {1'b1, in_a_i[22:0]};
      exponents_q <= exponents;
    end
  end

  // -------------------------------------------------------- 2: its leading one on top
  logic [5:0]        zeros;
  logic              unused_zero;
  logic [23:0]       normal_q, other_q;
  logic signed [9:0] sum_q;

  flaash_plain_leading_zeros u_leading_zeros (
    .data_i ({x_q, 24'd0}),
    .zero_o (unused_zero),
    .count_o(zeros)
  );

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      normal_q <= x_q << zeros[4:0];
      other_q  <= y_q;
      sum_q    <= {1'b0, exponents_q} - 10'(zeros[4:0]);
    end
  end

  // --------------------------------------------------------- 3, 4: halves multiplied
  // Exponent field of the product if its top bit is 1, less one.
  logic [23:0]       high_q, cross1_q, cross2_q, low_q;
  logic [47:0]       exact_q;
  logic signed [9:0] part_field_q, field_q;

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      high_q       <= 24'(normal_q[23:12]) * 24'(other_q[23:12]);
      cross1_q     <= 24'(normal_q[23:12]) * 24'(other_q[11:0]);
      cross2_q     <= 24'(normal_q[11:0]) * 24'(other_q[23:12]);
      low_q        <= 24'(normal_q[11:0]) * 24'(other_q[11:0]);
      part_field_q <= sum_q - 10'sd127;
      exact_q      <= {high_q, low_q} + {36'(cross1_q) + 36'(cross2_q), 12'd0};
      field_q      <= part_field_q;
    end
  end

  // ------------------------------------------------ 5: to its place, also a subnormal one
  // A negative field means a shift down by as many places, one of them at once. Any other field means a shift up,
  // unless the top bit is 1 or the product is subnormal in place.
  logic        below, up_one, far;
  logic [25:0] window, step16, step8, step4, step2, step1;
  logic [4:0]  lost;      // a one left the window in this step
  logic [4:0]  down;
  logic        rest;
  logic [25:0] placed_q;  // significand, guard, sticky
  logic [8:0]  exponent_q;

  assign below  = field_q[9];
  assign up_one = !below && !exact_q[47] && field_q != '0;
  assign far    = below && field_q[8:5] != '1;
  assign down   = below ? ~field_q[4:0] : '0;
  assign window = below ? {1'b0, exact_q[47:23]} : up_one ? exact_q[46:21] : exact_q[47:22];
  assign rest   = exact_q[20:0] != '0 || (exact_q[21] && !up_one) || (exact_q[22] && below);

  assign step16 = down[4] ? window >> 16 : window;
  assign step8  = down[3] ? step16 >> 8 : step16;
  assign step4  = down[2] ? step8 >> 4 : step8;
  assign step2  = down[1] ? step4 >> 2 : step4;
  assign step1  = down[0] ? step2 >> 1 : step2;
  assign lost   = {down[4] && window[15:0] != '0, down[3] && step16[7:0] != '0, down[2] && step8[3:0] != '0,
                   down[1] && step4[1:0] != '0, down[0] && step2[0]};

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      placed_q   <= far ? 26'd1 : {step1[25:1], step1[0] || lost != '0 || rest};
      exponent_q <= below ? '0 : field_q[8:0] - 9'(up_one);
    end
  end

  // ---------------------------------------------------------------------- 6: round
  logic        up, overflow;
  logic [31:0] rounded;
  tag_t        tag_before;

  assign tag_before = tag_q[Stages-2];
  assign up         = placed_q[1] && (placed_q[0] || placed_q[2]);
  assign rounded    = {exponent_q, 23'd0} + 32'(placed_q[25:2]) + 32'(up);
  assign overflow   = rounded[31:23] >= 9'h0ff && !tag_before.zero;

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      tag_q[Stages-1]     <= tag_before;
      tag_q[Stages-1].inf <= tag_before.inf || overflow;
      out_product_o       <= {tag_before.sign, tag_before.zero ? 31'd0 : rounded[30:0]};
    end
  end

  assign out_valid_o      = valid_q[Stages-1];
  assign out_is_product_o = tag_q[Stages-1].product;
  assign out_last_o       = tag_q[Stages-1].last;
  assign out_nan_o        = tag_q[Stages-1].nan;
  assign out_inf_o        = tag_q[Stages-1].inf;

endmodule : flaash_plain_multiply
