// SPDX-License-Identifier: Apache-2.0
// Edge commands: the writes to registers of the chip that a contraction takes.
//
// Guarantees  set_i: the settings of the descriptor are written; abort_i: ControlAbort, before all others. idle_o: all
//             were answered.
// Demands     head_i stays until idle_o. clear_i only while no command is with the chip: a soft reset is ordered on
//             the same way as commands are.
// Latency     One cycle from an order to its first command.
// Throughput  A command at a time.
// Reset       Nothing to write. clear_i does the same.

`include "flaash_assert.svh"

module flaash_edge_commands
  import flaash_reg_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter bit CanSplit = 1'b0  // the build has RegPortion
) (
  input  logic     clk_i,
  input  logic     rst_ni,

  input  logic     clear_i,
  input  logic     set_i,
  input  logic     abort_i,
  input  head_t    head_i,
  output logic     idle_o,

  output logic     command_valid_o,
  input  logic     command_ready_i,
  output command_t command_o
);

  localparam int unsigned Orders = 5;  // bit 0 goes first: abort, four settings

  logic [Orders-1:0] left_q, first;
  logic              under_way_q;

  assign first           = left_q & (~left_q + 1'b1);
  assign idle_o          = left_q == '0;
  assign command_valid_o = left_q != '0;

  // A command that is on offer stays, whatever comes before it.
  logic [Orders-1:0] chosen_q, chosen;

  assign chosen = under_way_q ? chosen_q : first;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q      <= '0;
      chosen_q    <= '0;
      under_way_q <= 1'b0;
    end else begin
      under_way_q <= command_valid_o && !command_ready_i;
      chosen_q    <= chosen;
      left_q      <= (left_q & ~(command_ready_i ? chosen : '0))
                       | {set_i, set_i && CanSplit, set_i, set_i, abort_i};
      if (clear_i) left_q <= '0;
    end
  end

  logic unused_head;
  assign unused_head = ^head_i;

  always_comb begin
    command_o = {RegControl, 32'd1 << ControlAbort};
    if (chosen[1]) command_o = {RegMode, 32'(head_i.dense) << ModeDense};
    if (chosen[2]) command_o = {RegRunLength, head_i.run_length};
    if (chosen[3]) command_o = {RegPortion, head_i.portion};
    if (chosen[4]) command_o = {RegLongLines, head_i.long_lines};
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(command, command_valid_o, command_ready_i || clear_i, command_o, RegAddrWidth + 32)

endmodule : flaash_edge_commands
