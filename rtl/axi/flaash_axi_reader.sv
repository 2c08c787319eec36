// SPDX-License-Identifier: Apache-2.0
// AXI reader: requests an array in turns of at most a burst, and buffers the beats until the consumer accepts
// them.
//
// Guarantees  Each beat of a request comes at out_* once, in order. An error response comes with its beat, but not
//             while an earlier beat with an error response is stored: consumers stop at the first one. A turn ends
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
  logic                 some_q;  // there are such beats
  logic [CountBits-1:0] owed_q;  // requested beats that have not left at out_*
  logic [TurnBits:0]    most, beats;
  logic                 whole;   // the turn has all beats up to the multiple of TurnBeats
  logic                 turns, takes;

  assign most         = (TurnBits+1)'(TurnBeats) - (TurnBits+1)'(addr_q[ByteBits +: TurnBits]);
  assign whole        = left_q[31:TurnBits] != '0 || {1'b0, left_q[TurnBits-1:0]} >= most;
  assign beats        = whole ? most : {1'b0, left_q[TurnBits-1:0]};
  assign turn_valid_o = some_q && 32'(owed_q) + 32'(beats) <= Depth;
  assign turn_o       = {addr_q, 32'(beats)};
  assign turns        = turn_valid_o && turn_ready_i;
  assign req_ready_o  = !some_q;
  assign idle_o       = !some_q;
  assign takes        = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q <= '0;
      left_q <= '0;
      some_q <= 1'b0;
      owed_q <= '0;
    end else begin
      owed_q <= owed_q + (turns ? CountBits'(beats) : '0) - CountBits'(takes);
      // After a turn that is not whole nothing is left, and the address does not matter.
      if (turns) begin
        addr_q <= {addr_q[63:ByteBits+TurnBits] + 1'b1, (ByteBits+TurnBits)'(0)};
        left_q <= left_q - 32'(beats);
        some_q <= left_q != 32'(beats);
      end
      if (req_valid_i && req_ready_o) begin
        addr_q <= req_i.addr;
        left_q <= req_i.beats;
        some_q <= req_i.beats != '0;
      end
    end
  end

  // --------------------------------------------------------------------- buffer
  logic [$clog2(Depth):0] usage;
  logic [DataWidth-1:0]   data;

  flaash_ram_fifo #(
    .Width(DataWidth),
    .Depth(Depth)
  ) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(in_i.data),
    .out_valid_o, .out_ready_i, .out_data_o(data), .usage_o(usage)
  );

  // ------------------------------------------------------------------- responses
  // The RAM has no room for them, and its words come late in a cycle.
  logic                   wrong_q, decode_q;  // a stored beat has an error response; which one
  logic                   first_q;            // it is the first beat
  logic [$clog2(Depth):0] ahead, ahead_q;     // beats that leave before a beat that comes now; before that beat
  resp_t                  resp;

  assign resp = in_i.resp;
  assign ahead  = usage - ($clog2(Depth)+1)'(takes);
  assign out_o  = {first_q, decode_q, data};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wrong_q  <= 1'b0;
      first_q  <= 1'b0;
      decode_q <= 1'b0;
      ahead_q  <= '0;
    end else if (in_valid_i && resp.wrong && !wrong_q) begin
      wrong_q  <= 1'b1;
      first_q  <= ahead == '0;
      decode_q <= resp.decode;
      ahead_q  <= ahead;
    end else if (takes) begin
      wrong_q  <= wrong_q && !first_q;
      first_q  <= wrong_q && ahead_q == ($clog2(Depth)+1)'(1);
      ahead_q  <= ahead_q - 1'b1;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(turn, turn_valid_o, turn_ready_i, turn_o, 96)
  `FLAASH_ASSERT(Room_A, !in_valid_i || in_ready_o, "a requested beat finds no room")
  `FLAASH_ASSERT(Asked_A, !in_valid_i || owed_q != '0, "a beat without a request")
  `FLAASH_ASSERT(Some_A, some_q == (left_q != '0), "beats that are left are not requested")
  `FLAASH_COVER(WaitsForRoom_C, some_q && !turn_valid_o)

endmodule : flaash_axi_reader
