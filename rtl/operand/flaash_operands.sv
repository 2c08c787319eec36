// SPDX-License-Identifier: Apache-2.0
// Operands: the loader, and for each operand the store of its upper levels.
//
// Guarantees  An operand frame ends with loaded_o[operand] or with an error report; its lines go to the
//             tensor memory at line_*. A complete operand stays until it is replaced.
// Demands     load_enable_i low while the operands are in use. Lines are always taken.
// Latency     Answers at first_o, path_o and node_* come one cycle after their addresses.
// Reset       rst_ni: the frame that is being received; store_rst_ni: the operands.

`include "flaash_line.svh"

module flaash_operands
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 8192,
  parameter int unsigned NodeDepth  = 16384,
  parameter int unsigned FiberDepth = 8192,
  parameter int unsigned Parity     = 1,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format))
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic                         store_rst_ni,

  // operand frames
  input  logic                         s_axis_tvalid_i,
  output logic                         s_axis_tready_o,
  input  logic [StreamWidth-1:0]       s_axis_tdata_i,
  input  logic                         s_axis_tlast_i,
  input  logic                         load_enable_i,  // frames may begin
  output logic                         loading_o,

  // lines, to the tensor memory
  output logic                         line_valid_o,
  output logic                         line_operand_o,
  output line_addr_t                   line_addr_o,
  output logic [LineWidth-1:0]         line_data_o,

  // fiber tables, A in element 0, B in 1
  input  fiber_id_t [1:0]              first_addr_i,
  output line_addr_t [1:0]             first_o,
  input  logic [1:0]                   first_use_i,
  output logic [1:0]                   first_wrong_o,

  // coordinates of the fibers
  input  fiber_id_t [1:0]              path_addr_i,
  output node_id_t [1:0]               path_o,
  input  logic [1:0]                   path_use_i,
  input  node_id_t [1:0]               node_addr_i,
  output logic [1:0][31:0]             node_coord_o,
  output node_id_t [1:0]               node_parent_o,
  input  logic [1:0]                   node_use_i,
  input  logic [1:0][2:0]              node_level_i,

  // words with wrong parity were used in the cycle before
  output logic [1:0]                   first_error_o,
  output fiber_id_t [1:0]              first_fiber_o,
  output logic [1:0]                   path_error_o,
  output logic [1:0][30:0]             path_place_o,

  // what is there
  output logic [1:0]                   loaded_o,
  output logic [1:0][3:0]              order_o,
  output logic [1:0][31:0]             extent_o,
  output logic [1:0][EntryIdWidth-1:0] entries_o,
  output fiber_id_t [1:0]              fibers_o,
  output line_addr_t [1:0]             lines_o,

  // errors of frames
  output logic                         error_valid_o,
  output error_e                       error_code_o,
  output logic [31:0]                  error_place_o,

  // what happens in this cycle
  output logic                         discarded_o,  // a beat is thrown away
  output logic                         step_o        // the loader goes on
);

  // ------------------------------------------------------------------------ loader
  logic                       node_valid, node_operand;
  node_id_t                   node_id, node_parent;
  logic [31:0]                node_coord;
  logic                       fiber_valid, fiber_operand;
  fiber_id_t                  fiber_id;
  line_addr_t                 fiber_first;
  node_id_t                   fiber_node;
  logic                       info_valid, info_operand;
  logic [3:0]                 info_order;
  logic [31:0]                info_extent;
  logic [EntryIdWidth-1:0]    info_entries;
  fiber_id_t                  info_fibers;
  line_addr_t                 info_lines;
  logic                       begin_valid, begin_operand;

  flaash_operand_loader #(
    .Format    (Format),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .MemLines  (MemLines),
    .NodeDepth (NodeDepth),
    .FiberDepth(FiberDepth)
  ) u_operand_loader (
    .clk_i, .rst_ni,
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .enable_i(load_enable_i),
    .line_valid_o, .line_operand_o, .line_addr_o, .line_data_o,
    .node_valid_o(node_valid), .node_operand_o(node_operand), .node_id_o(node_id),
    .node_coord_o(node_coord), .node_parent_o(node_parent),
    .fiber_valid_o(fiber_valid), .fiber_operand_o(fiber_operand), .fiber_id_o(fiber_id),
    .fiber_first_o(fiber_first), .fiber_node_o(fiber_node),
    .info_valid_o(info_valid), .info_operand_o(info_operand), .info_order_o(info_order),
    .info_extent_o(info_extent), .info_entries_o(info_entries), .info_fibers_o(info_fibers),
    .info_lines_o(info_lines),
    .begin_valid_o(begin_valid), .begin_operand_o(begin_operand),
    .error_valid_o, .error_code_o, .error_place_o,
    .discarded_o, .step_o, .loading_o
  );

  // ------------------------------------------------------------------------ stores
  for (genvar i = 0; i < 2; i++) begin : gen_store
    flaash_operand_store #(
      .Operand   (i),
      .NodeDepth (NodeDepth),
      .FiberDepth(FiberDepth),
      .Parity    (Parity)
    ) u_store (
      .clk_i, .rst_ni(store_rst_ni),
      .node_valid_i(node_valid), .node_operand_i(node_operand), .node_id_i(node_id),
      .node_coord_i(node_coord), .node_parent_i(node_parent),
      .fiber_valid_i(fiber_valid), .fiber_operand_i(fiber_operand), .fiber_id_i(fiber_id),
      .fiber_first_i(fiber_first), .fiber_node_i(fiber_node),
      .info_valid_i(info_valid), .info_operand_i(info_operand), .info_order_i(info_order),
      .info_extent_i(info_extent), .info_entries_i(info_entries), .info_fibers_i(info_fibers),
      .info_lines_i(info_lines),
      .begin_valid_i(begin_valid), .begin_operand_i(begin_operand),
      .first_addr_i(first_addr_i[i]), .first_o(first_o[i]),
      .first_use_i(first_use_i[i]), .first_wrong_o(first_wrong_o[i]),
      .path_addr_i(path_addr_i[i]), .path_o(path_o[i]), .path_use_i(path_use_i[i]),
      .node_addr_i(node_addr_i[i]), .node_coord_o(node_coord_o[i]), .node_parent_o(node_parent_o[i]),
      .node_use_i(node_use_i[i]), .node_level_i(node_level_i[i]),
      .first_error_o(first_error_o[i]), .first_fiber_o(first_fiber_o[i]),
      .path_error_o(path_error_o[i]), .path_place_o(path_place_o[i]),
      .loaded_o(loaded_o[i]), .order_o(order_o[i]), .extent_o(extent_o[i]),
      .entries_o(entries_o[i]), .fibers_o(fibers_o[i]), .lines_o(lines_o[i])
    );
  end

endmodule : flaash_operands
