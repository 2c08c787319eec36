// SPDX-License-Identifier: Apache-2.0
// Plan: cuts a contraction into one piece per group of engines, of equal cost.
//
// The fibers of A form sets that a group's engines hold at a time. A row is one set with all lines of B;
// it costs its own lines (load) and those of B. A group may begin in the middle of a row and loads the
// set once more then. In such units of lines each group gets the same share:
//     share = (sets * row + load * (Groups - 1)) / Groups, with row = load + lines of B.
// A place (set, line) plus `share` is the next place: whole rows, then what is left of the share.
//
// Guarantees  After start_i every group's piece_valid_o pulses once; the pieces, one after the other,
//             are the whole plane. handed_o pulses once per set, with its dot products. busy_o from
//             the cycle after start_i until the last of both. Without fibers of A or of B: nothing.
// Demands     start_i only while not busy_o and with all groups through. Fibers and tables stay until
//             then. a_first_i and b_first_i answer one cycle after their addresses.
//             Groups use the table of A only in cycles without a_use_o.
// Latency     First piece 6 cycles after start_i with one group; with more 13 and one per bit of the lines
//             of a fiber of A on average, then one piece per cycle. MaxSize + 2 more if fibers of A are few.
// Reset       Forgets the contraction.
//
//   totals -> u_divider (lines of a fiber of A) -> u_set_size -> share -> places -> u_ranks, tables -> pieces

