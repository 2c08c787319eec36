// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_edge_bus: for any host, chip and commands each write goes where it belongs, and neither the host nor
// the edge's own commands wait for more than one access of the other.

module flaash_formal_edge_bus
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_edge_pkg::*;
(
  input logic      clk_i,
  input logic      rst_ni,
  input axil_req_t axil_i,
  input axil_rsp_t chip_i,
  input logic      command_valid_i,
  input command_t  command_i,
  input logic      write_known_i,
  input logic      read_known_i
);

  axil_rsp_t               axil;
  axil_req_t               chip;
  logic                    aborting, command_ready;
  reg_write_t              write;
  logic [RegAddrWidth-1:0] write_addr, read_addr;

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

  flaash_formal_producer #(
    .Width($bits(command_t))
  ) u_commands (
    .clk_i, .rst_ni,
    .valid_i(command_valid_i), .ready_i(command_ready), .data_i(command_i)
  );

  flaash_edge_bus u_dut (
    .clk_i, .rst_ni,
    .axil_i, .axil_o(axil), .chip_o(chip), .chip_i, .aborting_o(aborting),
    .command_valid_i, .command_ready_o(command_ready), .command_i,
    .write_o(write), .write_addr_o(write_addr), .write_known_i,
    .read_addr_o(read_addr), .read_known_i, .read_data_i('0)
  );

  // ---------------------------------------------------------------------- turns
  logic       host, begins, own;  // a write of the host waits; an access begins, of the edge
  logic [1:0] commands_q;         // that began while a write of the host waited
  logic [1:0] writes_q;           // of the host, that began while a command waited

  assign host   = u_dut.aw_held_q && u_dut.w_held_q;
  assign own    = u_dut.write_state_q == 2'd0 && command_valid_i && !u_dut.host_write;
  assign begins = own || u_dut.host_write;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      commands_q <= '0;
      writes_q   <= '0;
    end else begin
      if (u_dut.host_write) commands_q <= '0;
      else if (own && host && commands_q != '1) commands_q <= commands_q + 2'd1;
      if (own) writes_q <= '0;
      else if (u_dut.host_write && command_valid_i && writes_q != '1) writes_q <= writes_q + 2'd1;
    end
  end

  HostWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) commands_q <= 2'd1);
  CommandWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) writes_q <= 2'd1);
  // Whoever waits in an idle cycle, one of them begins.
  Begins_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.write_state_q != 2'd0 || !(host || command_valid_i) || begins);

  // What makes it inductive.
  HostNext_A : assert property (@(posedge clk_i) disable iff (!rst_ni) commands_q == '0 || (host && u_dut.own_q));
  CommandNext_A : assert property (@(posedge clk_i) disable iff (!rst_ni) writes_q == '0 || command_valid_i);
  CommandTurn_A : assert property (@(posedge clk_i) disable iff (!rst_ni) writes_q == '0 || !u_dut.own_q);

  InTurns_C : cover property (@(posedge clk_i) disable iff (!rst_ni) own && host && writes_q == 2'd1);

endmodule : flaash_formal_edge_bus
