// SPDX-License-Identifier: Apache-2.0
// Emit: turns lines with matches into products, one per cycle, and fetches the values of A for them.
//
// Guarantees  Per hit of a line one beat, lowest lane first, with the values of B and A at the same coordinate; a line
//             without hits gives one beat without a product. out_o.last marks the last beat of a line with in_i.last;
//             out_name_o names its dot product.
// Demands     AXI handshake rule. A copy that used_o names does not change.
// Latency     Two cycles from a line to its first beat.
// Throughput  One beat per cycle, also from one line to the next.
// Reset       Forgets the beats inside.
//
//   in_* -> hit, rank within its word | e1_*_q -> rank, read | e2_*_q, value line -> out_*

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"
`include "flaash_lookup.svh"

module flaash_lookup_emit
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 4 or more
  parameter int unsigned ValueWidth = 32,  // bits of a value
  localparam type line_t    = `FLAASH_HIT_LINE(Lanes, CoordWidth, ValueWidth),
  localparam type entry_t   = `FLAASH_RESIDENT(CoordWidth),
  localparam type rank_t    = `FLAASH_RANK(CoordWidth),
  localparam type read_t    = `FLAASH_VALUE_LINE(Lanes, CoordWidth),
  localparam type match_t   = `FLAASH_MATCH(ValueWidth)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // lines with matches
  input  logic                             in_valid_i,
  output logic                             in_ready_o,
  input  line_t                            in_i,
  // the resident fibers
  input  fiber_id_t [1:0]                  a_ids_i,  // of the copies
  output entry_t                           entry_o,
  input  rank_t                            rank_i,
  output logic                             rd_enable_o,
  output read_t                            rd_o,
  input  logic [Lanes-1:0][ValueWidth-1:0] values_i,
  output logic [1:0]                       used_o,
  // products
  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output match_t                           out_o,
  output dot_name_t                        out_name_o
);

  localparam int unsigned WordWidth = `FLAASH_TABLE_BITS(CoordWidth);
  localparam int unsigned LaneShift = $clog2(Lanes);
  localparam int unsigned Part      = (WordWidth < 16) ? WordWidth : 16;  // bits counted at a time
  localparam int unsigned Parts     = WordWidth / Part;
  localparam int unsigned PartWidth = $clog2(Part + 1);
  localparam int unsigned LaneWidth = (Lanes > 1) ? LaneShift : 1;

  // ------------------------------------------------------- the next hit of the line
  logic [Lanes-1:0]      sent_q, left, lowest;
  logic                  take, line_ends;
  logic [CoordWidth-1:0] coord;
  logic [ValueWidth-1:0] value;
  logic                  e1_free, e2_free;

  logic [Lanes-1:0][CoordWidth-1:0] coords;
  logic [Lanes-1:0][ValueWidth-1:0] values;

  assign {values, coords} = {in_i.values, in_i.coords};

  assign left       = in_valid_i ? in_i.hits & ~sent_q : '0;
  assign lowest     = left & (~left + 1'b1);
  assign line_ends  = (left & ~lowest) == '0;
  assign take       = in_valid_i && e1_free;
  assign in_ready_o = e1_free && line_ends;

  always_comb begin
    coord = '0;
    value = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      if (lowest[i]) begin
        coord = coord | coords[i];
        value = value | values[i];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sent_q <= '0;
    else if (take) sent_q <= line_ends ? '0 : sent_q | lowest;
  end

  // -------------------------------------------------------------- rank, first half
  logic                            e1_valid_q, e1_product_q, e1_last_q, e1_copy_q;
  fiber_id_t                       e1_b_id_q;
  logic [ValueWidth-1:0]           e1_value_q;
  logic [CoordWidth-1:0]           e1_base_q;
  logic [Parts-1:0][PartWidth-1:0] e1_counts_q, counts;

  assign entry_o = {in_i.copy, coord};
  assign e1_free = !e1_valid_q || e2_free;

  for (genvar i = 0; i < int'(Parts); i++) begin : gen_part
    assign counts[i] = PartWidth'($countones(rank_i.below[i*Part +: Part]));
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) e1_valid_q <= 1'b0;
    else if (e1_free) e1_valid_q <= in_valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      e1_product_q <= left != '0;
      e1_last_q    <= in_i.last && line_ends;
      e1_copy_q    <= in_i.copy;
      e1_b_id_q    <= in_i.b_id;
      e1_value_q   <= value;
      e1_base_q    <= rank_i.base;
      e1_counts_q  <= counts;
    end
  end

  // ------------------------------------------------------- rank, second half; read
  logic [CoordWidth-1:0] rank;

  always_comb begin
    rank = e1_base_q;
    for (int unsigned i = 0; i < Parts; i++) rank = rank + CoordWidth'(e1_counts_q[i]);
  end

  assign rd_enable_o = e1_valid_q && e1_product_q && e2_free;
  assign rd_o        = read_t'({e1_copy_q, rank} >> LaneShift);
  assign used_o      = {e1_valid_q && e1_copy_q, e1_valid_q && !e1_copy_q};

  // ---------------------------------------------------------------------- products
  logic                  e2_valid_q;
  logic [LaneWidth-1:0]  e2_lane_q;
  logic                  e2_product_q, e2_last_q;
  logic [ValueWidth-1:0] e2_value_q;
  dot_name_t             e2_name_q;

  assign e2_free = !e2_valid_q || out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) e2_valid_q <= 1'b0;
    else if (e2_free) e2_valid_q <= e1_valid_q;
  end

  always_ff @(posedge clk_i) begin
    if (e1_valid_q && e2_free) begin
      e2_product_q <= e1_product_q;
      e2_last_q    <= e1_last_q;
      e2_lane_q    <= (Lanes > 1) ? rank[LaneWidth-1:0] : '0;
      e2_value_q   <= e1_value_q;
      e2_name_q    <= {1'b0, slot_t'(0), a_ids_i[e1_copy_q], e1_b_id_q};
    end
  end

  assign out_valid_o = e2_valid_q;
  assign out_o       = {e2_product_q, e2_last_q, e2_product_q ? values_i[e2_lane_q] : ValueWidth'(0), e2_value_q};
  assign out_name_o  = e2_name_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, {out_o, out_name_o}, $bits(match_t) + $bits(dot_name_t))
  `FLAASH_COVER(AllLanes_C, take && left == '1)
  `FLAASH_COVER(NoProduct_C, take && left == '0)

endmodule : flaash_lookup_emit
