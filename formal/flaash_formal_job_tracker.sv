// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_job_tracker: the dot products of all jobs are named in order, each once.
//
// A marked job stands for each of them. `ended_q` is the specification: how many dot products of the oldest job
// have ended.

module flaash_formal_job_tracker
  import flaash_pkg::*;
#(
  parameter int unsigned Depth = 4
) (
  input logic      clk_i,
  input logic      rst_ni,
  input logic      job_valid_i,
  input fibers_t   job_name_i,
  input fiber_id_t job_count_i,
  input logic      done_i,
  input logic      mark_i
);

  typedef struct packed {
    fibers_t   name;
    fiber_id_t count;
  } job_t;

  logic      job_ready, accepted, empty, ends;
  fibers_t   name, oldest;
  fiber_id_t ended_q;

  assign accepted = job_valid_i && job_ready;

  flaash_formal_producer #(
    .Width($bits(job_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(job_valid_i),
    .ready_i(job_ready),
    .data_i ({job_name_i, job_count_i})
  );

  Count_M : assume property (@(posedge clk_i) !job_valid_i || job_count_i != '0);
  Done_M : assume property (@(posedge clk_i) !done_i || u_order.inside_q != '0);

  flaash_job_tracker #(
    .Depth(Depth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o(job_ready),
    .job_name_i,
    .job_count_i,
    .done_i,
    .name_o     (name),
    .empty_o    (empty)
  );

  // ----------------------------------------------------------------- specification
  logic [Depth-1:0] valid;
  job_t [Depth-1:0] jobs;  // inside, the oldest first

  for (genvar i = 0; i < Depth; i++) begin : gen_job
    assign valid[i] = 32'(u_dut.usage) > i;
    assign jobs[i]  = u_dut.u_jobs.mem_q[$clog2(Depth)'(u_dut.u_jobs.rd_ptr_q + ($clog2(Depth) + 1)'(i))];
    // No job is empty, which makes the properties below inductive.
    Count_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !valid[i] || jobs[i].count != '0);
  end

  assign ends = done_i && ended_q == jobs[0].count - 1'b1;

  always_comb begin
    oldest      = name;
    oldest.b_id = name.b_id - ended_q;  // as its job was named
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     ended_q <= '0;
    else if (done_i) ended_q <= ends ? '0 : ended_q + 1'b1;
  end

  flaash_formal_order #(
    .Width($bits(job_t)),
    .Slots(Depth)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (accepted),
    .push_data_i ({job_name_i, job_count_i}),
    .pop_i       (ends),
    .pop_data_i  ({oldest, jobs[0].count}),
    .slot_valid_i(valid),
    .slot_data_i (jobs)
  );

  // ------------------------------------------------------------------------ outputs
  Named_A : assert property (@(posedge clk_i) disable iff (!rst_ni) empty || oldest == jobs[0].name);
  Empty_A : assert property (@(posedge clk_i) disable iff (!rst_ni) empty == (u_order.inside_q == '0));
  Accepts_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      job_ready == (32'(u_order.inside_q) < Depth));

  // Invariants for the induction: no more have ended than the oldest job has, and none without it.
  Ended_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.ended_q == ended_q && (empty ? ended_q == '0 : ended_q < jobs[0].count));

  Long_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      ends && jobs[0].count == 3 && valid[1] && jobs[1].name.b_id != '0 && accepted);
  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni) job_valid_i && !job_ready && ended_q != '0);

endmodule : flaash_formal_job_tracker
