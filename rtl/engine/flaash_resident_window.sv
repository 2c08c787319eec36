// SPDX-License-Identifier: Apache-2.0
// Window: holds two neighbouring chunks of a slot's fiber of A, and advances by one chunk or by both.
//
// Chunks with even and with odd numbers have separate stores (flaash_resident_chunks), so that both can advance in a
// cycle.
//
// Guarantees  valid_o: chunks_o are two neighbouring chunks of the fiber in the wanted copy, or its last one beside
//             none; at first, and after back_i, the first two. numbers_o: of each, among the even or the odd chunks.
//             final_o: the fiber's last chunk is one of them.
// Demands     Lines of a fiber come in order, SlotLines at most, while nothing of their copy is wanted; a copy
//             is wanted two cycles after its last line, or later. next_i, back_i only with valid_o, next_i alone not
//             with final_o.
// Latency     As flaash_resident_chunks.
// Reset       No chunk is valid.

module flaash_resident_window #(
  parameter int unsigned Chunk      = 8,    // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes      = 4,    // entries of a line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,   // bits of a coordinate
  parameter int unsigned SlotLines  = 128,  // lines of a copy, a power of two, four chunks or more
  parameter int unsigned Parity     = 1,    // a parity bit per line, 0 or 1
  localparam int unsigned PlaceWidth  = $clog2(Chunk),
  localparam int unsigned CountWidth  = $clog2(Lanes) + 1,
  localparam int unsigned LineWidth   = $clog2(SlotLines),
  localparam int unsigned NumberWidth = $clog2(SlotLines * Lanes / Chunk) - 1
) (
  input  logic                                  clk_i,
  input  logic                                  rst_ni,
  // a line of A
  input  logic                                  write_i,
  input  logic                                  opens_i,   // the first one of a fiber
  input  logic                                  copy_i,
  input  logic [CountWidth-1:0]                 count_i,
  input  logic [Lanes-1:0][CoordWidth-1:0]      coords_i,  // in the next cycle
  output logic [LineWidth-1:0]                  line_o,    // its number
  // the chunks
  input  logic                                  want_i,    // lines of this copy
  input  logic                                  wanted_i,
  input  logic [1:0]                            next_i,
  input  logic                                  back_i,    // to the first ones, also with next_i
  output logic                                  valid_o,
  output logic                                  final_o,
  output logic [1:0][NumberWidth-1:0]           numbers_o,
  output logic [1:0][PlaceWidth:0]              entries_o,
  output logic [1:0][Chunk-1:0][CoordWidth-1:0] chunks_o,
  output logic                                  parity_error_o
);

  localparam int unsigned ChunkLines = $clog2(Chunk / Lanes);  // bits

  logic [1:0][LineWidth-1:0] last_line_q;  // of the fiber in each copy
  logic [1:0]                last_odd_q;   // it is in a chunk of the second kind
  logic [1:0]                valid, last, parity_error;
  logic                      odd;          // likewise, the line that is written

  assign line_o = opens_i ? '0 : last_line_q[copy_i] + 1'b1;
  assign odd    = line_o[ChunkLines];

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      last_line_q[copy_i] <= line_o;
      last_odd_q[copy_i]  <= odd;
    end
  end

  for (genvar c = 0; c < 2; c++) begin : gen_kind
    flaash_resident_chunks #(
      .Chunk     (Chunk),
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .Lines     (SlotLines / 2),
      .Parity    (Parity)
    ) u_chunks (
      .clk_i, .rst_ni,
      .begin_i(write_i && opens_i), .write_i(write_i && odd == 1'(c)), .copy_i, .count_i, .coords_i,
      .want_i, .wanted_i, .next_i(next_i[c]), .back_i,
      .chunk_valid_o(valid[c]), .number_o(numbers_o[c]), .last_o(last[c]), .entries_o(entries_o[c]),
      .chunk_o(chunks_o[c]), .parity_error_o(parity_error[c])
    );
  end

  assign valid_o        = &valid;
  assign final_o        = last[last_odd_q[wanted_i]];
  assign parity_error_o = parity_error != '0;

endmodule : flaash_resident_window
