// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite slave: turns the five channels into single accesses to registers.
//
// Guarantees  One write_valid_o or read_valid_o cycle per access of the host, with everything that
//             belongs to it; what write_error_i, read_data_i and read_error_i say in that cycle is the
//             answer (SLVERR or OKAY). Answers in the order of the accesses.
// Demands     The AXI handshake rules. Address and data of a write may come in any order.
// Latency     Access one cycle after the last of address and data; answer one cycle later.
// Throughput  One access per two cycles and direction; reads and writes don't wait for each other.
// Stalls      An answer that is not taken holds back the next access of its direction.
// Reset       Forgets accesses under way.

`include "flaash_assert.svh"

module flaash_axil_slave #(
  parameter int unsigned AddrWidth = 12  // bits of a byte address, 3 to 32
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // AXI4-Lite; protection is of no concern here
  input  logic                 s_axil_awvalid_i,
  output logic                 s_axil_awready_o,
  input  logic [AddrWidth-1:0] s_axil_awaddr_i,
  input  logic [2:0]           s_axil_awprot_i,
  input  logic                 s_axil_wvalid_i,
  output logic                 s_axil_wready_o,
  input  logic [31:0]          s_axil_wdata_i,
  input  logic [3:0]           s_axil_wstrb_i,
  output logic                 s_axil_bvalid_o,
  input  logic                 s_axil_bready_i,
  output logic [1:0]           s_axil_bresp_o,
  input  logic                 s_axil_arvalid_i,
  output logic                 s_axil_arready_o,
  input  logic [AddrWidth-1:0] s_axil_araddr_i,
  input  logic [2:0]           s_axil_arprot_i,
  output logic                 s_axil_rvalid_o,
  input  logic                 s_axil_rready_i,
  output logic [31:0]          s_axil_rdata_o,
  output logic [1:0]           s_axil_rresp_o,

  // write access
  output logic                 write_valid_o,
  output logic [AddrWidth-1:0] write_addr_o,
  output logic [31:0]          write_data_o,
  output logic [3:0]           write_strb_o,
  input  logic                 write_error_i,

  // read access
  output logic                 read_valid_o,
  output logic [AddrWidth-1:0] read_addr_o,
  input  logic [31:0]          read_data_i,
  input  logic                 read_error_i
);

  localparam logic [1:0] RespOkay   = 2'b00;
  localparam logic [1:0] RespSlvErr = 2'b10;

  if (AddrWidth < 3 || AddrWidth > 32) begin : gen_illegal_addr_width
    `FLAASH_ILLEGAL("AddrWidth must be 3 to 32")
  end

  // --------------------------------------------------------------------- writes
  logic aw_held_q, w_held_q;

  assign s_axil_awready_o = !aw_held_q;
  assign s_axil_wready_o  = !w_held_q;
  assign write_valid_o    = aw_held_q && w_held_q && (!s_axil_bvalid_o || s_axil_bready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      aw_held_q       <= 1'b0;
      w_held_q        <= 1'b0;
      write_addr_o    <= '0;
      write_data_o    <= '0;
      write_strb_o    <= '0;
      s_axil_bvalid_o <= 1'b0;
      s_axil_bresp_o  <= RespOkay;
    end else begin
      if (s_axil_awvalid_i && s_axil_awready_o) begin
        aw_held_q    <= 1'b1;
        write_addr_o <= s_axil_awaddr_i;
      end
      if (s_axil_wvalid_i && s_axil_wready_o) begin
        w_held_q     <= 1'b1;
        write_data_o <= s_axil_wdata_i;
        write_strb_o <= s_axil_wstrb_i;
      end
      if (s_axil_bready_i) s_axil_bvalid_o <= 1'b0;
      if (write_valid_o) begin
        aw_held_q       <= 1'b0;
        w_held_q        <= 1'b0;
        s_axil_bvalid_o <= 1'b1;
        s_axil_bresp_o  <= write_error_i ? RespSlvErr : RespOkay;
      end
    end
  end

  // ---------------------------------------------------------------------- reads
  logic ar_held_q;

  assign s_axil_arready_o = !ar_held_q;
  assign read_valid_o     = ar_held_q && (!s_axil_rvalid_o || s_axil_rready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ar_held_q       <= 1'b0;
      read_addr_o     <= '0;
      s_axil_rvalid_o <= 1'b0;
      s_axil_rdata_o  <= '0;
      s_axil_rresp_o  <= RespOkay;
    end else begin
      if (s_axil_arvalid_i && s_axil_arready_o) begin
        ar_held_q   <= 1'b1;
        read_addr_o <= s_axil_araddr_i;
      end
      if (s_axil_rready_i) s_axil_rvalid_o <= 1'b0;
      if (read_valid_o) begin
        ar_held_q       <= 1'b0;
        s_axil_rvalid_o <= 1'b1;
        s_axil_rdata_o  <= read_error_i ? '0 : read_data_i;
        s_axil_rresp_o  <= read_error_i ? RespSlvErr : RespOkay;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  // The host's channels are watched too: a fault there would look like one of ours.
  `FLAASH_STREAM_CHECK(aw, s_axil_awvalid_i, s_axil_awready_o,
                       ({s_axil_awprot_i, s_axil_awaddr_i}), AddrWidth + 3)
  `FLAASH_STREAM_CHECK(w, s_axil_wvalid_i, s_axil_wready_o, ({s_axil_wstrb_i, s_axil_wdata_i}), 36)
  `FLAASH_STREAM_CHECK(b, s_axil_bvalid_o, s_axil_bready_i, s_axil_bresp_o, 2)
  `FLAASH_STREAM_CHECK(ar, s_axil_arvalid_i, s_axil_arready_o,
                       ({s_axil_arprot_i, s_axil_araddr_i}), AddrWidth + 3)
  `FLAASH_STREAM_CHECK(r, s_axil_rvalid_o, s_axil_rready_i, ({s_axil_rresp_o, s_axil_rdata_o}), 34)
  `FLAASH_COVER(DataBeforeAddress_C, w_held_q && !aw_held_q)
  `FLAASH_COVER(AnswerHoldsBack_C, aw_held_q && w_held_q && !write_valid_o)

endmodule : flaash_axil_slave
