// SPDX-License-Identifier: Apache-2.0
// Edge back: leads a descriptor through the chip: contraction, until the last result is with the writer.
//
// Guarantees  A descriptor that was handed over takes a turn (open_o) and is contracted (start_i orders it at the chip,
//             too) or only told of (failed_i); close_o ends its turn when its result frame has ended. What goes wrong
//             with it meanwhile comes at fault_o. In that cycle the next one may be started: others write and complete
//             its results.
// Demands     start_i and failed_i only with ready_o, failed_i only with left_o. The chip begins in the cycle behind
//             start_i, or not at all. What the other modules say is about what they were told to do.
// Latency     One cycle from a state's end to the next state.
// Reset       Idle; resetting_i does the same, whatever is under way.
//
//   idle -> start -> run -> idle
//     |       +---> close ---^      (no contraction took place)
//     +---------------^

`include "flaash_assert.svh"

module flaash_edge_back
  import flaash_reg_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Buffers = 2  // of an operand, 1 or 2
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        resetting_i,
  input  logic        stopping_i,      // the chip ends what it does
  // the other half
  input  logic        start_i,         // pulse: contract
  input  logic        failed_i,        // pulse: tell front_fault_i
  input  error_t      front_fault_i,
  output logic        ready_o,
  output logic        free_o,          // the chip has a buffer for the next operands
  output logic        left_o,          // no contraction is in the chip
  // the chip
  input  logic        started_i,       // pulse: the chip has begun
  input  error_t      chip_fault_i,    // told by the chip about the contraction
  // results
  input  logic        ended_i,         // pulse: the result frame has ended
  input  error_e      trailer_code_i,  // with it
  output logic        refused_o,       // pulse: no result frame comes
  // turns
  input  logic        turn_ready_i,
  output logic        open_o,          // pulse
  output error_t      fault_o,         // pulse
  output logic        close_o,         // pulse
  output logic        ran_o            // with it: there was a contraction
);

  typedef enum logic [1:0] {BackIdle, BackStart, BackRun, BackClose} state_e;

  state_e state_q, state_d;
  logic   cut_q, refused;

  // A stop does not cut short what had been computed before; its trailer may tell of another error then.
  logic cut_short;

  assign cut_short = cut_q && (trailer_code_i == ErrAborted || trailer_code_i == ErrWatchdog
                               || trailer_code_i == ErrParity);
  assign refused = state_q == BackStart && !started_i;

  // --------------------------------------------------------------------- faults
  // Of several in one cycle the last one counts.
  always_comb begin
    fault_o = '0;
    if (failed_i) fault_o = front_fault_i;
    if (state_q == BackRun && chip_fault_i.valid) fault_o = chip_fault_i;
    if (refused) fault_o = {1'b1, stopping_i ? ErrAborted : ErrStartBusy, 32'd0};
    if (state_q == BackRun && ended_i && cut_short && !chip_fault_i.valid) begin
      fault_o = {1'b1, trailer_code_i, 32'd0};
    end
  end

  // -------------------------------------------------------------- state machine
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      BackIdle: begin
        if (start_i)       state_d = BackStart;
        else if (failed_i) state_d = BackClose;
      end
      BackStart: begin
        if (started_i) state_d = BackRun;
        else           state_d = BackClose;
      end
      BackRun: begin
        if (ended_i && start_i) state_d = BackStart;
        else if (ended_i)       state_d = BackIdle;
      end
      default: state_d = BackIdle;
    endcase
    if (resetting_i) state_d = BackIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= BackIdle;
      cut_q   <= 1'b0;
    end else begin
      state_q <= state_d;
      cut_q   <= state_q == BackRun && (cut_q || stopping_i);
    end
  end

  // --------------------------------------------------------------------- orders
  assign ready_o   = (state_q == BackIdle || (state_q == BackRun && ended_i)) && turn_ready_i;
  assign left_o    = state_q != BackStart && state_q != BackRun;
  assign free_o    = Buffers == 2 || left_o;
  assign refused_o = refused;
  assign open_o    = (start_i || failed_i) && !resetting_i;
  assign close_o   = (state_q == BackClose || (state_q == BackRun && ended_i)) && !resetting_i;
  assign ran_o     = state_q == BackRun;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(HandedOver_A, !(start_i || failed_i) || (ready_o && (start_i || left_o)), "a descriptor too early")
  `FLAASH_ASSERT(NoTrailerElsewhere_A, !ended_i || state_q == BackRun || resetting_i || state_q == BackIdle,
                 "a result frame ended that nobody waited for")
  `FLAASH_COVER(RightBehind_C, start_i && close_o)
  `FLAASH_COVER(FailsWhileComputing_C, state_q == BackRun && fault_o.valid)

endmodule : flaash_edge_back
