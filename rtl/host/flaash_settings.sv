// SPDX-License-Identifier: Apache-2.0
// Settings: the read-write registers, which the host alone changes.
//
// Guarantees  A written register holds its value until it is written again, also over a soft reset. A byte
//             without its strobe is left as it was.
// Demands     Writes are single cycles; write_bits_i is 0 where write_mask_i is.
// Latency     One cycle from a write to the output.
// Reset       All zero.

module flaash_settings
  import flaash_reg_pkg::*;
#(
  parameter bit CanSplit = 1'b0  // RegPortion can be written
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // writes
  input  logic                    write_valid_i,
  input  logic [RegAddrWidth-1:0] write_addr_i,
  input  logic [31:0]             write_mask_i,
  input  logic [31:0]             write_bits_i,

  // values; bits that mean nothing read 0
  output logic                    dense_o,
  output logic [31:0]             run_length_o,
  output logic [31:0]             portion_o,
  output logic [31:0]             long_lines_o,
  output logic [31:0]             watchdog_o,
  output logic [NumIrqs-1:0]      irq_enable_o,
  output logic [5:0]              sdpe_select_o
);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      dense_o       <= 1'b0;
      run_length_o  <= '0;
      portion_o     <= '0;
      long_lines_o  <= '0;
      watchdog_o    <= '0;
      irq_enable_o  <= '0;
      sdpe_select_o <= '0;
    end else if (write_valid_i) begin
      if (write_addr_i == RegMode && write_mask_i[0]) dense_o <= write_bits_i[ModeDense];
      if (write_addr_i == RegRunLength) run_length_o <= (run_length_o & ~write_mask_i) | write_bits_i;
      if (CanSplit && write_addr_i == RegPortion) portion_o <= (portion_o & ~write_mask_i) | write_bits_i;
      if (write_addr_i == RegLongLines) long_lines_o <= (long_lines_o & ~write_mask_i) | write_bits_i;
      if (write_addr_i == RegWatchdog) watchdog_o <= (watchdog_o & ~write_mask_i) | write_bits_i;
      if (write_addr_i == RegIrqEnable && write_mask_i[0]) irq_enable_o <= write_bits_i[NumIrqs-1:0];
      if (write_addr_i == RegSdpeSelect && write_mask_i[0]) sdpe_select_o <= write_bits_i[5:0];
    end
  end

endmodule : flaash_settings
