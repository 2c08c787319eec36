// SPDX-License-Identifier: Apache-2.0
// Scatter: writes the coordinates of the resident fiber into the table, word by word.
//
// The coordinates of a line ascend, so those that fall into one word are neighbours: the word is put
// together in word_q and written again each time something is added.
//
// Guarantees  Every coordinate of an accepted line comes into the table; busy_o until the last one has.
//             The copy is cleared by the first line of a fiber.
// Demands     Lines of a fiber in order, the first one with line_first_i. Lines of the other copy only
//             while not busy_o.
// Latency     One cycle from a line to its first write.
// Throughput  One word per cycle: a line takes as many cycles as it touches words.
// Stalls      With Depth lines inside.
// Reset       Forgets the lines inside.

`include "flaash_assert.svh"

module flaash_lookup_scatter #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 2 or more
  parameter int unsigned Depth      = 4,   // lines that wait, a power of two, 2 or more
  localparam int unsigned CountWidth = $clog2(Lanes) + 1,
  localparam int unsigned WordShift  = (CoordWidth < 7) ? CoordWidth : 7,
  localparam int unsigned WordWidth  = 2 ** WordShift,
  localparam int unsigned PlaceWidth = CoordWidth - WordShift + 1
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  // lines of A
  input  logic                             line_valid_i,
  output logic                             line_ready_o,
  input  logic                             line_first_i,
  input  logic                             line_copy_i,
  input  logic [CountWidth-1:0]            line_count_i,
  input  logic [Lanes-1:0][CoordWidth-1:0] line_coords_i,
  output logic                             busy_o,
  output logic                             busy_copy_o,  // that is being written

  // the table
  output logic                             clear_o,
  output logic                             clear_copy_o,
  output logic                             wr_valid_o,
  output logic [PlaceWidth-1:0]            wr_place_o,
  output logic [WordWidth-1:0]             wr_bits_o,
  output logic [CoordWidth-1:0]            wr_base_o
);

  localparam int unsigned EntryWidth = 2 + CountWidth + Lanes * CoordWidth;

  // --------------------------------------------------------------- lines that wait
  logic                             valid, done;
  logic                             first, copy;
  logic [CountWidth-1:0]            count;
  logic [Lanes-1:0][CoordWidth-1:0] coords;
  logic [$clog2(Depth):0]           usage;

  flaash_stream_fifo #(
    .Width(EntryWidth),
    .Depth(Depth)
  ) u_lines (
    .clk_i,
    .rst_ni,
    .in_valid_i (line_valid_i),
    .in_ready_o (line_ready_o),
    .in_data_i  ({line_first_i, line_copy_i, line_count_i, line_coords_i}),
    .out_valid_o(valid),
    .out_ready_i(done),
    .out_data_o ({first, copy, count, coords}),
    .usage_o    (usage)
  );

  assign clear_o      = line_valid_i && line_ready_o && line_first_i;
  assign clear_copy_o = line_copy_i;
  assign busy_o       = usage != '0;
  assign busy_copy_o  = valid && copy;

  // ----------------------------------------- entries of this line in the next word
  logic [Lanes-1:0]      done_q, left, now;  // entries written; not yet; and in this cycle
  logic [Lanes-1:0][PlaceWidth-1:0] places;
  logic [Lanes-1:0][WordWidth-1:0]  marks;  // the bit of each entry in this cycle
  logic [PlaceWidth-1:0] place;              // of the first entry that is left
  logic [WordWidth-1:0]  bits;

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_entry
    assign places[i] = PlaceWidth'({copy, coords[i]} >> WordShift);
    assign left[i]   = valid && 32'(count) > i && !done_q[i];
    assign now[i]    = left[i] && places[i] == place;
    assign marks[i]  = now[i] ? WordWidth'(1) << coords[i][WordShift-1:0] : '0;
  end

  always_comb begin
    place = '0;
    for (int i = int'(Lanes) - 1; i >= 0; i--) begin
      if (left[i]) place = places[i];
    end
  end

  always_comb begin
    bits = '0;
    for (int unsigned i = 0; i < Lanes; i++) bits = bits | marks[i];
  end

  assign done = valid && (left & ~now) == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) done_q <= '0;
    else if (valid) done_q <= done ? '0 : done_q | now;
  end

  // ------------------------------------------------------- the word put together
  logic [PlaceWidth-1:0] place_q;
  logic [WordWidth-1:0]  word_q;
  logic [CoordWidth-1:0] base_q;
  logic [CoordWidth-1:0] rank_q, rank;  // entries of the fiber before
  logic                  fresh, goes_on;

  assign fresh   = first && done_q == '0;  // nothing of this fiber is written
  assign goes_on = !fresh && place == place_q;
  assign rank    = fresh ? '0 : rank_q;

  assign wr_valid_o = valid;
  assign wr_place_o = place;
  assign wr_bits_o  = goes_on ? word_q | bits : bits;
  assign wr_base_o  = goes_on ? base_q : rank;

  always_ff @(posedge clk_i) begin
    if (valid) begin
      place_q <= place;
      word_q  <= wr_bits_o;
      base_q  <= wr_base_o;
      rank_q  <= rank + CoordWidth'($countones(now));
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(SomethingNow_A, !valid || now != '0, "a line of A without entries")
  `FLAASH_COVER(WordGoesOn_C, valid && goes_on && done)
  `FLAASH_COVER(ManyWords_C, valid && !done)
  `FLAASH_COVER(Full_C, line_valid_i && !line_ready_o)

endmodule : flaash_lookup_scatter
