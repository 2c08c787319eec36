// SPDX-License-Identifier: Apache-2.0
// Pipeline register of the MAC's front, with back-pressure.
//
// Guarantees  Beats leave once each, in order, unchanged. An empty stage accepts a beat even while its
//             consumer stalls, so that gaps between beats close meanwhile.
// Demands     AXI handshake rule at in_*. in_ready_o depends on out_ready_i: at the end of a chain of
//             stages the consumer's ready has to come from registers.
// Latency     One cycle. Throughput: one beat per cycle. Reset empties the stage.

`include "flaash_assert.svh"

module flaash_mac_stage #(
  parameter type Data = logic [31:0]  // of a beat
) (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic in_valid_i,
  output logic in_ready_o,
  input  Data  in_data_i,

  output logic out_valid_o,
  input  logic out_ready_i,
  output Data  out_data_o
);

  assign in_ready_o = !out_valid_o || out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) out_valid_o <= 1'b0;
    else if (in_ready_o) out_valid_o <= in_valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (in_valid_i && in_ready_o) out_data_o <= in_data_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, $bits(Data))
  `FLAASH_COVER(AdvanceWhileFull_C, out_valid_o && out_ready_i && in_valid_i)

endmodule : flaash_mac_stage
