// SPDX-License-Identifier: Apache-2.0
// Stream arbiter: merges two streams into one, in turns.
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, unchanged; beats of one
//             input keep their order. While both inputs offer beats, they are taken alternately.
// Demands     in_valid_i and in_data_i stay until in_ready_o (AXI handshake rule).
// Latency     One cycle from an accepted beat to out_valid_o. Without Registered none: then the offered beat may change
//             until it is accepted.
// Throughput  One beat per cycle, from one input alone or from both together.
// Stalls      in_ready_o depends on in_valid_i of the other input, with Registered never on out_ready_i.
// Reset       Empties it; up to two beats inside are lost. Input 0 goes first.

`include "flaash_assert.svh"

module flaash_stream_arbiter2 #(
  parameter int unsigned Width      = 32,   // bits of a beat, 1 or more
  parameter bit          Registered = 1'b1  // the output comes from a register
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
  logic ready;    // the one that is chosen is accepted

  assign chosen     = (&in_valid_i) ? turn_q : in_valid_i[1];
  assign in_ready_o = {chosen && ready, !chosen && ready};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= 1'b0;
    end else if ((|in_valid_i) && ready) begin
      turn_q <= !chosen;
    end
  end

  // -------------------------------------------------------------------- output
  if (Registered) begin : gen_register
    flaash_stream_register #(
      .Width(Width)
    ) u_register (
      .clk_i,
      .rst_ni,
      .in_valid_i (|in_valid_i),
      .in_ready_o (ready),
      .in_data_i  (in_data_i[chosen]),
      .out_valid_o,
      .out_ready_i,
      .out_data_o
    );
  end else begin : gen_wire
    assign out_valid_o = |in_valid_i;
    assign out_data_o  = in_data_i[chosen];
    assign ready       = out_ready_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, 1'b0, 1)  // which beat it is, only registers keep
  `FLAASH_ASSERT(OneAtATime_A, !(&in_ready_o), "both inputs accepted in one cycle")
  `FLAASH_COVER(BothOffer_C, &in_valid_i && ready)

endmodule : flaash_stream_arbiter2
