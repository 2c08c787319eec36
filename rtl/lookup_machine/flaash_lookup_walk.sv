// SPDX-License-Identifier: Apache-2.0
// Walk: cuts a contraction with skewed operands, set by set.
//
// Where flaash_lookup_share takes all rows of the plane (sets of A) x (lines of B) for equal, here a row costs
// its load and its lines of B, each as much as the set's weight (flaash_lookup_weights); in quarters of
// cycles. Each group gets an equal share of what is left, so that what a cut rounds off is shared by all
// later groups: a cut is a share behind the one before, at the nearest beginning of a fiber of B.
//
// Guarantees  While ready_o: most_o, the weight of the longest fiber; skewed_o, rows cost so differently that a walk
//             pays. After start_i, cuts 0 to Groups at cut_*, each one pulse, in order and none before its
//             predecessor; the first is the beginning of the plane, the last one its end. busy_o until then.
// Demands     start_i with ready_o and skewed_o; inputs stay from then on. The lines of A are written in
//             ascending order from 0. Ranks answer two cycles after line_o, tables one after their
//             addresses; nobody else has that of B while busy_o, or that of A while use_o.
// Latency     Cut 0 after 3 cycles and one per set; then 10 cycles per cut, and 2 for each row that ends.
// Reset       Forgets the contraction; so does stop_i.

