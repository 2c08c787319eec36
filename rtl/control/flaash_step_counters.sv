// SPDX-License-Identifier: Apache-2.0
// Step counters: count the steps of each SDPE, so that the balance of the machine can be read.
//
// Guarantees  steps_o is the number of steps of SDPE select_i since the last start_i, modulo 2**32; 0 for an SDPE
//             that does not exist.
// Demands     Nothing.
// Latency     One cycle from an event to its counter, one from counter and select_i to steps_o.
// Reset       All counters are 0.

`include "flaash_assert.svh"

module flaash_step_counters
  import flaash_pkg::*;
#(
  parameter int unsigned NumSdpe = 8  // 1 to 64
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       start_i,   // of a contraction
  input  sdpe_events_t [NumSdpe-1:0] events_i,
  input  logic [5:0]                 select_i,
  output logic [31:0]                steps_o
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end

  // ------------------------------------------------------------------- counting
  logic [NumSdpe-1:0][31:0] counts_q;

  for (genvar s = 0; s < int'(NumSdpe); s++) begin : gen_counter
    sdpe_events_t events;
    logic         unused_events;

    assign events        = events_i[s];
    assign unused_events = ^events;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)          counts_q[s] <= '0;
      else if (start_i)     counts_q[s] <= '0;
      else if (events.step) counts_q[s] <= counts_q[s] + 1'b1;
    end
  end

  // -------------------------------------------------------------------- reading
  logic [31:0] chosen;

  always_comb begin
    chosen = '0;
    for (int unsigned s = 0; s < NumSdpe; s++) begin
      if (select_i == 6'(s)) chosen = counts_q[s];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) steps_o <= '0;
    else         steps_o <= chosen;
  end

endmodule : flaash_step_counters
