// SPDX-License-Identifier: Apache-2.0
// AXI types: the signals between memory interface and the chip's pins, by DataWidth.
// IDs, sizes and attributes are constant, so only the pins have them. burst_t belongs to flaash_axi_pkg.
//
//   localparam type axi_req_t = `FLAASH_AXI_REQ(DataWidth)   in a parameter list
//
// FLAASH_AXI_REQ   all signals to the memory: FLAASH_AXI_WRITE_REQ, then FLAASH_AXI_READ_REQ
// FLAASH_AXI_RSP   all signals from the memory: FLAASH_AXI_WRITE_RSP, then FLAASH_AXI_READ_RSP
// FLAASH_AXI_BEAT  a beat that was read
// FLAASH_AXI_SINGLE  a beat to write at an address of its own, with its name: its lowest `bytes` bytes are written

`ifndef FLAASH_AXI_SVH
`define FLAASH_AXI_SVH

`define FLAASH_AXI_WRITE_REQ_MEMBERS(data_width) \
    logic                      aw_valid; \
    burst_t                    aw; \
    logic                      w_valid; \
    logic [(data_width)-1:0]   w_data; \
    logic [(data_width)/8-1:0] w_strb; \
    logic                      w_last; \
    logic                      b_ready;

`define FLAASH_AXI_READ_REQ_MEMBERS \
    logic   ar_valid; \
    burst_t ar; \
    logic   r_ready;

`define FLAASH_AXI_WRITE_RSP_MEMBERS \
    logic       aw_ready; \
    logic       w_ready; \
    logic       b_valid; \
    logic [1:0] b_resp;

`define FLAASH_AXI_READ_RSP_MEMBERS(data_width) \
    logic                    ar_ready; \
    logic                    r_valid; \
    logic [(data_width)-1:0] r_data; \
    logic [1:0]              r_resp; \
    logic                    r_last;

`define FLAASH_AXI_REQ(data_width) \
  struct packed { `FLAASH_AXI_WRITE_REQ_MEMBERS(data_width) `FLAASH_AXI_READ_REQ_MEMBERS }
`define FLAASH_AXI_RSP(data_width) \
  struct packed { `FLAASH_AXI_WRITE_RSP_MEMBERS `FLAASH_AXI_READ_RSP_MEMBERS(data_width) }

`define FLAASH_AXI_WRITE_REQ(data_width) struct packed { `FLAASH_AXI_WRITE_REQ_MEMBERS(data_width) }
`define FLAASH_AXI_WRITE_RSP             struct packed { `FLAASH_AXI_WRITE_RSP_MEMBERS }
`define FLAASH_AXI_READ_REQ              struct packed { `FLAASH_AXI_READ_REQ_MEMBERS }
`define FLAASH_AXI_READ_RSP(data_width)  struct packed { `FLAASH_AXI_READ_RSP_MEMBERS(data_width) }

`define FLAASH_AXI_BEAT(data_width) \
  struct packed { \
    resp_t                   resp; \
    logic [(data_width)-1:0] data; \
  }

`define FLAASH_AXI_SINGLE(data_width) \
  struct packed { \
    mem_addr_t               addr; \
    turn_t                   turn; \
    logic [1:0]              array; \
    logic [23:0]             offset; \
    logic [6:0]              bytes; \
    logic [(data_width)-1:0] data; \
  }

`endif  // FLAASH_AXI_SVH
