// SPDX-License-Identifier: Apache-2.0
// Queue behind a pipeline that can't be stalled: gives out places before the beats come.
//
// Guarantees  room_o while fewer than Depth places are taken: by launches whose beat has not come, and by
//             beats that wait. Beats leave once each, in order.
// Demands     launch_i only with room_o; one beat per launch. The AXI handshake rule at out_*.
// Latency     One cycle.
// Throughput  One beat per cycle, if Depth is at least the cycles from a launch to its beat, plus 3.
// Stalls      room_o does not depend on out_ready_i.
// Reset       Forgets beats and launches.

`include "flaash_assert.svh"

module flaash_mac_queue #(
  parameter int unsigned Width = 32,  // bits of a beat, 1 or more
  parameter int unsigned Depth = 16   // beats, a power of two, 2 or more
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  // places
  output logic             room_o,
  input  logic             launch_i,

  // beats
  input  logic             in_valid_i,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  localparam int unsigned CreditWidth = $clog2(Depth) + 1;

  logic [CreditWidth-1:0] places_q, usage;
  logic                   pop, fifo_ready;

  assign room_o = places_q != '0;
  assign pop    = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) places_q <= CreditWidth'(Depth);
    else places_q <= places_q + CreditWidth'(pop) - CreditWidth'(launch_i);
  end

  flaash_stream_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o(fifo_ready),
    .in_data_i,
    .out_valid_o,
    .out_ready_i,
    .out_data_o,
    .usage_o(usage)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(PlaceForBeat_A, fifo_ready || !in_valid_i, "a beat without a place")
  `FLAASH_ASSERT(PlacesAreFree_A, places_q + usage <= CreditWidth'(Depth), "more places than there are")
  `FLAASH_ASSERT(LaunchWithRoom_A, room_o || !launch_i, "a launch without a place")
  `FLAASH_COVER(NoRoom_C, !room_o)
  `FLAASH_COVER(EveryCycle_C, in_valid_i && launch_i)

endmodule : flaash_mac_queue
