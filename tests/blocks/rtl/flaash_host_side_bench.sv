// SPDX-License-Identifier: Apache-2.0
// The host's side of the chip without compute and registers: operand frames in, result frames out.
// The bench plays the core that makes results, and the registers.

`include "flaash_line.svh"

module flaash_host_side_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 256,
  parameter int unsigned NodeDepth  = 256,
  parameter int unsigned FiberDepth = 256,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(4, CoordWidth, value_width(Format))
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // operand frames
  input  logic                   s_axis_tvalid_i,
  output logic                   s_axis_tready_o,
  input  logic [StreamWidth-1:0] s_axis_tdata_i,
  input  logic                   s_axis_tlast_i,
  output logic [1:0]             loaded_o,
  output fiber_id_t [1:0]        fibers_o,
  output logic                   loading_o,
  output logic [1:0]             discarded_o,   // by the gate, by the loader
  output logic                   error_valid_o,
  output error_e                 error_code_o,
  output logic [31:0]            error_place_o,
  output logic                   line_valid_o,
  output logic                   line_operand_o,
  output line_addr_t             line_addr_o,
  output logic [LineWidth-1:0]   line_data_o,
  output logic [1:0][31:0]       extent_o,
  output logic [1:0][EntryIdWidth-1:0] entries_o,
  output line_addr_t [1:0]       lines_o,

  // fiber -> first line, as the job generator reads it
  input  fiber_id_t [1:0]        first_addr_i,
  output line_addr_t [1:0]       first_o,

  // results
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  result_t                in_result_i,
  input  logic                   begin_i,
  input  logic                   all_stored_i,
  input  logic [7:0]             error_code_i,

  // result frames
  output logic                   m_axis_tvalid_o,
  input  logic                   m_axis_tready_i,
  output logic [StreamWidth-1:0] m_axis_tdata_o,
  output logic                   m_axis_tlast_o,
  output logic                   sent_o,
  output logic                   drained_o,
  output logic                   idle_o,

  // soft reset, abort
  input  logic                   soft_reset_i,
  input  logic                   stop_i,
  output logic                   resetting_o,
  output logic                   stopping_o,
  output logic                   core_rst_no
);

  logic store_rst_n;

  flaash_soft_reset u_soft_reset (
    .clk_i, .rst_ni,
    .reset_i(soft_reset_i), .stop_i, .unloader_idle_i(idle_o),
    .resetting_o, .stopping_o, .core_rst_no, .store_rst_no(store_rst_n)
  );

  // --------------------------------------------------------------------- operands
  logic                   gated_valid, gated_ready, gated_last;
  logic [StreamWidth-1:0] gated_data;

  flaash_frame_gate #(
    .Width(StreamWidth)
  ) u_frame_gate (
    .clk_i, .rst_ni,
    .resetting_i(resetting_o || stopping_o),
    .in_valid_i(s_axis_tvalid_i), .in_ready_o(s_axis_tready_o),
    .in_data_i(s_axis_tdata_i), .in_last_i(s_axis_tlast_i),
    .out_valid_o(gated_valid), .out_ready_i(gated_ready),
    .out_data_o(gated_data), .out_last_o(gated_last), .discarded_o(discarded_o[0])
  );

  logic                    unused_step;
  logic                    node_valid, node_operand, fiber_valid, fiber_operand;
  node_id_t                node_id, node_parent, fiber_node;
  logic [31:0]             node_coord, info_extent;
  fiber_id_t               fiber_id, info_fibers;
  line_addr_t              fiber_first, info_lines;
  logic                    info_valid, info_operand, begin_valid, begin_operand;
  logic [3:0]              info_order;
  logic [EntryIdWidth-1:0] info_entries;

  flaash_operand_loader #(
    .Format(Format), .Lanes(4), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth)
  ) u_loader (
    .clk_i, .rst_ni(core_rst_no),
    .s_axis_tvalid_i(gated_valid), .s_axis_tready_o(gated_ready), .s_axis_tdata_i(gated_data),
    .s_axis_tlast_i(gated_last), .enable_i(idle_o),
    .line_valid_o, .line_operand_o, .line_addr_o, .line_data_o,
    .node_valid_o(node_valid), .node_operand_o(node_operand), .node_id_o(node_id),
    .node_coord_o(node_coord), .node_parent_o(node_parent),
    .fiber_valid_o(fiber_valid), .fiber_operand_o(fiber_operand), .fiber_id_o(fiber_id),
    .fiber_first_o(fiber_first), .fiber_node_o(fiber_node),
    .info_valid_o(info_valid), .info_operand_o(info_operand), .info_order_o(info_order),
    .info_extent_o(info_extent), .info_entries_o(info_entries), .info_fibers_o(info_fibers),
    .info_lines_o(info_lines), .begin_valid_o(begin_valid), .begin_operand_o(begin_operand),
    .error_valid_o, .error_code_o, .error_place_o, .discarded_o(discarded_o[1]), .step_o(unused_step), .loading_o
  );

  fiber_id_t [1:0]   path_addr;
  node_id_t [1:0]    path, node_addr, parent;
  logic [1:0][31:0]  coord;
  logic [1:0][3:0]   order;
  logic [1:0]        path_use, node_use, path_error, unused_wrong, unused_error;
  logic [1:0][2:0]   node_level;
  fiber_id_t [1:0]   unused_fiber;
  logic [1:0][30:0]  unused_place;

  for (genvar i = 0; i < 2; i++) begin : gen_store
    flaash_operand_store #(
      .Operand(i), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth)
    ) u_store (
      .clk_i, .rst_ni(store_rst_n),
      .node_valid_i(node_valid), .node_operand_i(node_operand), .node_id_i(node_id),
      .node_coord_i(node_coord), .node_parent_i(node_parent),
      .fiber_valid_i(fiber_valid), .fiber_operand_i(fiber_operand), .fiber_id_i(fiber_id),
      .fiber_first_i(fiber_first), .fiber_node_i(fiber_node),
      .info_valid_i(info_valid), .info_operand_i(info_operand), .info_order_i(info_order),
      .info_extent_i(info_extent), .info_entries_i(info_entries), .info_fibers_i(info_fibers),
      .info_lines_i(info_lines), .begin_valid_i(begin_valid), .begin_operand_i(begin_operand),
      .first_addr_i(first_addr_i[i]), .first_o(first_o[i]), .first_use_i(1'b0), .first_wrong_o(unused_wrong[i]),
      .path_addr_i(path_addr[i]), .path_o(path[i]), .path_use_i(path_use[i]),
      .node_addr_i(node_addr[i]), .node_coord_o(coord[i]), .node_parent_o(parent[i]),
      .node_use_i(node_use[i]), .node_level_i(node_level[i]),
      .first_error_o(unused_error[i]), .first_fiber_o(unused_fiber[i]),
      .path_error_o(path_error[i]), .path_place_o(unused_place[i]),
      .loaded_o(loaded_o[i]), .order_o(order[i]), .extent_o(extent_o[i]),
      .entries_o(entries_o[i]),
      .fibers_o(fibers_o[i]), .lines_o(lines_o[i])
    );
  end

  // ---------------------------------------------------------------------- results
  flaash_result_unloader #(
    .Format(Format)
  ) u_unloader (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_result_i,
    .begin_i, .all_stored_i, .abort_i(resetting_o), .lost_i(path_error != '0),
    .error_code_i(error_e'(error_code_i)), .idle_o,
    .a_order_i(order[0]), .a_path_addr_o(path_addr[0]), .a_path_i(path[0]), .a_path_use_o(path_use[0]),
    .a_node_addr_o(node_addr[0]), .a_node_coord_i(coord[0]), .a_node_parent_i(parent[0]),
    .a_node_use_o(node_use[0]), .a_node_level_o(node_level[0]),
    .b_order_i(order[1]), .b_path_addr_o(path_addr[1]), .b_path_i(path[1]), .b_path_use_o(path_use[1]),
    .b_node_addr_o(node_addr[1]), .b_node_coord_i(coord[1]), .b_node_parent_i(parent[1]),
    .b_node_use_o(node_use[1]), .b_node_level_o(node_level[1]),
    .m_axis_tvalid_o, .m_axis_tready_i, .m_axis_tdata_o, .m_axis_tlast_o, .sent_o, .drained_o
  );

endmodule : flaash_host_side_bench
