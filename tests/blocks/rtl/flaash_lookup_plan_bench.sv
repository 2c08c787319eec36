// SPDX-License-Identifier: Apache-2.0
// The plan of the lookup machine with fiber tables.

module flaash_lookup_plan_bench
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups  = 8,
  parameter int unsigned MaxSize = 4,
  parameter int unsigned Fibers  = 4096,
  localparam int unsigned SizeWidth = $clog2(MaxSize + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 wr_valid_i,    // a line
  input  logic                 wr_operand_i,
  input  line_addr_t           wr_addr_i,
  input  logic                 wr_last_i,
  input  logic                 fiber_valid_i,
  input  logic                 fiber_operand_i,
  input  fiber_id_t            fiber_id_i,
  input  line_addr_t           fiber_first_i,

  input  logic                 start_i,
  input  fiber_id_t            a_fibers_i,
  input  fiber_id_t            b_fibers_i,
  input  line_addr_t           extent_i,
  output logic                 busy_o,
  output logic                 handed_o,
  output dots_t                handed_dots_o,
  output logic [SizeWidth-1:0] set_size_o,
  output line_addr_t           a_lines_o,
  output line_addr_t           b_lines_o,
  output logic [Groups-1:0]    piece_valid_o,
  output fiber_id_t            piece_a_id_o,
  output line_addr_t           piece_a_line_o,
  output fiber_id_t            piece_b_id_o,
  output line_addr_t           piece_b_line_o,
  output fiber_id_t            piece_a_end_o,
  output line_addr_t           piece_b_end_o
);

  localparam int unsigned FiberWidth = $clog2(Fibers);

  line_addr_t a_table[Fibers], b_table[Fibers];
  line_addr_t a_first, b_first;
  fiber_id_t  a_addr, b_addr;
  logic       unused_a_use, unused_use, unused_rank_error;
  line_addr_t unused_block;

  always_ff @(posedge clk_i) begin
    if (fiber_valid_i && !fiber_operand_i) a_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    if (fiber_valid_i && fiber_operand_i)  b_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    a_first <= a_table[FiberWidth'(a_addr)];
    b_first <= b_table[FiberWidth'(b_addr)];
  end

  flaash_lookup_plan #(
    .Groups  (Groups),
    .MaxSize (MaxSize),
    .Lanes   (4),
    .MemLines(2 * Fibers)
  ) u_plan (
    .clk_i, .rst_ni,
    .start_i, .a_fibers_i, .b_fibers_i, .extent_i, .busy_o, .handed_o, .handed_dots_o,
    .a_use_o(unused_a_use), .a_addr_o(a_addr), .a_first_i(a_first), .b_addr_o(b_addr), .b_first_i(b_first),
    .first_use_o(unused_use), .first_wrong_i('0), .rank_error_o(unused_rank_error), .rank_block_o(unused_block),
    .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_last_i,
    .set_size_o, .a_lines_o, .b_lines_o, .piece_valid_o,
    .piece_o({piece_a_id_o, piece_a_line_o, piece_b_id_o, piece_b_line_o, piece_a_end_o, piece_b_end_o})
  );

endmodule : flaash_lookup_plan_bench
