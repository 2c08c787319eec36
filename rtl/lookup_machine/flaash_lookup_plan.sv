// SPDX-License-Identifier: Apache-2.0
// Plan: cuts a contraction into pieces of equal cost, one or two per group of engines.
//
// The plane (sets of fibers of A) x (lines of B) is cut row by row: a place (set, line) plus the share of a
// group (flaash_lookup_share) is the next place, moved back to the start of its fiber of B. If the last set
// has a share of its own, a second piece per group follows, all from that row. If fibers of A are so
// unequal that rows cost differently, flaash_lookup_walk finds the places instead.
//
// Guarantees  After start_i every group's piece_valid_o pulses once or twice; the pieces together are
//             the whole plane. handed_o pulses once per set, with its dot products. busy_o from the
//             cycle after start_i until the last of both. Without fibers of A or of B: nothing.
// Demands     start_i only while not busy_o and with all groups through. Inputs and tables stay until
//             then. a_first_i and b_first_i answer one cycle after their addresses.
//             Groups use the table of A only in cycles without a_use_o.
// Latency     First piece 6 cycles after start_i with one group, with more as many and the share's
//             latency; then one piece per cycle. With unequal fibers it takes the walk's time besides, and
//             up to 16 cycles more if extent_i has just changed.
// Errors      After an answer of a table that counts (first_use_o) and is wrong, or a rank whose parity is wrong
//             (rank_error_o), no piece follows; busy_o stays until reset.
// Reset       Forgets the contraction.
//
//   totals -> u_share -> places -> u_ranks, tables -> pieces

