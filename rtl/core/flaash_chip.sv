// SPDX-License-Identifier: Apache-2.0
// Chip: the parts that both interfaces share, from the channels of the operands to the result frames.
//
// Guarantees  Registers and result frames as docs/specification.md says, also across a soft reset. With ByCommand a
//             contraction begins by run_cmd_i; run_status_o is the response. An operand ends with
//             desc_o[operand].loaded or with an error in load_o. Operands stay until they are replaced; operands of a
//             contraction stay until its last record has left. After a stop only results leave that were complete
//             before.
// Errors      With Parity every stored bit that has flipped is an error when it is used. No value computed from such a
//             bit becomes a result of a frame that ends without an error. flaash_result_rows stores without parity.
// Demands     One clock; rst_ni low for at least two cycles after power-up. While kill_o.all the interface begins
//             nothing, and dma_i.idle comes in finite time. One feed carries both operands; of two, the first carries
//             A, the second B. operand_i as flaash_operand_loader.
// Latency     A contraction begins one cycle after run_cmd_i or the write to RegControl.
// Reset       rst_ni forgets everything; a soft reset keeps the registers.
//
//   operand_i --> loader --> buffers (levels, fiber tables) --+
//                   |                                         v
//                   +------> tensor memory ------------> compute machine --> gate --> lanes --> batch_*
//                                                                                       |
//   axil_* --> registers --> start                                        frame_* <-- unloader
//
// core_rst_n resets everything but registers, unloader and operands, store_rst_n the operands (soft reset).

