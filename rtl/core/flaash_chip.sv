// SPDX-License-Identifier: Apache-2.0
// Chip: the parts that both edges share: registers, soft reset, core, and the unloader of results.
//
// Guarantees  Registers and result frames as docs/specification.md says, also across a soft reset. With Ordered a
//             contraction begins by an order of the edge; outcome_o is the response.
// Demands     One clock; rst_ni low for at least two cycles after power-up. While kill_o.all the edge begins
//             nothing, and edge_i.idle comes in finite time.
// Latency     A contraction begins one cycle after order_i or the write to RegControl.
// Reset       rst_ni forgets everything.
//
//   beat_* --> core --> result unloader --> frame_*
//              ^             ^
//   axil_* --> registers ----+      soft reset --> reset of the core

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_chip
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned NumSdpe     = 8,
  parameter int unsigned GroupSize   = 2,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned Engine      = EngineResident,
  parameter int unsigned Memory      = MemoryBanked,
  parameter int unsigned MemLatency  = 2,
  parameter int unsigned MemBanks    = 16,
  parameter int unsigned MemLines    = 8192,
  parameter int unsigned Parity      = 1,
  parameter int unsigned NodeDepth   = 16384,
  parameter int unsigned FiberDepth  = 8192,
  parameter int unsigned Scheduler   = SchedulerDemand,
  parameter int unsigned ResultDepth = 1024,
  parameter int unsigned Portions    = 0,
  parameter int unsigned Buffers     = 1,           // of an operand
  parameter int unsigned Feeds       = 1,           // streams of operands: one for both, or one each
  parameter int unsigned FeedWidth   = StreamWidth, // bits of a beat of these
  parameter int unsigned ResultLanes = 1,           // results that can leave in a cycle, 1 to 8
  parameter bit          Ordered     = 1'b0,        // contractions are ordered by the edge, not by ControlStart
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, Feeds),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)),
  localparam type frame_beat_t = `FLAASH_BEAT(StreamWidth),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // registers
  input  axil_req_t              axil_i,
  output axil_rsp_t              axil_o,
  output logic                   irq_o,
  // the edge: its registers, orders and state, and what becomes of orders
  output access_t                access_o,
  input  edge_answer_t           answer_i,
  input  order_t                 order_i,
  input  edge_state_t            edge_i,
  output outcome_t               outcome_o,
  output kill_t                  kill_o,
  output desc_t [1:0]            desc_o,
  output load_report_t           load_o,
  // operands
  input  operand_t [Feeds-1:0]   operand_i,
  output operand_ready_t [Feeds-1:0] ready_o,
  output operand_state_t [Feeds-1:0] state_o,
  // result frames
  output logic                   frame_valid_o,
  input  logic                   frame_ready_i,
  output frame_beat_t            frame_o,
  // results of a frame that go by number, if there are several lanes; its trailer follows
  output logic                   batch_valid_o,
  input  logic                   batch_ready_i,
  output batch_t                 batch_o
);

  // Legal values of configs.toml: make registers
  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end
  if (Lanes < 1 || Lanes > 8 || (Lanes & (Lanes - 1)) != 0) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be a power of two, 1 to 8")
  end
  if (CoordWidth < 1 || CoordWidth > 32) begin : gen_illegal_coord_width
    `FLAASH_ILLEGAL("CoordWidth must be 1 to 32")
  end
  if (Engine == EngineResident && (CoordWidth < 4 || CoordWidth > 32)) begin : gen_illegal_coord_width_resident
    `FLAASH_ILLEGAL("CoordWidth must be 4 to 32 with Engine=resident")
  end
  if (GroupSize < 1 || GroupSize > 8) begin : gen_illegal_group_size
    `FLAASH_ILLEGAL("GroupSize must be 1 to 8")
  end
  if (MemLatency < 1 || MemLatency > 1024) begin : gen_illegal_mem_latency
    `FLAASH_ILLEGAL("MemLatency must be 1 to 1024")
  end
  if (MemBanks < 1 || MemBanks > 256 || (MemBanks & (MemBanks - 1)) != 0) begin : gen_illegal_mem_banks
    `FLAASH_ILLEGAL("MemBanks must be a power of two, 1 to 256")
  end
  if (MemLines < 1 || MemLines > 524288) begin : gen_illegal_mem_lines
    `FLAASH_ILLEGAL("MemLines must be 1 to 524288")
  end
  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end
  if (NodeDepth < 1 || NodeDepth > 1048576) begin : gen_illegal_node_depth
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 1048576")
  end
  if (FiberDepth < 1 || FiberDepth > 1048575) begin : gen_illegal_fiber_depth
    `FLAASH_ILLEGAL("FiberDepth must be 1 to 1048575")
  end
  if (ResultDepth < 2 || ResultDepth > 1048576
      || (ResultDepth & (ResultDepth - 1)) != 0) begin : gen_illegal_result_depth
    `FLAASH_ILLEGAL("ResultDepth must be a power of two, 2 to 1048576")
  end
  if (Portions > 64) begin : gen_illegal_portions
    `FLAASH_ILLEGAL("Portions must be 0 to 64")
  end
  if (Engine == EngineMerge && (Portions > 0)) begin : gen_illegal_portions_merge
    `FLAASH_ILLEGAL("Portions must be 0 with Engine=merge")
  end
  // end of legal values

  // --------------------------------------------------------------------- soft reset
  kill_t request;
  logic  core_rst_n, store_rst_n, unloader_idle;

  flaash_soft_reset u_soft_reset (
    .clk_i, .rst_ni,
    .request_i(request), .unloader_idle_i(unloader_idle), .idle_i(edge_i.idle),
    .kill_o, .core_rst_no(core_rst_n), .store_rst_no(store_rst_n)
  );

  // ---------------------------------------------------------------------- registers
  traffic_t    traffic;
  control_t    control;
  error_e      trailer_code;
  desc_t [1:0] work_desc;  // of the contraction
  logic        drained, lost, loading;
  report_t     report;

  assign load_o  = report.load;
  assign loading = load_o.loading;
  assign traffic = {edge_i.works, edge_i.holds, edge_i.discarded,
                    edge_i.moves || (frame_valid_o && frame_ready_i) || (batch_valid_o && batch_ready_i),
                    loading && load_o.waits,
                    (frame_valid_o && !frame_ready_i) || (batch_valid_o && !batch_ready_i)};

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
    .Buffers   (Buffers),
    .CanSplit  (Portions > 0),
    .Ordered   (Ordered)
  ) u_registers (
    .clk_i, .rst_ni,
    .axil_i, .axil_o, .irq_o, .access_o, .answer_i,
    .desc_i(desc_o), .report_i(report), .traffic_i(traffic), .drained_i(drained), .order_i,
    .kill_i(kill_o), .control_o(control), .trailer_code_o(trailer_code), .request_o(request), .outcome_o
  );

  // --------------------------------------------------------------------------- core
  logic                   result_valid, result_ready, all_stored, sent, drop;
  result_t                result;
  walk_req_t [1:0]        walk_req;
  walk_rsp_t [1:0]        walk_rsp;
  fault_t                 walk_fault;

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
    .Portions   (Portions),
    .Buffers    (Buffers),
    .Feeds      (Feeds),
    .FeedWidth  (FeedWidth),
    .ResultLanes(ResultLanes)
  ) u_core (
    .clk_i, .rst_ni(core_rst_n), .store_rst_ni(store_rst_n),
    .operand_i, .ready_o, .state_o,
    .result_valid_o(result_valid), .result_ready_i(result_ready), .result_o(result),
    .all_stored_o(all_stored), .sent_i(sent), .drop_i(drop),
    .batch_valid_o, .batch_ready_i, .batch_o,
    .walk_i(walk_req), .walk_o(walk_rsp), .walk_fault_i(walk_fault),
    .control_i(control), .kill_i(kill_o.valid), .desc_o, .work_desc_o(work_desc), .report_o(report),
    .lost_o(lost)
  );

  // ----------------------------------------------------------------------- unloader
  flaash_result_unloader #(
    .Format(Format)
  ) u_result_unloader (
    .clk_i, .rst_ni,
    .in_valid_i(result_valid), .in_ready_o(result_ready), .in_result_i(result),
    .begin_i(control.start), .all_stored_i(all_stored), .kill_i(kill_o.all), .lost_i(lost),
    .error_code_i(trailer_code), .idle_o(unloader_idle), .drop_o(drop), .numbers_i(control.numbers),
    .desc_i(work_desc), .walk_o(walk_req), .walk_i(walk_rsp), .fault_o(walk_fault),
    .frame_valid_o, .frame_ready_i, .frame_o,
    .sent_o(sent), .drained_o(drained)
  );

endmodule : flaash_chip
