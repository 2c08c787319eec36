// SPDX-License-Identifier: Apache-2.0
// Error log: keeps the earliest error and counts all.
//
// Guarantees  record_o tells code and place of the earliest error since the last clear; of errors in one cycle these
//             come in this order: parity, watchdog, operand frame, write, read, result out of range. Its count stops
//             at its greatest value. What the core reports is recorded while nothing is being ended, parity errors up
//             to a soft reset: they tell of results that were leaving.
// Demands     Who counts errors has a code other than ErrNone.
// Latency     One cycle.
// Reset       No error.

`include "flaash_assert.svh"

module flaash_error_log
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          clear_i,      // forget; errors of this cycle are not kept
  input  ending_t       ending_i,
  input  report_t       report_i,
  input  error_t        watchdog_i,
  input  error_t        write_i,
  input  error_t        read_i,
  output logic          event_o,      // an error in this cycle
  output error_record_t record_o
);

  // --------------------------------------------------------- earliest of this cycle
  error_t [5:0] errors;  // the lowest comes before the others
  error_t       frame_error, error;
  error_e       code;
  logic [31:0]  place, sum;

  // In a concatenation Icarus takes a member of a member as wide as the whole.
  assign frame_error = report_i.load.error;
  assign errors      = {report_i.range_error, read_i, write_i, frame_error, watchdog_i, report_i.parity_error};

  always_comb begin
    error = '0;
    code  = ErrNone;
    place = '0;
    sum   = '0;
    for (int i = 5; i >= 0; i--) begin
      error = errors[i];
      if ((i == 0 && ending_i.resetting) || ((i == 2 || i == 5) && ending_i != '0)) error.count = '0;
      sum = sum + 32'(error.count);
      if (error.count != '0) begin
        code  = error.code;
        place = error.place;
      end
    end
  end

  error_e      code_q;
  logic [31:0] place_q, count_q, total;
  logic        too_many;

  assign {too_many, total} = 33'(count_q) + 33'(sum);

  assign event_o  = sum != '0;
  assign record_o = {count_q, code_q, place_q};

  // ------------------------------------------------------------------------ log
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      code_q  <= ErrNone;
      place_q <= '0;
      count_q <= '0;
    end else if (clear_i) begin
      code_q  <= ErrNone;
      place_q <= '0;
      count_q <= '0;
    end else if (event_o) begin
      count_q <= too_many ? '1 : total;
      if (code_q == ErrNone) begin
        code_q  <= code;
        place_q <= place;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ErrorHasCode_A, !event_o || code != ErrNone, "an error without a code")
  `FLAASH_COVER(LaterError_C, event_o && code_q != ErrNone)
  `FLAASH_COVER(TwoErrorsAtOnce_C, errors[2].count != '0 && (errors[3].count != '0 || errors[5].count != '0))
  `FLAASH_COVER(CountJustFits_C, event_o && !clear_i && !too_many && (&total))
  `FLAASH_COVER(CountStops_C, event_o && !clear_i && too_many)

endmodule : flaash_error_log
