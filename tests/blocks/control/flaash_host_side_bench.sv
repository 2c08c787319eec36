// SPDX-License-Identifier: Apache-2.0
// The host's side of the chip without compute and registers: operand frames in, result frames out.
// The bench plays the core that makes results, and the registers.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_host_side_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 256,
  parameter int unsigned NodeDepth  = 256,
  parameter int unsigned FiberDepth = 256
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // operand frames
  input  logic                   s_axis_tvalid_i,
  output logic                   s_axis_tready_o,
  input  logic [StreamWidth-1:0] s_axis_tdata_i,
  input  logic                   s_axis_tlast_i,
  output desc_t [1:0]            desc_o,
  output load_report_t           report_o,
  output logic                   discarded_o,   // a beat was, by the parser

  // fiber -> first line, as the job generator reads it
  input  fiber_id_t [1:0]        table_addr_i,
  output table_rsp_t [1:0]       table_o,

  // results
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  result_t                in_result_i,
  input  logic                   begin_i,
  input  logic                   all_stored_i,
  input  logic [7:0]             error_code_i,
  input  logic                   numbers_i,

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
  input  logic                   quiet_i,
  output logic                   resetting_o,
  output logic                   stopping_o,
  output logic                   core_rst_no
);

  logic  store_rst_n;
  kill_t request, kill;

  assign request     = {soft_reset_i || stop_i, soft_reset_i, 1'b0, ErrAborted};
  assign resetting_o = kill.all;
  assign stopping_o  = kill.valid && !kill.all;

  logic unused_kill;
  assign unused_kill = ^kill;

  flaash_soft_reset u_soft_reset (
    .clk_i, .rst_ni,
    .request_i(request), .unloader_idle_i(idle_o), .idle_i(quiet_i),
    .kill_o(kill), .core_rst_no, .store_rst_no(store_rst_n)
  );

  // --------------------------------------------------------------------- operands
  `FLAASH_OPERAND(StreamWidth, leaf_entries(Format, CoordWidth, StreamWidth, 1), CoordWidth, value_width(Format)) operand;
  operand_ready_t ready;
  operand_state_t state;
  logic           unused_moves;

  flaash_frame_parser #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(4 * MemLines), .NodeDepth(NodeDepth)
  ) u_frame_parser (
    .clk_i, .rst_ni,
    .kill_i(kill.valid),
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .operand_o(operand), .ready_i(ready), .state_i(state), .moves_o(unused_moves), .discarded_o
  );

  store_write_t    store_write;
  walk_req_t [1:0] walk_req;
  walk_rsp_t [1:0] walk_rsp;
  fault_t          fault;
  `FLAASH_LINE_WRITE(4 * (CoordWidth + value_width(Format)) + 4, 1) unused_write;

  flaash_operand_loader #(
    .Format(Format), .Lanes(4), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth)
  ) u_loader (
    .clk_i, .rst_ni(core_rst_no),
    .operand_i(operand), .ready_o(ready), .state_o(state),
    .enable_i(idle_o),
    .write_o(unused_write), .store_o(store_write), .report_o
  );

  for (genvar i = 0; i < 2; i++) begin : gen_store
    flaash_operand_store #(
      .Operand(i), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth)
    ) u_store (
      .clk_i, .rst_ni(store_rst_n),
      .write_i(store_write), .table_addr_i(table_addr_i[i]), .table_o(table_o[i]),
      .walk_i(walk_req[i]), .walk_o(walk_rsp[i]), .desc_o(desc_o[i])
    );
  end

  // ---------------------------------------------------------------------- results
  logic unused_drop;

  flaash_result_unloader #(
    .Format(Format)
  ) u_unloader (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_result_i,
    .begin_i, .all_stored_i, .kill_i(resetting_o), .lost_i(fault.valid),
    .error_code_i(error_e'(error_code_i)), .idle_o, .drop_o(unused_drop), .numbers_i,
    .desc_i(desc_o), .walk_o(walk_req), .walk_i(walk_rsp), .fault_o(fault),
    .frame_valid_o(m_axis_tvalid_o), .frame_ready_i(m_axis_tready_i), .frame_o({m_axis_tlast_o, m_axis_tdata_o}),
    .sent_o, .drained_o
  );

endmodule : flaash_host_side_bench
