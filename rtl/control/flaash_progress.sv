// SPDX-License-Identifier: Apache-2.0
// Progress: knows when a contraction has computed, stored and delivered everything.
//
// Compares counts of work handed out and work returned, so that "done" does not depend on a guess from idle
// cycles.
//
// Guarantees  busy_o is high from the cycle after start_i until done_o. done_o is one cycle. By then every dot
//             product that was handed out has left its MAC. Every kept result lies in a result store, and every
//             source is idle. An idle source has read and discarded the rest of its longer fiber, so the operands may
//             be replaced. all_stored_o is high from the cycle after done until the next start, while no result is
//             left but those that are taken in this cycle. After kill_i no done_o follows; all_stored_o then waits
//             only for results stored before the stop.
// Demands     start_i only while not busy. kill_i stays until reset; dots_i and stored_i belong to the cycle before
//             the previous one. An idle source stays idle until dot products are handed out, and is then busy until
//             they are done. A result is stored before its source is idle.
// Latency     done_o comes with the last dots_i, or one cycle after idle_i, whichever comes later.

module flaash_progress
  import flaash_pkg::*;
#(
  parameter int unsigned SumWidth = 7  // bits of the per-cycle sums
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                start_i,
  input  logic                kill_i,
  input  logic                generating_i,   // the job generator is at work
  input  dispatch_t           dispatch_i,     // dot products are given out
  input  logic [SumWidth-1:0] dots_i,         // dot products that left their MACs
  input  logic [SumWidth-1:0] stored_i,       // results that entered a store
  input  logic                idle_i,         // all sources are idle
  input  taken_t              taken_i,        // results that were taken from the core
  output logic                busy_o,
  output logic                done_o,
  output logic                all_stored_o
);

  // 64 engines hold a few jobs of at most 2^FiberIdWidth dot products each. The resident machine hands out all dot
  // products of a contraction at once. The count is then modulo 2^CountWidth, and idle_i marks the end.
  localparam int unsigned CountWidth = FiberIdWidth + 10;

  logic [CountWidth-1:0] outstanding_q;  // dot products handed out and not done
  logic [CountWidth-1:0] waiting_q, waiting;  // results stored and not taken
  logic [MaxTaken:0]     left_q;         // one bit: waiting_q is this number. taken_i comes late and only chooses
  logic                  busy_q, started_q;
  logic [1:0]            stopped_q;      // bit 1: stored_i belongs to a cycle in a stop
  logic                  idle_q;         // aligned with outstanding_q and dots_i

  assign done_o       = busy_q && !started_q && !generating_i && idle_q && !kill_i
                        && outstanding_q == CountWidth'(dots_i);
  assign busy_o       = busy_q;
  assign all_stored_o = (!busy_q || stopped_q[1]) && left_q[taken_i];
  assign waiting      = waiting_q + (stopped_q[1] ? '0 : CountWidth'(stored_i)) - CountWidth'(taken_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      outstanding_q <= '0;
      waiting_q     <= '0;
      left_q        <= (MaxTaken + 1)'(1);
      busy_q        <= 1'b0;
      started_q     <= 1'b0;
      stopped_q     <= '0;
      idle_q        <= 1'b0;
    end else begin
      // The generator raises generating_i one cycle after the start.
      started_q <= start_i;
      stopped_q <= {stopped_q[0], kill_i};
      idle_q    <= idle_i;
      if (start_i)     busy_q <= 1'b1;
      else if (done_o) busy_q <= 1'b0;
      outstanding_q <= outstanding_q + (dispatch_i.job ? CountWidth'(dispatch_i.dots) : '0) - CountWidth'(dots_i);
      waiting_q     <= waiting;
      for (int i = 0; i <= MaxTaken; i++) left_q[i] <= waiting == CountWidth'(i);
    end
  end


endmodule : flaash_progress
