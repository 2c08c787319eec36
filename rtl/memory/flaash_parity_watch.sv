// SPDX-License-Identifier: Apache-2.0
// Parity watch: reports a word that was read from a memory and whose parity is wrong.
//
// Guarantees  error_o is one cycle: a word read in the cycle before had even parity. place_o is the place of that
//             word, of the lowest channel if several are wrong. A stored word has odd parity, its parity bit
//             included, so a word of zeros is wrong, too.
// Demands     place_i belongs to word_i.
// Latency     One cycle; the words themselves do not pass through here.
// Reset       Nothing was read.

`include "flaash_assert.svh"

module flaash_parity_watch #(
  parameter int unsigned Channels   = 2,   // words per cycle, 1 or more
  parameter int unsigned Width      = 65,  // bits of a word with its parity bit, 2 or more
  parameter int unsigned PlaceWidth = 9    // bits that name a place, 1 or more
) (
  input  logic                                clk_i,
  input  logic                                rst_ni,
  input  logic [Channels-1:0]                 valid_i,
  input  logic [Channels-1:0][Width-1:0]      word_i,
  input  logic [Channels-1:0][PlaceWidth-1:0] place_i,
  output logic                                error_o,
  output logic [PlaceWidth-1:0]               place_o
);

  if (Channels < 1 || Width < 2 || PlaceWidth < 1) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Channels and PlaceWidth must be 1 or more, Width 2 or more")
  end

  // ---------------------------------------------------------- lowest wrong channel
  logic                  error;
  logic [PlaceWidth-1:0] place;

  always_comb begin
    error = 1'b0;
    place = '0;
    for (int c = int'(Channels) - 1; c >= 0; c--) begin
      if (valid_i[c] && !(^word_i[c])) begin
        error = 1'b1;
        place = place_i[c];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      error_o <= 1'b0;
      place_o <= '0;
    end else begin
      error_o <= error;
      place_o <= place;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(Error_C, error_o)

endmodule : flaash_parity_watch
