// SPDX-License-Identifier: Apache-2.0
// Operand store: the upper levels and the fiber table of one operand, and what is known about it.
//
// Guarantees  Every read port answers one cycle after its address with what was last written there.
//             loaded_o holds from the end of a right frame until the next frame for this operand
//             begins; the other descriptions are those of the operand that is loaded. Addresses
//             beyond the memories read zero. With Parity each stored word has a parity bit: first_wrong_o
//             tells with the answer that it is wrong; of the answers that were used (*_use_i) first_error_o and
//             path_error_o tell a cycle later, with the place. An answer beyond the memories is wrong, too.
// Demands     What is read has been written; writes of the other operand are ignored.
// Latency     One cycle per read.
// Throughput  One read per port and cycle.
// Reset       Nothing is loaded; the memories keep their contents, which nobody may read.

`include "flaash_assert.svh"

module flaash_operand_store
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Operand    = 0,     // 0 A, 1 B
  parameter int unsigned NodeDepth  = 1024,  // nodes, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers, below 2**FiberIdWidth
  parameter int unsigned Parity     = 1      // 1: a parity bit per word, 0: none
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // from the loader
  input  logic                     node_valid_i,
  input  logic                     node_operand_i,
  input  node_id_t                 node_id_i,
  input  logic [31:0]              node_coord_i,
  input  node_id_t                 node_parent_i,
  input  logic                     fiber_valid_i,
  input  logic                     fiber_operand_i,
  input  fiber_id_t                fiber_id_i,
  input  line_addr_t               fiber_first_i,
  input  node_id_t                 fiber_node_i,
  input  logic                     info_valid_i,
  input  logic                     info_operand_i,
  input  logic [3:0]               info_order_i,
  input  logic [31:0]              info_extent_i,
  input  logic [EntryIdWidth-1:0]  info_entries_i,
  input  fiber_id_t                info_fibers_i,
  input  line_addr_t               info_lines_i,
  input  logic                     begin_valid_i,
  input  logic                     begin_operand_i,

  // fiber -> its first line, for the job generator
  input  fiber_id_t                first_addr_i,
  output line_addr_t               first_o,
  input  logic                     first_use_i,    // the answer of this cycle counts
  output logic                     first_wrong_o,  // it is not what was written

  // fiber -> its node, for the unloader
  input  fiber_id_t                path_addr_i,
  output node_id_t                 path_o,
  input  logic                     path_use_i,

  // node -> its coordinate and parent, for the unloader
  input  node_id_t                 node_addr_i,
  output logic [31:0]              node_coord_o,
  output node_id_t                 node_parent_o,
  input  logic                     node_use_i,
  input  logic [2:0]               node_level_i,   // of the node that is answered

  // a word with wrong parity was used in the cycle before
  output logic                     first_error_o,
  output fiber_id_t                first_fiber_o,
  output logic                     path_error_o,
  output logic [30:0]              path_place_o,   // level and position of an error place

  // the operand
  output logic                     loaded_o,
  output logic [3:0]               order_o,
  output logic [31:0]              extent_o,   // of the contracted mode
  output logic [EntryIdWidth-1:0]  entries_o,
  output fiber_id_t                fibers_o,
  output line_addr_t               lines_o
);

  localparam int unsigned NodeBits  = (NodeDepth > 1) ? $clog2(NodeDepth) : 1;
  localparam int unsigned FiberBits = $clog2(FiberDepth + 1);

  if (Operand > 1) begin : gen_illegal_operand
    `FLAASH_ILLEGAL("Operand must be 0 or 1")
  end
  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_nodes
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 2**NodeIdWidth")
  end
  if (FiberDepth < 1 || FiberDepth >= 2 ** FiberIdWidth) begin : gen_illegal_fibers
    `FLAASH_ILLEGAL("FiberDepth must be 1 to 2**FiberIdWidth - 1")
  end
  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end

  // ------------------------------------------------------------------- memories
  // The table has one entry more than fibers: the sentinel behind the last.
  localparam int unsigned NodeWidth  = 32 + NodeIdWidth + Parity;
  localparam int unsigned FirstWidth = LineAddrWidth + Parity;
  localparam int unsigned PathWidth  = NodeIdWidth + Parity;

  logic [NodeWidth-1:0]  nodes_q[NodeDepth];
  logic [FirstWidth-1:0] firsts_q[FiberDepth+1];
  logic [PathWidth-1:0]  paths_q[FiberDepth+1];
  logic [NodeWidth-1:0]  wr_node, node_q;
  logic [FirstWidth-1:0] wr_first, first_q;
  logic [PathWidth-1:0]  wr_path, path_q;
  logic                  node_write, fiber_write;

  assign node_write  = node_valid_i && 32'(node_operand_i) == Operand;
  assign fiber_write = fiber_valid_i && 32'(fiber_operand_i) == Operand;

  // Odd parity; without Parity the bit falls off.
  assign wr_node  = NodeWidth'({~^{node_parent_i, node_coord_i}, node_parent_i, node_coord_i});
  assign wr_first = FirstWidth'({~^fiber_first_i, fiber_first_i});
  assign wr_path  = PathWidth'({~^fiber_node_i, fiber_node_i});

  always_ff @(posedge clk_i) begin
    if (node_write) nodes_q[node_id_i[NodeBits-1:0]] <= wr_node;
    node_q <= '0;
    if (32'(node_addr_i) < NodeDepth) node_q <= nodes_q[node_addr_i[NodeBits-1:0]];
  end

  always_ff @(posedge clk_i) begin
    if (fiber_write) begin
      firsts_q[fiber_id_i[FiberBits-1:0]] <= wr_first;
      paths_q[fiber_id_i[FiberBits-1:0]]  <= wr_path;
    end
    first_q <= '0;
    path_q  <= '0;
    if (32'(first_addr_i) <= FiberDepth) first_q <= firsts_q[first_addr_i[FiberBits-1:0]];
    if (32'(path_addr_i) <= FiberDepth)  path_q  <= paths_q[path_addr_i[FiberBits-1:0]];
  end

  assign first_o       = first_q[LineAddrWidth-1:0];
  assign path_o        = path_q[NodeIdWidth-1:0];
  assign node_coord_o  = node_q[31:0];
  assign node_parent_o = node_q[32 +: NodeIdWidth];

  // --------------------------------------------------------------------- parity
  if (Parity == 1) begin : gen_parity
    fiber_id_t   first_fiber_q, path_fiber_q;  // what the answers are about
    node_id_t    node_id_q;
    logic [30:0] path_place, node_place;

    always_ff @(posedge clk_i) begin
      first_fiber_q <= first_addr_i;
      path_fiber_q  <= path_addr_i;
      node_id_q     <= node_addr_i;
    end

    assign first_wrong_o = !(^first_q);
    assign path_place    = {PlaceStored, PlacePath, 24'(path_fiber_q)};
    assign node_place    = {node_level_i, 28'(node_id_q)};

    flaash_parity_watch #(
      .Channels  (1),
      .Width     (FirstWidth),
      .PlaceWidth(FiberIdWidth)
    ) u_first_watch (
      .clk_i, .rst_ni,
      .valid_i(first_use_i), .word_i(first_q), .place_i(first_fiber_q),
      .error_o(first_error_o), .place_o(first_fiber_o)
    );

    flaash_parity_watch #(
      .Channels  (2),
      .Width     (NodeWidth),
      .PlaceWidth(31)
    ) u_path_watch (
      .clk_i, .rst_ni,
      .valid_i({node_use_i, path_use_i}), .word_i({node_q, NodeWidth'(path_q)}),
      .place_i({node_place, path_place}),
      .error_o(path_error_o), .place_o(path_place_o)
    );
  end else begin : gen_no_parity
    logic unused_uses;

    assign first_wrong_o = 1'b0;
    assign first_error_o = 1'b0;
    assign first_fiber_o = '0;
    assign path_error_o  = 1'b0;
    assign path_place_o  = '0;
    assign unused_uses   = ^{first_use_i, path_use_i, node_use_i, node_level_i};
  end

  // ---------------------------------------------------------------- description
  logic info_write, replaced;

  assign info_write = info_valid_i && 32'(info_operand_i) == Operand;
  assign replaced   = begin_valid_i && 32'(begin_operand_i) == Operand;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loaded_o  <= 1'b0;
      order_o   <= '0;
      extent_o  <= '0;
      entries_o <= '0;
      fibers_o  <= '0;
      lines_o   <= '0;
    end else begin
      if (replaced)        loaded_o <= 1'b0;
      else if (info_write) loaded_o <= 1'b1;
      if (info_write) begin
        order_o   <= info_order_i;
        extent_o  <= info_extent_i;
        entries_o <= info_entries_i;
        fibers_o  <= info_fibers_i;
        lines_o   <= info_lines_i;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NodeWrite_A, !node_write || 32'(node_id_i) < NodeDepth, "node outside the memory")
  `FLAASH_ASSERT(FiberWrite_A, !fiber_write || 32'(fiber_id_i) <= FiberDepth, "fiber outside the table")
  `FLAASH_ASSERT(NoWriteWhileLoaded_A, !(loaded_o && (node_write || fiber_write)),
                 "a loaded operand is written")

endmodule : flaash_operand_store
