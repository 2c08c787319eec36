// SPDX-License-Identifier: Apache-2.0
// Share: how many lines each group of engines gets, so that all end at the same time.
//
// The fibers of A form sets that a group's engines hold at a time. A row is one set with all lines of B;
// it costs its own lines (load, on average) and those of B. A group that begins in the middle of a row loads the
// set once more. So, in lines,
//     share = (sets * row + load * (Groups - 1)) / Groups, with row = load + lines of B:
// whole rows (given in fibers of A) and a rest.
//
// The last set may have few fibers: then one group's engines would idle for a row. If B is long and the
// fibers left over are short, that set gets a share of its own (tail), so that all groups have it for
// a while.
//
// Guarantees  done_o, one cycle after start_i or again_i: the outputs are the share of the rows up to fiber
//             end_o of A, after again_i of those from there on. They stay, but rest_o only in that cycle.
// Demands     a_lines_i counts with start_i, b_lines_i from the next cycle on; inputs stay then. again_i
//             only after a done_o with tail_o. a_fibers_i and b_fibers_i not 0.
// Latency     From start_i 4 cycles and one per bit of the lines of a fiber of A on average, at most 10; if
//             fibers of A are few, at least MaxSize + 6. From again_i 2 cycles.
// Reset       Forgets a calculation under way.

