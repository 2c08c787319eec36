// SPDX-License-Identifier: Apache-2.0
// AXI reader: requests an array in turns of at most a burst, and buffers the beats until the consumer accepts
// them.
//
// Guarantees  Each beat of a request comes at out_* once, in order, with the memory's response. A turn ends
//             before the next multiple of TurnBeats beats. A turn is offered only when the buffer has room for
//             it, so a requested beat never waits at in_*.
// Demands     Beats at in_* belong to the accepted turns, in order.
// Latency     One cycle from a request to its first turn, one from a beat to out_*.
// Throughput  A turn and a beat per cycle.
// Reset       No beat is requested or stored.

`include "flaash_assert.svh"
`include "flaash_axi.svh"

module flaash_axi_reader
  import flaash_axi_pkg::*;
#(
  parameter int unsigned DataWidth = 128,  // of the bus: 128, 256 or 512
  parameter int unsigned TurnBeats = 16,   // of a turn, most: a power of two
  parameter int unsigned Depth     = 64,   // stored beats: a power of two, TurnBeats or more
  localparam type beat_t = `FLAASH_AXI_BEAT(DataWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  output logic                 idle_o,  // nothing is left to request

  input  logic                 req_valid_i,
  output logic                 req_ready_o,
  input  read_req_t            req_i,

  // to and from the bus
  output logic                 turn_valid_o,
  input  logic                 turn_ready_i,
  output read_req_t            turn_o,
  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  beat_t                in_i,

  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output beat_t                out_o
);

  localparam int unsigned ByteBits  = $clog2(DataWidth / 8);
  localparam int unsigned TurnBits  = $clog2(TurnBeats);
  localparam int unsigned CountBits = $clog2(Depth) + 1;

  if (TurnBeats < 2 || (TurnBeats & (TurnBeats - 1)) != 0 || Depth < TurnBeats) begin : gen_illegal_turn
    `FLAASH_ILLEGAL("TurnBeats must be a power of two, 2 or more, and Depth no less")
  end

  // ---------------------------------------------------------------------- turns
  mem_addr_t            addr_q;
  logic [31:0]          left_q;  // beats of the request that are in no turn yet
  logic [CountBits-1:0] owed_q;  // requested beats that have not left at out_*
  logic [31:0]          most, beats;
  logic                 turns, takes;

  assign most         = TurnBeats - 32'(addr_q[ByteBits +: TurnBits]);
  assign beats        = (left_q < most) ? left_q : most;
  assign turn_valid_o = left_q != '0 && 32'(owed_q) + beats <= Depth;
  assign turn_o       = {addr_q, beats};
  assign turns        = turn_valid_o && turn_ready_i;
  assign req_ready_o  = left_q == '0;
  assign idle_o       = left_q == '0;
  assign takes        = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q <= '0;
      left_q <= '0;
      owed_q <= '0;
    end else begin
      owed_q <= owed_q + (turns ? beats[CountBits-1:0] : '0) - CountBits'(takes);
      if (turns) begin
        addr_q <= addr_q + (64'(beats) << ByteBits);
        left_q <= left_q - beats;
      end
      if (req_valid_i && req_ready_o) begin
        addr_q <= req_i.addr;
        left_q <= req_i.beats;
      end
    end
  end

  // --------------------------------------------------------------------- buffer
  logic [$clog2(Depth):0] unused_usage;

  flaash_ram_fifo #(
    .Width($bits(beat_t)),
    .Depth(Depth)
  ) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(in_i),
    .out_valid_o, .out_ready_i, .out_data_o(out_o), .usage_o(unused_usage)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(turn, turn_valid_o, turn_ready_i, turn_o, 96)
  `FLAASH_ASSERT(Room_A, !in_valid_i || in_ready_o, "a requested beat finds no room")
  `FLAASH_ASSERT(Asked_A, !in_valid_i || owed_q != '0, "a beat without a request")
  `FLAASH_COVER(WaitsForRoom_C, left_q != '0 && !turn_valid_o)

endmodule : flaash_axi_reader
