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
// Errors      With Parity: a block of which a bit has flipped is told with the fiber, by parity_error_o, if ask_i was
//             high with its line.
// Reset       Nothing was asked; what was written stays.

module flaash_lookup_ranks
  import flaash_pkg::*;
#(
  parameter int unsigned Lines  = 8192,  // lines of the operand, 1 or more
  parameter int unsigned Parity = 1      // 1: a parity bit per block, 0: none
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  // lines of B on their way to the memory
  input  logic       wr_valid_i,
  input  line_addr_t wr_addr_i,
  input  logic       wr_last_i,  // the line ends a fiber

  input  logic       ask_i,          // the answer counts
  input  line_addr_t line_i,
  output fiber_id_t  fiber_o,

  output logic       parity_error_o,
  output line_addr_t parity_block_o
);

  localparam int unsigned Block      = 16;
  localparam int unsigned BlockShift = $clog2(Block);
  localparam int unsigned Blocks     = (Lines < Block) ? 2 : Lines / Block + 1;
  localparam int unsigned BlockWidth = $clog2(Blocks);
  localparam int unsigned DataWidth  = FiberIdWidth + Block;
  localparam int unsigned WordWidth  = DataWidth + Parity;

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
  logic [DataWidth-1:0]  wr_data;
  logic [WordWidth-1:0]  wr_word, rd_word;
  logic [BlockWidth-1:0] rd_block;

  assign wr_data  = {base, ends};
  assign wr_word  = WordWidth'({~^wr_data, wr_data});  // odd parity; without Parity the bit falls off
  assign rd_block = BlockWidth'(line_i >> BlockShift);

  flaash_memory_bank #(
    .Width(WordWidth),
    .Words(Blocks)
  ) u_blocks (
    .clk_i,
    .wr_enable_i(wr_valid_i),
    .wr_addr_i  (BlockWidth'(wr_addr_i >> BlockShift)),
    .wr_data_i  (wr_word),
    .rd_enable_i(1'b1),
    .rd_addr_i  (rd_block),
    .rd_data_o  (rd_word)
  );

  assign {rd_base, rd_ends} = rd_word[DataWidth-1:0];
  assign below = rd_ends & ~({Block{1'b1}} << place_q);

  always_ff @(posedge clk_i) begin
    place_q <= line_i[BlockShift-1:0];
    fiber_o <= rd_base + fiber_id_t'($countones(below));
  end

  // --------------------------------------------------------------------- parity
  if (Parity == 1) begin : gen_parity
    logic                  asked_q;
    logic [BlockWidth-1:0] block_q, block;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) asked_q <= 1'b0;
      else         asked_q <= ask_i;
    end

    always_ff @(posedge clk_i) block_q <= rd_block;

    flaash_parity_watch #(
      .Channels  (1),
      .Width     (WordWidth),
      .PlaceWidth(BlockWidth)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(asked_q), .word_i(rd_word), .place_i(block_q), .error_o(parity_error_o), .place_o(block)
    );

    assign parity_block_o = line_addr_t'(block);
  end else begin : gen_no_parity
    logic unused_parity;

    assign parity_error_o = 1'b0;
    assign parity_block_o = '0;
    assign unused_parity  = ^{rst_ni, ask_i};
  end

endmodule : flaash_lookup_ranks
