// SPDX-License-Identifier: Apache-2.0
// Purpose:      The chip in a clock of its own: each channel crosses by an asynchronous FIFO, as docs/soc.md advises.
// Parameters:   none; the chip has two engines of four lanes and a bus of 128 bits.
// Handshake:    the ports of flaash_memory_top, in the clock of the host.
// Latency:      that of flaash_memory_top, and of the crossings.
// Demands:      read_limit_i, from 1 to 64, changes only while no read is outstanding.
// Guarantees:   the host sees the chip as in one clock.

module flaash_two_clocks
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  localparam int unsigned DataWidth = 128,
  localparam int unsigned ReadDepth = 64
) (
  input  logic                     clk_i,
  input  logic                     chip_clk_i,
  input  logic                     rst_ni,
  input  logic [$clog2(ReadDepth):0] read_limit_i,
  input  logic s_axil_awvalid,
  output logic s_axil_awready,
  input  logic [RegAddrWidth-1:0] s_axil_awaddr,
  input  logic [3-1:0] s_axil_awprot,
  input  logic s_axil_wvalid,
  output logic s_axil_wready,
  input  logic [32-1:0] s_axil_wdata,
  input  logic [4-1:0] s_axil_wstrb,
  output logic s_axil_bvalid,
  input  logic s_axil_bready,
  output logic [2-1:0] s_axil_bresp,
  input  logic s_axil_arvalid,
  output logic s_axil_arready,
  input  logic [RegAddrWidth-1:0] s_axil_araddr,
  input  logic [3-1:0] s_axil_arprot,
  output logic s_axil_rvalid,
  input  logic s_axil_rready,
  output logic [32-1:0] s_axil_rdata,
  output logic [2-1:0] s_axil_rresp,
  output logic m_axi_awvalid,
  input  logic m_axi_awready,
  output logic m_axi_awid,
  output logic [64-1:0] m_axi_awaddr,
  output logic [8-1:0] m_axi_awlen,
  output logic [3-1:0] m_axi_awsize,
  output logic [2-1:0] m_axi_awburst,
  output logic m_axi_awlock,
  output logic [4-1:0] m_axi_awcache,
  output logic [3-1:0] m_axi_awprot,
  output logic m_axi_wvalid,
  input  logic m_axi_wready,
  output logic [DataWidth-1:0] m_axi_wdata,
  output logic [DataWidth/8-1:0] m_axi_wstrb,
  output logic m_axi_wlast,
  input  logic m_axi_bvalid,
  output logic m_axi_bready,
  input  logic m_axi_bid,
  input  logic [2-1:0] m_axi_bresp,
  output logic m_axi_arvalid,
  input  logic m_axi_arready,
  output logic m_axi_arid,
  output logic [64-1:0] m_axi_araddr,
  output logic [8-1:0] m_axi_arlen,
  output logic [3-1:0] m_axi_arsize,
  output logic [2-1:0] m_axi_arburst,
  output logic m_axi_arlock,
  output logic [4-1:0] m_axi_arcache,
  output logic [3-1:0] m_axi_arprot,
  input  logic m_axi_rvalid,
  output logic m_axi_rready,
  input  logic m_axi_rid,
  input  logic [DataWidth-1:0] m_axi_rdata,
  input  logic [2-1:0] m_axi_rresp,
  input  logic m_axi_rlast,
  output logic irq_o
);

  // A synchroniser of the reset in each clock: it falls at once, and rises with the clock.
  logic rst_sync_q, rst_nq, chip_rst_sync_q, chip_rst_nq;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {rst_nq, rst_sync_q} <= '0;
    else         {rst_nq, rst_sync_q} <= {rst_sync_q, 1'b1};
  end

  always_ff @(posedge chip_clk_i or negedge rst_ni) begin
    if (!rst_ni) {chip_rst_nq, chip_rst_sync_q} <= '0;
    else         {chip_rst_nq, chip_rst_sync_q} <= {chip_rst_sync_q, 1'b1};
  end

  logic chip_irq, irq_sync_q, irq_q;

  always_ff @(posedge clk_i or negedge rst_nq) begin
    if (!rst_nq) {irq_q, irq_sync_q} <= '0;
    else         {irq_q, irq_sync_q} <= {irq_sync_q, chip_irq};
  end

  assign irq_o = irq_q;

  logic chip_s_axil_awvalid, chip_s_axil_awready;
  logic [RegAddrWidth-1:0] chip_s_axil_awaddr;
  logic [3-1:0] chip_s_axil_awprot;
  logic chip_s_axil_wvalid, chip_s_axil_wready;
  logic [32-1:0] chip_s_axil_wdata;
  logic [4-1:0] chip_s_axil_wstrb;
  logic chip_s_axil_bvalid, chip_s_axil_bready;
  logic [2-1:0] chip_s_axil_bresp;
  logic chip_s_axil_arvalid, chip_s_axil_arready;
  logic [RegAddrWidth-1:0] chip_s_axil_araddr;
  logic [3-1:0] chip_s_axil_arprot;
  logic chip_s_axil_rvalid, chip_s_axil_rready;
  logic [32-1:0] chip_s_axil_rdata;
  logic [2-1:0] chip_s_axil_rresp;
  logic chip_m_axi_awvalid, chip_m_axi_awready;
  logic chip_m_axi_awid;
  logic [64-1:0] chip_m_axi_awaddr;
  logic [8-1:0] chip_m_axi_awlen;
  logic [3-1:0] chip_m_axi_awsize;
  logic [2-1:0] chip_m_axi_awburst;
  logic chip_m_axi_awlock;
  logic [4-1:0] chip_m_axi_awcache;
  logic [3-1:0] chip_m_axi_awprot;
  logic chip_m_axi_wvalid, chip_m_axi_wready;
  logic [DataWidth-1:0] chip_m_axi_wdata;
  logic [DataWidth/8-1:0] chip_m_axi_wstrb;
  logic chip_m_axi_wlast;
  logic chip_m_axi_bvalid, chip_m_axi_bready;
  logic chip_m_axi_bid;
  logic [2-1:0] chip_m_axi_bresp;
  logic chip_m_axi_arvalid, chip_m_axi_arready;
  logic chip_m_axi_arid;
  logic [64-1:0] chip_m_axi_araddr;
  logic [8-1:0] chip_m_axi_arlen;
  logic [3-1:0] chip_m_axi_arsize;
  logic [2-1:0] chip_m_axi_arburst;
  logic chip_m_axi_arlock;
  logic [4-1:0] chip_m_axi_arcache;
  logic [3-1:0] chip_m_axi_arprot;
  logic chip_m_axi_rvalid, chip_m_axi_rready;
  logic chip_m_axi_rid;
  logic [DataWidth-1:0] chip_m_axi_rdata;
  logic [2-1:0] chip_m_axi_rresp;
  logic chip_m_axi_rlast;

  flaash_async_fifo #(
    .Width(RegAddrWidth + 3),
    .Depth(8)
  ) u_s_axil_aw (
    .in_clk_i   (clk_i),
    .in_rst_ni  (rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (s_axil_awvalid),
    .in_ready_o (s_axil_awready),
    .in_i       ({s_axil_awaddr, s_axil_awprot}),
    .out_clk_i  (chip_clk_i),
    .out_rst_ni (chip_rst_nq),
    .out_valid_o(chip_s_axil_awvalid),
    .out_ready_i(chip_s_axil_awready),
    .out_o      ({chip_s_axil_awaddr, chip_s_axil_awprot})
  );

  flaash_async_fifo #(
    .Width(32 + 4),
    .Depth(8)
  ) u_s_axil_w (
    .in_clk_i   (clk_i),
    .in_rst_ni  (rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (s_axil_wvalid),
    .in_ready_o (s_axil_wready),
    .in_i       ({s_axil_wdata, s_axil_wstrb}),
    .out_clk_i  (chip_clk_i),
    .out_rst_ni (chip_rst_nq),
    .out_valid_o(chip_s_axil_wvalid),
    .out_ready_i(chip_s_axil_wready),
    .out_o      ({chip_s_axil_wdata, chip_s_axil_wstrb})
  );

  flaash_async_fifo #(
    .Width(2),
    .Depth(8)
  ) u_s_axil_b (
    .in_clk_i   (chip_clk_i),
    .in_rst_ni  (chip_rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (chip_s_axil_bvalid),
    .in_ready_o (chip_s_axil_bready),
    .in_i       (chip_s_axil_bresp),
    .out_clk_i  (clk_i),
    .out_rst_ni (rst_nq),
    .out_valid_o(s_axil_bvalid),
    .out_ready_i(s_axil_bready),
    .out_o      (s_axil_bresp)
  );

  flaash_async_fifo #(
    .Width(RegAddrWidth + 3),
    .Depth(8)
  ) u_s_axil_ar (
    .in_clk_i   (clk_i),
    .in_rst_ni  (rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (s_axil_arvalid),
    .in_ready_o (s_axil_arready),
    .in_i       ({s_axil_araddr, s_axil_arprot}),
    .out_clk_i  (chip_clk_i),
    .out_rst_ni (chip_rst_nq),
    .out_valid_o(chip_s_axil_arvalid),
    .out_ready_i(chip_s_axil_arready),
    .out_o      ({chip_s_axil_araddr, chip_s_axil_arprot})
  );

  flaash_async_fifo #(
    .Width(32 + 2),
    .Depth(8)
  ) u_s_axil_r (
    .in_clk_i   (chip_clk_i),
    .in_rst_ni  (chip_rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (chip_s_axil_rvalid),
    .in_ready_o (chip_s_axil_rready),
    .in_i       ({chip_s_axil_rdata, chip_s_axil_rresp}),
    .out_clk_i  (clk_i),
    .out_rst_ni (rst_nq),
    .out_valid_o(s_axil_rvalid),
    .out_ready_i(s_axil_rready),
    .out_o      ({s_axil_rdata, s_axil_rresp})
  );

  flaash_async_fifo #(
    .Width(1 + 64 + 8 + 3 + 2 + 1 + 4 + 3),
    .Depth(8)
  ) u_m_axi_aw (
    .in_clk_i   (chip_clk_i),
    .in_rst_ni  (chip_rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (chip_m_axi_awvalid),
    .in_ready_o (chip_m_axi_awready),
    .in_i       ({chip_m_axi_awid, chip_m_axi_awaddr, chip_m_axi_awlen, chip_m_axi_awsize, chip_m_axi_awburst, chip_m_axi_awlock, chip_m_axi_awcache, chip_m_axi_awprot}),
    .out_clk_i  (clk_i),
    .out_rst_ni (rst_nq),
    .out_valid_o(m_axi_awvalid),
    .out_ready_i(m_axi_awready),
    .out_o      ({m_axi_awid, m_axi_awaddr, m_axi_awlen, m_axi_awsize, m_axi_awburst, m_axi_awlock, m_axi_awcache, m_axi_awprot})
  );

  flaash_async_fifo #(
    .Width(DataWidth + DataWidth/8 + 1),
    .Depth(8)
  ) u_m_axi_w (
    .in_clk_i   (chip_clk_i),
    .in_rst_ni  (chip_rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (chip_m_axi_wvalid),
    .in_ready_o (chip_m_axi_wready),
    .in_i       ({chip_m_axi_wdata, chip_m_axi_wstrb, chip_m_axi_wlast}),
    .out_clk_i  (clk_i),
    .out_rst_ni (rst_nq),
    .out_valid_o(m_axi_wvalid),
    .out_ready_i(m_axi_wready),
    .out_o      ({m_axi_wdata, m_axi_wstrb, m_axi_wlast})
  );

  flaash_async_fifo #(
    .Width(1 + 2),
    .Depth(8)
  ) u_m_axi_b (
    .in_clk_i   (clk_i),
    .in_rst_ni  (rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (m_axi_bvalid),
    .in_ready_o (m_axi_bready),
    .in_i       ({m_axi_bid, m_axi_bresp}),
    .out_clk_i  (chip_clk_i),
    .out_rst_ni (chip_rst_nq),
    .out_valid_o(chip_m_axi_bvalid),
    .out_ready_i(chip_m_axi_bready),
    .out_o      ({chip_m_axi_bid, chip_m_axi_bresp})
  );

  flaash_async_fifo #(
    .Width(1 + 64 + 8 + 3 + 2 + 1 + 4 + 3),
    .Depth(8)
  ) u_m_axi_ar (
    .in_clk_i   (chip_clk_i),
    .in_rst_ni  (chip_rst_nq),
    .limit_i    (4'd8),
    .in_valid_i (chip_m_axi_arvalid),
    .in_ready_o (chip_m_axi_arready),
    .in_i       ({chip_m_axi_arid, chip_m_axi_araddr, chip_m_axi_arlen, chip_m_axi_arsize, chip_m_axi_arburst, chip_m_axi_arlock, chip_m_axi_arcache, chip_m_axi_arprot}),
    .out_clk_i  (clk_i),
    .out_rst_ni (rst_nq),
    .out_valid_o(m_axi_arvalid),
    .out_ready_i(m_axi_arready),
    .out_o      ({m_axi_arid, m_axi_araddr, m_axi_arlen, m_axi_arsize, m_axi_arburst, m_axi_arlock, m_axi_arcache, m_axi_arprot})
  );

  flaash_async_fifo #(
    .Width(1 + DataWidth + 2 + 1),
    .Depth(ReadDepth)
  ) u_m_axi_r (
    .in_clk_i   (clk_i),
    .in_rst_ni  (rst_nq),
    .limit_i    (read_limit_i),
    .in_valid_i (m_axi_rvalid),
    .in_ready_o (m_axi_rready),
    .in_i       ({m_axi_rid, m_axi_rdata, m_axi_rresp, m_axi_rlast}),
    .out_clk_i  (chip_clk_i),
    .out_rst_ni (chip_rst_nq),
    .out_valid_o(chip_m_axi_rvalid),
    .out_ready_i(chip_m_axi_rready),
    .out_o      ({chip_m_axi_rid, chip_m_axi_rdata, chip_m_axi_rresp, chip_m_axi_rlast})
  );

  flaash_memory_top #(
    .NumSdpe  (2),
    .DataWidth(DataWidth)
  ) u_chip (
    .clk_i (chip_clk_i),
    .rst_ni(chip_rst_nq),
    .s_axil_awvalid(chip_s_axil_awvalid),
    .s_axil_awready(chip_s_axil_awready),
    .s_axil_awaddr(chip_s_axil_awaddr),
    .s_axil_awprot(chip_s_axil_awprot),
    .s_axil_wvalid(chip_s_axil_wvalid),
    .s_axil_wready(chip_s_axil_wready),
    .s_axil_wdata(chip_s_axil_wdata),
    .s_axil_wstrb(chip_s_axil_wstrb),
    .s_axil_bvalid(chip_s_axil_bvalid),
    .s_axil_bready(chip_s_axil_bready),
    .s_axil_bresp(chip_s_axil_bresp),
    .s_axil_arvalid(chip_s_axil_arvalid),
    .s_axil_arready(chip_s_axil_arready),
    .s_axil_araddr(chip_s_axil_araddr),
    .s_axil_arprot(chip_s_axil_arprot),
    .s_axil_rvalid(chip_s_axil_rvalid),
    .s_axil_rready(chip_s_axil_rready),
    .s_axil_rdata(chip_s_axil_rdata),
    .s_axil_rresp(chip_s_axil_rresp),
    .m_axi_awvalid(chip_m_axi_awvalid),
    .m_axi_awready(chip_m_axi_awready),
    .m_axi_awid(chip_m_axi_awid),
    .m_axi_awaddr(chip_m_axi_awaddr),
    .m_axi_awlen(chip_m_axi_awlen),
    .m_axi_awsize(chip_m_axi_awsize),
    .m_axi_awburst(chip_m_axi_awburst),
    .m_axi_awlock(chip_m_axi_awlock),
    .m_axi_awcache(chip_m_axi_awcache),
    .m_axi_awprot(chip_m_axi_awprot),
    .m_axi_wvalid(chip_m_axi_wvalid),
    .m_axi_wready(chip_m_axi_wready),
    .m_axi_wdata(chip_m_axi_wdata),
    .m_axi_wstrb(chip_m_axi_wstrb),
    .m_axi_wlast(chip_m_axi_wlast),
    .m_axi_bvalid(chip_m_axi_bvalid),
    .m_axi_bready(chip_m_axi_bready),
    .m_axi_bid(chip_m_axi_bid),
    .m_axi_bresp(chip_m_axi_bresp),
    .m_axi_arvalid(chip_m_axi_arvalid),
    .m_axi_arready(chip_m_axi_arready),
    .m_axi_arid(chip_m_axi_arid),
    .m_axi_araddr(chip_m_axi_araddr),
    .m_axi_arlen(chip_m_axi_arlen),
    .m_axi_arsize(chip_m_axi_arsize),
    .m_axi_arburst(chip_m_axi_arburst),
    .m_axi_arlock(chip_m_axi_arlock),
    .m_axi_arcache(chip_m_axi_arcache),
    .m_axi_arprot(chip_m_axi_arprot),
    .m_axi_rvalid(chip_m_axi_rvalid),
    .m_axi_rready(chip_m_axi_rready),
    .m_axi_rid(chip_m_axi_rid),
    .m_axi_rdata(chip_m_axi_rdata),
    .m_axi_rresp(chip_m_axi_rresp),
    .m_axi_rlast(chip_m_axi_rlast),
    .irq_o (chip_irq)
  );

endmodule
