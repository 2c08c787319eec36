// SPDX-License-Identifier: Apache-2.0
// Interrupts: RegIrqEnable, RegIrqStatus, RegFlags and the interrupt line.
//
// Guarantees  An event or a flag stays until a 1 is written to its bit or clear_i; what happens in the cycle
//             of its write stays, what happens in that of clear_i does not. irq_o is high while a bit
//             is set in status and enable both.
// Demands     Writes are single cycles; write_bits_i is 0 where a byte has no strobe.
// Latency     One cycle from an event to irq_o.
// Reset       Nothing happened, nothing is enabled; clear_i leaves the enables.

`include "flaash_assert.svh"

module flaash_interrupts
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // write accesses
  input  logic                    write_valid_i,
  input  logic [RegAddrWidth-1:0] write_addr_i,
  input  logic [31:0]             write_bits_i,
  input  logic                    write_strb_i,  // of the lowest byte
  input  logic                    clear_i,

  // what happens
  input  logic [NumIrqs-1:0]      irq_i,
  input  flags_t                  flags_i,

  output logic [NumIrqs-1:0]      irq_enable_o,
  output logic [NumIrqs-1:0]      irq_status_o,
  output flags_t                  flags_o,
  output logic                    irq_o
);

  logic [NumIrqs-1:0] irq_clear;
  flags_t             flags_clear;

  always_comb begin
    irq_clear   = '0;
    flags_clear = '0;
    if (write_valid_i && write_addr_i == RegIrqStatus) irq_clear = write_bits_i[NumIrqs-1:0];
    if (write_valid_i && write_addr_i == RegFlags) flags_clear = write_bits_i[$bits(flags_t)-1:0];
  end

  logic unused_bits;
  assign unused_bits = ^write_bits_i;

  // ------------------------------------------------------------------- registers
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_enable_o <= '0;
    end else if (write_valid_i && write_addr_i == RegIrqEnable && write_strb_i) begin
      irq_enable_o <= write_bits_i[NumIrqs-1:0];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_status_o <= '0;
      flags_o      <= '0;
    end else if (clear_i) begin
      irq_status_o <= '0;
      flags_o      <= '0;
    end else begin
      irq_status_o <= (irq_status_o & ~irq_clear) | irq_i;
      flags_o      <= (flags_o & ~flags_clear) | flags_i;
    end
  end

  assign irq_o = (irq_status_o & irq_enable_o) != '0;

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(ClearMeetsEvent_C, (irq_clear & irq_i) != '0)

endmodule : flaash_interrupts
