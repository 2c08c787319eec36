// SPDX-License-Identifier: Apache-2.0
// Sums products of integers in one wide register; the counterpart of flaash_mac_float.
//
// Guarantees  One result per tag.last, in order: the sum of the products since the last one, sign-
//             extended. A sum that does not fit SumWidth bits gives 0 with result_o.range.
// Demands     As flaash_mac_float; at most 2 ** CountWidth products per dot product.
// Latency     Two cycles. Throughput: one product and one result per cycle.
// Stalls      At a tag.last while room_i is low. Reset forgets everything.

module flaash_mac_integer
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 32,  // bits of a product's magnitude
  parameter int unsigned SumWidth     = 48,  // bits of a result, ResultWidth at most
  parameter int unsigned CountWidth   = 20   // binary logarithm of the products in a sum
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  mac_tag_t                in_tag_i,
  input  logic [ProductWidth-1:0] in_product_i,

  input  logic                    room_i,
  output logic                    launch_o,
  output logic                    result_valid_o,
  output mac_result_t             result_o
);

  localparam int unsigned Width = ProductWidth + CountWidth + 1;

  if (SumWidth > ResultWidth || SumWidth >= Width) begin : gen_illegal_width
    $fatal(1, "SumWidth must fit the result, and the accumulator must exceed it");
  end

  // ----------------------------------------------------------------- accumulate
  logic             accept, empty_q, valid_q;
  logic [Width-1:0] sum_q, kept, addend;

  assign in_ready_o = room_i || !in_tag_i.last;
  assign accept     = in_valid_i && in_ready_o;
  assign launch_o   = accept && in_tag_i.last;
  assign kept      = in_tag_i.first ? '0 : sum_q;
  assign addend     = Width'(in_product_i) ^ {Width{in_tag_i.sign}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= launch_o;
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      sum_q   <= kept + addend + Width'(in_tag_i.sign);
      empty_q <= !in_tag_i.product && (in_tag_i.first || empty_q);
    end
  end

  // --------------------------------------------------------------------- result
  logic        fits;
  mac_result_t result;

  assign fits = (sum_q[Width-1:SumWidth-1] == '0) || (sum_q[Width-1:SumWidth-1] == '1);

  always_comb begin
    result       = '0;
    result.empty = empty_q;
    result.exact = fits;
    result.range = !fits;
    result.zero  = !fits || (sum_q == '0);
    result.value = fits ? {{(ResultWidth - SumWidth + 1){sum_q[SumWidth-1]}}, sum_q[SumWidth-2:0]} : '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) result_valid_o <= 1'b0;
    else result_valid_o <= valid_q;
  end

  always_ff @(posedge clk_i) begin
    result_o <= result;
  end

endmodule : flaash_mac_integer
