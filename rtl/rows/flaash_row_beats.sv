// SPDX-License-Identifier: Apache-2.0
// Row beats: the beat of each open row of an array, which its elements fill one after the other.
//
// Guarantees  write_i puts an element into the beat of a row; elements from from_i up to it become zero. data_o is the
//             beat of out_key_i, as it was when the last write before this cycle had come; bytes from out_fill_i on are
//             zero. full_o: this element is the last one of its beat. fill_o: bytes of the beat before from_i.
// Demands     from_i is not above to_i, and lies in the same beat with a write.
// Latency     A cycle from a write to data_o.
// Reset       Beats are unknown.

module flaash_row_beats #(
  parameter int unsigned Keys      = 8,    // open rows
  parameter int unsigned DataWidth = 128,  // of a beat: 128, 256 or 512
  parameter int unsigned UnitBytes = 2,    // of a narrow element
  parameter int unsigned WideShift = 1,    // a wide element has 2 ** WideShift times as many
  localparam int unsigned KeyBits   = $clog2(Keys),
  localparam int unsigned WideWidth = 8 * UnitBytes << WideShift
) (
  input  logic                 clk_i,
  input  logic                 narrow_i,
  input  logic                 write_i,
  input  logic [KeyBits-1:0]   key_i,
  input  logic [31:0]          from_i,   // numbers of elements in their row
  input  logic [31:0]          to_i,
  input  logic [WideWidth-1:0] element_i,
  output logic                 full_o,
  output logic [6:0]           fill_o,
  output logic [31:0]          beat_o,   // number of the beat of from_i

  input  logic [KeyBits-1:0]   out_key_i,
  input  logic [6:0]           out_fill_i,
  output logic [DataWidth-1:0] data_o
);

  localparam int unsigned Units    = DataWidth / 8 / UnitBytes;  // of a beat
  localparam int unsigned UnitBits = $clog2(Units);

  typedef logic [UnitBits:0] place_t;

  place_t from, first, after;  // units in the beat

  function automatic place_t place_of(logic [31:0] index, logic narrow);
    return place_t'(UnitBits'(narrow ? index : index << WideShift));
  endfunction

  assign from   = place_of(from_i, narrow_i);
  assign first  = place_of(to_i, narrow_i);
  assign after  = first + (narrow_i ? place_t'(1) : place_t'(1 << WideShift));
  assign full_o = after[UnitBits];
  assign fill_o = 7'(from) * 7'(UnitBytes);
  assign beat_o = narrow_i ? from_i >> UnitBits : from_i >> (UnitBits - WideShift);

  for (genvar u = 0; u < int'(Units); u++) begin : gen_unit
    localparam int unsigned Part = u % (1 << WideShift);  // of a wide element

    logic [8*UnitBytes-1:0] ram_q[Keys];
    logic [8*UnitBytes-1:0] unit;

    always_comb begin
      unit = element_i[8*UnitBytes*Part +: 8*UnitBytes];
      if (narrow_i) unit = element_i[8*UnitBytes-1:0];
      if (place_t'(u) < first) unit = '0;
    end

    always_ff @(posedge clk_i) begin
      if (write_i && place_t'(u) >= from && place_t'(u) < after) ram_q[key_i] <= unit;
    end

    assign data_o[8*UnitBytes*u +: 8*UnitBytes] = (7'(u * UnitBytes) < out_fill_i) ? ram_q[out_key_i] : '0;
  end

endmodule : flaash_row_beats
