// SPDX-License-Identifier: Apache-2.0
// Stream tree: merges any number of streams into one, by a tree of two-input arbiters.
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, unchanged; beats of one input
//             keep their order. An offered beat is accepted before more than 2**Levels others have left.
// Demands     The AXI handshake rule on both sides.
// Latency     max(ceil(Levels / 3), 1) cycles from an accepted beat to out_valid_o, if no other beat competes;
//             an input without a partner on a level skips that level's arbiter.
// Throughput  One beat per cycle.
// Stalls      The arbiters of the last level, and of every third one before it, hold up to two beats; then their
//             inputs wait.
// Reset       Beats inside are lost.
//
//   in 0 --+                      A tree of arbiters, Levels = ceil(log2(Inputs)). Level l has
//   in 1 --+--+                   ceil(Inputs / 2**l) streams; the odd one out has no partner and
//   in 2 --+  |                   is wired through. Every third level has registers.
//   in 3 --+--+--+
//   in 4 ------- +--> out

`include "flaash_assert.svh"

module flaash_stream_tree #(
  parameter int unsigned Width  = 32,  // bits of a beat, 1 or more
  parameter int unsigned Inputs = 4    // 1 or more
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // producers
  input  logic [Inputs-1:0]            in_valid_i,
  output logic [Inputs-1:0]            in_ready_o,
  input  logic [Inputs-1:0][Width-1:0] in_data_i,
  // consumer
  output logic                         out_valid_o,
  input  logic                         out_ready_i,
  output logic [Width-1:0]             out_data_o
);

  if (Inputs < 1) begin : gen_illegal_inputs
    `FLAASH_ILLEGAL("Inputs must be 1 or more")
  end

  localparam int unsigned Levels = $clog2(Inputs);

  if (Inputs == 1) begin : gen_single
    flaash_stream_register #(
      .Width(Width)
    ) u_register (
      .clk_i,
      .rst_ni,
      .in_valid_i,
      .in_ready_o,
      .in_data_i,
      .out_valid_o,
      .out_ready_i,
      .out_data_o
    );
  end else begin : gen_tree
    for (genvar level = 0; level <= Levels; level++) begin : gen_level
      // The streams that reach this level; level 0 are the inputs.
      localparam int unsigned Streams = (Inputs + (1 << level) - 1) >> level;
      logic [Streams-1:0]            valid, ready;
      logic [Streams-1:0][Width-1:0] data;

      if (level == 0) begin : gen_inputs
        assign valid      = in_valid_i;
        assign data       = in_data_i;
        assign in_ready_o = ready;
      end else begin : gen_arbiters
        localparam int unsigned Below = (Inputs + (1 << (level - 1)) - 1) >> (level - 1);
        for (genvar i = 0; i < Streams; i++) begin : gen_stream
          if (2 * i + 1 < Below) begin : gen_pair
            flaash_stream_arbiter2 #(
              .Width     (Width),
              .Registered((Levels - level) % 3 == 0)
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
    assign out_data_o              = gen_level[Levels].data;
    assign gen_level[Levels].ready = out_ready_i;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, Width)
  `FLAASH_COVER(AllOffer_C, &in_valid_i)

endmodule : flaash_stream_tree
