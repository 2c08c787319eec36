// SPDX-License-Identifier: Apache-2.0
// Table: which coordinates two fibers of A have, and the rank of each among its fiber's entries.
//
// A bitmap per fiber (copy), in words of up to 128 coordinates. With each word stands its base: how many
// entries lie in the words below. So the rank of a coordinate is base + bits set below it.
//
// Guarantees  present_o[i]: coordinate i of check_coords_i is in copy check_copy_i. below_o, base_o: the bits
//             below rank_coord_i in its word and the word's base. Both in the same cycle.
//             clear_i empties copy clear_copy_i; a word that has been written is in it. check_word_o and rank_word_o
//             are what was read for that, with a parity bit if there is Parity; check_there_o: it was written.
// Demands     Rank only of a coordinate that is present.
// Latency     A write or clear counts from the next cycle on. A write beats a clear of its copy.
// Reset       Both copies are empty.

module flaash_lookup_table #(
  parameter int unsigned Lanes      = 4,   // coordinates checked at a time, 1 or more
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 2 or more
  parameter int unsigned Parity     = 1,   // 1: a parity bit per word and per base, 0: none
  localparam int unsigned WordShift  = (CoordWidth < 7) ? CoordWidth : 7,
  localparam int unsigned WordWidth  = 2 ** WordShift,
  localparam int unsigned PlaceWidth = CoordWidth - WordShift + 1,  // copy and word
  localparam int unsigned BitsWidth  = WordWidth + Parity,
  localparam int unsigned BaseWidth  = CoordWidth + Parity
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             clear_i,
  input  logic                             clear_copy_i,

  input  logic                             wr_valid_i,
  input  logic [PlaceWidth-1:0]            wr_place_i,
  input  logic [WordWidth-1:0]             wr_bits_i,
  input  logic [CoordWidth-1:0]            wr_base_i,

  input  logic                             check_copy_i,
  input  logic [Lanes-1:0][CoordWidth-1:0] check_coords_i,
  output logic [Lanes-1:0]                 present_o,
  output logic [Lanes-1:0]                 check_there_o,
  output logic [Lanes-1:0][BitsWidth-1:0]  check_word_o,

  input  logic                             rank_copy_i,
  input  logic [CoordWidth-1:0]            rank_coord_i,
  output logic [WordWidth-1:0]             below_o,
  output logic [CoordWidth-1:0]            base_o,
  output logic [BitsWidth-1:0]             rank_word_o,
  output logic [BaseWidth-1:0]             rank_base_o
);

  localparam int unsigned Places = 2 ** PlaceWidth;

  function automatic logic [PlaceWidth-1:0] place_of(logic copy, logic [CoordWidth-1:0] coord);
    return PlaceWidth'({copy, coord} >> WordShift);
  endfunction

  // ---------------------------------------------------------- words that are there
  logic [Places-1:0] there_q;
  logic [Places-1:0] copy_places;  // those of the copy to clear

  assign copy_places = clear_copy_i ? {{(Places / 2){1'b1}}, {(Places / 2){1'b0}}}
                                    : {{(Places / 2){1'b0}}, {(Places / 2){1'b1}}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      there_q <= '0;
    end else begin
      if (clear_i) there_q <= there_q & ~copy_places;
      if (wr_valid_i) there_q[wr_place_i] <= 1'b1;
    end
  end

  // ------------------------------------------------------------------------ words
  logic [BitsWidth-1:0] bits_q[Places];
  logic [BaseWidth-1:0] base_q[Places];

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      bits_q[wr_place_i] <= BitsWidth'({~^wr_bits_i, wr_bits_i});  // odd parity; without Parity the bit falls off
      base_q[wr_place_i] <= BaseWidth'({~^wr_base_i, wr_base_i});
    end
  end

  // ------------------------------------------------------------------------ check
  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
    logic [PlaceWidth-1:0] place;
    logic [WordWidth-1:0]  word;

    assign place        = place_of(check_copy_i, check_coords_i[i]);
    assign word         = check_word_o[i][WordWidth-1:0];
    assign present_o[i] = there_q[place] && word[check_coords_i[i][WordShift-1:0]];

    assign check_there_o[i] = there_q[place];
    assign check_word_o[i]  = bits_q[place];
  end

  // ------------------------------------------------------------------------- rank
  logic [PlaceWidth-1:0] rank_place;

  assign rank_place = place_of(rank_copy_i, rank_coord_i);
  assign rank_word_o = bits_q[rank_place];
  assign rank_base_o = base_q[rank_place];
  assign below_o     = rank_word_o[WordWidth-1:0] & ~({WordWidth{1'b1}} << rank_coord_i[WordShift-1:0]);
  assign base_o      = rank_base_o[CoordWidth-1:0];

endmodule : flaash_lookup_table
