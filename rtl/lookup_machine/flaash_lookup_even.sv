// SPDX-License-Identifier: Apache-2.0
// Even: cuts a contraction whose rows all cost the same, one cut per cycle.
//
// A cut plus a share (flaash_lookup_share) is the next cut: whole rows, and a rest, within the row or beyond its end.
// Groups get their pieces one after the other, so each gets a line less than the one before, unless rows are
// short: then the share of the first one could pass the end of the next row.
//
// Guarantees  From the cycle after start_i on wish_valid_o with cut 1 to Groups in order, none before its
//             predecessor; cut 0 would be the beginning of what is shared, the last one is its end. last_o with that
//             one. Before the cut at which a piece ends, a wish for the end of its first set, if nobody else knows it
//             in time.
// Demands     start_i not between a start and its last_o. share_i stays from start_i until last_o, its load, row and
//             whole from the cycle before.
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

  localparam int unsigned Known     = Groups + AnswerLines;  // lines that group 0 reads until it knows its set's end
  localparam int unsigned FewGroups = 4;                     // up to so many have their own answers as early

  typedef logic [FiberIdWidth:0] fiber_sum_t;

  // What follows from the share.
  cost_t     least_q;    // from when on there is no less: a piece that begins within a row pays its load
  logic      stagger_q;
  group_id_t few_q;      // before this cut the ends of sets are asked for

  always_ff @(posedge clk_i) begin
    stagger_q <= share_i.row >= cost_t'(long_row(Groups));
    least_q   <= (share_i.whole == '0) ? share_i.load : '0;
    few_q     <= '0;
    if (share_i.load < cost_t'(Known) && Groups > FewGroups) few_q <= group_id_t'(cost_t'(Known) - share_i.load);
  end

  // The cut that is asked for; while there is none, cut 0, which nobody asks for.
  group_id_t  cut_q, cut;
  fiber_id_t  a_q, a;              // first fiber of the set
  line_addr_t line_q, line;
  cost_t      rest_q, rest;
  logic       row_ends, cut_ends;  // cut_ends: nothing is left for later groups
  logic       steps, asking_q;     // to the next cut; that of the end of a set is before it

  assign steps  = start_i || (wish_valid_o && !asking_q);
  assign last_o = wish_valid_o && cut_q == group_id_t'(Groups) && !asking_q;

  // --------------------------------------------------------- the next cut, if the row ends or not
  // Whatever it may be is found at once from sums with the rest of a share: where the row ends, and the line, which
  // is behind the load of its row.
  lines_t     to_row_q, to_line_q, to_next_q;  // rest - row, rest - load, rest - row - load
  lines_t     to_row, to_line, to_next;
  lines_t     beyond, same_line, next_line;    // of the row's end; the line in this row, in the one behind
  fiber_sum_t a_same, a_behind, a_next;
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
  assign a_behind    = fiber_sum_t'(a) + fiber_sum_t'(share_i.whole) + fiber_sum_t'(set_size_i);
  assign same_ends   = a_same >= fiber_sum_t'(share_i.a_end);
  assign behind_ends = a_behind >= fiber_sum_t'(share_i.a_end);

  assign cut_ends = cut == group_id_t'(Groups - 1) || (row_ends ? behind_ends : same_ends);

  always_comb begin
    a_next = row_ends ? a_behind : a_same;
    if (cut_ends) a_next = fiber_sum_t'(share_i.a_end);
  end

  // ------------------------------------------------------------------ where a set ends
  // A group could ask the fiber table itself, but not before all cuts are made: too late for a short set, and it would
  // read lines beyond. Where the piece ends in the next set, that is known, and so is the end of the last set. A
  // question costs all later groups a cycle, so there is one, and one for the last group, which delays only itself.
  logic       asks, known_q;     // the end of this set will be asked for; is known
  logic       may_ask, asked_q;  // asked_q: one was asked for
  fiber_sum_t a_bound;           // first fiber behind the set
  fiber_id_t  a_bound_q;         // likewise, of the set of the cut before

  assign a_bound = fiber_sum_t'(a) + fiber_sum_t'(set_size_i);
  assign may_ask = !(wish_valid_o && known_q) && (!(wish_valid_o && asked_q) || cut == group_id_t'(Groups - 1));
  assign asks    = cut < few_q && may_ask && a_next != a_bound && a_bound < fiber_sum_t'(share_i.a_end);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wish_valid_o <= 1'b0;
      asking_q     <= 1'b0;
    end else begin
      asking_q <= steps && !last_o && asks;
      if (start_i)     wish_valid_o <= 1'b1;
      else if (last_o) wish_valid_o <= 1'b0;
    end
  end

  function automatic line_addr_t not_before(lines_t number);
    return (number < 0) ? '0 : line_addr_t'(number);
  endfunction

  always_ff @(posedge clk_i) begin
    a_bound_q <= a_bound[FiberIdWidth-1:0];
    if (steps) begin
      cut_q   <= cut + 1'b1;
      asked_q <= asks || (wish_valid_o && asked_q);
      known_q <= ((wish_valid_o && known_q) || asks) && a_next == fiber_sum_t'(a);
      a_q     <= a_next[FiberIdWidth-1:0];
      line_q  <= not_before(row_ends ? next_line : same_line);
      if (cut_ends) line_q <= '0;
      {rest_q, to_row_q, to_line_q, to_next_q} <= {rest, to_row, to_line, to_next};
      if (stagger_q && rest > least_q) begin
        rest_q    <= rest - 1'b1;
        to_row_q  <= to_row - 1'b1;
        to_line_q <= to_line - 1'b1;
        to_next_q <= to_next - 1'b1;
      end
    end
  end

  assign wish_o = asking_q ? {cut_q, 1'b1, a_bound_q, line_addr_t'(0)}
                           : {cut_q, 1'b0, a_q, line_q};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !start_i || !wish_valid_o, "cuts while others are being made")
  `FLAASH_ASSERT(WithinRow_A, !wish_valid_o || last_o || Groups == 1
                 || beyond < lines_t'({1'b0, share_i.row}),
                 "a cut behind the end of its row")
  `FLAASH_COVER(RowEnds_C, wish_valid_o && row_ends)

endmodule : flaash_lookup_even
