// SPDX-License-Identifier: Apache-2.0
// Core: everything between the operands, the results and the registers.
//
// Guarantees  An operand ends with desc_o[operand].loaded or with an error in report_o. After control_i.start each
//             result of the contraction leaves once at result_*; report_o.done: the last one is stored and nothing
//             reads lines of the operands any more. all_stored_o: no result remains besides the results at result_*,
//             or at batch_* and taken in this cycle. Operands stay until they are replaced; operands of a contraction
//             stay until control_i.owned falls. After kill_i the computation ends: all_stored_o then waits only for
//             results that were complete at that time; the next reset ends the stop.
// Errors      With Parity report_o.parity_error reports every stored bit that has flipped, when it is used; no value
//             computed from such a bit becomes a result, or lost_o comes before the result leaves the unloader.
// Demands     control_i.start only with both operands loaded, equal contracted extents, and none running. One feed
//             carries both operands; of two, the first carries A, the second B. operand_i as flaash_operand_loader.
//             control_i.owned while results are computed or on their way; with one buffer .load_enable is low then,
//             with two at most one operand each comes. kill_i stays until rst_ni.
// Reset       rst_ni: everything but the operands; store_rst_ni: the operands.

`include "flaash_beat.svh"
`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_core
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
  parameter int unsigned Buffers     = 1,            // of an operand, 2: the next one is loaded during a contraction
  parameter int unsigned Feeds       = 1,            // streams of operands, 1 or 2
  parameter int unsigned FeedWidth   = StreamWidth,  // bits of a beat of these
  parameter int unsigned ResultLanes = 1,            // results that can leave in a cycle, 1 to 8
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = read_ports(Engine, NumSdpe, GroupSize),
  localparam int unsigned LineWrites = line_writes(FeedWidth, Lanes, Memory, MemBanks),
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, Feeds),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes),
  // SDPEs, and the combiner if there is one: where results come from.
  localparam int unsigned NumSources = NumSdpe + ((Portions > 0) ? 1 : 0)
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  input  logic                                       store_rst_ni,
  // operands
  input  operand_t [Feeds-1:0]                       operand_i,
  output operand_ready_t [Feeds-1:0]                 ready_o,
  output operand_state_t [Feeds-1:0]                 state_o,
  // results, to the unloader
  output logic                                       result_valid_o,
  input  logic                                       result_ready_i,
  output result_t                                    result_o,
  output logic                                       all_stored_o,
  input  logic                                       sent_i,  // a record left the chip
  // results, to the edge: all of them with control_i.numbers, if there are several lanes
  input  logic                                       drop_i,  // results are of no use any more
  output logic                                       batch_valid_o,
  input  logic                                       batch_ready_i,
  output batch_t                                     batch_o,
  // coordinates of the fibers, A in element 0, B in 1
  input  walk_req_t [1:0]                            walk_i,
  output walk_rsp_t [1:0]                            walk_o,
  input  fault_t                                     walk_fault_i,  // an earlier response was wrong, and used
  // control
  input  control_t                                   control_i,
  input  logic                                       kill_i,        // compute no more
  // operands, A in element 0, B in 1
  output desc_t [1:0]                                desc_o,        // as a start would take them
  output desc_t [1:0]                                work_desc_o,   // of the contraction, until the next one starts
  output report_t                                    report_o,
  output logic                                       lost_o         // results on their way may be wrong
);

  // ---------------------------------------------------------------------- operands
  typedef `FLAASH_LINE_WRITE(LineWidth, LineWrites) line_write_t;

  logic                      generating;    // the contraction is being planned, or its jobs generated
  store_write_t [1:0]        store_write;
  line_write_t [1:0]         line_write;
  fiber_id_t [1:0]           table_addr;
  logic                      table_next;
  table_rsp_t [1:0]          table_rsp;
  load_report_t              load;
  logic [1:0]                fill, in_use;  // the buffers that are written, and the contraction's buffers
  desc_t [1:0]               plan_desc;

  flaash_operand_loaders #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth), .Feeds(Feeds), .FeedWidth(FeedWidth), .LineWrites(LineWrites)
  ) u_loaders (
    .clk_i, .rst_ni,
    .operand_i, .ready_o, .state_o, .enable_i(control_i.load_enable),
    .write_o(line_write), .store_o(store_write), .report_o(load)
  );

  for (genvar i = 0; i < 2; i++) begin : gen_store
    flaash_operand_buffers #(
      .Operand(i), .Buffers(Buffers), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth), .Parity(Parity),
      .NodeWrites((Feeds == 2) ? sibling_words(FeedWidth) : 1)
    ) u_buffers (
      .clk_i, .rst_ni(store_rst_ni),
      .start_i(control_i.start), .owned_i(control_i.owned), .planning_i(generating),
      .write_i(store_write[i]), .fill_o(fill[i]), .use_o(in_use[i]),
      .table_addr_i(table_addr[i]), .table_next_i(table_next), .table_o(table_rsp[i]),
      .walk_i(walk_i[i]), .walk_o(walk_o[i]),
      .desc_o(desc_o[i]), .work_desc_o(work_desc_o[i]), .plan_desc_o(plan_desc[i])
    );
  end

  // ------------------------------------------------------------------ tensor memory
  logic [NumPorts-1:0]                req_valid, req_ready, rsp_valid;
  line_id_t [NumPorts-1:0]            req;
  logic [NumPorts-1:0][LineWidth-1:0] rsp_data;
  logic [$clog2(NumPorts+1)-1:0]      reads, conflicts;
  line_written_t [1:0]                written;
  fault_t                             memory_fault;

  flaash_operand_memory #(
    .Memory(Memory), .NumPorts(NumPorts), .LineWidth(LineWidth), .Lines(MemLines), .Buffers(Buffers),
    .Latency(MemLatency), .Banks(MemBanks), .Parity(Parity), .LineWrites(LineWrites),
    .LastFirst(Engine == EngineResident)  // groups get their pieces in order: the last one has the most to read
  ) u_memory (
    .clk_i, .rst_ni,
    .fill_i(fill), .use_i(in_use), .owned_i(control_i.owned),
    .write_i(line_write), .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
    .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data), .written_o(written),
    .reads_o(reads), .conflicts_o(conflicts), .fault_o(memory_fault)
  );

  // ------------------------------------------------------------------------ compute
  logic [NumSources-1:0]         source_valid, source_ready, source_idle;
  result_t [NumSources-1:0]      source_result;
  sdpe_events_t [NumSources-1:0] events;
  logic                          busy;
  dispatch_t                     dispatch;
  fault_t                        compute_fault;

  settings_t settings;

  assign settings = control_i.settings;

  if (Engine == EngineResident) begin : gen_resident
    flaash_compute_resident #(
      .Format(Format), .NumSdpe(NumSdpe), .GroupSize(GroupSize), .Lanes(Lanes), .CoordWidth(CoordWidth),
      .MemLatency(MemLatency), .MemLines(MemLines), .Buffers(Buffers), .Parity(Parity),
      .ResultDepth(ResultDepth), .Portions(Portions)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i(control_i.start), .settings_i(settings), .desc_i(plan_desc), .written_i(written),
      .busy_o(generating), .dispatch_o(dispatch),
      .table_addr_o(table_addr), .table_next_o(table_next), .table_i(table_rsp),
      .req_valid_o(req_valid), .req_ready_i(req_ready), .req_o(req),
      .rsp_valid_i(rsp_valid), .rsp_data_i(rsp_data),
      .result_valid_o(source_valid), .result_ready_i(source_ready), .result_o(source_result),
      .events_o(events), .idle_o(source_idle), .fault_o(compute_fault)
    );
  end else if (Engine == EngineMerge) begin : gen_stream
    flaash_compute_stream #(
      .Format(Format), .NumSdpe(NumSdpe), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLatency(MemLatency),
      .Parity(Parity), .Scheduler(Scheduler), .ResultDepth(ResultDepth)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i(control_i.start), .settings_i(settings), .desc_i(plan_desc), .written_i(written),
      .busy_o(generating), .dispatch_o(dispatch),
      .table_addr_o(table_addr), .table_next_o(table_next), .table_i(table_rsp),
      .req_valid_o(req_valid), .req_ready_i(req_ready), .req_o(req),
      .rsp_valid_i(rsp_valid), .rsp_data_i(rsp_data),
      .result_valid_o(source_valid), .result_ready_i(source_ready), .result_o(source_result),
      .events_o(events), .idle_o(source_idle), .fault_o(compute_fault)
    );
  end else begin : gen_illegal_engine
    `FLAASH_ILLEGAL("Engine must be one of flaash_pkg::Engine*")
  end

  // ------------------------------------------------------------------------ results
  logic [NumSources-1:0] stored, gated_valid, gated_ready;

  for (genvar s = 0; s < int'(NumSources); s++) begin : gen_stored
    sdpe_events_t event_s;  // Icarus reads a member of an array's only element as unknown

    assign event_s   = events[s];
    assign stored[s] = event_s.result;

    logic unused_events;
    assign unused_events = ^event_s;
  end

  flaash_result_gate #(
    .NumSources(NumSources),
    .CountWidth($clog2(ResultDepth) + 1)
  ) u_result_gate (
    .clk_i, .rst_ni,
    .kill_i, .stored_i(stored),
    .in_valid_i(source_valid), .in_ready_o(source_ready),
    .out_valid_o(gated_valid), .out_ready_i(gated_ready)
  );

  batch_count_t taken, sent;

  assign sent = batch_count_t'(sent_i) + ((batch_valid_o && batch_ready_i) ? batch_o.count : '0);

  flaash_result_lanes #(
    .NumSources(NumSources),
    .Lanes     (ResultLanes)
  ) u_result_lanes (
    .clk_i, .rst_ni,
    .numbers_i(control_i.numbers), .drop_i, .taken_o(taken),
    .in_valid_i(gated_valid), .in_ready_o(gated_ready), .in_result_i(source_result),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o),
    .batch_valid_o, .batch_ready_i, .batch_o
  );

  // ----------------------------------------------------------------------- progress
  sums_t       sums;
  increments_t increments;
  error_t      parity_error;
  logic        done, progress;
  localparam int unsigned ReadWidth = $clog2(2 * NumSdpe + 1);

  flaash_perf_sum #(
    .NumSdpe(NumSdpe), .NumSources(NumSources), .Empties(Engine == EngineResident)
  ) u_perf_sum (
    .clk_i, .rst_ni,
    .events_i(events), .dispatch_i(dispatch),
    .reads_i(ReadWidth'(reads)), .conflicts_i(ReadWidth'(conflicts)), .load_i(load), .sent_i(sent),
    .start_i(control_i.start), .select_i(control_i.sdpe_select), .sums_o(sums), .work_o(progress)
  );

  assign increments = sums.increments;

  flaash_progress #(
    .SumWidth(9)
  ) u_progress (
    .clk_i, .rst_ni,
    .start_i(control_i.start), .kill_i, .generating_i(generating), .dispatch_i(dispatch),
    .dots_i(increments[CntDotsDone][8:0]), .stored_i(increments[CntResults][8:0]),
    .idle_i(&source_idle), .taken_i(taken),
    .busy_o(busy), .done_o(done), .all_stored_o
  );

  assign report_o = {load, done, progress, parity_error, sums};

  // ------------------------------------------------------------------------- parity
  flaash_parity_report #(
    .NumSources(NumSources),
    .NumFaults (2)
  ) u_parity_report (
    .clk_i, .rst_ni, .kill_i,
    .computing_i({compute_fault, memory_fault}),
    .leaving_i(walk_fault_i), .events_i(events), .error_o(parity_error), .lost_o
  );

  // --------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWithOperands_A, !control_i.start || (desc_o[0].loaded && desc_o[1].loaded
                                          && desc_o[0].extent == desc_o[1].extent),
                 "started without two operands that fit")
  `FLAASH_ASSERT(NothingIsLeft_A, !all_stored_o || kill_i || busy || control_i.start
                 || ((source_valid & ~source_ready) == '0 && (!result_valid_o || result_ready_i)
                     && (!batch_valid_o || batch_ready_i) && (&source_idle)), "something is left behind")
  `FLAASH_ASSERT(DoneIsIdle_A, !done || (&source_idle && busy), "done while an engine still works")

endmodule : flaash_core
