// SPDX-License-Identifier: Apache-2.0
// Stream checker for proofs: takes the place of the module of the same name in rtl/stream/.
//
// Guarantees  The same handshake rules, as properties: outside reset a beat that was offered and not
//             taken is neither withdrawn nor changed. (Provers have no X.)
// Demands     Nothing; it is passive.

module flaash_stream_checker #(
  parameter int unsigned Width = 32  // bits of a beat, 1 or more
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

  logic             waiting_q;  // the beat of the cycle before was not taken
  logic [Width-1:0] data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) waiting_q <= 1'b0;
    else         waiting_q <= valid_i && !ready_i;
  end

  always_ff @(posedge clk_i) begin
    data_q <= data_i;
  end

  Stays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waiting_q || valid_i);
  Unchanged_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waiting_q || data_i == data_q);

endmodule : flaash_stream_checker
