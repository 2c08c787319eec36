// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite split: an interconnect of one host and two devices, chosen by the top bit of the address.
//
// Guarantees  Each access of the host reaches one device, whole, and its response reaches the host.
// Demands     The AXI handshake rules on all ports.
// Latency     One cycle more than the device's own.
// Throughput  One write and one read at a time; they don't wait for each other.
// Stalls      The next access of a direction begins when the previous response has left.
// Reset       Drops the access in progress.

module flaash_axil_split #(
  parameter int unsigned AddrWidth = 12  // bits of a device's address; the host's has one more
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // host
  input  logic                      s_axil_awvalid,
  output logic                      s_axil_awready,
  input  logic [AddrWidth:0]        s_axil_awaddr,
  input  logic                      s_axil_wvalid,
  output logic                      s_axil_wready,
  output logic                      s_axil_bvalid,
  input  logic                      s_axil_bready,
  output logic [1:0]                s_axil_bresp,
  input  logic                      s_axil_arvalid,
  output logic                      s_axil_arready,
  input  logic [AddrWidth:0]        s_axil_araddr,
  output logic                      s_axil_rvalid,
  input  logic                      s_axil_rready,
  output logic [31:0]               s_axil_rdata,
  output logic [1:0]                s_axil_rresp,

  // devices; addresses, data and strobes go to both straight from the host
  output logic [1:0]                m_axil_awvalid,
  input  logic [1:0]                m_axil_awready,
  output logic [1:0]                m_axil_wvalid,
  input  logic [1:0]                m_axil_wready,
  input  logic [1:0]                m_axil_bvalid,
  output logic [1:0]                m_axil_bready,
  input  logic [1:0][1:0]           m_axil_bresp,
  output logic [1:0]                m_axil_arvalid,
  input  logic [1:0]                m_axil_arready,
  input  logic [1:0]                m_axil_rvalid,
  output logic [1:0]                m_axil_rready,
  input  logic [1:0][31:0]          m_axil_rdata,
  input  logic [1:0][1:0]           m_axil_rresp
);

  // --------------------------------------------------------------------- writes
  logic       writing_q, write_to_q, aw_sent_q, w_sent_q;
  logic [1:0] write_hot;

  assign write_hot      = {write_to_q, !write_to_q} & {2{writing_q}};
  assign m_axil_awvalid = write_hot & {2{s_axil_awvalid && !aw_sent_q}};
  assign m_axil_wvalid  = write_hot & {2{s_axil_wvalid && !w_sent_q}};
  assign m_axil_bready  = write_hot & {2{s_axil_bready}};
  assign s_axil_awready = |(write_hot & m_axil_awready) && !aw_sent_q;
  assign s_axil_wready  = |(write_hot & m_axil_wready) && !w_sent_q;
  assign s_axil_bvalid  = |(write_hot & m_axil_bvalid);
  assign s_axil_bresp   = m_axil_bresp[write_to_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writing_q  <= 1'b0;
      write_to_q <= 1'b0;
      aw_sent_q  <= 1'b0;
      w_sent_q   <= 1'b0;
    end else if (!writing_q) begin
      writing_q  <= s_axil_awvalid;
      write_to_q <= s_axil_awaddr[AddrWidth];
      aw_sent_q  <= 1'b0;
      w_sent_q   <= 1'b0;
    end else begin
      if (s_axil_awvalid && s_axil_awready) aw_sent_q <= 1'b1;
      if (s_axil_wvalid && s_axil_wready)   w_sent_q  <= 1'b1;
      if (s_axil_bvalid && s_axil_bready)   writing_q <= 1'b0;
    end
  end

  // ---------------------------------------------------------------------- reads
  logic       reading_q, read_from_q, ar_sent_q;
  logic [1:0] read_hot;

  assign read_hot       = {read_from_q, !read_from_q} & {2{reading_q}};
  assign m_axil_arvalid = read_hot & {2{s_axil_arvalid && !ar_sent_q}};
  assign m_axil_rready  = read_hot & {2{s_axil_rready}};
  assign s_axil_arready = |(read_hot & m_axil_arready) && !ar_sent_q;
  assign s_axil_rvalid  = |(read_hot & m_axil_rvalid);
  assign s_axil_rdata   = m_axil_rdata[read_from_q];
  assign s_axil_rresp   = m_axil_rresp[read_from_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reading_q   <= 1'b0;
      read_from_q <= 1'b0;
      ar_sent_q   <= 1'b0;
    end else if (!reading_q) begin
      reading_q   <= s_axil_arvalid;
      read_from_q <= s_axil_araddr[AddrWidth];
      ar_sent_q   <= 1'b0;
    end else begin
      if (s_axil_arvalid && s_axil_arready) ar_sent_q <= 1'b1;
      if (s_axil_rvalid && s_axil_rready)   reading_q <= 1'b0;
    end
  end

endmodule : flaash_axil_split