`include "flaash_assert.svh"

module flaash_lookup_share
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups  = 8,  // groups of engines, 2 to 64
  parameter int unsigned MaxSize = 4,  // engines of a group, 1 to 8
  localparam int unsigned SizeWidth = $clog2(MaxSize + 1),
  localparam int unsigned CostWidth = LineAddrWidth + 6  // lines of some rows
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 start_i,
  input  logic                 again_i,
  input  fiber_id_t            a_fibers_i,
  input  line_addr_t           a_lines_i,
  input  fiber_id_t            b_fibers_i,
  input  line_addr_t           b_lines_i,
  input  weight_t              weight_i,        // of the longest fiber of A

  output logic                 done_o,
  output logic [SizeWidth-1:0] set_size_o,
  output logic                 tail_o,          // the last set has a share of its own
  output fiber_id_t            end_o,           // first fiber of A that is not to share
  output logic [CostWidth-1:0] load_o,          // lines of a set
  output logic [CostWidth-1:0] row_o,           // and of a row
  output fiber_id_t            whole_fibers_o,  // a share: fibers of whole rows
  output logic [CostWidth-1:0] rest_o           // and lines beyond
);

  localparam int unsigned QuarterWidth = LineAddrWidth + 2;
  localparam int unsigned Fraction     = 16;  // bits behind the point
  localparam int unsigned RowsWidth    = FiberIdWidth + Fraction;
  localparam int unsigned PerGroup     = (2 ** Fraction + Groups / 2) / Groups;  // 1 / Groups
  localparam int unsigned TailWidth    = QuarterWidth + SizeWidth + 7;
  localparam int unsigned LongRun      = 32;  // lines of B per group from which on a tail pays

  // ----------------------------------------- lines of a fiber of A; fibers of a set
  logic                    divided, sized, few;
  logic [QuarterWidth-1:0] quarters;  // lines of a fiber on average, in quarters

  flaash_lookup_divider #(
    .Width(QuarterWidth)
  ) u_divider (
    .clk_i, .rst_ni,
    .start_i,
    .dividend_i({a_lines_i, 2'b00}),
    .divisor_i (QuarterWidth'(a_fibers_i)),
    .done_o    (divided),
    .quotient_o(quarters)
  );

  line_addr_t a_lines_q;

  flaash_lookup_set_size #(
    .Groups (Groups),
    .MaxSize(MaxSize)
  ) u_set_size (
    .clk_i, .rst_ni,
    .start_i,
    .a_fibers_i,
    .a_lines_i (a_lines_q),
    .b_fibers_i,
    .b_lines_i,
    .weight_i,
    .done_o(sized),
    .few_o (few),
    .set_size_o
  );

  always_ff @(posedge clk_i) begin
    if (start_i) a_lines_q <= a_lines_i;
  end

  // ------------------------------------------------------------- full sets, and left over
  fiber_id_t            full;
  logic [SizeWidth-1:0] left_q;
  logic                 sized_q;  // left_q and full_rows_q are known
  logic [RowsWidth-1:0] full_rows_q;  // full sets / Groups

  always_comb begin
    full = '0;
    for (int unsigned size = 1; size <= MaxSize; size++) begin
      if (set_size_o == SizeWidth'(size)) full = fiber_id_t'(32'(a_fibers_i) / size);
    end
  end

  always_ff @(posedge clk_i) begin
    left_q      <= SizeWidth'(a_fibers_i - full * fiber_id_t'(set_size_o));
    sized_q     <= sized && !start_i;
    full_rows_q <= RowsWidth'(full) * RowsWidth'(PerGroup);
  end

  // ------------------------------------------------------------------------ steps
  typedef enum logic [1:0] {StIdle, StWait, StRows, StRest} state_e;
  state_e state_d, state_q;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle: begin
        if (start_i)      state_d = StWait;
        else if (again_i) state_d = StRows;
      end
      StWait:  if (divided && sized_q) state_d = StRows;
      StRows:  state_d = StRest;
      default: state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  assign done_o = state_q == StRest;

  // ------------------------------------------------------------------------- tail
  logic tail_pays, tail_q, second_q;  // second_q: it is the tail's turn

  assign tail_pays = left_q != '0 && !few && 32'(b_lines_i) >= LongRun * Groups
                     && TailWidth'(left_q) * TailWidth'(quarters) * TailWidth'(Groups)
                        <= TailWidth'(b_lines_i) * TailWidth'(2);

  always_ff @(posedge clk_i) begin
    if (start_i)                          second_q <= 1'b0;
    else if (again_i)                     second_q <= 1'b1;
    if (state_q == StRows && !second_q)   tail_q   <= tail_pays;
  end

  assign tail_o = tail_q && !second_q;

  // ------------------------------------------------------------------------ share
  fiber_id_t            whole_q;
  logic [Fraction-1:0]  part_q;                        // fraction of a row
  logic [RowsWidth-1:0] rows;                          // sets / Groups
  logic [CostWidth-1:0] load, load_q, row_q, rest;
  logic [CostWidth+Fraction-1:0] part_lines, load_part;  // of a row, of a load

  assign rows = second_q ? RowsWidth'(PerGroup)
                         : full_rows_q + ((left_q != '0 && !tail_pays) ? RowsWidth'(PerGroup) : '0);
  // Each group loads the tail anyway.
  assign load = second_q ? '0 : (CostWidth'(quarters) * CostWidth'(set_size_o) + CostWidth'(2)) >> 2;

  always_ff @(posedge clk_i) begin
    if (state_q == StRows) begin
      {whole_q, part_q} <= rows;
      load_q            <= load;
      row_q             <= load + CostWidth'(b_lines_i);
    end
  end

  assign part_lines = (CostWidth + Fraction)'(row_q) * (CostWidth + Fraction)'(part_q);
  assign load_part  = (CostWidth + Fraction)'(load_q) * (CostWidth + Fraction)'(PerGroup);
  // If there are no whole rows, this is at least a load: a piece that begins within a row pays one.
  assign rest       = CostWidth'(part_lines >> Fraction) + load_q - CostWidth'(load_part >> Fraction);

  assign load_o         = load_q;
  assign row_o          = row_q;
  assign whole_fibers_o = whole_q * fiber_id_t'(set_size_o);
  assign rest_o         = rest;
  assign end_o          = tail_o ? a_fibers_i - fiber_id_t'(left_q) : a_fibers_i;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !(start_i || again_i) || state_q == StIdle, "a share while another is calculated")
  `FLAASH_COVER(Tail_C, again_i)

endmodule : flaash_lookup_share
