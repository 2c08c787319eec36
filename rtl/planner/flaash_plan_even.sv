// SPDX-License-Identifier: Apache-2.0
// Even: cuts a contraction whose rows all cost the same, one cut per cycle.
//
// A cut plus a share (flaash_plan_share) is the next cut: whole rows, and a rest, within the row or beyond its end.
// Groups get their pieces one after the other, so each group gets a line less than the group before. In short rows all
// get the same: otherwise the share of the first group could pass the end of the next row.
//
// Guarantees  From the cycle after start_i on wish_valid_o with cut 1 to Groups in order, none before its predecessor;
//             cut 0 would be the beginning of the shared rows, the last cut is their end. last_o with the last cut.
// Demands     start_i not between a start and its last_o. share_i stays from start_i until last_o, its load, row and
//             whole from the cycle before.
// Latency     One cycle.
// Reset       Forgets the cuts; so does stop_i.

`include "flaash_assert.svh"

module flaash_plan_even
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups = 8  // groups of engines, 1 to 64
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  logic      start_i,
  input  logic      stop_i,        // an operand is replaced
  input  share_t    share_i,
  output logic      wish_valid_o,
  output wish_t     wish_o,
  output logic      last_o
);

  // What follows from the share.
  cost_t least_q;    // the least rest: a piece that begins within a row pays its load
  logic  stagger_q;

  always_ff @(posedge clk_i) begin
    stagger_q <= share_i.row >= cost_t'(long_row(Groups));
    least_q   <= (share_i.whole == '0) ? share_i.load : '0;
  end

  // The requested cut; otherwise cut 0, which is never requested.
  group_id_t  cut_q, cut;
  fiber_id_t  a_q, a;              // first fiber of the set
  line_addr_t line_q, line;
  cost_t      rest_q, rest;
  logic       row_ends, cut_ends;  // cut_ends: nothing is left for later groups

  assign last_o = wish_valid_o && cut_q == group_id_t'(Groups);

  // --------------------------------------------------------- the next cut, if the row ends or not
  // Sums with the rest of a share give all candidates at once: the end of the row, and the line. The line follows the
  // load of its row.
  lines_t     to_row_q, to_line_q, to_next_q;  // rest - row, rest - load, rest - row - load
  lines_t     to_row, to_line, to_next;
  lines_t     beyond, same_line, next_line;    // of the row's end; the line in this row, in the next row
  fiber_sum_t a_same, a_behind;
  logic       same_ends, behind_ends;

  always_comb begin
    {cut, a, line, rest, to_row, to_line, to_next} = {cut_q, a_q, line_q, rest_q, to_row_q, to_line_q, to_next_q};
    if (!wish_valid_o) begin
      {cut, a, line} = {group_id_t'(0), share_i.a_begin, line_addr_t'(0)};
      {rest, to_row, to_line, to_next} = {share_i.rest, share_i.to_row, share_i.to_line, share_i.to_next};
    end
  end

  assign beyond    = lines_t'({1'b0, line}) + to_row;
  assign same_line = lines_t'({1'b0, line}) + to_line;
  assign next_line = lines_t'({1'b0, line}) + to_next;
  assign row_ends  = beyond >= 0;

  assign a_same      = fiber_sum_t'(a) + fiber_sum_t'(share_i.whole);
  assign a_behind    = fiber_sum_t'(a) + share_i.behind;
  assign same_ends   = a_same >= fiber_sum_t'(share_i.a_end);
  assign behind_ends = a_behind >= fiber_sum_t'(share_i.a_end);

  assign cut_ends = cut == group_id_t'(Groups - 1) || (row_ends ? behind_ends : same_ends);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      wish_valid_o <= 1'b0;
    else if (stop_i)  wish_valid_o <= 1'b0;
    else if (start_i) wish_valid_o <= 1'b1;
    else if (last_o)  wish_valid_o <= 1'b0;
  end

  function automatic line_addr_t not_before(lines_t number);
    return (number < 0) ? '0 : line_addr_t'(number);
  endfunction

  always_ff @(posedge clk_i) begin
    cut_q <= cut + 1'b1;
    if (cut_ends)      {a_q, line_q} <= {share_i.a_end, line_addr_t'(0)};
    else if (row_ends) {a_q, line_q} <= {a_behind[FiberIdWidth-1:0], not_before(next_line)};
    else               {a_q, line_q} <= {a_same[FiberIdWidth-1:0], not_before(same_line)};
    {rest_q, to_row_q, to_line_q, to_next_q} <= {rest, to_row, to_line, to_next};
    if (stagger_q && rest > least_q) begin
      rest_q    <= rest - 1'b1;
      to_row_q  <= to_row - 1'b1;
      to_line_q <= to_line - 1'b1;
      to_next_q <= to_next - 1'b1;
    end
  end

  assign wish_o = {share_i.fibers, cut_q, a_q, line_q};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !start_i || !wish_valid_o, "cuts while others are being made")
  `FLAASH_ASSERT(WithinRow_A, !wish_valid_o || last_o || Groups == 1
                 || beyond < lines_t'({1'b0, share_i.row}),
                 "a cut after the end of its row")
  `FLAASH_COVER(RowEnds_C, wish_valid_o && row_ends)

endmodule : flaash_plan_even
