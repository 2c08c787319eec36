// SPDX-License-Identifier: Apache-2.0
// Example system: a host that has AXI4-Lite only uses FLAASH.
//
//   host --> flaash_axil_split --+-- 0x0000: flaash_top, registers
//                                +-- 0x1000: flaash_axil_stream <==> flaash_top, s_axis and m_axis
//
// A host with a DMA would connect the DMA to s_axis and m_axis instead. The parameters are for the smallest
// machine that has work to share: two engines.

module flaash_axi_system
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  s_axil_awvalid,
  output logic                  s_axil_awready,
  input  logic [RegAddrWidth:0] s_axil_awaddr,
  input  logic                  s_axil_wvalid,
  output logic                  s_axil_wready,
  input  logic [31:0]           s_axil_wdata,
  input  logic [3:0]            s_axil_wstrb,
  output logic                  s_axil_bvalid,
  input  logic                  s_axil_bready,
  output logic [1:0]            s_axil_bresp,
  input  logic                  s_axil_arvalid,
  output logic                  s_axil_arready,
  input  logic [RegAddrWidth:0] s_axil_araddr,
  output logic                  s_axil_rvalid,
  input  logic                  s_axil_rready,
  output logic [31:0]           s_axil_rdata,
  output logic [1:0]            s_axil_rresp,

  output logic                  irq_o
);

  logic [1:0]       awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready;
  logic [1:0][1:0]  bresp, rresp;
  logic [1:0][31:0] rdata;

  flaash_axil_split #(
    .AddrWidth(RegAddrWidth)
  ) u_split (
    .clk_i, .rst_ni,
    .s_axil_awvalid, .s_axil_awready, .s_axil_awaddr, .s_axil_wvalid, .s_axil_wready,
    .s_axil_bvalid, .s_axil_bready, .s_axil_bresp,
    .s_axil_arvalid, .s_axil_arready, .s_axil_araddr,
    .s_axil_rvalid, .s_axil_rready, .s_axil_rdata, .s_axil_rresp,
    .m_axil_awvalid(awvalid), .m_axil_awready(awready), .m_axil_wvalid(wvalid), .m_axil_wready(wready),
    .m_axil_bvalid(bvalid), .m_axil_bready(bready), .m_axil_bresp(bresp),
    .m_axil_arvalid(arvalid), .m_axil_arready(arready),
    .m_axil_rvalid(rvalid), .m_axil_rready(rready), .m_axil_rdata(rdata), .m_axil_rresp(rresp)
  );

  // -------------------------------------------------------------- operands, results
  logic                   in_valid, in_ready, in_last, out_valid, out_ready, out_last;
  logic [StreamWidth-1:0] in_data, out_data;

  assign bresp[1] = 2'b00;
  assign rresp[1] = 2'b00;

  flaash_axil_stream u_stream (
    .clk_i, .rst_ni,
    .s_axil_awvalid(awvalid[1]), .s_axil_awready(awready[1]), .s_axil_awaddr(s_axil_awaddr[5:0]),
    .s_axil_wvalid(wvalid[1]), .s_axil_wready(wready[1]), .s_axil_wdata,
    .s_axil_bvalid(bvalid[1]), .s_axil_bready(bready[1]),
    .s_axil_arvalid(arvalid[1]), .s_axil_arready(arready[1]), .s_axil_araddr(s_axil_araddr[5:0]),
    .s_axil_rvalid(rvalid[1]), .s_axil_rready(rready[1]), .s_axil_rdata(rdata[1]),
    .m_axis_tvalid(in_valid), .m_axis_tready(in_ready), .m_axis_tdata(in_data), .m_axis_tlast(in_last),
    .s_axis_tvalid(out_valid), .s_axis_tready(out_ready), .s_axis_tdata(out_data), .s_axis_tlast(out_last)
  );

  // ----------------------------------------------------------------------- the chip
  logic [StreamWidth/8-1:0] unused_keep;

  flaash_top #(
    .Format     (FormatFp32),
    .NumSdpe    (2),
    .Lanes      (4),
    .CoordWidth (16),
    .Engine     (EngineResident),
    .Memory     (MemoryIdeal),
    .MemLines   (256),
    .NodeDepth  (64),
    .FiberDepth (64),
    .ResultDepth(16)
  ) u_flaash (
    .clk_i, .rst_ni,
    .s_axil_awvalid(awvalid[0]), .s_axil_awready(awready[0]), .s_axil_awaddr(s_axil_awaddr[RegAddrWidth-1:0]),
    .s_axil_awprot(3'b000),
    .s_axil_wvalid(wvalid[0]), .s_axil_wready(wready[0]), .s_axil_wdata, .s_axil_wstrb,
    .s_axil_bvalid(bvalid[0]), .s_axil_bready(bready[0]), .s_axil_bresp(bresp[0]),
    .s_axil_arvalid(arvalid[0]), .s_axil_arready(arready[0]), .s_axil_araddr(s_axil_araddr[RegAddrWidth-1:0]),
    .s_axil_arprot(3'b000),
    .s_axil_rvalid(rvalid[0]), .s_axil_rready(rready[0]), .s_axil_rdata(rdata[0]), .s_axil_rresp(rresp[0]),
    .s_axis_tvalid(in_valid), .s_axis_tready(in_ready), .s_axis_tdata(in_data), .s_axis_tkeep('1),
    .s_axis_tlast(in_last),
    .m_axis_tvalid(out_valid), .m_axis_tready(out_ready), .m_axis_tdata(out_data), .m_axis_tkeep(unused_keep),
    .m_axis_tlast(out_last),
    .irq_o
  );

endmodule : flaash_axi_system
