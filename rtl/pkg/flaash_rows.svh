// SPDX-License-Identifier: Apache-2.0
// Beats of a result in rows, by their width in bits.
//
//   localparam type beat_t = `FLAASH_ROW_BEAT(DataWidth)   in a parameter list
//
// FLAASH_ROW_BEAT  a beat of an array: the lowest `bytes` bytes are written, `offset` bytes after the array's address

`ifndef FLAASH_ROWS_SVH
`define FLAASH_ROWS_SVH

`define FLAASH_ROW_BEAT(width) \
  struct packed { \
    row_array_e array; \
    logic [35:0] offset; \
    logic [6:0] bytes; \
    logic [(width)-1:0] data; \
  }

`endif  // FLAASH_ROWS_SVH
