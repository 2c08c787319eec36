// SPDX-License-Identifier: Apache-2.0
// Plain multiply-add in binary32, what the exact MAC is measured against (docs/blocks/mac.md).
//
// Guarantees  One result per beat with in_last_i, in order: +0, to which the products a * b of the beats with
//             in_product_i since the previous one are added in turn. Each product and each sum is rounded to
//             nearest, ties to even, with subnormal numbers, infinities and one canonical NaN.
// Demands     AXI handshake rule.
// Latency     Eight cycles from a `last` beat to its result.
// Throughput  One beat per cycle, also from one dot product to the next: the sum goes around once per cycle, and
//             that path is the longest.
// Stalls      The whole pipeline stalls while a result is not accepted.
// Reset       Drops all sums.
//
// Infinities and NaN stay out of the loop: three bits remember them until the end.

`include "flaash_assert.svh"

module flaash_plain_mac (
  input  logic        clk_i,
  input  logic        rst_ni,

  // products
  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  logic        in_product_i,  // a and b are to be multiplied
  input  logic        in_last_i,     // the dot product ends with this beat
  input  logic [31:0] in_a_i,
  input  logic [31:0] in_b_i,

  // results
  output logic        out_valid_o,
  input  logic        out_ready_i,
  output logic [31:0] out_value_o,
  output logic        out_empty_o    // no product at all
);

  // --------------------------------------------------------------------- products
  logic        advance, valid, is_product, last, nan, inf;
  logic [31:0] product;

  assign advance    = !out_valid_o || out_ready_i;
  assign in_ready_o = advance;

  flaash_plain_multiply u_multiply (
    .clk_i,
    .rst_ni,
    .enable_i        (advance),
    .in_valid_i,
    .in_product_i,
    .in_last_i,
    .in_a_i,
    .in_b_i,
    .out_valid_o     (valid),
    .out_is_product_o(is_product),
    .out_last_o      (last),
    .out_product_o   (product),
    .out_nan_o       (nan),
    .out_inf_o       (inf)
  );

  // --------------------------------------------------------------------- the loop
  typedef struct packed {
    logic some;     // there was a product
    logic nan;
    logic pos_inf;
    logic neg_inf;
  } status_t;

  logic [31:0] sum_q, sum;
  logic        overflow, is_inf;
  status_t     status_q, status;

  flaash_plain_add u_add (
    .x_i       (sum_q),
    .y_i       (product),
    .sum_o     (sum),
    .overflow_o(overflow)
  );

  // A sum that overflowed is infinite from then on, whatever its bits are.
  assign is_inf = status_q.pos_inf || status_q.neg_inf;

  always_comb begin
    status         = status_q;
    status.some    = status_q.some || is_product;
    status.nan     = status_q.nan || nan;
    status.pos_inf = status_q.pos_inf || (inf ? !product[31] : overflow && !is_inf && !sum[31]);
    status.neg_inf = status_q.neg_inf || (inf ? product[31] : overflow && !is_inf && sum[31]);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sum_q    <= '0;
      status_q <= '0;
    end else if (advance && valid) begin
      sum_q    <= last ? '0 : sum;
      status_q <= last ? '0 : status;
    end
  end

  // ---------------------------------------------------------------------- results
  logic [31:0] out_sum_q;
  status_t     out_status_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      out_valid_o <= 1'b0;
    else if (advance) out_valid_o <= valid && last;
  end

  always_ff @(posedge clk_i) begin
    if (advance) begin
      out_sum_q    <= sum;
      out_status_q <= status;
    end
  end

  always_comb begin
    out_value_o = out_sum_q;
    if (out_status_q.nan || (out_status_q.pos_inf && out_status_q.neg_inf)) begin
      out_value_o = 32'h7fc0_0000;
    end else if (out_status_q.pos_inf || out_status_q.neg_inf) begin
      out_value_o = {out_status_q.neg_inf, 8'hff, 23'd0};
    end
  end

  assign out_empty_o = !out_status_q.some;

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, {out_value_o, out_empty_o}, 33)

endmodule : flaash_plain_mac
