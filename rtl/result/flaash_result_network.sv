// SPDX-License-Identifier: Apache-2.0
// Result network: collects the results of all SDPEs, and of the combiner, into one stream.
//
// Guarantees  Every result accepted at in_* leaves at out_* exactly once, unchanged; results of one
//             source keep their order (flaash_stream_tree). A source is an SDPE or the combiner.
// Demands     The AXI handshake rule on both sides.
// Latency     max(ceil(log2(NumSources) / 3), 1) cycles, if no other result competes; fewer for a source
//             without a partner.
// Throughput  One result per cycle.
// Stalls      Each arbiter of the tree holds up to two results; then its inputs wait.
// Reset       Results inside are lost.

`include "flaash_assert.svh"

module flaash_result_network
  import flaash_pkg::*;
#(
  parameter int unsigned NumSources = 4  // 1 to 65
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // sources
  input  logic [NumSources-1:0]    in_valid_i,
  output logic [NumSources-1:0]    in_ready_o,
  input  result_t [NumSources-1:0] in_result_i,
  // unloader
  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output result_t                  out_result_o
);

  if (NumSources < 1 || NumSources > 65) begin : gen_illegal_sources
    `FLAASH_ILLEGAL("NumSources must be 1 to 65")
  end

  localparam int unsigned Width = $bits(result_t);

  flaash_stream_tree #(
    .Width (Width),
    .Inputs(NumSources)
  ) u_tree (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i  (in_result_i),
    .out_valid_o,
    .out_ready_i,
    .out_data_o (out_result_o)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_result_o, $bits(result_t))

endmodule : flaash_result_network
