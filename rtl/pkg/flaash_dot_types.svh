// SPDX-License-Identifier: Apache-2.0
// Types of a MAC's inputs and outputs whose widths depend on parameters.
//
//   localparam type match_t = `FLAASH_MATCH(ValueWidth)     in the parameter list of a module
//
// FLAASH_MATCH    two values to multiply, one of each fiber, or the end of a pair of fibers
// FLAASH_PRODUCT  their exact product inside the MAC; needs flaash_mac_pkg
// FLAASH_WORD     a word of a portion's sum; likewise
// FLAASH_PART     the same with the slot that it goes to; likewise

`ifndef FLAASH_DOT_TYPES_SVH
`define FLAASH_DOT_TYPES_SVH

`define FLAASH_MATCH(value_width) \
  struct packed { \
    logic product; \
    logic last; \
    logic [(value_width)-1:0] a; \
    logic [(value_width)-1:0] b; \
  }

`define FLAASH_PRODUCT(product_width) \
  struct packed { \
    mac_tag_t tag; \
    logic [PosWidth-1:0] pos; \
    logic [(product_width)-1:0] size; \
  }

`define FLAASH_WORD(word_width) \
  struct packed { \
    part_head_t head; \
    logic [(word_width)-1:0] word; \
  }

`define FLAASH_PART(word_width) \
  struct packed { \
    slot_t slot; \
    part_head_t head; \
    logic [(word_width)-1:0] word; \
  }

`endif  // FLAASH_DOT_TYPES_SVH
