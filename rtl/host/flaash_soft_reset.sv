// SPDX-License-Identifier: Apache-2.0
// Soft reset: ends the visible transfers by their rules, then resets the core; the same for an abort.
//
// Guarantees  After a request ending_o first announces the kind: resetting (soft reset) or stopping (abort). The
//             unloader ends its frame, and the frame parser holds back operand frames. Once the unloader has no
//             frame open, core_rst_no falls for ResetCycles cycles. With a soft reset store_rst_no falls, too; an
//             abort keeps the operands. A soft reset ends only after a cycle with quiet_i, in every state in
//             which it was requested. Both resets come from registers, so they have no glitches; they are low
//             during rst_ni and rise with the first clock edge after it. A soft reset replaces an abort; an abort
//             during either is ignored.
// Demands     unloader_idle_i comes in finite time, as long as the host accepts its beats. While resetting,
//             quiet_i comes in finite time. No request in the first cycle after rst_ni.
// Latency     ResetCycles + 3 cycles from the request to the end, if no frame is open and quiet_i is high.
// Reset       rst_ni resets the core with everything else.
//
//   reset_i, stop_i          _|1|___________________________
//   ending_o                 ___|11111111111111111111111|___
//   unloader_idle_i          111|______|1111111111111111111   (a frame was open)
//   quiet_i, if resetting    111|______________|11111111111   (the edge had outstanding bursts)
//   core_rst_no              1111111111111|__________|111111

`include "flaash_assert.svh"

module flaash_soft_reset
  import flaash_host_pkg::*;
#(
  parameter int unsigned ResetCycles = 4  // cycles that the core stays in reset, 1 to 255
) (
  input  logic    clk_i,
  input  logic    rst_ni,
  input  logic    reset_i,          // pulse: clear everything
  input  logic    stop_i,           // pulse: abort, keep the operands
  input  logic    unloader_idle_i,  // no result frame is open
  input  logic    quiet_i,          // while resetting: the edge has ended its transfers, and begins none
  output ending_t ending_o,
  output logic    core_rst_no,      // everything but the operand stores
  output logic    store_rst_no
);

  if (ResetCycles < 1 || ResetCycles > 255) begin : gen_illegal_cycles
    `FLAASH_ILLEGAL("ResetCycles must be 1 to 255")
  end

  typedef enum logic [1:0] {SoftIdle, SoftDrain, SoftReset} state_e;

  state_e     state_q;
  logic       all_q;  // reset the operands, too
  logic [7:0] left_q;
  logic       core_rst_nq, store_rst_nq;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q      <= SoftIdle;
      all_q        <= 1'b1;
      left_q       <= '0;
      core_rst_nq  <= 1'b0;
      store_rst_nq <= 1'b0;
    end else begin
      if (reset_i) all_q <= 1'b1;
      unique case (state_q)
        SoftIdle: begin
          core_rst_nq  <= 1'b1;
          store_rst_nq <= 1'b1;
          if (reset_i || stop_i) begin
            state_q <= SoftDrain;
            all_q   <= reset_i;
          end
        end
        SoftDrain: if (unloader_idle_i) begin
          state_q      <= SoftReset;
          left_q       <= 8'(ResetCycles);
          core_rst_nq  <= 1'b0;
          store_rst_nq <= !(all_q || reset_i);
        end
        default: begin
          if (left_q != 8'd1) left_q <= left_q - 1'b1;
          if (reset_i) begin
            left_q       <= 8'(ResetCycles);
            store_rst_nq <= 1'b0;
          end else if (left_q == 8'd1 && (quiet_i || !all_q)) begin
            state_q      <= SoftIdle;
            core_rst_nq  <= 1'b1;
            store_rst_nq <= 1'b1;
          end
        end
      endcase
    end
  end

  logic under_way;

  assign under_way    = state_q != SoftIdle || !core_rst_nq;
  assign core_rst_no  = core_rst_nq;
  assign store_rst_no = store_rst_nq;
  assign ending_o     = {under_way && all_q, under_way && !all_q};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ResetAnnounced_A, core_rst_nq || under_way, "the core is in reset unannounced")
  `FLAASH_ASSERT(StoresWithCore_A, store_rst_nq || (!core_rst_nq && all_q), "the stores alone are in reset")
  `FLAASH_COVER(WaitedForQuiet_C, state_q == SoftReset && left_q == 8'd1 && all_q && !quiet_i)
  `FLAASH_COVER(WaitedForFrame_C, state_q == SoftDrain && !unloader_idle_i)
  `FLAASH_COVER(TakesOver_C, reset_i && ending_o.stopping)

endmodule : flaash_soft_reset
