// SPDX-License-Identifier: Apache-2.0
// Loader levels: checks the coordinates of the upper levels and makes nodes of them.
//
// Guarantees  A node leaves for every coordinate that is right, with the number of its parent; both
//             numbers count all levels. verdict_o is about the word that is read.
// Demands     SecLevel before the words of a level; a span covers every coordinate.
// Latency     Verdict in the same cycle; the node one cycle later.
// Throughput  One word per cycle; a coordinate waits for its parent's span.
// Reset       No node under way.

`include "flaash_assert.svh"

module flaash_loader_levels
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned BeatWords = StreamWords,  // of a beat: a power of two
  localparam int unsigned WordBits = $clog2(BeatWords)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  reading_t    reading_i,
  output verdict_t    verdict_o,
  input  frame_t      frame_i,
  // parents, from the pointers of the level above
  input  logic        span_valid_i,
  output logic        span_ready_o,
  input  span_t       span_i,
  output node_write_t node_o
);

  logic        coord_valid;
  logic [31:0] word;
  node_id_t    position;

  logic unused_few;

  assign unused_few  = span_i.few;
  assign coord_valid = reading_i.valid && reading_i.section == SecCoords;
  assign word        = reading_i.word;
  assign position    = reading_i.position[NodeIdWidth-1:0];

  // ---------------------------------------------------------------- coordinates
  entry_id_t   taken_q;  // children of this parent that have come
  logic [31:0] coord_q;  // the coordinate before
  logic        coord_step, child_last;
  error_e      coord_error;

  assign coord_step   = coord_valid && span_valid_i && coord_error == ErrNone;
  assign child_last   = taken_q + 1'b1 == span_i.count;
  assign span_ready_o = coord_step && child_last;

  always_comb begin
    coord_error = ErrNone;
    if (taken_q != '0 && word <= coord_q) coord_error = ErrCoordOrder;
    if (word >= frame_i.extent) coord_error = ErrCoordRange;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
      coord_q <= '0;
    end else if (reading_i.section == SecLevel) begin
      taken_q <= '0;
    end else if (coord_step) begin
      taken_q <= child_last ? '0 : taken_q + 1'b1;
      coord_q <= word;
    end
  end

  // ---------------------------------------------------------------------- nodes
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      node_o <= '0;
    end else begin
      node_o.valid <= coord_step;
      if (coord_step) begin
        node_o <= {1'b1, frame_i.base + position, word, frame_i.above_base + span_i.node};
      end
    end
  end

  assign verdict_o = {span_valid_i, coord_error, 4'd0, 4'd1, &position[WordBits-1:0]};

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(RepeatedCoordOfAnotherParent_C, coord_step && taken_q == '0 && word <= coord_q)

endmodule : flaash_loader_levels
