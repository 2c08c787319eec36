// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the resident machine share. docs/blocks/resident.md describes how they work together.

package flaash_resident_pkg;

  import flaash_pkg::*;
  import flaash_plan_pkg::set_size_t;

  localparam int unsigned EntriesOfSlot = 512;  // of a fiber of A, a power of two

  // What a line of A is to a slot.
  typedef struct packed {
    logic      opens;  // the first line of a fiber
    logic      copy;   // where it goes
    fiber_id_t id;     // of the fiber
  } fill_t;

  // How much there is of both operands.
  typedef struct packed {
    fiber_id_t  a_fibers;
    line_addr_t a_lines;
    fiber_id_t  b_fibers;
    line_addr_t b_lines;
  } sizes_t;

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

  // The fibers of the lines of a piece, or of a part.
  typedef struct packed {
    set_size_t set_size;  // of a piece
    fibers_t   fibers;    // the first fiber of A, and of each run of B
  } begun_t;

  // Why an engine has no line, for the counters.
  typedef struct packed {
    logic unit;  // its group has work for it
    logic a;     // lines of A come first
    logic b;     // a line of B has not come
    logic mac;   // a line of B waits for an engine
  } wait_t;

  // How the fibers of A are held: each in a slot; in all slots of an engine; the same, in parts of several engines.
  typedef struct packed {
    logic span;
    logic spread;
  } hold_t;

  localparam int unsigned MaxGroup = 8;  // engines of a group, most

  typedef logic [$clog2(MaxGroup)-1:0] member_t;  // an engine of a group
  typedef logic [6:0]                  parts_t;   // up to the number of engines

  // What becomes of the sum of a part with a fiber of B.
  typedef struct packed {
    logic more;    // it goes on with a further part in the same engine
    logic shared;  // other engines have sums of the same dot product
  } sum_kind_t;

  // What a group reads: lines of a part of a fiber of A for one engine, or a run of B. The run is for all engines that
  // got a part since the previous run.
  typedef struct packed {
    logic       run;     // of B; then kind, engine and fibers are undefined
    sum_kind_t  kind;
    member_t    engine;
    fibers_t    fibers;  // the fiber of A, and the first fiber of the run that follows
    parts_t     stride;  // from one line to the next
    line_addr_t first;
    line_addr_t stop;    // after the last line
  } command_t;

  // Dot products of a fiber of A, with one fiber of B or several, whose sums engines share.
  typedef struct packed {
    fiber_id_t a_id;
    parts_t    first;   // engine
    parts_t    number;  // of engines
  } shared_t;

  // A line of a group with the part that it belongs to.
  typedef struct packed {
    sum_kind_t kind;    // of a part, with spread
    member_t   engine;  // that gets the line, with spread
    tag_t      tag;
  } line_tag_t;

  // A dot product, or a part of it, that the slots of an engine work at together.
  typedef struct packed {
    logic [MaxSlots-1:0] holds;  // slots that have a part of the fiber of A
    sum_kind_t           kind;
  } meet_t;

  // What a line of B is to an engine.
  typedef struct packed {
    logic [MaxSlots-1:0] holds;  // slots that hold a fiber of A to compare it with
    logic                copy;   // in which that fiber lies
    fiber_id_t           id;     // of the line's fiber
  } pass_by_t;

endpackage : flaash_resident_pkg
