// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_scheduler_demand: each job goes to one SDPE, once, unchanged; no requesting SDPE starves.

module flaash_formal_scheduler_demand
  import flaash_pkg::*;
#(
  parameter int unsigned NumSdpe = 3
) (
  input logic               clk_i,
  input logic               rst_ni,
  input logic               job_valid_i,
  input job_t               job_i,
  input logic [NumSdpe-1:0] sdpe_ready_i,
  input logic               mark_i
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

  flaash_scheduler_demand #(
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

  flaash_formal_order #(
    .Width($bits(job_t)),
    .Slots(1)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (taken),
    .push_data_i (job_i),
    .pop_i       (given != '0),
    .pop_data_i  (sdpe_job),
    .slot_valid_i(u_dut.target_q != '0),
    .slot_data_i (u_dut.job_q)
  );

  // An SDPE with an offered job has got it; one without it that is ready, requests.
  flaash_formal_turns #(
    .Ports(NumSdpe)
  ) u_turns (
    .clk_i,
    .rst_ni,
    .asks_i (NumSdpe == 1 ? '1 : sdpe_ready_i & ~sdpe_valid),
    .grant_i(taken ? u_dut.chosen : '0),
    .mask_i (u_dut.u_choice.mask_q)
  );

  // ------------------------------------------------------------------ properties
  OneOffer_A : assert property (@(posedge clk_i) disable iff (!rst_ni) $onehot0(sdpe_valid));
  // The grants that u_turns counts are those that the SDPEs see.
  logic [NumSdpe-1:0] chosen_q;
  logic               taken_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) taken_q <= 1'b0;
    else         taken_q <= taken;
  end

  always_ff @(posedge clk_i) begin
    chosen_q <= u_dut.chosen;
  end

  OfferFollows_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !taken_q || (sdpe_valid == chosen_q && $onehot(chosen_q)));
  Accepts_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      job_ready || (sdpe_valid & ~sdpe_ready_i) != '0 || (sdpe_ready_i & ~sdpe_valid) == '0);

endmodule : flaash_formal_scheduler_demand
