// SPDX-License-Identifier: Apache-2.0
// Soft reset: ends the visible transfers by their rules, then resets the core; the same for an abort.
//
// Guarantees  After request_i, kill_o says what ends, and why. The unloader ends its frame, and the interface holds
//             back operands. Once the unloader has no frame open, core_rst_no falls for ResetCycles cycles. With a
//             soft reset store_rst_no falls, too; an abort keeps the operands. A soft reset ends only after a cycle
//             with idle_i, in every state in which it was requested. Both resets come from registers, so they have no
//             glitches; they are low during rst_ni and rise with the first clock edge after it. A soft reset replaces
//             an abort; an abort during either is ignored. kill_o keeps the cause of the request that it follows.
// Demands     unloader_idle_i comes in finite time, as long as the host accepts its beats. While kill_o.all,
//             idle_i comes in finite time. No request in the first cycle after rst_ni.
// Latency     ResetCycles + 3 cycles from the request to the end, if no frame is open and idle_i is high.
// Reset       rst_ni resets the core with everything else.
//
//   request_i                _|1|___________________________
//   kill_o.valid             ___|11111111111111111111111|___
//   unloader_idle_i          111|______|1111111111111111111   (a frame was open)
//   idle_i, if kill_o.all    111|______________|11111111111   (the interface had outstanding bursts)
//   core_rst_no              1111111111111|__________|111111

`include "flaash_assert.svh"

module flaash_soft_reset
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned ResetCycles = 4  // cycles that the core stays in reset, 1 to 255
) (
  input  logic  clk_i,
  input  logic  rst_ni,
  input  kill_t request_i,        // a cycle long
  input  logic  unloader_idle_i,  // no result frame is open
  input  logic  idle_i,           // while kill_o.all: the interface has ended its transfers, and begins none
  output kill_t kill_o,
  output logic  core_rst_no,      // everything but the operand stores
  output logic  store_rst_no
);

  if (ResetCycles < 1 || ResetCycles > 255) begin : gen_illegal_cycles
    `FLAASH_ILLEGAL("ResetCycles must be 1 to 255")
  end

  typedef enum logic [1:0] {SoftIdle, SoftDrain, SoftReset} state_e;

  state_e     state_q;
  logic       all_q;  // reset the operands, too
  logic       cut_q;
  error_e     cause_q;
  logic [7:0] left_q;
  logic       core_rst_nq, store_rst_nq;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= SoftIdle;
      all_q        <= 1'b1;
      cut_q        <= 1'b0;
      cause_q      <= ErrNone;
      left_q       <= '0;
      core_rst_nq  <= 1'b0;
      store_rst_nq <= 1'b0;
    end else begin
      if (request_i.all) begin
        all_q   <= 1'b1;
        cause_q <= request_i.cause;
      end
      unique case (state_q)
        SoftIdle: begin
          core_rst_nq  <= 1'b1;
          store_rst_nq <= 1'b1;
          if (request_i.valid) begin
            state_q <= SoftDrain;
            all_q   <= request_i.all;
            cut_q   <= request_i.cut;
            cause_q <= request_i.cause;
          end
        end
        SoftDrain: if (unloader_idle_i) begin
          state_q      <= SoftReset;
          left_q       <= 8'(ResetCycles);
          core_rst_nq  <= 1'b0;
          store_rst_nq <= !(all_q || request_i.all);
        end
        default: begin
          if (left_q != 8'd1) left_q <= left_q - 1'b1;
          if (request_i.all) begin
            left_q       <= 8'(ResetCycles);
            store_rst_nq <= 1'b0;
          end else if (left_q == 8'd1 && (idle_i || !all_q)) begin
            state_q      <= SoftIdle;
            core_rst_nq  <= 1'b1;
            store_rst_nq <= 1'b1;
          end
        end
      endcase
    end
  end

  logic in_progress;

  assign in_progress  = state_q != SoftIdle || !core_rst_nq;
  assign core_rst_no  = core_rst_nq;
  assign store_rst_no = store_rst_nq;

  assign kill_o.valid = in_progress;
  assign kill_o.all   = in_progress && all_q;
  assign kill_o.cut   = in_progress && cut_q;
  assign kill_o.cause = cause_q;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ResetAnnounced_A, core_rst_nq || in_progress, "the core is in reset unannounced")
  `FLAASH_ASSERT(StoresWithCore_A, store_rst_nq || (!core_rst_nq && all_q), "the stores alone are in reset")
  `FLAASH_COVER(WaitedForQuiet_C, state_q == SoftReset && left_q == 8'd1 && all_q && !idle_i)
  `FLAASH_COVER(WaitedForFrame_C, state_q == SoftDrain && !unloader_idle_i)
  `FLAASH_COVER(TakesOver_C, request_i.all && in_progress && !all_q)

endmodule : flaash_soft_reset
