// SPDX-License-Identifier: Apache-2.0
// Plan: cuts a contraction into pieces of about equal cost, one or two per group of engines.
//
// Each group gets some whole sets of fibers of A with all of B. The fibers that are left form a grid: rows (parts of
// them) times columns (parts of B), at most one cell per group. flaash_plan_choice chooses the numbers of sets, rows
// and columns while operands are being loaded, as their numbers of fibers and entries are announced.
//
// Rows have equally many lines of A, but no more than `most` fibers, and columns have equally many lines of B. A row or
// column ends with the fiber that holds its last line, half a fiber later. The rank of a line, counted as lines are
// written, names this fiber, and then the fiber tables name its first line. First come whole sets, group by group, with
// one column for all groups, then rows and columns of the grid.
//
// Guarantees  The pieces together are each pair of a fiber of A and a fiber of B once. A group gets a piece of whole
//             sets, if there are any, and then at most one cell of the grid. With early_i the first pieces come before
//             start_i, rows as soon as A is complete, and hold_o is high until start_i. If an operand is replaced
//             before start_i, or the choice changes, drop_o withdraws these pieces. After start_i dispatch_o announces
//             all dot products once. busy_o from the cycle after start_i until all of that has come. Without fibers of
//             A or of B: nothing.
// Demands     start_i only while not busy_o, with both operands loaded and all groups idle. desc_i and tables stay
//             while busy_o. The last line of an operand is written two cycles before the operand is `loaded`, or
//             earlier. Before that desc_i has what its head announces; if it is wrong, the choice comes later. Tables
//             are synchronous RAMs. Groups use the table of A only in cycles without table_use_o. Second pieces wait
//             for a cycle without another use of the table.
// Latency     First row and column 6 cycles after start_i or an early begin, or 6 after the latency of
//             flaash_plan_choice. Throughput: a row and a column per cycle.
// Errors      After a wrong response of a table (in a cycle with rsp_used_o) or a wrong rank (rank_fault_o) no piece
//             follows until drop_o; once started, busy_o stays until reset.
// Reset       Forgets the contraction.
//
//   desc -> u_choice -> row_q, column_q -> u_ranks (2 cycles) -> a_stop_q, b_stop_q -> tables -> row_o, column_o

