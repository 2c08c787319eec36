// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_integer: each dot product gives one result, its exact sum if that fits.
//
// For any products, signs and traffic, any room and any reset. `total_q` is the specification: the products since
// the last `last`, added up in a register that is wider than it has to be.

`include "flaash_dot_types.svh"

module flaash_formal_mac_integer
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 4,
  parameter int unsigned SumWidth     = 5,
  parameter int unsigned CountWidth   = 3,
  localparam int unsigned Width      = ProductWidth + CountWidth + 1,
  localparam int unsigned TotalWidth = Width + 3,
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth),
  localparam type word_t = `FLAASH_WORD(Width)
) (
  input logic     clk_i,
  input logic     rst_ni,
  input logic     in_valid_i,
  input product_t in_i,
  input logic     room_i,
  input logic     part_room_i
);

  typedef logic signed [TotalWidth-1:0] total_t;

  // ------------------------------------------------------------------------ input
  logic                in_ready, taken, fresh_q;
  logic [CountWidth:0] count_q, count;  // products of the running dot product, with the beat on offer

  flaash_formal_producer #(
    .Width($bits(product_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_i)
  );

  assign taken = in_valid_i && in_ready;
  assign count = (fresh_q ? '0 : count_q) + (CountWidth + 1)'(in_i.tag.product);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    fresh_q <= 1'b1;
    else if (taken) fresh_q <= in_i.tag.last;
  end

  Nothing_M : assume property (@(posedge clk_i) in_i.tag.product || in_i.size == '0);
  First_M : assume property (@(posedge clk_i) !rst_ni || in_i.tag.first == fresh_q);
  Count_M : assume property (@(posedge clk_i) !rst_ni || 32'(count) <= 2 ** CountWidth);

  // ------------------------------------------------------------------------- block
  logic             launch, result_valid, part_launch, part_valid;
  mac_result_t      result;
  part_head_t       part_head;
  logic [Width-1:0] part_word;
  word_t            part;
  dot_name_t        launch_name;

  flaash_mac_integer #(
    .ProductWidth(ProductWidth),
    .SumWidth    (SumWidth),
    .CountWidth  (CountWidth),
    .Portions    (1'b1)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o    (in_ready),
    .in_i,
    .launch_name_o (launch_name),
    .room_i,
    .launch_o      (launch),
    .result_valid_o(result_valid),
    .result_o      (result),
    .part_room_i,
    .part_launch_o (part_launch),
    .part_valid_o  (part_valid),
    .part_o        (part)
  );

  assign {part_head, part_word} = part;

  // ----------------------------------------------------------------- specification
  total_t      total_q, product;
  logic        some_q;            // there was a product
  logic        ends_q, partial_q; // the beat before was the last of its dot product, which is a portion
  logic        due_q;             // the result of the dot product before that is due
  mac_result_t due_result_q, wanted;

  assign product = in_i.tag.sign ? -total_t'({1'b0, in_i.size}) : total_t'({1'b0, in_i.size});

  always_ff @(posedge clk_i) begin
    if (taken) begin
      total_q <= (fresh_q ? '0 : total_q) + product;
      count_q <= count;
      some_q  <= in_i.tag.product || (!fresh_q && some_q);
    end
    partial_q    <= in_i.tag.name.partial;
    due_result_q <= wanted;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ends_q <= 1'b0;
      due_q  <= 1'b0;
    end else begin
      ends_q <= taken && in_i.tag.last;
      due_q  <= ends_q && !partial_q;
    end
  end

  localparam total_t Most  = (total_t'(1) << (SumWidth - 1)) - 1;
  localparam total_t Least = -(total_t'(1) << (SumWidth - 1));
  logic              fits;

  assign fits = total_q >= Least && total_q <= Most;

  always_comb begin
    wanted       = '0;
    wanted.empty = !some_q;
    wanted.range = !fits;
    wanted.exact = fits;
    wanted.zero  = !fits || total_q == '0;
    if (fits) wanted.value = ResultWidth'(total_q);
  end

  // ------------------------------------------------------------------ properties
  // A result two cycles after its dot product, a portion's word after one; and no others.
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) result_valid == due_q);
  Sum_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !result_valid || result == due_result_q);
  PartOnce_A : assert property (@(posedge clk_i) disable iff (!rst_ni) part_valid == (ends_q && partial_q));
  Part_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !part_valid
      || (total_t'($signed(part_word)) == total_q && part_head.last && part_head.touch == some_q
          && part_head.index == '0 && part_head.status == {some_q, 4'b0000}));

  // A place is taken for each of them, when there is one; and with room for both nothing waits.
  Launch_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      launch == (taken && in_i.tag.last && !in_i.tag.name.partial)
      && part_launch == (taken && in_i.tag.last && in_i.tag.name.partial));
  Name_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(launch || part_launch) || launch_name == in_i.tag.name);
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!launch || room_i) && (!part_launch || part_room_i));
  Moves_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      in_ready || (in_i.tag.last && !(room_i && part_room_i)));

  // Invariants for the induction: the register is the sum, and no sum exceeds the bound of its products.
  total_t bound;

  assign bound = (total_t'({1'b0, count_q}) << ProductWidth) - total_t'({1'b0, count_q});

  Running_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (fresh_q && !ends_q)
      || (total_t'($signed(u_dut.sum_q)) == total_q && u_dut.empty_q == !some_q
          && 32'(count_q) <= 2 ** CountWidth && total_q <= bound && total_q >= -bound));
  Ends_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.valid_q == (ends_q && !partial_q) && (!ends_q || fresh_q));

  Cancels_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      result_valid && result.zero && !result.range && !result.empty);
  BackToBack_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      result_valid && launch && part_valid && part_word[Width-1]);

  if (ProductWidth + 1 >= SumWidth) begin : gen_narrow  // a few products exceed the result
    Range_C : cover property (@(posedge clk_i) disable iff (!rst_ni) result_valid && result.range);
    Least_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
        result_valid && !result.range && result.value == ResultWidth'(Least));
    Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
        part_valid && total_q == bound && count_q == (CountWidth + 1)'(2 ** CountWidth));
  end

endmodule : flaash_formal_mac_integer
