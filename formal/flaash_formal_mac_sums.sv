// SPDX-License-Identifier: Apache-2.0
// Producer of the proof of flaash_mac_resolve: finished sums and their words, as the accumulator gives them.
//
// Guarantees  The handshake rules and the reset of flaash_formal_producer. The words of a side change freely
//             while no offered sum keeps it. They stay within the bound of 2 ** CountWidth products, and a lone
//             product is in word 0 only; the proof of flaash_mac_accumulate shows both.
// Demands     The inputs are free inputs of the wrapper, but for ready_i.

module flaash_formal_mac_sums
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width = WordWidth + CountWidth + 1
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic                                valid_i,
  input  logic                                ready_i,
  input  mac_sum_t                            sum_i,
  input  logic                                side_i,
  input  logic [NumWords-1:0][Width-1:0]      words_i,  // writes to the sides that no sum keeps
  output logic [1:0][NumWords-1:0][Width-1:0] words_o
);

  // Greatest magnitude of a word, and the bits above a product.
  localparam logic signed [Width:0] Most = (Width + 1)'((2 ** WordWidth - 1) * 2 ** CountWidth);
  localparam logic signed [Width:0] Over = (Width + 1)'(2 ** WordWidth);

  flaash_formal_producer #(
    .Width($bits(mac_sum_t) + 1)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_i,
    .data_i({sum_i, side_i})
  );

  for (genvar s = 0; s < 2; s++) begin : gen_side
    always_ff @(posedge clk_i) begin
      if (!(valid_i && rst_ni && side_i == s)) words_o[s] <= words_i;
    end
    for (genvar i = 0; i < NumWords; i++) begin : gen_word
      Word_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
          (Width + 1)'($signed(words_o[s][i])) <= Most && (Width + 1)'($signed(words_o[s][i])) >= -Most);
    end
  end

  for (genvar i = 0; i < NumWords; i++) begin : gen_bound
    Word_M : assume property (@(posedge clk_i)
        (Width + 1)'($signed(words_i[i])) <= Most && (Width + 1)'($signed(words_i[i])) >= -Most);
  end

  logic signed [Width:0] lone;

  assign lone = (Width + 1)'($signed(words_o[side_i][0]));
  Alone_M : assume property (@(posedge clk_i) !(valid_i && rst_ni && sum_i.alone)
      || ((sum_i.touched >> 1) == '0 && (!sum_i.touched[0] || (lone < Over && lone > -Over))));

  Low_M : assume property (@(posedge clk_i) sum_i.low == lowest_word(sum_i.touched)
      && sum_i.high == highest_word(sum_i.touched));

endmodule : flaash_formal_mac_sums
