// SPDX-License-Identifier: Apache-2.0
// Stream register: cuts every combinational path between a producer and a consumer (skid buffer).
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, in order, unchanged. Both
//             out_valid_o and in_ready_o come out of registers.
// Demands     in_valid_i and in_data_i stay until in_ready_o (AXI handshake rule).
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle.
// Stalls      When the consumer stops, one more beat is accepted: into skid_q, after out_q.
// Reset       Empties it; up to two beats inside are lost.

`include "flaash_assert.svh"

module flaash_stream_register #(
  parameter int unsigned Width = 32  // bits of a beat, 1 or more
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  // producer
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  // consumer
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  if (Width < 1) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Width must be 1 or more")
  end

  // ------------------------------------------------------------------ contents
  logic out_valid_q, skid_valid_q;  // skid_valid_q only with out_valid_q
  logic out_free;                   // out_q is empty or its beat leaves now

  assign out_free    = !out_valid_q || out_ready_i;
  assign in_ready_o  = !skid_valid_q;
  assign out_valid_o = out_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_valid_q  <= 1'b0;
      skid_valid_q <= 1'b0;
    end else begin
      if (out_free) out_valid_q <= skid_valid_q || in_valid_i;
      skid_valid_q <= !out_free && (skid_valid_q || in_valid_i);
    end
  end

  // --------------------------------------------------------------------- beats
  logic [Width-1:0] out_q, skid_q;

  always_ff @(posedge clk_i) begin
    if (out_free) out_q <= skid_valid_q ? skid_q : in_data_i;
    if (in_ready_o) skid_q <= in_data_i;
  end

  assign out_data_o = out_q;

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, Width)
  `FLAASH_ASSERT(SkidAfterOut_A, !skid_valid_q || out_valid_q, "a beat in skid_q, but none in out_q")
  `FLAASH_COVER(Full_C, skid_valid_q)

endmodule : flaash_stream_register
