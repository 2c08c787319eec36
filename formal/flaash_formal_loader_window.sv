// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_loader_window: its guarantees, for any traffic and any reset. A beat that waits may change.
// Its lowest bit says whether it is an inner one.

module flaash_formal_loader_window #(
  parameter int unsigned Width = 4
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             in_valid_i,
  input logic [Width-1:0] in_data_i,
  input logic             out_ready_i,
  input logic             mark_i
);

  localparam int unsigned Places = 3;

  logic             in_ready, out_valid, next_valid;
  logic [Width-1:0] out_data, next_data;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  flaash_loader_window #(
    .Width(Width)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o  (in_ready),
    .in_inner_i  (in_data_i[0]),
    .in_data_i,
    .out_valid_o (out_valid),
    .out_ready_i,
    .out_data_o  (out_data),
    .next_valid_o(next_valid),
    .next_data_o (next_data)
  );

  // ------------------------------------------------------------- order and content
  logic [Places-1:0]            slot_valid;
  logic [Places-1:0][Width-1:0] slot_data;
  logic [Places-1:0]            slot_inner;
  logic [Places-1:0]            place;  // of the slot, one bit

  always_comb begin
    place = u_dut.read_q;
    for (int unsigned i = 0; i < Places; i++) begin
      slot_valid[i] = (u_dut.valid_q & place) != '0;
      slot_inner[i] = (u_dut.inner_q & place) != '0;
      slot_data[i]  = '0;
      for (int unsigned p = 0; p < Places; p++) begin
        if (place[p]) slot_data[i] = slot_data[i] | u_dut.beats_q[p];
      end
      place = {place[Places-2:0], place[Places-1]};
    end
  end

  flaash_formal_order #(
    .Width(Width),
    .Slots(Places)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (in_valid_i && in_ready),
    .push_data_i (in_data_i),
    .pop_i       (out_valid && out_ready_i),
    .pop_data_i  (out_data),
    .slot_valid_i(slot_valid),
    .slot_data_i (slot_data)
  );

  // ------------------------------------------------------------------ properties
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni) in_ready == (32'(u_order.inside_q) < Places));
  Both_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid == (u_order.inside_q != '0) && next_valid == slot_inner[1]);
  Filled_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      slot_valid == Places'((32'd1 << u_order.inside_q) - 32'd1));
  for (genvar i = 0; i < Places; i++) begin : gen_slot
    Inner_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        slot_inner[i] == (slot_valid[i] && slot_data[i][0]));
  end
  Marked_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_order.marked_q && 32'(u_order.ahead_q) == 1) || next_data == u_order.data_q);

endmodule : flaash_formal_loader_window
