// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the operand loader share.

package flaash_loader_pkg;

  import flaash_pkg::*;
  import flaash_reg_pkg::error_e;

  // Where the reader of an operand is.
  typedef enum logic [3:0] {
    SecHead,
    SecExtents,
    SecCounts,
    SecLevel,     // a level begins: no word is read
    SecCoords,
    SecPointers,
    SecEntries,
    SecFinish,    // everything was right: no word is read
    SecDiscard
  } section_e;

  // The data of this cycle: a head, a word of a section, or some entries from `position` on.
  typedef struct packed {
    logic        valid;
    section_e    section;
    logic [2:0]  level;     // order - 1 for the entries
    entry_id_t   position;  // word or entry within the section
    entry_id_t   left;      // coordinates, pointers or entries of the section from there on
    logic [31:0] word;
  } reading_t;

  // What the module that a section belongs to says about it, in the same cycle.
  typedef struct packed {
    logic       ready;     // it is read now
    logic [4:0] taken;     // words or entries read
    logic       last;      // they are the last of the section
    logic       beat_end;  // they use up the beat
    logic       crosses;   // and the last of them are in the next beat
  } verdict_t;

  // And in the next cycle, because checks of words take long.
  typedef struct packed {
    logic       valid;   // one of the words was wrong
    error_e     error;
    logic [3:0] offset;  // from the position to the first wrong word
    logic       later;   // that word was in the next beat
  } flaw_t;

  localparam int unsigned Judges = 4;  // modules that check words

  // The announced sizes. `inhabited`, `coming` and `above` are for SecLevel only, the following fields for the words
  // of the level; at the entries `above` is the last upper level.
  typedef struct packed {
    logic        begins;          // pulse: the operand is being replaced
    logic        operand;
    logic [3:0]  order;
    entry_id_t   entries;
    logic        inhabited;       // this level has nodes, or there are entries
    entry_id_t   coming;          // number of these
    entry_id_t   above;           // nodes of the level above, or children of the root
    logic [31:0] contracted;      // extent of the contracted mode
    logic [31:0] extent;
    entry_id_t   nodes;           // of this level
    entry_id_t   pointers;        // of this level, one more
    entry_id_t   below;           // nodes (entries) of the level below
    node_id_t    base;            // first node of this level
    node_id_t    above_base;      // first node of the level above, 0 at level 0
  } frame_t;

  localparam int unsigned FewEntries = 16;  // more than any step takes

  // A node with children (nodes or entries) in the level that is read.
  typedef struct packed {
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
