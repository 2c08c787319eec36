// SPDX-License-Identifier: Apache-2.0
// Loader spans: the pointers of a level, kept until the level below needs them.
//
// Guarantees  After start_i a span per node of the level that has children, in order. A span has the node's number
//             within its level and the number of its children (entries). With root_i a single span instead: node 0
//             with count_i children.
// Demands     Pointers are written before start_i and do not decrease. Word k of a pointer section is written at k.
//             Where pointers come one by one, word k + 1 is written at k. start_i ends a walk. New pointers end it,
//             too; only childless nodes are left then.
// Latency     Three cycles from start_i to the first span.
// Throughput  One node per cycle, childless ones included, so a consumer that takes two cycles or more
//             per span never waits for full nodes.
// Reset       Ends the walk.
//
//   ends (RAM) -> row_q: pointer of next_q -> end_q: of node_q -> spare_q, if span_o is taken -> span_o

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
  output logic      span_valid_o,
  input  logic      span_ready_i,
  output span_t     span_o,
  output logic      walks_o   // a pointer is being read
);

  localparam int unsigned Rows      = (Words == 1) ? NodeDepth : NodeDepth / Words + 1;
  localparam int unsigned AddrWidth = (Rows > 1) ? $clog2(Rows) : 1;
  localparam logic [NodeIdWidth:0] First = (Words == 1) ? '0 : 1;  // the first pointer of several is 0
  localparam int unsigned RowShift  = $clog2(Words);

  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 2**NodeIdWidth")
  end

  // -------------------------------------------------------------- read pointers
  logic [Words-1:0][EntryIdWidth-1:0] ends[Rows];
  logic [Words-1:0][EntryIdWidth-1:0] row_q;  // while nodes are left: holds the pointer of next_q
  logic [NodeIdWidth:0] word, word_q;  // pointer that is fetched, as a number within its section; after the first
  entry_id_t end_read, end_q;
  entry_id_t left_q;  // nodes not yet read
  node_id_t  next_q;  // node to read
  logic      read;

  // The next pointer is fetched while the current one is read, the first one with the start. So no logic follows
  // the output of a RAM in the cycle of its access.
  assign word = start_i ? First : word_q;

  always_ff @(posedge clk_i) begin
    if (pointers_i.valid) ends[pointers_i.row[AddrWidth-1:0]] <= limits_i;
    if (start_i || read) row_q <= ends[AddrWidth'(word >> RowShift)];
    if (start_i || read) word_q <= start_i ? First + 1'b1 : word_q + 1'b1;
    if (read) end_q <= end_read;
  end

  if (Words == 1) begin : gen_single
    assign end_read = row_q;
  end else begin : gen_rows
    assign end_read = row_q[RowShift'(next_q + 1'b1)];
  end

  // ----------------------------------------------------------- children of a node
  logic      read_q;   // end_q is the pointer of node_q
  node_id_t  node_q;
  entry_id_t begin_q;  // end of the node before
  entry_id_t children;
  logic      found;    // node_q has children
  logic      used;     // end_q has served
  logic      spare_valid_q;  // a second span waits, so that the walk does not depend on the consumer
  span_t     spare_q, span;
  logic      free;     // the first one is taken

  assign children = end_q - begin_q;
  assign span     = {node_q, children < entry_id_t'(FewEntries), children};
  assign found    = read_q && end_q != begin_q && !spare_valid_q;
  assign free     = !span_valid_o || span_ready_i;
  assign used     = read_q && (end_q == begin_q || !spare_valid_q);
  assign read     = left_q != '0 && (!read_q || used);
  assign walks_o  = read;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q        <= '0;
      next_q        <= '0;
      read_q        <= 1'b0;
      node_q        <= '0;
      begin_q       <= '0;
      span_valid_o  <= 1'b0;
      span_o        <= '0;
      spare_valid_q <= 1'b0;
      spare_q       <= '0;
    end else if (start_i) begin
      left_q        <= root_i ? '0 : count_i;
      next_q        <= '0;
      read_q        <= 1'b0;
      begin_q       <= '0;
      span_valid_o  <= root_i && count_i != '0;
      span_o        <= {node_id_t'(0), count_i < entry_id_t'(FewEntries), count_i};
      spare_valid_q <= 1'b0;
    end else begin
      if (read) begin
        left_q <= left_q - 1'b1;
        next_q <= next_q + 1'b1;
        node_q <= next_q;
      end
      if (read || used) read_q <= read;
      if (used) begin_q <= end_q;
      if (free) begin
        span_valid_o <= found || spare_valid_q;
        span_o       <= spare_valid_q ? spare_q : span;
      end
      spare_valid_q <= !free && (found || spare_valid_q);
      if (found) spare_q <= span;
      if (pointers_i.valid) begin
        left_q <= '0;
        read_q <= 1'b0;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  // A start takes away the span of the walk that it ends.
  `FLAASH_STREAM_CHECK(span, span_valid_o, span_ready_i || start_i, span_o, $bits(span_t))
  `FLAASH_ASSERT(WriteInRange_A, !pointers_i.valid || 32'(pointers_i.row) < Rows, "pointers outside the memory")
  `FLAASH_ASSERT(ChildrenNotNegative_A, !read_q || end_q >= begin_q, "pointers decrease")
  `FLAASH_COVER(ChildlessNode_C, used && !found)
  `FLAASH_COVER(StartEndsWalk_C, start_i && (left_q != '0 || read_q || span_valid_o))
  `FLAASH_COVER(SpareServes_C, spare_valid_q && span_ready_i)

endmodule : flaash_loader_spans
