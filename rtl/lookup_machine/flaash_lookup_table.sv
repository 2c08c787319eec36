// SPDX-License-Identifier: Apache-2.0
// Table: stores the coordinates of two fibers of A, and gives the rank of each among its fiber's entries.
//
// A bitmap per fiber (copy), in words of up to 128 coordinates. Each word has a base: the number of entries in the
// words below. So the rank of a coordinate is base + bits set below it.
//
// Guarantees  hits_o[i]: check_lanes_i[i], and the coordinate is in copy check_copy_i. rank_o: of entry_i, the bits
//             below it in its word, and the word's base. Both in the same cycle. clear_i empties the copy; a word
//             that has been written is in it.
// Demands     Rank only of a coordinate that is present.
// Latency     A write or clear counts from the next cycle on. A write beats a clear of its copy.
// Errors      With Parity: check_wrong_o, rank_wrong_o report that a bit of a word that was used has flipped.
// Reset       Both copies are empty.

`include "flaash_lookup.svh"

module flaash_lookup_table #(
  parameter int unsigned Lanes      = 4,   // coordinates checked at a time, 1 or more
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 2 or more
  parameter int unsigned Parity     = 1,   // 1: a parity bit per word and per base, 0: none
  localparam type word_t  = `FLAASH_TABLE_WORD(CoordWidth),
  localparam type entry_t = `FLAASH_RESIDENT(CoordWidth),
  localparam type rank_t  = `FLAASH_RANK(CoordWidth)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic [1:0]                       clear_i,
  input  logic                             wr_valid_i,
  input  word_t                            wr_i,
  input  logic [Lanes-1:0]                 check_lanes_i,  // those that hold an entry
  input  logic                             check_copy_i,
  input  logic [Lanes-1:0][CoordWidth-1:0] check_coords_i,
  output logic [Lanes-1:0]                 hits_o,
  output logic                             check_wrong_o,
  input  entry_t                           entry_i,
  output rank_t                            rank_o,
  output logic                             rank_wrong_o
);

  localparam int unsigned Coords   = `FLAASH_TABLE_BITS(CoordWidth);  // of a word
  localparam int unsigned IdWidth  = `FLAASH_TABLE_ID(CoordWidth);
  localparam int unsigned BitWidth = $clog2(Coords);
  localparam int unsigned Words    = 2 ** IdWidth;

  // ----------------------------------------------------------------- valid words
  logic [Words-1:0] there_q, cleared;

  assign cleared = {{(Words / 2){clear_i[1]}}, {(Words / 2){clear_i[0]}}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      there_q <= '0;
    end else begin
      if (clear_i != '0) there_q <= there_q & ~cleared;
      if (wr_valid_i) there_q[wr_i.id] <= 1'b1;
    end
  end

  // ------------------------------------------------------------------------ words
  logic [Lanes:0][IdWidth-1:0] ids;    // the word of each coordinate, and that of entry_i
  logic [Lanes:0][Coords-1:0]  words;
  logic [Lanes:0]              wrong;
  logic [CoordWidth-1:0]       base;
  logic                        base_wrong;

  assign ids[Lanes] = IdWidth'(entry_i >> BitWidth);

  flaash_parity_bank #(
    .T         (logic [Coords-1:0]),
    .Words     (Words),
    .Ports     (Lanes + 1),
    .Registered(1'b0),
    .Parity    (Parity)
  ) u_bits (
    .clk_i,
    .wr_enable_i(wr_valid_i), .wr_addr_i(wr_i.id), .wr_data_i(wr_i.bits),
    .rd_enable_i('1), .rd_addr_i(ids), .rd_data_o(words), .wrong_o(wrong)
  );

  flaash_parity_bank #(
    .T         (logic [CoordWidth-1:0]),
    .Words     (Words),
    .Registered(1'b0),
    .Parity    (Parity)
  ) u_bases (
    .clk_i,
    .wr_enable_i(wr_valid_i), .wr_addr_i(wr_i.id), .wr_data_i(wr_i.base),
    .rd_enable_i(1'b1), .rd_addr_i(ids[Lanes]), .rd_data_o(base), .wrong_o(base_wrong)
  );

  // --------------------------------------------------------------------- look up
  logic [Lanes-1:0] there;  // the word of a lane's entry was written

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
    logic [Coords-1:0] bits;

    assign ids[i]    = IdWidth'({check_copy_i, check_coords_i[i]} >> BitWidth);
    assign bits      = words[i];
    assign there[i]  = check_lanes_i[i] && there_q[ids[i]];
    assign hits_o[i] = there[i] && bits[check_coords_i[i][BitWidth-1:0]];
  end

  assign check_wrong_o = (there & wrong[Lanes-1:0]) != '0;
  assign rank_o        = {words[Lanes] & ~({Coords{1'b1}} << entry_i.coord[BitWidth-1:0]), base};
  assign rank_wrong_o  = wrong[Lanes] || base_wrong;

endmodule : flaash_lookup_table
