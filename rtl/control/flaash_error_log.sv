// SPDX-License-Identifier: Apache-2.0
// Error log: keeps the earliest error and counts all.
//
// Guarantees  error_o holds code and place of the earliest error since the last clear. Errors of one cycle rank
//             in this order: parity, watchdog, operand frame, write, refused start, read, result out of range. Errors
//             of the watchdog, a write and a read belong to the cycle before. count_o counts all errors, and stops at
//             its greatest value. Errors of the core are recorded only outside of a stop and a reset. Parity errors
//             are recorded until a soft reset, because results still leave during a stop.
// Demands     A source with an error counts one at least, and has a code other than ErrNone.
// Latency     One cycle.
// Reset       No error.

`include "flaash_assert.svh"

module flaash_error_log
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          clear_i,      // clear the log; errors of this cycle are not recorded
  input  kill_t         kill_i,
  input  report_t       report_i,
  input  error_t        watchdog_i,
  input  error_t        write_i,
  input  error_t        refusal_i,    // a start is refused
  input  error_t        read_i,
  output logic          event_o,      // an error in this cycle
  output error_t        error_o,      // all 0 without an error
  output logic [31:0]   count_o
);

  // --------------------------------------------------------- earliest of this cycle
  error_t [6:0]      errors;  // the lowest index has priority
  logic [6:0][6:0]   counts, counted, counted_q;  // errors of each source; recorded, in the cycle before
  error_t            frame_error, range_error, error, first;
  logic [1:0]        frame_errors;
  logic [6:0]        range_errors;
  logic [9:0]        sum;

  // In a concatenation Icarus evaluates a nested member with the width of the whole struct.
  assign frame_error  = report_i.load.error;
  assign frame_errors = report_i.load.errors;
  assign range_error  = report_i.sums.range_error;
  assign range_errors = report_i.sums.range_errors;
  assign errors = {range_error, read_i, refusal_i, write_i, frame_error, watchdog_i, report_i.parity_error};
  assign counts = {range_errors, 7'd1, 7'd1, 7'd1, 7'(frame_errors), 7'd1, 7'd1};

  always_comb begin
    error   = '0;
    first   = '0;
    counted = '0;
    for (int i = 6; i >= 0; i--) begin
      error = errors[i];
      if ((i == 0 && kill_i.all) || ((i == 2 || i == 6) && kill_i.valid)) error.valid = 1'b0;
      if (error.valid) begin
        first      = error;
        counted[i] = counts[i];
      end
    end
  end

  // Errors come late in a cycle, so they are added in the next one.
  error_t      error_q;
  logic [31:0] count_q, total;
  logic        too_many;

  always_comb begin
    sum = '0;
    for (int i = 0; i <= 6; i++) sum = sum + 10'(counted_q[i]);
  end

  assign {too_many, total} = 33'(count_q) + 33'(sum);

  assign event_o = first.valid;
  assign error_o = error_q;
  assign count_o = too_many ? '1 : total;

  // ------------------------------------------------------------------------ log
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      error_q   <= '0;
      counted_q <= '0;
      count_q   <= '0;
    end else if (clear_i) begin
      error_q   <= '0;
      counted_q <= '0;
      count_q   <= '0;
    end else begin
      counted_q <= counted;
      count_q   <= count_o;
      if (event_o && !error_q.valid) error_q <= first;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ErrorHasCode_A, !event_o || (first.code != ErrNone && counted != '0), "an error without a code")
  `FLAASH_COVER(LaterError_C, event_o && error_q.valid)
  `FLAASH_COVER(TwoErrorsAtOnce_C, frame_error.valid && (write_i.valid || range_error.valid))
  `FLAASH_COVER(CountJustFits_C, sum != '0 && !clear_i && !too_many && (&total))
  `FLAASH_COVER(CountStops_C, !clear_i && too_many)

endmodule : flaash_error_log
