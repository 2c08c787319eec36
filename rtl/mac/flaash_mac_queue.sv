// SPDX-License-Identifier: Apache-2.0
// MAC queue: a queue after a pipeline that can't be stalled; room is reserved at launch, and the name of a beat
// waits here for it.
//
// Guarantees  room_o while fewer than Depth beats are stored or launched. Beats leave once each, in order, each
//             with the name that came with its launch. in_ready_o, if Places equals Depth.
// Demands     launch_i only with room_o; one beat per launch, in order. The AXI handshake rule at in_*, out_*.
// Latency     One cycle.
// Throughput  One beat per cycle, if Depth is at least the cycles from a launch to its beat, plus 3.
// Stalls      room_o does not depend on out_ready_i.
// Reset       Drops beats and launches; empty_o.

`include "flaash_assert.svh"

module flaash_mac_queue #(
  parameter type         Name   = logic [31:0],
  parameter type         Beat   = logic [31:0],
  parameter int unsigned Depth  = 16,    // beats that are launched, a power of two, 2 or more
  parameter int unsigned Places = Depth  // beats that wait here, likewise; the others wait in the pipeline
) (
  input  logic clk_i,
  input  logic rst_ni,

  // beats in flight
  output logic room_o,
  input  logic launch_i,
  input  Name  launch_name_i,

  // beats
  input  logic in_valid_i,
  output logic in_ready_o,
  input  Beat  in_data_i,
  output logic out_valid_o,
  input  logic out_ready_i,
  output Name  out_name_o,
  output Beat  out_data_o,
  output logic empty_o
);

  logic [$clog2(Depth):0]  names;
  logic [$clog2(Places):0] beats;
  logic                    pop, named;

  assign pop     = out_valid_o && out_ready_i;
  assign empty_o = names == '0;

  flaash_stream_fifo #(
    .Data (Name),
    .Depth(Depth)
  ) u_names (
    .clk_i, .rst_ni,
    .in_valid_i (launch_i),
    .in_ready_o (room_o),
    .in_data_i  (launch_name_i),
    .out_valid_o(named),
    .out_ready_i(pop),
    .out_data_o (out_name_o),
    .usage_o    (names)
  );

  flaash_stream_fifo #(
    .Data (Beat),
    .Depth(Places)
  ) u_beats (
    .clk_i, .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i,
    .out_valid_o,
    .out_ready_i,
    .out_data_o,
    .usage_o    (beats)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(RoomForBeat_A, in_ready_o || !in_valid_i || Places < Depth, "a beat without room")
  `FLAASH_ASSERT(LaunchedFirst_A, 32'(names) >= 32'(beats) && (named || !out_valid_o), "a beat that was not launched")
  `FLAASH_ASSERT(LaunchWithRoom_A, room_o || !launch_i, "a launch without room")
  `FLAASH_COVER(NoRoom_C, !room_o)
  `FLAASH_COVER(EveryCycle_C, in_valid_i && launch_i)
  `FLAASH_COVER(LastPlace_C, launch_i && 32'(names) == Depth - 1)

endmodule : flaash_mac_queue
