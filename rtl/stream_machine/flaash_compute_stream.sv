// SPDX-License-Identifier: Apache-2.0
// Compute, streaming: job generator, scheduler and an array of SDPEs that each stream both fibers.
//
// This is the structure of the paper: every SDPE has two private read ports and reads the fiber of
// A again for each fiber of B.
//
// Guarantees  After start_i, each pair of a fiber of A and a fiber of B yields one dot product; its
//             result, unless it is dropped as zero, leaves once at result_*. handed_o pulses with
//             handed_dots_o whenever dot products are given out; busy_o holds while more will be. With
//             long_lines_i above 0, jobs of so many lines and more are given out before all others.
//             With portion_length_i above 0 (Portions only), each job is a single dot product, and a dot
//             product whose fiber of A is longer is split into portions of at most so many entries, on
//             different SDPEs, whose sums the combiner adds and rounds: the results are the same.
//             The combiner is the last source; what it reports counts as an SDPE's. idle_o, of all sources
//             at once, after the last dot product: nothing is read or computed any more.
// Demands     Operands complete and unchanged from start_i until the last result.
//             a_first_i and b_first_i answer one cycle after their addresses.
// Errors      After a wrong answer of a table that counts (first_use_o) no job is given out; busy_o stays until
//             reset. events_o tells of results that were not what was stored.
// Reset       Forgets everything but the lines in memory.

