// SPDX-License-Identifier: Apache-2.0
// Stop control: decides when running work is cut short, and which code the trailer of its frame holds.
//
// Guarantees  stop_o pulses when an abort is commanded, a stored bit has flipped or the watchdog expires. It does so
//             only while results are computed or an operand is received. Once every result is stored there is nothing
//             to cut short: the results leave. cause_o.code is the cause of the last stop, valid if that stop has cut
//             the contraction short. trailer_code_o is then cause_o.code, otherwise error_code_i.
// Demands     ending_i.stopping from the cycle after stop_o until the core has left its reset.
// Latency     None from a cause to stop_o.
// Reset       Nothing was cut short.

`include "flaash_assert.svh"

module flaash_stop_control
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input  logic    clk_i,
  input  logic    rst_ni,
  // causes, pulses
  input  logic    abort_i,
  input  logic    parity_error_i,
  input  logic    expired_i,       // the watchdog has expired
  // running work
  input  logic    start_i,         // pulse, a contraction begins
  input  logic    busy_i,          // results are being computed
  input  logic    active_i,        // or results are leaving
  input  logic    loading_i,       // an operand is being received
  input  logic    clear_i,         // pulse, a soft reset begins
  input  ending_t ending_i,
  output logic    stop_o,
  input  error_e  error_code_i,    // first error
  output error_e  trailer_code_o,
  output error_t  cause_o
);

  // -------------------------------------------------------------------- causes
  assign stop_o = ending_i == '0 && !clear_i && (abort_i || parity_error_i || expired_i) && (busy_i || loading_i);

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
        if (expired_i)      cause_q <= ErrWatchdog;
        if (parity_error_i) cause_q <= ErrParity;
      end
    end
  end

  always_comb begin
    trailer_code_o = error_code_i;
    if (cut_q) trailer_code_o = cause_q;
  end

  assign cause_o = {cut_q, cause_q, 32'd0};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OnceAtATime_A, !stop_o || ending_i == '0, "stopped twice")
  `FLAASH_COVER(TooLate_C, abort_i && active_i && !busy_i)
  `FLAASH_COVER(StopWhileLoading_C, stop_o && loading_i)

endmodule : flaash_stop_control
