// SPDX-License-Identifier: Apache-2.0
// Payloads of streams for one cycle, by their width.
//
//   localparam type beat_t = `FLAASH_BEAT(Width)   in a parameter list
//
// FLAASH_BEAT     of an operand frame or a result frame
// FLAASH_OPERAND  of an operand, as an edge hands it to the core; needs flaash_host_pkg
// FLAASH_BATCH    results that leave together, from element 0 on; needs flaash_pkg

`ifndef FLAASH_BEAT_SVH
`define FLAASH_BEAT_SVH

`define FLAASH_BEAT(width) \
  struct packed { \
    logic last; \
    logic [(width)-1:0] data; \
  }

`define FLAASH_OPERAND(width) \
  struct packed { \
    operand_section_e section; \
    logic [4:0] words; \
    logic last; \
    logic [(width)-1:0] data; \
  }

`define FLAASH_BATCH(lanes) \
  struct packed { \
    batch_count_t count; \
    result_t [(lanes)-1:0] results; \
  }

`endif  // FLAASH_BEAT_SVH