`include "flaash_assert.svh"

module flaash_plan
  import flaash_pkg::*;
  import flaash_reg_pkg::fault_t;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,        // groups of engines, 1 to 64
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned Lanes    = 4,        // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192,     // lines of an operand
  parameter int unsigned Buffers  = 1,        // of an operand, 1 or 2
  parameter int unsigned Parity   = 1         // a parity bit per block of ranks, 0 or 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  // the contraction; A in element 0
  input  logic                start_i,
  input  logic                early_i,    // groups have nothing left to do: pieces may come before the start
  output logic                hold_o,     // the start of the pieces has not come: groups keep them
  output logic                drop_o,     // and will not come: groups forget them
  input  desc_t [1:0]         desc_i,
  input  line_written_t [1:0] written_i,  // lines on their way to the memory
  input  logic                one_column_i,  // each fiber of A meets all of B in one group
  input  set_size_t           limit_i,    // fibers of a set, MaxSize or Engines; valid with the description of A
  output logic                busy_o,
  output dispatch_t           dispatch_o,
  // fiber tables, and faults
  input  logic                table_wanted_i,  // another module waits for the table of A
  output logic                table_use_o,     // and must not use it
  output fiber_id_t [1:0]     table_addr_o,
  output logic [1:0]          rsp_used_o,      // the response of this cycle counts
  input  table_rsp_t [1:0]    table_i,
  output fault_t              rank_fault_o,
  // the pieces
  output logic [Groups-1:0]   row_valid_o,
  output row_t                row_o,
  output logic [Groups-1:0]   column_valid_o,
  output column_t             column_o
);

  if (Groups < 1 || Groups > 64) begin : gen_illegal_groups
    `FLAASH_ILLEGAL("Groups must be 1 to 64")
  end
  if (MaxSize < 1 || MaxSize > 32) begin : gen_illegal_size
    `FLAASH_ILLEGAL("MaxSize must be 1 to 32")
  end
  if (MemLines < 1 || MemLines > 2 ** (LineAddrWidth - 1)) begin : gen_illegal_lines
    `FLAASH_ILLEGAL("MemLines must be 1 to 524288")
  end

  localparam int unsigned CountBits = count_bits(MemLines);
  localparam int unsigned Fraction  = 8;  // bits after the point, of lines

  typedef logic [CountBits-1:0]          count_t;       // lines or fibers of an operand
  typedef logic [CountBits+Fraction-1:0] place_line_t;

  // ------------------------------------------------------------------------ the contraction
  desc_t a, b;
  logic  a_loaded, b_loaded, loaded, begins, handing, cutting, finished;
  logic  run_q, made_q, loaded_q;  // the start has come; pieces are being cut, or were
  logic  chosen, ready;            // the choice stands; rows can be cut
  logic  broken, broken_q;         // something was wrong

  assign {b, a}   = desc_i;
  assign a_loaded = a.loaded && a.fibers != '0;
  assign b_loaded = b.loaded && b.fibers != '0;
  assign loaded   = a_loaded && b_loaded;
  assign begins   = a_loaded && chosen && ready && (start_i || run_q || early_i) && !made_q;
  assign drop_o   = made_q && !run_q && (!a_loaded || !chosen || (loaded_q && !loaded));
  assign hold_o   = made_q && !run_q && !start_i;
  assign finished = made_q && run_q && !handing && !cutting && !broken;
  assign busy_o   = run_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {run_q, made_q, loaded_q} <= '0;
    else begin
      run_q    <= (run_q || (start_i && loaded)) && !finished;
      made_q   <= (made_q || begins) && !finished && !drop_o;
      loaded_q <= loaded;
    end
  end

  // ------------------------------------------------------------------------------ choice
  // It is made anew whenever one of its reasons changes, and mostly stands before the last line is written.
  line_addr_t [1:0] lines, longest;  // of each operand
  logic [31:0]      extent;
  reasons_t         reasons, reasons_q;
  logic             steady, one_column, one_column_q;
  slot_bits_t       slots;
  choice_t          choice;

  assign extent  = a.extent;
  assign slots   = (limit_i == set_size_t'(Engines)) ? '0 : slot_bits_t'($clog2(MaxSize / Engines));

  assign reasons.a_fibers   = a.fibers;
  assign reasons.a_entries  = a.entries;
  assign reasons.a_longest  = longest[0];
  assign reasons.b_fibers   = b.fibers;
  assign reasons.b_entries  = b.entries;
  assign reasons.b_longest  = longest[1];
  assign reasons.extent     = (extent[31:LineAddrWidth] != '0) ? LineAddrWidth'('1) : extent[LineAddrWidth-1:0];
  assign reasons.slots      = slots;
  assign reasons.one_column = one_column;

  // Once started it belongs to the contraction.
  assign one_column = run_q ? one_column_q : one_column_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) one_column_q <= 1'b0;
    else         one_column_q <= one_column;
  end

  assign steady  = reasons == reasons_q && a.fibers != '0 && b.fibers != '0;

  always_ff @(posedge clk_i) reasons_q <= reasons;

  flaash_plan_choice #(
    .Groups(Groups), .Engines(Engines), .MaxSize(MaxSize), .Lanes(Lanes), .MemLines(MemLines)
  ) u_choice (
    .clk_i, .rst_ni,
    .valid_i(steady), .reasons_i(reasons_q), .ready_o(chosen), .choice_o(choice)
  );

  // ------------------------------------------------------------------- rows and columns
  // Groups keep one piece until the start, so the grid after whole sets comes later.
  typedef enum logic [1:0] {StIdle = 2'b00, StWhole = 2'b01, StPause = 2'b10, StGrid = 2'b11} state_e;
  state_e state_d, state_q;

  shape_t      shape;
  logic        rows, last_row, ends_b, last_column, quiet;
  logic [4:0]  row_valid_q, column_valid_q;  // on their way
  logic        wanted_q, columns_q;          // columns are to come; they are being cut
  logic        grid_q;                       // columns of the grid, not of whole sets
  group_id_t   row_q, row_next, column_q, column_next;
  line_addr_t  begin_line_q;  // first line of the row; of the grid, while no row of the grid is on its way
  count_t      lines_q, grid_lines_q;        // of A
  place_line_t row_lines_q, column_lines_q;  // of a row, of a column
  place_line_t row_end_q, column_end_q;
  logic [2:0]  settled_q;  // these numbers follow begin_line_q by as many cycles, and lines

  assign shape       = shape_of(choice.columns, Groups);
  assign rows        = state_q == StWhole || state_q == StGrid;
  assign row_next    = row_q + 1'b1;
  assign column_next = column_q + 1'b1;
  assign last_row    = row_next == ((state_q == StWhole) ? group_id_t'(Groups)
                                                          : shape.rows + group_id_t'(choice.alone));
  assign ends_b      = !grid_q || column_next >= choice.columns;  // the column ends with the last fiber
  assign last_column = !grid_q || column_next == choice.columns + group_id_t'(choice.alone);
  assign quiet       = !rows && !wanted_q && !columns_q && {row_valid_q, column_valid_q} == '0;
  assign cutting     = state_q != StIdle || !quiet;
  assign ready       = state_q == StIdle && settled_q[2];

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:  if (begins) state_d = state_e'({choice.each == '0, 1'b1});
      StWhole: if (last_row) state_d = state_e'({choice.grid, 1'b0});
      StPause: if (run_q && !table_wanted_i && settled_q[2]) state_d = StGrid;  // the column of the whole sets has come
      default: if (last_row) state_d = StIdle;
    endcase
    if (broken || drop_o) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q               <= StIdle;
      {wanted_q, columns_q} <= '0;
    end else begin
      state_q   <= state_d;
      wanted_q  <= !broken && !drop_o && (wanted_q || begins) && !b_loaded;
      columns_q <= !broken && !drop_o
                   && ((columns_q && !last_column) || ((wanted_q || begins) && b_loaded)
                       || (state_q == StPause && state_d == StGrid));
    end
  end

  always_ff @(posedge clk_i) begin
    row_q     <= (state_d != state_q || !rows) ? '0 : row_next;
    column_q  <= columns_q ? column_next : '0;
    grid_q    <= (state_q == StIdle && !wanted_q && !columns_q) ? choice.each == '0 : grid_q || state_d == StGrid;
    lines_q   <= count_t'(lines[0]);
    settled_q <= quiet ? {settled_q[1] && lines_q == count_t'(lines[0]), settled_q[0], 1'b1} : '0;
    if (state_q != StGrid) grid_lines_q <= count_t'(lines[0] - begin_line_q);
    row_lines_q    <= place_line_t'(share_of(32'(grid_lines_q), shape.per_row, Fraction));
    column_lines_q <= place_line_t'(share_of(32'(count_t'(lines[1])), shape.per_column, Fraction));
    row_end_q      <= (state_q == StGrid) ? row_end_q + row_lines_q
                                          : {count_t'(begin_line_q), Fraction'(0)} + row_lines_q;
    column_end_q   <= columns_q ? column_end_q + column_lines_q : column_lines_q;
  end

  // ------------------------------------------------------------------------------ ranks
  fiber_id_t [1:0]  rank;
  line_addr_t [1:0] part_end, half;  // the last line of a row or column; lines of half a fiber
  fault_t [1:0]     fault;
  logic [1:0]       ask, buffer, whole;  // whole: the operand is loaded
  fault_t           fault_a;

  assign part_end = {line_addr_t'(column_end_q[Fraction +: CountBits]), line_addr_t'(row_end_q[Fraction +: CountBits])};
  assign half     = {choice.half_b, choice.half_a};
  assign ask      = {columns_q && !ends_b, state_q == StGrid && !last_row} & {2{!broken_q}};
  assign buffer   = {b.buffer, a.buffer};
  assign whole    = {b.loaded, a.loaded};

  for (genvar o = 0; o < 2; o++) begin : gen_operand
    // The fiber that holds the line half a fiber later is the one that begins next to the line.
    line_addr_t later, line;

    // The sum has no carry: part_end has at most half of these addresses, half[o] about a quarter.
    assign later = part_end[o] + half[o];
    assign line  = (later < lines[o]) ? later : lines[o] - 1'b1;

    flaash_plan_ranks #(
      .Operand(1'(o)), .Lines(MemLines), .Buffers(Buffers), .Parity(Parity)
    ) u_ranks (
      .clk_i, .rst_ni,
      .written_i(written_i[o]), .buffer_i(buffer[o]), .loaded_i(whole[o]), .lines_o(lines[o]), .longest_o(longest[o]),
      .ask_i(ask[o]), .drop_i(drop_o), .line_i(line), .fiber_o(rank[o]), .fault_o(fault[o])
    );
  end

  assign fault_a      = fault[0];
  assign rank_fault_o = fault_a.valid ? fault_a : fault[1];

  // A row and a column on their way: in the ranks, at their outputs, at the tables, at their responses, leaving.
  typedef struct packed {
    logic      whole;  // the row has whole sets
    logic      last_row;
    group_id_t row;
    logic      grid;   // the column is of the grid
    logic      ends_b;
    group_id_t column;
  } cell_t;

  cell_t [4:0] cells_q;
  cell_t       entering, at_ranks, at_rsp, leaving;

  assign entering.whole    = state_q == StWhole;
  assign entering.last_row = last_row;
  assign entering.row      = row_q;
  assign entering.grid     = grid_q;
  assign entering.ends_b   = ends_b;
  assign entering.column   = column_q;

  assign at_ranks   = cells_q[1];
  assign at_rsp = cells_q[3];
  assign leaving    = cells_q[4];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     {broken_q, row_valid_q, column_valid_q} <= '0;
    else if (drop_o) {broken_q, row_valid_q, column_valid_q} <= '0;
    else begin
      broken_q       <= broken;
      row_valid_q    <= {row_valid_q[3] && !broken, row_valid_q[2:0], rows};
      column_valid_q <= {column_valid_q[3] && !broken, column_valid_q[2:0], columns_q};
    end
  end

  always_ff @(posedge clk_i) begin
    cells_q <= {cells_q[3:0], entering};
  end

  // ------------------------------------------------------------- where rows and columns end
  fiber_id_t                      a_begin_q, full;  // first fiber of the row; where a row of full sets ends
  logic signed [FiberIdWidth+1:0] least_q;  // where the row ends at least, so that the rows after it reach the end
  fiber_id_t                      ranked, a_stop, a_first_q, a_stop_q, b_stop_q;

  // Both bounds are known before the rank.
  always_comb begin
    full   = a_begin_q + choice.most;
    ranked = choice.alone ? '1 : rank[0];
    a_stop = (ranked < full) ? ranked : full;
    if (at_ranks.last_row || $signed({2'b00, ranked}) < least_q) a_stop = fiber_id_t'(least_q);
    if (at_ranks.whole) a_stop = a_begin_q + choice.each;
  end

  always_ff @(posedge clk_i) begin
    if (ready) begin
      a_begin_q <= '0;
      least_q   <= signed'((FiberIdWidth + 2)'(choice.most)) - signed'((FiberIdWidth + 2)'(choice.spare));
    end else if (row_valid_q[1]) begin
      a_begin_q <= a_stop;
      least_q   <= least_q + signed'((FiberIdWidth + 2)'(at_ranks.whole ? choice.each : choice.most));
    end
    if (row_valid_q[1])    {a_first_q, a_stop_q} <= {a_begin_q, a_stop};
    if (column_valid_q[1]) b_stop_q <= at_ranks.ends_b ? b.fibers : rank[1];
  end

  // ----------------------------------------------------------------------- size of a set
  // The smallest one with which the row has as few sets as possible. With `even` all engines get as many fibers.
  localparam int unsigned RowBits = rest_bits(Groups, MaxSize, MemLines);

  typedef logic [RowBits-1:0] row_fibers_t;

  row_fibers_t fibers, fibers_q, sets_q;
  set_size_t   size;

  // Sums take less than a multiplier.
  function automatic logic [RowBits+5:0] times(row_fibers_t number, int unsigned factor);
    times = '0;
    for (int unsigned i = 0; i < 6; i++) begin
      if (((factor >> i) & 1) != 0) times = times + (($bits(times))'(number) << i);
    end
  endfunction

  assign fibers = row_fibers_t'(a_stop_q - a_first_q);

  always_ff @(posedge clk_i) begin
    fibers_q <= fibers;
    sets_q   <= row_fibers_t'(sets_of(32'(fibers), Engines, slots, RowBits));
  end

  always_comb begin
    size = limit_i;
    for (int unsigned s = MaxSize; s > 0; s--) begin
      if (times(sets_q, s) >= ($bits(times(sets_q, s)))'(fibers_q) && (s % Engines == 0 || !choice.even)) begin
        size = set_size_t'(s);
      end
    end
    if (at_rsp.whole) size = limit_i;
  end

  // ------------------------------------------------------------------------------ pieces
  table_rsp_t a_rsp, b_rsp;
  fiber_id_t  a_id_q, a_next_q, b_id_q, b_next_q;  // next: the fiber after
  line_addr_t b_line_q;

  assign {b_rsp, a_rsp} = table_i;
  assign table_use_o    = row_valid_q[2] || column_valid_q[2];
  assign table_addr_o   = {b_stop_q, a_stop_q};
  assign rsp_used_o     = {column_valid_q[3], row_valid_q[3]} & {2{!broken_q}};
  assign broken         = broken_q || rank_fault_o.valid || (rsp_used_o & {b_rsp.wrong, a_rsp.wrong}) != '0;

  always_ff @(posedge clk_i) begin
    {a_id_q, a_next_q, b_next_q} <= {a_first_q, a_stop_q, b_stop_q};
    if (state_q == StIdle && quiet) begin_line_q <= '0;
    else if (row_valid_q[3])        begin_line_q <= a_rsp.first;
    if (quiet || (column_valid_q[3] && at_rsp.ends_b)) {b_id_q, b_line_q} <= '0;
    else if (column_valid_q[3])                            {b_id_q, b_line_q} <= {b_next_q, b_rsp.first};
    row_o.empty        <= a_id_q == a_next_q;
    row_o.set_size     <= size;
    row_o.id           <= a_id_q;
    row_o.line         <= begin_line_q;
    row_o.stop         <= a_next_q;
    row_o.stop_line    <= a_rsp.first;
    column_o.empty     <= b_id_q == b_next_q;
    column_o.id        <= b_id_q;
    column_o.line      <= b_line_q;
    column_o.stop_line <= b_rsp.first;
  end

  // Where each group is in the grid: its row, and its column.
  for (genvar g = 0; g < int'(Groups); g++) begin : gen_group
    group_id_t row, own_row_q, column, own_column_q;

    always_comb begin
      {row, column} = '1;
      for (int unsigned c = 1; c <= Groups; c++) begin
        // The group after the last cell can have the last fibers.
        if (choice.columns == group_id_t'(c) && g < Groups / c * c + 1) begin
          {row, column} = {group_id_t'(g / c), group_id_t'((g == Groups / c * c) ? c : g % c)};
        end
      end
    end

    always_ff @(posedge clk_i) {own_row_q, own_column_q} <= {row, column};

    assign row_valid_o[g]    = row_valid_q[4] && leaving.row == (leaving.whole ? group_id_t'(g) : own_row_q);
    assign column_valid_o[g] = column_valid_q[4] && (!leaving.grid || leaving.column == own_column_q);
  end

  // ---------------------------------------------------------- dot products handed out
  // Some fibers of A at a time. No portions; the announcements show the watchdog that the plan moves.
  logic       hands, last;
  logic [2:0] hand_q;   // left_q, count_q, dots_q are valid
  fiber_id_t  left_q;   // fibers of A from here on
  set_size_t  count_q;  // of them, in a cycle
  dots_t      dots_q;

  assign hands      = (made_q && !drop_o) ? start_i && loaded : begins && (start_i || run_q);
  assign last       = left_q <= fiber_id_t'(limit_i);
  assign handing    = hand_q != '0;
  assign dispatch_o = {hand_q[2], dots_q, 2'b00};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) hand_q <= '0;
    else         hand_q <= {hand_q[1:0], hands || (hand_q[0] && !last)};
  end

  always_ff @(posedge clk_i) begin
    left_q  <= hands ? a.fibers : left_q - fiber_id_t'(limit_i);
    count_q <= last ? set_size_t'(left_q) : limit_i;
    dots_q  <= dots_t'(b.fibers) * dots_t'(count_q);
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a plan while another is being made")
  `FLAASH_ASSERT(LimitIsSteady_A, !(a_loaded && $past(a_loaded)) || limit_i == $past(limit_i),
                 "the limit of a set comes later than the description of A")
  `FLAASH_ASSERT(ReasonsStay_A, !run_q || reasons == reasons_q, "what the choice follows from changes while busy")
  `FLAASH_ASSERT(Rising_A, !row_valid_q[1] || a_stop >= a_begin_q, "a row that ends before it begins")
  `FLAASH_ASSERT(AFits_A, !a.loaded || (a.fibers <= a.lines && 32'(a.lines) <= MemLines),
                 "an operand that is too large for its memory")
  `FLAASH_ASSERT(BFits_A, !b.loaded || (b.fibers <= b.lines && 32'(b.lines) <= MemLines),
                 "an operand that is too large for its memory")
  `FLAASH_COVER(StartComesEarly_C, start_i && loaded && !chosen)
  `FLAASH_COVER(OneDotProduct_C, hands && a.fibers == 1 && b.fibers == 1)
  `FLAASH_COVER(LeavesWhilePrepared_C, !loaded && $past(loaded && !chosen))

endmodule : flaash_plan
