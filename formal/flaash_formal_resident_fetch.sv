// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_resident_fetch: it requests only lines of the operands and of the rows of its piece.
//
// The contraction is any of up to Fibers fibers of A with any lines. Pieces are any that the plan can cut: from a
// set of fibers to a later one, sets counted from the first of the piece, or to the end of A. The response about
// a bound, room and the memory come at any time; a response may be marked as wrong, and is arbitrary then. A piece
// may have to wait, and be withdrawn.

module flaash_formal_resident_fetch
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Fibers  = 4,  // most fibers of A, 1 or more
  parameter int unsigned MaxSize = 2
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       piece_valid_i,
  input piece_t     piece_i,
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
  line_addr_t            a_lines, b_lines_q;
  set_size_t             size_q;

  always_ff @(posedge clk_i) begin
    table_q    <= table_q;
    a_fibers_q <= a_fibers_q;
    b_lines_q  <= b_lines_q;
    size_q     <= size_q;
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
      && b_lines_q != '0 && size_q != '0 && 32'(size_q) <= MaxSize);
  assign a_lines = line_of(a_fibers_q);

  // ---------------------------------------------------------------------- pieces
  // A whole number of sets lies between two sets of the plane.
  function automatic logic is_set(fiber_id_t from, fiber_id_t at);
    logic is;
    is = 1'b0;
    for (int unsigned i = 0; i <= Fibers; i++) begin
      if (32'(at) == 32'(from) + i * 32'(size_q)) is = 1'b1;
    end
    return is;
  endfunction

  // First fiber after a set.
  function automatic fiber_id_t behind(fiber_id_t first);
    return (32'(first) + 32'(size_q) < 32'(a_fibers_q)) ? first + fiber_id_t'(size_q) : a_fibers_q;
  endfunction

  // A piece within a set names the end of this set.
  function automatic line_addr_t end_line_of(piece_t piece);
    return line_of((piece.start.a_id == piece.a_end) ? behind(piece.a_end) : piece.a_end);
  endfunction

  function automatic logic ends_at_start(piece_t piece);
    return piece.start.a_id == piece.a_end && piece.start.b_line == piece.b_end;
  endfunction

  function automatic logic can_be(piece_t piece);
    return piece.start.a_id <= piece.a_end && piece.a_end <= a_fibers_q
           && (piece.start.a_id != piece.a_end || piece.start.b_line <= piece.b_end)
           && piece.start.a_line == line_of(piece.start.a_id) && piece.a_end_line == end_line_of(piece)
           && piece.start.b_line < b_lines_q && piece.b_end < b_lines_q && piece.empty == ends_at_start(piece)
           && ((piece.a_end == a_fibers_q) ? piece.b_end == '0 : is_set(piece.start.a_id, piece.a_end));
  endfunction

  // A row has lines of B in the current piece.
  function automatic line_addr_t end_of(fiber_id_t row);
    return (row == u_dut.a_end_q) ? u_dut.b_end_q : b_lines_q;
  endfunction

  function automatic logic is_row(fiber_id_t row);
    return row < u_dut.a_end_q || (row == u_dut.a_end_q && u_dut.b_end_q != '0);
  endfunction

  // ------------------------------------------------------------------- assumptions
  logic       busy, started, bound_req, granted_q, req_valid, room_q;
  fiber_id_t  bound_fiber, asked_q;
  request_t   req;
  plane_t     plane;
  fibers_t    begun;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  Piece_M : assume property (@(posedge clk_i) !piece_valid_i || (can_be(piece_i) && !u_dut.wait_valid_q));
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
  assign plane = {a_fibers_q, a_lines, b_lines_q, size_q};

  flaash_resident_fetch u_dut (
    .clk_i,
    .rst_ni,
    .plane_i      (plane),
    .piece_valid_i,
    .piece_i,
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

  // ----------------------------------------------------------------------- requests
  // A line of A lies after the first one of its set, and within A. It may lie after the set only until the end of
  // the set is known, and in the cycle in which it becomes known.
  A_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(req_valid && !req.tag.operand)
      || (req.addr < a_lines && req.addr >= line_of(u_dut.set_q) && is_row(u_dut.set_q)));
  SetEnds_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(req_valid && !req.tag.operand && u_dut.bound_valid_q && !came_q && !u_dut.held_q)
      || req.addr < line_of(behind(u_dut.set_q)));
  B_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(req_valid && req.tag.operand)
      || (req.addr < b_lines_q && req.addr < end_of(u_dut.row_q) && is_row(u_dut.row_q)));
  Bound_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !bound_req
      || (bound_fiber < a_fibers_q && bound_fiber == behind(u_dut.set_q)));
  NotYet_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !started || !hold_i);
  OnlyBusy_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      busy || !(req_valid || bound_req));

  // -------------------------------------------------------------------------- state
  localparam logic [1:0] StIdle = 2'd0, StLoad = 2'd1, StRun = 2'd2;

  logic       idle, loads, runs, wanted;
  fiber_id_t  row, set;

  assign idle   = u_dut.state_q == StIdle;
  assign loads  = u_dut.state_q == StLoad;
  assign runs   = u_dut.state_q == StRun;
  assign wanted = !idle && u_dut.set_wanted_q;  // an idle one follows the offered piece, valid or not
  assign row    = u_dut.row_q;
  assign set    = u_dut.set_q;

  State_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (idle || loads || runs)
      && (!loads || wanted));
  Waits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.wait_valid_q || can_be(u_dut.wait_q));
  Ends_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      idle || (u_dut.a_end_q <= a_fibers_q && u_dut.b_end_q < b_lines_q
               && (u_dut.a_end_line_q == line_of(u_dut.a_end_q) || 32'(u_dut.set_next_q) > 32'(u_dut.a_end_q))
               && (u_dut.a_end_q != a_fibers_q || u_dut.b_end_q == '0)));
  Set_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !wanted
      || (is_row(set) && u_dut.a_line_q >= line_of(set) && u_dut.a_line_q <= a_lines
          && 32'(u_dut.set_next_q) == 32'(set) + 32'(size_q)
          && (u_dut.bound_valid_q || behind(set) < a_fibers_q)
          && (u_dut.a_end_q == a_fibers_q || is_set(set, u_dut.a_end_q))));
  Known_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !wanted || u_dut.bound_q == (u_dut.bound_valid_q ? line_of(behind(set)) : a_lines));
  Lines_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !wanted || u_dut.lines_q == (u_dut.a_line_q < (came_q ? a_lines : u_dut.bound_q)));
  Came_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !came_q || (wanted && u_dut.bound_valid_q));
  Asked_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(wanted && u_dut.bound_comes) || (granted_q && asked_q == bound_fiber));
  Lost_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.bound_lost_q || (wanted && u_dut.bound_asked_q && !u_dut.bound_valid_q));
  AskedFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.bound_asked_q || wanted);
  Held_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.held_q
      || (room_i && (runs || (loads && u_dut.a_line_q < a_lines))));
  Row_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !runs
      || (is_row(row) && u_dut.b_line_q < end_of(row) && (u_dut.a_end_q == a_fibers_q || is_set(row, u_dut.a_end_q))));
  // After the current row comes the wanted set.
  Behind_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(runs && wanted)
      || set == row + fiber_id_t'(size_q));
  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !loads || u_dut.b_line_q < end_of(set));

  Late_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      loads && u_dut.bound_valid_q && u_dut.a_line_q > u_dut.bound_q);
  Lost_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.bound_lost_q && loads && u_dut.a_line_q == a_lines);
  Told_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      started && !u_dut.ends_plane && u_dut.ends_piece && size_q == 2);
  Second_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      started && u_dut.wait_valid_q && size_q == 2 && u_dut.piece.start.a_id == 2);

endmodule : flaash_formal_resident_fetch
