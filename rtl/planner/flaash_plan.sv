// SPDX-License-Identifier: Apache-2.0
// Plan: cuts a contraction into pieces of about equal cost, one or two per group of engines.
//
// Each group gets some whole sets of fibers of A with all of B. The fibers that are left form a grid: parts of them
// times parts of B, one cell per group. flaash_plan_choice chooses the numbers of sets and parts while operands are
// being loaded, as their numbers of fibers and entries are announced; flaash_plan_cuts makes the pieces.
//
// Guarantees  The pieces together are each pair of a fiber of A and a fiber of B once. A group gets a piece of whole
//             sets, if there are any, and then at most one cell of the grid. With early_i the first pieces come before
//             start_i, rows as soon as A is complete, and hold_o is high until start_i. If an operand is replaced
//             before start_i, or the choice changes, drop_o withdraws these pieces. After start_i dispatch_o announces
//             all dot products once. busy_o from the cycle after start_i until all of that has come. Without fibers of
//             A or of B: nothing.
// Demands     start_i only while not busy_o, with both operands loaded and all groups idle. desc_i and tables stay
//             while busy_o. The lines of an operand have been written in the cycle before it is `loaded`. Before that
//             desc_i has what its head announces; if it is wrong, the choice comes later. Tables respond one cycle
//             after their addresses. Groups use the table of A only in cycles without table_use_o. Second pieces wait
//             for a cycle without another use of the table.
// Latency     First row and column 6 cycles after start_i or an early begin, or 6 after the latency of
//             flaash_plan_choice.
// Errors      After a wrong response of a table (in a cycle with answered_o) or a wrong rank (rank_fault_o) no piece
//             follows until drop_o; once started, busy_o stays until reset.
// Reset       Forgets the contraction.
//
//   desc -> u_choice -> u_cuts -> pieces

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
  input  set_size_t         limit_i,       // fibers of a set, MaxSize or Engines; valid with the description of A
  output logic              busy_o,
  output dispatch_t         dispatch_o,
  // fiber tables, and faults
  input  logic              table_wanted_i,  // another module waits for the table of A
  output logic              table_use_o,     // and must not use it
  output fiber_id_t [1:0]   table_addr_o,
  output logic [1:0]        answered_o,    // the response of this cycle counts
  input  table_rsp_t [1:0]  table_i,
  output fault_t            rank_fault_o,
  // the pieces
  output logic [Groups-1:0] row_valid_o,
  output row_t              row_o,
  output logic [Groups-1:0] column_valid_o,
  output column_t           column_o
);

  if (Groups < 1 || Groups > 64) begin : gen_illegal_groups
    `FLAASH_ILLEGAL("Groups must be 1 to 64")
  end
  if (MaxSize < 1 || MaxSize > 32) begin : gen_illegal_size
    `FLAASH_ILLEGAL("MaxSize must be 1 to 32")
  end

  localparam int unsigned CountBits = count_bits(MemLines);  // of members that are wider in a larger memory

  desc_t   a, b;
  choice_t choice;
  logic    a_loaded, b_loaded, loaded, chosen, ready, begins, cutting, handing, broken, finished;
  logic    run_q, made_q, loaded_q;  // run: the start has come; made: the first pieces are being cut, or were
  logic    unused_desc;

  function automatic desc_t narrowed(desc_t desc);
    narrowed        = desc;
    narrowed.fibers = fiber_id_t'(desc.fibers[CountBits-1:0]);
  endfunction

  assign a            = narrowed(desc_i[0]);
  assign b            = narrowed(desc_i[1]);
  assign a_loaded     = a.loaded && a.fibers != '0;
  assign b_loaded     = b.loaded && b.fibers != '0;
  assign loaded       = a_loaded && b_loaded;
  assign begins       = a_loaded && chosen && ready && (start_i || run_q || early_i) && !made_q;
  assign drop_o       = made_q && !run_q && (!a_loaded || !chosen || (loaded_q && !loaded));
  assign hold_o       = made_q && !run_q && !start_i;
  assign finished     = made_q && run_q && !handing && !cutting && !broken;
  assign busy_o       = run_q;
  assign unused_desc  = ^{a.order, a.lines, b.order, b.extent, b.lines};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {run_q, made_q, loaded_q} <= '0;
    else begin
      run_q    <= (run_q || (start_i && loaded)) && !finished;
      made_q   <= (made_q || begins) && !finished && !drop_o;
      loaded_q <= loaded;
    end
  end

  // ------------------------------------------------------------------------------ choice
  // It is made anew whenever one of its reasons changes, and mostly stands before the last line is written.
  line_addr_t [1:0][1:0] lines_q, longest_q;  // of each operand and buffer, as its lines are written
  logic [31:0]      extent;
  reasons_t         reasons, reasons_q;
  logic             steady;

  assign extent  = a.extent;
  assign reasons = {a.fibers, a.entries, longest_q[0][a.buffer], b.fibers, b.entries, longest_q[1][b.buffer],
                    (extent[31:LineAddrWidth] != '0) ? LineAddrWidth'('1) : extent[LineAddrWidth-1:0], limit_i};
  assign steady  = reasons == reasons_q && a.fibers != '0 && b.fibers != '0;

  always_ff @(posedge clk_i) reasons_q <= reasons;

  // Rounded down to two significant bits, the longest fiber seldom changes.
  function automatic line_addr_t rough(line_addr_t lines);
    rough = lines;
    for (int unsigned i = 2; i < LineAddrWidth; i++) begin
      if (lines[i]) rough = line_addr_t'({lines[i], lines[i-1]}) << (i - 1);
    end
  endfunction

  for (genvar o = 0; o < 2; o++) begin : gen_count
    line_written_t written;
    line_id_t      id;
    logic          counts;
    line_addr_t    more, length, length_q;  // of the fiber so far

    assign written = written_i[o];
    assign id      = written.id;
    assign more    = line_addr_t'(written.pair) + 1'b1;
    assign length  = written.begins ? more : length_q + more;

    assign counts  = written.valid && id.operand == 1'(o);

    always_ff @(posedge clk_i) begin
      if (counts) begin
        lines_q[o][written.filled] <= id.addr + 1'b1;
        length_q                   <= written.last ? '0 : length;
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) longest_q[o] <= '0;
      else if (counts && (written.begins || rough(length) > longest_q[o][written.filled])) begin
        longest_q[o][written.filled] <= rough(length);
      end
    end
  end

  flaash_plan_choice #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (MaxSize),
    .Lanes   (Lanes),
    .MemLines(MemLines)
  ) u_choice (
    .clk_i, .rst_ni,
    .valid_i(steady), .reasons_i(reasons_q), .ready_o(chosen), .choice_o(choice)
  );

  // ------------------------------------------------------------------------------ pieces
  // Groups keep one piece until the start, so second pieces come later.
  flaash_plan_cuts #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (MaxSize),
    .MemLines(MemLines),
    .Buffers (Buffers),
    .Parity  (Parity)
  ) u_cuts (
    .clk_i, .rst_ni,
    .written_i, .buffer_i({b.buffer, a.buffer}),
    .begin_i(begins), .b_loaded_i(b_loaded), .second_i(run_q && !table_wanted_i), .drop_i(drop_o),
    .fibers_i({b.fibers, a.fibers}), .lines_i({lines_q[1][b.buffer], lines_q[0][a.buffer]}), .limit_i,
    .choice_i(choice), .ready_o(ready), .busy_o(cutting), .broken_o(broken),
    .table_use_o, .table_addr_o, .answered_o, .table_i, .rank_fault_o,
    .row_valid_o, .row_o, .column_valid_o, .column_o
  );

  // ---------------------------------------------------------- dot products handed out
  // Some fibers of A at a time. No portions; the announcements show the watchdog that the plan moves.
  logic      hands, hand_q, valid_q, job_q, last;
  fiber_id_t left_q;   // fibers of A from here on
  set_size_t count_q;  // of them, in a cycle
  dots_t     dots_q;

  assign hands      = (made_q && !drop_o) ? start_i && loaded : begins && (start_i || run_q);
  assign last       = left_q <= fiber_id_t'(limit_i);
  assign handing    = hand_q || valid_q || job_q;
  assign dispatch_o = {job_q, dots_q, 2'b00};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {hand_q, valid_q, job_q} <= '0;
    else         {hand_q, valid_q, job_q} <= {hands || (hand_q && !last), hand_q, valid_q};
  end

  always_ff @(posedge clk_i) begin
    left_q  <= hands ? a.fibers : left_q - fiber_id_t'(limit_i);
    count_q <= last ? set_size_t'(left_q) : limit_i;
    dots_q  <= dots_t'(b.fibers) * dots_t'(count_q);
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || !busy_o, "a plan while another is being made")
  `FLAASH_ASSERT(LimitIsSteady_A, !(a_loaded && $past(a_loaded)) || limit_i == $past(limit_i),
                 "the limit of a set comes later than the description of A")
  for (genvar i = 0; i < 2; i++) begin : gen_fits
    desc_t desc;
    logic  unused_members;

    assign desc           = desc_i[i];
    assign unused_members = ^desc;
    `FLAASH_ASSERT(FitsMemory_A, !desc.loaded || (desc.fibers <= desc.lines && 32'(desc.lines) <= MemLines),
                   "an operand that is too large for its memory")
  end
  `FLAASH_COVER(StartComesEarly_C, start_i && loaded && !chosen)
  `FLAASH_COVER(OneDotProduct_C, hands && a.fibers == 1 && b.fibers == 1)
  `FLAASH_COVER(LeavesWhilePrepared_C, !loaded && $past(loaded && !chosen))

endmodule : flaash_plan
