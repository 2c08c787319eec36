// SPDX-License-Identifier: Apache-2.0
// Test of the example system, without Python: two matrices in, their product out.
//
//   A = | 0 2 0 1 |   B = | 0    3 0 0.5 |   C[i, j] = sum_k A[i, k] * B[j, k] = | 6.5 0 |
//       | 4 0 0 0 |       | 0.25 0 0 0   |                                       | 0   1 |
//
// Results that are zero are not sent, so the frame holds C[0, 0], C[1, 1] (in any order) and a trailer.
// Ends with "PASSED", or with $fatal and the difference.

module flaash_axi_system_tb;
  import flaash_reg_pkg::*;

  localparam logic [RegAddrWidth:0] Stream = {1'b1, {RegAddrWidth{1'b0}}};  // second device of the split
  localparam int MaxWait = 1000;  // most cycles until an access has its response

  logic clk = 1'b0;
  logic rst_n = 1'b0;
  always #1 clk = !clk;

  logic                  awvalid = 1'b0, awready, wvalid = 1'b0, wready, bvalid, bready = 1'b1;
  logic                  arvalid = 1'b0, arready, rvalid, rready = 1'b1, irq;
  logic [RegAddrWidth:0] awaddr = '0, araddr = '0;
  logic [31:0]           wdata = '0, rdata;
  logic [1:0]            bresp, rresp;

  flaash_axi_system u_system (
    .clk_i(clk), .rst_ni(rst_n),
    .s_axil_awvalid(awvalid), .s_axil_awready(awready), .s_axil_awaddr(awaddr),
    .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_wdata(wdata), .s_axil_wstrb(4'hf),
    .s_axil_bvalid(bvalid), .s_axil_bready(bready), .s_axil_bresp(bresp),
    .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_araddr(araddr),
    .s_axil_rvalid(rvalid), .s_axil_rready(rready), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
    .irq_o(irq)
  );

  // --------------------------------------------------------------------- accesses
  // Values of the last rising edge. The tasks drive and sample at falling edges, where nothing else changes, so
  // no simulator can see a race.
  logic        aw_taken, w_taken, ar_taken, b_came, r_came;
  logic [1:0]  resp;
  logic [31:0] data_came;

  always_ff @(posedge clk) begin
    aw_taken <= awvalid && awready;
    w_taken  <= wvalid && wready;
    ar_taken <= arvalid && arready;
    b_came   <= bvalid;
    r_came   <= rvalid;
    if (bvalid) resp <= bresp;
    if (rvalid) resp <= rresp;
    if (rvalid) data_came <= rdata;
  end

  task write(input logic [RegAddrWidth:0] addr, input logic [31:0] data);
    int waited;
    waited  = 0;
    awvalid = 1'b1;
    awaddr  = addr;
    wvalid  = 1'b1;
    wdata   = data;
    do begin
      @(negedge clk);
      if (aw_taken) awvalid = 1'b0;
      if (w_taken)  wvalid  = 1'b0;
      waited = waited + 1;
      if (waited > MaxWait) $fatal(1, "write to %h: no answer", addr);
    end while (!b_came);
    if (resp != 2'b00) $fatal(1, "write to %h: response %b", addr, resp);
  endtask

  task read(input logic [RegAddrWidth:0] addr, output logic [31:0] data);
    int waited;
    waited  = 0;
    arvalid = 1'b1;
    araddr  = addr;
    do begin
      @(negedge clk);
      if (ar_taken) arvalid = 1'b0;
      waited = waited + 1;
      if (waited > MaxWait) $fatal(1, "read of %h: no answer", addr);
    end while (!r_came);
    if (resp != 2'b00) $fatal(1, "read of %h: response %b", addr, resp);
    data = data_came;
  endtask

  // ------------------------------------------------------------------------- beats
  task send(input logic last, input logic [31:0] w0, input logic [31:0] w1, input logic [31:0] w2,
            input logic [31:0] w3);
    if (last) write(Stream + 'h10, 32'd1);
    write(Stream + 'h0, w0);
    write(Stream + 'h4, w1);
    write(Stream + 'h8, w2);
    write(Stream + 'hc, w3);
  endtask

  task receive(output logic last, output logic [31:0] w0, output logic [31:0] w1, output logic [31:0] w2);
    logic [31:0] status;
    int          tries;
    tries = 0;
    do begin
      read(Stream + 'h20, status);
      tries = tries + 1;
      if (tries > MaxWait) $fatal(1, "no beat of the result came");
    end while (!status[0]);
    last = status[1];
    read(Stream + 'h24, w0);
    read(Stream + 'h28, w1);
    read(Stream + 'h2c, w2);
    write(Stream + 'h20, 32'd0);
  endtask

  // -------------------------------------------------------------------------- test
  // Binary32 numbers.
  localparam logic [31:0] F4 = 32'h4080_0000, F3 = 32'h4040_0000, F2 = 32'h4000_0000, F1 = 32'h3f80_0000;
  localparam logic [31:0] FHalf = 32'h3f00_0000, FQuarter = 32'h3e80_0000, F6p5 = 32'h40d0_0000;
  localparam logic [31:0] MagicOperand = 32'h4641_4c46, MagicTrailer = 32'h4641_4c45;

  logic        last;
  logic [31:0] id, status, w0, w1, w2;
  int          found;

  initial begin
    repeat (4) @(negedge clk);
    rst_n = 1'b1;
    @(negedge clk);
    read({1'b0, RegId}, id);
    if (id != 32'h464c_5348) $fatal(1, "RegId is %h", id);

    // A: header, extents, number of nodes, level 0 (coordinates, then pointers), entries. An entry of
    // fp32 with 16 bits of coordinate has 64 bits: the coordinate in bits 15:0, the value from bit 16 on.
    send(1'b0, MagicOperand, 32'h0, 32'd2, 32'd3);
    send(1'b0, 32'd2, 32'd4, 0, 0);
    send(1'b0, 32'd2, 0, 0, 0);
    send(1'b0, 32'd0, 32'd1, 0, 0);
    send(1'b0, 32'd0, 32'd2, 32'd3, 0);
    send(1'b0, {F2[15:0], 16'd1}, {16'd0, F2[31:16]}, {F1[15:0], 16'd3}, {16'd0, F1[31:16]});
    send(1'b1, {F4[15:0], 16'd0}, {16'd0, F4[31:16]}, 0, 0);
    // B
    send(1'b0, MagicOperand, 32'h1, 32'd2, 32'd3);
    send(1'b0, 32'd2, 32'd4, 0, 0);
    send(1'b0, 32'd2, 0, 0, 0);
    send(1'b0, 32'd0, 32'd1, 0, 0);
    send(1'b0, 32'd0, 32'd2, 32'd3, 0);
    send(1'b0, {F3[15:0], 16'd1}, {16'd0, F3[31:16]}, {FHalf[15:0], 16'd3}, {16'd0, FHalf[31:16]});
    send(1'b1, {FQuarter[15:0], 16'd0}, {16'd0, FQuarter[31:16]}, 0, 0);

    do read({1'b0, RegStatus}, status); while (status[StatusLoading]);
    if (!status[StatusLoadedA] || !status[StatusLoadedB]) $fatal(1, "operands not loaded: status %h", status);
    write({1'b0, RegIrqEnable}, 32'(1 << IrqDone));
    write({1'b0, RegControl}, 32'(1 << ControlStart));

    found = 0;
    do begin
      receive(last, w0, w1, w2);
      if (!last) begin
        if (w0 == 0 && w1 == 0 && w2 == F6p5)    found = found + 1;
        else if (w0 == 1 && w1 == 1 && w2 == F1) found = found + 2;
        else $fatal(1, "C[%0d, %0d] is %h", w0, w1, w2);
      end
    end while (!last);
    if (w0 != MagicTrailer || w1 != 0 || w2 != 2) $fatal(1, "the trailer is %h %h %h", w0, w1, w2);
    if (found != 3) $fatal(1, "a result is missing or came twice");
    if (!irq) $fatal(1, "no interrupt");
    $display("PASSED");
    $finish;
  end

endmodule : flaash_axi_system_tb
