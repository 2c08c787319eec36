// SPDX-License-Identifier: Apache-2.0
// Interrupts: events that stay until they are cleared, the IEEE flags among them.
//
// Guarantees  A bit set by set_i (flags_i) stays until clear_i (flags_clear_i) clears it. An event in the cycle
//             of the clear is kept. irq_o is high while a bit is set and enabled.
// Demands     Nothing.
// Latency     One cycle.
// Reset       No event is set. forget_i does the same, and drops the events of its cycle.

`include "flaash_assert.svh"

module flaash_interrupts
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               forget_i,
  input  logic [NumIrqs-1:0] set_i,
  input  logic [NumIrqs-1:0] clear_i,
  input  logic [NumIrqs-1:0] enable_i,
  output logic [NumIrqs-1:0] status_o,
  output logic               irq_o,
  input  flags_t             flags_i,
  input  flags_t             flags_clear_i,
  output flags_t             flags_o
);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      status_o <= '0;
      flags_o  <= '0;
    end else if (forget_i) begin
      status_o <= '0;
      flags_o  <= '0;
    end else begin
      status_o <= (status_o & ~clear_i) | set_i;
      flags_o  <= (flags_o & ~flags_clear_i) | flags_i;
    end
  end

  assign irq_o = (status_o & enable_i) != '0;

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(ClearMeetsEvent_C, (clear_i & set_i) != '0)

endmodule : flaash_interrupts
