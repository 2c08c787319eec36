// SPDX-License-Identifier: Apache-2.0
// Cuts: cuts a contraction into the pieces of a choice (flaash_plan_choice): a row and a column per cycle.
//
// First come the whole sets, group by group, with one column for all groups: all of B. The fibers of A that are left
// form a grid. Rows have equally many lines of A, but no more than `most` fibers, and columns have equally many lines
// of B. A row or column ends with the fiber that holds its last line, half a fiber later. The rank of a line, counted
// as lines are written, names this fiber, and then the fiber tables name its first line. Cell by cell and row by row,
// each group has one cell; the groups after the last cell have none.
//
// Guarantees  After begin_i each group gets a row of its whole sets, and the column, if the choice has any. Then, from
//             a cycle with second_i on, or after begin_i without whole sets, each group gets row and column of its
//             cell. All these pieces together are each pair of fibers once. Columns come from a cycle with b_loaded_i
//             on. busy_o from the cycle after begin_i until the last of them. table_use_o with a request to the tables,
//             answered_o with a response of the table of A or B, a cycle later.
// Demands     As flaash_plan_ranks, for lines of both operands. Tables respond one cycle after their addresses. begin_i
//             only with ready_o and A; lines of A and choice_i from one cycle before. B, too, while b_loaded_i, with
//             its lines from one cycle before. second_i only with both. Inputs stay until busy_o falls.
// Latency     Six cycles from begin_i or second_i to the first row, and from b_loaded_i to the first column.
//             Throughput: a row and a column per cycle.
// Errors      After a wrong response of a table, or a wrong rank (rank_fault_o), no row or column follows; broken_o and
//             busy_o stay. A wrong rank is reported before the tables have responded for it.
// Reset       Forgets the pieces, and that something was wrong; so does drop_i.
//
//   row_q, column_q -> u_ranks (2 cycles) -> a_stop_q, b_stop_q -> tables -> row_o, column_o

