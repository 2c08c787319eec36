// SPDX-License-Identifier: Apache-2.0
// Compute, streaming: job generator, scheduler and an array of SDPEs that each stream both fibers.
//
// This is the structure of the paper: every SDPE has two private read ports and reads the fiber of
// A again for each fiber of B.
//
// Guarantees  After start_i, each pair of a fiber of A and a fiber of B yields one dot product; its
//             result, unless it is dropped as zero, leaves once at result_*. handed_o pulses with
//             handed_dots_o whenever dot products are given out; busy_o holds while more will be.
// Demands     Operands complete and unchanged from start_i until the last result.
//             a_first_i and b_first_i answer one cycle after their addresses.
// Reset       Forgets everything but the lines in memory.

`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_compute_stream
  import flaash_pkg::*;
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
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // the contraction
  input  logic                       start_i,
  input  logic                       dense_i,
  input  fiber_id_t                  run_length_i,  // fibers of B per job at most, 0 for all
  input  fiber_id_t                  a_fibers_i,
  input  fiber_id_t                  b_fibers_i,
  output logic                       busy_o,
  output logic                       handed_o,
  output dots_t                      handed_dots_o,

  // fiber tables of the operands
  output fiber_id_t                  a_addr_o,
  input  line_addr_t                 a_first_i,
  output fiber_id_t                  b_addr_o,
  input  line_addr_t                 b_first_i,

  // lines from the operand loader
  input  logic                       wr_valid_i,
  input  logic                       wr_operand_i,
  input  line_addr_t                 wr_addr_i,
  input  logic [LineWidth-1:0]       wr_data_i,

  // results, per engine
  output logic [NumSdpe-1:0]         result_valid_o,
  input  logic [NumSdpe-1:0]         result_ready_i,
  output result_t [NumSdpe-1:0]      result_o,

  // what happened in this cycle
  output sdpe_events_t [NumSdpe-1:0] events_o,
  output flags_t [NumSdpe-1:0]       flags_o,
  output logic [NumSdpe-1:0]         idle_o,
  output logic [SumWidth-1:0]        reads_o,
  output logic [SumWidth-1:0]        conflicts_o,

  // a line whose parity is wrong was delivered in the cycle before
  output logic                       parity_error_o,
  output logic                       parity_operand_o,
  output line_addr_t                 parity_addr_o
);

  // ----------------------------------------------------------------- jobs to engines
  logic               job_valid, job_ready;
  job_t               job, sdpe_job;
  logic [NumSdpe-1:0] sdpe_valid, sdpe_ready;

  assign handed_o      = job_valid && job_ready;
  assign handed_dots_o = dots_t'(job.b_count);

  flaash_job_generator u_job_generator (
    .clk_i, .rst_ni,
    .start_i, .run_length_i, .a_fibers_i, .b_fibers_i,
    .a_addr_o, .a_first_i, .b_addr_o, .b_first_i,
    .job_valid_o(job_valid), .job_ready_i(job_ready), .job_o(job),
    .busy_o
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
    $fatal(1, "Scheduler must be one of flaash_pkg::Scheduler*");
  end

  // ------------------------------------------------------------------------ engines
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
    .ResultDepth(ResultDepth)
  ) u_sdpe_array (
    .clk_i, .rst_ni,
    .dense_i,
    .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
    .job_valid_i(sdpe_valid), .job_ready_o(sdpe_ready), .job_i(sdpe_job),
    .result_valid_o, .result_ready_i, .result_o,
    .events_o, .flags_o, .idle_o,
    .reads_o, .conflicts_o,
    .parity_error_o, .parity_operand_o, .parity_addr_o
  );

endmodule : flaash_compute_stream
