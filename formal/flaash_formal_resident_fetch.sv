// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_resident_fetch: it requests only the lines of its piece, set by set, each set with the same run of B.
//
// The contraction is any of up to Fibers fibers of A with any lines. Pieces are any fibers of A, in sets of any size,
// with any lines of B; rows and columns come at any time. The response about a bound, room and the memory come at any
// time. A response may be marked as wrong, and is arbitrary then. A piece may have to wait, and be withdrawn.

module flaash_formal_resident_fetch
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Fibers  = 4,  // most fibers of A, 1 or more
  parameter int unsigned MaxSize = 2
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       row_valid_i,
  input row_t       row_i,
  input logic       column_valid_i,
  input column_t    column_i,
  input logic       hold_i,
  input logic       drop_i,
  input logic       bound_grant_i,
  input logic       bound_wrong_i,
  input line_addr_t noise_i,      // the table's output without a request, or for a wrong response
  input logic       req_ready_i,
  input logic       room_i
);

  // --------------------------------------------------------------- the contraction
  // Symbolic: any values at first, kept for ever.
  line_addr_t [Fibers:0] table_q;  // first line of each fiber of A
  fiber_id_t             a_fibers_q;
  line_addr_t            b_lines_q;

  always_ff @(posedge clk_i) begin
    table_q    <= table_q;
    a_fibers_q <= a_fibers_q;
    b_lines_q  <= b_lines_q;
  end

  function automatic line_addr_t line_of(fiber_id_t fiber);
    line_addr_t line;
    line = '0;
    for (int unsigned i = 0; i <= Fibers; i++) begin
      if (fiber == fiber_id_t'(i)) line = table_q[i];
    end
    return line;
  endfunction

  for (genvar i = 0; i < Fibers; i++) begin : gen_ascending
    Table_M : assume property (@(posedge clk_i) table_q[i] < table_q[i+1]);
  end
  Sizes_M : assume property (@(posedge clk_i) table_q[0] == '0 && a_fibers_q != '0 && 32'(a_fibers_q) <= Fibers
      && b_lines_q != '0);

  // ---------------------------------------------------------------------- pieces
  function automatic logic row_can_be(row_t row);
    return row.empty
           || (row.id < row.stop && row.stop <= a_fibers_q && row.line == line_of(row.id)
               && row.stop_line == line_of(row.stop) && row.set_size != '0 && 32'(row.set_size) <= MaxSize);
  endfunction

  function automatic logic column_can_be(column_t column);
    return column.empty || (column.line < column.stop_line && column.stop_line <= b_lines_q);
  endfunction

  // ------------------------------------------------------------------- assumptions
  logic       busy, started, bound_req, granted_q, req_valid, room_q;
  fiber_id_t  bound_fiber, asked_q;
  request_t   req;
  begun_t     begun;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  Row_M : assume property (@(posedge clk_i) !row_valid_i || (row_can_be(row_i) && !u_dut.row_waits_q));
  Column_M : assume property (@(posedge clk_i) !column_valid_i || (column_can_be(column_i) && !u_dut.column_waits_q));
  Hold_M : assume property (@(posedge clk_i) !(hold_i || drop_i) || u_dut.state_q == 2'd0);
  Grant_M : assume property (@(posedge clk_i) !bound_grant_i || bound_req);
  Room_M : assume property (@(posedge clk_i) !room_q || room_i);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      granted_q <= 1'b0;
      room_q    <= 1'b0;
    end else begin
      granted_q <= bound_grant_i;
      room_q    <= room_i && !(req_valid && req_ready_i);
    end
  end

  always_ff @(posedge clk_i) asked_q <= bound_fiber;

  // The end of the set came in the cycle before.
  logic came_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) came_q <= 1'b0;
    else         came_q <= u_dut.bound_comes && !bound_wrong_i;
  end

  // ------------------------------------------------------------------------- block
  flaash_resident_fetch u_dut (
    .clk_i,
    .rst_ni,
    .row_valid_i,
    .row_i,
    .column_valid_i,
    .column_i,
    .hold_i,
    .drop_i,
    .busy_o       (busy),
    .started_o    (started),
    .start_o      (begun),
    .bound_req_o  (bound_req),
    .bound_fiber_o(bound_fiber),
    .bound_grant_i,
    .bound_i      ({bound_wrong_i, (granted_q && !bound_wrong_i) ? line_of(asked_q) : noise_i}),
    .req_valid_o  (req_valid),
    .req_ready_i,
    .req_o        (req),
    .room_i
  );

  // -------------------------------------------------------------------------- state
  localparam logic [1:0] StIdle = 2'd0, StLoad = 2'd1, StRun = 2'd2;

  logic       idle, loads, runs, wanted;
  fiber_id_t  set, behind;  // the set that is loaded, or is the next one; the first fiber after it
  logic [31:0] next;

  assign idle   = u_dut.state_q == StIdle;
  assign loads  = u_dut.state_q == StLoad;
  assign runs   = u_dut.state_q == StRun;
  assign wanted = !idle && u_dut.set_wanted_q;  // an idle one follows the offered piece, valid or not
  assign next   = 32'(u_dut.set_next_q);
  assign set    = fiber_id_t'(next - 32'(u_dut.size_q));
  assign behind = (next < 32'(u_dut.a_end_q)) ? fiber_id_t'(next) : u_dut.a_end_q;

  // ----------------------------------------------------------------------- requests
  // A line of A lies in its set or after it, but within the piece. It may lie after the set only until the end of the
  // set is known, and in the cycle in which it becomes known.
  A_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(req_valid && !req.tag.operand)
      || (req.addr < u_dut.a_end_line_q && req.addr >= line_of(set)));
  SetEnds_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(req_valid && !req.tag.operand && u_dut.bound_valid_q && !came_q && !u_dut.held_q)
      || req.addr < line_of(behind));
  Opens_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(req_valid && req.tag.opens)
      || req.addr == (req.tag.operand ? u_dut.b_begin_q : line_of(set)));
  B_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(req_valid && req.tag.operand)
      || (req.addr < u_dut.b_end_q && req.addr >= u_dut.b_begin_q));
  Bound_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !bound_req
      || (bound_fiber < u_dut.a_end_q && bound_fiber == behind));
  NotYet_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !started || !hold_i);
  OnlyBusy_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      busy || !(req_valid || bound_req));

  State_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (idle || loads || runs) && (!loads || wanted));
  RowWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.row_waits_q || row_can_be(u_dut.row_q));
  ColumnWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.column_waits_q || column_can_be(u_dut.column_q));
  Ends_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      idle || (u_dut.a_end_q <= a_fibers_q && u_dut.a_end_line_q == line_of(u_dut.a_end_q)
               && u_dut.b_begin_q < u_dut.b_end_q && u_dut.b_end_q <= b_lines_q
               && u_dut.size_q != '0 && 32'(u_dut.size_q) <= MaxSize));
  Set_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !wanted
      || (next >= 32'(u_dut.size_q) && next < 32'(u_dut.a_end_q) + 32'(u_dut.size_q)
          && u_dut.a_line_q >= line_of(set) && u_dut.a_line_q <= u_dut.a_end_line_q
          && (u_dut.bound_valid_q || behind < u_dut.a_end_q)));
  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(wanted && (runs || u_dut.a_opens_q)) || u_dut.a_line_q == line_of(set));
  Opened_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(wanted && runs) || u_dut.a_opens_q);
  Known_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !wanted || u_dut.bound_q == (u_dut.bound_valid_q ? line_of(behind) : u_dut.a_end_line_q));
  Lines_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !wanted || u_dut.lines_q == (u_dut.a_line_q < (came_q ? u_dut.a_end_line_q : u_dut.bound_q)));
  Came_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !came_q || (wanted && u_dut.bound_valid_q));
  Asked_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(wanted && u_dut.bound_comes) || (granted_q && asked_q == bound_fiber));
  Lost_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.bound_lost_q || (wanted && u_dut.bound_asked_q && !u_dut.bound_valid_q));
  AskedFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.bound_asked_q || wanted);
  Held_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.held_q
      || (room_i && (runs || (loads && u_dut.a_line_q < u_dut.a_end_line_q))));
  Run_A : assert property (@(posedge clk_i) disable iff (!rst_ni) idle
      || (u_dut.b_line_q >= u_dut.b_begin_q && u_dut.b_line_q < u_dut.b_end_q
          && (runs || (u_dut.b_line_q == u_dut.b_begin_q && u_dut.b_opens_q))
          && (!u_dut.b_opens_q || u_dut.b_line_q == u_dut.b_begin_q)));

  Late_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      loads && u_dut.bound_valid_q && u_dut.a_line_q > u_dut.bound_q);
  Lost_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.bound_lost_q && loads && u_dut.a_line_q == u_dut.a_end_line_q);
  Told_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      started && u_dut.ends_piece && begun.set_size == 2);
  Second_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      started && u_dut.row_waits_q && u_dut.column_waits_q && begun.set_size == 2 && begun.fibers.a_id == 2);
  Later_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      started && u_dut.column_waits_q && row_valid_i);

endmodule : flaash_formal_resident_fetch
