// SPDX-License-Identifier: Apache-2.0
// Test of the example system with the memory interface, without Python: the worked example of docs/descriptors.md.
//
//   A = | 0 2 0 |   B = | 4 5 0 |   C[i] = sum_k A[i, k] * B[k] = | 10 0 4 |
//       | 0 0 0 |
//       | 1 0 3 |
//
// Ends with "PASSED", or with $fatal and the difference.

module flaash_memory_system_tb;
  import flaash_reg_pkg::*;
  import flaash_dma_pkg::*;
  import flaash_memory_system_pkg::*;

  localparam int MaxWait = 2000;  // cycles until an access, or the contraction, must have ended

  logic clk = 1'b0;
  logic rst_n = 1'b0;
  always #1 clk = !clk;

  logic                    awvalid = 1'b0, awready, wvalid = 1'b0, wready, bvalid, arvalid = 1'b0, arready, rvalid;
  logic [RegAddrWidth-1:0] awaddr = '0, araddr = '0;
  logic [31:0]             wdata = '0, rdata;
  logic [1:0]              bresp, rresp;
  logic                    m_awvalid = 1'b0, m_awready, m_wvalid = 1'b0, m_wready, m_bvalid;
  logic                    m_arvalid = 1'b0, m_arready, m_rvalid, m_rlast, irq;
  logic [63:0]             m_addr = '0;
  logic [DataWidth-1:0]    m_wdata = '0, m_rdata;
  logic [DataWidth/8-1:0]  m_wstrb = '0;
  id_t                     m_bid, m_rid;
  logic [1:0]              m_bresp, m_rresp;

  localparam logic [2:0] WordSize = 3'd2;  // accesses of 4 bytes
  localparam logic [1:0] Incr = 2'b01;

  flaash_memory_system u_system (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axil_awvalid(awvalid), .s_axil_awready(awready), .s_axil_awaddr(awaddr), .s_axil_awprot(3'b000),
    .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_wdata(wdata), .s_axil_wstrb(4'hf),
    .s_axil_bvalid(bvalid), .s_axil_bready(1'b1), .s_axil_bresp(bresp),
    .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_araddr(araddr), .s_axil_arprot(3'b000),
    .s_axil_rvalid(rvalid), .s_axil_rready(1'b1), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .s_axi_awvalid(m_awvalid), .s_axi_awready(m_awready), .s_axi_awid(1'b0), .s_axi_awaddr(m_addr),
    .s_axi_awlen(8'd0), .s_axi_awsize(WordSize), .s_axi_awburst(Incr),
    .s_axi_wvalid(m_wvalid), .s_axi_wready(m_wready), .s_axi_wdata(m_wdata), .s_axi_wstrb(m_wstrb),
    .s_axi_wlast(1'b1),
    .s_axi_bvalid(m_bvalid), .s_axi_bready(1'b1), .s_axi_bid(m_bid), .s_axi_bresp(m_bresp),
    .s_axi_arvalid(m_arvalid), .s_axi_arready(m_arready), .s_axi_arid(1'b0), .s_axi_araddr(m_addr),
    .s_axi_arlen(8'd0), .s_axi_arsize(WordSize), .s_axi_arburst(Incr),
    .s_axi_rvalid(m_rvalid), .s_axi_rready(1'b1), .s_axi_rid(m_rid), .s_axi_rdata(m_rdata),
    .s_axi_rresp(m_rresp), .s_axi_rlast(m_rlast),
    .irq_o(irq)
  );

  // --------------------------------------------------------------------- accesses
  // Values of the last rising edge. The tasks drive and sample at falling edges, where nothing else changes, so
  // no simulator can see a race. One access at a time, to the registers or to the memory.
  logic                 a_taken, w_taken, came;
  logic [1:0]           resp;
  logic [31:0]          data_came;
  logic [DataWidth-1:0] m_data_came;

  always_ff @(posedge clk) begin
    a_taken <= (awvalid && awready) || (arvalid && arready) || (m_awvalid && m_awready) || (m_arvalid && m_arready);
    w_taken <= (wvalid && wready) || (m_wvalid && m_wready);
    came    <= bvalid || rvalid || m_bvalid || m_rvalid;
    if (bvalid)   resp <= bresp;
    if (rvalid)   resp <= rresp;
    if (m_bvalid) resp <= m_bresp;
    if (m_rvalid) resp <= m_rresp;
    if (rvalid)   data_came <= rdata;
    if (m_rvalid) m_data_came <= m_rdata;
  end

  task finish(input string what, input logic [63:0] addr);
    int waited;
    waited = 0;
    do begin
      @(negedge clk);
      if (a_taken) {awvalid, arvalid, m_awvalid, m_arvalid} = 4'b0000;
      if (w_taken) {wvalid, m_wvalid} = 2'b00;
      waited = waited + 1;
      if (waited > MaxWait) $fatal(1, "%s at %h: no answer", what, addr);
    end while (!came);
    if (resp != 2'b00) $fatal(1, "%s at %h: response %b", what, addr, resp);
  endtask

  task write(input logic [RegAddrWidth-1:0] addr, input logic [31:0] data);
    {awvalid, awaddr} = {1'b1, addr};
    {wvalid, wdata}   = {1'b1, data};
    finish("write of a register", 64'(addr));
  endtask

  task read(input logic [RegAddrWidth-1:0] addr, output logic [31:0] data);
    {arvalid, araddr} = {1'b1, addr};
    finish("read of a register", 64'(addr));
    data = data_came;
  endtask

  task store(input logic [63:0] addr, input logic [31:0] data);
    {m_awvalid, m_addr} = {1'b1, addr};
    m_wvalid            = 1'b1;
    m_wdata             = {DataWidth/32{data}};
    m_wstrb             = (DataWidth/8)'(4'hf) << addr[3:0];
    finish("write of the memory", addr);
  endtask

  task load(input logic [63:0] addr, output logic [31:0] data);
    {m_arvalid, m_addr} = {1'b1, addr};
    finish("read of the memory", addr);
    data = m_data_came[32*addr[3:2] +: 32];
  endtask

  task store4(input logic [63:0] addr, input logic [31:0] w0, input logic [31:0] w1, input logic [31:0] w2,
              input logic [31:0] w3);
    store(addr, w0);
    store(addr + 4, w1);
    store(addr + 8, w2);
    store(addr + 12, w3);
  endtask

  task expect_word(input logic [63:0] addr, input logic [31:0] wanted);
    logic [31:0] found;
    load(addr, found);
    if (found != wanted) $fatal(1, "at %h stands %h, %h is right", addr, found, wanted);
  endtask

  // -------------------------------------------------------------------------- test
  // Binary32 numbers.
  localparam logic [31:0] F1 = 32'h3f80_0000, F2 = 32'h4000_0000, F3 = 32'h4040_0000, F4 = 32'h4080_0000;
  localparam logic [31:0] F5 = 32'h40a0_0000, F10 = 32'h4120_0000;
  localparam logic [63:0] Ring = 64'h2000, Results = 64'h3000, Record = Ring + 64'(CompletionAt);

  logic [31:0] value;
  int          waited;

  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    @(negedge clk);
    read(RegId, value);
    if (value != 32'h464c_5348) $fatal(1, "RegId is %h", value);
    read(RegDmaInfo, value);
    if (value[15:0] != 16'(DataWidth)) $fatal(1, "RegDmaInfo is %h", value);

    // A: pos of the rows, crd and val of the leaf. B: crd and val.
    store4(64'h1000, 0, 1, 1, 3);
    store4(64'h1040, 1, 0, 2, 0);
    store4(64'h1080, F2, F1, F3, 0);
    store4(64'h10c0, 0, 1, 0, 0);
    store4(64'h1100, F4, F5, 0, 0);
    // The descriptor; bit 18 of its second word requests the interrupt.
    store4(Ring + 'h00, DescriptorMagic, 32'h0004_0012, Results[31:0], 0);
    store4(Ring + 'h10, 48, 0, 0, 0);
    store4(Ring + 'h20, 0, 7, 0, 0);
    store4(Ring + 'h30, 0, 0, 0, 0);
    store4(Ring + 'h40, 32'h1000, 0, 0, 0);
    store4(Ring + 'h50, 3, 3, 1, 0);
    store4(Ring + 'h60, 32'h1040, 0, 32'h1080, 0);
    store4(Ring + 'h70, 3, 3, 0, 0);
    store4(Ring + 'h80, 32'h10c0, 0, 32'h1100, 0);
    store4(Ring + 'h90, 3, 2, 0, 0);
    for (int row = 0; row < 4; row++) store4(Results + 64'(16 * row), 0, 0, 0, 0);

    write(RegRingBase, Ring[31:0]);
    write(RegRingBaseHigh, Ring[63:32]);
    write(RegRingSize, 2);
    write(RegDmaIrqEnable, 32'((1 << DmaIrqDone) | (1 << DmaIrqError)));
    write(RegRingTail, 1);
    waited = 0;
    while (!irq) begin
      @(negedge clk);
      waited = waited + 1;
      if (waited > MaxWait) $fatal(1, "no interrupt");
    end
    read(RegDmaIrqStatus, value);
    if (value != 32'(1 << DmaIrqDone)) $fatal(1, "RegDmaIrqStatus is %h", value);
    read(RegRingHead, value);
    if (value != 1) $fatal(1, "RegRingHead is %h", value);

    // The completion record: no error, the tag, two results of 24 bytes.
    expect_word(Record, 0);
    expect_word(Record + 8, 7);
    expect_word(Record + 16, 2);
    expect_word(Record + 24, 24);
    expect_word(Record + 64'(CompletionBytes) - 4, CompletionMagic);
    // Records in either order: number of the fiber of A, that of B, value. Row 2 is fiber 1.
    load(Results, value);
    if (value > 1) $fatal(1, "there is no fiber %0d of A", value);
    expect_word(Results + 8, value[0] ? F4 : F10);
    expect_word(Results + 12, 32'(!value[0]));
    expect_word(Results + 20, value[0] ? F10 : F4);
    expect_word(Results + 4, 0);
    expect_word(Results + 16, 0);
    expect_word(Results + 24, 0);  // nothing after them

    write(RegDmaIrqStatus, 32'(1 << DmaIrqDone));
    if (irq) $fatal(1, "the interrupt stays");
    $display("PASSED");
    $finish;
  end

endmodule : flaash_memory_system_tb
