// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_stream_fifo: its guarantees, for any traffic and any reset.

module flaash_formal_stream_fifo #(
  parameter int unsigned Width = 4,
  parameter int unsigned Depth = 4,
  parameter int unsigned OutputRegister = 0,
  localparam int unsigned PtrWidth = $clog2(Depth)
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             in_valid_i,
  input logic [Width-1:0] in_data_i,
  input logic             out_ready_i,
  input logic             mark_i
);

  logic              in_ready, out_valid;
  logic [Width-1:0]  out_data;
  logic [PtrWidth:0] usage;

  flaash_formal_producer #(
    .Width(Width)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_data_i)
  );

  flaash_stream_fifo #(
    .Width(Width),
    .Depth(Depth),
    .OutputRegister(OutputRegister)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_data_i,
    .out_valid_o(out_valid),
    .out_ready_i,
    .out_data_o (out_data),
    .usage_o    (usage)
  );

  // ------------------------------------------------------------- order and content
  logic [Depth-1:0]            slot_valid;
  logic [Depth-1:0][Width-1:0] slot_data;

  for (genvar i = 0; i < Depth; i++) begin : gen_slot
    assign slot_valid[i] = usage > (PtrWidth + 1)'(i);
    assign slot_data[i]  = u_dut.mem_q[PtrWidth'(u_dut.rd_ptr_q + (PtrWidth + 1)'(i))];
  end

  flaash_formal_order #(
    .Width(Width),
    .Slots(Depth)
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
  NothingWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) out_valid == (u_order.inside_q != '0));
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      in_ready == (32'(u_order.inside_q) < Depth));
  Usage_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(usage) == 32'(u_order.inside_q));

endmodule : flaash_formal_stream_fifo
