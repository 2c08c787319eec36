// SPDX-License-Identifier: Apache-2.0
// Reset probe: registers that begin with random bits, and stop the simulation if they see a clock edge before a reset.

module flaash_reset_probe (
  input  logic        clk_i,
  input  logic        rst_ni,
  output logic [31:0] count_o
);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) count_o <= '0;
    else         count_o <= count_o + 1'b1;
  end

  always @(posedge clk_i) begin
    if (!rst_ni && count_o != '0) $fatal(1, "a register was not reset before the first edge of the clock");
  end

endmodule : flaash_reset_probe
