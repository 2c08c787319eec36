// SPDX-License-Identifier: Apache-2.0
// Result network: collects the results of all SDPEs into one stream.
//
// Guarantees  Every result accepted at in_* leaves at out_* exactly once, unchanged; results of one
//             SDPE keep their order. An SDPE that offers a result is served before more than
//             2**Levels + Levels - 1 others have left (2**Levels if all offer always).
// Demands     The AXI handshake rule on both sides.
// Latency     max(Levels, 1) cycles from an accepted result to out_valid_o, where it meets no other;
//             an SDPE without a partner on a level skips that level's arbiter.
// Throughput  One result per cycle.
// Stalls      Each arbiter holds up to two results; then its inputs wait.
// Reset       Results inside are lost.
//
//   in 0 --+                      A tree of arbiters, Levels = ceil(log2(NumSdpe)). Level l has
//   in 1 --+--+                   ceil(NumSdpe / 2**l) streams; the odd one out has no partner and
//   in 2 --+  |                   is wired through.
//   in 3 --+--+--+
//   in 4 ------- +--> out

`include "flaash_assert.svh"

module flaash_result_network
  import flaash_pkg::*;
#(
  parameter int unsigned NumSdpe = 4  // 1 to 64
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // SDPEs
  input  logic [NumSdpe-1:0]    in_valid_i,
  output logic [NumSdpe-1:0]    in_ready_o,
  input  result_t [NumSdpe-1:0] in_result_i,

  // unloader
  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  output result_t               out_result_o
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_sdpes
    $fatal(1, "NumSdpe must be 1 to 64");
  end

  localparam int unsigned Width  = $bits(result_t);
  localparam int unsigned Levels = $clog2(NumSdpe);

  if (NumSdpe == 1) begin : gen_single
    flaash_stream_register #(
      .Width(Width)
    ) u_register (
      .clk_i,
      .rst_ni,
      .in_valid_i,
      .in_ready_o,
      .in_data_i  (in_result_i),
      .out_valid_o,
      .out_ready_i,
      .out_data_o (out_result_o)
    );
  end else begin : gen_tree
    for (genvar level = 0; level <= Levels; level++) begin : gen_level
      // The streams that reach this level; level 0 are the SDPEs.
      localparam int unsigned Streams = (NumSdpe + (1 << level) - 1) >> level;
      logic [Streams-1:0]            valid, ready;
      logic [Streams-1:0][Width-1:0] data;

      if (level == 0) begin : gen_inputs
        assign valid      = in_valid_i;
        assign data       = in_result_i;
        assign in_ready_o = ready;
      end else begin : gen_arbiters
        localparam int unsigned Below = (NumSdpe + (1 << (level - 1)) - 1) >> (level - 1);
        for (genvar i = 0; i < Streams; i++) begin : gen_stream
          if (2 * i + 1 < Below) begin : gen_pair
            flaash_stream_arbiter2 #(
              .Width(Width)
            ) u_arbiter (
              .clk_i,
              .rst_ni,
              .in_valid_i (gen_level[level-1].valid[2*i+1:2*i]),
              .in_ready_o (gen_level[level-1].ready[2*i+1:2*i]),
              .in_data_i  (gen_level[level-1].data[2*i+1:2*i]),
              .out_valid_o(valid[i]),
              .out_ready_i(ready[i]),
              .out_data_o (data[i])
            );
          end else begin : gen_odd
            assign valid[i] = gen_level[level-1].valid[2*i];
            assign data[i]  = gen_level[level-1].data[2*i];
            assign gen_level[level-1].ready[2*i] = ready[i];
          end
        end
      end
    end

    assign out_valid_o             = gen_level[Levels].valid;
    assign out_result_o            = gen_level[Levels].data;
    assign gen_level[Levels].ready = out_ready_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_result_o, $bits(result_t))
  `FLAASH_COVER(AllOffer_C, &in_valid_i)

endmodule : flaash_result_network
