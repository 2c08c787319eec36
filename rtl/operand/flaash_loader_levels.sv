// SPDX-License-Identifier: Apache-2.0
// Loader levels: checks the coordinates and pointers of the upper levels and makes nodes of them.
//
// Guarantees  A node leaves for every coordinate that is right, with the number of its parent; both
//             numbers count all levels. Pointers that are right go to the spans. *_error_o is the
//             verdict on the word that is offered, ErrNone if it is right.
// Demands     section_i before the first coordinate of a level; a span covers every coordinate.
// Latency     Verdict in the same cycle; the node one cycle later.
// Throughput  One word per cycle; a coordinate waits for its parent's span.
// Reset       No node under way.

`include "flaash_assert.svh"

module flaash_loader_levels
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // words of the level
  input  logic                    section_i,        // pulse: a level begins
  input  logic                    coord_valid_i,
  input  logic                    pointer_valid_i,
  output logic                    word_ready_o,     // of coordinates; pointers never wait
  input  logic [31:0]             word_i,
  input  logic [EntryIdWidth-1:0] position_i,
  input  logic                    section_last_i,
  output error_e                  error_o,

  // what the frame announced about this level
  input  logic [31:0]             extent_i,
  input  logic [EntryIdWidth-1:0] below_i,          // nodes or entries of the level below
  input  node_id_t                base_i,           // first node of this level
  input  node_id_t                parent_base_i,    // first node of the level above, 0 for level 0

  // parents, from the pointers of the level above
  input  logic                    span_valid_i,
  output logic                    span_ready_o,
  input  node_id_t                span_node_i,
  input  logic [EntryIdWidth-1:0] span_count_i,

  // pointers of this level, for the level below
  output logic                    end_valid_o,
  output node_id_t                end_node_o,
  output logic [EntryIdWidth-1:0] end_o,

  // nodes
  output logic                    node_valid_o,
  output node_id_t                node_id_o,
  output logic [31:0]             node_coord_o,
  output node_id_t                node_parent_o
);

  // ---------------------------------------------------------------- coordinates
  logic [EntryIdWidth-1:0] taken_q;  // children of this parent that have come
  logic [31:0]             coord_q;  // the coordinate before
  logic                    coord_step, child_last;
  error_e                  coord_error;

  assign word_ready_o = span_valid_i;
  assign coord_step   = coord_valid_i && span_valid_i && coord_error == ErrNone;
  assign child_last   = taken_q + 1'b1 == span_count_i;
  assign span_ready_o = coord_step && child_last;

  always_comb begin
    coord_error = ErrNone;
    if (taken_q != '0 && word_i <= coord_q) coord_error = ErrCoordOrder;
    if (word_i >= extent_i) coord_error = ErrCoordRange;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
      coord_q <= '0;
    end else if (section_i) begin
      taken_q <= '0;
    end else if (coord_step) begin
      taken_q <= child_last ? '0 : taken_q + 1'b1;
      coord_q <= word_i;
    end
  end

  // ---------------------------------------------------------------------- nodes
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      node_valid_o  <= 1'b0;
      node_id_o     <= '0;
      node_coord_o  <= '0;
      node_parent_o <= '0;
    end else begin
      node_valid_o <= coord_step;
      if (coord_step) begin
        node_id_o     <= base_i + position_i[NodeIdWidth-1:0];
        node_coord_o  <= word_i;
        node_parent_o <= parent_base_i + span_node_i;
      end
    end
  end

  // ------------------------------------------------------------------- pointers
  logic [EntryIdWidth-1:0] pointer_q;  // the pointer before
  logic                    pointer_step;
  error_e                  pointer_error;

  always_comb begin
    pointer_error = ErrNone;
    if (position_i == '0 && word_i != '0) pointer_error = ErrPointer;
    if (position_i != '0 && word_i < 32'(pointer_q)) pointer_error = ErrPointer;
    if (word_i > 32'(below_i)) pointer_error = ErrPointer;
    if (section_last_i && word_i != 32'(below_i)) pointer_error = ErrPointer;
  end

  assign pointer_step = pointer_valid_i && pointer_error == ErrNone;
  assign end_valid_o  = pointer_step && position_i != '0;
  assign end_node_o   = position_i[NodeIdWidth-1:0] - 1'b1;
  assign end_o        = word_i[EntryIdWidth-1:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)           pointer_q <= '0;
    else if (pointer_step) pointer_q <= word_i[EntryIdWidth-1:0];
  end

  always_comb begin
    error_o = coord_error;
    if (pointer_valid_i) error_o = pointer_error;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneWord_A, !(coord_valid_i && pointer_valid_i), "a word is a coordinate or a pointer")
  `FLAASH_COVER(RepeatedCoordOfAnotherParent_C, coord_step && taken_q == '0 && word_i <= coord_q)

endmodule : flaash_loader_levels
