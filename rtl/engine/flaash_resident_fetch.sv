// SPDX-License-Identifier: Apache-2.0
// Fetch: requests the lines of a piece from the tensor memory, in the order in which the engines need them.
//
// Guarantees  A piece is a row and a column, which come in any order or together. For each set of the row the lines of
//             its fibers of A once, then the lines of the column: the run of B. A second piece waits for the last
//             request of the first one. started_o: a piece that is not empty begins, with start_o. busy_o until the
//             last request is accepted. The table gives the end of a set; the row gives the end of its last set. While
//             hold_i a piece waits, and drop_i withdraws it, or its row or column.
// Demands     A row or column that is not empty has lines. hold_i and drop_i only while no piece is read. row_valid_i
//             and column_valid_i at most once while busy_o. The table is a synchronous RAM, read with bound_grant_i:
//             bound_i gives the first line of fiber bound_fiber_o. AXI handshake rule at req_*.
// Latency     One cycle from the piece to the first request.
// Throughput  One request per cycle. Until the cycle after the bound of a set has come, lines after the set may be
//             requested, too; the consumer of the lines must separate them by their `last` bits.
// Stalls      Requests wait for room_i, which may not fall before one is accepted.
// Errors      After a wrong bound (bound_i.wrong) the set never ends: only lines of A follow, up to the operand's end.
// Reset       Forgets the piece.

