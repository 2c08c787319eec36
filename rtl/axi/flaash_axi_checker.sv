// SPDX-License-Identifier: Apache-2.0
// AXI4 checker: stops the simulation when a master, or the memory it reads and writes, breaks a rule of the bus.
//
// Guarantees  From the first reset on, ends the simulation with $fatal when
//               - valid is high in reset, or a beat is withdrawn, changes, or has unknown bits (all five channels),
//               - a burst is not incrementing, crosses 4 KB, or has beats wider than the bus,
//               - wlast is not on the last beat of its burst, or a strobe is set outside of the burst's bytes,
//               - more bursts are outstanding than announced, or data run 255 beats ahead of their address,
//               - a response has no burst of its ID, precedes address or data, or rlast is not on the last beat.
// Demands     Nothing; it is passive and not synthesized.

`include "flaash_assert.svh"

module flaash_axi_checker #(
  parameter int unsigned DataWidth   = 512,  // bits of a beat, 8 or more, a power of two
  parameter int unsigned IdWidth     = 1,
  parameter int unsigned ReadBursts  = 16,   // outstanding, most
  parameter int unsigned WriteBursts = 16
) (
  input logic                   clk_i,
  input logic                   rst_ni,

  input logic                   awvalid_i,
  input logic                   awready_i,
  input logic [IdWidth-1:0]     awid_i,
  input logic [63:0]            awaddr_i,
  input logic [7:0]             awlen_i,
  input logic [2:0]             awsize_i,
  input logic [1:0]             awburst_i,
  input logic                   wvalid_i,
  input logic                   wready_i,
  input logic [DataWidth-1:0]   wdata_i,
  input logic [DataWidth/8-1:0] wstrb_i,
  input logic                   wlast_i,
  input logic                   bvalid_i,
  input logic                   bready_i,
  input logic [IdWidth-1:0]     bid_i,
  input logic [1:0]             bresp_i,
  input logic                   arvalid_i,
  input logic                   arready_i,
  input logic [IdWidth-1:0]     arid_i,
  input logic [63:0]            araddr_i,
  input logic [7:0]             arlen_i,
  input logic [2:0]             arsize_i,
  input logic [1:0]             arburst_i,
  input logic                   rvalid_i,
  input logic                   rready_i,
  input logic [IdWidth-1:0]     rid_i,
  input logic [DataWidth-1:0]   rdata_i,
  input logic [1:0]             rresp_i,
  input logic                   rlast_i
);

  localparam int unsigned Bytes   = DataWidth / 8;
  localparam int unsigned Ids     = 2 ** IdWidth;
  localparam int unsigned Entries = 256;  // of each queue
  localparam logic [1:0]  Incr    = 2'd1;

  // --------------------------------------------------------------------- handshakes
  `FLAASH_STREAM_CHECK(aw, awvalid_i, awready_i, {awid_i, awaddr_i, awlen_i, awsize_i, awburst_i}, IdWidth + 77)
  `FLAASH_STREAM_CHECK(w, wvalid_i, wready_i, {wdata_i, wstrb_i, wlast_i}, DataWidth + Bytes + 1)
  `FLAASH_STREAM_CHECK(b, bvalid_i, bready_i, {bid_i, bresp_i}, IdWidth + 2)
  `FLAASH_STREAM_CHECK(ar, arvalid_i, arready_i, {arid_i, araddr_i, arlen_i, arsize_i, arburst_i}, IdWidth + 77)
  `FLAASH_STREAM_CHECK(r, rvalid_i, rready_i, {rid_i, rdata_i, rresp_i, rlast_i}, IdWidth + DataWidth + 3)

  // ------------------------------------------------------------------------- bursts
  // Bytes of the beat that has this number in its burst, as strobes.
  function automatic logic [Bytes-1:0] lanes(logic [63:0] address, logic [2:0] size, logic [7:0] beat);
    logic [63:0] first, from, to;
    first = (beat == '0) ? address : ((address >> size) << size) + (64'(beat) << size);
    from  = first % 64'(Bytes);
    to    = ((first >> size) << size) % 64'(Bytes) + (64'd1 << size);
    for (int unsigned i = 0; i < Bytes; i++) lanes[i] = 64'(i) >= from && 64'(i) < to;
  endfunction

  // Whether the last byte of a burst lies beyond the 4 KB page of its first byte.
  function automatic logic crosses(logic [11:0] address, logic [2:0] size, logic [7:0] len);
    return (32'(address) & ~((32'd1 << size) - 32'd1)) + ((32'(len) + 32'd1) << size) > 32'd4096;
  endfunction

  logic       armed_q;
  // Addresses of writes whose data are not complete, in order.
  logic [74:0] write_q[Entries];  // address, size, len
  logic [7:0]  write_in_q, write_out_q, beat_q;
  // Beats of data that are not checked yet: their address has not come.
  logic [Bytes:0] data_q[Entries];  // strobes, last
  logic [7:0]     data_in_q, data_out_q;
  // Complete writes without a response, and beats of reads that are still to come, by ID.
  int unsigned responses_q[Ids];
  logic [7:0]  read_q[Ids * Entries];
  logic [7:0]  read_in_q[Ids], read_out_q[Ids], read_beat_q[Ids];
  logic [7:0]  read_at;
  logic [63:0] at_address;
  logic [2:0]  at_size;
  logic [7:0]  at_len;
  logic [Bytes-1:0] at_strb;
  logic        at_last;
  logic [IdWidth-1:0] write_id_q[Entries];
  int unsigned reads_q, writes_q;

  initial armed_q = 1'b0;

  // Only at a clock edge: when reset falls, the order of the valids and this block is undefined.
  always @(posedge clk_i) begin
    if (!rst_ni && armed_q && (awvalid_i || wvalid_i || arvalid_i)) $fatal(1, "%m: valid is high in reset");
  end

  // Not always_ff, for which slang allows no initial value. Blocking assignments: a beat is checked after the
  // address of the same cycle.
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      armed_q = 1'b1;
      write_in_q = '0;
      write_out_q = '0;
      beat_q = '0;
      data_in_q = '0;
      data_out_q = '0;
      reads_q = 0;
      writes_q = 0;
      for (int unsigned i = 0; i < Ids; i++) begin
        responses_q[i] = 0;
        read_in_q[i] = '0;
        read_out_q[i] = '0;
        read_beat_q[i] = '0;
      end
    end
    if (rst_ni && armed_q) begin
      if (awvalid_i) begin
        if (awburst_i != Incr) $fatal(1, "%m: a write burst is not incrementing");
        if ((32'd1 << awsize_i) > Bytes) $fatal(1, "%m: beats of a write burst are wider than the bus");
        if (crosses(awaddr_i[11:0], awsize_i, awlen_i)) $fatal(1, "%m: a write burst crosses 4 KB");
      end
      if (arvalid_i) begin
        if (arburst_i != Incr) $fatal(1, "%m: a read burst is not incrementing");
        if ((32'd1 << arsize_i) > Bytes) $fatal(1, "%m: beats of a read burst are wider than the bus");
        if (crosses(araddr_i[11:0], arsize_i, arlen_i)) $fatal(1, "%m: a read burst crosses 4 KB");
      end
      // Responses first: a response in the cycle of its address, or of its last beat, comes too early.
      if (bvalid_i && responses_q[bid_i] == 0) $fatal(1, "%m: a response without a complete write");
      if (bvalid_i && bready_i) begin
        responses_q[bid_i] = responses_q[bid_i] - 1;
        writes_q = writes_q - 1;
      end
      if (rvalid_i) begin
        read_at = read_out_q[rid_i];
        if (read_at == read_in_q[rid_i]) $fatal(1, "%m: data without a read of their ID");
        if (rlast_i != (read_beat_q[rid_i] == read_q[32'(rid_i) * Entries + 32'(read_at)])) begin
          $fatal(1, "%m: rlast is not on the last beat of its burst");
        end
        if (rready_i) begin
          read_beat_q[rid_i] = rlast_i ? '0 : read_beat_q[rid_i] + 8'd1;
          if (rlast_i) begin
            read_out_q[rid_i] = read_at + 8'd1;
            reads_q = reads_q - 1;
          end
        end
      end
      if (arvalid_i && arready_i) begin
        read_q[32'(arid_i) * Entries + 32'(read_in_q[arid_i])] = arlen_i;
        read_in_q[arid_i] = read_in_q[arid_i] + 8'd1;
        reads_q = reads_q + 1;
        if (reads_q > ReadBursts) $fatal(1, "%m: more outstanding reads than announced");
      end
      if (awvalid_i && awready_i) begin
        write_q[write_in_q] = {awaddr_i, awsize_i, awlen_i};
        write_id_q[write_in_q] = awid_i;
        write_in_q = write_in_q + 8'd1;
        writes_q = writes_q + 1;
        if (writes_q > WriteBursts) $fatal(1, "%m: more outstanding writes than announced");
      end
      if (wvalid_i && wready_i) begin
        data_q[data_in_q] = {wstrb_i, wlast_i};
        data_in_q = data_in_q + 8'd1;
        if (data_in_q == data_out_q) $fatal(1, "%m: data run too far ahead of their address");
      end
      while (write_out_q != write_in_q && data_out_q != data_in_q) begin
        {at_address, at_size, at_len} = write_q[write_out_q];
        {at_strb, at_last} = data_q[data_out_q];
        data_out_q = data_out_q + 8'd1;
        if (at_last != (beat_q == at_len)) $fatal(1, "%m: wlast is not on the last beat of its burst");
        if ((at_strb & ~lanes(at_address, at_size, beat_q)) != '0) begin
          $fatal(1, "%m: a strobe outside of the bytes of its beat");
        end
        beat_q = at_last ? '0 : beat_q + 8'd1;
        if (at_last) begin
          responses_q[write_id_q[write_out_q]] = responses_q[write_id_q[write_out_q]] + 1;
          write_out_q = write_out_q + 8'd1;
        end
      end
    end
  end

endmodule : flaash_axi_checker