`include "flaash_assert.svh"
`include "flaash_beat.svh"
`include "flaash_line.svh"
`include "flaash_rows.svh"

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
  parameter int unsigned Buffers     = 1,           // of an operand, 2: the next one is loaded during a contraction
  parameter int unsigned Feeds       = 1,           // streams of operands: one for both, or one each
  parameter int unsigned FeedWidth   = StreamWidth, // bits of a beat of these
  parameter int unsigned ResultLanes = 1,           // results that can leave in a cycle, 1 to 8
  parameter int unsigned RowLanes    = 0,           // results that can go to rows in a cycle, 0 to 16
  parameter bit          ByCommand   = 1'b0,        // contractions begin by run_cmd_i, not by ControlStart
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, Feeds),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)),
  localparam type frame_beat_t = `FLAASH_BEAT(StreamWidth),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes),
  localparam int unsigned RowWays = row_ways(RowLanes),
  localparam type row_beat_t = `FLAASH_ROW_BEAT(FeedWidth)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // registers
  input  axil_req_t              axil_i,
  output axil_rsp_t              axil_o,
  output logic                   irq_o,
  // the interface: its registers, commands, their status, and its own state
  output access_t                access_o,
  input  dma_rsp_t               access_rsp_i,
  input  run_cmd_t               run_cmd_i,
  input  dma_state_t             dma_i,
  output run_status_t            run_status_o,
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
  output batch_t                 batch_o,
  // results of a frame in rows, if layout_i says so; likewise
  input  layout_t                layout_i,
  input  logic                   rows_next_i,      // the next command is for rows
  output logic [2:0]             extent_level_o,   // an upper level of B
  input  logic [31:0]            extent_i,         // its extent
  output logic [RowWays-1:0]     row_valid_o,
  input  logic [RowWays-1:0]     row_ready_i,
  output row_beat_t [RowWays-1:0] row_o,
  output rows_report_t           rows_report_o
);

  // Legal values of configs.toml: make generate
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
  if (Feeds != 1 && Feeds != 2) begin : gen_illegal_feeds
    `FLAASH_ILLEGAL("Feeds must be 1 or 2")
  end

  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format));
  localparam int unsigned NumPorts   = read_ports(Engine, NumSdpe, GroupSize);
  localparam int unsigned LineWrites = line_writes(FeedWidth, Lanes, Memory, MemBanks);
  localparam int unsigned PointerWords = (Feeds == 2) ? FeedWidth / 32 : 1;             // read in a cycle
  localparam int unsigned NodeWrites   = (Feeds == 2) ? sibling_words(FeedWidth) : 1;  // in a cycle, most
  // SDPEs, and the combiner if there is one: where results come from.
  localparam int unsigned NumSources = NumSdpe + ((Portions > 0) ? 1 : 0);

  // --------------------------------------------------------------------- soft reset
  kill_t request;
  logic  core_rst_n, store_rst_n, unloader_idle;

  flaash_soft_reset u_soft_reset (
    .clk_i, .rst_ni,
    .request_i(request), .unloader_idle_i(unloader_idle), .idle_i(dma_i.idle),
    .kill_o, .core_rst_no(core_rst_n), .store_rst_no(store_rst_n)
  );

  // ---------------------------------------------------------------------- registers
  traffic_t traffic;
  control_t control;
  error_e   trailer_code;
  logic     drained, loading;
  logic     lost;    // results on their way may be wrong
  logic     spread;  // fibers of A would be spread over the engines
  report_t  report;

  assign loading = load_o.loading;

  assign traffic.works         = dma_i.works;
  assign traffic.holds         = dma_i.holds;
  assign traffic.discarded     = dma_i.discarded;
  assign traffic.moves         = dma_i.moves || (frame_valid_o && frame_ready_i) || (batch_valid_o && batch_ready_i)
                                 || (row_valid_o & row_ready_i) != '0;
  assign traffic.waits_for_in  = loading && load_o.waits;
  assign traffic.waits_for_out = (frame_valid_o && !frame_ready_i) || (batch_valid_o && !batch_ready_i)
                                 || (row_valid_o & ~row_ready_i) != '0;

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
    .ByCommand (ByCommand)
  ) u_registers (
    .clk_i, .rst_ni,
    .axil_i, .axil_o, .irq_o, .access_o, .access_rsp_i,
    .desc_i(desc_o), .report_i(report), .traffic_i(traffic), .drained_i(drained), .run_cmd_i,
    .spread_i(spread),
    .kill_i(kill_o), .control_o(control), .trailer_code_o(trailer_code), .request_o(request), .run_status_o
  );

  // ---------------------------------------------------------------------- operands
  typedef `FLAASH_LINE_WRITE(LineWidth, LineWrites) line_write_t;

  line_write_t [Feeds-1:0]   feed_write;
  store_write_t [Feeds-1:0]  feed_store;
  load_report_t [Feeds-1:0]  feed_report;
  logic                      generating;    // the contraction is being planned, or its jobs generated
  store_write_t [1:0]        store_write;
  line_write_t [1:0]         line_write;
  logic [1:0]                line_written;
  fiber_id_t [1:0]           table_addr;
  logic                      table_next;
  table_rsp_t [1:0]          table_rsp;
  walk_req_t [1:0]           walk_req, row_walk;
  walk_rsp_t [1:0]           walk_rsp;
  logic [1:0]                fill, in_use;  // the buffers that are written, and the contraction's buffers
  desc_t [1:0]               work_desc;     // of the contraction, until the next one starts
  desc_t [1:0]               plan_desc;

  for (genvar f = 0; f < int'(Feeds); f++) begin : gen_feed
    flaash_operand_loader #(
      .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
      .FiberDepth(FiberDepth), .FeedWidth(FeedWidth), .LeafEntries(Entries), .PointerWords(PointerWords),
      .LineWrites(LineWrites)
    ) u_loader (
      .clk_i, .rst_ni(core_rst_n),
      .operand_i(operand_i[f]), .ready_o(ready_o[f]), .state_o(state_o[f]), .enable_i(control.load_enable),
      .write_o(feed_write[f]), .store_o(feed_store[f]), .report_o(feed_report[f])
    );
  end

  for (genvar i = 0; i < 2; i++) begin : gen_store
    localparam int unsigned Feed = (Feeds == 2) ? i : 0;  // that carries this operand
    line_write_t  write;
    line_id_t     id;
    store_write_t store;

    assign write           = feed_write[Feed];
    assign id              = write.id;
    assign store           = feed_store[Feed];
    assign line_written[i] = write.valid && id.operand == 1'(i);

    assign line_write[i].valid      = line_written[i];
    assign line_write[i].pair       = write.pair;
    assign line_write[i].id.operand = 1'(i);
    assign line_write[i].id.addr    = id.addr;
    assign line_write[i].lines      = write.lines;

    assign store_write[i] = store;

    flaash_operand_buffers #(
      .Operand(i), .Buffers(Buffers), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth), .Parity(Parity),
      .NodeWrites(NodeWrites)
    ) u_buffers (
      .clk_i, .rst_ni(store_rst_n),
      .start_i(control.start), .owned_i(control.owned), .planning_i(generating),
      .write_i(store_write[i]), .fill_o(fill[i]), .use_o(in_use[i]),
      .table_addr_i(table_addr[i]), .table_next_i(table_next), .table_o(table_rsp[i]),
      .walk_i(layout_i.valid ? row_walk[i] : walk_req[i]), .walk_o(walk_rsp[i]),
      .desc_o(desc_o[i]), .work_desc_o(work_desc[i]), .plan_desc_o(plan_desc[i])
    );

    `FLAASH_ASSERT(OwnFeed_A, Feeds == 1 || !store.begins || store.operand == 1'(i),
                   "an operand came with the feed of the other one")
  end

  load_report_t load;

  assign load   = (Feeds == 2) ? joined(feed_report[0], feed_report[Feeds-1]) : feed_report[0];
  assign load_o = load;

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
    .clk_i, .rst_ni(core_rst_n),
    .fill_i(fill), .use_i(in_use), .owned_i(control.owned),
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
  logic      one_column;

  assign settings   = control.settings;
  assign one_column = control.start ? layout_i.valid : rows_next_i;

  if (Engine == EngineResident) begin : gen_resident
    flaash_compute_resident #(
      .Format(Format), .NumSdpe(NumSdpe), .GroupSize(GroupSize), .Lanes(Lanes), .CoordWidth(CoordWidth),
      .MemLatency(MemLatency), .MemLines(MemLines), .Buffers(Buffers), .Parity(Parity),
      .ResultDepth(ResultDepth), .Portions(Portions)
    ) u_compute (
      .clk_i, .rst_ni(core_rst_n),
      .start_i(control.start), .settings_i(settings), .one_column_i(one_column), .spread_o(spread),
      .desc_i(plan_desc), .written_i(written),
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
      .clk_i, .rst_ni(core_rst_n),
      .start_i(control.start), .settings_i(settings), .one_column_i(one_column), .spread_o(spread),
      .desc_i(plan_desc), .written_i(written),
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
  end

  flaash_result_gate #(
    .NumSources(NumSources),
    .CountWidth($clog2(ResultDepth) + 1)
  ) u_result_gate (
    .clk_i, .rst_ni(core_rst_n),
    .kill_i(kill_o.valid), .stored_i(stored),
    .in_valid_i(source_valid), .in_ready_o(source_ready),
    .out_valid_o(gated_valid), .out_ready_i(gated_ready)
  );

  logic                  result_valid, result_ready, all_stored, all_taken, rows_done;
  logic                  record_sent;  // a record left the chip
  logic                  drop;         // results are of no use any more
  result_t               result;
  batch_count_t          record_taken;
  taken_t                taken, row_taken, sent;
  logic [NumSources-1:0] record_ready;
  logic [NumSdpe-1:0]    row_ready;
  fault_t                row_fault;

  assign sent         = taken_t'(record_sent) + ((batch_valid_o && batch_ready_i) ? taken_t'(batch_o.count) : '0)
                          + row_taken;
  assign taken        = taken_t'(record_taken) + row_taken;
  assign gated_ready  = layout_i.valid ? NumSources'(row_ready) : record_ready;
  assign all_stored   = all_taken && (!layout_i.valid || rows_done);

  flaash_result_lanes #(
    .NumSources(NumSources),
    .Lanes     (ResultLanes)
  ) u_result_lanes (
    .clk_i, .rst_ni(core_rst_n),
    .numbers_i(control.numbers), .drop_i(drop), .taken_o(record_taken),
    .in_valid_i(layout_i.valid ? '0 : gated_valid), .in_ready_o(record_ready), .in_result_i(source_result),
    .out_valid_o(result_valid), .out_ready_i(result_ready), .out_result_o(result),
    .batch_valid_o, .batch_ready_i, .batch_o
  );

  if (RowLanes > 0) begin : gen_rows
    flaash_result_rows #(
      .Format(Format), .NumSdpe(NumSdpe), .Lanes(RowLanes), .DataWidth(FeedWidth), .NodeDepth(NodeDepth),
      .FiberDepth(FiberDepth), .Parity(Parity)
    ) u_result_rows (
      .clk_i, .rst_ni(core_rst_n),
      .start_i(control.start), .layout_i, .desc_i(work_desc), .extent_level_o, .extent_i,
      .walk_o(row_walk), .walk_i(walk_rsp), .fault_o(row_fault),
      .in_valid_i(layout_i.valid ? gated_valid[NumSdpe-1:0] : '0), .in_ready_o(row_ready),
      .in_result_i(source_result[NumSdpe-1:0]), .taken_o(row_taken), .all_taken_i(all_taken),
      .kill_i(kill_o.valid || drop), .done_o(rows_done),
      .report_o(rows_report_o),
      .beat_valid_o(row_valid_o), .beat_ready_i(row_ready_i), .beat_o(row_o)
    );
  end else begin : gen_no_rows
    assign {row_walk, row_fault, row_ready, row_taken, extent_level_o, row_valid_o, row_o, rows_report_o} = '0;
    assign rows_done = 1'b1;

    logic unused_rows;
    assign unused_rows = ^{layout_i, extent_i, row_ready_i};
  end

  // ----------------------------------------------------------------------- progress
  sums_t       sums;
  increments_t increments;
  error_t      parity_error;
  logic        done, progress;

  localparam int unsigned ReadWidth = $clog2(2 * NumSdpe + 1);

  flaash_perf_sum #(
    .NumSdpe(NumSdpe), .NumSources(NumSources), .Empties(Engine == EngineResident)
  ) u_perf_sum (
    .clk_i, .rst_ni(core_rst_n),
    .events_i(events), .dispatch_i(dispatch),
    .reads_i(ReadWidth'(reads)), .conflicts_i(ReadWidth'(conflicts)), .load_i(load), .sent_i(sent),
    .start_i(control.start), .select_i(control.sdpe_select), .sums_o(sums), .work_o(progress)
  );

  assign increments = sums.increments;

  flaash_progress #(
    .SumWidth(9)
  ) u_progress (
    .clk_i, .rst_ni(core_rst_n),
    .start_i(control.start), .kill_i(kill_o.valid), .generating_i(generating), .dispatch_i(dispatch),
    .dots_i(increments[CntDotsDone][8:0]), .stored_i(increments[CntResults][8:0]),
    .idle_i(&source_idle), .taken_i(taken),
    .busy_o(busy), .done_o(done), .all_stored_o(all_taken)
  );

  assign report.load         = load;
  assign report.done         = done;
  assign report.progress     = progress;
  assign report.parity_error = parity_error;
  assign report.sums         = sums;

  // ------------------------------------------------------------------------- parity
  fault_t walk_fault;  // an earlier response to the unloader was wrong, and used

  flaash_parity_report #(
    .NumSources(NumSources),
    .NumFaults (2)
  ) u_parity_report (
    .clk_i, .rst_ni(core_rst_n), .kill_i(kill_o.valid),
    .computing_i({compute_fault, memory_fault}),
    .leaving_i(row_fault.valid ? row_fault : walk_fault), .events_i(events), .error_o(parity_error), .lost_o(lost)
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
    .sent_o(record_sent), .drained_o(drained)
  );

  // --------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWithOperands_A, !core_rst_n || !control.start
                 || (desc_o[0].loaded && desc_o[1].loaded && desc_o[0].extent == desc_o[1].extent),
                 "started without two operands that fit")
  `FLAASH_ASSERT(NothingIsLeft_A, !core_rst_n || !all_stored || kill_o.valid || busy || control.start
                 || ((source_valid & ~source_ready) == '0 && (!result_valid || result_ready)
                     && (!batch_valid_o || batch_ready_i) && (&source_idle)), "something is left behind")
  `FLAASH_ASSERT(DoneIsIdle_A, !done || (&source_idle && busy), "done while an engine still works")
  `FLAASH_COVER(BothWrite_C, &line_written)

endmodule : flaash_chip
