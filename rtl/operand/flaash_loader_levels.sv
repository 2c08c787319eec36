// SPDX-License-Identifier: Apache-2.0
// Loader levels: checks the coordinates of the upper levels and makes nodes of them.
//
// Guarantees  A node leaves for every coordinate that is right, with the number of its parent; both
//             numbers count all levels. verdict_o is about the word that is read.
// Demands     SecLevel before the words of a level; a span covers every coordinate.
// Latency     Verdict in the same cycle; the node one cycle later.
// Throughput  Up to Words coordinates of one parent per cycle; they wait for its span.
// Reset       No node under way.

`include "flaash_assert.svh"

module flaash_loader_levels
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned BeatWords = StreamWords,  // of a beat: a power of two
  parameter int unsigned Words     = 1,            // read in a cycle, most: 1 or 2
  localparam int unsigned WordBits = $clog2(BeatWords)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  reading_t    reading_i,
  input  logic [BeatWords-1:0][31:0] beat_i,
  output verdict_t    verdict_o,
  input  frame_t      frame_i,
  // parents, from the pointers of the level above
  input  logic        span_valid_i,
  output logic        span_ready_o,
  input  span_t       span_i,
  output node_write_t node_o
);

  if (Words != 1 && Words != 2) begin : gen_illegal_words
    `FLAASH_ILLEGAL("Words must be 1 or 2")
  end

  logic        coord_valid;
  logic        pair;    // the next word is read, too
  logic [31:0] word, second;
  entry_id_t   taken_q;  // children of this parent that have come
  node_id_t    position;

  logic unused_few;

  assign unused_few  = span_i.few;
  assign coord_valid = reading_i.valid && reading_i.section == SecCoords;
  assign word        = reading_i.word;
  assign position    = reading_i.position[NodeIdWidth-1:0];

  // A word of the same beat, if it is of the same parent. (Spans cover no more than the words of the level.)
  if (Words == 2) begin : gen_pair
    assign second = beat_i[WordBits'(position + 1'b1)];
    assign pair   = !(&position[WordBits-1:0]) && taken_q + 1'b1 < span_i.count;
  end else begin : gen_single
    logic unused_beat;

    assign unused_beat = ^beat_i;
    assign second      = '0;
    assign pair        = 1'b0;
  end

  // ---------------------------------------------------------------- coordinates
  logic [31:0] coord_q;  // the coordinate before
  logic        coord_step, child_last;
  error_e      coord_error;
  logic        wrong;   // it is the second word that is

  assign coord_step   = coord_valid && span_valid_i && coord_error == ErrNone;
  assign child_last   = taken_q + 1'b1 + entry_id_t'(pair) == span_i.count;
  assign span_ready_o = coord_step && child_last;

  always_comb begin
    coord_error = ErrNone;
    wrong       = 1'b0;
    if (pair && second <= word) {wrong, coord_error} = {1'b1, ErrCoordOrder};
    if (pair && second >= frame_i.extent) {wrong, coord_error} = {1'b1, ErrCoordRange};
    if (taken_q != '0 && word <= coord_q) {wrong, coord_error} = {1'b0, ErrCoordOrder};
    if (word >= frame_i.extent) {wrong, coord_error} = {1'b0, ErrCoordRange};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
      coord_q <= '0;
    end else if (reading_i.section == SecLevel) begin
      taken_q <= '0;
    end else if (coord_step) begin
      taken_q <= child_last ? '0 : taken_q + 1'b1 + entry_id_t'(pair);
      coord_q <= pair ? second : word;
    end
  end

  // ---------------------------------------------------------------------- nodes
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      node_o <= '0;
    end else begin
      node_o.valid <= coord_step;
      if (coord_step) begin
        node_o <= {1'b1, frame_i.base + position, word, frame_i.above_base + span_i.node, pair, second};
      end
    end
  end

  logic [WordBits-1:0] last_read;  // of the beat

  assign last_read = position[WordBits-1:0] + WordBits'(pair);
  assign verdict_o = {span_valid_i, coord_error, 4'(wrong), 5'd1 + 5'(pair), &last_read};

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(Pair_C, coord_step && pair)
  `FLAASH_COVER(RepeatedCoordOfAnotherParent_C, coord_step && taken_q == '0 && word <= coord_q)

endmodule : flaash_loader_levels
