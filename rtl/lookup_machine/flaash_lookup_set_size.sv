// SPDX-License-Identifier: Apache-2.0
// Set size: how many fibers of A a group holds at a time.
//
// Large sets stream B less often, small ones cost less to load again in the groups that share a row. A group
// gets whole fibers of B, and takes a line of it for as many cycles as the longest fiber of A weighs. So, with
//     rounds = ceil(sets * (fibers of B) / groups),
// all groups together cost rounds * groups * (lines of a fiber of B) * weight + (lines of a set) * (groups - 1),
// and what does not depend on the choice; the size with the smallest cost wins. Where A has at least one full
// set for each group, the largest sets win without a look. All costs are multiplied by the fibers of A
// and of B, which saves divisions. A B of very many fibers counts as one of 255: rounding hardly matters then.
//
// Guarantees  done_o from its cycle until the next start; set_size_o is then 1 to MaxSize.
// Demands     a_lines_i and b_lines_i count from the cycle after start_i; inputs stay until done_o.
//             a_fibers_i and b_fibers_i not 0.
// Latency     One cycle, MaxSize + 3 where sizes are compared (few_o).
// Reset       Forgets a choice under way; done_o is low.

module flaash_lookup_set_size
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups  = 8,  // groups of engines, 1 or more
  parameter int unsigned MaxSize = 4,  // engines of a group, 1 to 8
  localparam int unsigned SizeWidth = $clog2(MaxSize + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 start_i,
  input  fiber_id_t            a_fibers_i,
  input  line_addr_t           a_lines_i,
  input  fiber_id_t            b_fibers_i,
  input  line_addr_t           b_lines_i,
  input  weight_t              weight_i,   // of the longest fiber of A, in quarters of cycles

  output logic                 done_o,
  output logic                 few_o,      // the fibers of A do not fill a set for each group
  output logic [SizeWidth-1:0] set_size_o
);

  localparam int unsigned Few       = Groups * MaxSize;  // fibers from which on nothing is to choose
  localparam int unsigned FewWidth  = $clog2(Few + 1);
  localparam int unsigned RunWidth  = 8;             // fibers of B, that many at most
  localparam int unsigned RoundWidth = FewWidth + RunWidth;
  localparam int unsigned LinesWidth = LineAddrWidth + FewWidth + $bits(weight_t);
  localparam int unsigned AgainWidth = FewWidth + 2;
  localparam int unsigned CostWidth = RoundWidth + LinesWidth + FewWidth;

  // Sets of `size` fibers, rounded up; division by constants only.
  function automatic logic [FewWidth-1:0] sets_of(logic [FewWidth-1:0] count, logic [SizeWidth-1:0] size);
    logic [FewWidth-1:0] sets;
    sets = '0;
    for (int unsigned i = 1; i <= MaxSize; i++) begin
      if (size == SizeWidth'(i)) sets = FewWidth'((32'(count) + i - 1) / i);
    end
    return sets;
  endfunction

  // -------------------------------------------------- sizes, from the largest to 1
  logic                 active_q;     // sizes are being tried
  logic [SizeWidth-1:0] try_q;
  logic                 few;

  assign few   = few_o && MaxSize > 1;
  assign few_o = 32'(a_fibers_i) < Few;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) active_q <= 1'b0;
    else if (start_i) active_q <= few;
    else if (try_q == SizeWidth'(1)) active_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    try_q <= start_i ? SizeWidth'(MaxSize) : try_q - 1'b1;
  end

  // ------------------------------------------------- rounds, and fibers to load again
  logic                 parts_valid_q, cost_valid_q;
  logic [SizeWidth-1:0] parts_size_q, cost_size_q;
  logic [FewWidth-1:0]   fibers;
  logic [RunWidth-1:0]   run;      // fibers of B
  logic [RoundWidth-1:0] pairs, rounds_q;
  logic [LinesWidth-1:0] b_quarters_q;  // of a cycle for all of B, times fibers of A
  logic [LineAddrWidth+RunWidth-1:0] a_lines_q;  // times fibers of B
  logic [AgainWidth-1:0] again_q;  // fibers that are loaded again, in quarters of cycles per line
  logic [CostWidth-1:0]  cost_q;

  assign fibers = a_fibers_i[FewWidth-1:0];
  assign run    = (b_fibers_i > fiber_id_t'(2 ** RunWidth - 1)) ? '1 : b_fibers_i[RunWidth-1:0];
  assign pairs  = RoundWidth'(sets_of(fibers, try_q)) * RoundWidth'(run);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      parts_valid_q <= 1'b0;
      cost_valid_q  <= 1'b0;
    end else begin
      parts_valid_q <= active_q;
      cost_valid_q  <= parts_valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    parts_size_q <= try_q;
    rounds_q     <= RoundWidth'((32'(pairs) + Groups - 1) / Groups);
    b_quarters_q <= LinesWidth'(fibers) * LinesWidth'(weight_i) * LinesWidth'(b_lines_i);
    a_lines_q    <= (LineAddrWidth + RunWidth)'(a_lines_i) * (LineAddrWidth + RunWidth)'(run);
    again_q      <= AgainWidth'(try_q) * AgainWidth'(Groups - 1) << 2;
    cost_size_q  <= parts_size_q;
    cost_q       <= CostWidth'(rounds_q) * CostWidth'(b_quarters_q) * CostWidth'(Groups)
                    + CostWidth'(again_q) * CostWidth'(a_lines_q);
  end

  // ------------------------------------------------------------------------- best
  logic [CostWidth-1:0] best_q;
  logic [SizeWidth-1:0] size_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) done_o <= 1'b0;
    else if (start_i) done_o <= !few;
    else if (cost_valid_q && cost_size_q == SizeWidth'(1)) done_o <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      best_q <= '1;
      size_q <= SizeWidth'(MaxSize);
    end else if (cost_valid_q && cost_q < best_q) begin
      best_q <= cost_q;
      size_q <= cost_size_q;
    end
  end

  assign set_size_o = size_q;

endmodule : flaash_lookup_set_size
