// SPDX-License-Identifier: Apache-2.0
// Choice: decides how a contraction is cut, by the cost of each candidate for its busiest group.
//
// Each group gets as many whole sets as all groups can have; a group that is alone gets none. The fibers that are left
// form the grid of flaash_plan. For each number of columns only the largest number of rows is a candidate.
// docs/blocks/plan.md has the cost, models/plan.py states the same choice.
//
// Averages are as exact as costs need. A quotient is a product with a reciprocal of five significant bits. The last
// line of a fiber is half full on average: so a fiber has half a line more than entries / Lanes. A line of B has
// Lanes * Lanes * m / extent matches with a fiber of m lines on average, and Lanes at most.
//
// Guarantees  ready_o from its cycle until valid_i falls; choice_o is then the cheapest candidate, with the fewest
//             columns among equal ones.
// Demands     reasons_i stay while valid_i; fibers, entries and extent are not 0.
// Latency     12 cycles from valid_i, and one per candidate. choice_o is steady a cycle before ready_o.
// Reset       Forgets a choice; so does valid_i low.
//
//   averages -----------+--------+---------+
//   columns -> fibers --+-> sets +-> lines +-> work -> cost -> choice_o

`include "flaash_assert.svh"

module flaash_plan_choice
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,        // groups of engines, 1 to 64
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned Lanes    = 4,        // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192      // lines of an operand
) (
  input  logic     clk_i,
  input  logic     rst_ni,
  input  logic     valid_i,
  input  reasons_t reasons_i,
  output logic     ready_o,
  output choice_t  choice_o
);

  localparam int unsigned CountBits = count_bits(MemLines);
  localparam int unsigned LaneBits  = $clog2(Lanes);
  localparam int unsigned RestBits  = rest_bits(Groups, MaxSize, MemLines);
  localparam int unsigned Fraction  = 4;  // bits after the point, of matches
  localparam int unsigned RateBits  = LaneBits + 1 + Fraction;
  localparam int unsigned WorkBits  = RestBits + RateBits + 1;
  localparam int unsigned CostBits  = CountBits + WorkBits + 2;

  typedef logic [CountBits-1:0] count_t;     // fibers or lines of an operand
  typedef logic [CountBits+1:0] quarters_t;  // of lines
  typedef logic [RestBits-1:0]  rest_t;      // fibers of the grid, or sets of a row
  typedef logic [RateBits-1:0]  rate_t;      // matches of a line of B with a fiber of A
  typedef logic [WorkBits-1:0]  work_t;      // cycles per line of B, of a group
  typedef logic [CostBits-1:0]  cost_t;

  localparam rate_t One = rate_t'(1 << Fraction);

  // -------------------------------------------------------------------------- averages
  localparam int unsigned TopBits   = $clog2(LineAddrWidth);
  localparam int unsigned RoundBits = 8;
  localparam int unsigned DividendBits = CountBits + LaneBits + 2;  // of entries, or of quarters of lines

  // A number is nearly 2^(7 + top) / inverse.
  typedef struct packed {
    logic [TopBits-1:0]   top;
    logic [RoundBits-1:0] inverse;
  } reciprocal_t;

  typedef logic [DividendBits+RoundBits+2*LaneBits+1:0] product_t;

  function automatic reciprocal_t reciprocal_of(line_addr_t number);
    logic [4:0] high;   // five bits from the highest one on
    logic       whole;  // that is the number
    reciprocal_of = '0;
    {high, whole} = '0;
    for (int unsigned i = 0; i < LineAddrWidth; i++) begin
      if (number[i]) begin
        reciprocal_of.top = TopBits'(i);
        high              = (i < 4) ? 5'(number << (4 - i)) : 5'(number >> (i - 4));
        whole             = i <= 4;
      end
    end
    for (int unsigned i = 16; i < 32; i++) begin
      if (high == 5'(i)) reciprocal_of.inverse = RoundBits'(whole ? 2048 / i : 4096 / (2 * i + 1));
    end
  endfunction

  typedef enum logic [2:0] {StStart, StEntriesA, StEntriesB, StMeets, StLongest, StLast, StDone} state_e;
  state_e state_q;

  reciprocal_t             of_a_q, of_b_q, of_extent_q, factor;
  logic [DividendBits-1:0] dividend;
  product_t                product_q, shifted;
  logic [TopBits-1:0]      top_q;
  quarters_t               average_a_q, average_b_q;  // lines of a fiber
  rate_t                   meets_q, longest_q;        // of an average fiber of A; of the longest one, or 1

  always_comb begin
    case (state_q)
      StEntriesA: {dividend, factor} = {DividendBits'(reasons_i.a_entries), of_a_q};
      StEntriesB: {dividend, factor} = {DividendBits'(reasons_i.b_entries), of_b_q};
      StMeets:    {dividend, factor} = {DividendBits'(average_a_q), of_extent_q};
      default:    {dividend, factor} = {DividendBits'(reasons_i.a_longest), of_extent_q};
    endcase
  end

  // Lanes * Lanes pairs of entries of two lines can match. The product belongs to the state before.
  always_comb begin
    shifted = product_q;
    if (state_q == StLongest) shifted = product_q << (2 * LaneBits);
    if (state_q == StLast)    shifted = product_q << (2 * LaneBits + 2);
    shifted = (shifted >> 5) >> top_q;
  end

  function automatic quarters_t average_of(product_t number);
    average_of = quarters_t'(number >> LaneBits) + quarters_t'((Lanes > 1) ? 2 : 0);
    if (average_of < quarters_t'(4)) average_of = quarters_t'(4);
  endfunction

  function automatic rate_t rate_of(product_t meets, rate_t floor);
    rate_of = (meets > (product_t'(Lanes) << Fraction)) ? rate_t'(Lanes << Fraction) : rate_t'(meets);
    if (meets < product_t'(floor)) rate_of = floor;
  endfunction

  always_ff @(posedge clk_i) begin
    of_a_q      <= reciprocal_of(line_addr_t'(reasons_i.a_fibers));
    of_b_q      <= reciprocal_of(line_addr_t'(reasons_i.b_fibers));
    of_extent_q <= reciprocal_of(reasons_i.extent);
    product_q   <= product_t'(dividend) * product_t'(factor.inverse);
    top_q       <= factor.top;
    if (state_q == StEntriesB) average_a_q <= average_of(shifted);
    if (state_q == StMeets)    average_b_q <= average_of(shifted);
    if (state_q == StLongest)  meets_q     <= rate_of(shifted, '0);
    if (state_q == StLast)     longest_q   <= rate_of(shifted, One);
  end

  // ------------------------------------------------------------------------ candidates
  slot_bits_t slots;
  count_t     a_fibers, b_fibers;
  count_t     rounds_q;  // whole sets of a group
  rest_t      rest_q;    // fibers of the grid
  rest_t      parted_q;  // of them, those that rows share
  logic       turn_q, last, ready_q;
  logic       single_q, alone_q, alone;  // see below
  group_id_t  turn;      // columns of a candidate
  shape_t     shape;
  rest_t [Groups:0] full_q, over_q;  // full sets of as many rows as go with columns; fibers that are left then

  assign slots     = reasons_i.slots;
  assign a_fibers  = count_t'(reasons_i.a_fibers);
  assign b_fibers  = count_t'(reasons_i.b_fibers);
  assign shape     = shape_of(turn, Groups);
  assign last      = (shape.next == '0 || rest_q == '0 || reasons_i.one_column) && !alone && !single_q;

  // If a grid leaves a group without a cell, this group can have the last fibers and all of B, and rows have full sets.
  // Its cost is that of one fiber per engine. The first turn computes this cost.
  assign alone = !single_q && !alone_q && full_q[turn] != '0 && over_q[turn] != '0
                 && over_q[turn] <= rest_t'(Engines);

  always_ff @(posedge clk_i) begin
    {full_q, over_q} <= '0;
    for (int unsigned c = 1; c <= Groups; c++) begin
      if (Groups / (Groups / c) == c && Groups % c != 0) begin
        full_q[c] <= rest_t'(quotient(32'(rest_q), (Groups / c) * Engines, RestBits) >> slots);
        over_q[c] <= rest_q - rest_t'(full_q[c] << slots) * rest_t'((Groups / c) * Engines);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    rounds_q <= (Groups == 1) ? '0 : count_t'(quotient(32'(a_fibers), Groups * Engines, CountBits) >> slots);
    rest_q   <= rest_t'(a_fibers - (rounds_q << slots) * count_t'(Groups * Engines));
    turn     <= !turn_q ? group_id_t'(1) : (single_q || alone) ? turn : shape.next;
    single_q <= !turn_q;
    alone_q  <= turn_q && alone;
    parted_q <= rest_q - ((turn_q && alone) ? over_q[turn] : '0);
  end

  // Stages: fibers of A and of B in a cell; sets, and fibers per engine; lines; cycles per line of B; their product.
  localparam int unsigned Stages = 5;

  logic [Stages:1]                valid_q;
  logic [Stages+2:1]              last_q;
  group_id_t [Stages:1]           columns_q;
  logic [Stages:1]                singles_q, alones_q;
  rest_t [Stages:2]               sets_q;
  rest_t                          fibers_1_q, engine_2_q;
  count_t                         b_fibers_1_q, b_lines_3_q, b_lines_4_q;
  logic [CountBits+RestBits+1:0]  load_2_q;
  logic [2*CountBits+1:0]         share_2_q;
  logic [5:3][CountBits+RestBits-1:0] load_q;
  work_t                          products_3_q, work_4_q, streams, more, less, least;
  cost_t                          own_cost, cost, cost_5_q, single_cost_q, best_cost_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q                            <= StStart;
      {turn_q, valid_q, last_q, ready_q} <= '0;
    end else if (!valid_i) begin
      state_q                            <= StStart;
      {turn_q, valid_q, last_q, ready_q} <= '0;
    end else begin
      if (state_q != StDone) state_q <= state_e'(state_q + 1'b1);
      turn_q  <= state_q == StEntriesB || (turn_q && !last);
      valid_q <= {valid_q[Stages-1:1], turn_q};
      last_q  <= {last_q[Stages+1:1], turn_q && last};
      ready_q <= ready_q || last_q[Stages+2];
    end
  end

  // Fibers of the largest part, or one more.
  function automatic count_t part_of(count_t fibers, inverse_t part);
    return (fibers == '0) ? '0 : count_t'(share_of(32'(count_t'(fibers - 1'b1)), part, 0)) + 1'b1;
  endfunction

  // An engine multiplies one match per cycle. A set with the longest fiber takes at least the matches of that fiber.
  always_comb begin
    streams      = work_t'(sets_q[3]) << Fraction;
    {more, less} = (streams > products_3_q) ? {streams, products_3_q} : {products_3_q, streams};
    least        = streams - work_t'(One) + work_t'(longest_q);
    if (rounds_q == '0 && sets_q[3] != '0 && least > more) more = least;
  end

  always_ff @(posedge clk_i) begin
    columns_q    <= {columns_q[Stages-1:1], turn};
    // 1: fibers
    singles_q    <= {singles_q[Stages-1:1], single_q};
    alones_q     <= {alones_q[Stages-1:1], alone_q};
    fibers_1_q   <= single_q ? rest_t'(Engines) : rest_t'(part_of(count_t'(parted_q), shape.per_row));
    b_fibers_1_q <= part_of(b_fibers, shape.per_column);
    // 2: sets
    sets_q       <= {sets_q[Stages-1:2], rest_t'(sets_of(32'(fibers_1_q), Engines, slots, RestBits))};
    engine_2_q   <= rest_t'(sets_of(32'(fibers_1_q), Engines, '0, RestBits));
    load_2_q     <= ($bits(load_2_q))'(fibers_1_q) * ($bits(load_2_q))'(average_a_q);
    share_2_q    <= ($bits(share_2_q))'(b_fibers_1_q) * ($bits(share_2_q))'(average_b_q);
    // 3: products and lines
    products_3_q <= work_t'(engine_2_q) * work_t'(meets_q);
    load_q       <= {load_q[4:3], (CountBits+RestBits)'(load_2_q >> 2)};
    b_lines_3_q  <= count_t'(share_2_q >> 2);
    if ((share_2_q >> 2) < ($bits(share_2_q))'(reasons_i.b_longest)) b_lines_3_q <= count_t'(reasons_i.b_longest);
    // 4: cycles per line
    work_4_q     <= more + (less >> 2);
    b_lines_4_q  <= b_lines_3_q;
    // 5: all lines
    cost_5_q     <= cost_t'(b_lines_4_q) * cost_t'(work_4_q);
  end

  // ------------------------------------------------------------------------ the cheapest
  group_id_t  best_q;
  rest_t      best_sets_q;  // of a row
  logic       best_alone_q, even, cheaper;
  fiber_id_t  most;         // fibers of a row
  shape_t     best_shape;

  assign own_cost   = cost_5_q + (cost_t'(load_q[5]) << Fraction);
  assign cost       = (alones_q[5] && own_cost < single_cost_q) ? single_cost_q : own_cost;
  assign cheaper    = own_cost < best_cost_q && (!alones_q[5] || (single_cost_q < best_cost_q && !even));
  assign even       = meets_q >= One / 2;
  assign most       = (fiber_id_t'(best_sets_q) << slots) * fiber_id_t'(Engines);
  assign best_shape = shape_of(best_q, Groups);

  always_ff @(posedge clk_i) begin
    if (!valid_i) best_cost_q <= '1;
    else if (valid_q[5] && !singles_q[5] && cheaper) begin
      {best_cost_q, best_q, best_sets_q, best_alone_q} <= {cost, columns_q[5], sets_q[5], alones_q[5]};
    end
    if (singles_q[5]) single_cost_q <= own_cost;
    choice_o.each    <= (fiber_id_t'(rounds_q) << slots) * fiber_id_t'(Engines);
    choice_o.grid    <= rest_q != '0;
    choice_o.columns <= best_q;
    choice_o.most    <= most;
    choice_o.spare   <= most * (fiber_id_t'(best_shape.rows) + fiber_id_t'(best_alone_q)) - fiber_id_t'(rest_q);
    choice_o.alone   <= best_alone_q;
    choice_o.even    <= even;
    choice_o.half_a  <= line_addr_t'(average_a_q[CountBits+1:3]);
    choice_o.half_b  <= line_addr_t'(average_b_q[CountBits+1:3]);
  end

  assign ready_o = ready_q && valid_i;

  // ------------------------------------------------------------------- properties
  `FLAASH_COVER(WholeSetsOnly_C, ready_o && !choice_o.grid)

endmodule : flaash_plan_choice
