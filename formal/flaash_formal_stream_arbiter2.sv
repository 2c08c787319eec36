// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_stream_arbiter2: its guarantees, for any traffic and any reset.
//
// The top bit of a beat names its input; the arbiter does not look at it.

module flaash_formal_stream_arbiter2 #(
  parameter int unsigned Width = 4
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic [1:0]            in_valid_i,
  input logic [1:0][Width-2:0] in_payload_i,
  input logic                  out_ready_i,
  input logic                  mark_i
);

  logic [1:0]            in_ready, push;
  logic [1:0][Width-1:0] in_data;
  logic                  out_valid;
  logic [Width-1:0]      out_data;

  assign in_data = {1'b1, in_payload_i[1], 1'b0, in_payload_i[0]};
  assign push    = in_valid_i & in_ready;

  flaash_formal_producer #(
    .Streams(2),
    .Width  (Width - 1)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_payload_i)
  );

  flaash_stream_arbiter2 #(
    .Width(Width)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_data_i  (in_data),
    .out_valid_o(out_valid),
    .out_ready_i,
    .out_data_o (out_data)
  );

  // -------------------------------------------------------------------- per input
  for (genvar i = 0; i < 2; i++) begin : gen_input
    flaash_formal_order #(
      .Width(Width),
      .Slots(2)
    ) u_order (
      .clk_i,
      .rst_ni,
      .mark_i,
      .push_i      (push[i]),
      .push_data_i (in_data[i]),
      .pop_i       (out_valid && out_ready_i && out_data[Width-1] == 1'(i)),
      .pop_data_i  (out_data),
      .slot_valid_i({u_dut.gen_register.u_register.skid_valid_q
                     && u_dut.gen_register.u_register.skid_q[Width-1] == 1'(i),
                     u_dut.gen_register.u_register.out_valid_q
                     && u_dut.gen_register.u_register.out_q[Width-1] == 1'(i)}),
      .slot_data_i ({u_dut.gen_register.u_register.skid_q, u_dut.gen_register.u_register.out_q})
    );

    // The other input is accepted at most once while this one waits.
    logic overtaken_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) overtaken_q <= 1'b0;
      else         overtaken_q <= in_valid_i[i] && !push[i] && (overtaken_q || push[1-i]);
    end

    Turns_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(overtaken_q && push[1-i]));
    HasTurn_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !overtaken_q || (in_valid_i[i] && u_dut.turn_q == 1'(i)));
    Overtaken_C : cover property (@(posedge clk_i) disable iff (!rst_ni) overtaken_q && push[i]);
  end

  // ------------------------------------------------------------------ properties
  FullRate_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(in_valid_i != '0 && (!out_valid || out_ready_i) && !u_dut.gen_register.u_register.skid_valid_q) || push != '0);

endmodule : flaash_formal_stream_arbiter2
