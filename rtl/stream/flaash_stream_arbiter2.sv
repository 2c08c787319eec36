// SPDX-License-Identifier: Apache-2.0
// Stream arbiter: merges two streams into one, in turns.
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, unchanged; beats of one
//             input keep their order. While both inputs offer beats, they are taken alternately.
// Demands     in_valid_i and in_data_i stay until in_ready_o (AXI handshake rule).
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle, from one input alone or from both together.
// Stalls      in_ready_o depends on in_valid_i of the other input, never on out_ready_i.
// Reset       Empties it; up to two beats inside are lost. Input 0 goes first.

`include "flaash_assert.svh"

module flaash_stream_arbiter2 #(
  parameter int unsigned Width = 32  // bits of a beat, 1 or more
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // producers
  input  logic [1:0]            in_valid_i,
  output logic [1:0]            in_ready_o,
  input  logic [1:0][Width-1:0] in_data_i,
  // consumer
  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  output logic [Width-1:0]      out_data_o
);

  // -------------------------------------------------------------------- choice
  logic turn_q;   // which input wins when both offer
  logic chosen;
  logic register_ready;

  assign chosen     = (&in_valid_i) ? turn_q : in_valid_i[1];
  assign in_ready_o = {chosen && register_ready, !chosen && register_ready};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= 1'b0;
    end else if ((|in_valid_i) && register_ready) begin
      turn_q <= !chosen;
    end
  end

  // -------------------------------------------------------------------- output
  flaash_stream_register #(
    .Width(Width)
  ) u_register (
    .clk_i,
    .rst_ni,
    .in_valid_i (|in_valid_i),
    .in_ready_o (register_ready),
    .in_data_i  (in_data_i[chosen]),
    .out_valid_o,
    .out_ready_i,
    .out_data_o
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAtATime_A, !(&in_ready_o), "both inputs accepted in one cycle")
  `FLAASH_COVER(BothOffer_C, &in_valid_i && register_ready)

endmodule : flaash_stream_arbiter2
