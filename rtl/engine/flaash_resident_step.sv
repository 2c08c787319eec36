// SPDX-License-Identifier: Apache-2.0
// Chunk step: compares a chunk of a fiber of A with a line of B, all coordinates against all.
//
// Guarantees  hits_o marks the entries of the line that the chunk has, too; places_o tells where in the chunk each of
//             them is (else 0). next_o: no later line needs this chunk, and the fiber goes on with the next one.
//             done_o: no later chunk of the fiber has an entry of this line. A fiber and lines that are gone through
//             by these two meet in all pairs of equal coordinates, each pair once, in ascending order. In each step
//             next_o or done_o is high; both where chunk and line end with the same coordinate.
// Demands     Coordinates ascend over all chunks and over all lines; entries_i is 1 to Chunk, all of it but in the
//             last chunk of a fiber; count_i is 1 to Lanes. Coordinates behind these numbers mean nothing.
// Latency     None: it has no register.

module flaash_resident_step #(
  parameter int unsigned Chunk      = 16,  // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes      = 4,   // entries of a line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate
  localparam int unsigned PlaceWidth = $clog2(Chunk),
  localparam int unsigned CountWidth = $clog2(Lanes) + 1
) (
  // a chunk of A
  input  logic [Chunk-1:0][CoordWidth-1:0] chunk_i,
  input  logic [PlaceWidth:0]              entries_i,
  input  logic                             final_i,    // the last one of its fiber
  // a line of B
  input  logic [Lanes-1:0][CoordWidth-1:0] line_i,
  input  logic [CountWidth-1:0]            count_i,
  // what comes of it
  output logic [Lanes-1:0]                 hits_o,
  output logic [Lanes-1:0][PlaceWidth-1:0] places_o,
  output logic                             next_o,
  output logic                             done_o
);

  // ---------------------------------------------------------------- all against all
  for (genvar lane = 0; lane < int'(Lanes); lane++) begin : gen_lane
    logic [Chunk-1:0]      equal;
    logic [PlaceWidth-1:0] place;

    for (genvar i = 0; i < int'(Chunk); i++) begin : gen_entry
      assign equal[i] = chunk_i[i] == line_i[lane] && (PlaceWidth + 1)'(i) < entries_i
                        && CountWidth'(lane) < count_i;
    end

    // Coordinates of a chunk differ, so there is one place at most.
    always_comb begin
      place = '0;
      for (int unsigned i = 0; i < Chunk; i++) begin
        if (equal[i]) place = place | PlaceWidth'(i);
      end
    end

    assign hits_o[lane]   = equal != '0;
    assign places_o[lane] = place;
  end

  // ---------------------------------------------------------------- what comes next
  // Only the last chunk of a fiber is not full, and then it does not matter where it ends.
  logic [CoordWidth-1:0] chunk_top, line_top;  // greatest coordinates

  assign chunk_top = chunk_i[Chunk-1];

  always_comb begin
    line_top = line_i[0];
    for (int unsigned lane = 1; lane < Lanes; lane++) begin
      if (CountWidth'(lane) < count_i) line_top = line_i[lane];
    end
  end

  assign next_o = !final_i && chunk_top <= line_top;
  assign done_o = final_i || chunk_top >= line_top;

endmodule : flaash_resident_step
