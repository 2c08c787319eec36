// SPDX-License-Identifier: Apache-2.0
// MAC float: sums products of floating-point numbers exactly and rounds once: align, accumulate, then finish, or
// export for a portion of a dot product.
//
// Guarantees  One result per tag.last of a dot product that is no portion, in order. It is the exact sum of the
//             products since the last one, rounded to binary32 to nearest, ties to even. For each portion
//             (Portions only), in order: the words of its sum, unrounded, at part_*.
// Demands     AXI handshake rule at in_*; room_i: room for a result, reserved with launch_o. The result comes
//             later, at result_*, where it can wait: eight of them have room inside. part_* likewise, but
//             without waiting. At most 2 ** CountWidth products per dot product, portions counted together.
// Latency     13 cycles plus the words that the sum spans; a lone product takes one (flaash_mac_align).
// Throughput  One product per cycle. A dot product takes as many cycles as the greater of its beats
//             and of the words it spans: one result per cycle at best.
// Stalls      With two finished sums waiting, while room_i is low or a sum of many words is resolved.
// Reset       Drops all sums.

`include "flaash_dot_types.svh"

module flaash_mac_float
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48,    // bits of a product's magnitude, up to 48
  parameter int          LsbExponent  = -298,  // binary exponent of bit 0 of a product at position 0
  parameter int unsigned CountWidth   = 20,    // binary logarithm of the products in a sum
  parameter int unsigned Sums         = 1,     // in progress, a power of two, 1 to 8
  parameter bit          Portions     = 1'b0,  // dot products can be portions
  localparam int unsigned Width     = WordWidth + CountWidth + 1,
  localparam int unsigned SideWidth = $clog2(sum_sides(Sums)),
  localparam int unsigned AddrWidth = SideWidth + BankAddrWidth,
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth),
  localparam type word_t = `FLAASH_WORD(Width)
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  product_t    in_i,

  output dot_name_t   launch_name_o,  // of the dot product at launch_o or part_launch_o

  input  logic        room_i,
  output logic        launch_o,
  output logic        result_valid_o,
  input  logic        result_ready_i,
  output mac_result_t result_o,

  input  logic        part_room_i,
  output logic        part_launch_o,
  output logic        part_valid_o,
  output word_t       part_o
);

  // ------------------------------------------------------- align, accumulate
  logic                   aligned_valid, aligned_ready;
  mac_aligned_t           aligned;
  logic                   sum_valid, sum_ready;
  logic [SideWidth-1:0]   sum_side;
  mac_sum_t               sum;
  logic [AddrWidth-1:0]   read_addr, finish_addr;
  logic [1:0][Width-1:0]  read_words;

  flaash_mac_align #(
    .ProductWidth(ProductWidth)
  ) u_align (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_i,
    .out_valid_o(aligned_valid), .out_ready_i(aligned_ready), .out_o(aligned)
  );

  flaash_mac_accumulate #(
    .CountWidth(CountWidth),
    .Sums      (Sums)
  ) u_accumulate (
    .clk_i, .rst_ni,
    .in_valid_i(aligned_valid), .in_ready_o(aligned_ready), .in_i(aligned),
    .sum_valid_o(sum_valid), .sum_ready_i(sum_ready), .sum_o(sum), .sum_name_o(launch_name_o),
    .sum_side_o(sum_side),
    .read_addr_i(read_addr), .read_words_o(read_words)
  );

  // --------------------------------------------- export portions, finish the others
  logic partial, finish_valid, finish_ready;

  assign partial = Portions && launch_name_o.partial;

  if (Portions) begin : gen_portions
    logic                 export_ready, export_reads;
    logic [AddrWidth-1:0] export_addr;

    flaash_mac_export #(
      .Width    (Width),
      .SideWidth(SideWidth)
    ) u_export (
      .clk_i, .rst_ni,
      .sum_valid_i(sum_valid && partial), .sum_ready_o(export_ready),
      .sum_i(sum), .sum_side_i(sum_side),
      .read_o(export_reads), .read_addr_o(export_addr), .read_words_i(read_words),
      .room_i(part_room_i), .launch_o(part_launch_o), .valid_o(part_valid_o), .part_o
    );

    assign finish_valid = sum_valid && !partial;
    assign sum_ready    = partial ? export_ready : finish_ready;
    assign read_addr    = export_reads ? export_addr : finish_addr;
  end else begin : gen_whole
    logic unused_portions;

    assign finish_valid    = sum_valid;
    assign sum_ready       = finish_ready;
    assign read_addr       = finish_addr;
    assign part_launch_o   = 1'b0;
    assign part_valid_o    = 1'b0;
    assign part_o          = '0;
    assign unused_portions = part_room_i ^ partial;
  end

  // ---------------------------------------------------- resolve, normalize, round
  logic        window_valid, window_ready, normal_valid, normal_ready;
  mac_window_t window;
  mac_normal_t normal;

  flaash_mac_resolve #(
    .CountWidth(CountWidth),
    .SetWidth  (SideWidth)
  ) u_resolve (
    .clk_i, .rst_ni,
    .sum_valid_i(finish_valid), .sum_ready_o(finish_ready), .sum_i(sum), .sum_set_i(sum_side),
    .read_addr_o(finish_addr), .read_words_i(read_words), .room_i, .launch_o,
    .window_valid_o(window_valid), .window_ready_i(window_ready), .window_o(window)
  );

  flaash_mac_normalize #(
    .LsbExponent(LsbExponent)
  ) u_normalize (
    .clk_i, .rst_ni,
    .window_valid_i(window_valid), .window_ready_o(window_ready), .window_i(window),
    .normal_valid_o(normal_valid), .normal_ready_i(normal_ready), .normal_o(normal)
  );

  flaash_mac_round u_round (
    .clk_i, .rst_ni,
    .normal_valid_i(normal_valid), .normal_ready_o(normal_ready), .normal_i(normal),
    .result_valid_o, .result_ready_i, .result_o
  );

endmodule : flaash_mac_float
