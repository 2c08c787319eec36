// SPDX-License-Identifier: Apache-2.0
// Sums products of integers in one wide register per sum.
//
// Guarantees  One result per tag.last of a dot product that is no portion, in order: the sum of the products
//             since the last one, sign-extended. A sum that does not fit SumWidth bits gives 0 with
//             result_o.range. With finish_i.relu a negative sum counts as 0. With finish_i.narrow the sum is shifted
//             right, rounded to nearest, ties to even, and saturated to NarrowWidth bits. For each portion (Portions
//             only), in order: its whole sum, in one word, at part_*.
// Demands     AXI handshake rule at in_*. finish_i changes only while nothing is inside. room_i: room for a result,
//             reserved with launch_o; part_* likewise. At most 2 ** CountWidth products per dot product.
// Latency     Two cycles, one to part_*. Throughput: one product and one result per cycle.
// Stalls      At a tag.last while there is no room for its result. Reset drops everything.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_mac_integer
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 32,  // bits of a product's magnitude
  parameter int unsigned SumWidth     = 48,  // bits of a result, ResultWidth at most
  parameter int unsigned NarrowWidth  = 16,  // bits of a narrow result, 16 at most
  parameter int unsigned CountWidth   = 20,  // binary logarithm of the products in a sum
  parameter int unsigned Sums         = 1,   // in progress, one per name.slot, a power of two, 1 to 8
  parameter bit          Portions     = 1'b0,  // dot products can be portions
  localparam int unsigned RunWidth = (Sums > 1) ? $clog2(Sums) : 1,
  localparam int unsigned Width = ProductWidth + CountWidth + 1,
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth),
  localparam type word_t = `FLAASH_WORD(Width)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  finish_t     finish_i,

  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  product_t    in_i,

  output dot_name_t   launch_name_o,  // of the dot product at launch_o or part_launch_o

  input  logic        room_i,
  output logic        launch_o,
  output logic        result_valid_o,
  output mac_result_t result_o,

  input  logic        part_room_i,
  output logic        part_launch_o,
  output logic        part_valid_o,
  output word_t       part_o
);

  if (SumWidth > ResultWidth || SumWidth >= Width || Width > MaxSumWidth || NarrowWidth > 16) begin : gen_illegal_width
    `FLAASH_ILLEGAL("SumWidth must fit the result, and the accumulator must exceed it; NarrowWidth must be 16 at most")
  end

  // ----------------------------------------------------------------- accumulate
  mac_tag_t            tag;
  logic                partial, accept, valid_q;
  logic [RunWidth-1:0] run, run_q, done;  // of the beat; of the one before
  logic [Width-1:0]    kept, addend, done_sum;
  logic                done_empty;

  logic [Sums-1:0][Width-1:0] sum_q;
  logic [Sums-1:0]            empty_q;

  assign tag           = in_i.tag;
  assign launch_name_o = tag.name;

  assign partial    = Portions && launch_name_o.partial;
  assign in_ready_o = !tag.last || (partial ? part_room_i : room_i);
  assign accept     = in_valid_i && in_ready_o;
  assign launch_o   = accept && tag.last && !partial;
  assign run        = (Sums > 1) ? RunWidth'(sum_of(launch_name_o.partial, launch_name_o.slot)) : '0;
  assign kept       = tag.first ? '0 : sum_q[run];
  assign addend     = Width'(in_i.size) ^ {Width{tag.sign}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= launch_o;
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      sum_q[run]   <= kept + addend + Width'(tag.sign);
      empty_q[run] <= !tag.product && (tag.first || empty_q[run]);
      run_q        <= run;
    end
  end

  assign done       = (Sums > 1) ? run_q : '0;
  assign done_sum   = sum_q[done];
  assign done_empty = empty_q[done];

  // --------------------------------------------------------------------- result
  mac_shifted_t shifted_q;

  assign result_o = integer_result(shifted_q, finish_i.narrow, SumWidth, NarrowWidth);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) result_valid_o <= 1'b0;
    else result_valid_o <= valid_q;
  end

  always_ff @(posedge clk_i) begin
    shifted_q <= shifted_sum(MaxSumWidth'($signed(done_sum)), done_empty, finish_i.relu,
                             finish_i.shift);
  end

  // ------------------------------------------------------------------- portions
  assign part_launch_o = accept && tag.last && partial;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) part_valid_o <= 1'b0;
    else part_valid_o <= part_launch_o;
  end

  assign part_o.head.last           = 1'b1;
  assign part_o.head.touch          = !done_empty;
  assign part_o.head.index          = IndexWidth'(0);
  assign part_o.head.status.product = !done_empty;
  assign part_o.head.status.nan     = 1'b0;
  assign part_o.head.status.invalid = 1'b0;
  assign part_o.head.status.pos_inf = 1'b0;
  assign part_o.head.status.neg_inf = 1'b0;
  assign part_o.word                = done_sum;

endmodule : flaash_mac_integer
