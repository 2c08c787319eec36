// SPDX-License-Identifier: Apache-2.0
// Edge pieces: cuts beats of the bus into pieces of the parser's width.
//
// Guarantees  Pieces leave lowest first, each with the response of its beat. A piece that is accepted with end_i
//             is the last one of its beat: the rest of that beat is discarded.
// Demands     The AXI handshake rule.
// Latency     None.
// Throughput  A piece per cycle.
// Reset       The next beat begins with its lowest piece.

`include "flaash_assert.svh"

module flaash_edge_pieces
  import flaash_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,         // 128, 256 or 512
  parameter int unsigned PieceWidth = StreamWidth  // a part of it
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  logic [DataWidth-1:0]  in_data_i,
  input  answer_t               in_answer_i,

  output logic                  out_valid_o,
  input  logic                  out_ready_i,
  input  logic                  end_i,
  output logic [PieceWidth-1:0] out_data_o,
  output answer_t               out_answer_o
);

  localparam int unsigned Pieces = DataWidth / PieceWidth;

  if (PieceWidth < 1 || PieceWidth > DataWidth || DataWidth % PieceWidth != 0) begin : gen_illegal_width
    `FLAASH_ILLEGAL("PieceWidth must be a part of DataWidth")
  end

  assign out_valid_o  = in_valid_i;
  assign out_answer_o = in_answer_i;

  if (Pieces == 1) begin : gen_one
    assign in_ready_o = out_ready_i;
    assign out_data_o = in_data_i;

    logic unused_end;
    assign unused_end = end_i;
  end else begin : gen_some
    logic [$clog2(Pieces)-1:0] index_q;
    logic                      last;

    assign last       = end_i || (&index_q);
    assign in_ready_o = out_ready_i && last;
    assign out_data_o = in_data_i[PieceWidth*32'(index_q) +: PieceWidth];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                         index_q <= '0;
      else if (out_valid_o && out_ready_i) index_q <= last ? '0 : index_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, ({out_answer_o, out_data_o}), PieceWidth + 2)

endmodule : flaash_edge_pieces
