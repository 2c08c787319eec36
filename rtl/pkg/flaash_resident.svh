// SPDX-License-Identifier: Apache-2.0
// Types of the resident machine whose widths depend on parameters.
//
//   localparam type match_t = `FLAASH_RESIDENT_MATCH(EntryWidth, ValueWidth)   in the parameter list of a module
//
// FLAASH_RESIDENT_MATCH  an entry of a resident fiber, by its number, and the value of B to multiply it with
// FLAASH_HIT_LINE        a line of B that has been compared, with the lanes whose coordinates the resident fiber has
// FLAASH_RESIDENT_LINE   a line of B on its way to the slots of an engine; needs flaash_resident_pkg

`ifndef FLAASH_RESIDENT_SVH
`define FLAASH_RESIDENT_SVH

`define FLAASH_RESIDENT_MATCH(entry_width, value_width) \
  struct packed { \
    logic product; \
    logic last; \
    logic copy; \
    flaash_pkg::fiber_id_t b_id; \
    logic [(entry_width)-1:0] entry; \
    logic [(value_width)-1:0] value; \
  }

`define FLAASH_HIT_LINE(lanes, coord_width, value_width) \
  struct packed { \
    logic [(lanes)-1:0] hits; \
    logic last; \
    logic copy; \
    flaash_pkg::fiber_id_t b_id; \
    logic [(lanes)-1:0][(value_width)-1:0] values; \
    logic [(lanes)-1:0][(coord_width)-1:0] coords; \
  }

`define FLAASH_RESIDENT_LINE(lanes, coord_width, value_width) \
  struct packed { \
    pass_by_t by; \
    `FLAASH_LINE(lanes, coord_width, value_width) line; \
  }

`endif  // FLAASH_RESIDENT_SVH
