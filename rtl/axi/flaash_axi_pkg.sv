// SPDX-License-Identifier: Apache-2.0
// Types of reads and writes at an AXI4 bus, of every width.

package flaash_axi_pkg;

  typedef logic [63:0] mem_addr_t;

  // The address channel of a burst; all others of its signals are constant.
  typedef struct packed {
    mem_addr_t  addr;
    logic [7:0] len;  // beats - 1
  } burst_t;

  // Reads from memory: whole beats of the bus.
  typedef struct packed {
    mem_addr_t   addr;   // a multiple of 64
    logic [31:0] beats;  // 1 or more
  } read_req_t;

  // The response of the memory to a beat of data.
  typedef struct packed {
    logic wrong;   // an error response
    logic decode;  // DECERR, not SLVERR
  } resp_t;

  // Streams whose bursts are on their way to memory take turns. A turn lasts two round trips of a write, or one.
  localparam int unsigned Turns = 8;

  typedef logic [$clog2(Turns)-1:0] turn_t;

  // The content of a burst of writes.
  typedef struct packed {
    logic        line;    // a single line, not the beats of a stream
    turn_t       turn;
    logic [1:0]  array;   // of a single beat, else 0
    logic [23:0] offset;  // of its address in the stream's buffer or the beat's array, in units of 16 bytes
  } burst_name_t;

  // A line of 64 bytes that is written as one burst, between the bursts of a stream.
  localparam int unsigned LineBytes = 64;

  typedef struct packed {
    mem_addr_t              addr;  // a multiple of LineBytes
    turn_t                  turn;
    logic [8*LineBytes-1:0] data;
  } line_t;

endpackage : flaash_axi_pkg
