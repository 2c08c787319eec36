// SPDX-License-Identifier: Apache-2.0
// Result lanes: collect the results of all SDPEs, and of the combiner, in lanes that each give one per cycle.
//
// Guarantees  Every result accepted at in_* leaves once, unchanged, at out_* or in a batch (flaash_result_batch);
//             results of one source keep their order. With one lane all leave at out_*.
// Demands     As flaash_result_network and flaash_result_batch.
// Latency     That of a flaash_result_network of ceil(NumSources / Lanes) sources, and with several lanes that of
//             flaash_result_batch.
// Throughput  One result per lane and cycle in batches, one per cycle at out_*.
// Reset       Results inside are lost.
//
//   sources 0, Lanes, 2 Lanes .. --> network --> lane 0 --+--> out_*, batch_*
//   sources 1, Lanes + 1 ..      --> network --> lane 1 --+

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_result_lanes
  import flaash_pkg::*;
#(
  parameter int unsigned NumSources = 8,  // 1 to 65
  parameter int unsigned Lanes      = 1,  // 1 to 8
  localparam type batch_t = `FLAASH_BATCH(Lanes)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     numbers_i,  // results leave in batches
  input  logic                     drop_i,
  output batch_count_t             taken_o,    // results that leave in this cycle

  input  logic [NumSources-1:0]    in_valid_i,
  output logic [NumSources-1:0]    in_ready_o,
  input  result_t [NumSources-1:0] in_result_i,

  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output result_t                  out_result_o,

  output logic                     batch_valid_o,
  input  logic                     batch_ready_i,
  output batch_t                   batch_o
);

  if (Lanes < 1 || Lanes > MaxBatch) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1 to 8")
  end

  logic [Lanes-1:0]    lane_valid, lane_ready;
  result_t [Lanes-1:0] lane_result;

  for (genvar l = 0; l < int'(Lanes); l++) begin : gen_lane
    if (l < NumSources) begin : gen_network
      localparam int unsigned Sources = (NumSources - l + Lanes - 1) / Lanes;

      logic [Sources-1:0]    valid, ready;
      result_t [Sources-1:0] result;
      result_t               result_l;

      for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
        assign valid[s]                  = in_valid_i[l + s * Lanes];
        assign result[s]                 = in_result_i[l + s * Lanes];
        assign in_ready_o[l + s * Lanes] = ready[s];
      end

      flaash_result_network #(
        .NumSources(Sources)
      ) u_network (
        .clk_i, .rst_ni,
        .in_valid_i(valid), .in_ready_o(ready), .in_result_i(result),
        .out_valid_o(lane_valid[l]), .out_ready_i(lane_ready[l]), .out_result_o(result_l)
      );

      assign lane_result[l] = result_l;
    end else begin : gen_none
      assign lane_valid[l]  = 1'b0;
      assign lane_result[l] = '0;

      logic unused_ready;
      assign unused_ready = lane_ready[l];
    end
  end

  if (Lanes == 1) begin : gen_one
    assign out_valid_o   = lane_valid[0];
    assign lane_ready[0] = out_ready_i;
    assign out_result_o  = lane_result[0];
    assign taken_o       = batch_count_t'(out_valid_o && out_ready_i);
    assign batch_valid_o = 1'b0;
    assign batch_o       = '0;

    logic unused_batch;
    assign unused_batch = numbers_i ^ drop_i ^ batch_ready_i;
  end else begin : gen_batch
    flaash_result_batch #(
      .Lanes(Lanes)
    ) u_batch (
      .clk_i, .rst_ni,
      .numbers_i, .drop_i, .taken_o,
      .in_valid_i(lane_valid), .in_ready_o(lane_ready), .in_result_i(lane_result),
      .out_valid_o, .out_ready_i, .out_result_o,
      .batch_valid_o, .batch_ready_i, .batch_o
    );
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_result_o, $bits(result_t))

endmodule : flaash_result_lanes
