// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_axil_slave: for any host each access is one cycle with one response, which the registers decide
// in that cycle. It waits only for the previous response of its direction.

module flaash_formal_axil_slave
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input logic        clk_i,
  input logic        rst_ni,
  input axil_req_t   axil_i,
  input logic        write_error_i,
  input reg_rsp_t reg_rsp_i
);

  axil_rsp_t  axil;
  reg_write_t write;
  logic       command;
  reg_read_t  read;

  flaash_formal_producer #(
    .Width(RegAddrWidth + 3)
  ) u_aw (
    .clk_i, .rst_ni,
    .valid_i(axil_i.awvalid), .ready_i(axil.awready), .data_i({axil_i.awprot, axil_i.awaddr})
  );

  flaash_formal_producer #(
    .Width(36)
  ) u_w (
    .clk_i, .rst_ni,
    .valid_i(axil_i.wvalid), .ready_i(axil.wready), .data_i({axil_i.wstrb, axil_i.wdata})
  );

  flaash_formal_producer #(
    .Width(RegAddrWidth + 3)
  ) u_ar (
    .clk_i, .rst_ni,
    .valid_i(axil_i.arvalid), .ready_i(axil.arready), .data_i({axil_i.arprot, axil_i.araddr})
  );

  flaash_axil_slave u_dut (
    .clk_i, .rst_ni,
    .axil_i, .axil_o(axil), .write_o(write), .command_o(command), .write_error_i, .read_o(read), .reg_rsp_i
  );

  // Accepted accesses without a response: at most the one that waits, and the one whose response waits.
  logic [1:0] addresses_q, data_q, writes_q, reads_q;  // accepted; of writes that took place: without their response
  logic       aw, w, b, ar, r;
  logic       wrong_q, bad_q;  // the registers' verdict in the cycle of the access
  logic [31:0] reported_q;

  assign aw = axil_i.awvalid && axil.awready;
  assign w  = axil_i.wvalid && axil.wready;
  assign b  = axil.bvalid && axil_i.bready;
  assign ar = axil_i.arvalid && axil.arready;
  assign r  = axil.rvalid && axil_i.rready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addresses_q <= '0;
      data_q      <= '0;
      writes_q    <= '0;
      reads_q     <= '0;
      wrong_q     <= 1'b0;
      bad_q       <= 1'b0;
      reported_q  <= '0;
    end else begin
      addresses_q <= addresses_q + 2'(aw) - 2'(write.valid);
      data_q      <= data_q + 2'(w) - 2'(write.valid);
      writes_q    <= writes_q + 2'(write.valid) - 2'(b);
      reads_q     <= reads_q + 2'(ar) - 2'(r);
      if (write.valid) wrong_q <= write_error_i;
      if (read.valid) {bad_q, reported_q} <= {reg_rsp_i.error, reg_rsp_i.error ? 32'd0 : reg_rsp_i.data};
    end
  end

  // Each response belongs to an access, and each access has both address and data.
  Addresses_A : assert property (@(posedge clk_i) disable iff (!rst_ni) addresses_q == 2'(u_dut.aw_held_q));
  Data_A      : assert property (@(posedge clk_i) disable iff (!rst_ni) data_q == 2'(u_dut.w_held_q));
  Writes_A    : assert property (@(posedge clk_i) disable iff (!rst_ni) writes_q == 2'(axil.bvalid));
  Reads_A     : assert property (@(posedge clk_i) disable iff (!rst_ni)
      reads_q == 2'(u_dut.ar_held_q) + 2'(axil.rvalid));

  // An access takes place at once, unless the previous response is not accepted.
  WriteNow_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      write.valid == (addresses_q != '0 && data_q != '0 && (!axil.bvalid || axil_i.bready)));
  ReadNow_A  : assert property (@(posedge clk_i) disable iff (!rst_ni)
      read.valid == (u_dut.ar_held_q && (!axil.rvalid || axil_i.rready)));

  // A command is told from other writes before its cycle.
  Held_A    : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.command_q == (u_dut.addr_q == RegControl));
  Command_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      command == (write.valid && write.addr == RegControl));

  // The verdict of its cycle is the response.
  WriteAnswer_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !axil.bvalid || axil.bresp == {wrong_q, 1'b0});
  ReadAnswer_A  : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !axil.rvalid || (axil.rresp == {bad_q, 1'b0} && axil.rdata == reported_q));

  RightAfter_C : cover property (@(posedge clk_i) disable iff (!rst_ni) write.valid && b);

endmodule : flaash_formal_axil_slave
