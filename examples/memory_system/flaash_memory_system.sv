// SPDX-License-Identifier: Apache-2.0
// Example system: a host and FLAASH share a memory.
//
//   host --- AXI4-Lite ---> flaash_memory_top, registers
//     |                       | AXI4
//     +------ AXI4 ----> flaash_axi_join ----> flaash_axi_memory
//
// The host writes operands and descriptors into the memory, announces them at the registers, and finds the
// results in the memory. The parameters are for the smallest machine that has work to share: two engines.

module flaash_memory_system
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_memory_system_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // registers of the chip
  input  logic                    s_axil_awvalid,
  output logic                    s_axil_awready,
  input  logic [RegAddrWidth-1:0] s_axil_awaddr,
  input  logic [2:0]              s_axil_awprot,
  input  logic                    s_axil_wvalid,
  output logic                    s_axil_wready,
  input  logic [31:0]             s_axil_wdata,
  input  logic [3:0]              s_axil_wstrb,
  output logic                    s_axil_bvalid,
  input  logic                    s_axil_bready,
  output logic [1:0]              s_axil_bresp,
  input  logic                    s_axil_arvalid,
  output logic                    s_axil_arready,
  input  logic [RegAddrWidth-1:0] s_axil_araddr,
  input  logic [2:0]              s_axil_arprot,
  output logic                    s_axil_rvalid,
  input  logic                    s_axil_rready,
  output logic [31:0]             s_axil_rdata,
  output logic [1:0]              s_axil_rresp,

  // memory
  input  logic                    s_axi_awvalid,
  output logic                    s_axi_awready,
  input  id_t                     s_axi_awid,
  input  logic [63:0]             s_axi_awaddr,
  input  logic [7:0]              s_axi_awlen,
  input  logic [2:0]              s_axi_awsize,
  input  logic [1:0]              s_axi_awburst,
  input  logic                    s_axi_wvalid,
  output logic                    s_axi_wready,
  input  logic [DataWidth-1:0]    s_axi_wdata,
  input  logic [DataWidth/8-1:0]  s_axi_wstrb,
  input  logic                    s_axi_wlast,
  output logic                    s_axi_bvalid,
  input  logic                    s_axi_bready,
  output id_t                     s_axi_bid,
  output logic [1:0]              s_axi_bresp,
  input  logic                    s_axi_arvalid,
  output logic                    s_axi_arready,
  input  id_t                     s_axi_arid,
  input  logic [63:0]             s_axi_araddr,
  input  logic [7:0]              s_axi_arlen,
  input  logic [2:0]              s_axi_arsize,
  input  logic [1:0]              s_axi_arburst,
  output logic                    s_axi_rvalid,
  input  logic                    s_axi_rready,
  output id_t                     s_axi_rid,
  output logic [DataWidth-1:0]    s_axi_rdata,
  output logic [1:0]              s_axi_rresp,
  output logic                    s_axi_rlast,

  output logic                    irq_o
);

  // ----------------------------------------------------------------------- the chip
  // Masters of the memory: the host is number 0, the chip 1.
  logic [1:0]   aw_valid, aw_ready, w_valid, w_ready, b_valid, b_ready, ar_valid, ar_ready, r_valid, r_ready;
  axi_a_t [1:0] aw, ar;
  axi_w_t [1:0] w;
  axi_b_t       b;
  axi_r_t       r;

  // The memory needs neither locks nor attributes.
  logic [1:0] unused_lock;
  logic [7:0] unused_cache;
  logic [5:0] unused_prot;

  flaash_memory_top #(
    .Format     (FormatFp32),
    .NumSdpe    (2),
    .Lanes      (4),
    .CoordWidth (16),
    .Engine     (EngineResident),
    .Memory     (MemoryIdeal),
    .MemLines   (256),
    .NodeDepth  (64),
    .FiberDepth (64),
    .ResultDepth(16),
    .DataWidth  (DataWidth),
    .ReadBursts (4),
    .WriteBursts(4)
  ) u_flaash (
    .clk_i, .rst_ni,
    .s_axil_awvalid, .s_axil_awready, .s_axil_awaddr, .s_axil_awprot,
    .s_axil_wvalid, .s_axil_wready, .s_axil_wdata, .s_axil_wstrb,
    .s_axil_bvalid, .s_axil_bready, .s_axil_bresp,
    .s_axil_arvalid, .s_axil_arready, .s_axil_araddr, .s_axil_arprot,
    .s_axil_rvalid, .s_axil_rready, .s_axil_rdata, .s_axil_rresp,
    .m_axi_awvalid(aw_valid[1]), .m_axi_awready(aw_ready[1]), .m_axi_awid(aw[1].id), .m_axi_awaddr(aw[1].addr),
    .m_axi_awlen(aw[1].len), .m_axi_awsize(aw[1].size), .m_axi_awburst(aw[1].burst),
    .m_axi_awlock(unused_lock[0]), .m_axi_awcache(unused_cache[3:0]), .m_axi_awprot(unused_prot[2:0]),
    .m_axi_wvalid(w_valid[1]), .m_axi_wready(w_ready[1]), .m_axi_wdata(w[1].data), .m_axi_wstrb(w[1].strb),
    .m_axi_wlast(w[1].last),
    .m_axi_bvalid(b_valid[1]), .m_axi_bready(b_ready[1]), .m_axi_bid(b.id), .m_axi_bresp(b.resp),
    .m_axi_arvalid(ar_valid[1]), .m_axi_arready(ar_ready[1]), .m_axi_arid(ar[1].id), .m_axi_araddr(ar[1].addr),
    .m_axi_arlen(ar[1].len), .m_axi_arsize(ar[1].size), .m_axi_arburst(ar[1].burst),
    .m_axi_arlock(unused_lock[1]), .m_axi_arcache(unused_cache[7:4]), .m_axi_arprot(unused_prot[5:3]),
    .m_axi_rvalid(r_valid[1]), .m_axi_rready(r_ready[1]), .m_axi_rid(r.id), .m_axi_rdata(r.data),
    .m_axi_rresp(r.resp), .m_axi_rlast(r.last),
    .irq_o
  );

  // ----------------------------------------------------------------------- the host
  assign {aw_valid[0], w_valid[0], b_ready[0]} = {s_axi_awvalid, s_axi_wvalid, s_axi_bready};
  assign {ar_valid[0], r_ready[0]}             = {s_axi_arvalid, s_axi_rready};
  assign {s_axi_awready, s_axi_wready}         = {aw_ready[0], w_ready[0]};
  assign {s_axi_bvalid, s_axi_arready}         = {b_valid[0], ar_ready[0]};
  assign s_axi_rvalid                          = r_valid[0];
  assign aw[0]                                 = {s_axi_awid, s_axi_awaddr, s_axi_awlen, s_axi_awsize, s_axi_awburst};
  assign ar[0]                                 = {s_axi_arid, s_axi_araddr, s_axi_arlen, s_axi_arsize, s_axi_arburst};
  assign w[0]                                  = {s_axi_wdata, s_axi_wstrb, s_axi_wlast};
  assign {s_axi_bid, s_axi_bresp}              = b;
  assign {s_axi_rid, s_axi_rdata, s_axi_rresp, s_axi_rlast} = r;

  // --------------------------------------------------------------------- the memory
  logic   m_aw_valid, m_aw_ready, m_aw_from, m_w_valid, m_w_ready, m_b_valid, m_b_ready, m_b_from;
  logic   m_ar_valid, m_ar_ready, m_ar_from, m_r_valid, m_r_ready, m_r_from;
  axi_a_t m_aw, m_ar;
  axi_w_t m_w;
  axi_b_t m_b;
  axi_r_t m_r;

  flaash_axi_join u_join (
    .clk_i, .rst_ni,
    .s_aw_valid_i(aw_valid), .s_aw_ready_o(aw_ready), .s_aw_i(aw),
    .s_w_valid_i(w_valid), .s_w_ready_o(w_ready), .s_w_i(w),
    .s_b_valid_o(b_valid), .s_b_ready_i(b_ready), .s_b_o(b),
    .s_ar_valid_i(ar_valid), .s_ar_ready_o(ar_ready), .s_ar_i(ar),
    .s_r_valid_o(r_valid), .s_r_ready_i(r_ready), .s_r_o(r),
    .m_aw_valid_o(m_aw_valid), .m_aw_ready_i(m_aw_ready), .m_aw_from_o(m_aw_from), .m_aw_o(m_aw),
    .m_w_valid_o(m_w_valid), .m_w_ready_i(m_w_ready), .m_w_o(m_w),
    .m_b_valid_i(m_b_valid), .m_b_ready_o(m_b_ready), .m_b_from_i(m_b_from), .m_b_i(m_b),
    .m_ar_valid_o(m_ar_valid), .m_ar_ready_i(m_ar_ready), .m_ar_from_o(m_ar_from), .m_ar_o(m_ar),
    .m_r_valid_i(m_r_valid), .m_r_ready_o(m_r_ready), .m_r_from_i(m_r_from), .m_r_i(m_r)
  );

  flaash_axi_memory u_memory (
    .clk_i, .rst_ni,
    .aw_valid_i(m_aw_valid), .aw_ready_o(m_aw_ready), .aw_from_i(m_aw_from), .aw_i(m_aw),
    .w_valid_i(m_w_valid), .w_ready_o(m_w_ready), .w_i(m_w),
    .b_valid_o(m_b_valid), .b_ready_i(m_b_ready), .b_from_o(m_b_from), .b_o(m_b),
    .ar_valid_i(m_ar_valid), .ar_ready_o(m_ar_ready), .ar_from_i(m_ar_from), .ar_i(m_ar),
    .r_valid_o(m_r_valid), .r_ready_i(m_r_ready), .r_from_o(m_r_from), .r_o(m_r)
  );

endmodule : flaash_memory_system
