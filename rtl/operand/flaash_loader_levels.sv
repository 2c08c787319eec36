// SPDX-License-Identifier: Apache-2.0
// Loader levels: checks the coordinates of the upper levels and turns them into nodes.
//
// Guarantees  A node leaves for every valid coordinate, with the number of its parent. Nodes and parents are numbered
//             across all levels. Coordinates of a dense level are made: they count 0 .. extent - 1, again and again.
//             check_err_o checks the words that are read or made.
// Demands     SecLevel before the words of a level; a span covers every coordinate. After an error nothing is read
//             until then.
// Latency     Step response in the same cycle; the node and check_err_o one cycle later.
// Throughput  Up to Words coordinates of one parent per cycle; they wait for its span.
// Reset       No node is in flight.

`include "flaash_assert.svh"

module flaash_loader_levels
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned BeatWords = StreamWords,  // of a beat: a power of two
  parameter int unsigned Words     = 1,            // read in a cycle, most: 1, or sibling_words() of a beat
  localparam int unsigned WordBits = $clog2(BeatWords)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  reading_t    reading_i,
  input  logic [BeatWords-1:0][31:0] beat_i,
  output step_rsp_t    step_rsp_o,
  output check_err_t       check_err_o,
  input  frame_t      frame_i,
  // parents, from the pointers of the level above
  input  logic        span_valid_i,
  output logic        span_ready_o,
  input  span_t       span_i,
  output node_write_t node_o
);

  if (Words != 1 && Words != sibling_words(32 * BeatWords)) begin : gen_illegal_words
    `FLAASH_ILLEGAL("Words must be 1 or sibling_words(32 * BeatWords)")
  end

  localparam int unsigned CountWidth = $clog2(Words) + 1;

  logic                   coord_valid;
  logic [BeatWords-1:0][31:0] shifted;  // the beat, from the position on
  logic [Words-1:0][31:0] words;     // the word at the position, and the words after it
  logic [31:0]            made_q, made;  // the first coordinate that is made; the one after the words
  logic [Words-1:0]       siblings;  // that are read: of the same beat and parent
  logic [CountWidth-1:0]  count;     // number of these siblings
  logic                   fresh_q;   // no child of this parent has come
  entry_id_t              left_q, left;  // children that are to come; left_q if some have
  logic                   few_q, few, more_left;  // less than FewEntries of them, and not so after the step
  node_id_t               position;

  assign coord_valid = reading_i.valid && reading_i.section == SecCoords;
  assign position    = reading_i.position[NodeIdWidth-1:0];
  assign left        = fresh_q ? span_i.count : left_q;
  assign few         = fresh_q ? span_i.few : few_q;
  assign more_left   = !few && !(left[EntryIdWidth-1:4] == 1 && left[3:0] < 4'(count));
  assign count       = CountWidth'($countones(siblings));

  // A choice per bit of the position takes fewer gates than one among all words.
  always_comb begin
    shifted = beat_i;
    for (int b = int'(WordBits) - 1; b >= 0; b--) begin
      if (position[b]) shifted = shifted >> (32 << b);
    end
  end

  // (Spans cover no more than the words of the level.)
  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    assign words[i] = frame_i.dense ? made_q + 32'(i) : shifted[i];
    if (i == 0) begin : gen_first
      assign siblings[i] = 1'b1;
    end else begin : gen_after
      logic [WordBits-1:0] place;  // in the beat

      assign place       = position[WordBits-1:0] + WordBits'(i);
      assign siblings[i] = (frame_i.dense || place >= WordBits'(i)) && (!few || left[3:0] > 4'(i));
    end
  end

  // Gaps are below the level of the leaf's parents only.

  // ---------------------------------------------------------------- coordinates
  logic [31:0] coord_q;  // the coordinate before
  logic        coord_step, child_last;
  logic [Words-1:0] repeats, repeats_q, outside, outside_q;  // words that do not ascend, or not below the extent
  logic        failed_q, dense_q;

  assign coord_step   = coord_valid && span_valid_i;
  assign child_last   = few && left[3:0] == 4'(count);
  assign span_ready_o = coord_step && child_last;

  always_comb begin
    for (int i = 0; i < int'(Words); i++) begin
      repeats[i] = (i != 0 || !fresh_q) && words[i] <= ((i == 0) ? coord_q : words[(i == 0) ? 0 : i-1]);
      outside[i] = words[i] >= frame_i.extent;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      repeats_q <= '0;
      outside_q <= '0;
      failed_q  <= 1'b0;
      dense_q   <= 1'b0;
    end else begin
      dense_q   <= frame_i.dense;
      repeats_q <= repeats;
      outside_q <= outside;
      failed_q  <= coord_step && ((repeats | outside) & siblings) != '0;
    end
  end

  always_comb begin
    check_err_o = check_error(failed_q, ErrCoordOrder, 4'd0, 1'b0);
    // A made coordinate that is not below the extent would be 0: a second time for its parent.
    // From the last word to the first, so that the first error stays.
    for (int i = int'(Words) - 1; i >= 0; i--) begin
      if (repeats_q[i]) check_err_o = check_error(failed_q, ErrCoordOrder, 4'(i), 1'b0);
      if (outside_q[i]) check_err_o = check_error(failed_q, dense_q ? ErrCoordOrder : ErrCoordRange, 4'(i), 1'b0);
    end
  end

  logic [$clog2(MaxSiblings)-1:0] more;  // siblings after the first one

  assign more = ($clog2(MaxSiblings))'(count - 1'b1);
  assign made = made_q + 32'(count);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_q <= 1'b1;
      left_q  <= '0;
      few_q   <= 1'b1;
      coord_q <= '0;
      made_q  <= '0;
    end else if (reading_i.section == SecLevel) begin
      fresh_q <= 1'b1;
      made_q  <= '0;
    end else if (coord_step) begin
      fresh_q <= child_last;
      left_q  <= left - entry_id_t'(count);
      few_q   <= !more_left;
      coord_q <= words[(Words == 1) ? 0 : more];
      made_q  <= (made == frame_i.extent) ? '0 : made;
    end
  end

  // ---------------------------------------------------------------------- nodes
  node_write_t node_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      node_q <= '0;
    end else begin
      node_q.valid <= coord_step;
      if (coord_step) begin
        node_q.id     <= frame_i.base + position;
        node_q.parent <= frame_i.above_base + span_i.node;
        node_q.more   <= more;
        node_q.coords <= (32*MaxSiblings)'(words);
      end
    end
  end

  always_comb begin
    node_o       = node_q;
    node_o.valid = node_q.valid && !check_err_o.valid;
  end

  logic [WordBits:0] read;  // words of the beat

  assign read      = (WordBits+1)'(position[WordBits-1:0]) + (WordBits+1)'(count);

  assign step_rsp_o.ready    = span_valid_i;
  assign step_rsp_o.taken    = 5'(count);
  assign step_rsp_o.last     = reading_i.left == entry_id_t'(count);
  assign step_rsp_o.beat_end = !frame_i.dense && read == (WordBits+1)'(BeatWords);
  assign step_rsp_o.crosses  = 1'b0;

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(Made_C, coord_step && frame_i.dense)
  `FLAASH_COVER(Siblings_C, coord_step && 32'(count) == Words)
  `FLAASH_COVER(RepeatedCoordOfAnotherParent_C, coord_step && fresh_q && words[0] <= coord_q)

endmodule : flaash_loader_levels
