// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the operand loader share.

package flaash_loader_pkg;

  import flaash_pkg::*;
  import flaash_reg_pkg::error_e;

  // What the loader reads.
  typedef enum logic [2:0] {
    SecHead,
    SecLevel,     // the description of a level: no word is read
    SecCoords,
    SecPointers,
    SecEntries,
    SecFinish     // everything was right: no word is read
  } section_e;

  // The data of this cycle: a head, some words of a section, or some entries from `position` on.
  typedef struct packed {
    logic      valid;
    section_e  section;
    entry_id_t position;  // word or entry within the section
    entry_id_t left;      // coordinates, pointers or entries of the section from there on
  } reading_t;

  // The response of the module that reads a section, in the same cycle.
  typedef struct packed {
    logic       ready;     // it is read now
    logic [4:0] taken;     // words or entries read
    logic       last;      // they are the last of the section
    logic       beat_end;  // they use up the beat
    logic       crosses;   // and the last of them are in the next beat
  } step_rsp_t;

  // And in the next cycle, because checks of words take long.
  typedef struct packed {
    logic       valid;   // one of the words was wrong
    error_e     error;
    logic [3:0] offset;  // from the position to the first wrong word
    logic       later;   // that word was in the next beat
  } check_err_t;

  function automatic check_err_t check_error(logic valid, error_e error, logic [3:0] offset, logic later);
    check_error.valid  = valid;
    check_error.error  = error;
    check_error.offset = offset;
    check_error.later  = later;
  endfunction

  localparam int unsigned NumCheckers = 3;  // modules that check words

  // The level that is read; at the entries `extent` is the contracted one, and `nodes` the number of entries.
  typedef struct packed {
    logic        operand;
    logic        dense;       // its coordinates are made
    logic        loose;       // its pointers are pairs: begin and end of each node
    logic [31:0] extent;
    entry_id_t   nodes;       // of this level
    entry_id_t   pointers;    // of this level, one more; two per node if it is loose
    entry_id_t   below;       // nodes (entries) of the level below
    node_id_t    base;        // first node of this level
    node_id_t    above_base;  // first node of the level above, 0 at level 0
  } frame_t;

  localparam int unsigned FewEntries = 16;  // more than any step takes

  // A node with children (nodes or entries) in the level that is read.
  typedef struct packed {
    logic      gap;    // entries that belong to no node, before or after that node
    node_id_t  node;   // within its level
    logic      few;    // count is less than FewEntries
    entry_id_t count;  // its children
  } span_t;

  // Pointers of a level, as the spans keep them.
  typedef struct packed {
    logic     valid;
    node_id_t row;  // of as many pointers as are read in a cycle
  } pointers_t;

endpackage : flaash_loader_pkg
