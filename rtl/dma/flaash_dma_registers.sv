// SPDX-License-Identifier: Apache-2.0
// DMA registers: the registers of flaash_dma_pkg: ring, error and interrupt of the memory interface.
//
// Guarantees  pending_o while slot_o holds a descriptor to process; ring_fault_o instead if the ring is invalid.
//             taken_i moves on to the next slot, finish_i moves the head, which the host sees. expired_i ends the
//             queue at once (late_o); if the descriptor at the head is completed after that, its error replaces
//             ErrWatchdog.
// Demands     Accesses are single cycles, with the response in the same cycle. fault_i and finish_i only while
//             the machine is not being reset.
// Latency     One cycle from a write to its effect.
// Reset       All zero. A soft reset (kill_i) keeps base, size and RegDmaIrqEnable.

`include "flaash_assert.svh"

module flaash_dma_registers
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned DataWidth   = 128,  // as reported by RegDmaInfo
  parameter int unsigned ReadBursts  = 8,
  parameter int unsigned WriteBursts = 8
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // accesses
  input  access_t                 access_i,
  output dma_rsp_t                access_rsp_o,

  // the machine
  input  logic                    kill_i,       // everything
  input  logic                    busy_i,
  input  logic                    taken_i,      // pulse: the descriptor of slot_o is accepted
  output logic                    pending_o,
  output mem_addr_t               slot_o,
  output error_t                  ring_fault_o,
  input  logic                    expired_i,    // pulse: the watchdog has expired during a descriptor
  output logic                    late_o,       // the watchdog has ended the queue
  input  logic                    finish_i,     // pulse: the descriptor at the head is finished
  input  logic                    wants_irq_i,  // and the host requests an interrupt for it
  input  error_t                  fault_i       // pulse: this ends the queue
);

  localparam int unsigned SlotBits = $clog2(SlotBytes);

  reg_write_t             write;
  reg_read_t              read;
  logic                   write_known, read_known;
  logic [31:0]            read_data;
  mem_addr_t              base_q;
  logic [31:0]            size_q, tail_q;
  logic [15:0]            head_q, next_q;  // next: the slot that is processed next
  logic                   halted_q, late_q, beyond_q, there;
  error_e                 code_q;
  logic [31:0]            place_q;
  logic [NumDmaIrqs-1:0] enable_q, status_q, events, cleared;

  assign write    = access_i.write;
  assign read     = access_i.read;

  assign access_rsp_o.write_known = write_known;
  assign access_rsp_o.read_known  = read_known;
  assign access_rsp_o.data        = read_data;
  assign access_rsp_o.irq         = (status_q & enable_q) != '0;

  // ----------------------------------------------------------------------- ring
  logic [31:0] after_head, after_next;
  logic [54:0] end_slot;  // the first address after the ring, in slots

  assign slot_o      = base_q + (64'(next_q) << SlotBits);
  assign after_head = 32'(head_q) + 32'd1;
  assign after_next = 32'(next_q) + 32'd1;
  assign end_slot    = 55'(base_q[63:SlotBits]) + 55'(size_q);
  assign there       = 32'(next_q) != tail_q && !halted_q && !kill_i;
  assign pending_o   = there && !ring_fault_o.valid;

  always_comb begin
    ring_fault_o = '0;
    if (there) begin
      if (tail_q >= size_q) ring_fault_o = {1'b1, ErrRing, 32'(RegRingTail)};
      if (size_q < 32'd2 || size_q > 32'd65536 || beyond_q || 32'(next_q) >= size_q) begin
        ring_fault_o = {1'b1, ErrRing, 32'(RegRingSize)};
      end
      if (base_q[SlotBits-1:0] != '0) ring_fault_o = {1'b1, ErrRing, 32'(RegRingBase)};
    end
  end

  // --------------------------------------------------------------------- writes
  function automatic logic [31:0] written(logic [31:0] old, logic [31:0] mask, logic [31:0] bits);
    return (old & ~mask) | bits;
  endfunction

  always_comb begin
    unique case (write.addr)
      RegRingBase, RegRingBaseHigh, RegRingSize, RegRingTail, RegDmaIrqEnable, RegDmaIrqStatus: write_known = 1'b1;
      default: write_known = 1'b0;
    endcase
    cleared = '0;
    if (write.valid && write.addr == RegDmaIrqStatus) cleared = write.bits[NumDmaIrqs-1:0];
  end

  always_comb begin
    events               = '0;
    events[DmaIrqDone]  = finish_i && wants_irq_i;
    events[DmaIrqError] = fault_i.valid || (expired_i && !halted_q);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      base_q   <= '0;
      size_q   <= '0;
      beyond_q <= 1'b0;
      enable_q <= '0;
    end else begin
      beyond_q <= end_slot > {1'b1, 54'd0};
      if (write.valid) begin
        unique case (write.addr)
          RegRingBase:      base_q[31:0]  <= written(base_q[31:0], write.mask, write.bits);
          RegRingBaseHigh:  base_q[63:32] <= written(base_q[63:32], write.mask, write.bits);
          RegRingSize:      size_q        <= written(size_q, write.mask, write.bits);
          RegDmaIrqEnable: if (write.mask[0]) enable_q <= write.bits[NumDmaIrqs-1:0];
          default:          size_q        <= size_q;
        endcase
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      tail_q   <= '0;
      head_q   <= '0;
      next_q   <= '0;
      halted_q <= 1'b0;
      late_q   <= 1'b0;
      code_q   <= ErrNone;
      place_q  <= '0;
      status_q <= '0;
    end else if (kill_i) begin
      tail_q   <= '0;
      head_q   <= '0;
      next_q   <= '0;
      halted_q <= 1'b0;
      late_q   <= 1'b0;
      code_q   <= ErrNone;
      place_q  <= '0;
      status_q <= '0;
    end else begin
      status_q <= (status_q & ~cleared) | events;
      if (write.valid && write.addr == RegRingTail) tail_q <= written(tail_q, write.mask, write.bits);
      if (finish_i) head_q <= (after_head == size_q) ? '0 : after_head[15:0];
      if (taken_i)  next_q <= (after_next == size_q) ? '0 : after_next[15:0];
      if (expired_i && !halted_q) begin
        halted_q <= 1'b1;
        late_q   <= 1'b1;
        code_q   <= ErrWatchdog;
      end
      if (fault_i.valid) begin
        halted_q <= 1'b1;
        code_q   <= fault_i.code;
        place_q  <= fault_i.place;
      end
    end
  end

  assign late_o = late_q;

  // ---------------------------------------------------------------------- reads
  logic [31:0] status;

  always_comb begin
    status                   = '0;
    status[DmaStatusBusy]   = busy_i;
    status[DmaStatusHalted] = halted_q;
    read_known               = 1'b1;
    unique case (read.addr)
      RegDmaInfo:      read_data = {8'(WriteBursts), 8'(ReadBursts), 16'(DataWidth)};
      RegDmaStatus:    read_data = status;
      RegRingBase:      read_data = base_q[31:0];
      RegRingBaseHigh:  read_data = base_q[63:32];
      RegRingSize:      read_data = size_q;
      RegRingTail:      read_data = tail_q;
      RegRingHead:      read_data = 32'(head_q);
      RegDmaError:     read_data = 32'(code_q);
      RegDmaPlace:     read_data = place_q;
      RegDmaIrqEnable: read_data = 32'(enable_q);
      RegDmaIrqStatus: read_data = 32'(status_q);
      default: begin
        read_data  = '0;
        read_known = 1'b0;
      end
    endcase
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneErrorEndsIt_A, !fault_i.valid || !halted_q || late_q, "the queue continued after an error")
  `FLAASH_COVER(WrapsAround_C, finish_i && after_head == size_q)

endmodule : flaash_dma_registers
