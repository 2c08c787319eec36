// SPDX-License-Identifier: Apache-2.0
// Edge control: leads through a descriptor: fetch, both operands, contraction, results, completion record.
//
// Guarantees  One descriptor at a time. The first error of a descriptor ends it and is told by outcome_o with
//             finish_o; then its completion record was written, unless the memory refused that. An operand frame that
//             was begun is ended (cancel_o) and nothing is read any more (load_rst_no, cancel_o) before the record is
//             written.
// Demands     pending_i stays until finish_o. What the other modules say is about what they were told to do.
// Latency     One cycle from a state's end to the next state.
// Reset       Idle; resetting_i does the same, whatever is under way.
//
//   idle -> fetch -> begin -> load (A, B) -> settle -> start -> run -> flush -> record -> answer -> idle
//             |                |                |                                ^
//             +--- wrong ------|----------------|--------------------------------+
//                              +--> cancel -----+--------------------------------+

`include "flaash_assert.svh"

module flaash_edge_control
  import flaash_reg_pkg::*;
  import flaash_edge_pkg::*;
(
  input  logic           clk_i,
  input  logic           rst_ni,
  input  logic           resetting_i,
  input  logic           stopping_i,    // the chip ends what it does

  // ring
  input  logic           pending_i,
  input  edge_fault_t    ring_fault_i,
  output logic           busy_o,
  output logic           finish_o,      // pulse
  output edge_fault_t    outcome_o,     // in the cycle of finish_o, or an error of the ring at any time

  // descriptor
  output logic           fetch_o,       // reads the slot
  output logic           begin_o,       // pulse: ask for it
  input  logic           fetched_i,     // all of it has come, or is not to come any more
  input  edge_fault_t    fetch_fault_i,

  // operands
  output logic           load_o,        // pulse: make the frame of operand_o
  output logic           operand_o,
  input  logic           loaded_i,      // nothing of the frame is left to send
  input  logic           loading_i,     // the chip is inside a frame
  input  edge_fault_t    frame_fault_i,
  input  edge_fault_t    chip_fault_i,  // told by the chip
  output logic           cancel_o,
  output logic           load_rst_no,
  input  logic           quiet_i,       // no read is under way

  // commands to the chip
  output logic           set_o,         // pulse
  output logic           start_o,       // pulse, and a result buffer begins
  output logic           abort_o,       // pulse
  input  logic           commands_idle_i,
  input  logic           started_i,     // pulse: the chip has begun

  // results
  output logic           record_o,      // pulse: the completion record does
  output logic           send_o,        // pulse: here it is
  output edge_fault_t    record_fault_o,
  output logic           recording_o,   // it is being written
  output logic           drop_o,        // results are of no use any more
  output logic           flush_o,
  input  logic           trailer_i,     // pulse: the result frame has ended
  input  logic [7:0]     trailer_code_i,
  input  logic           written_i,     // all was written and answered
  input  edge_fault_t    write_fault_i, // pulse
  input  logic           full_i,        // results did not fit
  input  logic [31:0]    results_i      // there are
);

  typedef enum logic [3:0] {
    EdgeIdle, EdgeFetch, EdgeBegin, EdgeLoad, EdgeSettle, EdgeStart, EdgeRun, EdgeFlush, EdgeAbort, EdgeCancel,
    EdgeRecord, EdgeSend, EdgeFinish
  } state_e;

  state_e      state_q, state_d;
  logic        entered_q;  // the first cycle of this state is over
  logic        operand_q, cut_q, started_q, started, load_rst_nq, loads, failed;
  edge_fault_t fault_q, fault;  // the first; of this cycle

  assign loads   = state_q == EdgeBegin || state_q == EdgeLoad || state_q == EdgeSettle;
  assign started = started_q || started_i;

  // --------------------------------------------------------------------- faults
  // Of several in one cycle the last one counts.
  always_comb begin
    fault = '0;
    if (state_q == EdgeFetch && entered_q) fault = fetch_fault_i;
    if (loads && stopping_i) fault = {1'b1, 8'(ErrAborted), 32'd0};
    if (loads || state_q == EdgeRun) begin
      if (chip_fault_i.valid) fault = chip_fault_i;
    end
    if (loads && frame_fault_i.valid) fault = frame_fault_i;
    if (state_q == EdgeStart && entered_q && commands_idle_i && !started) fault = {1'b1, 8'(ErrStartBusy), 32'd0};
    if (state_q == EdgeRun && trailer_i && cut_q && !chip_fault_i.valid) fault = {1'b1, trailer_code_i, 32'd0};
    if (state_q == EdgeFlush && written_i && entered_q && full_i) fault = {1'b1, 8'(ErrResultFull), results_i};
    if (write_fault_i.valid) fault = write_fault_i;
  end

  assign failed = fault_q.valid || fault.valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                  fault_q <= '0;
    else if (state_q == EdgeIdle) fault_q <= '0;
    else if (!fault_q.valid)      fault_q <= fault;
  end

  // -------------------------------------------------------------- state machine
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      EdgeIdle:  if (pending_i && !ring_fault_i.valid) state_d = EdgeFetch;
      EdgeFetch: if (entered_q && fetched_i) begin
        if (failed) state_d = EdgeRecord;
        else state_d = EdgeBegin;
      end
      EdgeBegin: begin
        if (failed)                         state_d = EdgeAbort;
        else if (!loading_i && !stopping_i) state_d = EdgeLoad;
      end
      EdgeLoad: begin
        if (failed)                     state_d = EdgeAbort;
        else if (entered_q && loaded_i) state_d = EdgeSettle;
      end
      EdgeSettle: begin
        if (failed)                                            state_d = EdgeAbort;
        else if (!loading_i && !operand_q)                     state_d = EdgeBegin;
        else if (!loading_i && commands_idle_i)                state_d = EdgeStart;
      end
      EdgeStart:  if (entered_q && commands_idle_i) begin
        if (started) state_d = EdgeRun;
        else state_d = EdgeRecord;
      end
      EdgeRun:    if (trailer_i) state_d = EdgeFlush;
      EdgeFlush:  if (entered_q && written_i) state_d = EdgeRecord;
      EdgeAbort:  if (entered_q && commands_idle_i) state_d = EdgeCancel;
      EdgeCancel: if (entered_q && loaded_i && !loading_i && !stopping_i && quiet_i) state_d = EdgeRecord;
      EdgeRecord: state_d = EdgeSend;
      EdgeSend:   if (entered_q && written_i) state_d = EdgeFinish;
      default:    state_d = EdgeIdle;
    endcase
    if (resetting_i) state_d = EdgeIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= EdgeIdle;
      entered_q   <= 1'b0;
      operand_q   <= 1'b0;
      cut_q       <= 1'b0;
      started_q   <= 1'b0;
      load_rst_nq <= 1'b0;
    end else begin
      state_q     <= state_d;
      entered_q   <= state_d == state_q;
      started_q   <= state_q == EdgeStart && started;
      cut_q       <= state_q == EdgeRun && (cut_q || stopping_i);
      load_rst_nq <= !cancel_o;
      if (state_q == EdgeIdle) operand_q <= 1'b0;
      if (state_q == EdgeSettle && state_d == EdgeBegin) operand_q <= 1'b1;
    end
  end

  // -------------------------------------------------------------------- orders
  logic first;

  assign first       = !entered_q;
  assign busy_o      = state_q != EdgeIdle;
  assign finish_o    = state_q == EdgeFinish && !resetting_i;
  assign fetch_o     = state_q == EdgeFetch;
  assign begin_o     = state_q == EdgeFetch && first;
  assign set_o       = state_q == EdgeBegin && first && !operand_q;
  assign load_o      = state_q == EdgeLoad && first;
  assign operand_o   = operand_q;
  assign start_o     = state_q == EdgeStart && first;
  assign abort_o     = state_q == EdgeAbort && first;
  assign cancel_o    = state_q == EdgeCancel || resetting_i;
  assign load_rst_no = load_rst_nq;
  assign record_o    = state_q == EdgeRecord;
  assign recording_o = state_q == EdgeRecord || state_q == EdgeSend;
  assign record_fault_o = fault_q;
  assign send_o      = state_q == EdgeSend && first;
  assign drop_o      = fault_q.valid && !recording_o;
  assign flush_o     = (state_q == EdgeFlush || state_q == EdgeSend) && entered_q;

  always_comb begin
    outcome_o = '0;
    if (finish_o) outcome_o = fault_q;
    if (state_q == EdgeIdle && !resetting_i) outcome_o = ring_fault_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NoTrailerElsewhere_A, !trailer_i || state_q == EdgeRun || resetting_i || state_q == EdgeIdle,
                 "a result frame ended that nobody waited for")
  `FLAASH_COVER(FailsWhileComputing_C, state_q == EdgeRun && fault.valid)

endmodule : flaash_edge_control
