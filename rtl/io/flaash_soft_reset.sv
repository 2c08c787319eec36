// SPDX-License-Identifier: Apache-2.0
// Soft reset: ends what the host can see by the rules, then resets the core.
//
// Guarantees  After a request first resetting_o, which makes the unloader end its frame and the frame
//             gate hold back new operand frames; once the unloader has no frame open, core_rst_no
//             falls for ResetCycles cycles. core_rst_no comes from a register, so it has no glitches;
//             it is low during rst_ni and rises with the first clock edge after it.
// Demands     unloader_idle_i comes in finite time, as long as the host takes its beats.
// Latency     ResetCycles + 3 cycles from the request to the end, if no frame is open.
// Reset       rst_ni resets the core with everything else.
//
//   request_i      _|1|___________________________
//   resetting_o    ___|11111111111111111111111|___
//   unloader_idle_i 111|______|1111111111111111111   (a frame was open)
//   core_rst_no    1111111111111|__________|111111

`include "flaash_assert.svh"

module flaash_soft_reset #(
  parameter int unsigned ResetCycles = 4  // cycles that the core stays in reset, 1 to 255
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic request_i,        // pulse
  input  logic unloader_idle_i,  // no result frame is open
  output logic resetting_o,
  output logic core_rst_no
);

  if (ResetCycles < 1 || ResetCycles > 255) begin : gen_illegal_cycles
    $fatal(1, "ResetCycles must be 1 to 255");
  end

  typedef enum logic [1:0] {SoftIdle, SoftDrain, SoftReset} state_e;

  state_e     state_q;
  logic [7:0] left_q;
  logic       core_rst_nq;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q     <= SoftIdle;
      left_q      <= '0;
      core_rst_nq <= 1'b0;
    end else begin
      unique case (state_q)
        SoftIdle: begin
          core_rst_nq <= 1'b1;
          if (request_i) state_q <= SoftDrain;
        end
        SoftDrain: if (unloader_idle_i) begin
          state_q     <= SoftReset;
          left_q      <= 8'(ResetCycles);
          core_rst_nq <= 1'b0;
        end
        default: begin
          left_q <= left_q - 1'b1;
          if (left_q == 8'd1) begin
            state_q     <= SoftIdle;
            core_rst_nq <= 1'b1;
          end
        end
      endcase
    end
  end

  assign core_rst_no = core_rst_nq;
  assign resetting_o = state_q != SoftIdle || !core_rst_nq;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ResetOnlyWhenIdle_A, core_rst_nq || resetting_o, "the core is in reset unannounced")
  `FLAASH_COVER(WaitedForFrame_C, state_q == SoftDrain && !unloader_idle_i)

endmodule : flaash_soft_reset
