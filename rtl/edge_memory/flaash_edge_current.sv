// SPDX-License-Identifier: Apache-2.0
// Edge current part: holds the part whose beats come now in registers, with the facts that each beat needs.
//
// Guarantees  Parts are passed on in order, from start_i to the last part of the operand. end_o, index_o and coords_o
//             belong to the next beat of part_o: its last one, its number, and its coordinates if they are made.
//             No output but part_ready_o depends on moves_i in the same cycle.
// Demands     moves_i only with valid_o. extent_i is the extent of level next_o while known_i. start_i after the last
//             beat of the previous operand, and only if the next one has a part.
// Latency     Two cycles from a part to valid_o, if its extent is known or not needed.
// Throughput  A beat per cycle, also across parts.
// Reset       No part is stored, and none is accepted as current before start_i.
//
//   part_i --> next part --> current part, its beats, its coordinates
//                  +-- next_o --> extent_i --^

`include "flaash_assert.svh"

module flaash_edge_current
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Words = 4  // of a beat: a power of two, 4 or more
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   start_i,       // pulse: the parts of the next operand follow
  input  logic                   part_valid_i,
  output logic                   part_ready_o,
  input  part_t                  part_i,

  output logic [2:0]             next_o,        // level of the next part
  input  logic                   known_i,
  input  logic [31:0]            extent_i,

  output logic                   valid_o,
  output part_t                  part_o,
  output logic                   end_o,         // this is its last beat
  output logic [23:0]            index_o,       // of the beat in the part
  output logic [Words-1:0][31:0] coords_o,
  input  logic                   moves_i        // pulse: the beat is consumed
);

  part_t       next_q, part_q;
  logic        next_valid_q, valid_q, open_q;  // open_q: the operand has further parts
  logic [31:0] left_q;                         // beats of the part that have not moved
  logic        end_q;                          // one is left
  logic [23:0] index_q;
  logic        takes, fits;

  // The extent of a part that is read does not matter.
  assign fits         = next_valid_q && open_q && (known_i || !next_q.made);
  assign takes        = fits && (!valid_q || (moves_i && end_q));
  assign part_ready_o = !next_valid_q || takes;
  assign next_o       = next_q.level;
  assign valid_o      = valid_q;
  assign part_o       = part_q;
  assign end_o        = end_q;
  assign index_o      = index_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_valid_q <= 1'b0;
      valid_q      <= 1'b0;
      open_q       <= 1'b0;
    end else begin
      if (part_ready_o) next_valid_q <= part_valid_i;
      if (takes)                 valid_q <= 1'b1;
      else if (moves_i && end_q) valid_q <= 1'b0;
      if (start_i)    open_q <= 1'b1;
      else if (takes) open_q <= !next_q.last;
    end
  end

  always_ff @(posedge clk_i) begin
    if (part_ready_o) next_q <= part_i;
    if (takes) begin
      part_q  <= next_q;
      left_q  <= next_q.beats;
      end_q   <= next_q.beats == 32'd1;
      index_q <= '0;
    end else if (moves_i) begin
      left_q  <= left_q - 1'b1;
      end_q   <= left_q == 32'd2;
      index_q <= index_q + 1'b1;
    end
  end

  flaash_edge_coords #(
    .Words(Words)
  ) u_coords (
    .clk_i,
    .start_i(takes), .extent_i, .step_i(moves_i && part_q.made), .coords_o
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Moves_A, !moves_i || valid_q, "a beat of no part")
  `FLAASH_ASSERT(Start_A, !start_i || !valid_q, "an operand begins in a part of the previous one")
  `FLAASH_ASSERT(End_A, !valid_q || end_q == (left_q == 32'd1), "the last beat is taken for another one")
  `FLAASH_COVER(WaitsForExtent_C, next_valid_q && open_q && !valid_q && !fits)
  `FLAASH_COVER(AtOnce_C, takes && valid_q)

endmodule : flaash_edge_current
