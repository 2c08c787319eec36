// SPDX-License-Identifier: Apache-2.0
// Loader spans: the pointers of a level, kept until the level below needs them.
//
// Guarantees  After start_i a span per node of the level that has children, in order. A span has the node's number
//             within its level and the number of its children (entries). With root_i a single span instead: node 0
//             with count_i children. With loose_i pointers are pairs, and entries before, between and after these are
//             spans, too, marked as gaps: together the spans cover below_i entries.
// Demands     Pointers are written before start_i and do not decrease. Word k of a pointer section is written at k.
//             Where pointers come one by one, word k + 1 is written at k. A start without root_i is the first one after
//             new pointers, or finds no nodes. start_i ends a walk. New pointers end it, too; only childless nodes are
//             left then.
// Latency     Three cycles from start_i to the first span.
// Throughput  A node with children per cycle, also across rows. A row without such nodes takes a cycle.
// Reset       Ends the walk.
//
//   rows (RAM) -> row_q -> ends_q, mask_q: the row, and its nodes with children that are to come
//                          -> end_q: pointer of node_q -> spare_q, if span_o is taken -> span_o

`include "flaash_assert.svh"

module flaash_loader_spans
  import flaash_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned NodeDepth = 1024,  // nodes of a level, 1 or more
  parameter int unsigned Words     = 1      // pointers of a row: 1, 4, 8 or 16
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  pointers_t pointers_i,
  input  logic [Words-1:0][EntryIdWidth-1:0] limits_i,
  // a walk
  input  logic      start_i,
  input  logic      root_i,
  input  entry_id_t count_i,  // nodes of the level, or children of the root
  input  logic      loose_i,
  input  entry_id_t below_i,  // entries
  output logic      span_valid_o,
  input  logic      span_ready_i,
  output span_t     span_o,
  output logic      walks_o   // a pointer is being read
);

  // Row 0 of several words is not in the RAM: so NodeDepth + 1 pointers fit a RAM for NodeDepth.
  localparam int unsigned Kept      = (Words == 1) ? 0 : 1;
  localparam int unsigned Rows      = (NodeDepth > Words) ? NodeDepth / Words : 1;
  localparam int unsigned AddrWidth = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int unsigned First     = (Words == 1) ? 0 : 1;  // node 0 ends at this word: the first of several is 0

  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 2**NodeIdWidth")
  end

  typedef logic [Words-1:0][EntryIdWidth-1:0] row_t;

  // ------------------------------------------------------------------------ rows
  // Row 0 is kept when it is written, so a walk begins without the RAM. The RAM holds the next row ready meanwhile.
  row_t                 rows[Rows];
  logic [AddrWidth-1:0] addr;                // of the row that comes
  row_t                 row_q, row, ends_q;  // the next row; the row that comes now; the row of the walk
  logic                 fresh_q;             // ends_q is row 0, and no walk has begun
  logic [AddrWidth-1:0] fetch_q;             // the row after row_q
  logic                 loose_q, loose;
  entry_id_t            below_q, below;
  logic [NodeIdWidth:0] first_words;         // pointers of the level
  logic [NodeIdWidth:0] words_q, words;      // pointers that follow ends_q; `row` and the pointers after it
  logic [NodeIdWidth:0] words_left;          // pointers after `row`
  node_id_t             base_q;              // node of word First of ends_q
  logic [Words-1:0]     mask_q, children, rest;  // rest: without the lowest one
  logic                 loads, read;
  entry_id_t            previous;            // the last pointer of the row before
  entry_id_t            end_read, end_q;     // see below

  assign addr = AddrWidth'(pointers_i.row - node_id_t'(Kept));

  // start_i comes too late for a choice before the comparisons.
  // The last gap has no pointer of its own.
  always_comb begin
    row = fresh_q ? ends_q : row_q;
    for (int i = 0; i < int'(Words); i++) begin
      if (loose && words == (NodeIdWidth+1)'(i + 1)) row[i] = below;
    end
  end

  assign loose      = fresh_q ? loose_i : loose_q;
  assign below      = fresh_q ? below_i : below_q;
  assign first_words = loose_i ? (NodeIdWidth+1)'({count_i, 1'b1})
                               : (NodeIdWidth+1)'(count_i) + (NodeIdWidth+1)'(First);
  assign previous   = fresh_q ? '0 : ends_q[Words-1];
  assign words      = fresh_q ? first_words : words_q;
  assign words_left = (words <= (NodeIdWidth+1)'(Words)) ? '0 : words - (NodeIdWidth+1)'(Words);
  assign rest       = mask_q & (mask_q - 1'b1);
  assign loads      = words_q != '0 && (read ? rest == '0 : mask_q == '0);

  // The word that ends a node with children differs from the word before.
  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    assign children[i] = words > (NodeIdWidth+1)'(i) && row[i] != ((i == 0) ? previous : row[(i == 0) ? 0 : i-1]);
  end

  always_ff @(posedge clk_i) begin
    if (pointers_i.valid && (Kept == 0 || pointers_i.row != '0)) rows[addr] <= limits_i;
    // No word is read and written in one cycle, so the RAM need not order them.
    if ((start_i || loads) && !pointers_i.valid) row_q <= rows[fetch_q];
    if (pointers_i.valid)      fetch_q <= AddrWidth'(1 - Kept);
    else if (start_i || loads) fetch_q <= fetch_q + 1'b1;
    if (pointers_i.valid && pointers_i.row == '0) ends_q <= limits_i;
    else if (loads || (start_i && fresh_q))       ends_q <= row;
    if (start_i) below_q <= below_i;
    if (pointers_i.valid) base_q <= '0;
    else if (loads)       base_q <= base_q + node_id_t'(Words);
    if (read) end_q <= end_read;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_q <= 1'b0;
      loose_q <= 1'b0;
      mask_q  <= '0;
      words_q <= '0;
    end else if (start_i) begin
      fresh_q <= 1'b0;
      loose_q <= loose_i;
      mask_q  <= (root_i || !fresh_q) ? '0 : children;
      words_q <= (root_i || !fresh_q) ? '0 : words_left;
    end else if (pointers_i.valid) begin
      fresh_q <= fresh_q || pointers_i.row == '0;
      mask_q  <= '0;
      words_q <= '0;
    end else if (loads) begin
      mask_q  <= children;
      words_q <= words_left;
    end else if (read) begin
      mask_q  <= rest;
    end
  end

  // ----------------------------------------------------------- children of a node
  logic      read_q;   // end_q is the pointer of node_q
  node_id_t  node_q, place;  // place: the lowest node of mask_q, from base_q on
  entry_id_t begin_q;  // end of the node with children before
  entry_id_t number;   // of the children
  logic      used;     // end_q has served
  logic      spare_valid_q;  // a second span waits, so that the walk does not depend on the consumer
  span_t     spare_q, span;
  logic      free;     // the first one is taken

  always_comb begin
    end_read = '0;
    place    = '0;
    for (int i = 0; i < int'(Words); i++) begin
      if (mask_q[i] && !rest[i]) begin
        end_read = end_read | ends_q[i];
        place    = place | node_id_t'(i);
      end
    end
  end

  assign number  = end_q - begin_q;
  // Words of pairs alternate: the end of a gap, the end of a node.
  assign span.gap   = loose_q && node_q[0];
  assign span.node  = loose_q ? node_q >> 1 : node_q;
  assign span.few   = number < entry_id_t'(FewEntries);
  assign span.count = number;

  assign free    = !span_valid_o || span_ready_i;
  assign used    = read_q && !spare_valid_q;
  assign read    = mask_q != '0 && (!read_q || used);
  assign walks_o = read || loads;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q        <= 1'b0;
      node_q        <= '0;
      begin_q       <= '0;
      span_valid_o  <= 1'b0;
      span_o        <= '0;
      spare_valid_q <= 1'b0;
      spare_q       <= '0;
    end else if (start_i) begin
      read_q        <= 1'b0;
      begin_q       <= '0;
      span_valid_o  <= root_i && count_i != '0;
      span_o.gap    <= 1'b0;
      span_o.node   <= node_id_t'(0);
      span_o.few    <= count_i < entry_id_t'(FewEntries);
      span_o.count  <= count_i;
      spare_valid_q <= 1'b0;
    end else begin
      if (read) node_q <= base_q + place - node_id_t'(First);
      if (read || used) read_q <= read;
      if (used) begin_q <= end_q;
      if (free) begin
        span_valid_o <= used || spare_valid_q;
        span_o       <= spare_valid_q ? spare_q : span;
      end
      spare_valid_q <= !free && (used || spare_valid_q);
      if (used) spare_q <= span;
      if (pointers_i.valid) read_q <= 1'b0;
    end
  end

  // ---------------------------------------------------------------- properties
  // A start takes away the span of the walk that it ends.
  `FLAASH_STREAM_CHECK(span, span_valid_o, span_ready_i || start_i, span_o, $bits(span_t))
  `FLAASH_ASSERT(WriteInRange_A, !pointers_i.valid || 32'(pointers_i.row) < Rows + Kept, "pointers outside the memory")
  `FLAASH_ASSERT(Children_A, !read_q || end_q > begin_q, "a node without children, or pointers that decrease")
  `FLAASH_ASSERT(Fresh_A, !start_i || root_i || fresh_q || count_i == '0, "a walk begins without new pointers")
  `FLAASH_ASSERT(Loose_A, !start_i || root_i || !loose_i || Words > 1, "pairs where pointers come one by one")
  `FLAASH_COVER(ChildlessRow_C, loads && !read)
  `FLAASH_COVER(ChildlessNode_C, loads && read && children != '1)
  `FLAASH_COVER(StartEndsWalk_C, start_i && (words_q != '0 || mask_q != '0 || read_q || span_valid_o))
  `FLAASH_COVER(SpareServes_C, spare_valid_q && span_ready_i)

endmodule : flaash_loader_spans
