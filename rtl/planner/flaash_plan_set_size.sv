// SPDX-License-Identifier: Apache-2.0
// Set size: how many fibers of A a group holds at a time.
//
// Large sets stream B less often, small ones cost less to load again in the groups that share a row. A group gets whole
// fibers of B, in rounds = ceil(sets * (fibers of B) / Groups). A fiber of A has m lines, a fiber of B has n. All
// groups together take
//     rounds * Groups * n + size * (Groups - 1) * m;
// other costs do not depend on the size. The size with the smallest cost wins. Where A has at least one full set for
// each group, the largest sets win without a comparison. All costs are multiplied by the fibers of A and of B, which
// saves divisions. A B with more than 255 fibers counts as one with 255: rounding hardly matters then.
//
// An engine multiplies one match per cycle. On average Lanes * Lanes * m / extent entries of a line of B match a fiber
// of A. Where one fiber per engine, or two, already take a cycle for each line, more fibers only make sets that differ
// in cost. Such sets are not compared.
//
// If rows are weighed, since the fibers of A differ much, sets are as large as possible. Then each group gets an equal
// share of the cost, even of few sets.
//
// Guarantees  done_o from its cycle until the next start; set_size_o is then 1 to limit_i. few_o: the fibers of A do
//             not fill a set for each group, sets may have several fibers, and not uneven_i, so sizes are compared;
//             else set_size_o is limit_i, also before done_o, from two cycles after the inputs of A on.
// Demands     Inputs stay from start_i until done_o, inputs of A and limit_i from the cycle before; limit_i is 1 to
//             MaxSize. Only uneven_i may change; few_o follows in the same cycle, set_size_o in the next one.
// Latency     One cycle, 4 where sizes are compared (few_o).
// Reset       Forgets a choice in progress; done_o is low.