`include "flaash_assert.svh"

module flaash_lookup_plan
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups   = 8,     // groups of engines, 1 to 64
  parameter int unsigned MaxSize  = 4,     // engines of a group, 1 to 8
  parameter int unsigned Lanes    = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192,  // lines of an operand
  parameter int unsigned Parity   = 1,     // a parity bit per block of ranks, 0 or 1
  localparam int unsigned SizeWidth = $clog2(MaxSize + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // the contraction
  input  logic                 start_i,
  input  fiber_id_t            a_fibers_i,
  input  fiber_id_t            b_fibers_i,
  input  line_addr_t           extent_i,   // of the contracted mode
  output logic                 busy_o,
  output logic                 handed_o,
  output dots_t                handed_dots_o,

  // fiber tables
  output logic                 a_use_o,  // nobody else may have the table of A
  output fiber_id_t            a_addr_o,
  input  line_addr_t           a_first_i,
  output fiber_id_t            b_addr_o,
  input  line_addr_t           b_first_i,
  output logic                 first_use_o,  // the answers of this cycle count, of both tables
  input  logic [1:0]           first_wrong_i, // they are not what was stored, A in element 0
  output logic                 rank_error_o,
  output line_addr_t           rank_block_o,

  // lines on their way to the memory
  input  logic                 wr_valid_i,
  input  logic                 wr_operand_i,  // 0 A, 1 B
  input  line_addr_t           wr_addr_i,
  input  logic                 wr_last_i,

  // the pieces
  output logic [SizeWidth-1:0] set_size_o,  // fibers of A in a set, the last one may have fewer
  output line_addr_t           a_lines_o,
  output line_addr_t           b_lines_o,
  output logic [Groups-1:0]    piece_valid_o,
  output piece_t               piece_o
);

  if (Groups < 1 || Groups > 64) begin : gen_illegal_groups
    `FLAASH_ILLEGAL("Groups must be 1 to 64")
  end
  if (MaxSize < 1 || MaxSize > 8) begin : gen_illegal_size
    `FLAASH_ILLEGAL("MaxSize must be 1 to 8")
  end

  localparam int unsigned CutWidth  = $clog2(Groups + 1);
  localparam int unsigned CostWidth = LineAddrWidth + 6;

  // ------------------------------------------------------------------------ steps
  typedef enum logic [2:0] {StIdle, StTotals, StShare, StCut, StWalk} state_e;
  state_e state_d, state_q;

  logic                begin_work, weighed, totals, shared, skewed, walking, tail, cut_last, broken, broken_q;
  logic [CutWidth-1:0] cut_q;

  assign begin_work = start_i && a_fibers_i != '0 && b_fibers_i != '0;
  assign totals     = state_q == StTotals && weighed;  // all that the share needs is known
  assign cut_last   = state_q == StCut && cut_q == CutWidth'(Groups);

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:   if (begin_work) state_d = StTotals;
      StTotals: if (totals) state_d = (Groups > 1) ? StShare : StCut;
      StShare: begin
        if (shared && skewed) state_d = StWalk;
        else if (shared)      state_d = StCut;
      end
      StWalk: if (!walking) state_d = StIdle;
      default: begin
        if (cut_last && tail) state_d = StShare;
        else if (cut_last)    state_d = StIdle;
      end
    endcase
    if (broken) state_d = StIdle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  // ------------------------------------------------------------- a group's share
  fiber_id_t            share_end, whole_fibers;
  logic [CostWidth-1:0] load, row, rest;

  always_ff @(posedge clk_i) begin
    if (state_q == StTotals) begin
      a_lines_o <= a_first_i;
      b_lines_o <= b_first_i;
    end
  end

  logic                walk_use, walk_used_q, walk_ask, walk_valid;
  logic [CutWidth-1:0] walk_index;
  line_addr_t          walk_line;
  fiber_id_t           walk_a_addr, walk_b_addr, rank;  // rank: fiber of B that holds the line asked for
  place_t              walk_place;

  if (Groups > 1) begin : gen_share
    logic    unequal;
    weight_t most;

    // With fewer fibers there would be smaller sets.
    assign skewed = unequal && 32'(a_fibers_i) >= Groups * MaxSize;

    flaash_lookup_walk #(
      .Groups  (Groups),
      .MaxSize (MaxSize),
      .Lanes   (Lanes),
      .MemLines(MemLines)
    ) u_walk (
      .clk_i, .rst_ni,
      .wr_valid_i(wr_valid_i && !wr_operand_i), .wr_addr_i, .wr_last_i,
      .ready_o(weighed), .most_o(most), .skewed_o(unequal), .start_i(state_q == StShare && shared && skewed),
      .stop_i(broken_q),
      .extent_i, .a_fibers_i, .a_lines_i(a_lines_o), .b_fibers_i, .b_lines_i(b_lines_o), .load_i(load),
      .busy_o(walking), .use_o(walk_use), .ask_o(walk_ask), .line_o(walk_line), .fiber_i(rank),
      .a_addr_o(walk_a_addr), .a_first_i, .b_addr_o(walk_b_addr), .b_first_i,
      .cut_valid_o(walk_valid), .cut_index_o(walk_index), .cut_o(walk_place)
    );

    flaash_lookup_share #(
      .Groups (Groups),
      .MaxSize(MaxSize)
    ) u_share (
      .clk_i, .rst_ni,
      .start_i(totals), .again_i(cut_last && tail),
      .a_fibers_i, .a_lines_i(a_first_i), .b_fibers_i, .b_lines_i(b_lines_o), .weight_i(most),
      .done_o(shared), .set_size_o, .tail_o(tail), .end_o(share_end),
      .load_o(load), .row_o(row), .whole_fibers_o(whole_fibers), .rest_o(rest)
    );
  end else begin : gen_all
    // One group has one piece, whatever it costs.
    logic unused_extent;
    assign unused_extent = ^extent_i;
    assign weighed = 1'b1;
    assign {shared, tail, skewed} = '0;
    assign {walking, walk_use, walk_ask, walk_valid, walk_index, walk_line, walk_a_addr, walk_b_addr, walk_place} = '0;
    assign set_size_o   = SizeWidth'(MaxSize);
    assign share_end    = a_fibers_i;
    assign {whole_fibers, load, row, rest} = '0;
  end

  // ----------------------------------------------------------------- place by place
  // Cut g is where the piece of group g begins, cut Groups where the last one ends. Groups get their
  // pieces one after the other, so each gets a line less than the one before, unless rows are short:
  // then the share of the first one could pass the end of the next row.
  localparam int unsigned EarlyLines = (Groups - 1) / 2;
  localparam int unsigned StaggerRow = Groups * Groups / 2 + 1;

  fiber_id_t             a_q;                // first fiber of the set
  line_addr_t            line_q, line_next;
  logic [FiberIdWidth:0] a_next;
  logic [CostWidth-1:0]  rest_q, reach, left;  // reach: after the whole rows; left: within the last row
  logic [CostWidth-1:0]  least;              // no share may be smaller
  logic                  stagger, row_ends;
  logic                  cut_ends;           // nothing is left for later groups

  assign stagger = row >= CostWidth'(StaggerRow);
  assign reach   = CostWidth'(line_q) + rest_q;

  assign row_ends  = reach >= row;
  assign left      = row_ends ? reach - row : reach;
  assign line_next = (left > load) ? line_addr_t'(left - load) : '0;
  assign a_next    = (FiberIdWidth + 1)'(a_q) + (FiberIdWidth + 1)'(whole_fibers)
                     + (row_ends ? (FiberIdWidth + 1)'(set_size_o) : '0);
  assign least     = (whole_fibers == '0) ? load : '0;

  assign cut_ends = cut_q == CutWidth'(Groups - 1) || a_next >= (FiberIdWidth + 1)'(share_end);

  always_ff @(posedge clk_i) begin
    if (state_q != StCut) begin
      cut_q  <= '0;
      line_q <= '0;
      rest_q <= rest + (stagger ? CostWidth'(EarlyLines) : '0);
      // The second pieces begin where the first ones end.
      if (state_q == StIdle) a_q <= '0;
    end else begin
      cut_q  <= cut_q + 1'b1;
      a_q    <= cut_ends ? share_end : a_next[FiberIdWidth-1:0];
      line_q <= cut_ends ? '0 : line_next;
      if (stagger && rest_q > least) rest_q <= rest_q - 1'b1;
    end
  end

  // ------------------------------------ from the line to the fiber that holds it
  logic      [2:0]               look_valid_q;  // ranks, ranks, tables
  logic      [2:0][CutWidth-1:0] look_cut_q;
  fiber_id_t [2:0]               look_a_q;
  fiber_id_t                     fiber_q;

  flaash_lookup_ranks #(
    .Lines (MemLines),
    .Parity(Parity)
  ) u_ranks (
    .clk_i, .rst_ni,
    .wr_valid_i(wr_valid_i && wr_operand_i), .wr_addr_i, .wr_last_i,
    .ask_i((state_q == StCut || walk_ask) && !broken_q), .line_i(walking ? walk_line : line_q), .fiber_o(rank),
    .wrong_o(rank_error_o), .block_o(rank_block_o)
  );

  // What is made of a wrong answer is not a piece: it could lie outside of the operand. A rank is told to be
  // wrong before the tables have answered about it.
  assign first_use_o = !broken_q && (state_q == StTotals || look_valid_q[2] || walk_used_q);
  assign broken      = broken_q || rank_error_o || (first_use_o && first_wrong_i != '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {broken_q, walk_used_q, look_valid_q} <= '0;
    else         {broken_q, walk_used_q, look_valid_q} <= {broken, walk_use, look_valid_q[1:0], state_q == StCut};
  end

  always_ff @(posedge clk_i) begin
    look_cut_q <= {look_cut_q[1:0], cut_q};
    look_a_q   <= {look_a_q[1:0], a_q};
    fiber_q    <= rank;
  end

  assign a_use_o  = look_valid_q[1] || walk_use;
  assign a_addr_o = walking ? walk_a_addr : look_valid_q[1] ? look_a_q[1] : a_fibers_i;
  assign b_addr_o = walking ? walk_b_addr : look_valid_q[1] ? rank : b_fibers_i;

  // ----------------------------------------------------------------------- pieces
  // A piece ends where the next one begins, so it is known with the next cut.
  place_t              place_q, place;  // of the cut before, and of this one
  logic                place_valid;
  logic [CutWidth-1:0] place_cut;

  assign place_valid = look_valid_q[2] || walk_valid;
  assign place_cut   = walk_valid ? walk_index : look_cut_q[2];
  assign place       = walk_valid ? walk_place : {look_a_q[2], a_first_i, fiber_q, b_first_i};

  for (genvar group = 0; group < int'(Groups); group++) begin : gen_piece
    assign piece_valid_o[group] = place_valid && !broken && place_cut == CutWidth'(group + 1);
  end

  always_ff @(posedge clk_i) begin
    if (place_valid) place_q <= place;
  end

  assign piece_o = {place_q, place.a_id, place.b_line};

  // ---------------------------------------------------------- dot products handed out
  logic hand_begin, handing;

  assign hand_begin = state_q == StShare && (state_d == StWalk || (state_d == StCut && a_q == '0))
                      || state_q == StTotals && state_d == StCut;

  flaash_lookup_handout #(
    .MaxSize(MaxSize)
  ) u_handout (
    .clk_i, .rst_ni,
    .start_i(hand_begin), .a_fibers_i, .b_fibers_i, .set_size_i(set_size_o),
    .busy_o(handing), .handed_o, .handed_dots_o
  );

  assign busy_o = state_q != StIdle || handing || look_valid_q != '0 || broken_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a plan while another is being made")
  `FLAASH_ASSERT(WithinRow_A, state_q != StCut || Groups == 1 || left < row, "a cut behind the end of its row")
  `FLAASH_COVER(RowEnds_C, state_q == StCut && row_ends)

endmodule : flaash_lookup_plan
