// SPDX-License-Identifier: Apache-2.0
// Parity report: reports the flipped words that were used in all memories as one error with its place.
//
// Guarantees  error_o reports one fault of this cycle. Faults of computing (computing_i, tables) precede faults
//             of results that leave (leaving_i, result stores); the lowest index of each precedes the others.
//             lost_o: records that have not left the unloader may be wrong. While kill_i only faults of
//             leaving results are reported.
// Demands     A fault is reported one cycle after the word was used.
// Latency     None; combinational.

`include "flaash_assert.svh"

module flaash_parity_report
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned NumSources = 8,  // SDPEs and combiner, 1 to 65
  parameter int unsigned NumFaults  = 4   // 1 or more
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          kill_i,
  input  fault_t [NumFaults-1:0]        computing_i,  // of lines, fiber tables, ranks
  input  fault_t                        leaving_i,    // of leaves and nodes
  input  sdpe_events_t [NumSources-1:0] events_i,     // of the engines' own memories
  output error_t                        error_o,
  output logic                          lost_o
);

  fault_t       computing, leaving, chosen;
  sdpe_events_t events;

  always_comb begin
    computing = '0;
    leaving   = '0;
    events    = '0;
    for (int s = int'(NumSources) - 1; s >= 0; s--) begin
      events = events_i[s];
      if (events.table_parity)  computing = stored_fault(1'b1, 1'b0, PlaceTable, 24'(s));
      if (events.result_parity) leaving   = stored_fault(1'b1, 1'b0, PlaceResult, 24'(s));
    end
    for (int i = int'(NumFaults) - 1; i >= 0; i--) begin
      if (computing_i[i].valid) computing = computing_i[i];
    end
    if (leaving_i.valid) leaving = leaving_i;
    chosen = (computing.valid && !kill_i) ? computing : leaving;
  end

  assign lost_o  = leaving.valid;
  assign error_o = {chosen.valid, ErrParity, chosen[$bits(fault_t)-2:0]};

  // ----------------------------------------------------------------- properties
  `FLAASH_COVER(WhileStopping_C, lost_o && kill_i)

endmodule : flaash_parity_report
