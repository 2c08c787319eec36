// SPDX-License-Identifier: Apache-2.0
// Edge fetch: knows when a descriptor has come, and whether it can be used.
//
// Guarantees  fetched_o once all pieces have come and the descriptor is good or not; fault_o with it: what the memory
//             said about the first piece that it refused, or what is wrong with the descriptor.
// Demands     begin_i before the first piece.
// Latency     One cycle from the last piece.
// Reset       Nothing has come. begin_i does the same.

module flaash_edge_fetch
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  localparam int unsigned Bytes = HeadBytes + MaxEdgeLevels * LevelBytes
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        begin_i,
  input  logic        piece_valid_i,
  input  answer_t     answer_i,
  input  logic        described_i,  // the descriptor is good
  input  edge_fault_t fault_i,      // or not
  output logic        fetched_o,
  output edge_fault_t fault_o
);

  localparam int unsigned Pieces = Bytes * 8 / StreamWidth;

  logic [6:0]  come_q;
  edge_fault_t refused_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      come_q    <= '0;
      refused_q <= '0;
    end else if (begin_i) begin
      come_q    <= '0;
      refused_q <= '0;
    end else if (piece_valid_i) begin
      come_q <= come_q + 1'b1;
      if (answer_i.wrong && !refused_q.valid) begin
        refused_q <= {1'b1, answer_i.decode ? ErrReadDecode : ErrReadSlave,
                      bus_place(1'b0, 3'd0, PartDescriptor, 24'(come_q))};
      end
    end
  end

  assign fault_o   = refused_q.valid ? refused_q : fault_i;
  assign fetched_o = come_q == 7'(Pieces) && (described_i || fault_o.valid);

endmodule : flaash_edge_fetch
