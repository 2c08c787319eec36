// SPDX-License-Identifier: Apache-2.0
// Rounds: requests the lines of a piece whose fibers of A are longer than an engine holds.
//
// Such a fiber comes in parts of PartLines lines. For each dot product there is a round per part: the lines of the
// part, then all lines of the fiber of B. So the fiber of A is read again for each fiber of B, and the fiber of B again
// for each part.
//
// Guarantees  For each dot product of the piece in order, its rounds in order, the last one without more_o. started_o
//             with the first request of each round: start_o names its fibers. busy_o until the last request is
//             accepted.
// Demands     The sets of the plane have one fiber. piece_valid_i only while not busy_o. bounds_i, in the cycle after
//             bound_grant_i, give the first lines of fibers bounds_o. AXI handshake rule at req_*.
// Latency     One cycle from the piece to the first read of the table. A dot product takes 3 cycles more than its
//             lines.
// Throughput  One request per cycle within a dot product.
// Stalls      Requests wait for room_i, which may not fall before one is accepted.
// Errors      After a wrong response no request follows; busy_o stays until reset.
// Reset       Forgets the piece.

`include "flaash_assert.svh"

module flaash_resident_rounds
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned PartLines = 512  // lines of a fiber of A that an engine holds, a power of two
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  // the contraction
  input  plane_t           plane_i,
  input  logic             piece_valid_i,
  input  piece_t           piece_i,
  output logic             busy_o,
  output logic             started_o,
  output fibers_t          start_o,
  // where fibers end, from the fiber tables, A in element 0
  output logic             bound_req_o,
  output fiber_id_t [1:0]  bounds_o,
  input  logic             bound_grant_i,
  input  table_rsp_t [1:0] bounds_i,
  // tensor memory
  output logic             req_valid_o,
  input  logic             req_ready_i,
  output request_t         req_o,
  output logic             more_o,        // the fiber of A goes on in a further round
  input  logic             room_i         // for the response
);

  typedef enum logic [2:0] {StIdle, StAsk, StAnswer, StPart, StPass, StLost} state_e;
  state_e state_d, state_q;

  // ------------------------------------------------------------- which dot product
  point_t     start;
  fiber_id_t  a_id_q, b_id_q, a_end_q;
  line_addr_t a_first_q, a_stop_q, b_first_q, b_stop_q, b_end_q;  // stop: after the last line
  table_rsp_t a, b;
  logic       row_ends, dot_ends, piece_ends;
  line_addr_t next_b;

  assign start      = piece_i.start;
  assign {b, a}     = bounds_i;
  assign row_ends   = b_stop_q == plane_i.b_lines;
  assign next_b     = row_ends ? '0 : b_stop_q;
  assign piece_ends = a_id_q + fiber_id_t'(row_ends) == a_end_q && next_b >= b_end_q;

  // ------------------------------------------------------------------- which line
  line_addr_t a_line_q, b_line_q, part_q, part_stop;  // part: first line of the part
  logic       a_last, b_last, accept;

  assign accept    = req_valid_o && req_ready_i;
  assign more_o    = a_stop_q - part_q > line_addr_t'(PartLines);
  assign part_stop = more_o ? part_q + line_addr_t'(PartLines) : a_stop_q;
  assign a_last    = a_line_q + 1'b1 == part_stop;
  assign b_last    = b_line_q + 1'b1 == b_stop_q;
  assign dot_ends  = state_q == StPass && accept && b_last && !more_o;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle: if (piece_valid_i && !(start.a_id == piece_i.a_end && start.b_line >= piece_i.b_end)) state_d = StAsk;
      StAsk:    if (bound_grant_i) state_d = StAnswer;
      StAnswer: begin
        state_d = StPart;
        if (a.wrong || b.wrong) state_d = StLost;
      end
      StPart:   if (accept && a_last) state_d = StPass;
      StPass: begin
        if (dot_ends && piece_ends) state_d = StIdle;
        else if (dot_ends)          state_d = StAsk;
        else if (accept && b_last)  state_d = StPart;
      end
      default: ;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StIdle) begin
      {a_id_q, a_first_q, b_id_q, b_first_q} <= start;
      {a_end_q, b_end_q}                     <= {piece_i.a_end, piece_i.b_end};
    end else if (dot_ends) begin
      b_first_q <= next_b;
      b_id_q    <= row_ends ? '0 : b_id_q + 1'b1;
      if (row_ends) {a_id_q, a_first_q} <= {a_id_q + 1'b1, a_stop_q};
    end
    if (state_q == StAnswer) begin
      {a_stop_q, b_stop_q}         <= {a.first, b.first};
      {a_line_q, part_q, b_line_q} <= {a_first_q, a_first_q, b_first_q};
    end else if (state_q == StPart && accept) begin
      a_line_q <= a_line_q + 1'b1;
    end else if (state_q == StPass && accept) begin
      b_line_q <= b_last ? b_first_q : b_line_q + 1'b1;
      if (b_last) part_q <= a_line_q;
    end
  end

  assign busy_o      = state_q != StIdle;
  assign bound_req_o = state_q == StAsk;
  assign bounds_o    = {b_id_q + 1'b1, a_id_q + 1'b1};

  // Operand, opens, opens_piece; address.
  assign req_valid_o = room_i && (state_q == StPart || state_q == StPass);
  assign req_o       = (state_q == StPass) ? {1'b1, b_line_q == b_first_q, 1'b0, b_line_q}
                                           : {1'b0, {2{a_line_q == part_q}}, a_line_q};
  assign started_o   = state_q == StPart && accept && a_line_q == part_q;
  assign start_o     = {a_id_q, b_id_q};

  logic unused_piece;
  assign unused_piece = ^{piece_i.a_end_line, plane_i.a_fibers, plane_i.a_lines, plane_i.set_size};

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, {req_o, more_o}, $bits(request_t) + 1)
  `FLAASH_ASSERT(OneFiber_A, !piece_valid_i || 32'(plane_i.set_size) == 32'd1, "rounds for sets of several fibers")
  `FLAASH_ASSERT(OnePiece_A, !piece_valid_i || !busy_o, "a piece while another one is being read")
  `FLAASH_COVER(ThirdRound_C, started_o && a_line_q - a_first_q > line_addr_t'(PartLines))

endmodule : flaash_resident_rounds