`include "flaash_line.svh"
`include "flaash_dot_types.svh"
`include "flaash_assert.svh"

module flaash_compute_stream
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned NumSdpe     = 8,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned Engine      = EngineCompare,
  parameter int unsigned Memory      = MemoryBanked,
  parameter int unsigned MemLatency  = 2,
  parameter int unsigned MemBanks    = 16,
  parameter int unsigned MemLines    = 8192,
  parameter int unsigned Parity      = 1,
  parameter int unsigned Scheduler   = SchedulerDemand,
  parameter int unsigned ResultDepth = 512,
  parameter int unsigned Portions    = 0,  // dot products that are split at a time, 0 to 64
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1),
  localparam int unsigned NumSources = NumSdpe + ((Portions > 0) ? 1 : 0)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // the contraction
  input  logic                       start_i,
  input  logic                       dense_i,
  input  fiber_id_t                  run_length_i,  // fibers of B per job at most, 0 for all
  input  entry_id_t                  portion_length_i,  // entries of A per portion at most, 0: no splitting
  input  line_sum_t                  long_lines_i,  // lines of a job that goes first, at least, 0: in order
  input  fiber_id_t                  a_fibers_i,
  input  fiber_id_t                  b_fibers_i,
  output logic                       busy_o,
  output logic                       handed_o,
  output dots_t                      handed_dots_o,
  output logic                       portion_o,     // a portion was given out
  output logic                       visit_o,       // a job was looked at

  // fiber tables of the operands
  output fiber_id_t                  a_addr_o,
  input  line_addr_t                 a_first_i,
  output fiber_id_t                  b_addr_o,
  input  line_addr_t                 b_first_i,
  output logic [1:0]                 first_use_o,    // the answers of this cycle count, A in element 0
  input  logic [1:0]                 first_wrong_i,  // they are not what was stored

  // lines from the operand loader
  input  logic                       wr_valid_i,
  input  logic                       wr_operand_i,
  input  line_addr_t                 wr_addr_i,
  input  logic [LineWidth-1:0]       wr_data_i,

  // results, per source
  output logic [NumSources-1:0]      result_valid_o,
  input  logic [NumSources-1:0]      result_ready_i,
  output result_t [NumSources-1:0]   result_o,

  // what happened in this cycle
  output sdpe_events_t [NumSources-1:0] events_o,
  output flags_t [NumSources-1:0]    flags_o,
  output logic [NumSources-1:0]      idle_o,
  output logic [SumWidth-1:0]        reads_o,
  output logic [SumWidth-1:0]        conflicts_o,

  // a line whose parity is wrong was delivered in the cycle before
  output logic                       parity_error_o,
  output logic                       parity_operand_o,
  output line_addr_t                 parity_addr_o
);

  if (Portions > MaxPortions) begin : gen_illegal_portions
    `FLAASH_ILLEGAL("Portions must be 0 to 64")
  end

  // ----------------------------------------------------------------- jobs to engines
  logic               split;  // this contraction
  fiber_id_t          run_length;
  logic               whole_valid, whole_ready, job_valid, job_ready;
  job_t               whole_job, job, sdpe_job;
  logic [NumSdpe-1:0] sdpe_valid, sdpe_ready;

  assign split         = Portions > 0 && portion_length_i != '0;
  assign run_length    = split ? fiber_id_t'(1) : run_length_i;
  assign handed_o      = whole_valid && whole_ready;
  assign handed_dots_o = dots_t'(whole_job.b_count);

  logic first_use;

  assign first_use_o = {2{first_use}};

  flaash_job_generator u_job_generator (
    .clk_i, .rst_ni,
    .start_i, .run_length_i(run_length), .long_lines_i, .a_fibers_i, .b_fibers_i,
    .a_addr_o, .a_first_i, .b_addr_o, .b_first_i,
    .use_o(first_use), .a_wrong_i(first_wrong_i[0]), .b_wrong_i(first_wrong_i[1]),
    .job_valid_o(whole_valid), .job_ready_i(whole_ready), .job_o(whole_job),
    .busy_o, .visit_o
  );

  if (Scheduler == SchedulerRoundRobin) begin : gen_round_robin
    flaash_scheduler_round_robin #(
      .NumSdpe(NumSdpe)
    ) u_scheduler (
      .clk_i, .rst_ni,
      .job_valid_i(job_valid), .job_ready_o(job_ready), .job_i(job),
      .sdpe_valid_o(sdpe_valid), .sdpe_ready_i(sdpe_ready), .sdpe_job_o(sdpe_job)
    );
  end else if (Scheduler == SchedulerDemand) begin : gen_demand
    flaash_scheduler_demand #(
      .NumSdpe(NumSdpe)
    ) u_scheduler (
      .clk_i, .rst_ni,
      .job_valid_i(job_valid), .job_ready_o(job_ready), .job_i(job),
      .sdpe_valid_o(sdpe_valid), .sdpe_ready_i(sdpe_ready), .sdpe_job_o(sdpe_job)
    );
  end else begin : gen_illegal_scheduler
    `FLAASH_ILLEGAL("Scheduler must be one of flaash_pkg::Scheduler*")
  end

  // ------------------------------------------------------------------------ engines
  typedef `FLAASH_PART(word_width(Format, EntryIdWidth)) part_t;

  logic  part_valid, part_ready;
  part_t part;

  flaash_sdpe_array #(
    .Format     (Format),
    .NumSdpe    (NumSdpe),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .Engine     (Engine),
    .Memory     (Memory),
    .MemLatency (MemLatency),
    .MemBanks   (MemBanks),
    .MemLines   (MemLines),
    .Parity     (Parity),
    .ResultDepth(ResultDepth),
    .Portions   (Portions > 0)
  ) u_sdpe_array (
    .clk_i, .rst_ni,
    .dense_i, .split_i(split),
    .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
    .job_valid_i(sdpe_valid), .job_ready_o(sdpe_ready), .job_i(sdpe_job),
    .result_valid_o(result_valid_o[NumSdpe-1:0]), .result_ready_i(result_ready_i[NumSdpe-1:0]),
    .result_o(result_o[NumSdpe-1:0]),
    .part_valid_o(part_valid), .part_ready_i(part_ready), .part_o(part),
    .events_o(events_o[NumSdpe-1:0]), .flags_o(flags_o[NumSdpe-1:0]), .idle_o(idle_o[NumSdpe-1:0]),
    .reads_o, .conflicts_o,
    .parity_error_o, .parity_operand_o, .parity_addr_o
  );

  // ----------------------------------------------------------------------- portions
  if (Portions > 0) begin : gen_portions
    logic      open_valid, open_ready, close;
    fiber_id_t open_a_id, open_b_id;
    slot_t     open_slot, close_slot;
    entry_id_t close_count;

    flaash_portioner #(
      .Lanes(Lanes)
    ) u_portioner (
      .clk_i, .rst_ni,
      .length_i(portion_length_i),
      .job_valid_i(whole_valid), .job_ready_o(whole_ready), .job_i(whole_job),
      .open_valid_o(open_valid), .open_ready_i(open_ready),
      .open_a_id_o(open_a_id), .open_b_id_o(open_b_id), .open_slot_i(open_slot),
      .close_o(close), .close_slot_o(close_slot), .close_count_o(close_count),
      .job_valid_o(job_valid), .job_ready_i(job_ready), .job_o(job), .portion_o
    );

    flaash_combiner #(
      .Format     (Format),
      .Slots      (Portions),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_combiner (
      .clk_i, .rst_ni,
      .dense_i,
      .open_valid_i(open_valid), .open_ready_o(open_ready),
      .open_a_id_i(open_a_id), .open_b_id_i(open_b_id), .open_slot_o(open_slot),
      .close_i(close), .close_slot_i(close_slot), .close_count_i(close_count),
      .part_valid_i(part_valid), .part_ready_o(part_ready), .part_i(part),
      .result_valid_o(result_valid_o[NumSdpe]), .result_ready_i(result_ready_i[NumSdpe]),
      .result_o(result_o[NumSdpe]),
      .flags_o(flags_o[NumSdpe]), .events_o(events_o[NumSdpe]), .idle_o(idle_o[NumSdpe])
    );
  end else begin : gen_whole
    logic unused_portions;

    assign job_valid       = whole_valid;
    assign whole_ready     = job_ready;
    assign job             = whole_job;
    assign portion_o       = 1'b0;
    assign part_ready      = 1'b0;
    assign unused_portions = ^{portion_length_i, part_valid, part};
  end

endmodule : flaash_compute_stream
