// SPDX-License-Identifier: Apache-2.0
// Plan: cuts a contraction into pieces of equal cost, one or two per group of engines.
//
// The plane (sets of fibers of A) x (lines of B) is cut row by row. The next cut is a group's share after the previous
// one. If the last set has a share of its own, a second piece per group follows, all from that row. Everything that
// does not depend on the start is prepared earlier: most of it when A is complete, the rest when B is complete.
//
// Guarantees  Every group's piece_valid_o pulses once or twice; the pieces together are the whole plane. With early_i
//             the first pieces come before start_i, and hold_o is high until start_i. If an operand is replaced
//             before start_i, drop_o withdraws these pieces. After start_i dispatch_o announces each set once, with
//             its dot products. busy_o from the cycle after start_i until all pieces and sets have come. Without
//             fibers of A or of B: nothing.
// Demands     start_i only while not busy_o, with both operands loaded and all groups idle. desc_i and tables stay
//             while busy_o. Tables respond one cycle after their addresses. Groups use the table of A only in cycles
//             without table_use_o. Second pieces wait for a cycle without another use of the table.
// Latency     First piece 4 cycles after start_i or an early begin, 9 if rows differ (flaash_plan_walk). An early
//             begin comes after the latencies of flaash_plan_share and flaash_plan_weights.
// Errors      After a wrong response of a table (in a cycle with answered_o) or a wrong rank (rank_fault_o) no piece
//             follows until drop_o; once started, busy_o stays until reset.
// Reset       Forgets the contraction.
//
//   desc -> u_share, u_weights -> u_even or u_walk -> wishes -> u_cuts -> cuts -> pieces

