// SPDX-License-Identifier: Apache-2.0
// Chunk step: compares two neighbouring chunks of a fiber of A with a line of B, all coordinates against all.
//
// Guarantees  hits_o marks the entries of the line that a chunk has, too; places_o gives the chunk, and the place in it
//             (else 0). next_o, per chunk: no later line needs it, and the fiber goes on after both. done_o: no later
//             chunk has an entry of this line. Steps by these rules find all pairs of equal coordinates of a fiber and
//             lines, each pair once. Each step ends the line or both chunks; a chunk with the same last coordinate as
//             the line ends with it.
// Demands     Coordinates ascend over all chunks and over all lines. entries_i is Chunk for both chunks, unless one of
//             them is the fiber's last one (final_i); count_i is 1 to Lanes. Coordinates after these numbers are
//             undefined.
// Latency     None: it has no register.

module flaash_resident_step #(
  parameter int unsigned Chunk      = 8,   // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes      = 4,   // entries of a line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate
  localparam int unsigned PlaceWidth = $clog2(Chunk),
  localparam int unsigned CountWidth = $clog2(Lanes) + 1
) (
  // chunks of A; which of the two is the first one does not matter
  input  logic [1:0][Chunk-1:0][CoordWidth-1:0] chunks_i,
  input  logic [1:0][PlaceWidth:0]              entries_i,
  input  logic                                  final_i,
  // a line of B
  input  logic [Lanes-1:0][CoordWidth-1:0]      line_i,
  input  logic [CountWidth-1:0]                 count_i,
  // outcome
  output logic [Lanes-1:0]                      hits_o,
  output logic [Lanes-1:0][PlaceWidth:0]        places_o,  // {chunk, place}
  output logic [1:0]                            next_o,
  output logic                                  done_o
);

  // ---------------------------------------------------------------- all against all
  for (genvar lane = 0; lane < int'(Lanes); lane++) begin : gen_lane
    logic [2*Chunk-1:0]  equal;  // the first chunk's entries, then the second one's
    logic [PlaceWidth:0] place;

    for (genvar i = 0; i < 2 * int'(Chunk); i++) begin : gen_entry
      assign equal[i] = chunks_i[i/Chunk][i%Chunk] == line_i[lane] && CountWidth'(lane) < count_i
                        && (PlaceWidth + 1)'(i % Chunk) < entries_i[i/Chunk];
    end

    // Coordinates of a fiber differ, so there is one place at most.
    always_comb begin
      place = '0;
      for (int unsigned i = 0; i < 2 * Chunk; i++) begin
        if (equal[i]) place = place | (PlaceWidth + 1)'(i);
      end
    end

    assign hits_o[lane]   = equal != '0;
    assign places_o[lane] = place;
  end

  // -------------------------------------------------------------------- next step
  // Only the last chunk of a fiber is not full, and with it nothing comes next.
  logic [1:0]            reached, covers;  // per chunk: its last coordinate is not above the line's; not below
  logic [CoordWidth-1:0] line_top;         // greatest coordinate

  always_comb begin
    line_top = line_i[0];
    for (int unsigned lane = 1; lane < Lanes; lane++) begin
      if (CountWidth'(lane) < count_i) line_top = line_i[lane];
    end
  end

  for (genvar c = 0; c < 2; c++) begin : gen_top
    assign reached[c] = chunks_i[c][Chunk-1] <= line_top;
    assign covers[c]  = chunks_i[c][Chunk-1] >= line_top;
  end

  assign next_o = final_i ? '0 : reached;
  assign done_o = final_i || covers != '0;

endmodule : flaash_resident_step
