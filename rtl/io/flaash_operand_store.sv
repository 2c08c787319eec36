// SPDX-License-Identifier: Apache-2.0
// Operand store: the upper levels and the fiber table of one operand, and what is known about it.
//
// Guarantees  Every read port answers one cycle after its address with what was last written there.
//             loaded_o holds from the end of a right frame until the next frame for this operand
//             begins; the other descriptions are those of the operand that is loaded. Addresses
//             beyond the memories read zero.
// Demands     What is read has been written; writes of the other operand are ignored.
// Latency     One cycle per read.
// Throughput  One read per port and cycle.
// Reset       Nothing is loaded; the memories keep their contents, which nobody may read.

`include "flaash_assert.svh"

module flaash_operand_store
  import flaash_pkg::*;
#(
  parameter int unsigned Operand    = 0,     // 0 A, 1 B
  parameter int unsigned NodeDepth  = 1024,  // nodes, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024   // fibers, below 2**FiberIdWidth
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

  // fiber -> its node, for the unloader
  input  fiber_id_t                path_addr_i,
  output node_id_t                 path_o,

  // node -> its coordinate and parent, for the unloader
  input  node_id_t                 node_addr_i,
  output logic [31:0]              node_coord_o,
  output node_id_t                 node_parent_o,

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
    $fatal(1, "Operand must be 0 or 1");
  end
  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_nodes
    $fatal(1, "NodeDepth must be 1 to 2**NodeIdWidth");
  end
  if (FiberDepth < 1 || FiberDepth >= 2 ** FiberIdWidth) begin : gen_illegal_fibers
    $fatal(1, "FiberDepth must be 1 to 2**FiberIdWidth - 1");
  end

  // ------------------------------------------------------------------- memories
  // The table has one entry more than fibers: the sentinel behind the last.
  logic [31:0]      coords_q[NodeDepth];
  node_id_t         parents_q[NodeDepth];
  line_addr_t       firsts_q[FiberDepth+1];
  node_id_t         nodes_q[FiberDepth+1];
  logic             node_write, fiber_write;

  assign node_write  = node_valid_i && 32'(node_operand_i) == Operand;
  assign fiber_write = fiber_valid_i && 32'(fiber_operand_i) == Operand;

  always_ff @(posedge clk_i) begin
    if (node_write) begin
      coords_q[node_id_i[NodeBits-1:0]]  <= node_coord_i;
      parents_q[node_id_i[NodeBits-1:0]] <= node_parent_i;
    end
    node_coord_o  <= '0;
    node_parent_o <= '0;
    if (32'(node_addr_i) < NodeDepth) begin
      node_coord_o  <= coords_q[node_addr_i[NodeBits-1:0]];
      node_parent_o <= parents_q[node_addr_i[NodeBits-1:0]];
    end
  end

  always_ff @(posedge clk_i) begin
    if (fiber_write) begin
      firsts_q[fiber_id_i[FiberBits-1:0]] <= fiber_first_i;
      nodes_q[fiber_id_i[FiberBits-1:0]]  <= fiber_node_i;
    end
    first_o <= '0;
    path_o  <= '0;
    if (32'(first_addr_i) <= FiberDepth) first_o <= firsts_q[first_addr_i[FiberBits-1:0]];
    if (32'(path_addr_i) <= FiberDepth)  path_o  <= nodes_q[path_addr_i[FiberBits-1:0]];
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