`include "flaash_assert.svh"

module flaash_lookup_walk
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups   = 8,     // groups of engines, 2 to 64
  parameter int unsigned MaxSize  = 4,     // fibers of a set, 1 to 8
  parameter int unsigned Lanes    = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192,  // lines of an operand
  localparam int unsigned CutWidth  = $clog2(Groups + 1),
  localparam int unsigned CostWidth = LineAddrWidth + 6  // lines of a row
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // lines of A on their way to the memory
  input  logic                 wr_valid_i,
  input  line_addr_t           wr_addr_i,
  input  logic                 wr_last_i,

  // the contraction
  output logic                 ready_o,
  output weight_t              most_o,
  output logic                 skewed_o,
  input  logic                 start_i,
  input  logic                 stop_i,    // an answer was wrong
  input  line_addr_t           extent_i,
  input  fiber_id_t            a_fibers_i,
  input  line_addr_t           a_lines_i,
  input  fiber_id_t            b_fibers_i,
  input  line_addr_t           b_lines_i,
  input  logic [CostWidth-1:0] load_i,  // lines of a set, on average
  output logic                 busy_o,
  output logic                 use_o,   // a_first_i is asked for

  // ranks, tables
  output logic                 ask_o,     // the rank of line_o counts
  output line_addr_t           line_o,
  input  fiber_id_t            fiber_i,
  output fiber_id_t            a_addr_o,
  input  line_addr_t           a_first_i,
  output fiber_id_t            b_addr_o,
  input  line_addr_t           b_first_i,

  // where pieces begin and end
  output logic                 cut_valid_o,
  output logic [CutWidth-1:0]  cut_index_o,
  output place_t               cut_o
);

  localparam int unsigned Width    = LineAddrWidth + 10;    // quarters of a row
  localparam int unsigned SumWidth = Width + FiberIdWidth;  // and of all
  localparam int unsigned Fraction = 16;
  localparam int unsigned ShareWidth = SumWidth + Fraction;
  localparam int unsigned LoadWidth  = 13 + $clog2(MaxSize);  // lines of a set
  localparam int unsigned Late     = 40;  // a piece comes 10 cycles and more after the one before
  localparam int unsigned Inverse  = 12;  // bits behind the point of 1 / weight

  typedef logic [Width-1:0] quarters_t;
  typedef logic [Width+Inverse-1:0] product_t;

  typedef enum logic [3:0] {StIdle, StSum, StFirst, StNext, StRead, StRow, StLine, StAsk, StWait, StTable,
                            StBehind, StNear, StEmit, StEnd} state_e;
  state_e state_d, state_q;

  // ------------------------------------------------------------------------ weights
  logic       ask;
  fiber_id_t  set;
  weight_t    weight;
  logic [LoadWidth-1:0] lines;

  flaash_lookup_weights #(
    .MaxSize (MaxSize),
    .Lanes   (Lanes),
    .MemLines(MemLines)
  ) u_weights (
    .clk_i, .rst_ni,
    .wr_valid_i, .wr_addr_i, .wr_last_i,
    .a_fibers_i, .a_lines_i, .extent_i, .ready_o, .most_o, .skewed_o,
    .ask_i(ask), .set_i(set), .weight_o(weight), .load_o(lines)
  );

  // ---------------------------------------------------------------------- the place
  fiber_id_t  set_q, a_id_q, a_next;   // number of the set, its first fiber
  fiber_id_t  b_id_q;                  // fiber of B that holds the wanted line
  line_addr_t line_q;                  // the wanted line
  line_addr_t a_line_q, first_q;       // first lines of set and fiber
  line_addr_t least_q;                 // line of the cut before, if it lies in this row
  weight_t    weight_q, weight_now;    // now: as the row is read
  quarters_t  load_q, load_now;
  quarters_t  within_q;                // behind the beginning of the row
  quarters_t  cost, share_q;
  logic       last_set, row_ends, line_is_late;
  logic       behind, next_row;        // the fiber after this one is nearer, and is the first of the next row
  logic [CutWidth-1:0] index_q;        // of the next cut

  assign a_next    = a_id_q + fiber_id_t'(MaxSize);
  assign last_set  = a_next >= a_fibers_i;
  // The sum is of rows as they are read, the walk through them needs what is kept.
  assign weight_now = (state_q == StSum) ? weight : weight_q;
  assign load_now   = (state_q == StSum) ? quarters_t'({lines, 2'b00}) : load_q;
  assign cost       = quarters_t'(b_lines_i) * quarters_t'(weight_now) + load_now;
  assign row_ends   = within_q >= cost;

  // ------------------------------------------------------------------------- share
  logic                summing_q, leaves_row;
  logic [SumWidth-1:0] left_q;         // rows from this one on
  logic [SumWidth-1:0] left;           // behind the cut before, and what will be loaded again
  logic [CutWidth-1:0] later;          // groups after the one that gets a share
  logic [Fraction-1:0] part;           // 1 / (groups that are left)
  quarters_t           share;

  // A piece that begins within a row loads its set again. Heavy sets are long, and cut most often; seven
  // quarters of the average are about right for lengths by Zipf's law.
  assign later = CutWidth'(Groups - 1) - index_q;
  assign left  = left_q - SumWidth'(within_q) + SumWidth'(load_i) * SumWidth'(7) * SumWidth'(later);

  always_comb begin
    part = '0;
    for (int unsigned g = 1; g < Groups; g++) begin
      if (later == CutWidth'(g)) part = Fraction'((2 ** Fraction) / (g + 1));
    end
  end

  // Later groups begin later, and get less for it.
  assign share = quarters_t'((ShareWidth'(left) * ShareWidth'(part)) >> Fraction)
                 + quarters_t'(Late / 2) * quarters_t'(later);
  assign leaves_row = (state_q == StRow && row_ends) || (state_q == StNear && next_row);

  always_ff @(posedge clk_i) begin
    summing_q <= ask && state_q == StSum;
    share_q   <= share;
    if (start_i) left_q <= '0;
    else if (summing_q) left_q <= left_q + SumWidth'(cost);
    else if (leaves_row) left_q <= left_q - SumWidth'(cost);
  end

  // ------------------------------------------------------------ from the cost to the line
  quarters_t  beyond;
  product_t   inverse;
  line_addr_t line;

  assign beyond = (within_q > load_q) ? within_q - load_q : '0;

  always_comb begin
    inverse = '0;
    for (int unsigned w = 4; w <= 32; w++) begin
      if (weight_q == weight_t'(w)) inverse = product_t'(1 << Inverse) / product_t'(w);
    end
  end

  assign line = line_addr_t'((product_t'(beyond) * inverse) >> Inverse);

  // ------------------------------------------------------------ the nearer end of the fiber
  place_t cut_d;

  assign line_is_late = line_q - first_q > b_first_i - line_q;
  assign behind       = line_is_late && first_q != b_first_i;
  assign next_row     = behind && b_id_q + 1'b1 == b_fibers_i;

  always_comb begin
    cut_d = {a_id_q, a_line_q, b_id_q, first_q};
    if (next_row)    cut_d = {a_next, a_first_i, fiber_id_t'(0), line_addr_t'(0)};
    else if (behind) cut_d = {a_id_q, a_line_q, b_id_q + 1'b1, b_first_i};
  end

  // ------------------------------------------------------------------------- steps
  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:  if (start_i) state_d = StSum;
      StSum:   if (!ask && !summing_q) state_d = StFirst;
      StFirst: state_d = StNext;
      StNext: begin
        state_d = StRead;
        if (32'(index_q) == Groups) state_d = StEnd;
      end
      StRead:  state_d = StRow;
      StRow: begin
        if (!row_ends)     state_d = StLine;
        else if (last_set) state_d = StEnd;
        else               state_d = StRead;
      end
      StLine:   state_d = StAsk;
      StAsk:    state_d = StWait;
      StWait:   state_d = StTable;
      StTable:  state_d = StBehind;
      StBehind: state_d = StNear;
      StNear: begin
        state_d = StEmit;
        if (next_row && last_set) state_d = StEnd;
      end
      StEmit:   state_d = StNext;
      default:  if (32'(index_q) == Groups) state_d = StIdle;
    endcase
    if (stop_i) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    case (state_q)
      StIdle, StFirst: begin
        {set_q, a_id_q, within_q, index_q, least_q} <= '0;
        cut_o <= '0;
      end
      StSum: begin
        if (ask) {set_q, a_id_q} <= {set_q + 1'b1, a_next};
      end
      StNext: within_q <= within_q + share_q;
      StRead: begin
        weight_q <= weight;
        load_q   <= quarters_t'({lines, 2'b00});
      end
      StRow: begin
        if (row_ends) {set_q, a_id_q, within_q, least_q} <= {set_q + 1'b1, a_next, within_q - cost, line_addr_t'(0)};
      end
      StLine:  line_q <= (line > least_q) ? line : least_q;
      StTable: b_id_q <= fiber_i;
      StBehind: begin
        a_line_q <= a_first_i;
        first_q  <= b_first_i;
      end
      StNear: begin
        cut_o    <= cut_d;
        within_q <= quarters_t'(cut_d.b_line) * quarters_t'(weight_q);
        least_q  <= cut_d.b_line;
        if (next_row) {set_q, a_id_q} <= {set_q + 1'b1, a_next};
      end
      default: ;
    endcase
    if (state_d == StEnd) cut_o <= {a_fibers_i, a_lines_i, fiber_id_t'(0), line_addr_t'(0)};
    if (cut_valid_o) index_q <= index_q + 1'b1;
  end

  assign ask         = (state_q == StSum && a_id_q < a_fibers_i) || state_q == StNext || state_q == StRow;
  assign set         = (state_q == StRow) ? set_q + 1'b1 : set_q;
  assign ask_o       = state_q == StAsk;
  assign line_o      = line_q;
  assign b_addr_o    = (state_q == StTable) ? fiber_i : b_id_q + 1'b1;
  assign a_addr_o    = (state_q == StTable) ? a_id_q : (last_set ? a_fibers_i : a_next);
  assign cut_valid_o = state_q == StFirst || state_q == StEmit || state_q == StEnd;
  assign cut_index_o = index_q;
  assign busy_o      = state_q != StIdle;
  assign use_o       = state_q == StTable || state_q == StBehind;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a walk while another is under way")
  `FLAASH_ASSERT(WithinRow_A, state_q != StAsk || line_q < b_lines_i, "a cut behind the end of its row")
  `FLAASH_COVER(Nearer_C, state_q == StNear && behind)
  `FLAASH_COVER(NextRow_C, state_q == StNear && next_row)
  `FLAASH_COVER(EndsEarly_C, state_d == StEnd && 32'(index_q) < Groups - 1)

endmodule : flaash_lookup_walk
