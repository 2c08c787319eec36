// SPDX-License-Identifier: Apache-2.0
// Edge back: controls a descriptor in the chip, from the contraction until the writer has the last result.
//
// Guarantees  A descriptor from the front takes a turn (open_o). It is contracted (start_i also orders the contraction
//             at the chip) or only reported (failed_i). close_o ends its turn after its result frame. Without a frame
//             (refused_o) close_o comes in the cycle after the hand-over. Errors of the turn, from outcome_i, appear at
//             fault_o. The next descriptor may start in the cycle of close_o: other modules write and complete the
//             results.
// Demands     start_i and failed_i only with ready_o, failed_i only with left_o. The chip begins in the cycle after
//             start_i, or not at all. The status of the other modules refers to the orders that they have received.
// Latency     One cycle from a state's end to the next state.
// Reset       Idle; kill_i does the same in every state.
//
//   idle -> start -> run -> idle, or start
//     ^-------+                           (no contraction took place)

`include "flaash_assert.svh"

module flaash_edge_back
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Buffers = 2  // of an operand, 1 or 2
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        kill_i,          // everything
  // the other half
  input  logic        start_i,         // pulse: contract
  input  logic        failed_i,        // pulse: report front_fault_i
  input  error_t      front_fault_i,
  output logic        ready_o,
  output logic        free_o,          // the chip has a buffer for the next operands
  output logic        left_o,          // no contraction is in the chip
  // the chip
  input  outcome_t    outcome_i,
  output logic        refused_o,       // pulse: no result frame comes
  // turns
  input  logic        turn_ready_i,
  output logic        open_o,          // pulse
  output error_t      fault_o,         // pulse
  output logic        close_o,         // pulse
  output logic        ran_o            // with it: there was a contraction
);

  typedef enum logic [1:0] {BackIdle, BackStart, BackRun} state_e;

  state_e state_q, state_d;

  // --------------------------------------------------------------------- faults
  always_comb begin
    fault_o = '0;
    if (failed_i) fault_o = front_fault_i;
    if (state_q != BackIdle) fault_o = outcome_i.error;
  end

  // -------------------------------------------------------------- state machine
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      BackIdle: if (start_i || failed_i) state_d = BackStart;
      BackStart: begin
        if (outcome_i.begins) state_d = BackRun;
        else                  state_d = BackIdle;
      end
      default: begin
        if (outcome_i.ended && start_i) state_d = BackStart;
        else if (outcome_i.ended)       state_d = BackIdle;
      end
    endcase
    if (kill_i) state_d = BackIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= BackIdle;
    else         state_q <= state_d;
  end

  // --------------------------------------------------------------------- orders
  assign ready_o   = (state_q == BackIdle || (state_q == BackRun && outcome_i.ended)) && turn_ready_i;
  assign left_o    = state_q == BackIdle;
  assign free_o    = Buffers == 2 || left_o;
  assign refused_o = state_q == BackStart && !outcome_i.begins;
  assign open_o    = (start_i || failed_i) && !kill_i;
  assign close_o   = (refused_o || (state_q == BackRun && outcome_i.ended)) && !kill_i;
  assign ran_o     = state_q == BackRun;

  logic unused_outcome;
  assign unused_outcome = outcome_i.done ^ outcome_i.expired;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(HandedOver_A, !(start_i || failed_i) || (ready_o && (start_i || left_o)), "a descriptor too early")
  `FLAASH_ASSERT(NoTrailerElsewhere_A, !outcome_i.ended || state_q == BackRun || kill_i || state_q == BackIdle,
                 "a result frame ended that nobody waited for")
  `FLAASH_COVER(RightBehind_C, start_i && close_o)
  `FLAASH_COVER(FailsWhileComputing_C, state_q == BackRun && fault_o.valid)

endmodule : flaash_edge_back
