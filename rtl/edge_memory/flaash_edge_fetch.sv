// SPDX-License-Identifier: Apache-2.0
// Edge fetch: knows when a descriptor has arrived, and whether it is valid.
//
// Guarantees  If a descriptor has levels after the first ones, these are requested (rest_o). Their pieces are
//             read once the pieces of the first levels are through (from_rest_o). fetched_o once all pieces have
//             come and the descriptor is valid or faulty. fault_o comes with fetched_o: the memory's error for
//             the first refused piece, or the descriptor's own error. Once the descriptor is valid or faulty, the
//             requested data pass in whole beats (skip_o): their contents are ignored, their responses are not.
//             all_o once all pieces have come: the next piece is of another descriptor.
// Demands     begin_i before the first piece, none with all_o. A piece that is accepted with skip_o is the last
//             one of its beat. beyond_i before the last piece of the first levels.
// Latency     One cycle from the last piece.
// Reset       No piece has come. begin_i does the same.

`include "flaash_assert.svh"

module flaash_edge_fetch
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,          // bits of a beat of the bus
  parameter int unsigned PieceWidth = StreamWidth,  // of a piece: StreamWidth or twice that
  localparam int unsigned Bytes      = HeadBytes + MaxEdgeLevels * LevelBytes,
  localparam int unsigned FirstBytes = HeadBytes + first_levels(DataWidth) * LevelBytes
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        begin_i,
  input  logic        piece_valid_i,
  input  answer_t     answer_i,
  input  logic        beyond_i,     // the descriptor has levels after the first ones
  output logic        rest_o,       // pulse: these levels are requested
  output logic        from_rest_o,  // the next piece belongs to these levels
  input  logic        described_i,  // the descriptor is valid
  input  error_t      fault_i,      // or faulty
  output logic        skip_o,
  output logic        all_o,
  output logic        fetched_o,
  output error_t      fault_o
);

  localparam int unsigned Pieces    = Bytes * 8 / PieceWidth;
  localparam int unsigned First     = FirstBytes * 8 / PieceWidth;  // pieces of the first read
  localparam logic [6:0]  Beat      = 7'(DataWidth / PieceWidth);
  localparam int unsigned UnitShift = $clog2(PieceWidth / StreamWidth);  // units of places in a piece

  logic        rest_q;  // the rest was requested
  logic [6:0]  come_q, come;
  error_t refused_q;

  assign skip_o = described_i || fault_i.valid;
  assign come   = skip_o ? (come_q | (Beat - 1'b1)) + 1'b1 : come_q + 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q    <= 1'b0;
      come_q    <= '0;
      refused_q <= '0;
    end else if (begin_i) begin
      rest_q    <= 1'b0;
      come_q    <= '0;
      refused_q <= '0;
    end else begin
      if (rest_o) rest_q <= 1'b1;
      if (piece_valid_i) come_q <= come;
      if (piece_valid_i && answer_i.wrong && !refused_q.valid) begin
        refused_q <= {1'b1, answer_i.decode ? ErrReadDecode : ErrReadSlave,
                      bus_place(1'b0, 3'd0, PartDescriptor, 24'(come_q) << UnitShift)};
      end
    end
  end

  assign rest_o      = beyond_i && !rest_q;
  assign from_rest_o = come_q >= 7'(First);
  assign fault_o     = refused_q.valid ? refused_q : fault_i;
  assign all_o       = come_q == (rest_q ? 7'(Pieces) : 7'(First));
  assign fetched_o   = all_o && (described_i || fault_o.valid);

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NoMore_A, !(piece_valid_i && all_o) || begin_i, "a piece of the next descriptor")
  `FLAASH_ASSERT(RestInTime_A, !rest_o || !from_rest_o, "the rest is requested too late")
  `FLAASH_COVER(LastIsNeeded_C, all_o && !described_i && !fault_i.valid)

endmodule : flaash_edge_fetch
