// SPDX-License-Identifier: Apache-2.0
// Share: how many lines each group of engines gets, so that all end at the same time.
//
// The fibers of A form sets that a group's engines hold at a time. A row is one set with all lines of B. It costs the
// lines of its set (load, on average) and the lines of B. A group that begins in the middle of a row loads the set once
// more. In lines, then,
//     share = (sets * row + load * (Groups - 1)) / Groups, where row = load + lines of B.
// A share is whole rows (given in fibers of A) and a rest.
//
// The last set may have few fibers: then most of one group's engines would idle for a row. If B is long, all groups
// share the row of that set (tail).
//
// With few fibers of A, a share that crosses the end of a row loads two sets for a few fibers of B. So, where possible,
// all rows are cut into equal parts, one per group. With at most as many fibers of B as parts, each fiber is a part.
//
// Guarantees  divided_o after begin_i, when the average lines of a fiber of A are known. done_o after start_i and
//             divided_o, until the next begin_i or start_i. share_o is the share of the rows up to share_o.a_end; with
//             tail_o, tail_share_o is the share of the row from there on. Their load, row and whole are valid with
//             done_o, other members one cycle later.
// Demands     Inputs of A stay from begin_i on, the other inputs from start_i on, which comes after begin_i. Fibers and
//             lines are not 0. begin_i not between a begin_i and its divided_o. uneven_i may rise later: the outputs
//             are right 5 cycles after it.
// Latency     divided_o: 2 cycles from begin_i, and one per bit of the average lines of a fiber of A in quarters.
//             done_o: 3 after divided_o, and 2 from start_i, or 6 if sizes of sets are compared.
// Reset       Forgets a calculation in progress; done_o is low.

