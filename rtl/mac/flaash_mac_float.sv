// SPDX-License-Identifier: Apache-2.0
// Sums products of floating-point numbers exactly and rounds once: align, accumulate, then finish, or
// export for a portion of a dot product.
//
// Guarantees  One result per tag.last without tag.partial, in order: the exact sum of the products since
//             the last one, rounded to binary32 to nearest, ties to even. For each tag.last with it
//             (Portions only), in order: the words of the sum, unrounded, at part_*.
// Demands     AXI handshake rule at in_*; room_i: a place for a result, taken with launch_o; the
//             result comes later, at result_*, and can't be stalled; part_* likewise. At most
//             2 ** CountWidth products per dot product, portions counted together.
// Latency     13 cycles plus the words that the sum spans; a lone product takes one (flaash_mac_align).
// Throughput  One product per cycle. A dot product takes as many cycles as the greater of its beats
//             and of the words it spans: one result per cycle at best.
// Stalls      With two finished sums waiting, while room_i is low or a sum of many words is resolved.
// Reset       Forgets everything.

module flaash_mac_float
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48,    // bits of a product's magnitude, up to 48
  parameter int          LsbExponent  = -298,  // binary exponent of bit 0 of a product at position 0
  parameter int unsigned CountWidth   = 20,    // binary logarithm of the products in a sum
  parameter bit          Portions     = 1'b0,  // dot products can be portions
  localparam int unsigned Width = WordWidth + CountWidth + 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  mac_tag_t                in_tag_i,
  input  logic [PosWidth-1:0]     in_pos_i,
  input  logic [ProductWidth-1:0] in_product_i,

  input  logic                    room_i,
  output logic                    launch_o,
  output logic                    result_valid_o,
  output mac_result_t             result_o,

  input  logic                    part_room_i,
  output logic                    part_launch_o,
  output logic                    part_valid_o,
  output part_head_t              part_head_o,
  output logic [Width-1:0]        part_word_o
);

  // ---------------------------------------------------------------------- align
  logic                     add_valid, add_ready, add_alone;
  mac_tag_t                 add_tag;
  logic [PosWidth-1:0]      add_pos;
  logic [BankWords-1:0]     even_touch, odd_touch;
  logic [BankAddrWidth-1:0] even_addr, odd_addr;
  logic [WordWidth-1:0]     even, odd;

  flaash_mac_align #(
    .ProductWidth(ProductWidth)
  ) u_align (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_tag_i,
    .in_pos_i,
    .in_product_i,
    .out_valid_o(add_valid),
    .out_ready_i(add_ready),
    .out_tag_o(add_tag),
    .out_alone_o(add_alone),
    .out_pos_o(add_pos),
    .out_even_touch_o(even_touch),
    .out_even_addr_o(even_addr),
    .out_even_o(even),
    .out_odd_touch_o(odd_touch),
    .out_odd_addr_o(odd_addr),
    .out_odd_o(odd)
  );

  // ----------------------------------------------------------------- accumulate
  logic                     sum_valid, sum_ready, sum_partial, sum_alone, sum_side;
  logic [NumWords-1:0]      sum_touched;
  logic [IndexWidth-1:0]    sum_low, sum_high;
  mac_status_t              sum_status;
  logic [PosWidth-1:0]      sum_pos;
  logic                     read_side;
  logic [BankAddrWidth-1:0] read_addr;
  logic [Width-1:0]         read_even, read_odd;

  flaash_mac_accumulate #(
    .CountWidth(CountWidth)
  ) u_accumulate (
    .clk_i,
    .rst_ni,
    .in_valid_i(add_valid),
    .in_ready_o(add_ready),
    .in_tag_i(add_tag),
    .in_alone_i(add_alone),
    .in_pos_i(add_pos),
    .in_even_touch_i(even_touch),
    .in_even_addr_i(even_addr),
    .in_even_i(even),
    .in_odd_touch_i(odd_touch),
    .in_odd_addr_i(odd_addr),
    .in_odd_i(odd),
    .sum_valid_o(sum_valid),
    .sum_ready_i(sum_ready),
    .sum_touched_o(sum_touched),
    .sum_low_o(sum_low),
    .sum_high_o(sum_high),
    .sum_status_o(sum_status),
    .sum_partial_o(sum_partial),
    .sum_alone_o(sum_alone),
    .sum_pos_o(sum_pos),
    .sum_side_o(sum_side),
    .read_side_i(read_side),
    .read_addr_i(read_addr),
    .read_even_o(read_even),
    .read_odd_o(read_odd)
  );

  // --------------------------------------------- export portions, finish the others
  logic                     finish_valid, finish_ready, finish_side;
  logic [BankAddrWidth-1:0] finish_addr;

  if (Portions) begin : gen_portions
    logic                     export_ready, export_reads, export_side;
    logic [BankAddrWidth-1:0] export_addr;

    flaash_mac_export #(
      .Width(Width)
    ) u_export (
      .clk_i,
      .rst_ni,
      .sum_valid_i(sum_valid && sum_partial),
      .sum_ready_o(export_ready),
      .sum_touched_i(sum_touched),
      .sum_low_i(sum_low),
      .sum_high_i(sum_high),
      .sum_status_i(sum_status),
      .sum_side_i(sum_side),
      .read_o(export_reads),
      .read_side_o(export_side),
      .read_addr_o(export_addr),
      .read_even_i(read_even),
      .read_odd_i(read_odd),
      .room_i(part_room_i),
      .launch_o(part_launch_o),
      .valid_o(part_valid_o),
      .head_o(part_head_o),
      .word_o(part_word_o)
    );

    assign finish_valid = sum_valid && !sum_partial;
    assign sum_ready    = sum_partial ? export_ready : finish_ready;
    assign read_side    = export_reads ? export_side : finish_side;
    assign read_addr    = export_reads ? export_addr : finish_addr;
  end else begin : gen_whole
    logic unused_portions;

    assign finish_valid    = sum_valid;
    assign sum_ready       = finish_ready;
    assign read_side       = finish_side;
    assign read_addr       = finish_addr;
    assign part_launch_o   = 1'b0;
    assign part_valid_o    = 1'b0;
    assign part_head_o     = '0;
    assign part_word_o     = '0;
    assign unused_portions = part_room_i ^ sum_partial;
  end

  flaash_mac_finish #(
    .LsbExponent(LsbExponent),
    .CountWidth(CountWidth)
  ) u_finish (
    .clk_i,
    .rst_ni,
    .sum_valid_i(finish_valid),
    .sum_ready_o(finish_ready),
    .sum_touched_i(sum_touched),
    .sum_low_i(sum_low),
    .sum_high_i(sum_high),
    .sum_status_i(sum_status),
    .sum_alone_i(sum_alone),
    .sum_pos_i(sum_pos),
    .sum_set_i(sum_side),
    .read_set_o(finish_side),
    .read_addr_o(finish_addr),
    .read_even_i(read_even),
    .read_odd_i(read_odd),
    .room_i,
    .launch_o,
    .result_valid_o,
    .result_o
  );

endmodule : flaash_mac_float
