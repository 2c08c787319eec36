// SPDX-License-Identifier: Apache-2.0
// Last first: chooses the last of NumPorts requests.
//
// Guarantees  grant_o is one-hot and grants the request with the highest number, or is zero if there is none.
// Demands     Whatever waits for earlier ports must not keep a later one from ending.
// Latency     Combinational.
// Reset       No state.
//
// The last port is bit 0 inside, since the lowest set bit of a vector x is x & -x.

`include "flaash_assert.svh"

module flaash_last_first #(
  parameter int unsigned NumPorts = 4,  // 1 or more
  localparam int unsigned IndexWidth = NumPorts > 1 ? $clog2(NumPorts) : 1
) (
  input  logic [NumPorts-1:0]   request_i,
  output logic [NumPorts-1:0]   grant_o,
  output logic [IndexWidth-1:0] index_o   // number of the granted port, 0 if none
);

  if (NumPorts < 1) begin : gen_illegal_ports
    `FLAASH_ILLEGAL("NumPorts must be 1 or more")
  end

  logic [NumPorts-1:0] mirrored, lowest;

  assign lowest = mirrored & (~mirrored + 1'b1);

  for (genvar port = 0; port < int'(NumPorts); port++) begin : gen_mirror
    assign mirrored[port] = request_i[NumPorts-1-port];
    assign grant_o[port]  = lowest[NumPorts-1-port];
  end

  for (genvar bit_no = 0; bit_no < int'(IndexWidth); bit_no++) begin : gen_index
    logic [NumPorts-1:0] column;  // ports whose number has this bit set
    for (genvar port = 0; port < int'(NumPorts); port++) begin : gen_column
      assign column[port] = ((port >> bit_no) & 1) != 0;
    end
    assign index_o[bit_no] = (grant_o & column) != '0;
  end

endmodule : flaash_last_first
