// SPDX-License-Identifier: Apache-2.0
// Settings: the read-write registers, which the host alone changes.
//
// Guarantees  A written register holds its value until it is written again, also over a soft reset. A byte
//             without its strobe is left as it was.
// Demands     Writes are single cycles.
// Latency     One cycle from a write to choices_o.
// Reset       All zero.

module flaash_settings
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter bit CanSplit = 1'b0  // RegPortion can be written
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  reg_write_t write_i,
  output choices_t    choices_o  // bits that mean nothing read 0
);

  choices_t choices, choices_q;

  always_comb begin
    choices = choices_q;
    unique case (write_i.addr)
      RegMode:      if (write_i.mask[0]) choices.dense = write_i.bits[ModeDense];
      RegRunLength: choices.run_length = (choices_q.run_length & ~write_i.mask) | write_i.bits;
      RegPortion:   if (CanSplit) choices.portion = (choices_q.portion & ~write_i.mask) | write_i.bits;
      RegLongLines: choices.long_lines = (choices_q.long_lines & ~write_i.mask) | write_i.bits;
      RegWatchdog:  choices.watchdog = (choices_q.watchdog & ~write_i.mask) | write_i.bits;
      RegIrqEnable: if (write_i.mask[0]) choices.irq_enable = write_i.bits[NumIrqs-1:0];
      RegSdpeSelect: if (write_i.mask[0]) choices.sdpe_select = write_i.bits[5:0];
      default: choices = choices_q;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)            choices_q <= '0;
    else if (write_i.valid) choices_q <= choices;
  end

  assign choices_o = choices_q;

endmodule : flaash_settings
