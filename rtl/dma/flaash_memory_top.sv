// SPDX-License-Identifier: Apache-2.0
// FLAASH with the memory interface: contracts two sparse tensors that lie in memory, and writes the result there.
//
// The interface of the chip, with AMBA signal names: registers at s_axil, memory at m_axi. docs/memory_interface.md
// describes the memory's contents; rtl/configs.toml names the combinations of parameters.
//
//   s_axil ------------------> registers of the chip --> registers of the interface
//   m_axi <--> DMA (flaash_dma) --> commands, operands
//               ^--------- status, results
//
// Guarantees  AXI4-Lite and AXI4 by their rules, also across a soft reset: no burst crosses 4 KB, and outstanding
//             bursts are completed.
// Demands     One clock; rst_ni low for at least two cycles after power-up; the bus is reset with it. The memory
//             responds in finite time, in order (all bursts have the ID 0).
// Latency     As flaash_dma; a contraction begins seven cycles after the last beat of its operands.
// Reset       rst_ni clears everything.

`include "flaash_axi.svh"
`include "flaash_beat.svh"
`include "flaash_rows.svh"

module flaash_memory_top
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
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
  parameter int unsigned Portions    = 0,                    // dot products split at a time, 0 to 64
  parameter int unsigned Buffers     = 2,                    // places per operand, 1 or 2
  parameter int unsigned DataWidth   = 128,                  // bits of the memory's bus: 128, 256 or 512
  parameter int unsigned ReadBursts  = DefaultReadBursts,    // outstanding read bursts, 1 to 255
  parameter int unsigned ResultLanes = DataWidth / 64,       // results to the bus per cycle, 1 to 8
  parameter int unsigned WriteBursts = DefaultWriteBursts,   // outstanding write bursts, a power of two, 2 to 128
  parameter int unsigned ReadDepth   = DefaultReadDepth,     // beats that a reader buffers, a power of two, 32 or more
  parameter int unsigned InFlight    = DefaultInFlight,      // descriptors at a time, a power of two, 2 or more
  localparam type axi_req_t = `FLAASH_AXI_REQ(DataWidth),
  localparam type axi_rsp_t = `FLAASH_AXI_RSP(DataWidth)
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

  // memory
  output logic                     m_axi_awvalid,
  input  logic                     m_axi_awready,
  output logic                     m_axi_awid,
  output logic [63:0]              m_axi_awaddr,
  output logic [7:0]               m_axi_awlen,
  output logic [2:0]               m_axi_awsize,
  output logic [1:0]               m_axi_awburst,
  output logic                     m_axi_awlock,
  output logic [3:0]               m_axi_awcache,
  output logic [2:0]               m_axi_awprot,
  output logic                     m_axi_wvalid,
  input  logic                     m_axi_wready,
  output logic [DataWidth-1:0]     m_axi_wdata,
  output logic [DataWidth/8-1:0]   m_axi_wstrb,
  output logic                     m_axi_wlast,
  input  logic                     m_axi_bvalid,
  output logic                     m_axi_bready,
  input  logic                     m_axi_bid,
  input  logic [1:0]               m_axi_bresp,
  output logic                     m_axi_arvalid,
  input  logic                     m_axi_arready,
  output logic                     m_axi_arid,
  output logic [63:0]              m_axi_araddr,
  output logic [7:0]               m_axi_arlen,
  output logic [2:0]               m_axi_arsize,
  output logic [1:0]               m_axi_arburst,
  output logic                     m_axi_arlock,
  output logic [3:0]               m_axi_arcache,
  output logic [2:0]               m_axi_arprot,
  input  logic                     m_axi_rvalid,
  output logic                     m_axi_rready,
  input  logic                     m_axi_rid,
  input  logic [DataWidth-1:0]     m_axi_rdata,
  input  logic [1:0]               m_axi_rresp,
  input  logic                     m_axi_rlast,

  output logic                     irq_o
);

  // -------------------------------------------------------------------- memory interface
  axil_req_t              axil_req;
  axil_rsp_t              axil_rsp;
  axi_req_t               axi_req;
  axi_rsp_t               axi_rsp;
  burst_t                 aw, ar;
  access_t                access;
  dma_rsp_t              access_rsp;
  run_cmd_t               run_cmd;
  dma_state_t            state;
  run_status_t            run_status;
  kill_t                  kill;
  desc_t [1:0]            desc;
  load_report_t           load;
  logic                   frame_valid, frame_ready;
  `FLAASH_BEAT(StreamWidth) frame;
  logic                   batch_valid, batch_ready;
  `FLAASH_BATCH(ResultLanes) batch;
  layout_t                layout;
  logic                   rows_next;
  logic [2:0]             extent_level;
  logic [31:0]            extent;
  rows_report_t           rows_report;

  // Results to rows per cycle: a beat has the values of as many, or of half of them. The paper's machine gives the
  // results of a row in no order.
  localparam int unsigned BeatWords = DataWidth / 32;
  localparam int unsigned RowLanes  = (Engine != EngineResident) ? 0 : (NumSdpe < BeatWords) ? NumSdpe : BeatWords;
  localparam int unsigned RowWays   = row_ways(RowLanes);
  // The last beats of values and of columns of all open rows: they wait for the bus while the next contraction begins.
  localparam int unsigned RowsBuffered = (RowLanes == 0) ? 2 : 2 ** $clog2(2 * MaxSlots * NumSdpe / RowWays);

  typedef `FLAASH_ROW_BEAT(DataWidth) row_beat_t;

  logic [RowWays-1:0]      row_valid, row_ready;
  row_beat_t [RowWays-1:0] row;

  // The channels of each operand, beats as wide as the bus.
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, DataWidth, 2);

  typedef `FLAASH_OPERAND(DataWidth, Entries, CoordWidth, value_width(Format)) operand_t;

  operand_t [1:0]       operand;
  operand_ready_t [1:0] operand_ready;
  operand_state_t [1:0] operand_state;

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

  assign {m_axi_awvalid, aw, m_axi_wvalid, m_axi_wdata, m_axi_wstrb, m_axi_wlast, m_axi_bready,
          m_axi_arvalid, ar, m_axi_rready} = axi_req;

  assign axi_rsp.aw_ready = m_axi_awready;
  assign axi_rsp.w_ready  = m_axi_wready;
  assign axi_rsp.b_valid  = m_axi_bvalid;
  assign axi_rsp.b_resp   = m_axi_bresp;
  assign axi_rsp.ar_ready = m_axi_arready;
  assign axi_rsp.r_valid  = m_axi_rvalid;
  assign axi_rsp.r_data   = m_axi_rdata;
  assign axi_rsp.r_resp   = m_axi_rresp;
  assign axi_rsp.r_last   = m_axi_rlast;

  // Incrementing bursts of whole beats. Normal memory, neither cached nor buffered: the response to a write comes
  // only once other masters can read the data.
  localparam logic [2:0] BeatSize  = 3'($clog2(DataWidth / 8));
  localparam logic [3:0] CacheBits = 4'b0010;

  assign {m_axi_awaddr, m_axi_awlen} = aw;
  assign {m_axi_araddr, m_axi_arlen} = ar;
  assign {m_axi_awid, m_axi_awsize, m_axi_awburst, m_axi_awlock, m_axi_awcache, m_axi_awprot} =
         {1'b0, BeatSize, 2'b01, 1'b0, CacheBits, 3'b000};
  assign {m_axi_arid, m_axi_arsize, m_axi_arburst, m_axi_arlock, m_axi_arcache, m_axi_arprot} =
         {1'b0, BeatSize, 2'b01, 1'b0, CacheBits, 3'b000};

  flaash_dma #(
    .Format     (Format),
    .CoordWidth (CoordWidth),
    .MaxEntries (MemLines * Lanes),
    .NodeDepth  (NodeDepth),
    .CanSplit   (Portions > 0),
    .CanRows    (RowLanes > 0),
    .RowWays    (RowWays),
    .RowsBuffered (RowsBuffered),
    .Buffers    (Buffers),
    .ResultLanes(ResultLanes),
    .DataWidth  (DataWidth),
    .ReadBursts (ReadBursts),
    .WriteBursts(WriteBursts),
    .ReadDepth  (ReadDepth),
    .InFlight   (InFlight)
  ) u_dma (
    .clk_i, .rst_ni,
    .access_i(access), .access_rsp_o(access_rsp), .run_cmd_o(run_cmd), .state_o(state),
    .run_status_i(run_status), .kill_i(kill), .desc_i(desc), .load_i(load),
    .operand_o(operand), .ready_i(operand_ready), .operand_state_i(operand_state),
    .frame_valid_i(frame_valid), .frame_ready_o(frame_ready), .frame_i(frame),
    .batch_valid_i(batch_valid), .batch_ready_o(batch_ready), .batch_i(batch),
    .layout_o(layout), .rows_next_o(rows_next), .extent_level_i(extent_level), .extent_o(extent),
    .row_valid_i(row_valid), .row_ready_o(row_ready), .row_i(row), .report_i(rows_report),
    .axi_o(axi_req), .axi_i(axi_rsp)
  );

`ifndef SYNTHESIS
  flaash_axi_checker #(
    .DataWidth  (DataWidth),
    .ReadBursts (ReadBursts),
    .WriteBursts(WriteBursts)
  ) u_axi_checker (
    .clk_i, .rst_ni,
    .awvalid_i(m_axi_awvalid), .awready_i(m_axi_awready), .awid_i(m_axi_awid), .awaddr_i(m_axi_awaddr),
    .awlen_i(m_axi_awlen), .awsize_i(m_axi_awsize), .awburst_i(m_axi_awburst),
    .wvalid_i(m_axi_wvalid), .wready_i(m_axi_wready), .wdata_i(m_axi_wdata), .wstrb_i(m_axi_wstrb),
    .wlast_i(m_axi_wlast),
    .bvalid_i(m_axi_bvalid), .bready_i(m_axi_bready), .bid_i(m_axi_bid), .bresp_i(m_axi_bresp),
    .arvalid_i(m_axi_arvalid), .arready_i(m_axi_arready), .arid_i(m_axi_arid), .araddr_i(m_axi_araddr),
    .arlen_i(m_axi_arlen), .arsize_i(m_axi_arsize), .arburst_i(m_axi_arburst),
    .rvalid_i(m_axi_rvalid), .rready_i(m_axi_rready), .rid_i(m_axi_rid), .rdata_i(m_axi_rdata),
    .rresp_i(m_axi_rresp), .rlast_i(m_axi_rlast)
  );
