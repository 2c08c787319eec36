// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the lookup machine share. docs/blocks/lookup.md tells how they work together.

package flaash_lookup_pkg;

  import flaash_pkg::*;

  // A place in the plane (sets of fibers of A) x (fibers of B).
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
    logic operand;  // 0 A, 1 B
    logic first;    // of the lines of a set, or of a run of B
    logic start;    // of a piece
  } tag_t;

endpackage : flaash_lookup_pkg
