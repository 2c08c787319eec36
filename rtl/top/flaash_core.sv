// SPDX-License-Identifier: Apache-2.0
// Core: everything between the operand stream, the result stream and the registers.
//
// Guarantees  An operand frame ends with loaded_o[operand] or with an error report. After start_i
//             each result of the contraction leaves once at result_*; done_o when the last one is
//             stored and nothing reads lines of the operands any more, all_stored_o when none is
//             left behind those at result_*. Operands stay until they are replaced. After stop_i
//             nothing more is computed: all_stored_o then waits only for results that were complete;
//             the reset that follows ends the stop.
// Errors      With Parity every stored bit that has flipped is told when it is used (parity_*); what was made of it
//             does not become a result, or lost_o comes before it leaves the unloader.
// Demands     start_i only with both operands loaded, equal contracted extents, and none running.
//             load_enable_i low while results are computed or on their way. stop_i stays until rst_ni.
// Reset       rst_ni: everything but the operands; store_rst_ni: these.

`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_core
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned NumSdpe     = 8,
  parameter int unsigned GroupSize   = 4,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned Engine      = EngineCompare,
  parameter int unsigned Memory      = MemoryBanked,
  parameter int unsigned MemLatency  = 2,
  parameter int unsigned MemBanks    = 16,
  parameter int unsigned MemLines    = 8192,
  parameter int unsigned Parity      = 1,
  parameter int unsigned NodeDepth   = 16384,
  parameter int unsigned FiberDepth  = 8192,
  parameter int unsigned Scheduler   = SchedulerDemand,
  parameter int unsigned ResultDepth = 512,
  parameter int unsigned Portions    = 0,
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1),
  localparam int unsigned IncrementWidth = $bits(dots_t),
  // SDPEs, and the combiner if there is one: where results come from.
  localparam int unsigned NumSources = NumSdpe + ((Engine != EngineLookup && Portions > 0) ? 1 : 0)
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,
  input  logic                                       store_rst_ni,

  // operand frames
  input  logic                                       s_axis_tvalid_i,
  output logic                                       s_axis_tready_o,
  input  logic [StreamWidth-1:0]                     s_axis_tdata_i,
  input  logic                                       s_axis_tlast_i,

  // results, to the unloader
  output logic                                       result_valid_o,
  input  logic                                       result_ready_i,
  output result_t                                    result_o,
  output logic                                       all_stored_o,
  input  logic                                       sent_i,  // a record left the chip

  // coordinates of the fibers, A in element 0, B in 1; answers come one cycle after the address, *_use_i with those
  // that count
  input  fiber_id_t [1:0]                            path_addr_i,
  output node_id_t [1:0]                             path_o,
  input  logic [1:0]                                 path_use_i,
  input  node_id_t [1:0]                             node_addr_i,
  output logic [1:0][31:0]                           node_coord_o,
  output node_id_t [1:0]                             node_parent_o,
  input  logic [1:0]                                 node_use_i,
  input  logic [1:0][2:0]                            node_level_i,

  // control
  input  logic                                       start_i,
  input  logic                                       dense_i,
  input  fiber_id_t                                  run_length_i,
  input  entry_id_t                                  portion_length_i,
  input  line_sum_t                                  long_lines_i,
  input  logic                                       load_enable_i, // operand frames may begin
  input  logic                                       stop_i,        // compute no more

  // state
  output logic                                       loading_o,
  output logic                                       done_o,        // pulse
  output logic                                       progress_o,    // something was done

  // operands, A in element 0, B in 1
  output logic [1:0]                                 loaded_o,
  output logic [1:0][3:0]                            order_o,
  output logic [1:0][31:0]                           extent_o,
  output logic [1:0][EntryIdWidth-1:0]               entries_o,
  output fiber_id_t [1:0]                            fibers_o,
  output line_addr_t [1:0]                           lines_o,

  // errors of operand frames
  output logic                                       error_valid_o,
  output error_e                                     error_code_o,
  output logic [31:0]                                error_place_o,

  // a word with wrong parity was used
  output logic                                       parity_error_o,
  output logic [31:0]                                parity_place_o,
  output logic                                       lost_o,  // results on their way may be wrong

  // what happened, one cycle ago
  output logic [NumCounters-1:0][IncrementWidth-1:0] increments_o,
  output flags_t                                     flags_o,
  output logic [6:0]                                 range_errors_o,
  output logic [6:0]                                 range_source_o,

  // steps of one SDPE
  input  logic [5:0]                                 sdpe_select_i,
  output logic [31:0]                                sdpe_steps_o
);

  // ---------------------------------------------------------------------- operands
  logic                 line_valid, line_operand;
  line_addr_t           line_addr;
  logic [LineWidth-1:0] line_data;
  fiber_id_t [1:0]      first_addr;
  line_addr_t [1:0]     first;
  logic [1:0]           first_use, first_wrong, first_error, path_error;
  fiber_id_t [1:0]      first_fiber;
  logic [1:0][30:0]     path_place;
  logic                 discarded, loader_step;

  flaash_operands #(
    .Format    (Format),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .MemLines  (MemLines),
    .NodeDepth (NodeDepth),
    .FiberDepth(FiberDepth),
    .Parity    (Parity)
  ) u_operands (
    .clk_i, .rst_ni, .store_rst_ni,
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .load_enable_i, .loading_o,
    .line_valid_o(line_valid), .line_operand_o(line_operand), .line_addr_o(line_addr),
    .line_data_o(line_data),
    .first_addr_i(first_addr), .first_o(first), .first_use_i(first_use), .first_wrong_o(first_wrong),
    .path_addr_i, .path_o, .path_use_i,
    .node_addr_i, .node_coord_o, .node_parent_o, .node_use_i, .node_level_i,
    .first_error_o(first_error), .first_fiber_o(first_fiber),
    .path_error_o(path_error), .path_place_o(path_place),
    .loaded_o, .order_o, .extent_o, .entries_o, .fibers_o, .lines_o,
    .error_valid_o, .error_code_o, .error_place_o,
    .discarded_o(discarded), .step_o(loader_step)
  );

  // ------------------------------------------------------------------------ compute
  logic [NumSources-1:0]         source_valid, source_ready, source_idle;
  result_t [NumSources-1:0]      source_result;
  sdpe_events_t [NumSources-1:0] events;
  flags_t [NumSources-1:0]       flags;
  logic [SumWidth-1:0]           reads, conflicts;
  logic                          generating, handed, portion, visit, busy;
  dots_t                         handed_dots;
  logic                          line_error, line_wrong_operand, rank_error;
  line_addr_t                    line_wrong_addr, rank_block;

  if (Engine == EngineLookup) begin : gen_lookup
    flaash_compute_lookup #(
      .Format(Format), .NumSdpe(NumSdpe), .GroupSize(GroupSize), .Lanes(Lanes), .CoordWidth(CoordWidth),
      .Memory(Memory), .MemLatency(MemLatency), .MemBanks(MemBanks), .MemLines(MemLines), .Parity(Parity),
      .ResultDepth(ResultDepth)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i, .dense_i, .run_length_i,
      .a_fibers_i(fibers_o[0]), .b_fibers_i(fibers_o[1]), .extent_i(line_addr_t'(extent_o[0])),
      .busy_o(generating), .handed_o(handed), .handed_dots_o(handed_dots),
      .a_addr_o(first_addr[0]), .a_first_i(first[0]), .b_addr_o(first_addr[1]), .b_first_i(first[1]),
      .first_use_o(first_use), .first_wrong_i(first_wrong),
      .wr_valid_i(line_valid), .wr_operand_i(line_operand), .wr_addr_i(line_addr), .wr_data_i(line_data),
      .result_valid_o(source_valid), .result_ready_i(source_ready), .result_o(source_result),
      .events_o(events), .flags_o(flags), .idle_o(source_idle),
      .reads_o(reads), .conflicts_o(conflicts),
      .parity_error_o(line_error), .parity_operand_o(line_wrong_operand), .parity_addr_o(line_wrong_addr),
      .rank_error_o(rank_error), .rank_block_o(rank_block)
    );

    logic unused_portions;

    assign portion         = 1'b0;
    assign visit           = 1'b0;
    assign unused_portions = ^{portion_length_i, long_lines_i};
  end else begin : gen_stream
    flaash_compute_stream #(
      .Format(Format), .NumSdpe(NumSdpe), .Lanes(Lanes), .CoordWidth(CoordWidth), .Engine(Engine),
      .Memory(Memory), .MemLatency(MemLatency), .MemBanks(MemBanks), .MemLines(MemLines), .Parity(Parity),
      .Scheduler(Scheduler), .ResultDepth(ResultDepth), .Portions(Portions)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i, .dense_i, .run_length_i, .portion_length_i, .long_lines_i,
      .a_fibers_i(fibers_o[0]), .b_fibers_i(fibers_o[1]),
      .busy_o(generating), .handed_o(handed), .handed_dots_o(handed_dots), .portion_o(portion),
      .visit_o(visit),
      .a_addr_o(first_addr[0]), .a_first_i(first[0]), .b_addr_o(first_addr[1]), .b_first_i(first[1]),
      .first_use_o(first_use), .first_wrong_i(first_wrong),
      .wr_valid_i(line_valid), .wr_operand_i(line_operand), .wr_addr_i(line_addr), .wr_data_i(line_data),
      .result_valid_o(source_valid), .result_ready_i(source_ready), .result_o(source_result),
      .events_o(events), .flags_o(flags), .idle_o(source_idle),
      .reads_o(reads), .conflicts_o(conflicts),
      .parity_error_o(line_error), .parity_operand_o(line_wrong_operand), .parity_addr_o(line_wrong_addr)
    );

    assign rank_error = 1'b0;
    assign rank_block = '0;
  end

  // ------------------------------------------------------------------------ results
  logic [NumSources-1:0] stored, gated_valid, gated_ready;

  for (genvar s = 0; s < int'(NumSources); s++) begin : gen_stored
    sdpe_events_t event_s;  // Icarus takes no member of an element with an index

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
    .stop_i, .stored_i(stored),
    .in_valid_i(source_valid), .in_ready_o(source_ready),
    .out_valid_o(gated_valid), .out_ready_i(gated_ready)
  );

  flaash_result_network #(
    .NumSources(NumSources)
  ) u_result_network (
    .clk_i, .rst_ni,
    .in_valid_i(gated_valid), .in_ready_o(gated_ready), .in_result_i(source_result),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o)
  );

  // ----------------------------------------------------------------------- progress
  flaash_perf_sum #(
    .NumSdpe   (NumSdpe),
    .NumSources(NumSources)
  ) u_perf_sum (
    .clk_i, .rst_ni,
    .events_i(events), .flags_i(flags),
    .handed_i(handed), .handed_dots_i(handed_dots), .portion_i(portion),
    .reads_i(reads), .conflicts_i(conflicts), .loading_i(loading_o), .sent_i, .discarded_i(discarded),
    .increments_o, .flags_o, .range_errors_o, .range_source_o
  );

  flaash_step_counters #(
    .NumSdpe(NumSdpe)
  ) u_step_counters (
    .clk_i, .rst_ni,
    .start_i, .events_i(events[NumSdpe-1:0]), .select_i(sdpe_select_i), .steps_o(sdpe_steps_o)
  );

  flaash_progress #(
    .SumWidth(7)
  ) u_progress (
    .clk_i, .rst_ni,
    .start_i, .stop_i, .generating_i(generating), .handed_i(handed), .handed_dots_i(handed_dots),
    .dots_i(increments_o[CntDotsDone][6:0]), .stored_i(increments_o[CntResults][6:0]),
    .idle_i(&source_idle), .taken_i(result_valid_o && result_ready_i),
    .busy_o(busy), .done_o, .all_stored_o
  );

  assign progress_o = loader_step || visit || handed || increments_o[CntDotsDone] != '0
                      || increments_o[CntMatches] != '0 || increments_o[CntSteps] != '0
                      || increments_o[CntMemReads] != '0 || increments_o[CntResults] != '0;

  // ------------------------------------------------------------------------- parity
  flaash_parity_report #(
    .NumSources(NumSources)
  ) u_parity_report (
    .clk_i, .rst_ni, .stopping_i(stop_i),
    .line_error_i(line_error), .line_operand_i(line_wrong_operand), .line_addr_i(line_wrong_addr),
    .first_error_i(first_error), .first_fiber_i(first_fiber),
    .path_error_i(path_error), .path_place_i(path_place),
    .rank_error_i(rank_error), .rank_block_i(rank_block),
    .events_i(events), .error_o(parity_error_o), .place_o(parity_place_o), .lost_o
  );

  // --------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWithOperands_A, !start_i || (loaded_o == 2'b11 && extent_o[0] == extent_o[1]),
                 "started without two operands that fit")
  `FLAASH_ASSERT(NothingIsLeft_A, !all_stored_o || stop_i || busy || start_i
                 || (source_valid == '0 && !result_valid_o && (&source_idle)), "something is left behind")
  `FLAASH_ASSERT(DoneIsIdle_A, !done_o || (&source_idle && busy), "done while an engine still works")

endmodule : flaash_core
