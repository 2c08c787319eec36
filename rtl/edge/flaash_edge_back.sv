// SPDX-License-Identifier: Apache-2.0
// Edge back: leads through the second half of a descriptor: contraction, results, completion record.
//
// Guarantees  A descriptor that was handed over is contracted (start_i) or only told of (failed_i); then its
//             completion record is written, unless the memory refuses that, and finish_o comes with the first error
//             in outcome_o. From the error on failing_o is high.
// Demands     start_i and failed_i only with ready_o. What the other modules say is about what they were told to do.
// Latency     One cycle from a state's end to the next state.
// Reset       Idle; resetting_i does the same, whatever is under way.
//
//   idle -> start -> run -> flush -> record -> send -> finish -> idle
//     +------------------------------^

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
  input  logic        failed_i,        // pulse: tell fault_i
  input  edge_fault_t fault_i,
  output logic        ready_o,
  output logic        free_o,          // the chip has a buffer for the next operands
  output logic        left_o,          // no contraction is in the chip
  output logic        failing_o,       // this descriptor ends the queue
  // ring
  input  edge_fault_t ring_fault_i,    // while nothing else is to be done
  output logic        finish_o,        // pulse
  output edge_fault_t outcome_o,       // in the cycle of finish_o, or an error of the ring
  // the chip
  output logic        start_o,         // pulse, and a result buffer begins
  input  logic        commands_idle_i,
  input  logic        started_i,       // pulse: the chip has begun
  input  edge_fault_t chip_fault_i,    // told by the chip about the contraction
  // results
  output logic        record_o,        // pulse: the completion record begins
  output logic        send_o,          // pulse: here it is
  output edge_fault_t record_fault_o,
  output logic        recording_o,     // it is being written
  output logic        drop_o,          // results are of no use any more
  output logic        flush_o,
  input  logic        trailer_i,       // pulse: the result frame has ended
  input  logic [7:0]  trailer_code_i,
  input  logic        written_i,       // all was written and answered
  input  edge_fault_t write_fault_i,   // pulse
  input  logic        full_i,          // results did not fit
  input  logic [31:0] results_i        // there are
);

  typedef enum logic [2:0] {
    BackIdle, BackStart, BackRun, BackFlush, BackRecord, BackSend, BackFinish
  } state_e;

  state_e      state_q, state_d;
  logic        entered_q;  // the first cycle of this state is over
  logic        cut_q, started_q, started, first;
  edge_fault_t fault_q, fault;  // the first; of this cycle

  // A stop does not cut short what had been computed before; its trailer may tell of another error then.
  logic cut_short;

  assign cut_short = cut_q && (trailer_code_i == 8'(ErrAborted) || trailer_code_i == 8'(ErrWatchdog)
                               || trailer_code_i == 8'(ErrParity));
  assign started = started_q || started_i;
  assign first   = !entered_q;

  // --------------------------------------------------------------------- faults
  // Of several in one cycle the last one counts.
  always_comb begin
    fault = '0;
    if (failed_i) fault = fault_i;
    if (state_q == BackRun && chip_fault_i.valid) fault = chip_fault_i;
    if (state_q == BackStart && entered_q && commands_idle_i && !started) fault = {1'b1, 8'(ErrStartBusy), 32'd0};
    if (state_q == BackRun && trailer_i && cut_short && !chip_fault_i.valid) fault = {1'b1, trailer_code_i, 32'd0};
    if (state_q == BackFlush && written_i && entered_q && full_i) fault = {1'b1, 8'(ErrResultFull), results_i};
    if (write_fault_i.valid) fault = write_fault_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                               fault_q <= '0;
    else if (resetting_i)                      fault_q <= '0;
    else if (state_q == BackIdle && !failed_i) fault_q <= '0;
    else if (!fault_q.valid)                   fault_q <= fault;
  end

  // -------------------------------------------------------------- state machine
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      BackIdle: begin
        if (start_i)       state_d = BackStart;
        else if (failed_i) state_d = BackRecord;
      end
      BackStart: if (entered_q && commands_idle_i) begin
        if (started) state_d = BackRun;
        else         state_d = BackRecord;
      end
      BackRun:    if (trailer_i) state_d = BackFlush;
      BackFlush:  if (entered_q && written_i) state_d = BackRecord;
      BackRecord: state_d = BackSend;
      BackSend:   if (entered_q && written_i) state_d = BackFinish;
      default:    state_d = BackIdle;
    endcase
    if (resetting_i) state_d = BackIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= BackIdle;
      entered_q <= 1'b0;
      started_q <= 1'b0;
      cut_q     <= 1'b0;
    end else begin
      state_q   <= state_d;
      entered_q <= state_d == state_q;
      started_q <= state_q == BackStart && started;
      cut_q     <= state_q == BackRun && (cut_q || stopping_i);
    end
  end

  // --------------------------------------------------------------------- orders
  assign ready_o        = state_q == BackIdle;
  assign left_o         = state_q != BackStart && state_q != BackRun;
  assign free_o         = (Buffers == 1) ? left_o : state_q != BackStart;
  assign failing_o      = fault_q.valid;
  assign finish_o       = state_q == BackFinish && !resetting_i;
  assign start_o        = state_q == BackStart && first;
  assign record_o       = state_q == BackRecord;
  assign recording_o    = state_q == BackRecord || state_q == BackSend;
  assign record_fault_o = fault_q;
  assign send_o         = state_q == BackSend && first;
  assign drop_o         = fault_q.valid && !recording_o;
  assign flush_o        = (state_q == BackFlush || state_q == BackSend) && entered_q;

  always_comb begin
    outcome_o = '0;
    if (finish_o) outcome_o = fault_q;
    if (state_q == BackIdle && !resetting_i) outcome_o = ring_fault_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(HandedOver_A, !(start_i || failed_i) || ready_o, "a descriptor too early")
  `FLAASH_ASSERT(NoTrailerElsewhere_A, !trailer_i || state_q == BackRun || resetting_i || state_q == BackIdle,
                 "a result frame ended that nobody waited for")
  `FLAASH_COVER(FailsWhileComputing_C, state_q == BackRun && fault.valid)

endmodule : flaash_edge_back
