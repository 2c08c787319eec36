// SPDX-License-Identifier: Apache-2.0
// Row bounds: collects the number of results of each row, and gives the table of where the rows begin and end. A dense
// result has no table: rows without a result get their zeros here.
//
// Guarantees  After clear_i no row has results; cleared_o then says that lengths may come. stored_o counts those that
//             are stored in this cycle. After send_i a word pair (begin, end) per row leaves at beat_*, in order, and
//             sent_o follows the last one. It ends before the first row with more results than the pitch: then full_o.
//             complete_o: rows before the end. Both stay until clear_i. With stop_i the beat on offer is the last
//             one. A dense result has beats of zeros instead, for all columns of each row without a length.
// Demands     layout_i stays from clear_i to sent_o, stop_i to sent_o. Lengths only with cleared_o. send_i when the
//             last one is stored, a cycle long.
// Latency     Four cycles from send_i to the first beat.
// Throughput  A length per input and cycle, of rows in different places of a beat; a beat of the table per cycle.
// Reset       The lengths are unknown until clear_i.

`include "flaash_assert.svh"

module flaash_row_bounds
  import flaash_pkg::*;
#(
  parameter int unsigned NodeDepth = 16384,  // rows, most
  parameter int unsigned ValueBytes = 4,     // of a value
  parameter int unsigned NarrowBytes = 2,    // of a narrow one
  parameter int unsigned DataWidth = 128,    // of a beat: 128, 256 or 512
  parameter int unsigned Inputs    = 1,      // of lengths
  localparam int unsigned LengthBits = FiberIdWidth + 1,
  localparam int unsigned Pairs      = DataWidth / 64,  // rows of a beat
  localparam int unsigned PairBits   = $clog2(Pairs),
  localparam type length_t = struct packed {node_id_t row; logic [LengthBits-1:0] length;},
  localparam type beat_t   = struct packed {
                               logic                 values; // zeros of a row, not the table
                               node_id_t             row;
                               logic [31:0]          index;  // its number
                               logic [6:0]           bytes;
                               logic [DataWidth-1:0] data;
                             }
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  layout_t              layout_i,
  input  logic                 clear_i,
  output logic                 cleared_o,
  input  logic [Inputs-1:0]    length_valid_i,
  output logic [Inputs-1:0]    length_ready_o,
  input  length_t [Inputs-1:0] length_i,
  output logic [3:0]           stored_o,
  input  logic                 send_i,
  input  logic                 stop_i,
  output logic                 sent_o,          // pulse
  output logic                 full_o,
  output logic [31:0]          complete_o,

  output logic                 beat_valid_o,
  input  logic                 beat_ready_i,
  output beat_t                beat_o
);

  localparam int unsigned Words    = (NodeDepth + Pairs - 1) / Pairs;
  localparam int unsigned RowWords = (Words > 1) ? Words : 2;
  localparam int unsigned WordBits = $clog2(RowWords);

  typedef enum logic [1:0] {BoundsIdle, BoundsClear, BoundsKeep, BoundsSend} state_e;

  state_e                           state_q;
  logic [WordBits-1:0]              word_q;   // that is cleared, or read
  logic [NodeIdWidth:0]             left_q;   // rows from this word on
  logic [31:0]                      base_q;   // element at which the word's first row begins
  logic [Inputs-1:0][PairBits-1:0]  place;    // of a length's row in its word
  logic [Pairs-1:0][Inputs-1:0]     ready;
  logic [Pairs-1:0]                 writes;
  logic                             moves;    // the next word is read; the word that was read is offered

  assign cleared_o = state_q == BoundsKeep;
  assign stored_o  = 4'($countones(writes));

  for (genvar w = 0; w < int'(Inputs); w++) begin : gen_input
    length_t          length;
    logic [Pairs-1:0] taken;

    assign length   = length_i[w];
    assign place[w] = length.row[PairBits-1:0];

    for (genvar i = 0; i < int'(Pairs); i++) begin : gen_taken
      assign taken[i] = ready[i][w] && place[w] == PairBits'(i);
    end

    assign length_ready_o[w] = length_valid_i[w] && taken != '0;  // a place without a length is unknown
  end

  // ------------------------------------------------------------ the word that was read
  logic                             read_valid_q, held_valid_q;  // its lengths are read; are in lengths_q
  logic [WordBits-1:0]              read_word_q, held_word_q;
  logic [NodeIdWidth:0]             read_left_q, held_left_q;
  logic [31:0]                      read_base_q;
  logic [Pairs-1:0][31:0]           begins_q;    // elements at which its rows begin
  logic [Pairs-1:0][LengthBits-1:0] lengths_q;
  logic [Pairs-1:0]                 over, none;  // more results than the pitch; none
  logic [Pairs-1:0][63:0]           pairs;
  logic [3:0]                       good, some;  // rows of this word that are written; that exist

  for (genvar i = 0; i < int'(Pairs); i++) begin : gen_row
    logic [LengthBits-1:0] ram_q[RowWords];
    logic [LengthBits-1:0] read_q;
    logic [Inputs-1:0]     valid;
    length_t               length;
    node_id_t              row;

    for (genvar w = 0; w < int'(Inputs); w++) begin : gen_valid
      assign valid[w] = length_valid_i[w] && place[w] == PairBits'(i);
    end

    flaash_stream_tree #(
      .Width($bits(length_t)), .Inputs(Inputs)
    ) u_tree (
      .clk_i, .rst_ni,
      .in_valid_i(valid), .in_ready_o(ready[i]), .in_data_i(length_i),
      .out_valid_o(writes[i]), .out_ready_i(1'b1), .out_data_o(length)
    );

    assign row = length.row;

    always_ff @(posedge clk_i) begin
      if (state_q == BoundsClear) ram_q[word_q]                     <= '0;
      else if (writes[i])         ram_q[WordBits'(row >> PairBits)] <= length.length;
      if (moves) begin
        read_q       <= ram_q[word_q];
        lengths_q[i] <= read_q;
      end
    end

    assign pairs[i] = {begins_q[i] + 32'(lengths_q[i]), begins_q[i]};
    assign over[i]  = 32'(lengths_q[i]) > layout_i.pitch && 4'(i) < some;
    assign none[i]  = lengths_q[i] == '0 && 4'(i) < some;
  end

  assign some = (held_left_q < (NodeIdWidth+1)'(Pairs)) ? 4'(held_left_q) : 4'(Pairs);

  always_comb begin
    good = some;
    for (int i = int'(Pairs) - 1; i >= 0; i--) begin
      if (over[i]) good = 4'(i);
    end
  end

  // ------------------------------------------------------------- the word on offer
  logic                   offer_valid_q, offer_last_q, offer_over_q, last, leaves;
  logic [WordBits-1:0]    offer_word_q;
  logic [3:0]             offer_good_q;
  logic [Pairs-1:0][63:0] offer_pairs_q;

  assign moves = state_q == BoundsSend && (!offer_valid_q || leaves);
  assign last  = offer_last_q || offer_over_q || stop_i;

  // Rows of the word that get zeros, one after the other.
  localparam int unsigned BeatBits = $clog2(DataWidth / 8);

  logic [Pairs-1:0]      empty_q;
  logic [PairBits-1:0]   fill_row;
  logic [31:0]           fill_beat_q, next_beat;
  logic                  row_ends;
  logic [2:0]            size_shift;  // of bytes to elements
  logic [6:0]            fill_bytes;

  always_comb begin
    fill_row = '0;
    for (int i = int'(Pairs) - 1; i >= 0; i--) begin
      if (empty_q[i]) fill_row = PairBits'(i);
    end
  end

  assign size_shift = layout_i.narrow ? 3'($clog2(NarrowBytes)) : 3'($clog2(ValueBytes));
  assign next_beat  = (fill_beat_q + 1'b1) << (3'(BeatBits) - size_shift);
  assign row_ends   = 33'(next_beat) >= layout_i.columns;
  assign fill_bytes = row_ends ? (7'(layout_i.columns) << size_shift) - 7'(fill_beat_q << BeatBits) : 7'(DataWidth / 8);

  always_ff @(posedge clk_i) begin
    if (moves) begin
      read_word_q   <= word_q;
      read_left_q   <= left_q;
      read_base_q   <= base_q;
      held_word_q   <= read_word_q;
      held_left_q   <= read_left_q;
      for (int i = 0; i < int'(Pairs); i++) begins_q[i] <= read_base_q + 32'(i) * layout_i.pitch;
      offer_word_q  <= held_word_q;
      offer_last_q  <= held_left_q <= (NodeIdWidth+1)'(Pairs);
      offer_over_q  <= over != '0;
      offer_good_q  <= good;
      offer_pairs_q <= pairs;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      empty_q     <= '0;
      fill_beat_q <= '0;
    end else if (moves) begin
      empty_q     <= none;
      fill_beat_q <= '0;
    end else if (beat_ready_i && empty_q != '0) begin
      fill_beat_q <= row_ends ? '0 : fill_beat_q + 1'b1;
      if (row_ends) empty_q[fill_row] <= 1'b0;
      if (stop_i)   empty_q           <= '0;
    end
  end

  assign beat_valid_o = offer_valid_q && (layout_i.dense ? empty_q != '0 : offer_good_q != '0);
  assign leaves       = offer_valid_q && (layout_i.dense ? empty_q == '0 : beat_ready_i || offer_good_q == '0);
  assign sent_o       = leaves && last;

  assign beat_o.values = layout_i.dense;
  assign beat_o.row    = layout_i.dense ? node_id_t'({offer_word_q, fill_row}) : '0;
  assign beat_o.index  = layout_i.dense ? fill_beat_q : 32'(offer_word_q);
  assign beat_o.bytes  = layout_i.dense ? fill_bytes : {offer_good_q, 3'd0};
  assign beat_o.data   = layout_i.dense ? '0 : offer_pairs_q;

  // ------------------------------------------------------------------------ states
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= BoundsIdle;
      word_q     <= '0;
      left_q     <= '0;
      base_q     <= '0;
      full_o     <= 1'b0;
      complete_o <= '0;
      {read_valid_q, held_valid_q, offer_valid_q} <= '0;
    end else begin
      unique case (state_q)
        BoundsClear: begin
          word_q <= word_q + 1'b1;
          left_q <= left_q - (NodeIdWidth+1)'(Pairs);
          if (left_q <= (NodeIdWidth+1)'(Pairs)) state_q <= BoundsKeep;
        end
        BoundsKeep: begin
          word_q <= '0;
          base_q <= '0;
          left_q <= layout_i.rows;
          if (send_i) state_q <= BoundsSend;
        end
        BoundsSend: begin
          if (moves) begin
            word_q        <= word_q + 1'b1;
            left_q        <= left_q - (NodeIdWidth+1)'(Pairs);
            base_q        <= base_q + 32'(Pairs) * layout_i.pitch;
            read_valid_q  <= 1'b1;
            held_valid_q  <= read_valid_q;
            offer_valid_q <= held_valid_q;
          end
          if (leaves) begin
            complete_o <= complete_o + 32'(offer_good_q);
            full_o     <= offer_over_q;
          end
          if (sent_o) begin
            state_q <= BoundsIdle;
            {read_valid_q, held_valid_q, offer_valid_q} <= '0;
          end
        end
        default: ;
      endcase
      if (clear_i) begin
        state_q    <= BoundsClear;
        word_q     <= '0;
        left_q     <= layout_i.rows;
        full_o     <= 1'b0;
        complete_o <= '0;
        {read_valid_q, held_valid_q, offer_valid_q} <= '0;
      end
    end
  end

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(beat, beat_valid_o, beat_ready_i, beat_o, $bits(beat_t))
  `FLAASH_ASSERT(Kept_A, writes == '0 || cleared_o, "the length of a row is lost")
  `FLAASH_ASSERT(InTime_A, !send_i || (cleared_o && length_valid_i == '0 && writes == '0),
                 "the table begins before it is complete")
  `FLAASH_COVER(Full_C, sent_o && offer_over_q)

endmodule : flaash_row_bounds
