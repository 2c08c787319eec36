// SPDX-License-Identifier: Apache-2.0
// Types of the example system with the memory interface: the channels of its AXI4 buses.

package flaash_memory_system_pkg;

  localparam int unsigned DataWidth = 128;
  localparam int unsigned MemoryBytes = 'h2_0000;

  typedef logic id_t;  // of a master; after the interconnect the number of the master precedes it

  typedef struct packed {
    id_t         id;
    logic [63:0] addr;
    logic [7:0]  len;
    logic [2:0]  size;
    logic [1:0]  burst;
  } axi_a_t;

  typedef struct packed {
    logic [DataWidth-1:0]   data;
    logic [DataWidth/8-1:0] strb;
    logic                   last;
  } axi_w_t;

  typedef struct packed {
    id_t        id;
    logic [1:0] resp;
  } axi_b_t;

  typedef struct packed {
    id_t                  id;
    logic [DataWidth-1:0] data;
    logic [1:0]           resp;
    logic                 last;
  } axi_r_t;

endpackage : flaash_memory_system_pkg
