// SPDX-License-Identifier: Apache-2.0
// Edge levels: extents and counts of the operands whose arrays are requested, until the operands are loaded.
//
// Guarantees  Levels are stored in order. room_o: there is room for all levels of an operand. level_o[i] is level
//             index_i[i] of the oldest operand, if there_o[i]. pop_i removes the oldest operand, which has order_i
//             levels.
// Demands     The first level of an operand only with room_o. pop_i only after all of its levels.
// Latency     One cycle from a level to there_o, none from index_i to level_o.
// Throughput  A level per cycle.
// Reset       No level is stored.

`include "flaash_assert.svh"

module flaash_edge_levels
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Depth = 32  // levels, a power of two, MaxOrder or more
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  output logic            room_o,
  input  logic            in_valid_i,
  input  shape_t          in_i,

  input  logic [1:0][2:0] index_i,
  output logic [1:0]      there_o,
  output shape_t [1:0]    level_o,
  input  logic            pop_i,    // pulse
  input  logic [3:0]      order_i
);

  localparam int unsigned Bits = $clog2(Depth);

  if (Depth < MaxOrder || (Depth & (Depth - 1)) != 0) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("Depth must be a power of two, MaxOrder or more")
  end

  shape_t          levels_q[Depth];
  logic [Bits-1:0] base_q, free_q;  // of the oldest operand; of the next level
  logic [Bits:0]   usage_q;

  assign room_o = 32'(usage_q) + MaxOrder <= Depth;

  for (genvar i = 0; i < 2; i++) begin : gen_reader
    logic [Bits-1:0] place;

    assign place      = base_q + Bits'(index_i[i]);
    assign there_o[i] = usage_q > (Bits+1)'(index_i[i]);
    assign level_o[i] = levels_q[place];
  end

  always_ff @(posedge clk_i) begin
    if (in_valid_i) levels_q[free_q] <= in_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      base_q  <= '0;
      free_q  <= '0;
      usage_q <= '0;
    end else begin
      usage_q <= usage_q + (Bits+1)'(in_valid_i) - (pop_i ? (Bits+1)'(order_i) : '0);
      if (in_valid_i) free_q <= free_q + 1'b1;
      if (pop_i)      base_q <= base_q + Bits'(order_i);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Room_A, !in_valid_i || 32'(usage_q) < Depth, "a level without room")
  `FLAASH_ASSERT(Pop_A, !pop_i || usage_q >= (Bits+1)'(order_i), "an operand is removed that has not come")
  `FLAASH_COVER(Full_C, !room_o)

endmodule : flaash_edge_levels
