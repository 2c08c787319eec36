// SPDX-License-Identifier: Apache-2.0
// Payloads of streams for one cycle, by their width.
//
//   localparam type beat_t = `FLAASH_BEAT(Width)   in a parameter list
//
// FLAASH_BEAT     of an operand frame or a result frame
// FLAASH_LEAF     entries of an operand: coordinates and values of its leaf
// FLAASH_OPERAND  the channels of an operand, from an interface to the loader; needs flaash_host_pkg
// FLAASH_BATCH    results that leave together, from element 0 on; needs flaash_pkg

`ifndef FLAASH_BEAT_SVH
`define FLAASH_BEAT_SVH

`define FLAASH_BEAT(width) \
  struct packed { \
    logic last; \
    logic [(width)-1:0] data; \
  }

// `over` marks coordinates with more bits than a coordinate of the build.
`define FLAASH_LEAF(entries, coord_width, value_width) \
  struct packed { \
    logic last; \
    logic [(entries)-1:0] over; \
    logic [(entries)-1:0][(value_width)-1:0] values; \
    logic [(entries)-1:0][(coord_width)-1:0] coords; \
  }

// Each channel has a valid; the loader's ready is in operand_ready_t.
`define FLAASH_OPERAND(width, entries, coord_width, value_width) \
  struct packed { \
    logic flush; \
    logic open; \
    error_t fault; \
    logic head_valid; \
    operand_head_t head; \
    logic level_valid; \
    operand_level_t level; \
    logic framed; \
    logic upper_valid; \
    logic upper_last; \
    logic [(width)-1:0] upper; \
    logic leaf_valid; \
    `FLAASH_LEAF(entries, coord_width, value_width) leaf; \
  }

`define FLAASH_BATCH(lanes) \
  struct packed { \
    batch_count_t count; \
    result_t [(lanes)-1:0] results; \
  }

`endif  // FLAASH_BEAT_SVH