`include "flaash_assert.svh"

module flaash_plan
  import flaash_pkg::*;
  import flaash_reg_pkg::fault_t;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,     // groups of engines, 1 to 64
  parameter int unsigned Engines  = 4,        // of a group
  parameter int unsigned MaxSize  = Engines,  // fibers that a group holds, 1 to 32
  parameter int unsigned Lanes    = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192,  // lines of an operand
  parameter int unsigned Buffers  = 1,     // of an operand, 1 or 2
  parameter int unsigned Parity   = 1      // a parity bit per block of ranks, 0 or 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // the contraction; A in element 0
  input  logic              start_i,
  input  logic              early_i,       // groups have nothing left to do: pieces may come before the start
  output logic              hold_o,        // the start of the pieces has not come: groups keep them
  output logic              drop_o,        // and will not come: groups forget them
  input  desc_t [1:0]       desc_i,
  input  line_written_t [1:0] written_i,   // lines on their way to the memory, of A in element 0
  input  set_size_t         limit_i,       // fibers of a set, MaxSize or less; valid with the description of A
  output logic              busy_o,
  output dispatch_t         dispatch_o,
  // fiber tables, and faults
  input  logic              table_wanted_i,  // another module waits for the table of A
  output logic              table_use_o,     // and must not use it
  output fiber_id_t [1:0]   table_addr_o,
  output logic              answered_o,    // the responses of this cycle count
  input  table_rsp_t [1:0]  table_i,
  output fault_t            rank_fault_o,
  // the pieces
  output plane_t            plane_o,
  output logic [Groups-1:0] piece_valid_o,
  output piece_t            piece_o
);

  if (Groups < 1 || Groups > 64) begin : gen_illegal_groups
    `FLAASH_ILLEGAL("Groups must be 1 to 64")
  end
  if (MaxSize < 1 || MaxSize > 32) begin : gen_illegal_size
    `FLAASH_ILLEGAL("MaxSize must be 1 to 32")
  end

  // ------------------------------------------------------------------------ steps
  typedef enum logic [2:0] {StIdle, StOfA, StOfBoth, StReady, StEven, StTail, StWalk} state_e;
  state_e state_d, state_q;

  localparam int unsigned CountBits = count_bits(MemLines);  // of members that are wider in a larger memory

  desc_t     a, b;
  sizes_t    sizes;
  set_size_t set_size;
  logic      a_there, b_there, a_left, b_left, a_left_q, b_left_q;  // left: replaced while it was prepared
  logic      prepare_a, prepare_b, divided, weighed, shared, prepared;
  logic      run_q, made_q, begin_cuts;  // run: the start has come; made: the first pieces are being cut, or were
  logic      handing, finished;
  logic [3:0] weighed_q;                                            // inputs of a walk are valid 4 cycles later
  logic      skewed, even_last, tail, tail_q, second, walking, placing, broken;
  logic      unused_desc;

  function automatic desc_t narrowed(desc_t desc);
    narrowed        = desc;
    narrowed.fibers = fiber_id_t'(desc.fibers[CountBits-1:0]);
    narrowed.lines  = line_addr_t'(desc.lines[CountBits-1:0]);
  endfunction

  assign a           = narrowed(desc_i[0]);
  assign b           = narrowed(desc_i[1]);
  assign sizes       = {a.fibers, a.lines, b.fibers, b.lines};
  assign plane_o     = {a.fibers, a.lines, b.lines, set_size};
  assign a_there     = a.loaded && a.fibers != '0;
  assign b_there     = b.loaded && b.fibers != '0;
  assign a_left      = a_left_q || !a_there;
  assign b_left      = b_left_q || !b_there;
  assign prepare_a   = state_q == StIdle && a_there;
  assign prepare_b   = state_q == StOfA && !a_left && b_there;
  assign prepared    = weighed && shared && (!skewed || weighed_q[3]);
  assign begin_cuts  = state_q == StReady && a_there && b_there && (start_i || run_q || early_i) && !made_q;
  assign drop_o      = made_q && !run_q && !(a_there && b_there);
  assign hold_o      = made_q && !run_q && !start_i;
  assign finished    = state_q == StReady && made_q && run_q && !handing && !placing && !broken;
  // Now the pieces of the last set alone.
  assign second      = state_q == StTail && run_q && !placing && !table_wanted_i;
  assign unused_desc = ^{a.order, a.extent, a.entries, b.order, b.extent, b.entries};

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle: if (prepare_a) state_d = StOfA;
      StOfA: begin
        if (prepare_b)                         state_d = StOfBoth;
        else if (divided && weighed && a_left) state_d = StIdle;
      end
      StOfBoth: begin
        if (prepared && a_left)      state_d = StIdle;
        else if (prepared && b_left) state_d = StOfA;
        else if (prepared)           state_d = StReady;
      end
      StReady: begin
        if (!a_there)                  state_d = StIdle;
        else if (!b_there)             state_d = StOfA;
        else if (begin_cuts && skewed) state_d = StWalk;
        else if (begin_cuts)           state_d = StEven;
      end
      StEven: begin
        if (even_last && tail && !tail_q) state_d = StTail;
        else if (even_last)               state_d = StReady;
      end
      StTail:  if (second) state_d = StEven;
      default: if (!walking) state_d = StReady;
    endcase
    if (broken) state_d = StReady;
    if (drop_o) state_d = StIdle;  // a walk may have consumed rows of A
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      {a_left_q, b_left_q, tail_q} <= '0;
      {run_q, made_q} <= '0;
      weighed_q <= '0;
    end else begin
      weighed_q <= {weighed_q[2:0], weighed};
      state_q   <= state_d;
      a_left_q  <= (state_q == StOfA || state_q == StOfBoth) && a_left;
      b_left_q  <= state_q == StOfBoth && b_left;
      run_q     <= (run_q || (start_i && a_there && b_there)) && !finished;
      made_q    <= (made_q || begin_cuts) && !finished && !drop_o;
      tail_q    <= state_d == StTail || (tail_q && state_d == StEven);
    end
  end

  // ------------------------------------------------------------- shares and weights
  share_t        share, tail_share;
  logic          even_valid, walk_valid, cut_valid;
  wish_t         even_wish, walk_wish;
  cut_t          cut;
  point_t        at, at_q;

  assign at = cut.at;

  if (Groups > 1) begin : gen_share
    logic          unequal, next_row, rewind;
    row_t          row;
    all_quarters_t total;

    logic [31:0]   extent;
    line_addr_t    capped;  // no line of so large an extent weighs more than another one

    assign extent = a.extent;
    assign capped = (extent[31:LineAddrWidth] != '0) ? '1 : extent[LineAddrWidth-1:0];

    // The walk goes from one largest set to the next.
    assign skewed = unequal && limit_i == set_size_t'(MaxSize);

    flaash_plan_share #(
      .Groups  (Groups),
      .Engines (Engines),
      .MaxSize (MaxSize),
      .Lanes   (Lanes),
      .MemLines(MemLines)
    ) u_share (
      .clk_i, .rst_ni,
      .begin_i(prepare_a), .divided_o(divided), .start_i(prepare_b), .sizes_i(sizes),
      .extent_i(capped), .limit_i, .uneven_i(skewed),
      .done_o(shared), .set_size_o(set_size), .share_o(share), .tail_o(tail), .tail_share_o(tail_share)
    );

    flaash_plan_weights #(
      .MaxSize (MaxSize),
      .Lanes   (Lanes),
      .MemLines(MemLines),
      .Buffers (Buffers)
    ) u_weights (
      .clk_i, .rst_ni,
      .written_i(written_i[0]), .buffer_i(a.buffer), .prepare_i(prepare_a), .sizes_i(sizes),
      .extent_i(capped),
      .ready_o(weighed), .skewed_o(unequal), .total_o(total),
      .rewind_i(rewind), .next_i(next_row), .row_o(row)
    );

    flaash_plan_walk #(
      .Groups  (Groups),
      .MemLines(MemLines)
    ) u_walk (
      .clk_i, .rst_ni,
      .start_i(begin_cuts && skewed), .stop_i(broken || drop_o),
      .plane_i(plane_o), .load_i(share.load), .total_i(total),
      .busy_o(walking), .next_o(next_row), .rewind_o(rewind), .row_i(row),
      .wish_valid_o(walk_valid), .wish_o(walk_wish), .cut_valid_i(cut_valid), .b_line_i(at.b_line)
    );
  end else begin : gen_all
    // One group has one piece, whatever it costs.
    flaash_plan_sets #(
      .MaxSize(MaxSize)
    ) u_sets (
      .clk_i, .fibers_i(a.fibers), .limit_i, .set_size_o(set_size)
    );

    assign {divided, weighed, shared} = '1;
    assign {skewed, tail, walking, walk_valid, walk_wish, tail_share} = '0;

    always_comb begin
      share       = '0;
      share.a_end = a.fibers;
    end
    logic unused_weights;
    assign unused_weights = ^{written_i[0], a.buffer};
  end

  // ------------------------------------------------------------------ from cut to cut
  flaash_plan_even #(
    .Groups(Groups)
  ) u_even (
    .clk_i, .rst_ni,
    .start_i((begin_cuts && !skewed) || second), .stop_i(drop_o), .share_i(tail_q ? tail_share : share),
    .wish_valid_o(even_valid), .wish_o(even_wish), .last_o(even_last)
  );

  flaash_plan_cuts #(
    .MemLines(MemLines),
    .Buffers (Buffers),
    .Parity  (Parity)
  ) u_cuts (
    .clk_i, .rst_ni,
    .written_i(written_i[1]), .buffer_i(b.buffer), .begin_i(begin_cuts), .drop_i(drop_o),
    .a_fibers_i(a.fibers), .set_size_i(set_size),
    .wish_valid_i(even_valid || walk_valid), .wish_i(walk_valid ? walk_wish : even_wish),
    .cut_valid_o(cut_valid), .cut_o(cut), .busy_o(placing), .broken_o(broken),
    .table_use_o, .table_addr_o, .answered_o, .table_i, .rank_fault_o
  );

  // ----------------------------------------------------------------------- pieces
  // A piece ends where the next one begins, so it is known with the next cut. The first one begins with the operands;
  // the first piece of the last set alone begins at the end of the previous pieces.
  for (genvar group = 0; group < int'(Groups); group++) begin : gen_piece
    assign piece_valid_o[group] = cut_valid && cut.cut == group_id_t'(group + 1);
  end

  always_ff @(posedge clk_i) begin
    if (begin_cuts)      at_q <= '0;
    else if (answered_o) at_q <= at;  // after a wrong response no piece follows
  end

  // A piece is empty between equal fibers. Their numbers come earlier in a cycle than their lines.
  assign piece_o = {at.a_id == at_q.a_id && at.b_id == at_q.b_id, at_q, at.a_id, cut.end_line, at.b_line};

  // ---------------------------------------------------------- dot products handed out
  flaash_plan_handout u_handout (
    .clk_i, .rst_ni,
    .start_i(made_q ? start_i && a_there && b_there : begin_cuts && (start_i || run_q)),
    .sizes_i(sizes), .set_size_i(set_size), .busy_o(handing), .dispatch_o
  );

  assign busy_o = run_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a plan while another is being made")
  `FLAASH_ASSERT(LimitIsSteady_A, !(a_there && $past(a_there)) || limit_i == $past(limit_i),
                 "the limit of a set comes later than the description of A")
  for (genvar i = 0; i < 2; i++) begin : gen_fits
    desc_t desc;
    logic  unused_members;

    assign desc           = desc_i[i];
    assign unused_members = ^desc;
    `FLAASH_ASSERT(FitsMemory_A, !desc.loaded || (desc.fibers <= desc.lines && 32'(desc.lines) <= MemLines),
                   "an operand that is too large for its memory")
  end
  `FLAASH_COVER(StartComesEarly_C, start_i && state_q != StReady)
  `FLAASH_COVER(LeavesWhilePrepared_C, state_q == StOfBoth && (a_left || b_left))

endmodule : flaash_plan