module flaash_plan_share
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,        // groups of engines, 2 to 64
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned Lanes    = 4,        // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192      // lines of an operand
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       begin_i,    // A is complete
  output logic       divided_o,
  input  logic       start_i,    // B, too
  input  sizes_t     sizes_i,
  input  line_addr_t extent_i,   // of the contracted mode, known with A
  input  set_size_t  limit_i,    // fibers of a set, MaxSize or less
  input  logic       uneven_i,   // rows are weighed: sets have limit_i fibers
  output logic       done_o,
  output set_size_t  set_size_o,
  output share_t     share_o,
  output logic       tail_o,
  output share_t     tail_share_o
);

  localparam int unsigned CountBits    = count_bits(MemLines);
  localparam int unsigned QuarterWidth = CountBits + 2;
  localparam int unsigned RowBits      = $clog2(MemLines) + $clog2(MaxSize) + 1;  // of the lines of a row
  localparam int unsigned PartBits     = ((CountBits > $bits(group_id_t)) ? CountBits : $bits(group_id_t)) + 1;
  localparam int unsigned Fraction     = 16;  // bits after the point
  localparam int unsigned RowsWidth    = FiberIdWidth + Fraction;
  localparam int unsigned PartWidth    = $bits(cost_t) + Fraction;
  localparam int unsigned PerGroup     = (2 ** Fraction + Groups / 2) / Groups;  // 1 / Groups
  localparam int unsigned EarlyLines   = (Groups - 1) / 2;                       // more for the first group

  // ----------------------------------------- lines of a fiber of A; fibers of a set
  logic                    sized, few;
  logic [QuarterWidth-1:0] quarters;  // lines of a fiber on average, in quarters

  flaash_plan_divider #(
    .Width(QuarterWidth)
  ) u_divider (
    .clk_i, .rst_ni,
    .start_i(begin_i),
    .dividend_i({sizes_i.a_lines[CountBits-1:0], 2'b00}), .divisor_i(QuarterWidth'(sizes_i.a_fibers)),
    .done_o(divided_o), .quotient_o(quarters)
  );

  flaash_plan_set_size #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (MaxSize),
    .Lanes   (Lanes),
    .MemLines(MemLines)
  ) u_set_size (
    .clk_i, .rst_ni,
    .start_i, .sizes_i, .extent_i, .limit_i, .uneven_i,
    .done_o(sized), .few_o(few), .set_size_o
  );

  // ----------------------------------------------------- for each size, before one is chosen
  typedef struct packed {
    set_size_t            left;      // fibers of A beyond full sets
    logic [RowsWidth-1:0] rows;      // full sets / Groups
    logic [RowsWidth-1:0] all_rows;  // all sets / Groups
    group_id_t            parts;     // of a row, if rows are cut into equal ones, else 0
    logic [Fraction:0]    per_part;  // 1 / parts, rounded up; without parts 0
    cost_t                load;      // lines of a set, on average
  } sets_t;

  fiber_id_t [MaxSize:1] full_q;    // full sets
  set_size_t [MaxSize:1] beyond_q;  // fibers of A beyond them
  fiber_id_t [MaxSize:1] all_sets;  // with one that is not full
  group_id_t [MaxSize:1] parts_q;
  sets_t [MaxSize:1]     sets_q;
  sets_t                 sets;      // of the size that was chosen

  // A quotient, as a product with the inverse, rounded up: it is exact, and synthesis makes a shorter path of it than
  // of a division.
  function automatic fiber_id_t quotient(fiber_id_t fibers, int unsigned size);
    int unsigned shift, inverse;
    shift    = CountBits + 32'($clog2(size));
    inverse  = ((32'd1 << shift) + size - 32'd1) / size;
    quotient = fiber_id_t'((64'(fibers) * 64'(inverse)) >> shift);
  endfunction

  // `full` sets, and one that is not full with `more`: a sum of both would come before the comparisons. One group of 16
  // may get no part.
  function automatic group_id_t parts_of(fiber_id_t full, logic more);
    parts_of = '0;
    for (int unsigned n = 1; n <= Groups; n++) begin
      if ((more ? full == fiber_id_t'(n - 1) : full == fiber_id_t'(n)) && Groups % n <= Groups / 16) begin
        parts_of = group_id_t'(Groups / n);
      end
    end
  endfunction

  function automatic logic [Fraction:0] per_part_of(group_id_t parts);
    per_part_of = '0;
    for (int unsigned n = 1; n <= Groups; n++) begin
      if (parts == group_id_t'(n)) per_part_of = (Fraction + 1)'((2 ** Fraction + n - 1) / n);
    end
  endfunction

  always_comb begin
    for (int unsigned size = 1; size <= MaxSize; size++) begin
      all_sets[size] = full_q[size] + fiber_id_t'(beyond_q[size] != '0);
    end
  end

  // In step with the divider, which takes longer.
  always_ff @(posedge clk_i) begin
    for (int unsigned size = 1; size <= MaxSize; size++) begin
      full_q[size]   <= quotient(sizes_i.a_fibers, size);
      beyond_q[size] <= set_size_t'(sizes_i.a_fibers) - set_size_t'(full_q[size]) * set_size_t'(size);
      parts_q[size]  <= parts_of(full_q[size], beyond_q[size] != '0);
      sets_q[size]   <= {beyond_q[size],
                         RowsWidth'(full_q[size]) * RowsWidth'(PerGroup),
                         RowsWidth'(all_sets[size]) * RowsWidth'(PerGroup),
                         parts_q[size], per_part_of(parts_q[size]),
                         (cost_t'(quarters) * cost_t'(size) + cost_t'(2)) >> 2};
    end
  end

  always_comb begin
    sets = '0;
    for (int unsigned size = 1; size <= MaxSize; size++) begin
      if (set_size_o == set_size_t'(size)) sets = sets | sets_q[size];
    end
  end

  // ------------------------------------------------------------------------ share
  // Three steps after the size: two with a product each, at most, then sums.
  logic                 divided_q, stepped_q, known;  // known: the size, and what depends on A for each size
  logic                 long_b;                // long enough for a tail
  set_size_t            left_q;
  fiber_id_t            whole_q;
  logic [Fraction-1:0]  part_q;                // fraction of a row
  cost_t                load_q, row_q;
  fiber_id_t            a_end_q, whole_fibers_q;
  fiber_sum_t           behind_q;
  logic [PartWidth-1:0] part_lines_q, load_part_q, tail_part_q;  // of a row, of a load, of the tail
  lines_t               part, load_part, tail_part;              // the same, in whole lines
  lines_t               early_q, again_q, tail_early_q;          // more for the first group; with a load; in the tail
  lines_t               row_less_q;
  cost_t                rest_q;
  lines_t               to_row_q, to_line_q, to_next_q, tail_rest_q, tail_to_row_q;
  logic                 equal;                 // rows are cut into equal parts
  logic [1:0]           equal_q;               // in the second step, in the third one
  logic [1:0]           fibers_q;              // likewise: each part is a fiber of B
  logic [Fraction:0]    per_part_q;            // 1 / parts
  logic [PartBits-1:0]  dividend_q;            // the quotient is rounded up, too
  logic [PartWidth-1:0] equal_part_q;
  lines_t               equal_part, equal_row; // lines, or fibers, of B
  logic                 share_fibers_q;

  function automatic lines_t lines(cost_t number);
    return lines_t'({1'b0, number});
  endfunction

  function automatic lines_t early(cost_t row);
    return (row >= cost_t'(long_row(Groups))) ? lines_t'(EarlyLines) : '0;
  endfunction

  assign known = (start_i ? !few : sized) && divided_q && !begin_i;

  assign long_b = !few && 32'(sizes_i.b_lines) >= TailLines * Groups;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {divided_q, stepped_q, done_o} <= '0;
    else         {divided_q, stepped_q, done_o} <= {divided_o && !begin_i, known, stepped_q && known && !start_i};
  end

  assign equal = few && sets.parts != '0;

  always_ff @(posedge clk_i) begin
    // the first step
    equal_q           <= {equal_q[0], equal};
    fibers_q          <= {fibers_q[0], equal && sizes_i.b_fibers <= fiber_id_t'(sets.parts)};
    per_part_q        <= sets.per_part;
    dividend_q        <= PartBits'(sizes_i.b_lines) + PartBits'(sets.parts) - 1'b1;
    tail_o            <= long_b && sets.left != '0;
    left_q            <= sets.left;
    {whole_q, part_q} <= equal ? '0 : long_b ? sets.rows : sets.all_rows;
    load_q            <= sets.load;
    row_q             <= sets.load + cost_t'(sizes_i.b_lines);
    // the second step
    a_end_q           <= tail_o ? sizes_i.a_fibers - fiber_id_t'(left_q) : sizes_i.a_fibers;
    whole_fibers_q    <= whole_q * fiber_id_t'(set_size_o);
    part_lines_q      <= PartWidth'(row_q[RowBits-1:0]) * PartWidth'(part_q);
    load_part_q       <= PartWidth'(load_q) * PartWidth'(PerGroup);
    tail_part_q       <= PartWidth'(sizes_i.b_lines) * PartWidth'(PerGroup);
    early_q           <= early(row_q);
    again_q           <= early(row_q) + lines(load_q);
    tail_early_q      <= early(cost_t'(sizes_i.b_lines));
    row_less_q        <= lines(row_q);
    equal_part_q      <= PartWidth'(dividend_q) * PartWidth'(per_part_q);
    // the third step; without whole rows the rest is at least a load: a piece that begins within a row pays one
    behind_q          <= fiber_sum_t'(whole_fibers_q) + fiber_sum_t'(set_size_o);
    rest_q            <= cost_t'(part - load_part + again_q);
    to_row_q          <= part - load_part + (again_q - row_less_q);
    to_line_q         <= part - load_part + early_q;
    to_next_q         <= part - load_part + (early_q - row_less_q);
    share_fibers_q    <= fibers_q[1];
    if (equal_q[1]) begin
      rest_q          <= '0;  // no group gets a line less
      to_row_q        <= equal_part - equal_row;
      to_line_q       <= equal_part;
      to_next_q       <= -equal_row;  // a part begins with the row
    end
    tail_rest_q       <= tail_part + tail_early_q;
    tail_to_row_q     <= tail_part + (tail_early_q - lines(cost_t'(sizes_i.b_lines)));
  end

  assign part      = lines(cost_t'(part_lines_q >> Fraction));
  assign load_part = lines(cost_t'(load_part_q >> Fraction));
  assign tail_part = lines(cost_t'(tail_part_q >> Fraction));

  assign equal_part = fibers_q[1] ? lines_t'(1) : lines(cost_t'(equal_part_q >> Fraction));
  assign equal_row  = lines(fibers_q[1] ? cost_t'(sizes_i.b_fibers) : cost_t'(sizes_i.b_lines));

  always_comb begin
    share_o         = '0;
    share_o.fibers  = share_fibers_q;
    share_o.a_end   = a_end_q;
    share_o.load    = load_q;
    share_o.row     = row_q;
    share_o.whole   = whole_fibers_q;
    share_o.behind  = behind_q;
    share_o.rest    = rest_q;
    share_o.to_row  = to_row_q;
    share_o.to_line = to_line_q;
    share_o.to_next = to_next_q;
  end

  // Each group loads the tail's set anyway, so it costs nothing to share.
  always_comb begin
    tail_share_o         = '0;
    tail_share_o.a_begin = share_o.a_end;
    tail_share_o.a_end   = sizes_i.a_fibers;
    tail_share_o.behind  = fiber_sum_t'(set_size_o);
    tail_share_o.row     = cost_t'(sizes_i.b_lines);
    tail_share_o.rest    = cost_t'(tail_rest_q);
    tail_share_o.to_row  = tail_to_row_q;
    tail_share_o.to_line = tail_rest_q;
    tail_share_o.to_next = tail_to_row_q;
  end

endmodule : flaash_plan_share
