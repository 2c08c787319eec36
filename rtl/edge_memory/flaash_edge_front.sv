// SPDX-License-Identifier: Apache-2.0
// Edge front: loads both operands of a descriptor, then hands the descriptor over to flaash_edge_back.
//
// Guarantees  A descriptor is handed over (start_o or failed_o, with fault_o) when its operands are in the chip, or
//             when the load has failed. After a failure, the front first abandons an operand in progress, and all reads
//             (kill_o). A running contraction goes on. Operands are loaded from free_i on. When halted_i rises, the
//             descriptors in progress are dropped. kill_i fails a descriptor between take_o and the hand-over with its
//             cause. failed_o only with left_i. With late_i a descriptor fails, and the front does not wait for reads
//             without a response. kill_o stays from the end of the queue until the next soft reset.
// Demands     The status of the other modules refers to the orders that they have received. back_ready_i stays until
//             the hand-over. kill_i, except for a soft reset, ends the queue: halted_i follows.
// Latency     One cycle from a state's end to the next state.
// Reset       Idle; kill_i.all does the same in every state.
//
//   idle -> begin -> load (A and B) -> settle -> start -> idle, or begin
//    |        |        |                 |        |
//    +--------+--------+-----------------+--------+--> kill -> give -> idle

`include "flaash_assert.svh"

module flaash_edge_front
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_edge_pkg::*;
(
  input  logic           clk_i,
  input  logic           rst_ni,
  input  kill_t          kill_i,
  input  logic           halted_i,       // an earlier descriptor has ended the queue
  input  logic           late_i,         // level: the watchdog has ended the queue
  output logic           busy_o,
  output logic           kill_o,         // of all reads and their operands

  // the next descriptor
  input  logic           ahead_busy_i,   // a descriptor is being fetched, or is valid
  input  logic           next_valid_i,
  input  error_t         next_fault_i,   // it can't be used
  output logic           take_o,         // pulse
  // operands
  input  logic [1:0]     keep_i,         // the operand is not read, A in element 0
  input  logic [1:0]     kept_i,         // the chip has one that fits
  input  logic           free_i,         // the chip has a buffer for the operands
  input  logic           left_i,         // the contraction before has left the chip
  output logic [1:0]     load_o,         // pulse: hand it to the chip
  input  logic           loaded_i,       // nothing of any operand is left to hand on
  input  logic           loading_i,      // the chip is inside an operand
  input  error_t         load_fault_i,
  input  error_t         chip_fault_i,   // the chip's error of an operand
  input  logic           idle_i,         // no read is outstanding
  // the other half
  input  logic           back_ready_i,
  output logic           start_o,        // pulse: contract
  output logic           failed_o,       // pulse: report the error
  output error_t         fault_o
);

  typedef enum logic [2:0] {
    FrontIdle, FrontBegin, FrontLoad, FrontSettle, FrontStart, FrontKill, FrontGive
  } state_e;

  state_e      state_q, state_d;
  logic        entered_q;  // the first cycle of this state is over
  logic        loads, failed;
  error_t      fault_q, fault;  // the first; of this cycle, but for that of a descriptor that is taken

  // Operands are loaded once the chip has a buffer for them.
  assign loads = (state_q == FrontBegin && free_i) || state_q == FrontLoad || state_q == FrontSettle;

  // --------------------------------------------------------------------- faults
  // If several faults occur in one cycle, the last one counts.
  always_comb begin
    fault = '0;
    if (loads || state_q == FrontBegin || state_q == FrontStart) begin
      fault = {kill_i.valid, kill_i.cause, 32'd0};
    end
    if (loads && chip_fault_i.valid) fault = chip_fault_i;
    if (loads && load_fault_i.valid) fault = load_fault_i;
    if (state_q == FrontBegin && free_i && (keep_i & ~kept_i) != '0) begin
      fault = {1'b1, ErrNoOperand, 30'd0, keep_i & ~kept_i};
    end
    if (late_i && state_q != FrontIdle) fault = {1'b1, ErrWatchdog, 32'd0};
  end

  assign failed = fault_q.valid || fault.valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                          fault_q <= '0;
    else if (state_q == FrontIdle && !take_o)             fault_q <= '0;
    else if (take_o && (state_q == FrontIdle || !late_i)) fault_q <= next_fault_i;
    else if (!fault_q.valid || take_o || late_i)          fault_q <= fault;
  end

  // -------------------------------------------------------------- state machine
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      FrontIdle: begin
        if ((halted_i || kill_i.valid) && ahead_busy_i) state_d = FrontKill;
        else if (take_o && next_fault_i.valid)          state_d = FrontKill;
        else if (take_o)                                state_d = FrontBegin;
      end
      FrontBegin: begin
        if (halted_i || failed) state_d = FrontKill;
        else if (!free_i)       state_d = FrontBegin;
        else if (&keep_i)       state_d = FrontSettle;
        else                    state_d = FrontLoad;
      end
      FrontLoad: begin
        if (halted_i || failed) state_d = FrontKill;
        else if (loaded_i)      state_d = FrontSettle;
      end
      FrontSettle: begin
        if (halted_i || failed) state_d = FrontKill;
        else if (!loading_i)    state_d = FrontStart;
      end
      FrontStart: begin
        if (halted_i)                            state_d = FrontIdle;
        else if (fault_q.valid || kill_i.valid) state_d = FrontKill;
        else if (take_o && next_fault_i.valid)  state_d = FrontKill;
        else if (take_o)                        state_d = FrontBegin;
        else if (back_ready_i)                  state_d = FrontIdle;
      end
      FrontKill: if (entered_q && loaded_i && !loading_i && !kill_i.valid && (idle_i || late_i)) state_d = FrontGive;
      default:   if (halted_i || failed_o) state_d = FrontIdle;
    endcase
    if (kill_i.all) state_d = FrontIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= FrontIdle;
      entered_q <= 1'b0;
    end else begin
      state_q   <= state_d;
      entered_q <= state_d == state_q;
    end
  end

  // --------------------------------------------------------------------- orders
  logic gives;  // the hand-over takes place; with it the next descriptor is taken

  assign gives    = back_ready_i && !halted_i && !kill_i.valid;
  assign busy_o   = state_q != FrontIdle;
  assign take_o   = (state_q == FrontIdle || start_o) && next_valid_i && !halted_i && !kill_i.valid;
  // If this cycle fails, the operand is abandoned in the next one, before the chip has a part of it.
  assign load_o   = (state_q == FrontBegin && free_i && !kill_i.valid) ? ~keep_i : '0;
  assign kill_o   = kill_i.valid || halted_i || state_q == FrontKill || state_q == FrontGive;
  assign start_o  = state_q == FrontStart && gives && !fault_q.valid;
  assign failed_o = state_q == FrontGive && gives && left_i;
  assign fault_o  = fault_q;

  logic unused_kill;
  assign unused_kill = ^kill_i;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(LoadsAlone_A, load_o == '0 || !loading_i, "an operand is to be loaded while the chip is inside one")
  `FLAASH_ASSERT(HasFault_A, !failed_o || fault_q.valid, "a descriptor fails without an error")
  `FLAASH_ASSERT(OneWay_A, !(start_o && failed_o), "a descriptor is good and wrong")
  `FLAASH_COVER(AskedAhead_C, state_q == FrontBegin && !free_i)
  `FLAASH_COVER(LoadedAhead_C, state_q == FrontLoad && !left_i)
  `FLAASH_COVER(FailedAhead_C, state_q == FrontKill && !left_i)
  `FLAASH_COVER(GivenUp_C, halted_i && state_q == FrontLoad)
  `FLAASH_COVER(AbortedAtStart_C, state_q == FrontStart && kill_i.valid && !halted_i)

endmodule : flaash_edge_front
