// SPDX-License-Identifier: Apache-2.0
// Edge pieces: cuts beats of the bus into pieces as wide as a beat of the operand stream.
//
// Guarantees  Pieces leave lowest first, each with the answer of its beat. A piece that is taken with end_i is the last
//             of its beat: the rest of that beat is thrown away.
// Demands     The AXI handshake rule.
// Latency     None.
// Throughput  A piece per cycle.
// Reset       The next beat begins with its lowest piece.

`include "flaash_assert.svh"

module flaash_edge_pieces
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned DataWidth = 128  // 128, 256 or 512
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [DataWidth-1:0] in_data_i,
  input  answer_t              in_answer_i,

  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  input  logic                 end_i,
  output piece_t               out_o
);

  localparam int unsigned Pieces = DataWidth / StreamWidth;

  if (Pieces == 1) begin : gen_one
    assign out_valid_o = in_valid_i;
    assign in_ready_o  = out_ready_i;
    assign out_o       = {in_answer_i, in_data_i};

    logic unused_end;
    assign unused_end = end_i;
  end else begin : gen_some
    logic [$clog2(Pieces)-1:0] index_q;
    logic                      last;

    assign last        = end_i || (&index_q);
    assign out_valid_o = in_valid_i;
    assign in_ready_o  = out_ready_i && last;
    assign out_o       = {in_answer_i, in_data_i[StreamWidth*32'(index_q) +: StreamWidth]};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                         index_q <= '0;
      else if (out_valid_o && out_ready_i) index_q <= last ? '0 : index_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_o, StreamWidth + 2)

endmodule : flaash_edge_pieces
