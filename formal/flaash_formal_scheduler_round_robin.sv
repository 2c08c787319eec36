// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_scheduler_round_robin: each job goes to one SDPE, once, unchanged, in turns.

module flaash_formal_scheduler_round_robin
  import flaash_pkg::*;
#(
  parameter int unsigned NumSdpe = 3
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               job_valid_i,
  input job_t               job_i,
  input logic [NumSdpe-1:0] sdpe_ready_i
);

  logic               job_ready, taken;
  logic [NumSdpe-1:0] sdpe_valid, given;
  job_t               sdpe_job;

  assign taken = job_valid_i && job_ready;
  assign given = sdpe_valid & sdpe_ready_i;

  flaash_formal_producer #(
    .Width($bits(job_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(job_valid_i),
    .ready_i(job_ready),
    .data_i (job_i)
  );

  flaash_scheduler_round_robin #(
    .NumSdpe(NumSdpe)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o (job_ready),
    .job_i,
    .sdpe_valid_o(sdpe_valid),
    .sdpe_ready_i,
    .sdpe_job_o  (sdpe_job)
  );

  // ------------------------------------------------------------------------- turn
  localparam int unsigned TurnWidth = $clog2(NumSdpe + 1);
  logic [TurnWidth-1:0] turn_q;  // jobs accepted since the reset, modulo NumSdpe

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    turn_q <= '0;
    else if (taken) turn_q <= (32'(turn_q) == NumSdpe - 1) ? '0 : turn_q + 1'b1;
  end

  // ------------------------------------------------------------------ properties
  // A job is accepted in the cycle in which exactly one SDPE accepts it.
  ExactlyOne_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      given == (taken ? NumSdpe'(1) << turn_q : '0));
  Unchanged_A : assert property (@(posedge clk_i) disable iff (!rst_ni) given == '0 || sdpe_job == job_i);
  Offered_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      sdpe_valid == (job_valid_i ? NumSdpe'(1) << turn_q : '0));
  InTurn_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.turn_q == NumSdpe'(1) << turn_q);
  LastOne_C : cover property (@(posedge clk_i) disable iff (!rst_ni) given[NumSdpe-1]);

endmodule : flaash_formal_scheduler_round_robin
