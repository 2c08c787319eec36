// SPDX-License-Identifier: Apache-2.0
// Loader spans: the pointers of a level, kept until the level below needs them.
//
// Guarantees  After start_i a span per node of the level with something below it, in order: the
//             node's number within its level and how many children (entries) it has. With root_i
//             a single span instead: node 0 with count_i children.
// Demands     Pointers are written before start_i, word k + 1 of a pointer section at k; they
//             do not decrease. start_i ends a walk that is under way.
// Latency     Three cycles from start_i to the first span.
// Throughput  One node per cycle, childless ones included, so a consumer that takes two cycles or more
//             per span never waits for full nodes.
// Reset       Ends the walk.

`include "flaash_assert.svh"

module flaash_loader_spans
  import flaash_pkg::*;
#(
  parameter int unsigned NodeDepth = 1024  // pointers kept, 1 or more
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // end pointer of a node
  input  logic                    wr_valid_i,
  input  node_id_t                wr_node_i,
  input  logic [EntryIdWidth-1:0] wr_end_i,

  // a walk
  input  logic                    start_i,
  input  logic                    root_i,
  input  logic [EntryIdWidth-1:0] count_i,  // nodes of the level, or children of the root

  // spans
  output logic                    span_valid_o,
  input  logic                    span_ready_i,
  output node_id_t                span_node_o,
  output logic [EntryIdWidth-1:0] span_count_o,
  output logic                    walks_o       // a pointer is being read
);

  localparam int unsigned AddrWidth = (NodeDepth > 1) ? $clog2(NodeDepth) : 1;

  if (NodeDepth < 1 || NodeDepth > 2 ** NodeIdWidth) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("NodeDepth must be 1 to 2**NodeIdWidth")
  end

  // -------------------------------------------------------------- read pointers
  logic [EntryIdWidth-1:0] ends[NodeDepth];
  logic [EntryIdWidth-1:0] end_q;
  logic [EntryIdWidth-1:0] left_q;  // nodes not yet read
  node_id_t                next_q;  // node to read
  logic                    read;

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) ends[wr_node_i[AddrWidth-1:0]] <= wr_end_i;
    if (read) end_q <= ends[next_q[AddrWidth-1:0]];
  end

  // ----------------------------------------------------------- children of a node
  logic                    read_q;      // end_q is the pointer of node_q
  node_id_t                node_q;
  logic [EntryIdWidth-1:0] begin_q;     // end of the node before
  logic [EntryIdWidth-1:0] children;
  logic                    place_free;  // the output can take a span
  logic                    used;        // end_q has served

  assign children   = end_q - begin_q;
  assign place_free = !span_valid_o || span_ready_i;
  assign used       = read_q && (children == '0 || place_free);
  assign read       = left_q != '0 && (!read_q || used);
  assign walks_o    = read;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q       <= '0;
      next_q       <= '0;
      read_q       <= 1'b0;
      node_q       <= '0;
      begin_q      <= '0;
      span_valid_o <= 1'b0;
      span_node_o  <= '0;
      span_count_o <= '0;
    end else if (start_i) begin
      left_q       <= root_i ? '0 : count_i;
      next_q       <= '0;
      read_q       <= 1'b0;
      begin_q      <= '0;
      span_valid_o <= root_i && count_i != '0;
      span_node_o  <= '0;
      span_count_o <= count_i;
    end else begin
      if (read) begin
        left_q <= left_q - 1'b1;
        next_q <= next_q + 1'b1;
        node_q <= next_q;
      end
      if (read || used) read_q <= read;
      if (used) begin_q <= end_q;
      if (place_free) span_valid_o <= used && children != '0;
      if (used && children != '0) begin
        span_node_o  <= node_q;
        span_count_o <= children;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  // A start takes away the span of the walk that it ends.
  `FLAASH_STREAM_CHECK(span, span_valid_o, span_ready_i || start_i, {span_node_o, span_count_o},
                       NodeIdWidth + EntryIdWidth)
  `FLAASH_ASSERT(WriteInRange_A, !wr_valid_i || 32'(wr_node_i) < NodeDepth, "pointer outside the memory")
  `FLAASH_ASSERT(ChildrenNotNegative_A, !read_q || end_q >= begin_q, "pointers decrease")
  `FLAASH_COVER(ChildlessNode_C, used && children == '0)

endmodule : flaash_loader_spans
