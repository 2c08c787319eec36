// SPDX-License-Identifier: Apache-2.0
// MAC check: the result of an exact integer sum: sign-extended if it fits, else 0 and a report.
//
// Guarantees  result_o.range reports that the sum does not fit SumWidth bits; the value is then 0.
// Latency     None: combinational.

`include "flaash_assert.svh"

module flaash_mac_check
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Width    = 57,  // bits of the sum
  parameter int unsigned SumWidth = 48   // bits of a result, ResultWidth at most, below Width
) (
  input  logic [Width-1:0] sum_i,
  input  logic             empty_i,  // no product at all
  output mac_result_t      result_o
);

  if (SumWidth > ResultWidth || SumWidth >= Width) begin : gen_illegal_width
    `FLAASH_ILLEGAL("SumWidth must fit the result, and the accumulator must exceed it")
  end

  logic fits;

  assign fits = (sum_i[Width-1:SumWidth-1] == '0) || (sum_i[Width-1:SumWidth-1] == '1);

  always_comb begin
    result_o       = '0;
    result_o.empty = empty_i;
    result_o.exact = fits;
    result_o.range = !fits;
    result_o.zero  = !fits || (sum_i == '0);
    result_o.value = fits ? {{(ResultWidth - SumWidth + 1){sum_i[SumWidth-1]}}, sum_i[SumWidth-2:0]} : '0;
  end

endmodule : flaash_mac_check
