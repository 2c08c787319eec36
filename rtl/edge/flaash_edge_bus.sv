// SPDX-License-Identifier: Apache-2.0
// Edge bus: leads accesses of the host to the registers of the chip or of the memory edge, and gives the edge's own
// commands to the chip.
//
// Guarantees  Each access of the host is answered once, in order. One that the edge knows is a single cycle of write_o
//             or read_addr_o there; all others go to the chip, which refuses what nobody knows.
//             A command is written to the chip as a write of the host would be. Commands and writes of the host that
//             wait at the same time take turns, so that neither waits for more than one of the other. ControlStart
//             and writes to the settings, which belong to the descriptors, do not reach the chip; the response is the
//             chip's. aborting_o is high while ControlAbort of the host takes effect in the chip.
// Demands     The AXI handshake rules on both sides; the edge answers in the same cycle. A command stays until taken.
// Latency     Two cycles for an access to the edge; two more than the chip's for one to the chip.
// Throughput  One access of a direction at a time.
// Reset       Forgets accesses under way.

`include "flaash_assert.svh"

module flaash_edge_bus
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_edge_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // host
  input  axil_req_t               axil_i,
  output axil_rsp_t               axil_o,

  // chip
  output axil_req_t               chip_o,
  input  axil_rsp_t               chip_i,
  output logic                    aborting_o,
  input  logic                    command_valid_i,
  output logic                    command_ready_o,  // it was answered
  input  command_t                command_i,

  // edge
  output reg_write_t              write_o,
  output logic [RegAddrWidth-1:0] write_addr_o,
  input  logic                    write_known_i,   // the edge has this register, and it can be written
  output logic [RegAddrWidth-1:0] read_addr_o,
  input  logic                    read_known_i,
  input  logic [31:0]             read_data_i
);

  // --------------------------------------------------------------------- writes
  typedef enum logic [1:0] {WriteIdle, WriteChip, WriteWait, WriteAnswer} write_state_e;

  write_state_e            write_state_q;
  logic                    aw_held_q, w_held_q, own_q;  // own: a command of the edge
  logic                    aw_left_q, w_left_q;         // to the chip, not taken yet
  logic [RegAddrWidth-1:0] aw_q, to_addr_q;
  logic [31:0]             wdata_q, to_data_q, mask;
  logic [31:0]             starts;  // what the host must not order: a start
  logic                    owned;   // a register that descriptors alone change
  logic [3:0]              wstrb_q, to_strb_q;
  logic [1:0]              bresp_q;
  logic                    local_write, host_write;

  assign host_write   = write_state_q == WriteIdle && aw_held_q && w_held_q && (own_q || !command_valid_i);
  assign local_write  = host_write && write_known_i;
  assign starts       = (aw_q == RegControl) ? 32'd1 << ControlStart : '0;
  assign owned        = aw_q == RegMode || aw_q == RegRunLength || aw_q == RegPortion || aw_q == RegLongLines;
  assign mask         = {{8{wstrb_q[3]}}, {8{wstrb_q[2]}}, {8{wstrb_q[1]}}, {8{wstrb_q[0]}}};
  assign write_addr_o = aw_q;
  assign write_o      = {local_write, aw_q, mask, wdata_q & mask};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_state_q <= WriteIdle;
      aw_held_q     <= 1'b0;
      w_held_q      <= 1'b0;
      own_q         <= 1'b0;
      aw_left_q     <= 1'b0;
      w_left_q      <= 1'b0;
      aw_q          <= '0;
      wdata_q       <= '0;
      wstrb_q       <= '0;
      to_addr_q     <= '0;
      to_data_q     <= '0;
      to_strb_q     <= '0;
      bresp_q       <= '0;
    end else begin
      if (axil_i.awvalid && !aw_held_q) begin
        aw_held_q <= 1'b1;
        aw_q      <= axil_i.awaddr;
      end
      if (axil_i.wvalid && !w_held_q) begin
        w_held_q <= 1'b1;
        wdata_q  <= axil_i.wdata;
        wstrb_q  <= axil_i.wstrb;
      end
      unique case (write_state_q)
        WriteIdle: begin
          own_q <= !host_write;
          if (host_write) begin
            aw_held_q <= 1'b0;
            w_held_q  <= 1'b0;
            bresp_q   <= 2'b00;
            to_addr_q <= aw_q;
            to_data_q <= wdata_q & ~starts;
            to_strb_q <= owned ? '0 : wstrb_q;
          end else begin
            to_addr_q <= command_i.addr;
            to_data_q <= command_i.data;
            to_strb_q <= '1;
          end
          if (local_write) begin
            write_state_q <= WriteAnswer;
          end else if (host_write || command_valid_i) begin
            write_state_q <= WriteChip;
            aw_left_q     <= 1'b1;
            w_left_q      <= 1'b1;
          end
        end
        WriteChip: begin
          if (chip_i.awready) aw_left_q <= 1'b0;
          if (chip_i.wready)  w_left_q  <= 1'b0;
          if ((chip_i.awready || !aw_left_q) && (chip_i.wready || !w_left_q)) write_state_q <= WriteWait;
        end
        WriteWait: if (chip_i.bvalid) begin
          bresp_q       <= chip_i.bresp;
          if (own_q) write_state_q <= WriteIdle;
          else write_state_q <= WriteAnswer;
        end
        default: if (axil_i.bready) write_state_q <= WriteIdle;
      endcase
    end
  end

  assign command_ready_o = write_state_q == WriteWait && chip_i.bvalid && own_q;

  // ---------------------------------------------------------------------- reads
  typedef enum logic [2:0] {ReadIdle, ReadLook, ReadChip, ReadWait, ReadAnswer} read_state_e;

  read_state_e             read_state_q;
  logic [RegAddrWidth-1:0] ar_q;
  logic [31:0]             rdata_q;
  logic [1:0]              rresp_q;

  assign read_addr_o = ar_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_state_q <= ReadIdle;
      ar_q         <= '0;
      rdata_q      <= '0;
      rresp_q      <= '0;
    end else begin
      unique case (read_state_q)
        ReadIdle: if (axil_i.arvalid) begin
          ar_q         <= axil_i.araddr;
          read_state_q <= ReadLook;
        end
        ReadLook: begin
          rdata_q      <= read_data_i;
          rresp_q      <= 2'b00;
          if (read_known_i) read_state_q <= ReadAnswer;
          else read_state_q <= ReadChip;
        end
        ReadChip: if (chip_i.arready) read_state_q <= ReadWait;
        ReadWait: if (chip_i.rvalid) begin
          rdata_q      <= chip_i.rdata;
          rresp_q      <= chip_i.rresp;
          read_state_q <= ReadAnswer;
        end
        default: if (axil_i.rready) read_state_q <= ReadIdle;
      endcase
    end
  end

  // --------------------------------------------------------------------- outputs
  logic bvalid, rvalid, to_chip, ar_valid;

  assign bvalid   = write_state_q == WriteAnswer;
  assign rvalid   = read_state_q == ReadAnswer;
  assign to_chip  = write_state_q == WriteChip;
  assign ar_valid = read_state_q == ReadChip;

  assign aborting_o = write_state_q == WriteWait && !own_q && to_addr_q == RegControl && to_strb_q[ControlAbort / 8]
                      && to_data_q[ControlAbort];

  assign axil_o   = {!aw_held_q, !w_held_q, bvalid, bresp_q, read_state_q == ReadIdle, rvalid, rdata_q, rresp_q};
  assign chip_o   = {to_chip && aw_left_q, to_addr_q, 3'd0, to_chip && w_left_q, to_data_q, to_strb_q,
                     write_state_q == WriteWait, ar_valid, ar_q, 3'd0, read_state_q == ReadWait};

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(aw, axil_i.awvalid, !aw_held_q, ({axil_i.awprot, axil_i.awaddr}), RegAddrWidth + 3)
  `FLAASH_STREAM_CHECK(w, axil_i.wvalid, !w_held_q, ({axil_i.wstrb, axil_i.wdata}), 36)
  `FLAASH_STREAM_CHECK(b, bvalid, axil_i.bready, bresp_q, 2)
  `FLAASH_STREAM_CHECK(ar, axil_i.arvalid, read_state_q == ReadIdle, ({axil_i.arprot, axil_i.araddr}), RegAddrWidth + 3)
  `FLAASH_STREAM_CHECK(r, rvalid, axil_i.rready, ({rresp_q, rdata_q}), 34)
  `FLAASH_COVER(HostWaits_C, write_state_q == WriteIdle && aw_held_q && w_held_q && command_valid_i)

endmodule : flaash_edge_bus
