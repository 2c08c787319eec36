// SPDX-License-Identifier: Apache-2.0
// Sets of the only group: as few as possible, and then of nearly equal size.
//
// A group that holds four fibers takes nine as three sets of three, not as four, four and one. Each set costs a row. An
// engine multiplies one match per cycle, so the row of the largest set would last longest.
//
// Guarantees  set_size_o: the smallest size with the fewest sets, limit_i or less.
// Demands     fibers_i and limit_i stay from the cycle before set_size_o is used.
// Latency     One cycle.
// Reset       None: the register follows the inputs.

module flaash_plan_sets
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned MaxSize = 4  // fibers that the group holds, 1 to 32
) (
  input  logic      clk_i,
  input  fiber_id_t fibers_i,   // of A
  input  set_size_t limit_i,    // fibers of a set, MaxSize or less
  output set_size_t set_size_o
);

  set_size_t even;

  // From many sets to few, from large ones to small ones: the last choice holds.
  always_comb begin
    even = set_size_t'(MaxSize);
    for (int unsigned sets = MaxSize - 1; sets > 1; sets--) begin
      for (int unsigned size = MaxSize; size > 0; size--) begin
        if (32'(fibers_i) <= sets * MaxSize && 32'(fibers_i) <= sets * size) even = set_size_t'(size);
      end
    end
  end

  always_ff @(posedge clk_i) set_size_o <= (limit_i == set_size_t'(MaxSize)) ? even : limit_i;

endmodule : flaash_plan_sets
