// SPDX-License-Identifier: Apache-2.0
// Ranks: tells in which fiber of B a line lies, in constant time.
//
// It watches the lines of B as they are written and keeps, for each block of 16 lines, how many
// fibers end before the block and which of its lines end one: so no search in the fiber table.
//
// Guarantees  fiber_o is the number of fibers that end in lines below line_i of two cycles before:
//             the fiber that holds line_i.
// Demands     The lines of B are written in ascending order from 0, each once, whenever B is replaced;
//             line_i has been written, or is the one after the last.
// Latency     Two cycles. Throughput: one line per cycle.
// Reset       None; what was written stays.

module flaash_lookup_ranks
  import flaash_pkg::*;
#(
  parameter int unsigned Lines = 8192  // lines of the operand, 1 or more
) (
  input  logic       clk_i,

  // lines of B on their way to the memory
  input  logic       wr_valid_i,
  input  line_addr_t wr_addr_i,
  input  logic       wr_last_i,  // the line ends a fiber

  input  line_addr_t line_i,
  output fiber_id_t  fiber_o
);

  localparam int unsigned Block      = 16;
  localparam int unsigned BlockShift = $clog2(Block);
  localparam int unsigned Blocks     = (Lines < Block) ? 2 : Lines / Block + 1;
  localparam int unsigned BlockWidth = $clog2(Blocks);

  // -------------------------------------------------------------------- writing
  fiber_id_t             ended_q, ended, base_q, base;  // fibers ended so far, and before the block
  logic [Block-1:0]      ends_q, ends;                  // lines of the block that end a fiber
  logic [BlockShift-1:0] wr_place;

  assign wr_place = wr_addr_i[BlockShift-1:0];
  assign ended    = (wr_addr_i == '0) ? '0 : ended_q;
  assign base     = (wr_place == '0) ? ended : base_q;
  assign ends     = ((wr_place == '0) ? '0 : ends_q) | (Block'(wr_last_i) << wr_place);

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      ended_q <= ended + fiber_id_t'(wr_last_i);
      base_q  <= base;
      ends_q  <= ends;
    end
  end

  // -------------------------------------------------------------------- reading
  fiber_id_t             rd_base;
  logic [Block-1:0]      rd_ends, below;
  logic [BlockShift-1:0] place_q;

  flaash_memory_bank #(
    .Width(FiberIdWidth + Block),
    .Words(Blocks)
  ) u_blocks (
    .clk_i,
    .wr_enable_i(wr_valid_i),
    .wr_addr_i  (BlockWidth'(wr_addr_i >> BlockShift)),
    .wr_data_i  ({base, ends}),
    .rd_enable_i(1'b1),
    .rd_addr_i  (BlockWidth'(line_i >> BlockShift)),
    .rd_data_o  ({rd_base, rd_ends})
  );

  assign below = rd_ends & ~({Block{1'b1}} << place_q);

  always_ff @(posedge clk_i) begin
    place_q <= line_i[BlockShift-1:0];
    fiber_o <= rd_base + fiber_id_t'($countones(below));
  end

endmodule : flaash_lookup_ranks
