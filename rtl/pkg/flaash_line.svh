// SPDX-License-Identifier: Apache-2.0
// A line: what the tensor memory stores at one address and a fiber loader delivers per beat.
//
// Fibers start at a line boundary. Lanes 0 to count-1 hold entries in ascending coordinate
// order; the lanes above are zero. `last` marks the last line of a fiber.
//
//   `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)              declares the type line_t
//   localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, ValueWidth)   likewise, in a parameter list
//   localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
//
// A line_write_t is on its way to the tensor memory: line `id`; with `pair` also the next line of the same fiber.

`ifndef FLAASH_LINE_SVH
`define FLAASH_LINE_SVH

`define FLAASH_LINE(lanes, coord_width, value_width) \
  struct packed { \
    logic last; \
    logic [$clog2(lanes):0] count; \
    logic [(lanes)-1:0][(value_width)-1:0] values; \
    logic [(lanes)-1:0][(coord_width)-1:0] coords; \
  }

`define FLAASH_LINE_T(name, lanes, coord_width, value_width) \
  typedef `FLAASH_LINE(lanes, coord_width, value_width) name;

// Bits of such a line, for ports and memories that do not look inside.
`define FLAASH_LINE_WIDTH(lanes, coord_width, value_width) \
  (1 + $clog2(lanes) + 1 + (lanes) * ((coord_width) + (value_width)))

`define FLAASH_LINE_WRITE(line_width, line_writes) \
  struct packed { \
    logic valid; \
    logic pair; \
    flaash_pkg::line_id_t id; \
    logic [(line_writes)-1:0][(line_width)-1:0] lines; \
  }

`endif  // FLAASH_LINE_SVH
