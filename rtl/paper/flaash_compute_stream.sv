// SPDX-License-Identifier: Apache-2.0
// Compute, streaming: job generator, scheduler and SDPEs that each stream both fibers.
//
// This is the structure of the paper. Every SDPE has two private read ports, and reads the fiber of A again for each
// fiber of B.
//
// Guarantees  After start_i, each pair of a fiber of A and a fiber of B yields one dot product. Its result leaves once
//             at result_*, unless it is dropped as zero. dispatch_o reports whenever dot products are given out; busy_o
//             holds while more will be. With long_lines above 0 (settings_i), long jobs come first, as
//             flaash_job_generator says. idle_o of all SDPEs at once, after the last dot product: nothing is read or
//             computed any more. Dot products are never split: portion_length has no effect.
//             SDPE s reads through memory ports 2s (A) and 2s+1 (B).
// Demands     Operands are complete. They and settings_i stay from start_i until the last result. Tables are
//             synchronous RAMs; the memory responds in order per port.
// Errors      After a wrong response of a table that counts, fault_o reports it and no job is given out; busy_o stays
//             until reset. events_o reports results with a flipped bit.
// Reset       Drops everything. The memory must drop outstanding reads, too.

`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_compute_stream
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,       // Format*
  parameter int unsigned NumSdpe     = 8,                // 1 to 64
  parameter int unsigned Lanes       = 4,                // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,               // 1 to 32
  parameter int unsigned MemLatency  = 2,                // cycles, 1 or more
  parameter int unsigned Parity      = 1,                // a parity bit per stored result, 0 or 1
  parameter int unsigned Scheduler   = SchedulerDemand,  // Scheduler*
  parameter int unsigned ResultDepth = 512,              // a power of two
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = read_ports(EngineMerge, NumSdpe, 1),
  localparam int unsigned NumSources = NumSdpe
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  // the contraction
  input  logic                               start_i,
  input  settings_t                          settings_i,
  input  logic                               one_column_i,  // ignored
  output logic                               spread_o,
  input  desc_t [1:0]                        desc_i,     // A in element 0
  input  line_written_t [1:0]                written_i,  // ignored; flaash_compute_resident has the same ports
  output logic                               busy_o,
  output dispatch_t                          dispatch_o,
  // fiber tables of the operands
  output fiber_id_t [1:0]                    table_addr_o,
  output logic                               table_next_o,  // of the operands of desc_i, else of the contraction's
  input  table_rsp_t [1:0]                   table_i,
  // tensor memory
  output logic [NumPorts-1:0]                req_valid_o,
  input  logic [NumPorts-1:0]                req_ready_i,
  output line_id_t [NumPorts-1:0]            req_o,
  input  logic [NumPorts-1:0]                rsp_valid_i,
  input  logic [NumPorts-1:0][LineWidth-1:0] rsp_data_i,
  // results, per source
  output logic [NumSources-1:0]              result_valid_o,
  input  logic [NumSources-1:0]              result_ready_i,
  output result_t [NumSources-1:0]           result_o,
  // what happened in this cycle
  output sdpe_events_t [NumSources-1:0]      events_o,
  output logic [NumSources-1:0]              idle_o,
  output fault_t                             fault_o     // in the cycle before
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end

  // ----------------------------------------------------------------- jobs to engines
  logic               job_valid, job_ready, visit;
  job_t               job, sdpe_job;
  logic [NumSdpe-1:0] sdpe_valid, sdpe_ready;

  assign dispatch_o.job     = job_valid && job_ready;
  assign dispatch_o.dots    = dots_t'(job.b_count);
  assign dispatch_o.portion = 1'b0;
  assign dispatch_o.visit   = visit;

  flaash_job_generator u_job_generator (
    .clk_i, .rst_ni,
    .start_i, .run_length_i(settings_i.run_length), .long_lines_i(settings_i.long_lines),
    .fibers_i({desc_i[1].fibers, desc_i[0].fibers}),
    .busy_o, .visit_o(visit),
    .table_addr_o, .table_i, .fault_o,
    .job_valid_o(job_valid), .job_ready_i(job_ready), .job_o(job)
  );

  logic unused_inputs;

  assign unused_inputs = ^{written_i, desc_i, one_column_i, settings_i.portion_length};
  assign spread_o      = 1'b0;
  assign table_next_o  = 1'b0;

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
  // Lines that a loader holds or has requested. They cover the memory's round trip, a wait for a grant, and one line in
  // each register.
  localparam int unsigned LoaderDepth = 2 ** $clog2(MemLatency + 4);

  for (genvar s = 0; s < int'(NumSdpe); s++) begin : gen_sdpe
    line_addr_t [1:0] addr;  // of A, of B

    for (genvar o = 0; o < 2; o++) begin : gen_operand
      assign req_o[2*s+o].operand = 1'(o);
      assign req_o[2*s+o].addr    = addr[o];
    end

    flaash_sdpe #(
      .Format     (Format),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .LoaderDepth(LoaderDepth),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_sdpe (
      .clk_i, .rst_ni,
      .dense_i(settings_i.dense), .finish_i(settings_i.finish),
      .job_valid_i(sdpe_valid[s]), .job_ready_o(sdpe_ready[s]), .job_i(sdpe_job),
      .req_valid_o(req_valid_o[2*s +: 2]), .req_ready_i(req_ready_i[2*s +: 2]), .req_addr_o(addr),
      .rsp_valid_i(rsp_valid_i[2*s +: 2]), .rsp_data_i(rsp_data_i[2*s +: 2]),
      .result_valid_o(result_valid_o[s]), .result_ready_i(result_ready_i[s]), .result_o(result_o[s]),
      .events_o(events_o[s]), .idle_o(idle_o[s])
    );
  end

  // --------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneJobOneEngine_A, $onehot0(sdpe_valid), "a job offered to two engines")

endmodule : flaash_compute_stream
