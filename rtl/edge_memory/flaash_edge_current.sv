// SPDX-License-Identifier: Apache-2.0
// Edge current array: lists the arrays of an operand in the order of its frame, and counts their beats.
//
// Guarantees  After start_i every upper level has crd, if it has nodes, and pos; then comes crd of the leaf, if there
//             are entries. end_o marks the last beat of part_o, index_o counts its beats. coords_o has the
//             coordinates of the beat if these are made. rest_o: words of the last beat, modulo Words. No output
//             depends on moves_i in the same cycle.
// Demands     moves_i only with valid_o. level_i is level index_o of the operand while there_i. start_i after the last
//             beat of the previous operand, and only if the next one has an array.
// Latency     Two cycles from start_i to valid_o, if the level has come.
// Throughput  A beat per cycle, also across arrays.
// Reset       No array is stored, and none comes before start_i.
//
//   level --> current array, its beats, its coordinates

`include "flaash_assert.svh"

module flaash_edge_current
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Words = 4  // of a beat: a power of two, 4 or more
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     start_i,       // pulse: the arrays of the next operand follow
  input  source_t                  source_i,      // that operand; steady until its last beat
  output logic [2:0]               level_index_o, // of the level that comes next
  input  logic                     there_i,
  input  shape_t                   level_i,

  output logic                     valid_o,
  output part_t                    part_o,
  output logic                     end_o,         // this is its last beat
  output logic [23:0]              index_o,       // of the beat in the array
  output logic [$clog2(Words)-1:0] rest_o,
  output logic [Words-1:0][31:0]   coords_o,
  input  logic                     moves_i        // pulse: the beat is consumed
);

  localparam int unsigned Bits = $clog2(Words);

  // ------------------------------------------------------------------- next array
  logic        open_q, pos_q;  // an array is to come; it is the pos of its level
  logic [2:0]  level_q;
  logic        leaf, pos, takes;
  part_t       next;
  logic [32:0] words;          // of the next array, or pairs of bytes

  assign leaf          = 4'(level_q) + 4'd1 == source_i.order;
  assign pos           = !leaf && (pos_q || level_i.count == '0);
  assign words         = 33'(level_i.count) + 33'(pos);
  assign level_index_o = level_q;

  always_comb begin
    next.level = leaf ? 3'd7 : level_q;
    next.part  = pos ? PartPos : PartCrd;
    next.made  = !leaf && !pos && level_i.dense;
    next.last  = leaf || (pos && 4'(level_q) + 4'd2 == source_i.order && source_i.entries == '0);
  end

  // ---------------------------------------------------------------- current array
  part_t       part_q;
  logic        valid_q, half_q;  // half_q: its elements have two bytes
  logic [32:0] left_q, behind;   // elements that have not moved; after this beat, if it is not the last one
  logic [23:0] index_q;
  logic        end_q, end_next;

  function automatic logic fits(logic [32:0] elements, logic half);
    return elements <= (half ? 33'(2 * Words) : 33'(Words));
  endfunction

  assign takes    = open_q && there_i && (!valid_q || (moves_i && end_q));
  assign behind   = left_q - (half_q ? 33'(2 * Words) : 33'(Words));
  assign end_next = fits(behind, half_q);
  assign valid_o  = valid_q;
  assign part_o   = part_q;
  assign end_o    = end_q;
  assign index_o  = index_q;
  assign rest_o   = left_q[Bits-1:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      open_q  <= 1'b0;
      pos_q   <= 1'b0;
      level_q <= '0;
    end else begin
      if (takes)                 valid_q <= 1'b1;
      else if (moves_i && end_q) valid_q <= 1'b0;
      if (start_i) begin
        open_q  <= 1'b1;
        pos_q   <= 1'b0;
        level_q <= '0;
      end else if (takes) begin
        open_q  <= !next.last;
        pos_q   <= !pos;
        level_q <= level_q + 3'(pos);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (takes) begin
      part_q  <= next;
      half_q  <= leaf && source_i.short_crd;
      left_q  <= words;
      end_q   <= fits(words, leaf && source_i.short_crd);
      index_q <= '0;
    end else if (moves_i) begin
      left_q  <= behind;
      end_q   <= end_next;
      index_q <= index_q + 1'b1;
    end
  end

  flaash_edge_coords #(
    .Words(Words)
  ) u_coords (
    .clk_i,
    .start_i(takes), .extent_i(level_i.extent), .step_i(moves_i && part_q.made), .coords_o
  );

  logic unused_source;
  assign unused_source = ^source_i;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Moves_A, !moves_i || valid_q, "a beat of no array")
  `FLAASH_ASSERT(Start_A, !start_i || (!valid_q && !open_q), "an operand begins in an array of the previous one")
  `FLAASH_ASSERT(End_A, !valid_q || end_q == fits(left_q, half_q), "the last beat is taken for another one")
  `FLAASH_COVER(WaitsForLevel_C, open_q && !valid_q && !there_i)
  `FLAASH_COVER(AtOnce_C, takes && valid_q)

endmodule : flaash_edge_current
