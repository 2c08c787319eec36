// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the resident machine share. docs/blocks/resident.md tells how they work together.

package flaash_resident_pkg;

  import flaash_pkg::*;

  // What a line of A is to a slot.
  typedef struct packed {
    logic      opens;  // the first line of a fiber
    logic      copy;   // where it goes
    fiber_id_t id;     // of the fiber
  } fill_t;

  // What a line of B is to an engine.
  typedef struct packed {
    logic [MaxSlots-1:0] holds;  // slots that hold a fiber of A to compare it with
    logic                copy;   // in which that fiber lies
    fiber_id_t           id;     // of the line's fiber
  } pass_by_t;

endpackage : flaash_resident_pkg
