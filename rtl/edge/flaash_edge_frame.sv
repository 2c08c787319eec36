// SPDX-License-Identifier: Apache-2.0
// Edge frame: makes an operand frame of what is read from memory.
//
// Guarantees  After start_i one operand frame, as docs/specification.md describes it, whatever the arrays hold. A
//             piece that the memory refuses and a coordinate that the build can't hold stop it: fault_o tells it until
//             the reset.
// Demands     start_i while idle_o; what describes the operand stays until then. Pieces in the order of the parts.
// Latency     One cycle from start_i to the header, two from a piece of the leaf to its entries.
// Throughput  A beat per cycle, a word per cycle in extents and counts.
// Reset       Idle; a frame that had begun is not ended (flaash_edge_closer does that).
//
//   words (header, extents, counts) --+--> out_*
//   pieces --+-- upper levels --------+
//            +-- leaf --> entries ----+
//   coordinates of dense levels ------+

`include "flaash_assert.svh"

module flaash_edge_frame
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned DataWidth  = 128  // of the bus
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   start_i,
  output logic                   idle_o,

  // the operand
  input  logic                   operand_i,
  input  logic [1:0][3:0]        orders_i,    // A in element 0
  input  logic [31:0]            entries_i,
  input  logic                   short_crd_i,
  output logic [3:0]             level_id_o,  // in the descriptor
  input  level_t                 level_i,

  // its arrays
  input  logic                   part_valid_i,
  output logic                   part_ready_o,
  input  part_t                  part_i,
  input  logic                   piece_valid_i,
  output logic                   piece_ready_o,
  output logic                   piece_end_o,  // the last one of its part
  input  piece_t                 piece_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [StreamWidth-1:0] out_data_o,
  output logic                   out_last_o,

  output edge_fault_t            fault_o
);

  localparam logic [2:0] LeafLevel = 3'd7;

  logic       busy_q, ends;
  logic [3:0] order;

  assign order  = orders_i[operand_i];
  assign ends   = out_valid_o && out_ready_i && out_last_o;
  assign idle_o = !busy_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      busy_q <= 1'b0;
    else if (start_i) busy_q <= 1'b1;
    else if (ends)    busy_q <= 1'b0;
  end

  // ---------------------------------------------------------------------- words
  logic                   words_idle, words_valid, words_last;
  logic [StreamWidth-1:0] words_data;
  logic [2:0]             words_level;

  flaash_edge_words #(
    .Format(Format)
  ) u_words (
    .clk_i, .rst_ni,
    .start_i, .idle_o(words_idle), .operand_i, .order_i(order), .entries_i,
    .level_o(words_level), .level_i,
    .out_valid_o(words_valid), .out_ready_i, .out_data_o(words_data), .out_last_o(words_last)
  );

  assign level_id_o = 4'(words_idle ? part_i.level : words_level) + (operand_i ? orders_i[0] : 4'd0);

  // ---------------------------------------------------------------------- parts
  logic        active, leaf, for_leaf, part_end, moves;
  logic [31:0] piece_q;    // of the part
  logic [1:0]  to_leaf, leaf_ready;
  logic        wrong;      // the memory refuses this piece

  assign active      = part_valid_i && words_idle && busy_q;
  assign leaf        = part_i.level == LeafLevel;
  assign wrong       = piece_valid_i && piece_i.answer.wrong;
  assign part_end    = piece_q + 32'd1 == part_i.pieces;
  assign piece_end_o = part_end;
  assign for_leaf    = active && leaf && piece_valid_i && !wrong;
  assign to_leaf     = {for_leaf && part_i.part == PartVal, for_leaf && part_i.part == PartCrd};

  always_comb begin
    piece_ready_o = 1'b0;
    if (active && !part_i.made && !wrong) piece_ready_o = leaf ? leaf_ready[part_i.part == PartVal] : out_ready_i;
  end

  assign moves        = active && (part_i.made ? out_ready_i : (piece_valid_i && piece_ready_o));
  assign part_ready_o = moves && part_end;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    piece_q <= '0;
    else if (moves) piece_q <= part_end ? '0 : piece_q + 1'b1;
  end

  // -------------------------------------------------------------- dense coordinates
  logic [4:0][31:0] coords;  // four, and the one behind them
  logic [31:0]      coord_q;

  always_comb begin
    coords    = '0;
    coords[0] = coord_q;
    for (int i = 1; i < 5; i++) begin
      coords[i] = (coords[i-1] + 32'd1 == level_i.extent) ? '0 : coords[i-1] + 32'd1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                   coord_q <= '0;
    else if (moves && part_i.made) coord_q <= part_end ? '0 : coords[4];
  end

  // -------------------------------------------------------------------- entries
  logic                   entries_valid, entries_last, great;
  logic [StreamWidth-1:0] entries_data, data;
  logic [27:0]            great_position;

  assign data = piece_i.data;

  flaash_edge_entries #(
    .Format(Format), .CoordWidth(CoordWidth), .ChunkPieces(DataWidth / 8)
  ) u_entries (
    .clk_i, .rst_ni,
    .start_i, .count_i(entries_i), .short_crd_i,
    .in_valid_i(to_leaf), .in_ready_o(leaf_ready), .in_data_i(data),
    .out_valid_o(entries_valid), .out_ready_i(out_ready_i && words_idle), .out_data_o(entries_data),
    .out_last_o(entries_last), .wrong_o(great), .position_o(great_position)
  );

  // --------------------------------------------------------------------- output
  logic upper_valid;

  assign upper_valid = active && !leaf && (part_i.made || (piece_valid_i && !wrong));

  // What is behind the last word of a section is zero.
  logic [StreamWords-1:0][31:0] upper;

  always_comb begin
    upper = part_i.made ? coords[3:0] : data;
    for (int i = 1; i < StreamWords; i++) begin
      if (part_end && part_i.rest != '0 && 32'(part_i.rest) <= i) upper[i] = '0;
    end
  end

  always_comb begin
    out_valid_o = entries_valid;
    out_data_o  = entries_data;
    out_last_o  = entries_last;
    if (upper_valid) begin
      out_valid_o = 1'b1;
      out_data_o  = upper;
      out_last_o  = part_i.last && part_end;
    end
    if (!words_idle) begin
      out_valid_o = words_valid;
      out_data_o  = words_data;
      out_last_o  = words_last;
    end
  end

  // ---------------------------------------------------------------------- faults
  logic [1:0][23:0] leaf_pieces_q;  // of crd and val that have come
  logic [23:0]      offset;

  assign offset = leaf ? leaf_pieces_q[part_i.part == PartVal] : piece_q[23:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      leaf_pieces_q <= '0;
    else if (start_i) leaf_pieces_q <= '0;
    else              leaf_pieces_q <= {leaf_pieces_q[1] + 24'(moves && to_leaf[1]),
                                        leaf_pieces_q[0] + 24'(moves && to_leaf[0])};
  end

  always_comb begin
    fault_o = {great, ErrCoordRange, operand_i, LeafLevel, great_position};
    if (active && !part_i.made && wrong) begin
      fault_o = {1'b1, piece_i.answer.decode ? ErrReadDecode : ErrReadSlave,
                 bus_place(operand_i, part_i.level, part_i.part, offset)};
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, ({out_last_o, out_data_o}), StreamWidth + 1)
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || idle_o, "started inside a frame")
  `FLAASH_COVER(WrongInLeaf_C, fault_o.valid && leaf)

endmodule : flaash_edge_frame
