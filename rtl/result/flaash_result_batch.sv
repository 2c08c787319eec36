// SPDX-License-Identifier: Apache-2.0
// Result batch: gathers the results that several lanes offer in one cycle, or sends them one by one.
//
// Guarantees  With numbers_i the results that are taken in a cycle leave together, in batch_o, from its
//             element 0 on; without it each leaves alone at out_*. Each leaves once, unchanged; results of
//             a lane keep their order. taken_o counts those that leave in this cycle. While drop_i they
//             are accepted and discarded, and a waiting batch is withdrawn.
// Demands     The AXI handshake rule on all sides. numbers_i changes only while nothing is inside or offered; with it
//             nothing is at out_*.
// Latency     One cycle with numbers_i, else that of flaash_stream_tree.
// Throughput  A result per lane and cycle with numbers_i, else one per cycle.
// Reset       Results inside are lost.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_result_batch
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes = 2,  // 2 to 8
  localparam type batch_t = `FLAASH_BATCH(Lanes)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                numbers_i,
  input  logic                drop_i,
  output batch_count_t        taken_o,

  input  logic [Lanes-1:0]    in_valid_i,
  output logic [Lanes-1:0]    in_ready_o,
  input  result_t [Lanes-1:0] in_result_i,

  output logic                out_valid_o,
  input  logic                out_ready_i,
  output result_t             out_result_o,

  output logic                batch_valid_o,
  input  logic                batch_ready_i,
  output batch_t              batch_o
);

  localparam int unsigned Width = $bits(result_t);

  if (Lanes < 2 || Lanes > MaxBatch) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 2 to 8")
  end

  // ------------------------------------------------------------------- one by one
  logic [Lanes-1:0] tree_ready;

  flaash_stream_tree #(
    .Width (Width),
    .Inputs(Lanes)
  ) u_tree (
    .clk_i, .rst_ni,
    .in_valid_i(numbers_i ? '0 : in_valid_i), .in_ready_o(tree_ready), .in_data_i(in_result_i),
    .out_valid_o, .out_ready_i, .out_data_o(out_result_o)
  );

  // --------------------------------------------------------------------- together
  // The result of lane i follows the results of lower lanes.
  result_t [Lanes-1:0] gathered;
  batch_count_t        count;

  always_comb begin
    gathered = '0;
    count    = '0;
    for (int i = 0; i < int'(Lanes); i++) begin
      if (in_valid_i[i]) begin
        for (int place = 0; place <= i; place++) begin
          if (count == batch_count_t'(place)) gathered[place] = in_result_i[i];
        end
        count = count + 1'b1;
      end
    end
  end

  logic valid_q, leaves, room;

  assign leaves        = valid_q && (batch_ready_i || drop_i);
  assign room          = !valid_q || leaves;
  assign batch_valid_o = valid_q && !drop_i;
  assign in_ready_o    = numbers_i ? {Lanes{room}} : tree_ready;
  assign taken_o       = (leaves ? batch_o.count : '0) + batch_count_t'(out_valid_o && out_ready_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
      batch_o <= '0;
    end else if (room) begin
      valid_q <= numbers_i && count != '0;
      if (numbers_i && count != '0) batch_o <= {count, gathered};
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(batch, valid_q, batch_ready_i || drop_i, batch_o, Lanes * Width + $bits(batch_count_t))
  `FLAASH_ASSERT(OneWay_A, !(out_valid_o && valid_q), "results on both outputs")
  `FLAASH_COVER(AllLanes_C, batch_valid_o && 32'(batch_o.count) == Lanes)
  `FLAASH_COVER(Dropped_C, valid_q && drop_i)

endmodule : flaash_result_batch