`include "flaash_assert.svh"

module flaash_plan_cuts
  import flaash_pkg::*;
  import flaash_reg_pkg::fault_t;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,        // groups of engines, 1 to 64
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned MemLines = 8192,     // lines of an operand
  parameter int unsigned Buffers  = 1,        // of an operand, 1 or 2
  parameter int unsigned Parity   = 1         // a parity bit per block of ranks, 0 or 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  line_written_t [1:0] written_i,  // A in element 0
  input  logic [1:0]          buffer_i,   // in which it lies; steady while busy_o, until the cycle of drop_i
  input  logic                begin_i,
  input  logic                b_loaded_i,  // B is complete
  input  logic                second_i,   // the cells of the grid may follow the whole sets
  input  logic                drop_i,     // the pieces and their faults are forgotten
  input  fiber_id_t [1:0]     fibers_i,   // of each operand
  input  line_addr_t [1:0]    lines_i,
  input  set_size_t           limit_i,    // fibers of a set, MaxSize or Engines
  input  choice_t             choice_i,
  output logic                ready_o,
  output logic                busy_o,
  output logic                broken_o,
  // fiber tables, A in element 0
  output logic                table_use_o,
  output fiber_id_t [1:0]     table_addr_o,
  output logic [1:0]          answered_o,
  input  table_rsp_t [1:0]    table_i,
  output fault_t              rank_fault_o,
  // the pieces
  output logic [Groups-1:0]   row_valid_o,
  output row_t                row_o,
  output logic [Groups-1:0]   column_valid_o,
  output column_t             column_o
);

  localparam int unsigned CountBits = count_bits(MemLines);
  localparam int unsigned Fraction  = 8;  // bits after the point, of lines

  typedef logic [CountBits-1:0]          count_t;
  typedef logic [CountBits+Fraction-1:0] place_line_t;

  // ------------------------------------------------------------------- rows and columns
  typedef enum logic [1:0] {StIdle = 2'b00, StWhole = 2'b01, StPause = 2'b10, StGrid = 2'b11} state_e;
  state_e state_d, state_q;

  shape_t      shape;
  logic        cutting, last_row, last, last_column, placing;
  logic        wanted_q, columns_q;  // columns are to come; they are being cut
  logic        grid_q;               // rows and columns of the grid, not of whole sets
  group_id_t   row_q, row_next, column_q, column_next;
  fiber_id_t   whole_q;              // the fiber after the whole sets of this group
  line_addr_t  begin_line_q;  // first line of the row; of the grid, while no row of the grid is on its way
  count_t      lines_q, grid_lines_q;        // of A
  place_line_t row_lines_q, column_lines_q;  // of a row, of a column
  place_line_t row_end_q, column_end_q;
  logic        steady_q;   // lines_q has not changed
  logic [2:0]  settled_q;  // these numbers follow begin_line_q by as many cycles

  function automatic place_line_t share_of(count_t lines, inverse_t part);
    logic [CountBits+InverseBits:0] product;
    product  = ($bits(product))'(lines) * ($bits(product))'(part);
    share_of = place_line_t'(product >> (InverseBits - Fraction));
  endfunction

  assign shape       = shape_of(choice_i.columns, Groups);
  assign cutting     = state_q == StWhole || state_q == StGrid;
  assign row_next    = row_q + 1'b1;
  assign column_next = column_q + 1'b1;
  assign last_row    = row_next == shape.rows;
  assign last        = (state_q == StWhole) ? row_next == group_id_t'(Groups) : last_row;
  assign last_column = !grid_q || column_next == choice_i.columns;
  assign ready_o     = state_q == StIdle && settled_q[2] && steady_q;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:  if (begin_i) state_d = state_e'({choice_i.each == '0, 1'b1});
      StWhole: if (last) state_d = state_e'({choice_i.grid, 1'b0});
      StPause: if (second_i && settled_q[2]) state_d = StGrid;  // settled: the column of the whole sets has come
      default: if (last) state_d = StIdle;
    endcase
    if (broken_o) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     state_q <= StIdle;
    else if (drop_i) state_q <= StIdle;
    else             state_q <= state_d;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                 {wanted_q, columns_q} <= '0;
    else if (drop_i || broken_o) {wanted_q, columns_q} <= '0;
    else begin
      wanted_q  <= (wanted_q || begin_i) && !b_loaded_i;
      columns_q <= (columns_q && !last_column) || ((wanted_q || begin_i) && b_loaded_i)
                   || (state_q == StPause && state_d == StGrid);
    end
  end

  always_ff @(posedge clk_i) begin
    row_q     <= (state_d != state_q || !cutting) ? '0 : row_next;
    column_q  <= columns_q ? column_next : '0;
    grid_q    <= (state_q == StIdle && !wanted_q && !columns_q) ? choice_i.each == '0 : grid_q || state_d == StGrid;
    whole_q   <= (state_q == StWhole) ? whole_q + choice_i.each : choice_i.each;
    lines_q   <= count_t'(lines_i[0]);
    steady_q  <= lines_q == count_t'(lines_i[0]);
    settled_q <= (!cutting && !wanted_q && !columns_q && !placing) ? {settled_q[1:0], 1'b1} : '0;
    if (state_q != StGrid) grid_lines_q <= count_t'(lines_i[0] - begin_line_q);
    row_lines_q    <= share_of(grid_lines_q, shape.per_row);
    column_lines_q <= share_of(count_t'(lines_i[1]), shape.per_column);
    row_end_q      <= (state_q == StGrid) ? row_end_q + row_lines_q
                                          : {count_t'(begin_line_q), Fraction'(0)} + row_lines_q;
    column_end_q   <= columns_q ? column_end_q + column_lines_q : column_lines_q;
  end

  // ------------------------------------------------------------------------------ ranks
  fiber_id_t [1:0]  rank;
  line_addr_t [1:0] line;
  fault_t [1:0]     fault;
  logic [1:0]       ask;
  fault_t           fault_a;
  logic             broken_q;

  // The fiber that holds the line half a fiber later is the one that begins next to the line.
  function automatic line_addr_t near(count_t end_line, line_addr_t half, line_addr_t lines);
    line_addr_t sum;
    sum  = line_addr_t'(end_line) + half;
    near = (sum < lines) ? sum : lines - 1'b1;
  endfunction

  assign line = {near(column_end_q[Fraction +: CountBits], choice_i.half_b, lines_i[1]),
                 near(row_end_q[Fraction +: CountBits], choice_i.half_a, lines_i[0])};
  assign ask  = {columns_q && !last_column, state_q == StGrid && !last_row} & {2{!broken_q}};

  for (genvar o = 0; o < 2; o++) begin : gen_operand
    flaash_plan_ranks #(
      .Operand(1'(o)),
      .Lines  (MemLines),
      .Buffers(Buffers),
      .Parity (Parity)
    ) u_ranks (
      .clk_i, .rst_ni,
      .written_i(written_i[o]), .buffer_i(buffer_i[o]), .ask_i(ask[o]), .drop_i,
      .line_i(line[o]), .fiber_o(rank[o]), .fault_o(fault[o])
    );
  end

  assign fault_a      = fault[0];
  assign rank_fault_o = fault_a.valid ? fault_a : fault[1];

  // A row and a column on their way: in the ranks, at their outputs, at the tables, at their responses, leaving.
  typedef struct packed {
    logic      row;
    logic      column;
  } valid_t;

  typedef struct packed {
    group_id_t row;
    fiber_id_t whole;  // fiber after whole sets, or 0: the grid
    logic      last_row;
    group_id_t column;
    logic      last_column;
    logic      grid;   // the column is of the grid
  } cell_t;

  valid_t [4:0] valid_q;
  valid_t       valid_1, valid_2, valid_3, valid_4;
  cell_t        at_ranks, at_answers, leaving;
  cell_t [4:0]  cell_q;

  assign {valid_4, valid_3, valid_2, valid_1} = valid_q[4:1];
  assign at_ranks   = cell_q[1];
  assign at_answers = cell_q[3];
  assign leaving    = cell_q[4];
  assign placing    = valid_q != '0;
  assign busy_o     = state_q != StIdle || wanted_q || columns_q || placing || broken_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     {broken_q, valid_q} <= '0;
    else if (drop_i) {broken_q, valid_q} <= '0;
    else             {broken_q, valid_q} <= {broken_o, broken_o ? 2'b00 : valid_q[3], valid_q[2:0],
                                             cutting, columns_q};
  end

  always_ff @(posedge clk_i) begin
    cell_q <= {cell_q[3:0], row_q, (state_q == StWhole) ? whole_q : '0, last_row, column_q, last_column, grid_q};
  end

  // ------------------------------------------------------------- where rows and columns end
  fiber_id_t a_begin_q;              // first fiber of the row
  place_t    least_q, most, row_end; // the row ends between these
  fiber_id_t a_stop, b_stop, a_first_q, a_stop_q, b_stop_q;

  always_comb begin
    most    = place_t'({1'b0, a_begin_q}) + place_t'({1'b0, choice_i.most});
    row_end = place_t'({1'b0, rank[0]});
    if (row_end > most)    row_end = most;
    if (row_end < least_q) row_end = least_q;
    a_stop = row_end[FiberIdWidth-1:0];
    if (at_ranks.whole != '0)   a_stop = at_ranks.whole;
    else if (at_ranks.last_row) a_stop = fibers_i[0];
  end

  assign b_stop = at_ranks.last_column ? fibers_i[1] : rank[1];

  always_ff @(posedge clk_i) begin
    if (ready_o) begin
      a_begin_q <= '0;
      least_q   <= choice_i.least;
    end else if (valid_1.row) begin
      a_begin_q <= a_stop;
      if (at_ranks.whole == '0) least_q <= least_q + place_t'({1'b0, choice_i.most});
    end
    if (valid_1.row)    {a_first_q, a_stop_q} <= {a_begin_q, a_stop};
    if (valid_1.column) b_stop_q <= b_stop;
  end

  // ----------------------------------------------------------------------- size of a set
  // The smallest one with which the row has as few sets as possible. With `even` all engines get as many fibers.
  localparam logic        Both     = MaxSize != Engines;  // a set has one of two limits
  localparam int unsigned RowBits  = rest_bits(Groups, MaxSize, MemLines);

  typedef logic [RowBits-1:0] row_fibers_t;

  row_fibers_t fibers, fibers_q, sets_q;
  set_size_t   size;

  function automatic row_fibers_t sets_of(row_fibers_t number, int unsigned most_fibers);
    return row_fibers_t'(quotient(32'(number - 1'b1), most_fibers, RowBits)) + 1'b1;
  endfunction

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
    sets_q   <= (Both && limit_i == set_size_t'(Engines)) ? sets_of(fibers, Engines) : sets_of(fibers, MaxSize);
  end

  always_comb begin
    size = limit_i;
    for (int unsigned s = MaxSize; s > 0; s--) begin
      if (times(sets_q, s) >= ($bits(times(sets_q, s)))'(fibers_q) && (s % Engines == 0 || !choice_i.even)) begin
        size = set_size_t'(s);
      end
    end
    if (at_answers.whole != '0) size = limit_i;
  end

  // ------------------------------------------------------------------------------ pieces
  table_rsp_t a, b;
  fiber_id_t  a_id_q, a_next_q, b_id, b_id_q, b_next_q;  // next: the fiber after
  line_addr_t b_line, b_line_q;

  assign a            = table_i[0];
  assign b            = table_i[1];
  assign table_use_o  = valid_2 != '0;
  assign table_addr_o = {b_stop_q, a_stop_q};
  assign answered_o   = {valid_3.column, valid_3.row} & {2{!broken_q}};
  assign broken_o     = broken_q || rank_fault_o.valid || (answered_o & {b.wrong, a.wrong}) != '0;
  assign b_id         = (at_answers.column == '0) ? '0 : b_id_q;
  assign b_line       = (at_answers.column == '0) ? '0 : b_line_q;

  always_ff @(posedge clk_i) begin
    {a_id_q, a_next_q, b_next_q} <= {a_first_q, a_stop_q, b_stop_q};
    if (state_q == StIdle && !placing) begin_line_q <= '0;
    if (valid_3.row) begin_line_q <= a.first;
    if (valid_3.column) {b_id_q, b_line_q} <= {b_next_q, b.first};
    row_o    <= {a_id_q == a_next_q, size, a_id_q, begin_line_q, a_next_q, a.first};
    column_o <= {b_id == b_next_q, b_id, b_line, b.first};
  end

  // Where each group is in the grid: its row, and its column.
  for (genvar g = 0; g < int'(Groups); g++) begin : gen_group
    group_id_t row, own_row_q, column, own_column_q;

    always_comb begin
      {row, column} = '1;
      for (int unsigned c = 1; c <= Groups; c++) begin
        if (choice_i.columns == group_id_t'(c) && g / c < Groups / c) begin
          {row, column} = {group_id_t'(g / c), group_id_t'(g % c)};
        end
      end
    end

    always_ff @(posedge clk_i) {own_row_q, own_column_q} <= {row, column};

    assign row_valid_o[g]    = valid_4.row && leaving.row == ((leaving.whole != '0) ? group_id_t'(g) : own_row_q);
    assign column_valid_o[g] = valid_4.column && (!leaving.grid || leaving.column == own_column_q);
  end

  logic unused_bits;
  assign unused_bits = ^{shape.next, at_ranks, at_answers, leaving};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !begin_i || ready_o, "pieces while others are being cut")
  `FLAASH_ASSERT(Rising_A, !valid_1.row || a_stop >= a_begin_q, "a row that ends before it begins")

endmodule : flaash_plan_cuts
