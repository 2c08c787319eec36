// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_stream_register: its guarantees, for any traffic and any reset.

module flaash_formal_stream_register #(
  parameter int unsigned Width = 4
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             in_valid_i,
  input logic [Width-1:0] in_data_i,
  input logic             out_ready_i,
  input logic             mark_i
);

  logic             in_ready, out_valid;
  logic [Width-1:0] out_data;

  flaash_formal_producer #(
    .Width(Width)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_data_i)
  );

  flaash_stream_register #(
    .Width(Width)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_data_i,
    .out_valid_o(out_valid),
    .out_ready_i,
    .out_data_o (out_data)
  );

  flaash_formal_order #(
    .Width(Width),
    .Slots(2)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (in_valid_i && in_ready),
    .push_data_i (in_data_i),
    .pop_i       (out_valid && out_ready_i),
    .pop_data_i  (out_data),
    .slot_valid_i({u_dut.skid_valid_q, u_dut.out_valid_q}),
    .slot_data_i ({u_dut.skid_q, u_dut.out_q})
  );

  // ------------------------------------------------------------------ properties
  NothingWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) out_valid == (u_order.inside_q != '0));
  // Room for one beat is all that full throughput needs.
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni) in_ready == (32'(u_order.inside_q) < 2));

endmodule : flaash_formal_stream_register
