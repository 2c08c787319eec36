// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_integer: each dot product gives one result, its exact sum if that fits, or the finish of the sum.
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
  parameter int unsigned NarrowWidth  = 3,
  parameter int unsigned CountWidth   = 3,
  localparam int unsigned Width      = ProductWidth + CountWidth + 1,
  localparam int unsigned TotalWidth = Width + 3,
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth),
  localparam type word_t = `FLAASH_WORD(Width),
  localparam type total_t = logic signed [TotalWidth-1:0]
) (
  input logic     clk_i,
  input logic     rst_ni,
  input finish_t  finish_i,
  input total_t   nearest_i,  // of the specification
  input logic     in_valid_i,
  input product_t in_i,
  input logic     room_i,
  input logic     part_room_i
);

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
    .NarrowWidth (NarrowWidth),
    .CountWidth  (CountWidth),
    .Portions    (1'b1)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .finish_i,
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

  // A narrow result is the number whose distance from the sum is at most a half of the divisor. If the distance is a
  // half, the number is even. The solver finds the number.
  localparam total_t NarrowMost  = (total_t'(1) << (NarrowWidth - 1)) - 1;
  localparam total_t NarrowLeast = -(total_t'(1) << (NarrowWidth - 1));
  typedef logic signed [TotalWidth+65:0] wide_t;
  total_t  total;
  wide_t   scale, distance;  // of twice the sum
  finish_t finish_q;         // as before

  assign total    = (finish_i.relu && total_q[TotalWidth-1]) ? '0 : total_q;
  assign fits     = total >= Least && total <= Most;
  assign scale    = wide_t'(1) << finish_i.shift;
  assign distance = (wide_t'(total) - (wide_t'(nearest_i) <<< finish_i.shift)) <<< 1;

  always_ff @(posedge clk_i) finish_q <= finish_i;

  Steady_M : assume property (@(posedge clk_i) finish_i == finish_q);
  Shift_M : assume property (@(posedge clk_i) finish_i.shift == '0 || finish_i.narrow);
  Nearest_M : assume property (@(posedge clk_i) distance <= scale && distance >= -scale
      && !(nearest_i[0] && (distance == scale || distance == -scale)));

  always_comb begin
    wanted       = '0;
    wanted.empty = !some_q;
    if (finish_i.narrow) begin
      wanted.value = ResultWidth'(nearest_i);
      if (nearest_i > NarrowMost) wanted.value = ResultWidth'(NarrowMost);
      if (nearest_i < NarrowLeast) wanted.value = ResultWidth'(NarrowLeast);
      wanted.exact = distance == '0 && nearest_i <= NarrowMost && nearest_i >= NarrowLeast;
      wanted.zero  = nearest_i == '0;
    end else begin
      wanted.range = !fits;
      wanted.exact = fits;
      wanted.zero  = !fits || total == '0;
      if (fits) wanted.value = ResultWidth'(total);
    end
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
