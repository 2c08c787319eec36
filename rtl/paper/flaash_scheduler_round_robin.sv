// SPDX-License-Identifier: Apache-2.0
// Round-robin scheduler: job i goes to SDPE i mod NumSdpe, whether or not it is the best one.
//
// Guarantees  Every job accepted at job_* is offered to exactly one SDPE; the SDPEs take turns, in
//             order of their numbers. sdpe_job_o is for the SDPE whose sdpe_valid_o is high.
// Demands     The AXI handshake rule on both sides.
// Latency     None: a job is accepted in the cycle in which its SDPE takes it.
// Throughput  One job per cycle.
// Stalls      While the SDPE whose turn it is has no room, all SDPEs wait.
// Reset       The next job goes to SDPE 0. A new contraction goes on where the last one stopped.

`include "flaash_assert.svh"

module flaash_scheduler_round_robin
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

  // ---------------------------------------------------------------------- turn
  logic [NumSdpe-1:0] turn_q;  // one-hot

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= NumSdpe'(1);
    end else if (job_valid_i && job_ready_o) begin
      turn_q <= NumSdpe'({turn_q, turn_q} >> (NumSdpe - 1));
    end
  end

  // --------------------------------------------------------------------- offer
  assign sdpe_valid_o = job_valid_i ? turn_q : '0;
  assign job_ready_o  = (turn_q & sdpe_ready_i) != '0;
  assign sdpe_job_o   = job_i;

  // ---------------------------------------------------------------- properties
  for (genvar sdpe = 0; sdpe < NumSdpe; sdpe++) begin : gen_check
    `FLAASH_STREAM_CHECK(sdpe, sdpe_valid_o[sdpe], sdpe_ready_i[sdpe], sdpe_job_o, $bits(job_t))
  end
  `FLAASH_ASSERT(OneTurn_A, $onehot(turn_q), "not exactly one SDPE has its turn")
  `FLAASH_COVER(Waits_C, job_valid_i && !job_ready_o && sdpe_ready_i != '0)

endmodule : flaash_scheduler_round_robin
