// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite slave: turns the five channels into single accesses to registers.
//
// Guarantees  Each access of the host gives one cycle of write_o.valid or read_o.valid, with its address, data
//             and strobes. write_error_i and reg_rsp_i of that cycle decide the response (SLVERR or OKAY).
//             Responses keep the order of the accesses.
// Demands     The AXI handshake rules. Address and data of a write may arrive in any order.
// Latency     Access one cycle after the last of address and data; response one cycle later.
// Throughput  One access per two cycles and direction; reads and writes don't wait for each other.
// Stalls      A response that is not accepted holds back the next access of its direction.
// Reset       Drops accesses in progress.

`include "flaash_assert.svh"

module flaash_axil_slave
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  axil_req_t               axil_i,  // the protection bits are ignored
  output axil_rsp_t               axil_o,
  output reg_write_t              write_o,
  output logic                    command_o,  // with it: to RegControl
  input  logic                    write_error_i,
  output reg_read_t               read_o,
  input  reg_rsp_t                reg_rsp_i
);

  localparam logic [1:0] RespOkay   = 2'b00;
  localparam logic [1:0] RespSlvErr = 2'b10;

  // --------------------------------------------------------------------- writes
  logic                    aw_held_q, w_held_q, bvalid_q, write_valid;
  logic                    command_q;  // commands have most to do in a cycle, so the address is compared before
  logic [1:0]              bresp_q;
  logic [RegAddrWidth-1:0] addr_q;
  logic [31:0]             data_q, mask;
  logic [3:0]              strb_q;

  assign write_valid = aw_held_q && w_held_q && (!bvalid_q || axil_i.bready);
  assign mask        = {{8{strb_q[3]}}, {8{strb_q[2]}}, {8{strb_q[1]}}, {8{strb_q[0]}}};
  assign command_o   = write_valid && command_q;

  assign write_o.valid = write_valid;
  assign write_o.addr  = addr_q;
  assign write_o.mask  = mask;
  assign write_o.bits  = data_q & mask;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_held_q <= 1'b0;
      w_held_q  <= 1'b0;
      addr_q    <= '0;
      command_q <= 1'b0;
      data_q    <= '0;
      strb_q    <= '0;
      bvalid_q  <= 1'b0;
      bresp_q   <= RespOkay;
    end else begin
      if (axil_i.awvalid && !aw_held_q) begin
        aw_held_q <= 1'b1;
        addr_q    <= axil_i.awaddr;
        command_q <= axil_i.awaddr == RegControl;
      end
      if (axil_i.wvalid && !w_held_q) begin
        w_held_q <= 1'b1;
        data_q   <= axil_i.wdata;
        strb_q   <= axil_i.wstrb;
      end
      if (axil_i.bready) bvalid_q <= 1'b0;
      if (write_valid) begin
        aw_held_q <= 1'b0;
        w_held_q  <= 1'b0;
        bvalid_q  <= 1'b1;
        bresp_q   <= write_error_i ? RespSlvErr : RespOkay;
      end
    end
  end

  // ---------------------------------------------------------------------- reads
  logic                    ar_held_q, rvalid_q, read_valid;
  logic [RegAddrWidth-1:0] read_addr_q;
  logic [1:0]              rresp_q;
  logic [31:0]             rdata_q;

  assign read_valid = ar_held_q && (!rvalid_q || axil_i.rready);
  assign read_o     = {read_valid, read_addr_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ar_held_q   <= 1'b0;
      read_addr_q <= '0;
      rvalid_q    <= 1'b0;
      rdata_q     <= '0;
      rresp_q     <= RespOkay;
    end else begin
      if (axil_i.arvalid && !ar_held_q) begin
        ar_held_q   <= 1'b1;
        read_addr_q <= axil_i.araddr;
      end
      if (axil_i.rready) rvalid_q <= 1'b0;
      if (read_valid) begin
        ar_held_q <= 1'b0;
        rvalid_q  <= 1'b1;
        rdata_q   <= reg_rsp_i.error ? '0 : reg_rsp_i.data;
        rresp_q   <= reg_rsp_i.error ? RespSlvErr : RespOkay;
      end
    end
  end

  assign axil_o.awready = !aw_held_q;
  assign axil_o.wready  = !w_held_q;
  assign axil_o.bvalid  = bvalid_q;
  assign axil_o.bresp   = bresp_q;
  assign axil_o.arready = !ar_held_q;
  assign axil_o.rvalid  = rvalid_q;
  assign axil_o.rdata   = rdata_q;
  assign axil_o.rresp   = rresp_q;

  // ---------------------------------------------------------------- properties
  // The host's channels are checked too: a fault of the host would look like a fault of this module.
  `FLAASH_STREAM_CHECK(aw, axil_i.awvalid, !aw_held_q, ({axil_i.awprot, axil_i.awaddr}), RegAddrWidth + 3)
  `FLAASH_STREAM_CHECK(w, axil_i.wvalid, !w_held_q, ({axil_i.wstrb, axil_i.wdata}), 36)
  `FLAASH_STREAM_CHECK(b, bvalid_q, axil_i.bready, bresp_q, 2)
  `FLAASH_STREAM_CHECK(ar, axil_i.arvalid, !ar_held_q, ({axil_i.arprot, axil_i.araddr}), RegAddrWidth + 3)
  `FLAASH_STREAM_CHECK(r, rvalid_q, axil_i.rready, ({rresp_q, rdata_q}), 34)
  `FLAASH_COVER(DataBeforeAddress_C, w_held_q && !aw_held_q)
  `FLAASH_COVER(RspHoldsBack_C, aw_held_q && w_held_q && !write_valid)

endmodule : flaash_axil_slave
