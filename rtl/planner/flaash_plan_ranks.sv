// SPDX-License-Identifier: Apache-2.0
// Ranks: finds the fiber of an operand that holds a line, in constant time, and counts lines.
//
// It observes the lines of the operand as they are written. A block is 16 lines of a buffer. For each block it stores
// how many fibers end before the block, and which of its lines end a fiber. This avoids a search in the fiber table.
//
// Guarantees  fiber_o is the number of fibers that end in lines below line_i of two cycles before:
//             the fiber that holds line_i. lines_o: lines of the operand so far, a cycle after written_i; longest_o:
//             likewise of its longest fiber, rounded down to two significant bits, so that it seldom changes, two
//             cycles after.
// Demands     Whenever the operand is replaced in a buffer, its lines are written in ascending order from 0, each once.
//             At most two come at a time, both of one fiber. loaded_i comes two cycles after the last line, or later.
//             line_i has been written.
// Latency     Two cycles. Throughput: one line per cycle.
// Errors      With Parity: fault_o, with the fiber, if ask_i was high with the line and a bit of its block has
//             flipped.
// Reset       No request is pending; written counts stay. drop_i does the same.

`include "flaash_assert.svh"

module flaash_plan_ranks
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter bit          Operand = 1'b1,  // that is observed: A 0, B 1
  parameter int unsigned Lines   = 8192,  // lines of the operand, 1 or more
  parameter int unsigned Buffers = 1,     // for it: 1 or 2
  parameter int unsigned Parity  = 1      // 1: a parity bit per block, 0: none
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  line_written_t written_i,  // lines on their way to the memory; lines of the operand count
  input  logic          buffer_i,   // that is asked about; steady from ask_i to the next cycle, if that has no drop_i
  input  logic          loaded_i,   // all lines of the operand in this buffer have come
  output line_addr_t    lines_o,
  output line_addr_t    longest_o,
  input  logic          ask_i,      // the response counts
  input  logic          drop_i,     // this request, those before and their faults are forgotten
  input  line_addr_t    line_i,
  output fiber_id_t     fiber_o,
  output fault_t        fault_o
);

  localparam int unsigned Block      = 16;
  localparam int unsigned BlockShift = $clog2(Block);
  localparam int unsigned Blocks     = (Lines < Block) ? 2 : Lines / Block + 1;
  localparam int unsigned BlockWidth = $clog2(Blocks);

  typedef struct packed {
    fiber_id_t        base;  // fibers that end before the block
    logic [Block-1:0] ends;  // lines of the block that end a fiber
  } block_t;

  // -------------------------------------------------------------------- writing
  line_id_t              written;
  logic                  wr;
  fiber_id_t             ended_q, ended;  // fibers ended so far
  block_t                block_q, block;
  logic [BlockShift-1:0] offset;          // number of the line in its block
  logic                  fresh;           // it is the first one there, or comes with that

  assign written = written_i.id;
  assign wr      = written_i.valid && written.operand == Operand;

  // The first of two lines ends no fiber: a block that ends with it stays as it is.
  assign offset = written.addr[BlockShift-1:0];
  assign fresh  = offset <= BlockShift'(written_i.pair);
  assign ended  = written_i.begins ? '0 : ended_q;
  assign block  = {fresh ? ended : block_q.base,
                   (fresh ? Block'(0) : block_q.ends) | (Block'(written_i.last) << offset)};

  always_ff @(posedge clk_i) begin
    if (wr) begin
      ended_q <= ended + fiber_id_t'(written_i.last);
      block_q <= block;
    end
  end

  // --------------------------------------------------------------------- lines
  line_addr_t [1:0] lines_q, longest_q;  // of each buffer
  line_addr_t       length, length_q;    // of the fiber so far
  line_addr_t       exact_q, rounded;    // likewise, a cycle later; rounded down
  logic             rough_valid_q, rough_begins_q, rough_filled_q;

  function automatic line_addr_t rough(line_addr_t number);
    rough = number;
    for (int unsigned i = 2; i < LineAddrWidth; i++) begin
      if (number[i]) rough = line_addr_t'({number[i], number[i-1]}) << (i - 1);
    end
  endfunction

  assign length    = (written_i.begins ? '0 : length_q) + line_addr_t'(written_i.pair) + 1'b1;
  assign rounded   = rough(exact_q);  // not before the register: lines come late in a cycle
  assign lines_o   = lines_q[buffer_i];
  assign longest_o = longest_q[buffer_i];

  always_ff @(posedge clk_i) begin
    if (wr) begin
      lines_q[written_i.filled] <= written.addr + 1'b1;
      length_q                  <= written_i.last ? '0 : length;
    end
    {rough_begins_q, rough_filled_q, exact_q} <= {written_i.begins, written_i.filled, length};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rough_valid_q <= 1'b0;
      longest_q     <= '0;
    end else begin
      rough_valid_q <= wr;
      if (rough_valid_q && (rough_begins_q || rounded > longest_q[rough_filled_q])) begin
        longest_q[rough_filled_q] <= rounded;
      end
    end
  end

  // -------------------------------------------------------------------- reading
  block_t                found, found_q;
  logic                  asked_q, found_valid_q, found_buffer_q;  // found_valid: found_q responds to a request
  logic [BlockShift-1:0] offset_q, found_offset_q;
  logic [BlockWidth-1:0] rd_block, rd_block_q, fault_block_q;
  logic [Block-1:0]      below;  // lines of the block that end a fiber, below the one asked for

  assign rd_block = BlockWidth'(line_i >> BlockShift);
  assign below    = found_q.ends & ~({Block{1'b1}} << found_offset_q);

  block_t [Buffers-1:0] founds;
  logic [Buffers-1:0]   wrongs, wrongs_q;

  assign found = founds[buffer_i];

  for (genvar b = 0; b < int'(Buffers); b++) begin : gen_buffer
    flaash_parity_bank #(
      .T     (logic [FiberIdWidth+Block-1:0]),
      .Words (Blocks),
      .Parity(Parity)
    ) u_blocks (
      .clk_i,
      .wr_enable_i(wr && written_i.filled == 1'(b)), .wr_addr_i(BlockWidth'(written.addr >> BlockShift)),
      .wr_data_i(block),
      .rd_enable_i(1'b1), .rd_addr_i(rd_block), .rd_data_o(founds[b]), .wrong_o(wrongs[b])
    );
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     {asked_q, found_valid_q} <= '0;
    else if (drop_i) {asked_q, found_valid_q} <= '0;
    else             {asked_q, found_valid_q} <= {ask_i, asked_q};
  end

  always_ff @(posedge clk_i) begin
    offset_q       <= line_i[BlockShift-1:0];
    rd_block_q     <= rd_block;
    found_q        <= found;
    found_offset_q <= offset_q;
    fault_block_q  <= rd_block_q;
    wrongs_q       <= wrongs;  // parity takes most of a cycle after the RAM, so the buffer is chosen in the next one
    found_buffer_q <= buffer_i;
  end

  // The count follows the register: a RAM macro's access fills most of a cycle.
  assign fiber_o = found_q.base + fiber_id_t'($countones(below));
  assign fault_o = stored_fault(found_valid_q && wrongs_q[found_buffer_q], Operand, PlaceRank, 24'(fault_block_q));

  `FLAASH_ASSERT(WrittenBefore_A,
                 !loaded_i || !((wr && written_i.filled == buffer_i) || (rough_valid_q && rough_filled_q == buffer_i)),
                 "a line of an operand that is loaded")

endmodule : flaash_plan_ranks
