// SPDX-License-Identifier: Apache-2.0
// Row bounds: collects the number of results of each row, and gives the table of where the rows begin and end. A dense
// result has no table: rows without a result get their zeros here.
//
// Guarantees  After clear_i no row has results; cleared_o then says that lengths are accepted. After send_i a word pair
//             (begin, end) per row leaves at beat_*, in order, and sent_o follows the last one. It ends before the
//             first row with more results than the pitch: then full_o. complete_o: rows before the end. Both stay
//             until clear_i. With stop_i the beat on offer is the last one. A dense result has beats of zeros instead,
//             for all columns of each row without a length.
// Demands     layout_i stays from clear_i to sent_o, stop_i to sent_o. send_i only with cleared_o, after the last
//             length, a cycle long.
// Latency     Two cycles from send_i to the first beat.
// Throughput  A length per cycle; a beat in two cycles.
// Reset       The lengths are unknown until clear_i.

`include "flaash_assert.svh"

module flaash_row_bounds
  import flaash_pkg::*;
#(
  parameter int unsigned NodeDepth = 16384,  // rows, most
  parameter int unsigned ValueBytes = 4,     // of a value
  parameter int unsigned NarrowBytes = 2,    // of a narrow one
  parameter int unsigned DataWidth = 128,    // of a beat: 128, 256 or 512
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
  input  logic        clk_i,
  input  logic        rst_ni,

  input  layout_t     layout_i,
  input  logic        clear_i,
  output logic        cleared_o,
  input  logic        length_valid_i,  // always accepted
  input  length_t     length_i,
  input  logic        send_i,
  input  logic        stop_i,
  output logic        sent_o,          // pulse
  output logic        full_o,
  output logic [31:0] complete_o,

  output logic        beat_valid_o,
  input  logic        beat_ready_i,
  output beat_t       beat_o
);

  localparam int unsigned Words    = (NodeDepth + Pairs - 1) / Pairs;
  localparam int unsigned RowWords = (Words > 1) ? Words : 2;
  localparam int unsigned WordBits = $clog2(RowWords);

  typedef enum logic [2:0] {BoundsIdle, BoundsClear, BoundsKeep, BoundsRead, BoundsOffer} state_e;

  state_e                           state_q;
  logic [WordBits-1:0]              word_q;   // that is cleared, or read
  logic [NodeIdWidth:0]             left_q;   // rows from this word on
  logic [31:0]                      base_q;   // element at which the word's first row begins
  logic [Pairs-1:0][LengthBits-1:0] lengths;
  logic [Pairs-1:0]                 over;     // more results than the pitch
  logic [Pairs-1:0][63:0]           pairs;
  logic [3:0]                       good, some;  // rows of this word that are written; that exist
  logic                             last, leaves;
  node_id_t                         row;

  assign cleared_o = state_q == BoundsKeep;
  assign row       = length_i.row;

  for (genvar i = 0; i < int'(Pairs); i++) begin : gen_row
    logic [LengthBits-1:0] ram_q[RowWords];
    logic [LengthBits-1:0] read_q;
    logic [31:0]           begins;
    logic                  write;

    assign write = length_valid_i && row[PairBits-1:0] == PairBits'(i);

    always_ff @(posedge clk_i) begin
      if (state_q == BoundsClear) ram_q[word_q]           <= '0;
      else if (write)  ram_q[WordBits'(row >> PairBits)] <= length_i.length;
      read_q <= ram_q[word_q];
    end

    assign lengths[i] = read_q;
    assign begins     = base_q + 32'(i) * layout_i.pitch;
    assign pairs[i]   = {begins + 32'(lengths[i]), begins};
    assign over[i]    = 32'(lengths[i]) > layout_i.pitch && 4'(i) < some;
  end

  assign some = (left_q < (NodeIdWidth+1)'(Pairs)) ? 4'(left_q) : 4'(Pairs);
  assign last = left_q <= (NodeIdWidth+1)'(Pairs) || over != '0 || stop_i;

  always_comb begin
    good = some;
    for (int i = int'(Pairs) - 1; i >= 0; i--) begin
      if (over[i]) good = 4'(i);
    end
  end

  // Rows of the word that get zeros, one after the other.
  localparam int unsigned BeatBits = $clog2(DataWidth / 8);

  logic [Pairs-1:0]      empty, filled_q;
  logic [PairBits-1:0]   fill_row;
  logic [31:0]           fill_beat_q, next_beat;
  logic                  row_ends;
  logic [2:0]            size_shift;  // of bytes to elements
  logic [6:0]            fill_bytes;

  always_comb begin
    fill_row = '0;
    for (int i = int'(Pairs) - 1; i >= 0; i--) begin
      empty[i] = lengths[i] == '0 && 4'(i) < some && !filled_q[i];
      if (empty[i]) fill_row = PairBits'(i);
    end
  end

  assign size_shift = layout_i.narrow ? 3'($clog2(NarrowBytes)) : 3'($clog2(ValueBytes));
  assign next_beat  = (fill_beat_q + 1'b1) << (3'(BeatBits) - size_shift);
  assign row_ends   = 33'(next_beat) >= layout_i.columns;
  assign fill_bytes = row_ends ? (7'(layout_i.columns) << size_shift) - 7'(fill_beat_q << BeatBits) : 7'(DataWidth / 8);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      filled_q    <= '0;
      fill_beat_q <= '0;
    end else if (state_q != BoundsOffer) begin
      filled_q    <= '0;
      fill_beat_q <= '0;
    end else if (beat_ready_i && empty != '0) begin
      fill_beat_q <= row_ends ? '0 : fill_beat_q + 1'b1;
      if (row_ends) filled_q[fill_row] <= 1'b1;
      if (stop_i)   filled_q           <= '1;
    end
  end

  assign beat_valid_o = state_q == BoundsOffer && (layout_i.dense ? empty != '0 : good != '0);
  assign beat_o       = layout_i.dense ? {1'b1, node_id_t'({word_q, fill_row}), fill_beat_q, fill_bytes, DataWidth'(0)}
                                       : {1'b0, node_id_t'(0), 32'(word_q), {good, 3'd0}, pairs};
  assign leaves       = state_q == BoundsOffer
                        && (layout_i.dense ? empty == '0 : beat_ready_i || good == '0);
  assign sent_o       = leaves && last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= BoundsIdle;
      word_q     <= '0;
      left_q     <= '0;
      base_q     <= '0;
      full_o     <= 1'b0;
      complete_o <= '0;
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
          if (send_i) state_q <= BoundsRead;
        end
        BoundsRead: state_q <= BoundsOffer;
        BoundsOffer: if (leaves) begin
          complete_o <= complete_o + 32'(good);
          full_o     <= over != '0;
          word_q     <= word_q + 1'b1;
          left_q     <= left_q - (NodeIdWidth+1)'(Pairs);
          base_q     <= base_q + 32'(Pairs) * layout_i.pitch;
          state_q    <= last ? BoundsIdle : BoundsRead;
        end
        default: ;
      endcase
      if (clear_i) begin
        state_q    <= BoundsClear;
        word_q     <= '0;
        left_q     <= layout_i.rows;
        full_o     <= 1'b0;
        complete_o <= '0;
      end
    end
  end

  logic unused_layout;
  assign unused_layout = ^layout_i;

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(beat, beat_valid_o, beat_ready_i, beat_o, $bits(beat_t))
  `FLAASH_ASSERT(Kept_A, !length_valid_i || cleared_o, "the length of a row is lost")
  `FLAASH_ASSERT(InTime_A, !send_i || (cleared_o && !length_valid_i), "the table begins before it is complete")
  `FLAASH_COVER(Full_C, sent_o && over != '0)

endmodule : flaash_row_bounds
