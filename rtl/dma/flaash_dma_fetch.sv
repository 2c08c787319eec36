// SPDX-License-Identifier: Apache-2.0
// DMA fetch: cuts a descriptor into pieces for its parser, and knows when it has arrived, and whether it is valid.
//
// Guarantees  While fetch_i the beats of a descriptor leave in pieces of the parser's width, lowest first. If the
//             descriptor has levels after the first ones, these are requested (rest_o). Their beats are accepted once
//             the pieces of the first levels are through (from_rest_o). fetched_o once all pieces have come and the
//             descriptor is valid or faulty. fault_o comes with fetched_o: the memory's error for the first refused
//             piece, or the descriptor's own error. Once the descriptor is valid or faulty, the requested data are
//             discarded in whole beats: their contents are ignored, their responses are not.
// Demands     The AXI handshake rule at beat_*. fetch_i falls between descriptors. beyond_i before the last piece of
//             the first levels.
// Latency     None for pieces; fetched_o one cycle after the last piece.
// Throughput  A piece per cycle.
// Reset       No piece has come; without fetch_i likewise.

`include "flaash_assert.svh"
`include "flaash_axi.svh"

module flaash_dma_fetch
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,          // bits of a beat of the bus
  parameter int unsigned PieceWidth = StreamWidth,  // of a piece: StreamWidth or twice that, a part of a beat
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  fetch_i,
  input  logic                  beat_valid_i,
  output logic                  beat_ready_o,
  input  read_beat_t            beat_i,

  // the parser, which accepts every piece
  output logic                  piece_valid_o,
  output logic [PieceWidth-1:0] piece_o,
  input  logic                  beyond_i,     // the descriptor has levels after the first ones
  input  logic                  described_i,  // the descriptor is valid
  input  error_t                fault_i,      // or faulty

  output logic                  rest_o,       // pulse: the levels after the first ones are requested
  output logic                  from_rest_o,  // the next beat belongs to these levels
  output logic                  fetched_o,
  output error_t                fault_o
);

  localparam int unsigned FirstBytes = HeadBytes + first_levels(DataWidth) * LevelBytes;
  localparam int unsigned Bytes      = HeadBytes + MaxDmaLevels * LevelBytes;
  localparam int unsigned Pieces     = Bytes * 8 / PieceWidth;
  localparam int unsigned First      = FirstBytes * 8 / PieceWidth;  // pieces of the first read
  localparam int unsigned Beat       = DataWidth / PieceWidth;
  localparam int unsigned UnitShift  = $clog2(PieceWidth / StreamWidth);  // units of places in a piece

  if (PieceWidth > DataWidth || DataWidth % PieceWidth != 0) begin : gen_illegal_width
    `FLAASH_ILLEGAL("PieceWidth must be a part of DataWidth")
  end

  // ---------------------------------------------------------------------- pieces
  resp_t                resp;
  logic [DataWidth-1:0] data;
  logic                 takes, skip, all;
  logic [6:0]           come_q, index, come;  // pieces that have come; the next one, within its beat; the same after it

  assign resp          = beat_i.resp;
  assign data          = beat_i.data;
  assign skip          = described_i || fault_i.valid;
  assign index         = come_q & 7'(Beat - 1);
  assign come          = skip ? (come_q | 7'(Beat - 1)) + 1'b1 : come_q + 1'b1;
  assign takes         = fetch_i && !all;
  assign piece_o       = data[PieceWidth*32'(index) +: PieceWidth];
  assign piece_valid_o = beat_valid_i && takes;
  assign beat_ready_o  = takes && (skip || index == 7'(Beat - 1));

  // ------------------------------------------------------------------- progress
  logic   rest_q;  // the rest was requested
  error_t refused_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q    <= 1'b0;
      come_q    <= '0;
      refused_q <= '0;
    end else if (!fetch_i) begin
      rest_q    <= 1'b0;
      come_q    <= '0;
      refused_q <= '0;
    end else begin
      if (rest_o) rest_q <= 1'b1;
      if (piece_valid_o) come_q <= come;
      if (piece_valid_o && resp.wrong && !refused_q.valid) begin
        refused_q <= {1'b1, resp.decode ? ErrReadDecode : ErrReadSlave,
                      bus_place(1'b0, 3'd0, PartDescriptor, 24'(come_q) << UnitShift)};
      end
    end
  end

  assign rest_o      = beyond_i && !rest_q;
  assign from_rest_o = come_q >= 7'(First);
  assign fault_o     = refused_q.valid ? refused_q : fault_i;
  assign all         = come_q == (rest_q ? 7'(Pieces) : 7'(First));
  assign fetched_o   = all && (described_i || fault_o.valid);

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(RestInTime_A, !rest_o || !from_rest_o, "the rest is requested too late")
  `FLAASH_COVER(LastIsNeeded_C, all && !described_i && !fault_i.valid)

endmodule : flaash_dma_fetch
