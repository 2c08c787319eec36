// SPDX-License-Identifier: Apache-2.0
// Result gate: lets results pass from the stores to the network; after a stop only those that were
// complete before it.
//
// Guarantees  Without kill_i a wire. Results that were stored (stored_i) before the first cycle of kill_i pass, in
//             order; no later result passes. A beat that is offered stays.
// Demands     The stores keep the order; stored_i in the cycle in which a result enters. Once kill_i is
//             high it stays until reset. A store holds fewer than 2**CountWidth - 1 results.
// Latency     None.
// Reset       The stores are empty.

`include "flaash_assert.svh"

module flaash_result_gate #(
  parameter int unsigned NumSources = 8,  // SDPEs and combiner, 1 to 65
  parameter int unsigned CountWidth = 10  // bits of the number of results in a store
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               kill_i,
  input  logic [NumSources-1:0] stored_i,
  input  logic [NumSources-1:0] in_valid_i,
  output logic [NumSources-1:0] in_ready_o,
  output logic [NumSources-1:0] out_valid_o,
  input  logic [NumSources-1:0] out_ready_i
);

  if (NumSources < 1 || NumSources > 65) begin : gen_illegal_sources
    `FLAASH_ILLEGAL("NumSources must be 1 to 65")
  end

  logic [NumSources-1:0] complete;  // the next result was stored before the stop

  for (genvar s = 0; s < int'(NumSources); s++) begin : gen_count
    logic [CountWidth-1:0] inside_q;  // results in the store, after a stop those that may pass

    assign complete[s] = inside_q != '0;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) inside_q <= '0;
      else inside_q <= inside_q + CountWidth'(stored_i[s] && !kill_i)
                                - CountWidth'(out_valid_o[s] && out_ready_i[s]);
    end

    `FLAASH_STREAM_CHECK(out, out_valid_o[s], out_ready_i[s], 1'b0, 1)  // no payload passes here
    `FLAASH_ASSERT(Stored_A, !in_valid_i[s] || kill_i || complete[s], "a result that was never stored")
    `FLAASH_ASSERT(CountFits_A, inside_q != '1, "more results in a store than can be counted")
    `FLAASH_COVER(MostThatCount_C, inside_q == '1 - 1'b1)
  end

  assign out_valid_o = in_valid_i & (kill_i ? complete : '1);
  assign in_ready_o  = out_ready_i & (kill_i ? complete : '1);

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(HeldBack_C, (in_valid_i & ~out_valid_o) != '0)
  `FLAASH_COVER(LeavesAfterStop_C, kill_i && (out_valid_o & out_ready_i) != '0)

endmodule : flaash_result_gate
