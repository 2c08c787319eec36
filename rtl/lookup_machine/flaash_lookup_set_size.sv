// SPDX-License-Identifier: Apache-2.0
// Set size: how many fibers of A a group holds at a time.
//
// Large sets stream B less often, small ones cost less to load again in the groups that share a row. All
// groups together take
//     sets * (lines of B) + size * (Groups - 1) * (lines of a fiber of A)
// and what does not depend on the choice; the size with the smallest cost wins, multiplied by the fibers of A, which
// saves a division. Where A has at least one full set for each group, the largest sets win without a look.
//
// Guarantees  done_o from its cycle until the next start; set_size_o is then 1 to MaxSize. few_o: the fibers of A do
//             not fill a set for each group.
// Demands     Inputs stay from start_i until done_o.
// Latency     One cycle, MaxSize + 2 where sizes are compared (few_o).
// Reset       Forgets a choice under way; done_o is low.

module flaash_lookup_set_size
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups  = 8,  // groups of engines, 1 or more
  parameter int unsigned MaxSize = 4   // engines of a group, 1 to 8
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  input  logic       start_i,
  input  sizes_t     sizes_i,

  output logic       done_o,
  output logic       few_o,
  output set_size_t  set_size_o
);

  localparam int unsigned Few       = Groups * MaxSize;  // fibers from which on nothing is to choose
  localparam int unsigned FewWidth  = $clog2(Few + 1);
  localparam int unsigned CostWidth = LineAddrWidth + 2 * FewWidth + 1;

  typedef logic [CostWidth-1:0] few_cost_t;

  // Sets of `size` fibers, rounded up; division by constants only.
  function automatic logic [FewWidth-1:0] sets_of(logic [FewWidth-1:0] count, set_size_t size);
    logic [FewWidth-1:0] sets;
    sets = '0;
    for (int unsigned i = 1; i <= MaxSize; i++) begin
      if (size == set_size_t'(i)) sets = FewWidth'((32'(count) + i - 1) / i);
    end
    return sets;
  endfunction

  // -------------------------------------------------- sizes, from the largest to 1
  logic                active_q, cost_valid_q, compares;
  set_size_t           try_q, cost_size_q;
  logic [FewWidth-1:0] fibers;
  few_cost_t           cost_q, best_q;

  assign few_o    = 32'(sizes_i.a_fibers) < Few;
  assign compares = few_o && MaxSize > 1;
  assign fibers   = FewWidth'(sizes_i.a_fibers);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {active_q, cost_valid_q, done_o} <= '0;
    end else if (start_i) begin
      {active_q, cost_valid_q, done_o} <= {compares, 1'b0, !compares};
    end else begin
      if (try_q == set_size_t'(1)) active_q <= 1'b0;
      cost_valid_q <= active_q;
      if (cost_valid_q && cost_size_q == set_size_t'(1)) done_o <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    try_q       <= start_i ? set_size_t'(MaxSize) : try_q - 1'b1;
    cost_size_q <= try_q;
    cost_q      <= few_cost_t'(sets_of(fibers, try_q)) * few_cost_t'(fibers) * few_cost_t'(sizes_i.b_lines)
                   + few_cost_t'(try_q) * few_cost_t'(Groups - 1) * few_cost_t'(sizes_i.a_lines);
    if (start_i) begin
      best_q     <= '1;
      set_size_o <= set_size_t'(MaxSize);
    end else if (cost_valid_q && cost_q < best_q) begin
      best_q     <= cost_q;
      set_size_o <= cost_size_q;
    end
  end

endmodule : flaash_lookup_set_size