`endif

  // Bursts are in order, so the IDs of responses carry no information.
  logic unused_ids;
  assign unused_ids = m_axi_bid ^ m_axi_rid;

  // --------------------------------------------------------------------------- chip
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
    .Portions   (Portions),
    .Buffers    (Buffers),
    .Feeds      (2),
    .FeedWidth  (DataWidth),
    .ResultLanes(ResultLanes),
    .RowLanes   (RowLanes),
    .ByCommand  (1'b1)
  ) u_chip (
    .clk_i, .rst_ni,
    .axil_i(axil_req), .axil_o(axil_rsp), .irq_o,
    .access_o(access), .access_rsp_i(access_rsp), .run_cmd_i(run_cmd), .dma_i(state),
    .run_status_o(run_status), .kill_o(kill), .desc_o(desc), .load_o(load),
    .operand_i(operand), .ready_o(operand_ready), .state_o(operand_state),
    .frame_valid_o(frame_valid), .frame_ready_i(frame_ready), .frame_o(frame),
    .batch_valid_o(batch_valid), .batch_ready_i(batch_ready), .batch_o(batch),
    .layout_i(layout), .rows_next_i(rows_next), .extent_level_o(extent_level), .extent_i(extent),
    .row_valid_o(row_valid), .row_ready_i(row_ready), .row_o(row), .rows_report_o(rows_report)
  );

endmodule : flaash_memory_top