`include "flaash_assert.svh"

module flaash_resident_fetch
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
  import flaash_resident_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  // the contraction
  input  logic       row_valid_i,
  input  row_t       row_i,
  input  logic       column_valid_i,
  input  column_t    column_i,
  input  logic       hold_i,         // the contraction of the piece has not started
  input  logic       drop_i,         // and will not start
  output logic       busy_o,
  output logic       started_o,
  output begun_t     start_o,
  // where a set ends, from the fiber table of A
  output logic       bound_req_o,
  output fiber_id_t  bound_fiber_o,
  input  logic       bound_grant_i,
  input  table_rsp_t bound_i,
  // tensor memory
  output logic       req_valid_o,
  input  logic       req_ready_i,
  output request_t   req_o,
  input  logic       room_i       // for the response
);

  typedef logic [FiberIdWidth:0] fiber_sum_t;  // a fiber, or a number after the last one

  typedef enum logic [1:0] {StIdle = 2'b00, StLoad = 2'b01, StRun = 2'b10} state_e;
  state_e state_q;

  logic accept;  // a request

  assign accept = req_valid_o && req_ready_i;
  logic       row_waits_q, column_waits_q, take, empty, idle;

  assign busy_o = state_q != StIdle || ((row_waits_q || column_waits_q) && !hold_i);

  // ------------------------------------------------------------------- the next piece
  row_t       row_q, row;
  column_t    column_q, column;
  set_size_t  size_q;
  fiber_id_t  a_end_q;
  line_addr_t a_end_line_q, b_begin_q, b_end_q;

  assign row       = row_waits_q ? row_q : row_i;
  assign column    = column_waits_q ? column_q : column_i;
  assign empty     = row.empty || column.empty;
  assign idle      = state_q == StIdle;
  assign take      = idle && (row_waits_q || row_valid_i) && (column_waits_q || column_valid_i) && !hold_i;
  assign started_o = take && !empty;
  assign start_o   = {row.set_size, row.id, column.id};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {row_waits_q, column_waits_q} <= '0;
    else begin
      row_waits_q    <= !take && !drop_i && (row_waits_q || row_valid_i);
      column_waits_q <= !take && !drop_i && (column_waits_q || column_valid_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!row_waits_q)    row_q    <= row_i;
    if (!column_waits_q) column_q <= column_i;
    if (idle) begin
      size_q       <= row.set_size;
      a_end_q      <= row.stop;
      a_end_line_q <= row.stop_line;
      b_begin_q    <= column.line;
      b_end_q      <= column.stop_line;
    end
  end

  // ------------------------------------------------------------------- lines of A
  // The set to load next, or being loaded. Sets follow each other without gaps.
  logic                 set_wanted_q;  // the piece has such a set
  line_addr_t           a_line_q;      // its next line
  logic                 a_opens_q;     // which is its first one
  logic                 start_q;       // and the first one of the piece
  logic                 bound_asked_q, bound_valid_q;
  logic                 bound_comes, bound_lost_q;
  line_addr_t           bound_q;       // first line after it, until it is known after the operand
  fiber_sum_t           set_next_q;    // first fiber after it
  fiber_sum_t           new_next;      // likewise, of the set that is the next one to load from now on
  logic                 ends_piece;
  logic                 set_follows;   // a set comes after it
  logic                 load_done;
  logic                 load_accept;   // of a line of A
  logic                 held_q;        // a request waits
  logic                 lines_q;       // the set has a further line, or may have one
  line_addr_t           a_next;
  logic                 last_line;     // the request, if there is one, is the last one of the set
  logic                 no_line;       // there is none, as the set has ended

  // While idle all of this follows the offered piece, valid or not. So nothing is requested while idle.
  assign new_next    = idle ? fiber_sum_t'(row.id) + fiber_sum_t'(row.set_size)
                            : set_next_q + fiber_sum_t'(size_q);
  assign ends_piece  = new_next >= (idle ? fiber_sum_t'(row.stop) : fiber_sum_t'(a_end_q));
  assign set_follows = set_next_q < fiber_sum_t'(a_end_q);

  assign bound_req_o   = !idle && set_wanted_q && !bound_asked_q && !bound_valid_q;
  assign bound_comes   = bound_asked_q && !bound_valid_q && !bound_lost_q;
  assign bound_fiber_o = set_next_q[FiberIdWidth-1:0];

  // A request that was made before the bound was known stays until it is accepted. A set has a line at least. The
  // bound comes late in a cycle, so it counts for lines_q in the next one.
  assign a_next      = a_line_q + 1'b1;
  assign load_accept = accept && state_q == StLoad;
  assign last_line   = state_q == StLoad && bound_valid_q && a_next >= bound_q;
  assign no_line     = state_q == StLoad && bound_valid_q && a_line_q >= bound_q && !held_q && !lines_q;
  assign load_done   = accept ? last_line : no_line;  // accept comes late in a cycle

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) held_q <= 1'b0;
    else         held_q <= req_valid_o && !req_ready_i;
  end

  always_ff @(posedge clk_i) begin
    lines_q <= idle || load_done || (load_accept ? a_next < bound_q : a_line_q < bound_q);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      set_wanted_q  <= 1'b0;
      bound_asked_q <= 1'b0;
      bound_valid_q <= 1'b0;
    end else if (idle) begin
      set_wanted_q  <= !empty;
      bound_asked_q <= 1'b0;
      bound_valid_q <= ends_piece;
    end else if (load_done) begin
      set_wanted_q  <= set_follows;
      bound_asked_q <= 1'b0;
      bound_valid_q <= ends_piece;
    end else begin
      if (bound_grant_i) bound_asked_q <= 1'b1;
      if (bound_comes && !bound_i.wrong) bound_valid_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                           bound_lost_q <= 1'b0;
    else if (bound_comes && bound_i.wrong) bound_lost_q <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (idle || load_done) begin
      set_next_q <= new_next;
      bound_q    <= idle ? row.stop_line : a_end_line_q;
    end else if (bound_comes && !bound_i.wrong) begin
      bound_q <= bound_i.first;
    end
    if (idle) begin
      a_line_q  <= row.line;
      a_opens_q <= 1'b1;
      start_q   <= 1'b1;
    end else begin
      if (accept) a_line_q <= last_line ? bound_q : (state_q == StLoad) ? a_next : a_line_q;
      else        a_line_q <= no_line ? bound_q : a_line_q;
      if (load_accept) begin
        a_opens_q <= 1'b0;
        start_q   <= 1'b0;
      end
      if (load_done) a_opens_q <= 1'b1;
    end
  end

  // ------------------------------------------------------------------- lines of B
  line_addr_t b_line_q;   // next line of the run
  logic       b_opens_q;  // which is its first one
  logic       b_last, run_done;

  assign b_last   = b_line_q + 1'b1 == b_end_q;
  assign run_done = state_q == StRun && accept && b_last;

  always_ff @(posedge clk_i) begin
    if (idle) begin
      b_line_q  <= column.line;
      b_opens_q <= 1'b1;
    end else if (run_done) begin
      b_line_q  <= b_begin_q;
      b_opens_q <= 1'b1;
    end else if (state_q == StRun && accept) begin
      b_line_q  <= b_line_q + 1'b1;
      b_opens_q <= 1'b0;
    end
  end

  // ------------------------------------------------------------------------ order
  // Each bit has a sum of its causes: started_o comes late in a cycle, so nothing is chosen after it.
  logic loads, runs;

  assign loads = started_o || (state_q == StLoad && !load_done) || (run_done && set_wanted_q);
  assign runs  = load_done || (state_q == StRun && !run_done);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_e'({runs, loads});
  end

  assign req_valid_o = room_i && ((state_q == StLoad) ? held_q || lines_q : state_q == StRun);

  assign req_o.tag.operand     = state_q == StRun;
  assign req_o.tag.opens       = (state_q == StRun) ? b_opens_q : a_opens_q;
  assign req_o.tag.opens_piece = state_q != StRun && start_q;
  assign req_o.addr            = (state_q == StRun) ? b_line_q : a_line_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, req_o, $bits(request_t))
  `FLAASH_ASSERT(Row_A, !row_valid_i || row_i.empty
                     || (row_i.set_size != '0 && row_i.id < row_i.stop && row_i.line < row_i.stop_line),
                 "a row that ends before it starts, or that is not called empty")
  `FLAASH_ASSERT(Column_A, !column_valid_i || column_i.empty || column_i.line < column_i.stop_line,
                 "a column that ends before it starts, or that is not called empty")
  `FLAASH_ASSERT(OneRowWaits_A, !row_valid_i || !row_waits_q, "a third row")
  `FLAASH_ASSERT(OneColumnWaits_A, !column_valid_i || !column_waits_q, "a third column")
  `FLAASH_ASSERT(RunNotEmpty_A, state_q != StRun || b_line_q < b_end_q, "a run of B without lines")
  `FLAASH_COVER(BoundIsLate_C, state_q == StLoad && bound_valid_q && a_line_q > bound_q)
  `FLAASH_COVER(BoundComesWhileHeld_C, held_q && bound_valid_q && a_line_q >= bound_q)
  `FLAASH_COVER(SecondPieceWaits_C, row_waits_q && column_waits_q)
  `FLAASH_COVER(ColumnWaits_C, column_waits_q && !row_waits_q)
  `FLAASH_COVER(LoadBetweenRuns_C, run_done && set_wanted_q)

endmodule : flaash_resident_fetch
