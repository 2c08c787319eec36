// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the resident machine share. docs/blocks/resident.md describes how they work together.

package flaash_resident_pkg;

  import flaash_pkg::*;

  // What a line of A is to a slot.
  typedef struct packed {
    logic      opens;  // the first line of a fiber
    logic      copy;   // where it goes
    fiber_id_t id;     // of the fiber
  } fill_t;

  // How the fibers of A are held: each in a slot; in all slots of an engine; the same, part by part.
  typedef struct packed {
    logic span;
    logic rounds;
  } hold_t;

  // A line on its way through a group.
  typedef struct packed {
    logic                   more;  // the dot product goes on in a further round
    flaash_lookup_pkg::tag_t tag;
  } line_tag_t;

  // A dot product, or a round of it, that the slots of an engine work at together.
  typedef struct packed {
    logic [MaxSlots-1:0] holds;  // slots that have a part of the fiber of A
    logic                more;   // the sum goes on in a further round
  } meet_t;

  // What a line of B is to an engine.
  typedef struct packed {
    logic [MaxSlots-1:0] holds;  // slots that hold a fiber of A to compare it with
    logic                more;   // the dot product goes on in a further round
    logic                copy;   // in which that fiber lies
    fiber_id_t           id;     // of the line's fiber
  } pass_by_t;

endpackage : flaash_resident_pkg
