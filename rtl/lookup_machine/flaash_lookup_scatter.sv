// SPDX-License-Identifier: Apache-2.0
// Scatter: writes the coordinates of the resident fiber into the table, word by word.
//
// The coordinates of a line ascend, so those that fall into one word are neighbours: the word is put
// together in word_q and written again each time something is added.
//
// Guarantees  Every coordinate of an accepted line comes into the table; loading_o of its copy until the last one is
//             written. clear_o of the copy with the first line of a fiber.
// Demands     Lines of a fiber in order, the first one with in_i.opens. Lines of a copy only while the other
//             one is not loading_o.
// Latency     One cycle from a line to its first write.
// Throughput  One word per cycle: a line takes as many cycles as it touches words.
// Stalls      With Depth lines inside.
// Reset       Forgets the lines inside.

`include "flaash_assert.svh"
`include "flaash_lookup.svh"

module flaash_lookup_scatter #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 2 or more
  parameter int unsigned Depth      = 4,   // lines that wait, a power of two, 2 or more
  localparam type line_t = `FLAASH_LOAD_LINE(Lanes, CoordWidth),
  localparam type word_t = `FLAASH_TABLE_WORD(CoordWidth)
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  // lines of A
  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  line_t      in_i,
  output logic [1:0] loading_o,  // lines of the copy are inside
  // the table
  output logic [1:0] clear_o,    // the copy
  output logic       wr_valid_o,
  output word_t      wr_o
);

  localparam int unsigned Coords   = `FLAASH_TABLE_BITS(CoordWidth);  // of a word
  localparam int unsigned IdWidth  = `FLAASH_TABLE_ID(CoordWidth);
  localparam int unsigned BitWidth = $clog2(Coords);

  // --------------------------------------------------------------- lines that wait
  logic                             valid, done;
  line_t                            line;
  logic [Lanes-1:0][CoordWidth-1:0] coords;
  logic [$clog2(Depth):0]           unused_usage;

  flaash_stream_fifo #(
    .Width($bits(line_t)),
    .Depth(Depth)
  ) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(in_i),
    .out_valid_o(valid), .out_ready_i(done), .out_data_o(line),
    .usage_o(unused_usage)
  );

  assign coords = line.coords;

  for (genvar c = 0; c < 2; c++) begin : gen_copy
    assign clear_o[c]   = in_valid_i && in_ready_o && in_i.opens && in_i.copy == 1'(c);
    assign loading_o[c] = valid && line.copy == 1'(c);
  end

  // ----------------------------------------- entries of this line in the next word
  logic [Lanes-1:0]              done_q, left, now;  // entries written; not yet; and in this cycle
  logic [Lanes-1:0][IdWidth-1:0] ids;                // words that they belong to
  logic [Lanes-1:0][Coords-1:0]  marks;              // the bit of each entry in this cycle
  logic [IdWidth-1:0]            id;                 // of the first entry that is left
  logic [Coords-1:0]             bits;

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_entry
    assign ids[i]   = IdWidth'({line.copy, coords[i]} >> BitWidth);
    assign left[i]  = valid && 32'(line.count) > i && !done_q[i];
    assign now[i]   = left[i] && ids[i] == id;
    assign marks[i] = now[i] ? Coords'(1) << coords[i][BitWidth-1:0] : '0;
  end

  always_comb begin
    id = '0;
    for (int i = int'(Lanes) - 1; i >= 0; i--) begin
      if (left[i]) id = ids[i];
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
  word_t                 word_q;
  logic [CoordWidth-1:0] below_q, below;  // entries of the fiber that are written
  logic                  fresh, goes_on;

  assign fresh   = line.opens && done_q == '0;  // nothing of this fiber is written
  assign goes_on = !fresh && id == word_q.id;
  assign below  = fresh ? '0 : below_q;

  assign wr_valid_o = valid;
  assign wr_o       = {id, goes_on ? word_q.bits | bits : bits, goes_on ? word_q.base : below};

  always_ff @(posedge clk_i) begin
    if (valid) begin
      word_q   <= wr_o;
      below_q <= below + CoordWidth'($countones(now));
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(SomethingNow_A, !valid || now != '0, "a line of A without entries")
  `FLAASH_COVER(WordGoesOn_C, valid && goes_on && done)
  `FLAASH_COVER(ManyWords_C, valid && !done)
  `FLAASH_COVER(Full_C, in_valid_i && !in_ready_o)
  `FLAASH_COVER(OtherCopyEnds_C, in_valid_i && in_ready_o && in_i.opens && $past(loading_o) != '0 && loading_o == '0)

endmodule : flaash_lookup_scatter
