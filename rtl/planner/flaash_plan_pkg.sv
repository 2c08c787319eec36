// SPDX-License-Identifier: Apache-2.0
// Types that the plan and the groups of the resident machine share, and the numbers of its planner with their prices.
// docs/blocks/plan.md describes how they work together.

package flaash_plan_pkg;

  import flaash_pkg::*;

  // Fibers of A in a set, 1 to 32.
  typedef logic [5:0] set_size_t;

  typedef logic [FiberIdWidth:0] fiber_sum_t;  // fibers, and a set more

  // How much there is of both operands.
  typedef struct packed {
    fiber_id_t  a_fibers;
    line_addr_t a_lines;
    fiber_id_t  b_fibers;
    line_addr_t b_lines;
  } sizes_t;

  // The plane (sets of fibers of A) x (lines of B) of a contraction.
  typedef struct packed {
    fiber_id_t  a_fibers;
    line_addr_t a_lines;
    line_addr_t b_lines;
    set_size_t  set_size;  // the last one may have fewer
  } plane_t;

  // A point of the plane, at the beginning of a fiber of B.
  typedef struct packed {
    fiber_id_t  a_id;    // first fiber of the set
    line_addr_t a_line;  // its first line
    fiber_id_t  b_id;    // fiber of B
    line_addr_t b_line;  // its first line
  } point_t;

  // What a group of engines computes: row by row of the plane, from one point up to another.
  typedef struct packed {
    logic       empty;       // it ends where it starts
    point_t     start;
    fiber_id_t  a_end;       // first fiber of the set in which the piece ends
    line_addr_t a_end_line;  // its first line, or if the piece began in that set, the first line after the set
    line_addr_t b_end;       // line of B where it ends there, the first of a fiber; 0: before that set
  } piece_t;

  typedef logic [6:0]                                group_id_t;  // up to the number of groups
  typedef logic [LineAddrWidth+5:0]                  cost_t;      // lines of some rows
  typedef logic signed [LineAddrWidth+6:0]           lines_t;     // difference of two of these
  typedef logic [LineAddrWidth+9:0]                  quarters_t;  // quarters of cycles of a row
  typedef logic [LineAddrWidth+FiberIdWidth+9:0]     all_quarters_t;  // and of all rows

  // Cycles that a line of B takes in a set, in quarters.
  typedef logic [5:0] weight_t;

  // ----------------------------------------------------- what the planner does, and why
  // Some have a price: by how much the run of `make bench` that gains most would take longer without them
  // (docs/blocks/plan.md).
  localparam int unsigned TailLines     = 32;  // of B per group from which on the last set is shared: 4.7%
  localparam int unsigned SkewWeight    = 6;   // of the longest fiber from which on rows are weighed: 25%
  localparam int unsigned SkewRatio     = 2;   // of its lines to the average, likewise
  localparam int unsigned AgainQuarters = 7;   // per line of a set that will be loaded again

  // The wanted beginning of a piece: cut g begins the piece of group g, and the cut after the last group ends its
  // piece.
  typedef struct packed {
    logic       fiber; // the line is the number of a fiber of B
    group_id_t  cut;
    fiber_id_t  a_id;  // first fiber of the set
    line_addr_t line;  // of B; the piece begins with the fiber that holds it
  } wish_t;

  // The actual beginning of a piece.
  typedef struct packed {
    group_id_t  cut;
    point_t     at;
    line_addr_t end_line;  // a_end_line of the piece that ends here
  } cut_t;

  // Bits of a number of lines of an operand, in a memory with this many lines. It is enough for a number of fibers,
  // too, as each has a line. The planner has many products, and they are as wide as their factors.
  function automatic int unsigned count_bits(int unsigned mem_lines);
    return ($clog2(mem_lines + 1) < LineAddrWidth) ? $clog2(mem_lines + 1) : LineAddrWidth;
  endfunction

  // Least lines of a row at which each group gets a line less than the group before. The first group then gets
  // (groups - 1) / 2 lines more than the average, which must be less than a share of the row.
  function automatic int unsigned long_row(int unsigned groups);
    return groups * groups / 2 + 1;
  endfunction

  // A group's share of the rows up to some set.
  typedef struct packed {
    logic      fibers;       // its lines are fibers of B
    fiber_id_t a_begin;      // first fiber of A that is shared
    fiber_id_t a_end;        // and the first one that is not
    cost_t     load;         // lines of a set, on average
    cost_t     row;          // lines of a row: lines of its set, and lines of B
    fiber_id_t whole;        // a share: fibers of A whose rows it takes whole
    fiber_sum_t behind;      // these, and a set
    // Lines beyond these rows, of the first group; the same less a row, less a load, less both.
    cost_t     rest;
    lines_t    to_row;
    lines_t    to_line;
    lines_t    to_next;
  } share_t;

  // What a row costs whose set has fibers of its own length, in quarters of cycles.
  typedef struct packed {
    weight_t   weight;  // a line of B
    quarters_t load;    // the lines of the set
    quarters_t all;
  } row_t;

  // A line on its way through a group.
  typedef struct packed {
    logic operand;      // 0 A, 1 B
    logic opens;        // the lines of a set, or a run of B
    logic opens_piece;
  } tag_t;

  typedef struct packed {
    tag_t       tag;
    line_addr_t addr;
  } request_t;

  // Why an engine has no line, for the counters.
  typedef struct packed {
    logic unit;  // its group has work for it
    logic a;     // lines of A come first
    logic b;     // a line of B has not come
    logic mac;   // a line of B waits for an engine
  } wait_t;

endpackage : flaash_plan_pkg
