// SPDX-License-Identifier: Apache-2.0
// Producer of a proof: assumes that free inputs keep to the handshake rules and to the reset.
//
// Guarantees  Reset is active in the first cycle, and at any time after it. On each of Streams streams a
//             beat that was offered and not accepted stays, unchanged.
// Demands     valid_i and data_i are free inputs of the wrapper.

module flaash_formal_producer #(
  parameter int unsigned Streams = 1,  // 1 or more
  parameter int unsigned Width   = 1   // bits of a beat, 1 or more
) (
  input logic                          clk_i,
  input logic                          rst_ni,
  input logic [Streams-1:0]            valid_i,
  input logic [Streams-1:0]            ready_i,
  input logic [Streams-1:0][Width-1:0] data_i
);

  logic                          started_q = 1'b0;
  logic [Streams-1:0]            waiting_q;
  logic [Streams-1:0][Width-1:0] data_q;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    waiting_q <= valid_i & ~ready_i & {Streams{rst_ni}};
    data_q    <= data_i;
  end

  ResetFirst_M : assume property (@(posedge clk_i) started_q || !rst_ni);

  for (genvar i = 0; i < Streams; i++) begin : gen_stream
    Stays_M : assume property (@(posedge clk_i) !waiting_q[i] || !rst_ni || valid_i[i]);
    Unchanged_M : assume property (@(posedge clk_i) !waiting_q[i] || !rst_ni || data_i[i] == data_q[i]);
  end

endmodule : flaash_formal_producer
