// SPDX-License-Identifier: Apache-2.0
// Even: cuts a contraction whose rows all cost the same, one cut per cycle.
//
// A cut plus a share (flaash_lookup_share) is the next cut: whole rows, and a rest, within the row or beyond its end.
// Groups get their pieces one after the other, so each gets a line less than the one before, unless rows are
// short: then the share of the first one could pass the end of the next row.
//
// Guarantees  From the cycle after start_i on wish_valid_o with cut 0 to Groups in order, none before its
//             predecessor; cut 0 is the beginning of what is shared, the last one its end. last_o with that one.
// Demands     start_i not between a start and its last_o. share_i stays from start_i until last_o.
// Latency     One cycle.
// Reset       Forgets the cuts.

`include "flaash_assert.svh"

module flaash_lookup_even
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups = 8  // groups of engines, 1 to 64
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  logic      start_i,
  input  set_size_t set_size_i,
  input  share_t    share_i,
  output logic      wish_valid_o,
  output wish_t     wish_o,
  output logic      last_o
);

  localparam int unsigned EarlyLines = (Groups - 1) / 2;            // of the first group
  localparam int unsigned LongRow    = Groups * Groups / 2 + 1;     // so that they are less than a share of it

  typedef logic [FiberIdWidth:0] fiber_sum_t;

  logic       stagger, row_ends, cut_ends;  // cut_ends: nothing is left for later groups
  group_id_t  cut_q;
  fiber_id_t  a_q;                          // first fiber of the set
  line_addr_t line_q, line_next;
  fiber_sum_t a_next;
  cost_t      rest_q, reach, left;          // reach: after the whole rows; left: within the last row
  cost_t      least;                        // a piece that begins within a row pays its load

  assign stagger = share_i.row >= cost_t'(LongRow);
  assign least   = (share_i.whole == '0) ? share_i.load : '0;
  assign reach   = cost_t'(line_q) + rest_q;

  assign row_ends  = reach >= share_i.row;
  assign left      = row_ends ? reach - share_i.row : reach;
  assign line_next = (left > share_i.load) ? line_addr_t'(left - share_i.load) : '0;
  assign a_next    = fiber_sum_t'(a_q) + fiber_sum_t'(share_i.whole) + (row_ends ? fiber_sum_t'(set_size_i) : '0);
  assign last_o    = wish_valid_o && cut_q == group_id_t'(Groups);
  assign cut_ends  = cut_q == group_id_t'(Groups - 1) || a_next >= fiber_sum_t'(share_i.a_end);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      wish_valid_o <= 1'b0;
    else if (start_i) wish_valid_o <= 1'b1;
    else if (last_o)  wish_valid_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      cut_q   <= '0;
      a_q     <= share_i.a_begin;
      line_q  <= '0;
      rest_q  <= share_i.rest + (stagger ? cost_t'(EarlyLines) : '0);
    end else begin
      cut_q  <= cut_q + 1'b1;
      a_q    <= cut_ends ? share_i.a_end : a_next[FiberIdWidth-1:0];
      line_q <= cut_ends ? '0 : line_next;
      if (stagger && rest_q > least) rest_q <= rest_q - 1'b1;
    end
  end

  assign wish_o = {cut_q, a_q, line_q};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !start_i || !wish_valid_o, "cuts while others are being made")
  `FLAASH_ASSERT(WithinRow_A, !wish_valid_o || last_o || Groups == 1 || left < share_i.row,
                 "a cut behind the end of its row")
  `FLAASH_COVER(RowEnds_C, wish_valid_o && row_ends)

endmodule : flaash_lookup_even
