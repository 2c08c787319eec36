// SPDX-License-Identifier: Apache-2.0
// FLAASH: contracts two sparse tensors along their last modes.
//
// The interface of the chip, with AMBA signal names: operands in at s_axis, registers at s_axil, results out at m_axis.
// docs/specification.md describes frames and registers, rtl/configs.toml names the combinations of parameters.
//
//   s_axis --> frame parser --> chip --> m_axis
//   s_axil ----------------------^
//
// Guarantees  AXI4-Lite and AXI4-Stream by their rules, also across a soft reset.
// Demands     One clock; rst_ni low for at least two cycles after power-up.
// Latency     A contraction begins one cycle after the write to RegControl.
// Reset       rst_ni clears everything.

`include "flaash_beat.svh"
`include "flaash_rows.svh"

module flaash_top
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,           // Format*
  parameter int unsigned NumSdpe     = 8,                    // 1 to 64
  parameter int unsigned GroupSize   = 2,                    // SDPEs at one port, resident engine only
  parameter int unsigned Lanes       = 4,                    // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,                   // 1 to 32
  parameter int unsigned Engine      = EngineResident,       // Engine*
  parameter int unsigned Memory      = MemoryBanked,         // Memory*
  parameter int unsigned MemLatency  = 2,                    // cycles, 1 or more
  parameter int unsigned MemBanks    = 16,                   // a power of two
  parameter int unsigned MemLines    = 8192,                 // lines per operand
  parameter int unsigned Parity      = 1,                    // a parity bit per stored word, 0 or 1
  parameter int unsigned NodeDepth   = 16384,                // upper-level nodes per operand
  parameter int unsigned FiberDepth  = 8192,                 // non-empty fibers per operand
  parameter int unsigned Scheduler   = SchedulerDemand,      // Scheduler*
  parameter int unsigned ResultDepth = 1024,                 // results per SDPE, a power of two
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

  axil_req_t    axil_req;
  axil_rsp_t    axil_rsp;
  access_t      access;
  run_status_t  run_status;
  kill_t        kill;
  desc_t [1:0]  desc;
  load_report_t load;

  // --------------------------------------------------------------- operand frames
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, StreamWidth, 1);

  `FLAASH_OPERAND(StreamWidth, Entries, CoordWidth, value_width(Format)) operand;
  operand_ready_t ready;
  operand_state_t state;
  dma_state_t    dma_state;
  logic           moves, discarded;

  flaash_frame_parser #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MemLines * Lanes), .NodeDepth(NodeDepth),
    .FeedWidth(StreamWidth)
  ) u_frame_parser (
    .clk_i, .rst_ni,
    .kill_i(kill.valid),
    .s_axis_tvalid_i(s_axis_tvalid), .s_axis_tready_o(s_axis_tready), .s_axis_tdata_i(s_axis_tdata),
    .s_axis_tlast_i(s_axis_tlast),
    .operand_o(operand), .ready_i(ready), .state_i(state), .moves_o(moves), .discarded_o(discarded)
  );

  // ------------------------------------------------------------------------- chip
  // One lane has no batches, and none has no rows.
  logic                        batch_valid, row_valid, unused_batch;
  logic [2:0]                  extent_level;
  rows_report_t                rows_report;
  `FLAASH_BATCH(1)             batch;
  `FLAASH_ROW_BEAT(StreamWidth) row;

  assign unused_batch = ^{batch_valid, batch, extent_level, row_valid, row, rows_report};

  assign dma_state.idle      = 1'b1;
  assign dma_state.works     = 1'b0;
  assign dma_state.holds     = 1'b0;
  assign dma_state.moves     = moves;
  assign dma_state.discarded = discarded;

  assign axil_req.awvalid = s_axil_awvalid;
  assign axil_req.awaddr  = s_axil_awaddr;
  assign axil_req.awprot  = s_axil_awprot;
  assign axil_req.wvalid  = s_axil_wvalid;
  assign axil_req.wdata   = s_axil_wdata;
  assign axil_req.wstrb   = s_axil_wstrb;
  assign axil_req.bready  = s_axil_bready;
  assign axil_req.arvalid = s_axil_arvalid;
  assign axil_req.araddr  = s_axil_araddr;
  assign axil_req.arprot  = s_axil_arprot;
  assign axil_req.rready  = s_axil_rready;

  assign {s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_bresp, s_axil_arready, s_axil_rvalid,
          s_axil_rdata, s_axil_rresp} = axil_rsp;

  flaash_chip #(
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
  ) u_chip (
    .clk_i, .rst_ni,
    .axil_i(axil_req), .axil_o(axil_rsp), .irq_o,
    .access_o(access), .access_rsp_i('0), .run_cmd_i('0), .dma_i(dma_state),
    .run_status_o(run_status), .kill_o(kill), .desc_o(desc), .load_o(load),
    .operand_i(operand), .ready_o(ready), .state_o(state),
    .frame_valid_o(m_axis_tvalid), .frame_ready_i(m_axis_tready), .frame_o({m_axis_tlast, m_axis_tdata}),
    .batch_valid_o(batch_valid), .batch_ready_i(1'b0), .batch_o(batch),
    .layout_i('0), .rows_next_i(1'b0), .extent_level_o(extent_level), .extent_i('0),
    .row_valid_o(row_valid), .row_ready_i(1'b0), .row_o(row), .rows_report_o(rows_report)
  );

  assign m_axis_tkeep = '1;

  // These outputs of the chip serve a memory interface only.
  logic unused_state;
  assign unused_state = ^{access, run_status, kill, desc, load};

endmodule : flaash_top
