// SPDX-License-Identifier: Apache-2.0
// Operand store: the upper levels and the fiber table of one operand, and its description.
//
// Guarantees  Every read port responds one cycle after its address with the word last written there, and reports
//             a flipped bit of the word. desc_o.loaded holds from the end of a valid frame until the next frame
//             for this operand begins. From its first fiber on the rest of desc_o is what its head announces, with
//             the lines so far. A response beyond the memories is zero, and marked wrong.
// Demands     A word is written before it is read; writes of the other operand are ignored.
// Latency     One cycle per read.
// Throughput  One read per port and cycle.
// Reset       No operand is loaded; the memories keep their contents, which no module may read.

`include "flaash_assert.svh"

module flaash_operand_store
  import flaash_pkg::*;
#(
  parameter int unsigned Operand    = 0,     // 0 A, 1 B
  parameter int unsigned NodeDepth  = 1024,  // nodes, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers, below 2**FiberIdWidth
  parameter int unsigned Parity     = 1,     // 1: a parity bit per word, 0: none
  parameter int unsigned NodeWrites = 1      // nodes that are written in a cycle, most: 1, 4 or 8
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  store_write_t write_i,
  // fiber -> its first line, for the compute machine
  input  fiber_id_t    table_addr_i,
  output table_rsp_t   table_o,
  // fiber -> its leaf, node -> its coordinate and parent, for the unloader
  input  walk_req_t    walk_i,
  output walk_rsp_t    walk_o,
  output desc_t        desc_o
);

  if (Operand > 1) begin : gen_illegal_operand
    `FLAASH_ILLEGAL("Operand must be 0 or 1")
  end
  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_nodes
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 2**NodeIdWidth")
  end
  if (FiberDepth < 1 || FiberDepth >= 2 ** FiberIdWidth) begin : gen_illegal_fibers
    `FLAASH_ILLEGAL("FiberDepth must be 1 to 2**FiberIdWidth - 1")
  end

  // ------------------------------------------------------------------- memories
  if (NodeWrites != 1 && NodeWrites != 4 && NodeWrites != MaxSiblings) begin : gen_illegal_writes
    `FLAASH_ILLEGAL("NodeWrites must be 1, 4 or MaxSiblings")
  end

  typedef struct packed {
    node_id_t    parent;
    logic [31:0] coord;
  } node_t;

  // Icarus warns where a member of a member is connected to a port.
  node_write_t  to_nodes;
  fiber_write_t to_table;

  assign to_nodes = write_i.node;
  assign to_table = write_i.fiber;

  logic       mine, node_write, fiber_write, first_wrong, leaf_wrong, node_wrong;
  line_addr_t first;
  node_id_t   leaf;
  node_t      node;

  assign mine        = 32'(write_i.operand) == Operand;
  assign node_write  = to_nodes.valid && mine;
  assign fiber_write = to_table.valid && mine;

  // The table has one entry more than fibers: the entry after the last fiber.
  flaash_parity_bank #(
    .T(line_addr_t), .Words(FiberDepth + 1), .AddrWidth(FiberIdWidth), .Parity(Parity)
  ) u_firsts (
    .clk_i,
    .wr_enable_i(fiber_write), .wr_addr_i(to_table.id), .wr_data_i(to_table.first),
    .rd_enable_i(1'b1), .rd_addr_i(table_addr_i), .rd_data_o(first), .wrong_o(first_wrong)
  );

  flaash_parity_bank #(
    .T(node_id_t), .Words(FiberDepth + 1), .AddrWidth(FiberIdWidth), .Parity(Parity)
  ) u_leaves (
    .clk_i,
    .wr_enable_i(fiber_write), .wr_addr_i(to_table.id), .wr_data_i(to_table.leaf),
    .rd_enable_i(1'b1), .rd_addr_i(walk_i.fiber), .rd_data_o(leaf), .wrong_o(leaf_wrong)
  );

  // Nodes that are written together have successive numbers: they lie in RAMs of their own, in turn.
  localparam int unsigned BankWords = (NodeDepth + NodeWrites - 1) / NodeWrites;
  localparam int unsigned BankShift = $clog2(NodeWrites);  // from a number to its place in a RAM
  localparam int unsigned BankBits  = (NodeWrites == 1) ? 1 : BankShift;
  localparam int unsigned MoreWidth = $clog2(MaxSiblings);

  node_t [NodeWrites-1:0]       nodes;
  logic [NodeWrites-1:0]        nodes_wrong;
  logic [MaxSiblings-1:0][31:0] coords;
  logic [MoreWidth:0]           count;  // nodes that are written

  assign coords = to_nodes.coords;
  assign count  = (MoreWidth+1)'(to_nodes.more) + 1'b1;

  for (genvar b = 0; b < int'(NodeWrites); b++) begin : gen_bank
    logic [BankBits-1:0]  number;  // of the node of this RAM among those that are written
    logic                 write_b;
    node_id_t             addr;
    logic [31:0]          coord;
    node_t                node_b;

    assign number   = (NodeWrites == 1) ? '0 : BankBits'(b) - to_nodes.id[BankBits-1:0];
    assign write_b  = node_write && (MoreWidth+1)'(number) < count;
    assign addr     = to_nodes.id + node_id_t'(number);
    assign coord    = coords[number];
    assign nodes[b] = node_b;

    flaash_parity_bank #(
      .T(node_t), .Words((BankWords > 1) ? BankWords : 2), .AddrWidth(NodeIdWidth), .Parity(Parity)
    ) u_nodes (
      .clk_i,
      .wr_enable_i(write_b), .wr_addr_i(addr >> BankShift), .wr_data_i({to_nodes.parent, coord}),
      .rd_enable_i(1'b1), .rd_addr_i(walk_i.node >> BankShift), .rd_data_o(node_b), .wrong_o(nodes_wrong[b])
    );
  end

  if (NodeWrites == 1) begin : gen_one
    assign node       = nodes[0];
    assign node_wrong = nodes_wrong[0];
  end else begin : gen_several
    logic [BankShift-1:0] bank_q;  // the requested node's

    always_ff @(posedge clk_i) bank_q <= walk_i.node[BankShift-1:0];

    assign node       = nodes[bank_q];
    assign node_wrong = nodes_wrong[bank_q];
  end

  assign table_o = {first_wrong, first};

  assign walk_o.leaf_wrong = leaf_wrong;
  assign walk_o.leaf       = leaf;
  assign walk_o.node_wrong = node_wrong;
  assign walk_o.coord      = node.coord;
  assign walk_o.parent     = node.parent;

  // ---------------------------------------------------------------- description
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      desc_o <= '0;
    end else if (mine) begin
      if (write_i.complete || to_table.valid) desc_o <= write_i.desc;
      if (write_i.begins)   desc_o.loaded <= 1'b0;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NodeWrite_A, !node_write || 32'(to_nodes.id) + 32'(to_nodes.more) < NodeDepth,
                 "node outside the memory")
  `FLAASH_ASSERT(OneNode_A, NodeWrites > 1 || !node_write || to_nodes.more == '0, "several nodes for one RAM")
  `FLAASH_ASSERT(FiberWrite_A, !fiber_write || 32'(to_table.id) <= FiberDepth, "fiber outside the table")
  `FLAASH_ASSERT(NoWriteWhileLoaded_A, !(desc_o.loaded && (node_write || fiber_write)),
                 "a loaded operand is written")

endmodule : flaash_operand_store
