// SPDX-License-Identifier: Apache-2.0
// FLAASH: contracts two sparse tensors along their last modes.
//
// The chip edge, with AMBA signal names: operands in at s_axis, registers at s_axil, results out at
// m_axis. docs/specification.md describes frames and registers, rtl/configs.toml the parameters'
// named combinations.
//
//   s_axis --> frame gate --> core --> result unloader --> m_axis
//                              ^            ^
//   s_axil --> registers ------+------------+      soft reset --> reset of the core
//
// Guarantees  AXI4-Lite and AXI4-Stream by their rules, also across a soft reset.
// Demands     One clock; rst_ni low for at least two cycles after power-up.
// Latency     A contraction begins one cycle after the write to RegControl.
// Reset       rst_ni forgets everything.

module flaash_top
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,           // Format*
  parameter int unsigned NumSdpe     = 8,                    // 1 to 64
  parameter int unsigned GroupSize   = 4,                    // SDPEs at one port, lookup engine only
  parameter int unsigned Lanes       = 4,                    // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,                   // 1 to 32
  parameter int unsigned Engine      = EngineCompare,        // Engine*
  parameter int unsigned Memory      = MemoryBanked,         // Memory*
  parameter int unsigned MemLatency  = 2,                    // cycles, 1 or more
  parameter int unsigned MemBanks    = 16,                   // a power of two
  parameter int unsigned MemLines    = 8192,                 // lines per operand
  parameter int unsigned Parity      = 1,                    // a parity bit per stored word, 0 or 1
  parameter int unsigned NodeDepth   = 16384,                // upper-level nodes per operand
  parameter int unsigned FiberDepth  = 8192,                 // non-empty fibers per operand
  parameter int unsigned Scheduler   = SchedulerDemand,      // Scheduler*
  parameter int unsigned ResultDepth = 512,                  // results per SDPE, a power of two
  parameter int unsigned Portions    = 0                     // dot products split at a time, 0 to 64
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // registers
  input  logic                     s_axil_awvalid,
  output logic                     s_axil_awready,
  input  logic [RegAddrWidth-1:0]  s_axil_awaddr,
  input  logic [2:0]               s_axil_awprot,
  input  logic                     s_axil_wvalid,
  output logic                     s_axil_wready,
  input  logic [31:0]              s_axil_wdata,
  input  logic [3:0]               s_axil_wstrb,
  output logic                     s_axil_bvalid,
  input  logic                     s_axil_bready,
  output logic [1:0]               s_axil_bresp,
  input  logic                     s_axil_arvalid,
  output logic                     s_axil_arready,
  input  logic [RegAddrWidth-1:0]  s_axil_araddr,
  input  logic [2:0]               s_axil_arprot,
  output logic                     s_axil_rvalid,
  input  logic                     s_axil_rready,
  output logic [31:0]              s_axil_rdata,
  output logic [1:0]               s_axil_rresp,
  // operands
  input  logic                     s_axis_tvalid,
  output logic                     s_axis_tready,
  input  logic [StreamWidth-1:0]   s_axis_tdata,
  input  logic [StreamWidth/8-1:0] s_axis_tkeep,  // taken as all ones
  input  logic                     s_axis_tlast,
  // results
  output logic                     m_axis_tvalid,
  input  logic                     m_axis_tready,
  output logic [StreamWidth-1:0]   m_axis_tdata,
  output logic [StreamWidth/8-1:0] m_axis_tkeep,
  output logic                     m_axis_tlast,
  output logic                     irq_o
);

  // --------------------------------------------------------------------- soft reset
  logic soft_reset, stop, resetting, stopping, core_rst_n, store_rst_n, unloader_idle;

  flaash_soft_reset u_soft_reset (
    .clk_i, .rst_ni,
    .reset_i(soft_reset), .stop_i(stop), .unloader_idle_i(unloader_idle),
    .resetting_o(resetting), .stopping_o(stopping), .core_rst_no(core_rst_n), .store_rst_no(store_rst_n)
  );

  // ---------------------------------------------------------------------- registers
  axil_req_t   axil_req;
  axil_rsp_t   axil_rsp;
  desc_t [1:0] desc;
  report_t     report;
  traffic_t    traffic;
  settings_t   settings;
  error_e      trailer_code;
  logic        load_enable, start, drained, discarded, lost, loading;
  logic [5:0]  sdpe_select;

  assign axil_req = {s_axil_awvalid, s_axil_awaddr, s_axil_awprot, s_axil_wvalid, s_axil_wdata, s_axil_wstrb,
                     s_axil_bready, s_axil_arvalid, s_axil_araddr, s_axil_arprot, s_axil_rready};
  assign {s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_bresp, s_axil_arready, s_axil_rvalid,
          s_axil_rdata, s_axil_rresp} = axil_rsp;

  assign loading = report.load.loading;
  assign traffic = {2'(discarded), (s_axis_tvalid && s_axis_tready) || (m_axis_tvalid && m_axis_tready),
                    loading && s_axis_tready && !s_axis_tvalid, m_axis_tvalid && !m_axis_tready};

  flaash_registers #(
    .Format    (Format),
    .NumSdpe   (NumSdpe),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .Engine    (Engine),
    .Memory    (Memory),
    .Scheduler (Scheduler),
    .MemLines  (MemLines),
    .NodeDepth (NodeDepth),
    .FiberDepth(FiberDepth),
    .CanSplit  (Engine != EngineLookup && Portions > 0)
  ) u_registers (
    .clk_i, .rst_ni,
    .axil_i(axil_req), .axil_o(axil_rsp), .irq_o,
    .desc_i(desc), .report_i(report), .traffic_i(traffic), .drained_i(drained),
    .resetting_i(resetting), .stopping_i(stopping),
    .load_enable_o(load_enable), .start_o(start), .settings_o(settings), .sdpe_select_o(sdpe_select),
    .trailer_code_o(trailer_code), .soft_reset_o(soft_reset), .stop_o(stop)
  );

  // --------------------------------------------------------------------------- core
  logic                   gated_valid, gated_ready, gated_last;
  logic [StreamWidth-1:0] gated_data;
  logic                   result_valid, result_ready, all_stored, sent;
  result_t                result;
  walk_req_t [1:0]        walk_req;
  walk_rsp_t [1:0]        walk_rsp;
  fault_t                 walk_fault;

  flaash_frame_gate #(
    .Width(StreamWidth)
  ) u_frame_gate (
    .clk_i, .rst_ni,
    .resetting_i(resetting || stopping),
    .in_valid_i(s_axis_tvalid), .in_ready_o(s_axis_tready),
    .in_data_i(s_axis_tdata), .in_last_i(s_axis_tlast),
    .out_valid_o(gated_valid), .out_ready_i(gated_ready),
    .out_data_o(gated_data), .out_last_o(gated_last),
    .discarded_o(discarded)
  );

  flaash_core #(
    .Format     (Format),
    .NumSdpe    (NumSdpe),
    .GroupSize  (GroupSize),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .Engine     (Engine),
    .Memory     (Memory),
    .MemLatency (MemLatency),
    .MemBanks   (MemBanks),
    .MemLines   (MemLines),
    .Parity     (Parity),
    .NodeDepth  (NodeDepth),
    .FiberDepth (FiberDepth),
    .Scheduler  (Scheduler),
    .ResultDepth(ResultDepth),
    .Portions   (Portions)
  ) u_core (
    .clk_i, .rst_ni(core_rst_n), .store_rst_ni(store_rst_n),
    .s_axis_tvalid_i(gated_valid), .s_axis_tready_o(gated_ready),
    .s_axis_tdata_i(gated_data), .s_axis_tlast_i(gated_last),
    .result_valid_o(result_valid), .result_ready_i(result_ready), .result_o(result),
    .all_stored_o(all_stored), .sent_i(sent),
    .walk_i(walk_req), .walk_o(walk_rsp), .walk_fault_i(walk_fault),
    .start_i(start), .settings_i(settings), .load_enable_i(load_enable), .stop_i(stopping),
    .sdpe_select_i(sdpe_select), .desc_o(desc), .report_o(report), .lost_o(lost)
  );

  // ----------------------------------------------------------------------- unloader
  flaash_result_unloader #(
    .Format(Format)
  ) u_result_unloader (
    .clk_i, .rst_ni,
    .in_valid_i(result_valid), .in_ready_o(result_ready), .in_result_i(result),
    .begin_i(start), .all_stored_i(all_stored), .abort_i(resetting), .lost_i(lost),
    .error_code_i(trailer_code), .idle_o(unloader_idle), .numbers_i(1'b0),
    .desc_i(desc), .walk_o(walk_req), .walk_i(walk_rsp), .fault_o(walk_fault),
    .m_axis_tvalid_o(m_axis_tvalid), .m_axis_tready_i(m_axis_tready),
    .m_axis_tdata_o(m_axis_tdata), .m_axis_tlast_o(m_axis_tlast),
    .sent_o(sent), .drained_o(drained)
  );

  assign m_axis_tkeep = '1;

endmodule : flaash_top
