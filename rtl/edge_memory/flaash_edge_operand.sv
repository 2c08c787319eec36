// SPDX-License-Identifier: Apache-2.0
// Edge operand: builds an operand for the core from arrays in memory.
//
// Guarantees  start_i sends one operand: a head, an extent per mode, a count per upper level, then the arrays. Extents
//             and counts take a word each. The contents of the arrays are not checked. Two errors stop the operand: an
//             error response of the memory, and a coordinate with more than CoordWidth bits. fault_o then holds the
//             error until the reset.
// Demands     start_i while idle_o; the description of the operand stays until the operand has left. Beats in the order
//             of flaash_edge_current; beats of the next operand may come before its start_i. level_i responds to
//             index_o in the same cycle.
// Latency     One cycle from start_i to the head, one from a beat of the leaf to its entries. Extents wait for their
//             levels.
// Throughput  A beat per cycle.
// Reset       Idle. The last beat of an operand in progress is missing; flaash_edge_feed ends that operand.
//
//   head, extents, counts --------------------+--> beat_*
//   beats of pos, crd ---+-- upper levels ----+
//                        +-- leaf --> entries +
//   beats of val -------------------> entries +
//   coordinates of dense levels --------------+

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_edge_operand
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned FeedWidth  = StreamWidth,  // bits of a beat, of arrays and of the operand
  parameter bit          Operand    = 1'b0,         // A 0, B 1
  localparam type read_beat_t = `FLAASH_AXI_BEAT(FeedWidth),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      start_i,
  output logic                      idle_o,

  input  source_t                   source_i,    // the operand
  output logic [1:0][2:0]           index_o,     // of a level: for its extent or count, for its arrays
  input  logic [1:0]                there_i,
  input  shape_t [1:0]              level_i,
  output logic                      done_o,      // pulse: its levels have served

  // its arrays: pos and crd in element 0, val in 1
  input  logic [1:0]                beat_valid_i,
  output logic [1:0]                beat_ready_o,
  input  read_beat_t [1:0]          beat_i,

  output logic                      beat_valid_o,
  input  logic                      beat_ready_i,
  output operand_t                  beat_o,

  output error_t                    fault_o
);

  localparam logic [2:0]  LeafLevel  = 3'd7;
  localparam int unsigned FeedWords  = FeedWidth / 32;
  localparam int unsigned UnitShift  = $clog2(FeedWidth / StreamWidth);  // units of places in a beat

  // ------------------------------------------------------- head, extents, counts
  logic             busy_q, arrays, taken, ends;
  operand_section_e section_q;
  logic [2:0]       index_q;  // of the extent or count
  logic             section_last, last;
  logic             no_parts;  // a vector without entries has no arrays
  operand_head_t    head;
  logic [3:0]       order;
  shape_t           level;    // whose extent or count is sent
  logic [31:0]      count;    // of entries

  assign order        = source_i.order;
  assign count        = source_i.entries;
  assign taken        = beat_valid_o && beat_ready_i;
  assign ends         = taken && last;
  assign no_parts     = order == 4'd1 && count == '0;
  assign idle_o       = !busy_q;
  assign arrays       = busy_q && section_q == OperandArrays;
  assign section_last = 4'(index_q) + ((section_q == OperandCounts) ? 4'd2 : 4'd1) == order;
  assign head         = {41'd0, 1'b1, Operand, 32'(order), count};

  assign level        = level_i[0];
  assign index_o[0]   = index_q;
  assign done_o       = ends;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q    <= 1'b0;
      section_q <= OperandHead;
      index_q   <= '0;
    end else begin
      if (start_i)   busy_q <= 1'b1;
      else if (ends) busy_q <= 1'b0;
      if (taken) index_q <= (arrays || section_q == OperandHead || section_last) ? '0 : index_q + 1'b1;
      if (ends) begin
        section_q <= OperandHead;
      end else if (taken) begin
        unique case (section_q)
          OperandHead:    section_q <= OperandExtents;
          OperandExtents: if (section_last) begin
            if (order == 4'd1) section_q <= OperandArrays;
            else               section_q <= OperandCounts;
          end
          OperandCounts:  if (section_last) section_q <= OperandArrays;
          default:        section_q <= OperandArrays;
        endcase
      end
    end
  end

  // --------------------------------------------------------------- pos and crd, in turn
  logic        active, leaf, to_upper, moves;
  logic        part_valid, part_end;
  part_t       part;      // the array whose beats come
  logic [23:0] index;     // of its next beat
  logic [$clog2(FeedWords)-1:0] rest;  // words of its last beat
  logic [FeedWords-1:0][31:0] coords;  // of the beat, if it is made
  logic [1:0]  leaf_valid, leaf_ready, wrong, decode;
  logic [1:0][FeedWidth-1:0] beat;  // the data

  for (genvar i = 0; i < 2; i++) begin : gen_array
    read_beat_t read;
    answer_t    answer;

    assign read      = beat_i[i];
    assign answer    = read.answer;
    assign beat[i]   = read.data;
    assign wrong[i]  = beat_valid_i[i] && answer.wrong;
    assign decode[i] = answer.decode;
  end

  flaash_edge_current #(
    .Words(FeedWords)
  ) u_current (
    .clk_i, .rst_ni,
    .start_i(start_i && !no_parts), .source_i, .level_index_o(index_o[1]), .there_i(there_i[1]),
    .level_i(level_i[1]), .valid_o(part_valid), .part_o(part), .end_o(part_end), .index_o(index), .rest_o(rest),
    .coords_o(coords), .moves_i(moves)
  );

  logic unused_level;
  assign unused_level = ^{level, part, source_i};

  assign active           = part_valid && arrays;
  assign leaf             = part.level == LeafLevel;
  assign to_upper         = active && !leaf && (part.made || (beat_valid_i[0] && !wrong[0]));
  assign leaf_valid[0]    = active && leaf && beat_valid_i[0] && !wrong[0];
  assign moves            = (to_upper && beat_ready_i) || (leaf_valid[0] && leaf_ready[0]);
  assign beat_ready_o[0] = moves && !part.made;

  // ------------------------------------------------------------------------ val
  localparam int unsigned PerBeat   = FeedWidth / value_width(Format);
  localparam int unsigned BeatsBits = 33 - $clog2(PerBeat);

  logic [BeatsBits-1:0] val_q, val_beats;  // received; of the operand
  logic                 val_wanted_q, val_moves;

  assign val_beats       = BeatsBits'((33'(count) + 33'(PerBeat - 1)) >> $clog2(PerBeat));
  assign leaf_valid[1]   = val_wanted_q && beat_valid_i[1] && !wrong[1];
  assign val_moves       = leaf_valid[1] && leaf_ready[1];
  assign beat_ready_o[1] = val_moves;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      val_q        <= '0;
      val_wanted_q <= 1'b0;
    end else if (start_i) begin
      val_q        <= '0;
      val_wanted_q <= count != '0;
    end else if (val_moves) begin
      val_q        <= val_q + 1'b1;
      val_wanted_q <= val_q + 1'b1 != val_beats;
    end
  end

  // -------------------------------------------------------------------- entries
  logic                 entries_valid, entries_last, great;
  logic [FeedWidth-1:0] entries;
  logic [27:0]          great_position;

  flaash_edge_entries #(
    .Format(Format), .CoordWidth(CoordWidth), .FeedWidth(FeedWidth)
  ) u_entries (
    .clk_i, .rst_ni,
    .start_i, .count_i(count), .short_crd_i(source_i.short_crd),
    .beat_valid_i(leaf_valid), .beat_ready_o(leaf_ready), .beat_i(beat),
    .entries_valid_o(entries_valid), .entries_ready_i(beat_ready_i && arrays), .entries_o(entries),
    .entries_last_o(entries_last), .wrong_o(great), .position_o(great_position)
  );

  // --------------------------------------------------------------------- output
  // Words after the last word of an array are zero.
  logic [FeedWords-1:0][31:0] upper;

  always_comb begin
    upper = part.made ? coords : beat[0];
    for (int i = 1; i < FeedWords; i++) begin
      if (part_end && rest != '0 && 32'(rest) <= i) upper[i] = '0;
    end
  end

  logic [FeedWidth-1:0] data;

  always_comb begin
    beat_valid_o = busy_q;
    data        = FeedWidth'(level.extent);
    last        = 1'b0;
    unique case (section_q)
      OperandHead:    data = FeedWidth'(head);
      OperandExtents: begin
        beat_valid_o = there_i[0];
        last         = no_parts;
      end
      OperandCounts:  data = FeedWidth'(level.count);
      default: begin
        beat_valid_o = to_upper || (arrays && entries_valid);
        data        = to_upper ? upper : entries;
        last        = to_upper ? part.last && part_end : entries_last;
      end
    endcase
  end

  assign beat_o = {section_q, 5'd1, last, data};

  // ---------------------------------------------------------------------- faults
  always_comb begin
    fault_o = {great, ErrCoordRange, Operand, LeafLevel, great_position};
    if (val_wanted_q && wrong[1]) begin
      fault_o = {1'b1, decode[1] ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, LeafLevel, PartVal, 24'(val_q) << UnitShift)};
    end
    if (active && !part.made && wrong[0]) begin
      fault_o = {1'b1, decode[0] ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, part.level, part.part, index << UnitShift)};
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(beat, beat_valid_o, beat_ready_i, beat_o, FeedWidth + 9)
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || idle_o, "started inside an operand")
  `FLAASH_COVER(WrongInLeaf_C, fault_o.valid && leaf)

endmodule : flaash_edge_operand
