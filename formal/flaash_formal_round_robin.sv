// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_round_robin: its guarantees, for any requests.

module flaash_formal_round_robin #(
  parameter int unsigned NumPorts = 5,
  localparam int unsigned IndexWidth = NumPorts > 1 ? $clog2(NumPorts) : 1
) (
  input logic                clk_i,
  input logic                rst_ni,
  input logic [NumPorts-1:0] request_i,
  input logic                accept_i
);

  logic [NumPorts-1:0]   grant;
  logic [IndexWidth-1:0] index;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  flaash_round_robin #(
    .NumPorts(NumPorts)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .request_i,
    .accept_i,
    .grant_o(grant),
    .index_o(index)
  );

  flaash_formal_turns #(
    .Ports(NumPorts)
  ) u_turns (
    .clk_i,
    .rst_ni,
    .asks_i (request_i),
    .grant_i(accept_i ? grant : '0),
    .mask_i (u_dut.mask_q)
  );

  // ------------------------------------------------------------------ properties
  Index_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      grant == ((request_i == '0) ? '0 : NumPorts'(1) << index));
  NoIndex_A : assert property (@(posedge clk_i) disable iff (!rst_ni) request_i != '0 || index == '0);

endmodule : flaash_formal_round_robin
