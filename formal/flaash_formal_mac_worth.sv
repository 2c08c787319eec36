// SPDX-License-Identifier: Apache-2.0
// Specification of the proof of flaash_mac_accumulate: the worth of a side's words, and their bounds.
//
// Guarantees  worth_o: the words, each at its place, added up. bounded_o: no word exceeds the bound of count_i
//             products. limited_o: nor the bound of 2 ** CountWidth products.

module flaash_formal_mac_worth
  import flaash_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned TotalWidth = WordWidth * NumWords + CountWidth + 2
) (
  input  logic [NumWords-1:0][Width-1:0] words_i,
  input  logic [CountWidth:0]            count_i,
  output logic signed [TotalWidth-1:0]   worth_o,
  output logic                           bounded_o,
  output logic                           limited_o
);

  function automatic logic signed [Width:0] most(logic [CountWidth:0] count);
    most = (Width + 1)'({count, WordWidth'(0)}) - (Width + 1)'(count);
  endfunction

  logic signed [Width:0] word;

  always_comb begin
    worth_o   = '0;
    bounded_o = 1'b1;
    limited_o = 1'b1;
    for (int unsigned i = 0; i < NumWords; i++) begin
      word    = (Width + 1)'($signed(words_i[i]));
      worth_o = worth_o + (TotalWidth'($signed(words_i[i])) << (WordWidth * i));
      if (word > most(count_i) || word < -most(count_i)) bounded_o = 1'b0;
      if (word > most((CountWidth + 1)'(2 ** CountWidth)) || word < -most((CountWidth + 1)'(2 ** CountWidth))) begin
        limited_o = 1'b0;
      end
    end
  end

endmodule : flaash_formal_mac_worth
