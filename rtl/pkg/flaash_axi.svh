// SPDX-License-Identifier: Apache-2.0
// AXI types: the signals between memory edge and the chip's pins, by DataWidth.
// IDs, sizes and attributes are constant, so only the pins have them. burst_t belongs to flaash_axi_pkg.
//
//   localparam type axi_req_t = `FLAASH_AXI_REQ(DataWidth)   in a parameter list
//
// FLAASH_AXI_REQ  all signals to the memory; FLAASH_AXI_RSP  all signals from the memory
// FLAASH_AXI_W    a beat of a write;         FLAASH_AXI_R    a beat of a read

`ifndef FLAASH_AXI_SVH
`define FLAASH_AXI_SVH

`define FLAASH_AXI_REQ(data_width) \
  struct packed { \
    logic                      aw_valid; \
    burst_t                    aw; \
    logic                      w_valid; \
    logic [(data_width)-1:0]   w_data; \
    logic [(data_width)/8-1:0] w_strb; \
    logic                      w_last; \
    logic                      b_ready; \
    logic                      ar_valid; \
    burst_t                    ar; \
    logic                      r_ready; \
  }

`define FLAASH_AXI_W(data_width) \
  struct packed { \
    logic [(data_width)-1:0]   data; \
    logic [(data_width)/8-1:0] strb; \
    logic                      last; \
  }

`define FLAASH_AXI_R(data_width) \
  struct packed { \
    logic [(data_width)-1:0] data; \
    logic [1:0]              resp; \
    logic                    last; \
  }

`define FLAASH_AXI_RSP(data_width) \
  struct packed { \
    logic                      aw_ready; \
    logic                      w_ready; \
    logic                      b_valid; \
    logic [1:0]                b_resp; \
    logic                      ar_ready; \
    logic                      r_valid; \
    logic [(data_width)-1:0]   r_data; \
    logic [1:0]                r_resp; \
    logic                      r_last; \
  }

`endif  // FLAASH_AXI_SVH
