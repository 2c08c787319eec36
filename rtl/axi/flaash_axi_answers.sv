// SPDX-License-Identifier: Apache-2.0
// AXI write responses: tracks the write bursts that wait for a response, and assigns each response to its burst.
//
// Guarantees  A response belongs to the oldest waiting burst: about_o names that burst in the cycle of the
//             handshake. waits_o shows for each turn whether one of its bursts waits. ready_o while fewer than
//             Bursts wait, few_o while fewer than half as many.
// Demands     began_i only with ready_o. Responses keep the order of the bursts; no response without a burst.
// Latency     waits_o one cycle after began_i and the response.
// Throughput  A burst and a response per cycle.
// Reset       No burst waits.

`include "flaash_assert.svh"

module flaash_axi_answers
  import flaash_axi_pkg::*;
#(
  parameter int unsigned Bursts = 8  // waiting bursts, most: a power of two, 2 or more
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             began_i,
  input  burst_name_t      name_i,
  output logic             ready_o,
  output logic             few_o,

  input  logic             b_valid_i,  // accepted at once
  input  logic [1:0]       b_resp_i,

  output answer_t          answer_o,  // wrong: one cycle long
  output burst_name_t      about_o,
  output logic [Turns-1:0] waits_o,
  output logic             idle_o     // no burst waits
);

  localparam int unsigned CountBits = $clog2(Bursts) + 1;

  logic                 waiting;
  logic [CountBits-1:0] usage;

  assign answer_o = {b_valid_i && b_resp_i[1], b_resp_i[0]};
  assign idle_o   = !waiting;
  assign few_o    = 32'(usage) < Bursts / 2;

  flaash_stream_fifo #(
    .Data (burst_name_t),
    .Depth(Bursts)
  ) u_names (
    .clk_i, .rst_ni,
    .in_valid_i(began_i), .in_ready_o(ready_o), .in_data_i(name_i),
    .out_valid_o(waiting), .out_ready_i(b_valid_i), .out_data_o(about_o), .usage_o(usage)
  );

  for (genvar t = 0; t < int'(Turns); t++) begin : gen_turn
    logic [CountBits-1:0] count_q;
    logic                 comes, goes;

    assign comes      = began_i && name_i.turn == turn_t'(t);
    assign goes       = b_valid_i && about_o.turn == turn_t'(t);
    assign waits_o[t] = count_q != '0;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) count_q <= '0;
      else         count_q <= count_q + CountBits'(comes) - CountBits'(goes);
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(b, b_valid_i, 1'b1, b_resp_i, 2)
  `FLAASH_ASSERT(Room_A, !began_i || ready_o, "more bursts than can wait")
  `FLAASH_ASSERT(Asked_A, !b_valid_i || waiting, "a response without a burst")
  `FLAASH_COVER(AllWait_C, 32'(usage) == Bursts)

endmodule : flaash_axi_answers
