// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite stream port: a host without a DMA sends and receives beats of 128 bits by registers.
//
//   0x00 .. 0x0c  write words 0 to 3 of a beat; word 3 sends it
//   0x10          write bit 0: the next beat is the last one of its frame
//   0x20          read bit 0: a beat has arrived, bit 1: it is the last one; write anything: accept it
//   0x24 .. 0x30  read words 0 to 3 of that beat
//
// Guarantees  Beats leave and come in order, unchanged. The response to every access is OKAY.
// Demands     The AXI handshake rules; a beat is read before it is accepted.
// Latency     Responses come one cycle after the access.
// Throughput  One access per two cycles and direction.
// Stalls      A beat that the consumer does not accept holds back the next one, and so the host.
// Reset       No beat is stored.

module flaash_axil_stream (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         s_axil_awvalid,
  output logic         s_axil_awready,
  input  logic [5:0]   s_axil_awaddr,
  input  logic         s_axil_wvalid,
  output logic         s_axil_wready,
  input  logic [31:0]  s_axil_wdata,
  output logic         s_axil_bvalid,
  input  logic         s_axil_bready,
  input  logic         s_axil_arvalid,
  output logic         s_axil_arready,
  input  logic [5:0]   s_axil_araddr,
  output logic         s_axil_rvalid,
  input  logic         s_axil_rready,
  output logic [31:0]  s_axil_rdata,

  // beats out
  output logic         m_axis_tvalid,
  input  logic         m_axis_tready,
  output logic [127:0] m_axis_tdata,
  output logic         m_axis_tlast,

  // beats in
  input  logic         s_axis_tvalid,
  output logic         s_axis_tready,
  input  logic [127:0] s_axis_tdata,
  input  logic         s_axis_tlast
);

  localparam logic [3:0] WordSends = 4'h3;
  localparam logic [3:0] WordLast  = 4'h4;
  localparam logic [3:0] WordTake  = 4'h8;

  // --------------------------------------------------------------------- writes
  logic       write, free;
  logic [3:0] to;

  assign to             = s_axil_awaddr[5:2];
  assign free           = !m_axis_tvalid || m_axis_tready;
  assign write          = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid && (to > WordSends || free);
  assign s_axil_awready = write;
  assign s_axil_wready  = write;
  assign s_axis_tready  = write && to == WordTake;

  logic last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s_axil_bvalid <= 1'b0;
      m_axis_tvalid <= 1'b0;
      m_axis_tdata  <= '0;
      m_axis_tlast  <= 1'b0;
      last_q        <= 1'b0;
    end else begin
      if (m_axis_tready) m_axis_tvalid <= 1'b0;
      if (s_axil_bready) s_axil_bvalid <= 1'b0;
      if (write) begin
        s_axil_bvalid <= 1'b1;
        if (to <= WordSends) m_axis_tdata[32 * to[1:0] +: 32] <= s_axil_wdata;
        if (to == WordLast)  last_q <= s_axil_wdata[0];
        if (to == WordSends) begin
          m_axis_tvalid <= 1'b1;
          m_axis_tlast  <= last_q;
          last_q        <= 1'b0;
        end
      end
    end
  end

  // ---------------------------------------------------------------------- reads
  logic       read;
  logic [3:0] from, word;

  assign from           = s_axil_araddr[5:2];
  assign word           = from - WordTake - 4'd1;
  assign read           = s_axil_arvalid && !s_axil_rvalid;
  assign s_axil_arready = read;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s_axil_rvalid <= 1'b0;
      s_axil_rdata  <= '0;
    end else begin
      if (s_axil_rready) s_axil_rvalid <= 1'b0;
      if (read) begin
        s_axil_rvalid <= 1'b1;
        s_axil_rdata  <= (from == WordTake) ? 32'({s_axis_tlast, s_axis_tvalid})
                                            : s_axis_tdata[32 * word[1:0] +: 32];
      end
    end
  end

endmodule : flaash_axil_stream
