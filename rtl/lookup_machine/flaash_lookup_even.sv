// SPDX-License-Identifier: Apache-2.0
// Even: cuts a contraction whose rows all cost the same, one cut per cycle.
//
// A cut plus a share (flaash_lookup_share) is the next cut: whole rows, and a rest, within the row or beyond its end.
// Groups get their pieces one after the other, so each gets a line less than the one before, unless rows are
// short: then the share of the first one could pass the end of the next row.
//
// Guarantees  From the cycle after start_i on wish_valid_o with cut 0 to Groups in order, none before its
//             predecessor; cut 0 is the beginning of what is shared, the last one its end. last_o with that one.
// Demands     start_i not between a start and its last_o. share_i stays from the cycle before start_i until last_o.
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

  typedef logic [FiberIdWidth:0]         fiber_sum_t;
  typedef logic signed [$bits(cost_t):0] lines_t;

  // The share, a cycle later, and what follows from it.
  share_t share_q;
  cost_t  early, least_q;  // lines more at first; a piece that begins within a row pays its load
  logic   stagger_q;

  assign early = stagger_q ? cost_t'(EarlyLines) : '0;

  always_ff @(posedge clk_i) begin
    share_q   <= share_i;
    stagger_q <= share_i.row >= cost_t'(LongRow);
    least_q   <= (share_i.whole == '0) ? share_i.load : '0;
  end

  group_id_t  cut_q;
  fiber_id_t  a_q;                 // first fiber of the set
  line_addr_t line_q;
  cost_t      rest_q;
  logic       row_ends, cut_ends;  // cut_ends: nothing is left for later groups

  // --------------------------------------------------------- the next cut, if the row ends or not
  // Whatever it may be is found at once from sums with the rest of a share: where the row ends, and the line, which
  // is behind the load of its row.
  lines_t     to_row_q, to_line_q, to_next_q;  // rest - row, rest - load, rest - row - load
  lines_t     beyond, line, next_line;         // of the row's end; the line in this row, in the one behind
  fiber_sum_t a_same, a_behind;
  logic       same_ends, behind_ends;

  assign beyond    = lines_t'({1'b0, line_q}) + to_row_q;
  assign line      = lines_t'({1'b0, line_q}) + to_line_q;
  assign next_line = lines_t'({1'b0, line_q}) + to_next_q;
  assign row_ends  = beyond >= 0;

  assign a_same      = fiber_sum_t'(a_q) + fiber_sum_t'(share_q.whole);
  assign a_behind    = fiber_sum_t'(a_q) + fiber_sum_t'(share_q.whole) + fiber_sum_t'(set_size_i);
  assign same_ends   = a_same >= fiber_sum_t'(share_q.a_end);
  assign behind_ends = a_behind >= fiber_sum_t'(share_q.a_end);

  assign last_o   = wish_valid_o && cut_q == group_id_t'(Groups);
  assign cut_ends = cut_q == group_id_t'(Groups - 1) || (row_ends ? behind_ends : same_ends);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      wish_valid_o <= 1'b0;
    else if (start_i) wish_valid_o <= 1'b1;
    else if (last_o)  wish_valid_o <= 1'b0;
  end

  function automatic line_addr_t not_before(lines_t number);
    return (number < 0) ? '0 : line_addr_t'(number);
  endfunction

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      cut_q     <= '0;
      a_q       <= share_q.a_begin;
      line_q    <= '0;
      rest_q    <= share_q.rest + early;
      to_row_q  <= lines_t'({1'b0, share_q.rest}) + lines_t'({1'b0, early}) - lines_t'({1'b0, share_q.row});
      to_line_q <= lines_t'({1'b0, share_q.rest}) + lines_t'({1'b0, early}) - lines_t'({1'b0, share_q.load});
      to_next_q <= lines_t'({1'b0, share_q.rest}) + lines_t'({1'b0, early}) - lines_t'({1'b0, share_q.row})
                   - lines_t'({1'b0, share_q.load});
    end else begin
      cut_q <= cut_q + 1'b1;
      if (cut_ends)      {a_q, line_q} <= {share_q.a_end, line_addr_t'(0)};
      else if (row_ends) {a_q, line_q} <= {a_behind[FiberIdWidth-1:0], not_before(next_line)};
      else               {a_q, line_q} <= {a_same[FiberIdWidth-1:0], not_before(line)};
      if (stagger_q && rest_q > least_q) begin
        rest_q    <= rest_q - 1'b1;
        to_row_q  <= to_row_q - 1'b1;
        to_line_q <= to_line_q - 1'b1;
        to_next_q <= to_next_q - 1'b1;
      end
    end
  end

  assign wish_o = {cut_q, a_q, line_q};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !start_i || !wish_valid_o, "cuts while others are being made")
  `FLAASH_ASSERT(WithinRow_A, !wish_valid_o || last_o || Groups == 1 || beyond < lines_t'({1'b0, share_q.row}),
                 "a cut behind the end of its row")
  `FLAASH_COVER(RowEnds_C, wish_valid_o && row_ends)

endmodule : flaash_lookup_even
