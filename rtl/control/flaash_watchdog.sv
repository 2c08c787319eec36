// SPDX-License-Identifier: Apache-2.0
// Watchdog: notices that running work makes no progress.
//
// Guarantees  expired_o is one cycle: work has run for limit_i cycles since it began or last made progress. It
//             comes once; only progress, or the end of the work, arms it again.
// Demands     Nothing; limit_i may change at any time, 0 turns it off.
// Latency     expired_o in the limit_i-th cycle without progress. Another limit counts from the next cycle on.
// Reset       No cycle has been counted.

`include "flaash_assert.svh"

module flaash_watchdog (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [31:0] limit_i,
  input  logic        in_progress_i,
  input  logic        progress_i,
  output logic        expired_o
);

  logic [31:0] waited_q;  // cycles before this one without progress
  logic        reported_q;
  logic        due_q;     // another one is too many
  logic        limited_q; // there is a limit
  logic        waits;

  assign waits     = in_progress_i && !progress_i && limited_q;
  assign expired_o = waits && !reported_q && due_q;

  // Comparisons are made in the cycle before. Progress comes late in a cycle, so it only chooses.
  always_ff @(posedge clk_i) begin
    limited_q <= limit_i != '0;
    due_q     <= limit_i == 32'd1 || (waits && waited_q >= limit_i - 32'd2);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waited_q <= '0;
      reported_q <= 1'b0;
    end else if (!waits) begin
      waited_q <= '0;
      reported_q <= 1'b0;
    end else begin
      if (!reported_q) waited_q <= waited_q + 1'b1;
      reported_q <= reported_q || expired_o;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NotWithoutCause_A, !expired_o || (in_progress_i && !progress_i), "expired without a cause")
  `FLAASH_COVER(JustInTime_C, progress_i && in_progress_i && waited_q + 1'b1 == limit_i)
  `FLAASH_COVER(LimitFalls_C, expired_o && limit_i < $past(limit_i, 2))
  `FLAASH_COVER(OneCycle_C, expired_o && limit_i == 1)

endmodule : flaash_watchdog
