// SPDX-License-Identifier: Apache-2.0
// Result lanes: collect the results of all SDPEs, and of the combiner, in lanes that each give one per cycle.
//
// Guarantees  Every result accepted at in_* leaves once, unchanged; results of one source keep their order. With
//             numbers_i, and several lanes, the results that the lanes give in a cycle leave together, in batch_o, from
//             its element 0 on; otherwise each leaves alone at out_*. taken_o counts those that leave in this cycle.
//             From the cycle after drop_i on no batch leaves, and results for batches are discarded. So a result that
//             was accepted in the cycle before drop_i, or later, leaves in no batch.
// Demands     The AXI handshake rule on all sides. numbers_i changes only while nothing is inside or offered; with it
//             nothing is at out_*.
// Latency     That of a flaash_result_network of ceil(NumSources / Lanes) sources. With several lanes one cycle more in
//             batches, else that of flaash_stream_tree.
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
    // One by one.
    logic [Lanes-1:0] tree_ready;

    flaash_stream_tree #(
      .Width ($bits(result_t)),
      .Inputs(Lanes)
    ) u_tree (
      .clk_i, .rst_ni,
      .in_valid_i(numbers_i ? '0 : lane_valid), .in_ready_o(tree_ready), .in_data_i(lane_result),
      .out_valid_o, .out_ready_i, .out_data_o(out_result_o)
    );

    // Together: the result of lane i follows the results of lower lanes.
    result_t [Lanes-1:0] gathered;
    batch_count_t        count;

    always_comb begin
      gathered = '0;
      count    = '0;
      for (int i = 0; i < int'(Lanes); i++) begin
        if (lane_valid[i]) begin
          for (int place = 0; place <= i; place++) begin
            if (count == batch_count_t'(place)) gathered[place] = lane_result[i];
          end
          count = count + 1'b1;
        end
      end
    end

    logic valid_q, leaves, room;
    logic drop_q;

    assign leaves        = valid_q && (batch_ready_i || drop_q);
    assign room          = !valid_q || leaves;
    assign batch_valid_o = valid_q && !drop_q;
    assign lane_ready    = numbers_i ? {Lanes{room}} : tree_ready;
    assign taken_o       = (leaves ? batch_o.count : '0) + batch_count_t'(out_valid_o && out_ready_i);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) drop_q <= 1'b0;
      else         drop_q <= drop_i;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q <= 1'b0;
        batch_o <= '0;
      end else if (room) begin
        valid_q <= numbers_i && count != '0;
        if (numbers_i && count != '0) batch_o <= {count, gathered};
      end
    end

    `FLAASH_STREAM_CHECK(batch, valid_q, batch_ready_i || drop_i, batch_o, $bits(batch_t))
    `FLAASH_ASSERT(OneWay_A, !(out_valid_o && valid_q), "results on both outputs")
    `FLAASH_COVER(AllLanes_C, batch_valid_o && 32'(batch_o.count) == Lanes)
    `FLAASH_COVER(Dropped_C, valid_q && drop_q)
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_result_o, $bits(result_t))

endmodule : flaash_result_lanes
