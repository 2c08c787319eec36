// SPDX-License-Identifier: Apache-2.0
// Line watch: observes the lines that an intersection consumes, and reports its stalls and when
// all fibers have gone through. It is passive.
//
// Guarantees  waiting_o while a fiber of an accepted job has lines that were not taken yet. In such a cycle stall_a_o
//             if the intersection lacks a line of A, stall_b_o if it lacks only a line of B.
// Demands     As many fibers of A as of B, as many as jobs announced. Neither operand ends a second fiber while the
//             other one has not ended the first.
// Latency     An accepted job counts from the next cycle on; the outputs are combinational.
// Reset       Forgets all fibers.

`include "flaash_assert.svh"

module flaash_line_watch
  import flaash_pkg::*;
#(
  parameter int unsigned Jobs = 32  // jobs that are inside at the same time, most
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       job_i,         // a job begins: job_fibers_i pairs of fibers will come
  input  fiber_id_t  job_fibers_i,
  // lines into the intersection, of A in element 0
  input  logic [1:0] valid_i,
  input  logic [1:0] ready_i,
  input  logic [1:0] last_i,        // the line ends a fiber
  output logic       waiting_o,
  output logic       stall_a_o,
  output logic       stall_b_o
);

  localparam int unsigned CountWidth = FiberIdWidth + $clog2(Jobs + 1);

  // ------------------------------------------------------- fibers still to come
  logic                  a_ends, b_ends;
  logic [CountWidth-1:0] open_q;              // pairs of which A has not ended
  logic                  a_owed_q, b_owed_q;  // of the current pair, only the other one has ended

  assign {b_ends, a_ends} = valid_i & ready_i & last_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q   <= '0;
      a_owed_q <= 1'b0;
      b_owed_q <= 1'b0;
    end else begin
      open_q   <= open_q + (job_i ? CountWidth'(job_fibers_i) : '0) - CountWidth'(a_ends);
      a_owed_q <= a_owed_q ? !a_ends : b_ends && !a_ends && !b_owed_q;
      b_owed_q <= b_owed_q ? !b_ends : a_ends && !b_ends && !a_owed_q;
    end
  end

  assign waiting_o = open_q != '0 || b_owed_q;

  // -------------------------------------------------------------------- stalls
  // The rest of one fiber needs no line of the other.
  logic lacks_a, lacks_b;

  assign lacks_a   = !valid_i[0] && !b_owed_q;
  assign lacks_b   = !valid_i[1] && !a_owed_q;
  assign stall_a_o = waiting_o && lacks_a;
  assign stall_b_o = waiting_o && lacks_b && !lacks_a;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Announced_A, !a_ends || open_q != '0, "a fiber that no job announced")
  `FLAASH_ASSERT(OneOwed_A, !(a_owed_q && b_owed_q), "both fibers of a pair ended first")
  `FLAASH_COVER(RestOfALacksLine_C, a_owed_q && stall_a_o)
  `FLAASH_COVER(RestOfBLacksLine_C, b_owed_q && stall_b_o)

endmodule : flaash_line_watch
