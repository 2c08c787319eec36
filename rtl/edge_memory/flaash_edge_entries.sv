// SPDX-License-Identifier: Apache-2.0
// Edge entries: makes the entries of a frame of the crd and val arrays of the leaf.
//
// Guarantees  The entries leave in order, with the frame's number of entries per beat; the rest of the last beat
//             is zero. A coordinate that exceeds CoordWidth bits is reported with its position, and its beat does
//             not leave.
// Demands     start_i with the number of entries before the first beat; after the last beat of a leaf no beat of
//             another leaf before the next start_i.
// Latency     One cycle from the arrays' beats to the frame's beat.
// Throughput  A beat per cycle while both arrays have beats; in three cycles where the coordinates take two
//             beats.
// Reset       No entries are to come.

`include "flaash_assert.svh"

module flaash_edge_entries
  import flaash_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned FeedWidth  = StreamWidth  // bits of a beat, of arrays and of the frame
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      start_i,
  input  logic [31:0]               count_i,
  input  logic                      short_crd_i,  // two bytes; steady until the last beat

  input  logic [1:0]                beat_valid_i, // crd in element 0, val in 1
  output logic [1:0]                beat_ready_o,
  input  logic [1:0][FeedWidth-1:0] beat_i,

  output logic                      entries_valid_o,
  input  logic                      entries_ready_i,
  output logic [FeedWidth-1:0]      entries_o,
  output logic                      entries_last_o,
  output logic                      wrong_o,      // a coordinate of the beat is too great
  output logic [27:0]               position_o    // that entry
);

  localparam int unsigned ValueWidth = value_width(Format);
  localparam int unsigned EntryWidth = entry_width(Format, CoordWidth);
  localparam int unsigned PerBeat    = FeedWidth / EntryWidth;
  localparam int unsigned ValueShift = $clog2(ValueWidth / 8);

  // ---------------------------------------------------------------------- arrays
  logic [1:0]                    there;
  logic [1:0][PerBeat-1:0][31:0] entries;  // their coordinates and values
  logic [5:0]                    need;
  logic                          take;
  logic [1:0][1:0]               shift;

  assign shift = {2'(ValueShift), short_crd_i ? 2'd1 : 2'd2};

  for (genvar i = 0; i < 2; i++) begin : gen_array
    flaash_stream_gearbox #(
      .Group(PerBeat), .FeedWidth(FeedWidth)
    ) u_gearbox (
      .clk_i, .rst_ni,
      .shift_i(shift[i]), .flush_i(take && entries_last_o),
      .in_valid_i(beat_valid_i[i]), .in_ready_o(beat_ready_o[i]), .in_data_i(beat_i[i]),
      .need_i(need), .out_valid_o(there[i]), .take_i(take), .out_o(entries[i])
    );
  end

  // ----------------------------------------------------------------------- entries
  // Facts about the entries that are left, computed a beat ahead: used_q: the entries of the beat, need_q of them.
  localparam int unsigned PlaceBits = $clog2(PerBeat);

  logic [31:0]           left_q, others;   // others: after this beat, if it is not the last one
  logic [27-PlaceBits:0] done_q;           // beats that have left
  logic                  some_q, last_q;   // left_q != 0, left_q <= PerBeat
  logic [5:0]            need_q;
  logic [PerBeat-1:0]    used_q, used;     // used: with start_i, or with the next beat
  logic [31:0]           comes;            // entries that are left then

  assign others          = left_q - 32'(PerBeat);
  assign need            = need_q;
  assign entries_last_o  = last_q;
  assign entries_valid_o = some_q && (&there) && !wrong_o;
  assign take            = entries_valid_o && entries_ready_i;

  always_comb begin
    comes = start_i ? count_i : others;
    for (int i = 0; i < int'(PerBeat); i++) used[i] = comes > 32'(i);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      done_q <= '0;
      some_q <= 1'b0;
      last_q <= 1'b0;
      need_q <= '0;
      used_q <= '0;
    end else if (start_i || take) begin
      left_q <= comes;
      done_q <= start_i ? '0 : done_q + 1'b1;
      some_q <= start_i ? count_i != '0 : !last_q;
      last_q <= comes <= 32'(PerBeat);
      need_q <= (comes < 32'(PerBeat)) ? comes[5:0] : 6'(PerBeat);
      used_q <= used;
    end
  end

  logic [PerBeat-1:0] great;

  for (genvar i = 0; i < int'(PerBeat); i++) begin : gen_entry
    assign great[i] = used_q[i] && (33'(entries[0][i]) >> CoordWidth) != '0;
    assign entries_o[EntryWidth*i +: EntryWidth] =
      used_q[i] ? EntryWidth'({entries[1][i][ValueWidth-1:0], entries[0][i][CoordWidth-1:0]}) : '0;
  end

  always_comb begin
    position_o = '0;
    for (int i = int'(PerBeat) - 1; i >= 0; i--) begin
      if (great[i]) position_o = {done_q, PlaceBits'(i)};
    end
  end

  assign wrong_o = some_q && (&there) && great != '0;

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(entries, entries_valid_o, entries_ready_i, ({entries_last_o, entries_o}), FeedWidth + 1)
  `FLAASH_ASSERT(StartWhenEmpty_A, !start_i || !some_q, "another leaf while entries are to come")
  `FLAASH_COVER(LastIsPartial_C, take && entries_last_o && need != 6'(PerBeat))

endmodule : flaash_edge_entries