module flaash_plan_set_size
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,        // groups of engines, 1 or more
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned Lanes    = 4,        // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192      // lines of an operand
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       start_i,
  input  sizes_t     sizes_i,
  input  line_addr_t extent_i,   // of the contracted mode
  input  set_size_t  limit_i,
  input  logic       uneven_i,   // rows are weighed
  output logic       done_o,
  output logic       few_o,
  output set_size_t  set_size_o
);

  localparam int unsigned Few       = Groups * MaxSize;  // fibers from which on nothing is to choose, at most
  localparam int unsigned Others    = Groups - 1;
  localparam int unsigned FewWidth  = $clog2(Few + 1);
  localparam int unsigned RunWidth  = 8;             // fibers of B, that many at most
  localparam int unsigned CountBits = count_bits(MemLines);
  localparam int unsigned CostWidth = CountBits + 2 * FewWidth + RunWidth + 1;

  typedef logic [CostWidth-1:0] few_cost_t;

  // ------------------------------------------------------------ the largest size worth a look
  localparam int unsigned SpanWidth = LineAddrWidth + FewWidth;  // extent times fibers of A
  localparam int unsigned HitsWidth = SpanWidth + 2 * $clog2(Lanes) + 1;

  logic [FewWidth-1:0]  fibers;  // of A
  logic [HitsWidth-1:0] hits;
  logic [HitsWidth-1:0] span_q;
  logic                 one_q, two_q;  // one (two) fibers per engine take a cycle for a line of B
  set_size_t            most, most_q;

  assign fibers = FewWidth'(sizes_i.a_fibers);
  assign hits   = HitsWidth'(sizes_i.a_lines) * HitsWidth'(Lanes * Lanes);

  always_ff @(posedge clk_i) begin
    span_q <= HitsWidth'(extent_i) * HitsWidth'(fibers);
    most_q <= most;
    one_q  <= hits >= span_q;
    two_q  <= {hits, 1'b0} >= {1'b0, span_q};
  end

  always_comb begin
    most = (32'(fibers) < 32'(limit_i)) ? set_size_t'(fibers) : limit_i;
    if (two_q && most > set_size_t'(2 * Engines)) most = set_size_t'(2 * Engines);
    if (one_q && most > set_size_t'(Engines))     most = set_size_t'(Engines);
  end

  // ------------------------------------------------------------------ all sizes at once
  // Registers follow their inputs in each cycle: rounds, products, the cheaper one of each two, the cheapest.
  // Sizes, or more, a power of two. With less than four, cheaper_q has one element, whose members Icarus reads as X.
  localparam int unsigned Leaves = (MaxSize > 2) ? 2 ** $clog2(MaxSize) : 4;
  localparam int unsigned Half   = (CountBits + FewWidth + $clog2(Groups)) / 2;  // bits of half a round

  typedef struct packed {
    logic      barred;  // larger than most_q, which is dearer than any cost
    few_cost_t cost;
  } price_t;

  typedef struct packed {
    price_t    price;
    set_size_t size;
  } choice_t;

  logic [2:0]         steps_q;  // that are done
  logic [RunWidth-1:0] run;     // fibers of B
  logic [FewWidth-1:0] fibers_q;
  few_cost_t          a_lines_q;         // of all groups but one, that load a set again
  few_cost_t          round_q, again_q;  // a round; one fiber of a set, loaded again
  logic               few_q;             // by the fibers of A alone
  choice_t [Leaves-1:0]   priced;        // each size
  choice_t [Leaves/2-1:0] cheaper_q;     // of two sizes
  logic [Leaves/2-1:0]    wins;          // it is the cheapest of all
  set_size_t              best;

  assign few_o = few_q && !uneven_i;
  assign run   = (sizes_i.b_fibers > fiber_id_t'(2 ** RunWidth - 1)) ? '1 : sizes_i.b_fibers[RunWidth-1:0];

  always_ff @(posedge clk_i) begin
    fibers_q  <= fibers;
    few_q     <= 32'(sizes_i.a_fibers) < Groups * 32'(limit_i) && limit_i != set_size_t'(1);
    a_lines_q <= few_cost_t'(sizes_i.a_lines) * few_cost_t'(Others);
    round_q   <= few_cost_t'(fibers_q) * few_cost_t'(sizes_i.b_lines) * few_cost_t'(Groups);
    again_q   <= a_lines_q * few_cost_t'(run);
  end

  for (genvar leaf = 0; leaf < int'(Leaves); leaf++) begin : gen_size
    localparam int unsigned Size = leaf + 1;

    if (Size <= MaxSize) begin : gen_cost
      logic [FewWidth-1:0]          sets_q;  // rounded up
      logic [FewWidth+RunWidth-1:0] pairs, rounds_q;
      few_cost_t                    high_q, low_q, load_q;  // all rounds, the product in two parts; all loads

      assign pairs = ($bits(pairs))'(sets_q) * ($bits(pairs))'(run);

      always_ff @(posedge clk_i) begin
        sets_q   <= FewWidth'((32'(fibers) + Size - 1) / Size);
        rounds_q <= ($bits(pairs))'((32'(pairs) + Groups - 1) / Groups);
        high_q   <= few_cost_t'(rounds_q) * (round_q >> Half);
        low_q    <= few_cost_t'(rounds_q) * few_cost_t'(round_q[Half-1:0]);
        load_q   <= few_cost_t'(Size) * again_q;
      end

      assign priced[leaf] = {set_size_t'(Size) > most_q, (high_q << Half) + low_q + load_q, set_size_t'(Size)};
    end else begin : gen_none
      assign priced[leaf] = '1;
    end
  end

  // The second one has the larger sizes: they win if both cost the same.
  function automatic logic second_wins(price_t first, price_t second);
    return second <= first;
  endfunction

  // Each is compared with each other one at once: a tree of comparisons would be the longest path of the plan.
  always_comb begin
    for (int unsigned two = 0; two < Leaves / 2; two++) begin
      wins[two] = 1'b1;
      for (int unsigned other = 0; other < Leaves / 2; other++) begin
        if (other < two && !second_wins(cheaper_q[other].price, cheaper_q[two].price)) wins[two] = 1'b0;
        if (other > two && second_wins(cheaper_q[two].price, cheaper_q[other].price)) wins[two] = 1'b0;
      end
    end
    best = '0;
    for (int unsigned two = 0; two < Leaves / 2; two++) begin
      if (wins[two]) best = best | cheaper_q[two].size;
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned two = 0; two < Leaves / 2; two++) begin
      cheaper_q[two] <= second_wins(priced[2*two].price, priced[2*two+1].price) ? priced[2*two+1] : priced[2*two];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      {done_o, steps_q} <= '0;
    else if (start_i) {done_o, steps_q} <= few_o ? 4'b0001 : 4'b1000;
    else              {done_o, steps_q} <= {done_o || steps_q[2], steps_q[1:0], 1'b0};
  end

  always_ff @(posedge clk_i) set_size_o <= few_o ? best : limit_i;

endmodule : flaash_plan_set_size
