// SPDX-License-Identifier: Apache-2.0
// Settings: the read-write registers, which only the host changes, except those that orders of the edge set.
//
// Guarantees  A written register holds its value until it is written again, also across a soft reset. A byte
//             without its strobe keeps its value. With Ordered, writes to choices_o.setup have no effect:
//             choices_o.setup and choices_o.numbers come from the last order_i.
// Demands     Writes are single cycles.
// Latency     One cycle from a write or an order to choices_o.
// Reset       All zero.

module flaash_settings
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter bit CanSplit = 1'b0,  // RegPortion can be written
  parameter bit Ordered  = 1'b0   // contractions are ordered by the edge
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  reg_write_t write_i,
  input  order_t     order_i,
  output choices_t   choices_o  // undefined bits read 0
);

  choices_t choices, choices_q;
  setup_t   setup;

  always_comb begin
    choices = choices_q;
    setup   = choices_q.setup;
    unique case (write_i.addr)
      RegMode:       if (write_i.mask[0]) setup.dense = write_i.bits[ModeDense];
      RegRunLength:  setup.run_length = (setup.run_length & ~write_i.mask) | write_i.bits;
      RegPortion:    if (CanSplit) setup.portion = (setup.portion & ~write_i.mask) | write_i.bits;
      RegLongLines:  setup.long_lines = (setup.long_lines & ~write_i.mask) | write_i.bits;
      RegWatchdog:   choices.watchdog = (choices_q.watchdog & ~write_i.mask) | write_i.bits;
      RegIrqEnable:  if (write_i.mask[0]) choices.irq_enable = write_i.bits[NumIrqs-1:0];
      RegSdpeSelect: if (write_i.mask[0]) choices.sdpe_select = write_i.bits[5:0];
      default: choices = choices_q;
    endcase
    if (!write_i.valid) choices = choices_q;
    if (!Ordered) begin
      if (write_i.valid) choices.setup = setup;
    end else if (order_i.valid) begin
      choices.setup   = order_i.setup;
      choices.numbers = order_i.numbers;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) choices_q <= '0;
    else         choices_q <= choices;
  end

  assign choices_o = choices_q;

  logic unused_order;
  assign unused_order = ^order_i;

endmodule : flaash_settings
