// SPDX-License-Identifier: Apache-2.0
// A beat of an AXI4-Stream inside the chip, by its width.
//
//   localparam type beat_t = `FLAASH_BEAT(Width)   in a parameter list

`ifndef FLAASH_BEAT_SVH
`define FLAASH_BEAT_SVH

`define FLAASH_BEAT(width) \
  struct packed { \
    logic last; \
    logic [(width)-1:0] data; \
  }

`endif  // FLAASH_BEAT_SVH
