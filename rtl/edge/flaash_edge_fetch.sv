// SPDX-License-Identifier: Apache-2.0
// Edge fetch: knows when a descriptor has come, and whether it can be used.
//
// Guarantees  Levels behind the first ones are asked for where there are any (rest_o); pieces come from there
//             once those of the first ones are through (from_rest_o). fetched_o once all pieces have come and the
//             descriptor is good or not; fault_o with it: what the memory said about the first piece that it
//             refused, or what is wrong with the descriptor. Once it is good or not what was asked for goes by whole
//             beats (skip_o): what is in them counts no more, but the answer does. all_o once all pieces have come:
//             the next piece is of another descriptor.
// Demands     begin_i before the first piece, none with all_o. A piece that is taken with skip_o is the last one of its
//             beat. beyond_i before the last piece of the first levels.
// Latency     One cycle from the last piece.
// Reset       Nothing has come. begin_i does the same.

`include "flaash_assert.svh"

module flaash_edge_fetch
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
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
  input  logic        beyond_i,     // it has levels behind the first ones
  output logic        rest_o,       // pulse: they are asked for
  output logic        from_rest_o,  // the next piece is one of theirs
  input  logic        described_i,  // the descriptor is good
  input  error_t      fault_i,      // or not
  output logic        skip_o,
  output logic        all_o,
  output logic        fetched_o,
  output error_t      fault_o
);

  localparam int unsigned Pieces    = Bytes * 8 / PieceWidth;
  localparam int unsigned First     = FirstBytes * 8 / PieceWidth;  // pieces of what is read at first
  localparam logic [6:0]  Beat      = 7'(DataWidth / PieceWidth);
  localparam int unsigned UnitShift = $clog2(PieceWidth / StreamWidth);  // units of places in a piece

  logic        rest_q;  // the rest was asked for
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
  `FLAASH_ASSERT(RestInTime_A, !rest_o || !from_rest_o, "the rest is asked for too late")
  `FLAASH_COVER(LastIsNeeded_C, all_o && !described_i && !fault_i.valid)

endmodule : flaash_edge_fetch
