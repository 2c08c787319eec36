// SPDX-License-Identifier: Apache-2.0
// Error log: keeps the earliest error and counts all.
//
// Guarantees  code_o and place_o are those of the earliest error since the last clear; of errors in one
//             cycle that of the lowest source counts as earliest. count_o stops at its greatest value.
// Demands     A source that counts errors has a code other than ErrNone.
// Latency     One cycle.
// Reset       No error.

`include "flaash_assert.svh"

module flaash_error_log
  import flaash_reg_pkg::*;
#(
  parameter int unsigned NumSources = 4  // 1 or more
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    clear_i,  // forget; errors of this cycle are not kept
  input  error_t [NumSources-1:0] errors_i,

  output logic                    event_o,  // an error in this cycle
  output error_e                  code_o,
  output logic [31:0]             place_o,
  output logic [31:0]             count_o
);

  if (NumSources < 1) begin : gen_illegal_sources
    `FLAASH_ILLEGAL("NumSources must be 1 or more")
  end

  // ---------------------------------------------------------- first of this cycle
  error_t      error;
  error_e      code;
  logic [31:0] place, sum;

  always_comb begin
    error = '0;
    code  = ErrNone;
    place = '0;
    sum   = '0;
    for (int i = int'(NumSources) - 1; i >= 0; i--) begin
      error = errors_i[i];
      sum   = sum + 32'(error.count);
      if (error.count != '0) begin
        code  = error.code;
        place = error.place;
      end
    end
  end

  assign event_o = sum != '0;

  // ------------------------------------------------------------------------ log
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      code_o  <= ErrNone;
      place_o <= '0;
      count_o <= '0;
    end else if (clear_i) begin
      code_o  <= ErrNone;
      place_o <= '0;
      count_o <= '0;
    end else if (event_o) begin
      count_o <= (count_o > ~sum) ? '1 : count_o + sum;
      if (code_o == ErrNone) begin
        code_o  <= code;
        place_o <= place;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(ErrorHasCode_A, !event_o || code != ErrNone, "an error without a code")
  `FLAASH_COVER(LaterError_C, event_o && code_o != ErrNone)

endmodule : flaash_error_log
