// SPDX-License-Identifier: Apache-2.0
// Types that the plan and the groups of the resident machine share. docs/blocks/plan.md describes how they work
// together.

package flaash_plan_pkg;

  import flaash_pkg::*;

  // Fibers of A in a set, 1 to 32.
  typedef logic [5:0] set_size_t;

  // 2 ** slot_bits slots of an engine have fibers of their own.
  typedef logic [1:0] slot_bits_t;

  // What a choice follows from.
  typedef struct packed {
    fiber_id_t  a_fibers;
    entry_id_t  a_entries;
    line_addr_t a_longest;  // lines of the longest fiber, see flaash_plan_ranks
    fiber_id_t  b_fibers;
    entry_id_t  b_entries;
    line_addr_t b_longest;
    line_addr_t extent;     // of the contracted mode; all ones if it is larger: then hardly anything matches
    slot_bits_t slots;
    logic       one_column; // a row of the grid is not cut
  } reasons_t;

  // What a group of engines computes is a piece: some fibers of A, set by set, each set with the same fibers of B.
  typedef struct packed {
    logic       empty;     // no fiber of A
    set_size_t  set_size;  // the last set may have fewer fibers
    fiber_id_t  id;        // first fiber of A
    line_addr_t line;      // its first line
    fiber_id_t  stop;      // the fiber after the last one
    line_addr_t stop_line; // its first line
  } row_t;

  typedef struct packed {
    logic       empty;  // no fiber of B
    fiber_id_t  id;
    line_addr_t line;
    line_addr_t stop_line;
  } column_t;

  typedef logic [6:0] group_id_t;  // up to the number of groups

  // How a contraction is cut. The fibers of A that are left after the sets of all groups form a grid.
  typedef struct packed {
    fiber_id_t  each;    // fibers of A of the whole sets of a group
    logic       grid;    // fibers are left
    group_id_t  columns; // parts of B; there are shape_of(columns).rows parts of the fibers that are left
    fiber_id_t  most;    // of them in a part, most: full sets
    fiber_id_t  spare;   // fibers that all parts together have less
    logic       alone;   // a group without a cell has the last fibers and all of B; the other parts have `most` each
    logic       even;    // all engines of a group get equally many fibers of a set: they multiply all the time
    line_addr_t half_a;  // lines of half a fiber of A, on average
    line_addr_t half_b;
  } choice_t;

  // Bits of a number of lines of an operand, in a memory with this many lines. It is enough for a number of fibers,
  // too, as each has a line.
  function automatic int unsigned count_bits(int unsigned mem_lines);
    return ($clog2(mem_lines + 1) < LineAddrWidth) ? $clog2(mem_lines + 1) : LineAddrWidth;
  endfunction

  // Bits of the number of fibers that are left for a grid.
  function automatic int unsigned rest_bits(int unsigned groups, int unsigned max_size, int unsigned mem_lines);
    return (groups == 1) ? count_bits(mem_lines) : $clog2((groups + 1) * max_size);
  endfunction

  // number / divisor, exact for numbers of `bits` bits.
  function automatic logic [31:0] quotient(logic [31:0] number, int unsigned divisor, int unsigned bits);
    int unsigned shift;
    shift = bits + 32'($clog2(divisor));
    return 32'((64'(number) * (((64'd1 << shift) + 64'(divisor) - 64'd1) / 64'(divisor))) >> shift);
  endfunction

  // Sets that fibers of `bits` bits make.
  function automatic logic [31:0] sets_of(logic [31:0] fibers, int unsigned engines, slot_bits_t slots,
                                          int unsigned bits);
    logic [31:0] each;  // of an engine
    each = (fibers == '0) ? '0 : quotient(fibers - 1'b1, engines, bits) + 1'b1;
    return (each + (32'd1 << slots) - 1'b1) >> slots;
  endfunction

  // 1 / divisor in parts of 2^InverseBits, rounded up: synthesis makes a shorter path of a product than of a division.
  localparam int unsigned InverseBits = 16;

  typedef logic [InverseBits:0] inverse_t;

  function automatic inverse_t inverse(int unsigned divisor);
    return inverse_t'((2 ** InverseBits + divisor - 1) / divisor);
  endfunction

  // The share of a number, with `fraction` bits after the point.
  function automatic logic [31:0] share_of(logic [31:0] number, inverse_t part, int unsigned fraction);
    return 32'((64'(number) * 64'(part)) >> (InverseBits - fraction));
  endfunction

  // Rows that go with a number of columns, the inverses of both, and the next candidate.
  typedef struct packed {
    group_id_t rows;
    inverse_t  per_row;
    inverse_t  per_column;
    group_id_t next;        // number of columns, 0 after the last candidate
  } shape_t;

  // Numbers of columns with equally many rows: only the largest one is a candidate.
  function automatic shape_t shape_of(group_id_t columns, int unsigned groups);
    shape_of = '0;
    for (int unsigned c = 1; c <= groups; c++) begin
      if (groups / (groups / c) == c && columns == group_id_t'(c)) begin
        shape_of.rows       = group_id_t'(groups / c);
        shape_of.per_row    = inverse(groups / c);
        shape_of.per_column = inverse(c);
        shape_of.next       = (c < groups) ? group_id_t'(groups / (groups / (c + 1))) : '0;
      end
    end
  endfunction

endpackage : flaash_plan_pkg
