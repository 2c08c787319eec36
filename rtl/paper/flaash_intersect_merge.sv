// SPDX-License-Identifier: Apache-2.0
// Intersect merge: intersection by two pointers, one comparison of two coordinates (a step) per cycle.
//
// Guarantees  The k-th fiber of A meets the k-th fiber of B. Each common coordinate leaves in ascending order, as one
//             beat with product = 1. Exactly one beat per pair of fibers has last = 1. It comes from the step that ends
//             a fiber: a match, or else a beat with product = 0 and a = b = 0. step_o marks each comparison once.
// Demands     Lines of 1 to Lanes entries, coordinates ascending strictly within a fiber; as many
//             fibers of A as of B.
// Latency     None: a match is offered in the cycle of its step, straight from the lines.
// Throughput  One step per cycle. The step that ends a fiber also ends the other fiber's current line. Further lines of
//             the other fiber take a cycle each, and are no steps. So a pair whose leftover lies within one line takes
//             as many cycles as steps.
// Stalls      A step whose beat isn't taken waits, and with it both fibers.
// End         A fiber ends with the line marked last. No fiber is empty.
// Reset       Forgets the positions within both fibers; the next lines begin a pair.

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_dot_types.svh"

module flaash_intersect_merge #(
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
  localparam int unsigned CountWidth = $clog2(Lanes) + 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  line_t                            a_line, b_line;
  logic                             a_last, b_last;
  logic [Lanes-1:0][CoordWidth-1:0] a_coords, b_coords;
  logic [Lanes-1:0][ValueWidth-1:0] a_values, b_values;

  assign a_line   = a_line_i;
  assign b_line   = b_line_i;
  assign a_last   = a_line.last;
  assign b_last   = b_line.last;
  assign a_coords = a_line.coords;
  assign b_coords = b_line.coords;
  assign a_values = a_line.values;
  assign b_values = b_line.values;

  // ----------------------------------------------------------- the two pointers
  // The position within the line at each input; the lines themselves wait in the loaders.
  logic [IndexWidth-1:0] a_index_d, a_index_q, b_index_d, b_index_q;
  logic [CoordWidth-1:0] a_coord, b_coord;
  logic                  a_at_end, b_at_end;  // the last entry of the line

  assign a_coord  = a_coords[a_index_q];
  assign b_coord  = b_coords[b_index_q];
  assign a_at_end = CountWidth'(a_index_q) + CountWidth'(1) == a_line.count;
  assign b_at_end = CountWidth'(b_index_q) + CountWidth'(1) == b_line.count;

  // ------------------------------------------------------------------- one step
  typedef enum logic [1:0] {StMerge, StDropA, StDropB} state_e;
  state_e state_d, state_q;

  logic ready_to_step, equal, a_below;
  logic a_leaves, b_leaves;  // this step uses up the line
  logic pair_ends;           // and with it the fiber, so the pair

  assign ready_to_step = state_q == StMerge && a_valid_i && b_valid_i;
  assign equal         = a_coord == b_coord;
  assign a_below       = a_coord < b_coord;
  assign a_leaves      = a_at_end && (a_below || equal);
  assign b_leaves      = b_at_end && !a_below;
  assign pair_ends     = (a_leaves && a_last) || (b_leaves && b_last);

  assign match_valid_o = ready_to_step && (equal || pair_ends);
  assign match_o       = {equal, pair_ends, equal ? {a_values[a_index_q], b_values[b_index_q]} : (2 * ValueWidth)'(0)};

  assign step_o = ready_to_step && (match_ready_i || !match_valid_o);

  // -------------------------------------------------------- advancing, dropping
  // When one fiber ends, the other one's current line goes too, and the lines after it follow.
  always_comb begin
    state_d   = state_q;
    a_ready_o = 1'b0;
    b_ready_o = 1'b0;
    case (state_q)
      StDropA: begin
        a_ready_o = 1'b1;
        if (a_valid_i && a_last) state_d = StMerge;
      end
      StDropB: begin
        b_ready_o = 1'b1;
        if (b_valid_i && b_last) state_d = StMerge;
      end
      default: begin
        a_ready_o = step_o && (a_leaves || pair_ends);
        b_ready_o = step_o && (b_leaves || pair_ends);
        if (step_o && pair_ends && !a_last) state_d = StDropA;
        if (step_o && pair_ends && !b_last) state_d = StDropB;
      end
    endcase
  end

  always_comb begin
    a_index_d = a_index_q;
    b_index_d = b_index_q;
    if (step_o && (a_below || equal)) a_index_d = a_index_q + 1'b1;
    if (step_o && !a_below)           b_index_d = b_index_q + 1'b1;
    if (a_ready_o) a_index_d = '0;
    if (b_ready_o) b_index_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StMerge;
      a_index_q <= '0;
      b_index_q <= '0;
    end else begin
      state_q   <= state_d;
      a_index_q <= a_index_d;
      b_index_q <= b_index_d;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(match, match_valid_o, match_ready_i, match_o, $bits(match_t))
  `FLAASH_ASSERT(CountOfA_A, !a_valid_i || (a_line.count != '0 && 32'(a_line.count) <= Lanes),
                 "a line of A without entries, or with more than Lanes")
  `FLAASH_ASSERT(CountOfB_A, !b_valid_i || (b_line.count != '0 && 32'(b_line.count) <= Lanes),
                 "a line of B without entries, or with more than Lanes")
  `FLAASH_ASSERT(OneFiberLeft_A, !(step_o && pair_ends) || a_last || b_last,
                 "a pair ended though neither fiber did")
  `FLAASH_COVER(BothEnd_C, step_o && pair_ends && a_last && b_last)
  `FLAASH_COVER(DropA_C, state_q == StDropA && a_valid_i && !a_last)
  `FLAASH_COVER(DropB_C, state_q == StDropB && b_valid_i && !b_last)
  `FLAASH_COVER(EndWithoutMatch_C, step_o && pair_ends && !equal)
  `FLAASH_COVER(MatchStalled_C, match_valid_o && !match_ready_i)
  `FLAASH_COVER(OneMeetsFullLine_C, step_o && a_line.count == 1 && 32'(b_line.count) == Lanes)

endmodule : flaash_intersect_merge
