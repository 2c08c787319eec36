// SPDX-License-Identifier: Apache-2.0
// Edge leaf: joins the crd and val arrays of an operand's leaf to entries.
//
// Guarantees  After start_i count_i entries leave in order, Entries per beat; entries after the last one are undefined.
//             A beat of an array is accepted with its last entry. A beat with an error response never is. wrong_o then
//             names the array, at_o the beat.
// Demands     start_i while no entries are to come. short_crd_i stays until the last beat. The first beats after
//             start_i belong to the leaf.
// Latency     None.
// Throughput  A beat per cycle while both arrays have beats.
// Reset       No entries are to come.

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_edge_leaf
  import flaash_pkg::*;
  import flaash_axi_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned DataWidth  = 128,  // bits of a beat of an array
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned Entries    = leaf_entries(Format, CoordWidth, DataWidth, 2),
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth),
  localparam type leaf_t = `FLAASH_LEAF(Entries, CoordWidth, ValueWidth)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             start_i,
  input  logic [31:0]      count_i,
  input  logic             short_crd_i,  // two bytes

  // crd in element 0, val in 1
  input  logic [1:0]       beat_valid_i,
  output logic [1:0]       beat_ready_o,
  input  read_beat_t [1:0] beat_i,

  output logic             leaf_valid_o,
  input  logic             leaf_ready_i,
  output leaf_t            leaf_o,
  output logic [1:0]       wrong_o,
  output logic [1:0][23:0] at_o
);

  // Groups of Entries elements in a beat of an array.
  localparam int unsigned LongGroups  = DataWidth / 32 / Entries;
  localparam int unsigned ShortGroups = DataWidth / 16 / Entries;
  localparam int unsigned ValueGroups = DataWidth / ValueWidth / Entries;
  localparam int unsigned GroupBits   = 5;  // of their numbers

  // ---------------------------------------------------------------------- groups
  logic [31:0]               left_q;   // groups that are to come
  logic [1:0][GroupBits-1:0] group_q;  // of the beat: the next one
  logic [1:0]                valid, ends;
  logic                      some, last, moves;

  assign some         = left_q != '0;
  assign last         = left_q == 32'd1;
  assign valid        = beat_valid_i & ~wrong_o;
  assign leaf_valid_o = some && (&valid);
  assign moves        = leaf_valid_o && leaf_ready_i;
  assign ends[0]      = last || group_q[0] == GroupBits'((short_crd_i ? ShortGroups : LongGroups) - 1);
  assign ends[1]      = last || group_q[1] == GroupBits'(ValueGroups - 1);
  assign beat_ready_o = moves ? ends : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q  <= '0;
      group_q <= '0;
      at_o    <= '0;
    end else if (start_i) begin
      left_q  <= 32'((33'(count_i) + 33'(Entries - 1)) >> $clog2(Entries));
      group_q <= '0;
      at_o    <= '0;
    end else if (moves) begin
      left_q  <= left_q - 1'b1;
      for (int i = 0; i < 2; i++) begin
        group_q[i] <= ends[i] ? '0 : group_q[i] + 1'b1;
        at_o[i]    <= at_o[i] + 24'(ends[i]);
      end
    end
  end

  logic [1:0][DataWidth-1:0] data;

  for (genvar i = 0; i < 2; i++) begin : gen_array
    read_beat_t beat;
    answer_t    answer;

    assign beat       = beat_i[i];
    assign answer     = beat.answer;
    assign data[i]    = beat.data;
    assign wrong_o[i] = some && beat_valid_i[i] && answer.wrong;

    logic unused_answer;
    assign unused_answer = ^answer;
  end

  // --------------------------------------------------------------------- entries
  logic [DataWidth-1:0]               crd, val;
  logic [Entries-1:0]                 over;
  logic [Entries-1:0][CoordWidth-1:0] coords;
  logic [Entries-1:0][ValueWidth-1:0] values;

  assign {val, crd} = data;

  for (genvar e = 0; e < int'(Entries); e++) begin : gen_entry
    logic [LongGroups-1:0][31:0]            longs;   // by the group
    logic [ShortGroups-1:0][15:0]           shorts;
    logic [ValueGroups-1:0][ValueWidth-1:0] choices;
    logic [31:0]                            coord;

    for (genvar g = 0; g < int'(LongGroups); g++) begin : gen_long
      assign longs[g] = crd[32*(g*Entries+e) +: 32];
    end
    for (genvar g = 0; g < int'(ShortGroups); g++) begin : gen_short
      assign shorts[g] = crd[16*(g*Entries+e) +: 16];
    end
    for (genvar g = 0; g < int'(ValueGroups); g++) begin : gen_value
      assign choices[g] = val[ValueWidth*(g*Entries+e) +: ValueWidth];
    end

    assign coord     = short_crd_i ? 32'(shorts[group_q[0][$clog2(ShortGroups)-1:0]])
                                   : longs[(LongGroups > 1) ? 32'(group_q[0]) % LongGroups : 0];
    assign coords[e] = coord[CoordWidth-1:0];
    assign over[e]   = (33'(coord) >> CoordWidth) != '0;
    assign values[e] = choices[(ValueGroups > 1) ? 32'(group_q[1]) % ValueGroups : 0];
  end

  assign leaf_o = {last, over, values, coords};

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(leaf, leaf_valid_o, leaf_ready_i, leaf_o, Entries * (1 + CoordWidth + ValueWidth) + 1)
  `FLAASH_ASSERT(StartWhenEmpty_A, !start_i || !some, "another leaf while entries are to come")
  `FLAASH_COVER(BothEnd_C, moves && (&ends) && !last)

endmodule : flaash_edge_leaf
