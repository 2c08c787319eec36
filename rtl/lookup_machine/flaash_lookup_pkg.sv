// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the lookup machine share. docs/blocks/lookup.md tells how they work together.

package flaash_lookup_pkg;

  import flaash_pkg::*;

  // Fibers of A in a set, 1 to 8.
  typedef logic [3:0] set_size_t;

  // The plane (sets of fibers of A) x (lines of B) of a contraction.
  typedef struct packed {
    fiber_id_t  a_fibers;
    line_addr_t a_lines;
    line_addr_t b_lines;
    set_size_t  set_size;  // the last one may have fewer
  } plane_t;

  // A fiber of each operand.
  typedef struct packed {
    fiber_id_t a_id;
    fiber_id_t b_id;
  } fibers_t;

  // A place in the plane, at the beginning of a fiber of B.
  typedef struct packed {
    fiber_id_t  a_id;    // first fiber of the set
    line_addr_t a_line;  // its first line
    fiber_id_t  b_id;    // fiber of B
    line_addr_t b_line;  // its first line
  } place_t;

  // What a group of engines computes: row by row of the plane, from one place up to another.
  typedef struct packed {
    place_t     start;
    fiber_id_t  a_end;  // first fiber of the set in which the piece ends
    line_addr_t b_end;  // line of B where it ends there, the first of a fiber; 0: before that set
  } piece_t;

  // Cycles that a line of B takes in a set, in quarters.
  typedef logic [5:0] weight_t;

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

  // What a line of A is to an engine.
  typedef struct packed {
    logic      opens;  // a fiber
    logic      copy;   // into which it goes
    fiber_id_t id;     // of the fiber
  } load_t;

  // And a line of B.
  typedef struct packed {
    logic      copy;  // in which it is looked up
    fiber_id_t id;    // of the fiber
  } look_t;

  // Why an engine has no line, for the counters.
  typedef struct packed {
    logic unit;  // its group has work for it
    logic a;     // lines of A come first
    logic b;     // a line of B has not come
    logic mac;   // a line of B waits for an engine
  } wait_t;

endpackage : flaash_lookup_pkg
