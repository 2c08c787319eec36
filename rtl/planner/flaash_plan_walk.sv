// SPDX-License-Identifier: Apache-2.0
// Walk: cuts a contraction with skewed operands, row by row.
//
// flaash_plan_even treats all rows of the plane as equal. Here each row costs its load and its lines of B, each line
// the set's weight (flaash_plan_weights), in quarters of cycles. Each group gets an equal share of the rest after the
// previous cut. That cut is at the beginning of a fiber, so all later groups share the rounding.
//
// Guarantees  After start_i on wish_valid_o pulses with cut 0 to Groups in order, none before its predecessor; cut 0 is
//             the beginning of the plane, the last one its end. busy_o from the cycle after start_i until then.
// Demands     start_i only while not busy_o; inputs stay from then on, load_i from 4 cycles before, total_i from 1.
//             row_i is the row of the next set one cycle after next_o; rewind_o brings the first set back. 3 cycles or
//             more after a wish cut_valid_i, with the line b_line_i of B at which the piece begins.
// Latency     Cut 0 after one cycle; then 8 cycles per cut if cut_valid_i takes 3, and 2 for each row that ends.
// Reset       Forgets the contraction; so does stop_i.

`include "flaash_assert.svh"

module flaash_plan_walk
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,    // groups of engines, 2 to 64
  parameter int unsigned MemLines = 8192  // lines of an operand
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  // the contraction
  input  logic          start_i,
  input  logic          stop_i,   // a response was wrong
  input  plane_t        plane_i,
  input  cost_t         load_i,   // lines of a set, on average
  input  all_quarters_t total_i,  // of all rows
  output logic          busy_o,
  // what a row costs
  output logic          next_o,
  output logic          rewind_o,
  input  row_t          row_i,
  // cuts
  output logic          wish_valid_o,
  output wish_t         wish_o,
  input  logic          cut_valid_i,
  input  line_addr_t    b_line_i
);

  localparam int unsigned Fraction   = 16;
  localparam int unsigned AllWidth   = 2 * $clog2(MemLines) + 10;  // of the cost of all rows, and of all loads
  localparam int unsigned ShareWidth = AllWidth + Fraction;
  localparam int unsigned Inverse    = 12;  // bits after the point of 1 / weight
  localparam int unsigned Late       = 4 * 8;  // quarters of cycles from a piece to the next one

  typedef logic [AllWidth-1:0]                all_t;
  typedef logic [count_bits(MemLines)-1:0]    least_t;    // a line of B, factor of two products
  typedef logic [$clog2(MemLines)+4:0]        beyond_t;   // of a cost within the lines of B in a row
  typedef logic [$bits(beyond_t)+Inverse-1:0] product_t;

  typedef enum logic [3:0] {StIdle, StBegin, StShare, StNext, StRow, StRead, StLine, StAsk, StWait, StEnd} state_e;
  state_e state_d, state_q, state_on;  // state_on: unless stop_i, which comes late in its cycle

  // --------------------------------------------------------------------- where it is
  fiber_id_t  a_id_q, a_next;         // first fiber of the set
  line_addr_t line_q, wanted;         // by the cost; the wanted line
  least_t     least_q;                // line of the cut before, if it lies in this row
  quarters_t  least_cost_q;           // of the lines of this row before that one
  quarters_t  within_q;               // after the beginning of the row, of the next cut
  group_id_t  index_q;                // of the next cut
  logic       last_set, row_ends, all_cut, unused_lines;
  logic       ends;                   // the cut after the last row, or after the last group, follows

  assign a_next   = a_id_q + fiber_id_t'(plane_i.set_size);
  assign last_set = a_next >= plane_i.a_fibers;
  assign row_ends = within_q >= row_i.all;
  assign all_cut  = index_q == group_id_t'(Groups);
  assign ends     = (state_q == StShare && all_cut) || (state_q == StRow && row_ends && last_set);

  assign unused_lines = ^{plane_i.a_lines, total_i, b_line_i};

  // ------------------------------------------------------------------------- share
  // (again_q - within_q) / (groups that are left). The product with again_q is made in halves, a step at a time, while
  // the cut before is placed. The product with within_q comes last.
  localparam int unsigned Half      = AllWidth / 2;
  localparam int unsigned MostLater = Groups - 1;

  typedef logic [ShareWidth-1:0] long_t;

  quarters_t                each_q;           // what one group will load again
  all_t                     left_q;           // rows from this one on
  all_t                     loads_q;          // what later groups will load again
  all_t                     again_q;          // both
  logic                     follows;          // the next share is for the cut after index_q
  group_id_t                later_q;          // groups after the one that gets a share
  logic [1:0][Fraction-1:0] parts;            // 1 / (groups that are left), of the cut index_q and of the one after it
  logic [Fraction-1:0]      part_q;
  long_t                    low_q, high_q, share_q;  // share of again_q
  long_t                    within_share_q;   // of within_q
  quarters_t                share;
  logic [Fraction+5:0]      weight_part_q;    // of a line of this row

  // A piece that begins within a row loads its set again. Each wish is on the way to the next cut.
  assign follows = state_q == StIdle || wish_valid_o;

  // Both side by side, since follows comes late.
  always_comb begin
    parts = '0;
    for (int unsigned g = 1; g < Groups; g++) begin
      if (index_q == group_id_t'(Groups - g))     parts[0] = Fraction'((2 ** Fraction) / (g + 1));
      if (index_q == group_id_t'(Groups - g - 1)) parts[1] = Fraction'((2 ** Fraction) / (g + 1));
    end
  end

  always_ff @(posedge clk_i) begin
    later_q        <= group_id_t'(Groups) - index_q - group_id_t'(follows);
    part_q         <= parts[follows];
    each_q         <= quarters_t'(load_i) * quarters_t'(AgainQuarters);
    again_q        <= left_q + loads_q;
    low_q          <= long_t'(again_q[Half-1:0]) * long_t'(part_q);
    high_q         <= long_t'(again_q[AllWidth-1:Half]) * long_t'(part_q);
    share_q        <= low_q + (high_q << Half);
    weight_part_q  <= (Fraction+6)'(part_q) * (Fraction+6)'(row_i.weight);
    if (state_q == StBegin) weight_part_q <= '0;  // the first row has not come yet
    within_share_q <= long_t'(least_q) * long_t'(weight_part_q);
    least_cost_q   <= quarters_t'(least_q) * quarters_t'(row_i.weight);
  end

  // Later groups begin later, and get less for it.
  assign share = quarters_t'((share_q - within_share_q) >> Fraction) + quarters_t'(Late / 2) * quarters_t'(later_q);

  // ------------------------------------------------------------ from the cost to the line
  beyond_t              beyond_q;
  logic [Inverse:0]     inverse, inverse_q;

  always_comb begin
    inverse = '0;
    for (int unsigned w = 4; w <= 32; w++) begin
      if (row_i.weight == weight_t'(w)) inverse = (Inverse+1)'((1 << Inverse) / w);
    end
  end

  always_ff @(posedge clk_i) begin
    inverse_q <= inverse;
    line_q    <= line_addr_t'((product_t'(beyond_q) * product_t'(inverse_q)) >> Inverse);
    beyond_q  <= (within_q > row_i.load) ? beyond_t'(within_q - row_i.load) : '0;
  end

  // ------------------------------------------------------------------------- steps
  always_comb begin
    state_on = state_q;
    unique case (state_q)
      StIdle:  if (start_i) state_on = StBegin;
      StBegin: state_on = StShare;
      StShare: begin
        state_on = StNext;
        if (ends) state_on = StEnd;
      end
      StNext:  state_on = StRow;
      StRow: begin
        if (!row_ends) state_on = StLine;
        else if (ends) state_on = StEnd;
        else           state_on = StRead;
      end
      StRead:  state_on = StRow;
      StLine:  state_on = StAsk;
      StAsk:   state_on = StWait;
      StWait:  if (cut_valid_i) state_on = StShare;
      default: if (all_cut) state_on = StIdle;
    endcase
    state_d = state_on;
    if (stop_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      StIdle: begin
        {a_id_q, least_q, within_q, index_q} <= '0;
        left_q  <= all_t'(total_i);
        loads_q <= all_t'(each_q) * all_t'(MostLater);
      end
      StNext: within_q <= least_cost_q + share;
      StRow: begin
        if (row_ends) begin
          {a_id_q, within_q, least_q} <= {a_next, within_q - row_i.all, least_t'(0)};
          left_q <= left_q - all_t'(row_i.all);
        end
      end
      StAsk:  loads_q <= loads_q - all_t'(each_q);
      StWait: if (cut_valid_i) least_q <= least_t'(b_line_i);
      default: ;
    endcase
    if (ends) {a_id_q, least_q} <= {plane_i.a_fibers, least_t'(0)};
    if (wish_valid_o) index_q <= index_q + 1'b1;
  end

  assign next_o       = state_q == StBegin || state_q == StRead;
  assign rewind_o     = state_q == StEnd;
  assign wanted       = (state_q == StAsk && line_q > line_addr_t'(least_q)) ? line_q : line_addr_t'(least_q);
  assign wish_valid_o = state_q == StBegin || state_q == StAsk || state_q == StEnd;
  assign wish_o       = {1'b0, index_q, a_id_q, wanted};
  assign busy_o       = state_q != StIdle;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a walk while another is in progress")
  `FLAASH_ASSERT(WithinRow_A, state_q != StAsk || stop_i || wanted < plane_i.b_lines, "a cut after the end of its row")
  `FLAASH_COVER(RowEnds_C, state_q == StRow && row_ends && !last_set)
  `FLAASH_COVER(EndsEarly_C, state_d == StEnd && 32'(index_q) < Groups - 1)

endmodule : flaash_plan_walk
