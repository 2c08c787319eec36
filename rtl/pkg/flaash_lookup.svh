// SPDX-License-Identifier: Apache-2.0
// Types of the lookup engine whose widths depend on parameters.
//
//   localparam type hit_line_t = `FLAASH_HIT_LINE(Lanes, CoordWidth, ValueWidth)   in the parameter list of a module
//
// FLAASH_LOAD_LINE   the coordinates of a line of A, for the table
// FLAASH_HIT_LINE    a line of B that has been looked up, with the entries that the resident fiber has, too
// FLAASH_RESIDENT    an entry of a resident fiber, by its coordinate
// FLAASH_RANK        the rank is base + bits set in below: the number of entries of the fiber before this one
// FLAASH_TABLE_WORD  a word of the table as it is written
// FLAASH_VALUE_LINE  the place of a line of values of a resident fiber

`ifndef FLAASH_LOOKUP_SVH
`define FLAASH_LOOKUP_SVH

// Coordinates of a table's word.
`define FLAASH_TABLE_BITS(coord_width) (2 ** (((coord_width) < 7) ? (coord_width) : 7))

// Bits that number the words of both copies.
`define FLAASH_TABLE_ID(coord_width) (((coord_width) < 7) ? 1 : (coord_width) - 6)

`define FLAASH_LOAD_LINE(lanes, coord_width) \
  struct packed { \
    logic opens; \
    logic copy; \
    logic [$clog2(lanes):0] count; \
    logic [(lanes)-1:0][(coord_width)-1:0] coords; \
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

`define FLAASH_RESIDENT(coord_width) \
  struct packed { \
    logic copy; \
    logic [(coord_width)-1:0] coord; \
  }

`define FLAASH_RANK(coord_width) \
  struct packed { \
    logic [`FLAASH_TABLE_BITS(coord_width)-1:0] below; \
    logic [(coord_width)-1:0] base; \
  }

`define FLAASH_TABLE_WORD(coord_width) \
  struct packed { \
    logic [`FLAASH_TABLE_ID(coord_width)-1:0] id; \
    logic [`FLAASH_TABLE_BITS(coord_width)-1:0] bits; \
    logic [(coord_width)-1:0] base; \
  }

`define FLAASH_VALUE_LINE(lanes, coord_width) \
  struct packed { \
    logic copy; \
    logic [(coord_width)-$clog2(lanes)-1:0] number; \
  }

`endif  // FLAASH_LOOKUP_SVH
