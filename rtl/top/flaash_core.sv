// SPDX-License-Identifier: Apache-2.0
// Core: everything between the operand stream, the result stream and the registers.
//
// Guarantees  An operand frame ends with loaded_o[operand] or with an error report. After start_i
//             each result of the contraction leaves once at result_*; done_o when the last one is
//             stored, all_stored_o when none is left behind those at result_*. Operands stay until
//             they are replaced.
// Demands     start_i only with both operands loaded, equal contracted extents, and none running.
//             load_enable_i low while results are computed or on their way.
// Reset       Everything is forgotten.

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
  parameter int unsigned NodeDepth   = 16384,
  parameter int unsigned FiberDepth  = 8192,
  parameter int unsigned Scheduler   = SchedulerDemand,
  parameter int unsigned ResultDepth = 512,
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1),
  localparam int unsigned IncrementWidth = $bits(dots_t)
) (
  input  logic                                       clk_i,
  input  logic                                       rst_ni,

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

  // coordinates of the fibers, A in element 0, B in 1; answers come one cycle after the address
  input  fiber_id_t [1:0]                            path_addr_i,
  output node_id_t [1:0]                             path_o,
  input  node_id_t [1:0]                             node_addr_i,
  output logic [1:0][31:0]                           node_coord_o,
  output node_id_t [1:0]                             node_parent_o,

  // control
  input  logic                                       start_i,
  input  logic                                       dense_i,
  input  fiber_id_t                                  run_length_i,
  input  logic                                       load_enable_i, // operand frames may begin

  // state
  output logic                                       loading_o,
  output logic                                       done_o,        // pulse

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

  // what happened, one cycle ago
  input  logic                                       discarded_i,   // a beat was thrown away before
  output logic [NumCounters-1:0][IncrementWidth-1:0] increments_o,
  output flags_t                                     flags_o,
  output logic [6:0]                                 range_errors_o,
  output logic [5:0]                                 range_sdpe_o,

  // steps of one SDPE
  input  logic [5:0]                                 sdpe_select_i,
  output logic [31:0]                                sdpe_steps_o
);

  // ----------------------------------------------------------------- operand loader
  logic                       line_valid, line_operand;
  line_addr_t                 line_addr;
  logic [LineWidth-1:0]       line_data;
  logic                       node_valid, node_operand;
  node_id_t                   node_id, node_parent;
  logic [31:0]                node_coord;
  logic                       fiber_valid, fiber_operand;
  fiber_id_t                  fiber_id;
  line_addr_t                 fiber_first;
  node_id_t                   fiber_node;
  logic                       info_valid, info_operand;
  logic [3:0]                 info_order;
  logic [31:0]                info_extent;
  logic [EntryIdWidth-1:0]    info_entries;
  fiber_id_t                  info_fibers;
  line_addr_t                 info_lines;
  logic                       begin_valid, begin_operand, discarded;

  flaash_operand_loader #(
    .Format    (Format),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .MemLines  (MemLines),
    .NodeDepth (NodeDepth),
    .FiberDepth(FiberDepth)
  ) u_operand_loader (
    .clk_i, .rst_ni,
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .enable_i(load_enable_i),
    .line_valid_o(line_valid), .line_operand_o(line_operand), .line_addr_o(line_addr),
    .line_data_o(line_data),
    .node_valid_o(node_valid), .node_operand_o(node_operand), .node_id_o(node_id),
    .node_coord_o(node_coord), .node_parent_o(node_parent),
    .fiber_valid_o(fiber_valid), .fiber_operand_o(fiber_operand), .fiber_id_o(fiber_id),
    .fiber_first_o(fiber_first), .fiber_node_o(fiber_node),
    .info_valid_o(info_valid), .info_operand_o(info_operand), .info_order_o(info_order),
    .info_extent_o(info_extent), .info_entries_o(info_entries), .info_fibers_o(info_fibers),
    .info_lines_o(info_lines),
    .begin_valid_o(begin_valid), .begin_operand_o(begin_operand),
    .error_valid_o, .error_code_o, .error_place_o,
    .discarded_o(discarded), .loading_o
  );

  // ----------------------------------------------------------------- operand stores
  fiber_id_t [1:0]               first_addr;
  line_addr_t [1:0]              first;

  for (genvar i = 0; i < 2; i++) begin : gen_store
    flaash_operand_store #(
      .Operand   (i),
      .NodeDepth (NodeDepth),
      .FiberDepth(FiberDepth)
    ) u_store (
      .clk_i, .rst_ni,
      .node_valid_i(node_valid), .node_operand_i(node_operand), .node_id_i(node_id),
      .node_coord_i(node_coord), .node_parent_i(node_parent),
      .fiber_valid_i(fiber_valid), .fiber_operand_i(fiber_operand), .fiber_id_i(fiber_id),
      .fiber_first_i(fiber_first), .fiber_node_i(fiber_node),
      .info_valid_i(info_valid), .info_operand_i(info_operand), .info_order_i(info_order),
      .info_extent_i(info_extent), .info_entries_i(info_entries), .info_fibers_i(info_fibers),
      .info_lines_i(info_lines),
      .begin_valid_i(begin_valid), .begin_operand_i(begin_operand),
      .first_addr_i(first_addr[i]), .first_o(first[i]),
      .path_addr_i(path_addr_i[i]), .path_o(path_o[i]),
      .node_addr_i(node_addr_i[i]), .node_coord_o(node_coord_o[i]), .node_parent_o(node_parent_o[i]),
      .loaded_o(loaded_o[i]), .order_o(order_o[i]), .extent_o(extent_o[i]),
      .entries_o(entries_o[i]), .fibers_o(fibers_o[i]), .lines_o(lines_o[i])
    );
  end

  // ------------------------------------------------------------------------ compute
  logic [NumSdpe-1:0]         sdpe_valid, sdpe_ready, sdpe_idle;
  result_t [NumSdpe-1:0]      sdpe_result;
  sdpe_events_t [NumSdpe-1:0] events;
  flags_t [NumSdpe-1:0]       flags;
  logic [SumWidth-1:0]        reads, conflicts;
  logic                       generating, handed, busy;
  dots_t                      handed_dots;

  if (Engine == EngineLookup) begin : gen_lookup
    flaash_compute_lookup #(
      .Format     (Format),
      .NumSdpe    (NumSdpe),
      .GroupSize  (GroupSize),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .Memory     (Memory),
      .MemLatency (MemLatency),
      .MemBanks   (MemBanks),
      .MemLines   (MemLines),
      .ResultDepth(ResultDepth)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i, .dense_i, .run_length_i,
      .a_fibers_i(fibers_o[0]), .b_fibers_i(fibers_o[1]), .extent_i(line_addr_t'(extent_o[0])),
      .busy_o(generating), .handed_o(handed), .handed_dots_o(handed_dots),
      .a_addr_o(first_addr[0]), .a_first_i(first[0]), .b_addr_o(first_addr[1]), .b_first_i(first[1]),
      .wr_valid_i(line_valid), .wr_operand_i(line_operand), .wr_addr_i(line_addr), .wr_data_i(line_data),
      .result_valid_o(sdpe_valid), .result_ready_i(sdpe_ready), .result_o(sdpe_result),
      .events_o(events), .flags_o(flags), .idle_o(sdpe_idle),
      .reads_o(reads), .conflicts_o(conflicts)
    );
  end else begin : gen_stream
    flaash_compute_stream #(
      .Format     (Format),
      .NumSdpe    (NumSdpe),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .Engine     (Engine),
      .Memory     (Memory),
      .MemLatency (MemLatency),
      .MemBanks   (MemBanks),
      .MemLines   (MemLines),
      .Scheduler  (Scheduler),
      .ResultDepth(ResultDepth)
    ) u_compute (
      .clk_i, .rst_ni,
      .start_i, .dense_i, .run_length_i,
      .a_fibers_i(fibers_o[0]), .b_fibers_i(fibers_o[1]),
      .busy_o(generating), .handed_o(handed), .handed_dots_o(handed_dots),
      .a_addr_o(first_addr[0]), .a_first_i(first[0]), .b_addr_o(first_addr[1]), .b_first_i(first[1]),
      .wr_valid_i(line_valid), .wr_operand_i(line_operand), .wr_addr_i(line_addr), .wr_data_i(line_data),
      .result_valid_o(sdpe_valid), .result_ready_i(sdpe_ready), .result_o(sdpe_result),
      .events_o(events), .flags_o(flags), .idle_o(sdpe_idle),
      .reads_o(reads), .conflicts_o(conflicts)
    );
  end

  // ------------------------------------------------------------------------ results
  flaash_result_network #(
    .NumSdpe(NumSdpe)
  ) u_result_network (
    .clk_i, .rst_ni,
    .in_valid_i(sdpe_valid), .in_ready_o(sdpe_ready), .in_result_i(sdpe_result),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o)
  );

  // ----------------------------------------------------------------------- progress
  flaash_perf_sum #(
    .NumSdpe(NumSdpe)
  ) u_perf_sum (
    .clk_i, .rst_ni,
    .events_i(events), .flags_i(flags),
    .handed_i(handed), .handed_dots_i(handed_dots), .reads_i(reads), .conflicts_i(conflicts),
    .loading_i(loading_o), .sent_i, .discarded_i({discarded_i, discarded}),
    .increments_o, .flags_o, .range_errors_o, .range_sdpe_o
  );

  flaash_step_counters #(
    .NumSdpe(NumSdpe)
  ) u_step_counters (
    .clk_i, .rst_ni,
    .start_i, .events_i(events), .select_i(sdpe_select_i), .steps_o(sdpe_steps_o)
  );

  flaash_progress #(
    .SumWidth(7)
  ) u_progress (
    .clk_i, .rst_ni,
    .start_i, .generating_i(generating), .handed_i(handed), .handed_dots_i(handed_dots),
    .dots_i(increments_o[CntDotsDone][6:0]), .stored_i(increments_o[CntResults][6:0]),
    .taken_i(result_valid_o && result_ready_i),
    .busy_o(busy), .done_o, .all_stored_o
  );

  // --------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWithOperands_A, !start_i || (loaded_o == 2'b11 && extent_o[0] == extent_o[1]),
                 "started without two operands that fit")
  `FLAASH_ASSERT(DoneIsIdle_A, !done_o || (&sdpe_idle && busy), "done while an engine still works")

endmodule : flaash_core
