// SPDX-License-Identifier: Apache-2.0
// Round-robin pick: chooses one of NumPorts requests, the next one after the last winner.
//
// Guarantees  grant_o is one-hot and grants a request, or zero if there is none. A request that
//             stays is granted after at most NumPorts - 1 other accepted grants.
// Demands     accept_i only when the grant takes effect; the priority moves on then.
// Latency     Combinational.
// Reset       Port 0 has the highest priority.
//
// Bits above the last winner are tried first (mask_q), then all of them; both are tried at the same time. The lowest
// set bit of a vector x is x & -x, and its number is an OR over fixed columns. Without a loop over ports the code
// stays small in hardware and in simulation, also for 128 ports.

`include "flaash_assert.svh"

module flaash_round_robin #(
  parameter int unsigned NumPorts = 4,  // 1 or more
  localparam int unsigned IndexWidth = NumPorts > 1 ? $clog2(NumPorts) : 1
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [NumPorts-1:0]   request_i,
  input  logic                  accept_i,
  output logic [NumPorts-1:0]   grant_o,
  output logic [IndexWidth-1:0] index_o   // number of the granted port, 0 if none
);

  if (NumPorts < 1) begin : gen_illegal_ports
    `FLAASH_ILLEGAL("NumPorts must be 1 or more")
  end

  // -------------------------------------------------------------------- choice
  logic [NumPorts-1:0] mask_q;
  logic [NumPorts-1:0] preferred;

  assign preferred = request_i & mask_q;
  assign grant_o   = (preferred != '0) ? preferred & (~preferred + 1'b1) : request_i & (~request_i + 1'b1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mask_q <= '1;
    end else if (accept_i && grant_o != '0) begin
      // grant ^ (grant - 1) covers the winner and everything below it.
      mask_q <= ~(grant_o ^ (grant_o - 1'b1));
    end
  end

  // -------------------------------------------------------------------- number
  for (genvar bit_no = 0; bit_no < IndexWidth; bit_no++) begin : gen_index
    logic [NumPorts-1:0] column;  // ports whose number has this bit set
    for (genvar port = 0; port < NumPorts; port++) begin : gen_column
      assign column[port] = ((port >> bit_no) & 1) != 0;
    end
    assign index_o[bit_no] = (grant_o & column) != '0;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneHot_A, $onehot0(grant_o), "more than one grant")
  `FLAASH_ASSERT(OnlyRequests_A, (grant_o & ~request_i) == '0, "a grant without a request")
  `FLAASH_ASSERT(NeverIdle_A, (request_i == '0) == (grant_o == '0), "requests, but no grant")
  `FLAASH_COVER(WrapsAround_C, accept_i && request_i != '0 && preferred == '0)

endmodule : flaash_round_robin
