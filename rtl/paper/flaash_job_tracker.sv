// SPDX-License-Identifier: Apache-2.0
// Job tracker: remembers the jobs inside an SDPE and names the dot product whose products come next.
//
// Guarantees  name_o names the oldest dot product that has not ended: of a job, those with
//             b_id, b_id + 1, .. b_id + b_count - 1, then the next job's. empty_o: there is none.
// Demands     done_i once per dot product, in order; never while empty_o. AXI handshake rule.
// Latency     One cycle from an accepted job to its first name.
// Throughput  One dot product per cycle, also from one job to the next.
// Stalls      Accepts no job while Depth jobs are inside.
// Reset       Forgets all jobs.

`include "flaash_assert.svh"

module flaash_job_tracker
  import flaash_pkg::*;
#(
  parameter int unsigned Depth = 32  // jobs, a power of two, 2 or more
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  // jobs that begin
  input  logic      job_valid_i,
  output logic      job_ready_o,
  input  fibers_t   job_name_i,   // of its first dot product
  input  fiber_id_t job_count_i,  // its dot products, 1 or more
  // dot products that end
  input  logic      done_i,
  output fibers_t   name_o,
  output logic      empty_o
);

  typedef struct packed {
    fibers_t   name;
    fiber_id_t count;
  } run_t;

  // ---------------------------------------------------------------- jobs inside
  logic                   valid, run_ends;
  logic [$clog2(Depth):0] usage;
  run_t                   run;
  fibers_t                run_name;

  flaash_stream_fifo #(
    .Data (run_t),
    .Depth(Depth)
  ) u_jobs (
    .clk_i, .rst_ni,
    .in_valid_i (job_valid_i),
    .in_ready_o (job_ready_o),
    .in_data_i  ({job_name_i, job_count_i}),
    .out_valid_o(valid),
    .out_ready_i(done_i && run_ends),
    .out_data_o (run),
    .usage_o    (usage)
  );

  assign empty_o = usage == '0;

  // ---------------------------------------------------- how far the oldest one is
  fiber_id_t ended_q;  // its dot products that have ended

  assign run_name = run.name;
  assign run_ends = ended_q == run.count - 1'b1;

  always_comb begin
    name_o      = run_name;
    name_o.b_id = run_name.b_id + ended_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     ended_q <= '0;
    else if (done_i) ended_q <= run_ends ? '0 : ended_q + 1'b1;
  end

  // ----------------------------------------------------------------- properties
  `FLAASH_ASSERT(NameForEach_A, !done_i || valid, "a dot product ended that belongs to no job")
  `FLAASH_ASSERT(RunNotEmpty_A, !job_valid_i || job_count_i != '0, "a job without fibers of B")
  `FLAASH_COVER(Full_C, job_valid_i && !job_ready_o)
  `FLAASH_COVER(LongRunEnds_C, done_i && run_ends && ended_q != '0)
  `FLAASH_COVER(LastEndsAsNextBegins_C, done_i && run_ends && usage == 1 && job_valid_i && job_ready_o)

endmodule : flaash_job_tracker
