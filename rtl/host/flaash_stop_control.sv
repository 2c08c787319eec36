// SPDX-License-Identifier: Apache-2.0
// Stop control: decides that what is under way ends now, and what the trailer of its frame says.
//
// Guarantees  stop_o pulses when an abort is commanded, a stored bit has flipped or the watchdog expires, and
//             results are being computed or an operand is being received. With every result stored
//             there is nothing to end: they leave, whatever happens. live_o: what the core reports
//             counts. trailer_code_o is the cause if the contraction was cut short, else error_code_i.
// Demands     stopping_i from the cycle after stop_o until the core has left its reset.
// Latency     None from a cause to stop_o; expired_o as in flaash_watchdog.
// Reset       Nothing was cut short.

`include "flaash_assert.svh"

module flaash_stop_control
  import flaash_reg_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  // causes
  input  logic        abort_i,         // pulse
  input  logic        parity_error_i,  // pulse
  input  logic [31:0] limit_i,         // of the watchdog
  input  logic        progress_i,
  // what is under way
  input  logic        start_i,         // pulse, a contraction begins
  input  logic        busy_i,          // results are being computed
  input  logic        active_i,        // or are leaving
  input  logic        loading_i,       // an operand is being received
  input  logic        clear_i,         // pulse, a soft reset begins
  input  logic        resetting_i,
  input  logic        stopping_i,
  output logic        stop_o,
  output logic        live_o,
  output logic        expired_o,
  input  error_e      error_code_i,    // first error
  output error_e      trailer_code_o
);

  // -------------------------------------------------------------------- causes
  flaash_watchdog u_watchdog (
    .clk_i, .rst_ni,
    .limit_i, .under_way_i(active_i || loading_i || resetting_i || stopping_i), .progress_i, .expired_o
  );

  assign live_o = !resetting_i && !stopping_i;
  assign stop_o = live_o && !clear_i && (abort_i || parity_error_i || expired_o) && (busy_i || loading_i);

  // ------------------------------------------------------------------- trailer
  logic   cut_q;  // the contraction has ended before its results were complete
  error_e cause_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cut_q   <= 1'b0;
      cause_q <= ErrAborted;
    end else begin
      if (start_i) cut_q <= 1'b0;
      if (stop_o) begin
        cut_q   <= busy_i;
        cause_q <= ErrAborted;
        if (expired_o)      cause_q <= ErrWatchdog;
        if (parity_error_i) cause_q <= ErrParity;
      end
    end
  end

  always_comb begin
    trailer_code_o = error_code_i;
    if (cut_q) trailer_code_o = cause_q;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OnceAtATime_A, !stop_o || live_o, "stopped twice")
  `FLAASH_COVER(TooLate_C, abort_i && active_i && !busy_i)
  `FLAASH_COVER(StopWhileLoading_C, stop_o && loading_i)

endmodule : flaash_stop_control
