// SPDX-License-Identifier: Apache-2.0
// Intersect compare: intersection by comparison of whole lines, Lanes x Lanes coordinates per cycle.
//
// Guarantees  As flaash_intersect_merge, beat for beat; step_o marks each comparison of two lines.
// Demands     As flaash_intersect_merge.
// Latency     One cycle from the comparison of two lines to their first match.
// Throughput  One pair of lines per cycle while pairs have at most one match. A pair with more holds
//             back the next pair that has one, by a cycle for each further match; pairs without a
//             match pass meanwhile. The line with the smaller last coordinate retires, both when
//             equal; the comparison that ends a fiber takes the other fiber's current line with it,
//             further lines of that one cost a cycle each, and are no steps.
// Stalls      While the beats of a pair aren't taken, comparison goes on up to the next pair of
//             lines that has a match or ends a fiber.
// End         A fiber ends with the line marked last. An empty fiber of A, of a portion, is one line
//             without entries; there are none of B.
// Reset       Forgets the matches inside and the positions within both fibers.
//
//   a_line --+--> compare each with each --> hits, values --> | flaash_match_emitter | --> match_*
//   b_line --+--> compare last coordinates --> retire

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_dot_types.svh"

module flaash_intersect_compare #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,  // bits of a value, 1 or more
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam type match_t = `FLAASH_MATCH(ValueWidth)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  // fibers of A and of B, each back to back
  input  logic                  a_valid_i,
  output logic                  a_ready_o,
  input  logic [LineWidth-1:0]  a_line_i,
  input  logic                  b_valid_i,
  output logic                  b_ready_o,
  input  logic [LineWidth-1:0]  b_line_i,
  // matches
  output logic                  match_valid_o,
  input  logic                  match_ready_i,
  output match_t                match_o,
  output logic                  step_o
);

  if (Lanes != 1 && Lanes != 2 && Lanes != 4 && Lanes != 8) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1, 2, 4 or 8")
  end
  if (CoordWidth < 1 || CoordWidth > 32) begin : gen_illegal_coord_width
    `FLAASH_ILLEGAL("CoordWidth must be 1 to 32")
  end

  localparam int unsigned IndexWidth = Lanes > 1 ? $clog2(Lanes) : 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  line_t                            a_line, b_line;
  logic                             a_last, b_last;
  logic [Lanes-1:0][CoordWidth-1:0] a_coords, b_coords;
  logic [Lanes-1:0][ValueWidth-1:0] b_values;

  assign a_line   = a_line_i;
  assign b_line   = b_line_i;
  assign a_last   = a_line.last;
  assign b_last   = b_line.last;
  assign a_coords = a_line.coords;
  assign b_coords = b_line.coords;
  assign b_values = b_line.values;

  // ------------------------------------------------------- each entry with each
  // A coordinate is at most once in a fiber, so a lane of A meets one lane of B at most, and
  // or-ing the values of those that it meets selects.
  logic [Lanes-1:0]                 hits;  // lanes of A with a match
  logic [Lanes-1:0][ValueWidth-1:0] met;   // the value of B that each of them meets

  for (genvar i = 0; i < Lanes; i++) begin : gen_lane
    logic [Lanes-1:0]      meets;  // lanes of B with this coordinate
    logic [ValueWidth-1:0] value;

    for (genvar j = 0; j < Lanes; j++) begin : gen_meets
      assign meets[j] = 32'(a_line.count) > i && 32'(b_line.count) > j && a_coords[i] == b_coords[j];
    end

    always_comb begin
      value = '0;
      for (int unsigned j = 0; j < Lanes; j++) begin
        if (meets[j]) value = value | b_values[j];
      end
    end

    assign hits[i] = |meets;
    assign met[i]  = value;
  end

  // ------------------------------------------------------------ which line goes
  typedef enum logic [1:0] {StCompare, StDropA, StDropB} state_e;
  state_e state_d, state_q;

  logic [IndexWidth-1:0] a_top, b_top;  // index of the last entry
  logic [CoordWidth-1:0] a_top_coord, b_top_coord;
  logic                  a_retires, b_retires;
  logic                  pair_ends;     // the fiber of a retiring line ends, so the pair
  logic                  a_empty;

  assign a_top       = IndexWidth'(a_line.count - 1'b1);
  assign b_top       = IndexWidth'(b_line.count - 1'b1);
  assign a_top_coord = a_coords[a_top];
  assign b_top_coord = b_coords[b_top];
  assign a_empty     = a_line.count == '0;
  assign a_retires   = a_empty || a_top_coord <= b_top_coord;
  assign b_retires   = !a_empty && b_top_coord <= a_top_coord;
  assign pair_ends   = (a_retires && a_last) || (b_retires && b_last);

  logic ready_to_step, lines_valid, lines_ready;

  assign ready_to_step = state_q == StCompare && a_valid_i && b_valid_i;
  assign lines_valid   = ready_to_step && ((|hits) || pair_ends);
  assign step_o        = ready_to_step && (lines_ready || !lines_valid);

  // ------------------------------------------------------------------- retiring
  // When one fiber ends, the other one's current line goes too, and the lines after it follow.
  always_comb begin
    state_d   = state_q;
    a_ready_o = 1'b0;
    b_ready_o = 1'b0;
    case (state_q)
      StDropA: begin
        a_ready_o = 1'b1;
        if (a_valid_i && a_last) state_d = StCompare;
      end
      StDropB: begin
        b_ready_o = 1'b1;
        if (b_valid_i && b_last) state_d = StCompare;
      end
      default: begin
        a_ready_o = step_o && (a_retires || pair_ends);
        b_ready_o = step_o && (b_retires || pair_ends);
        if (step_o && pair_ends && !a_last) state_d = StDropA;
        if (step_o && pair_ends && !b_last) state_d = StDropB;
      end
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StCompare;
    else         state_q <= state_d;
  end

  // -------------------------------------------------------------------- matches
  flaash_match_emitter #(
    .Lanes(Lanes),
    .ValueWidth(ValueWidth)
  ) u_emitter (
    .clk_i, .rst_ni,
    .lines_valid_i(lines_valid), .lines_ready_o(lines_ready), .lines_i({hits, pair_ends, a_line.values, met}),
    .match_valid_o, .match_ready_i, .match_o
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(lines, lines_valid, lines_ready,
                       {hits, pair_ends, a_line.values, met}, Lanes + 1 + 2 * Lanes * ValueWidth)
  `FLAASH_ASSERT(CountOfA_A, !a_valid_i || ((!a_empty || a_last) && 32'(a_line.count) <= Lanes),
                 "a line of A without entries that is not the last, or with more than Lanes")
  `FLAASH_ASSERT(CountOfB_A, !b_valid_i || (b_line.count != '0 && 32'(b_line.count) <= Lanes),
                 "a line of B without entries, or with more than Lanes")
  `FLAASH_COVER(BothEnd_C, step_o && pair_ends && a_last && b_last)
  `FLAASH_COVER(DropA_C, state_q == StDropA && a_valid_i && !a_last)
  `FLAASH_COVER(DropB_C, state_q == StDropB && b_valid_i && !b_last)
  `FLAASH_COVER(EndWithoutMatch_C, step_o && pair_ends && hits == '0)
  `FLAASH_COVER(PassesStall_C, step_o && !lines_ready)
  `FLAASH_COVER(OneMeetsFullLine_C, step_o && a_line.count == 1 && 32'(b_line.count) == Lanes)
  `FLAASH_COVER(EmptyLine_C, step_o && a_empty)

endmodule : flaash_intersect_compare
