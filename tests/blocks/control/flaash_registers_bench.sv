// SPDX-License-Identifier: Apache-2.0
// The registers with separate AXI4-Lite pins, for a bus master of cocotbext-axi.

module flaash_registers_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned NumSdpe    = 8,
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned Engine     = EngineResident,
  parameter int unsigned Memory     = MemoryBanked,
  parameter int unsigned Scheduler  = SchedulerDemand,
  parameter int unsigned MemLines   = 8192,
  parameter int unsigned NodeDepth  = 16384,
  parameter int unsigned FiberDepth = 8192,
  parameter bit          CanSplit   = 1'b0,
  parameter bit          ByCommand  = 1'b0
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    s_axil_awvalid_i,
  output logic                    s_axil_awready_o,
  input  logic [RegAddrWidth-1:0] s_axil_awaddr_i,
  input  logic [2:0]              s_axil_awprot_i,
  input  logic                    s_axil_wvalid_i,
  output logic                    s_axil_wready_o,
  input  logic [31:0]             s_axil_wdata_i,
  input  logic [3:0]              s_axil_wstrb_i,
  output logic                    s_axil_bvalid_o,
  input  logic                    s_axil_bready_i,
  output logic [1:0]              s_axil_bresp_o,
  input  logic                    s_axil_arvalid_i,
  output logic                    s_axil_arready_o,
  input  logic [RegAddrWidth-1:0] s_axil_araddr_i,
  input  logic [2:0]              s_axil_arprot_i,
  output logic                    s_axil_rvalid_o,
  input  logic                    s_axil_rready_i,
  output logic [31:0]             s_axil_rdata_o,
  output logic [1:0]              s_axil_rresp_o,
  output logic                    irq_o,

  input  desc_t [1:0]             desc_i,
  input  report_t                 report_i,
  input  traffic_t                traffic_i,
  input  logic                    drained_i,
  input  logic                    resetting_i,
  input  logic                    stopping_i,
  input  run_cmd_t                run_cmd_i,
  input  dma_rsp_t               access_rsp_i,
  output access_t                 access_o,
  output run_status_t             run_status_o,

  output logic                    load_enable_o,
  output logic                    active_o,
  output logic                    start_o,
  output settings_t               settings_o,
  output logic                    numbers_o,
  output logic [5:0]              sdpe_select_o,
  output error_e                  trailer_code_o,
  output logic                    soft_reset_o,
  output logic                    stop_o
);

  axil_req_t request;
  axil_rsp_t response;
  control_t  control;
  kill_t     asked, kill, asked_q;  // the last request

  assign {start_o, settings_o, numbers_o, active_o, load_enable_o, sdpe_select_o} = control;

  assign request = {s_axil_awvalid_i, s_axil_awaddr_i, s_axil_awprot_i, s_axil_wvalid_i, s_axil_wdata_i,
                    s_axil_wstrb_i, s_axil_bready_i, s_axil_arvalid_i, s_axil_araddr_i, s_axil_arprot_i,
                    s_axil_rready_i};
  assign {s_axil_awready_o, s_axil_wready_o, s_axil_bvalid_o, s_axil_bresp_o, s_axil_arready_o,
          s_axil_rvalid_o, s_axil_rdata_o, s_axil_rresp_o} = response;

  assign soft_reset_o = asked.all;
  assign stop_o       = asked.valid && !asked.all;
  assign kill         = {resetting_i || stopping_i, resetting_i, (resetting_i || stopping_i) && asked_q.cut,
                         asked_q.cause};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)          asked_q <= '0;
    else if (asked.valid) asked_q <= asked;
  end

  logic unused_asked;
  assign unused_asked = ^asked_q;

  flaash_registers #(
    .Format(Format), .NumSdpe(NumSdpe), .Lanes(Lanes), .CoordWidth(CoordWidth), .Engine(Engine), .Memory(Memory),
    .Scheduler(Scheduler), .MemLines(MemLines), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth), .CanSplit(CanSplit),
    .ByCommand(ByCommand)
  ) u_registers (
    .clk_i, .rst_ni, .axil_i(request), .axil_o(response), .irq_o, .access_o, .access_rsp_i,
    .desc_i, .report_i, .traffic_i, .drained_i, .run_cmd_i, .spread_i(1'b0), .kill_i(kill),
    .control_o(control), .trailer_code_o, .request_o(asked), .run_status_o
  );

endmodule : flaash_registers_bench
