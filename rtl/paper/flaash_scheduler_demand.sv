// SPDX-License-Identifier: Apache-2.0
// Demand-driven scheduler: the next job goes to an SDPE that asks, in turns among those.
//
// Guarantees  Every job accepted at job_* is offered to exactly one SDPE, and that offer stays
//             until it is taken. An SDPE that keeps asking gets one of the next NumSdpe jobs.
//             sdpe_job_o is for the SDPE whose sdpe_valid_o is high.
// Demands     An SDPE asks by sdpe_ready_i, so that must not wait for sdpe_valid_o. The AXI
//             handshake rule on both sides.
// Latency     One cycle from an accepted job to sdpe_valid_o.
// Throughput  One job per cycle while two or more SDPEs ask (one, if NumSdpe is 1). An SDPE is not chosen in the cycle
//             in which it accepts a job, as that job may take its last room. An SDPE that asks alone among several gets
//             a job every second cycle.
// Stalls      While no SDPE asks, no job is accepted.
// Reset       Forgets the job that is being offered.

`include "flaash_assert.svh"

module flaash_scheduler_demand
  import flaash_pkg::*;
#(
  parameter int unsigned NumSdpe = 4  // 1 to 64
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // job generator
  input  logic               job_valid_i,
  output logic               job_ready_o,
  input  job_t               job_i,
  // SDPEs
  output logic [NumSdpe-1:0] sdpe_valid_o,
  input  logic [NumSdpe-1:0] sdpe_ready_i,
  output job_t               sdpe_job_o
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_sdpes
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end


  // -------------------------------------------------------------------- choice
  logic [NumSdpe-1:0]    target_q;  // the SDPE that is offered job_q; zero: none
  logic [NumSdpe-1:0]    asking, chosen;
  logic                  offer_free, taken;

  assign offer_free = target_q == '0 || (target_q & sdpe_ready_i) != '0;
  // A single SDPE is also chosen in the cycle in which it accepts a job.
  assign asking     = (NumSdpe == 1) ? '1 : sdpe_ready_i & ~target_q;
  assign taken      = job_valid_i && job_ready_o;

  flaash_round_robin #(
    .NumPorts(NumSdpe)
  ) u_choice (
    .clk_i,
    .rst_ni,
    .request_i(asking),
    .accept_i (taken),
    .grant_o  (chosen),
    .index_o  ()
  );

  assign job_ready_o = offer_free && asking != '0;

  // --------------------------------------------------------------------- offer
  job_t job_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         target_q <= '0;
    else if (taken)      target_q <= chosen;
    else if (offer_free) target_q <= '0;
  end

  always_ff @(posedge clk_i) begin
    if (taken) job_q <= job_i;
  end

  assign sdpe_valid_o = target_q;
  assign sdpe_job_o   = job_q;

  // ---------------------------------------------------------------- properties
  for (genvar sdpe = 0; sdpe < NumSdpe; sdpe++) begin : gen_check
    `FLAASH_STREAM_CHECK(sdpe, sdpe_valid_o[sdpe], sdpe_ready_i[sdpe], sdpe_job_o, $bits(job_t))
  end
  `FLAASH_ASSERT(OneTarget_A, $onehot0(target_q), "a job is offered to more than one SDPE")
  `FLAASH_COVER(NoneAsks_C, job_valid_i && sdpe_ready_i == '0)

endmodule : flaash_scheduler_demand