`include "flaash_assert.svh"

module flaash_lookup_plan
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Groups   = 8,     // groups of engines, 1 to 64
  parameter int unsigned MaxSize  = 4,     // engines of a group, 1 to 8
  parameter int unsigned MemLines = 8192,  // lines of an operand
  localparam int unsigned SizeWidth = $clog2(MaxSize + 1)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // the contraction
  input  logic                 start_i,
  input  fiber_id_t            a_fibers_i,
  input  fiber_id_t            b_fibers_i,
  output logic                 busy_o,
  output logic                 handed_o,
  output dots_t                handed_dots_o,

  // fiber tables
  output logic                 a_use_o,  // nobody else may have the table of A
  output fiber_id_t            a_addr_o,
  input  line_addr_t           a_first_i,
  output fiber_id_t            b_addr_o,
  input  line_addr_t           b_first_i,

  // lines of B on their way to the memory
  input  logic                 wr_valid_i,
  input  line_addr_t           wr_addr_i,
  input  logic                 wr_last_i,

  // the pieces
  output logic [SizeWidth-1:0] set_size_o,  // fibers of A in a set, the last one may have fewer
  output line_addr_t           b_lines_o,
  output logic [Groups-1:0]    piece_valid_o,
  output piece_t               piece_o
);

  if (Groups < 1 || Groups > 64) begin : gen_illegal_groups
    $fatal(1, "Groups must be 1 to 64");
  end
  if (MaxSize < 1 || MaxSize > 8) begin : gen_illegal_size
    $fatal(1, "MaxSize must be 1 to 8");
  end

  localparam int unsigned CutWidth   = $clog2(Groups + 1);
  localparam int unsigned TotalWidth = LineAddrWidth + 2;  // quarters of lines
  localparam int unsigned CostWidth  = LineAddrWidth + 6;  // of some rows
  localparam int unsigned Fraction   = 16;                 // bits behind the point
  localparam int unsigned PerGroup   = (2 ** Fraction + Groups / 2) / Groups;  // 1 / Groups

  // ------------------------------------------------------------------------ steps
  typedef enum logic [2:0] {StIdle, StTotals, StDivide, StSize, StShare, StCut} state_e;
  state_e state_d, state_q;

  logic                begin_work, divided, sized;
  logic [1:0]          share_step_q;
  logic [CutWidth-1:0] cut_q;

  assign begin_work = start_i && a_fibers_i != '0 && b_fibers_i != '0;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:   if (begin_work) state_d = StTotals;
      StTotals: state_d = (Groups > 1) ? StDivide : StCut;
      StDivide: if (divided) state_d = StSize;
      StSize:   if (sized) state_d = StShare;
      StShare:  if (share_step_q == 2'd2) state_d = StCut;
      default:  if (cut_q == CutWidth'(Groups)) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    share_step_q <= (state_q == StShare) ? share_step_q + 1'b1 : '0;
  end

  // ----------------------------------------------- lines of B, lines of A's fibers
  logic [TotalWidth-1:0] quarters;  // lines of a fiber of A on average, in quarters

  always_ff @(posedge clk_i) begin
    if (state_q == StTotals) b_lines_o <= b_first_i;
  end

  if (Groups > 1) begin : gen_choice
    flaash_lookup_divider #(
      .Width(TotalWidth)
    ) u_divider (
      .clk_i, .rst_ni,
      .start_i   (state_q == StTotals),
      .dividend_i({a_first_i, 2'b00}),
      .divisor_i (TotalWidth'(a_fibers_i)),
      .done_o    (divided),
      .quotient_o(quarters)
    );

    flaash_lookup_set_size #(
      .Groups (Groups),
      .MaxSize(MaxSize)
    ) u_set_size (
      .clk_i, .rst_ni,
      .start_i   (divided),
      .a_fibers_i,
      .b_lines_i (b_lines_o),
      .quarters_i(quarters),
      .done_o    (sized),
      .set_size_o
    );
  end else begin : gen_no_choice
    // One group: one piece, whatever the lines.
    assign divided    = 1'b0;
    assign quarters   = '0;
    assign sized      = 1'b0;
    assign set_size_o = SizeWidth'(MaxSize);
  end

  // ------------------------------------------------------- a group's share, in lines
  fiber_id_t              sets;      // rounded up
  fiber_id_t              sets_q, whole_q;  // whole rows of a share; and in fibers of A
  fiber_id_t              whole_fibers_q;
  logic [Fraction-1:0]    part_q;    // fraction of a row that comes on top
  logic [CostWidth-1:0]   load_q, row_q, rest_q, rest;
  logic [FiberIdWidth+Fraction-1:0] rows;        // sets / Groups
  logic [CostWidth+Fraction-1:0]    part_lines;  // of a row
  logic [CostWidth+Fraction-1:0]    load_part;

  always_comb begin
    sets = '0;
    for (int unsigned size = 1; size <= MaxSize; size++) begin
      if (set_size_o == SizeWidth'(size)) sets = fiber_id_t'((32'(a_fibers_i) + size - 1) / size);
    end
  end

  assign rows       = (FiberIdWidth + Fraction)'(sets_q) * (FiberIdWidth + Fraction)'(PerGroup);
  assign part_lines = (CostWidth + Fraction)'(row_q) * (CostWidth + Fraction)'(part_q);
  assign load_part  = (CostWidth + Fraction)'(load_q) * (CostWidth + Fraction)'(PerGroup);
  assign rest       = CostWidth'(part_lines >> Fraction) + load_q - CostWidth'(load_part >> Fraction);

  always_ff @(posedge clk_i) begin
    sets_q         <= sets;
    load_q         <= (CostWidth'(quarters) * CostWidth'(set_size_o) + CostWidth'(2)) >> 2;
    row_q          <= load_q + CostWidth'(b_lines_o);
    {whole_q, part_q} <= rows;
    whole_fibers_q <= whole_q * fiber_id_t'(set_size_o);
    // No less than a load, which a piece that begins within a row pays again.
    rest_q         <= (rest > load_q) ? rest : load_q;
  end

  // ----------------------------------------------------------------- place by place
  // Cut g is where the piece of group g begins; cut 0 is the beginning and cut Groups the end.
  fiber_id_t            a_q;                  // first fiber of the set
  line_addr_t           line_q, line_next;
  logic [FiberIdWidth:0] a_next;
  logic [CostWidth-1:0] reach, left;          // after the whole rows; and within the last row
  logic [1:0]           rows_more;
  logic                 cut_ends;             // nothing is left for later groups

  assign reach = CostWidth'(line_q) + rest_q;

  always_comb begin
    rows_more = 2'd0;
    left      = reach;
    if (reach >= row_q << 1) begin
      rows_more = 2'd2;
      left      = reach - (row_q << 1);
    end else if (reach >= row_q) begin
      rows_more = 2'd1;
      left      = reach - row_q;
    end
    line_next = (left > load_q) ? line_addr_t'(left - load_q) : '0;
    a_next    = (FiberIdWidth + 1)'(a_q) + (FiberIdWidth + 1)'(whole_fibers_q)
                + (FiberIdWidth + 1)'(rows_more) * (FiberIdWidth + 1)'(set_size_o);
  end

  assign cut_ends = cut_q == CutWidth'(Groups - 1) || a_next >= (FiberIdWidth + 1)'(a_fibers_i);

  always_ff @(posedge clk_i) begin
    if (state_q != StCut) begin
      cut_q  <= '0;
      a_q    <= '0;
      line_q <= '0;
    end else begin
      cut_q  <= cut_q + 1'b1;
      a_q    <= cut_ends ? a_fibers_i : a_next[FiberIdWidth-1:0];
      line_q <= cut_ends ? '0 : line_next;
    end
  end

  // ------------------------------------ from the line to the fiber that holds it
  logic      [2:0]               look_valid_q;  // ranks, ranks, tables
  logic      [2:0][CutWidth-1:0] look_cut_q;
  fiber_id_t [2:0]               look_a_q;
  fiber_id_t                     rank, fiber_q;

  flaash_lookup_ranks #(
    .Lines(MemLines)
  ) u_ranks (
    .clk_i,
    .wr_valid_i, .wr_addr_i, .wr_last_i,
    .line_i (line_q),
    .fiber_o(rank)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) look_valid_q <= '0;
    else         look_valid_q <= {look_valid_q[1:0], state_q == StCut};
  end

  always_ff @(posedge clk_i) begin
    look_cut_q <= {look_cut_q[1:0], cut_q};
    look_a_q   <= {look_a_q[1:0], a_q};
    fiber_q    <= rank;
  end

  assign a_use_o  = look_valid_q[1];
  assign a_addr_o = look_valid_q[1] ? look_a_q[1] : a_fibers_i;
  assign b_addr_o = look_valid_q[1] ? rank : b_fibers_i;

  // ----------------------------------------------------------------------- pieces
  // A piece ends where the next one begins, so it is known with the next cut.
  place_t            place_q, place;  // of the cut before, and of this one
  logic [Groups-1:0] piece_ends;

  assign place = {look_a_q[2], a_first_i, fiber_q, b_first_i};

  for (genvar group = 0; group < int'(Groups); group++) begin : gen_piece
    assign piece_ends[group] = look_valid_q[2] && look_cut_q[2] == CutWidth'(group + 1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) piece_valid_o <= '0;
    else         piece_valid_o <= piece_ends;
  end

  always_ff @(posedge clk_i) begin
    if (look_valid_q[2]) begin
      place_q <= place;
      piece_o <= {place_q, place.a_id, place.b_line};
    end
  end

  // ---------------------------------------------------------- dot products handed out
  logic      hand_q;
  fiber_id_t hand_a_q, hand_left, hand_size;

  assign hand_left     = a_fibers_i - hand_a_q;
  assign handed_o      = hand_q;
  assign hand_size     = (hand_left < fiber_id_t'(set_size_o)) ? hand_left : fiber_id_t'(set_size_o);
  assign handed_dots_o = dots_t'(b_fibers_i) * dots_t'(hand_size);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) hand_q <= 1'b0;
    else if (state_q != StCut && state_d == StCut) hand_q <= 1'b1;
    else if (hand_left <= fiber_id_t'(set_size_o)) hand_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    hand_a_q <= hand_q ? hand_a_q + fiber_id_t'(set_size_o) : '0;
  end

  assign busy_o = state_q != StIdle || hand_q || look_valid_q != '0 || piece_valid_o != '0;

endmodule : flaash_lookup_plan
