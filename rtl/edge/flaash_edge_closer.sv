// SPDX-License-Identifier: Apache-2.0
// Edge closer: an operand frame that the chip has begun to take is ended, whatever happens behind it.
//
// Guarantees  Beats pass in order. With cancel_i what comes is no longer taken; if a beat of the frame has been taken
//             and its last one not, a last one is made. A first beat is on offer only while hold_i is low, and with
//             cancel_i it is dropped.
// Demands     cancel_i stays until idle_o. The chip takes a first beat in the cycle in which it is offered: the
//             loader is idle when a frame begins.
// Latency     One cycle.
// Throughput  A beat per cycle.
// Reset       Outside a frame.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_edge_closer
  import flaash_pkg::*;
#(
  parameter int unsigned FeedWidth = StreamWidth,  // bits of a beat
  localparam type beat_t = `FLAASH_BEAT(FeedWidth)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   cancel_i,
  input  logic                   hold_i,  // the chip takes no new frame
  output logic                   idle_o,  // outside a frame

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [FeedWidth-1:0]   in_data_i,
  input  logic                   in_last_i,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output beat_t                  beat_o
);

  logic                   valid_q, last_q, inside_q, room, taken;
  logic [FeedWidth-1:0]   data_q;

  assign out_valid_o = valid_q && (inside_q || (!hold_i && !cancel_i));
  assign beat_o      = {last_q, data_q};
  assign taken       = out_valid_o && out_ready_i;
  assign room        = !valid_q || taken;
  assign in_ready_o  = room && !cancel_i;
  assign idle_o      = !valid_q && !inside_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      last_q   <= 1'b0;
      inside_q <= 1'b0;
      data_q   <= '0;
    end else begin
      if (taken) inside_q <= !last_q;
      if (taken) valid_q  <= 1'b0;
      if (cancel_i) begin
        if (!inside_q && !taken) begin
          valid_q <= 1'b0;
        end else if (room && !(taken ? last_q : 1'b0)) begin
          valid_q <= 1'b1;
          last_q  <= 1'b1;
          data_q  <= '0;
        end
      end else if (in_valid_i && in_ready_o) begin
        valid_q <= 1'b1;
        last_q  <= in_last_i;
        data_q  <= in_data_i;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i || !inside_q, beat_o, FeedWidth + 1)
  `FLAASH_ASSERT(FirstIsTaken_A, !(out_valid_o && !inside_q) || out_ready_i, "the chip did not take a first beat")
  `FLAASH_COVER(MadeEnd_C, cancel_i && taken && last_q)

endmodule : flaash_edge_closer
