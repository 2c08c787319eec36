// SPDX-License-Identifier: Apache-2.0
// Cuts: moves each cut back to the beginning of its fiber of B, and looks up where that fiber and its set begin.
//
// A wish names a line of B, or a fiber.
//
// Where the set of a cut begins is known if the cut before is in the same set. Then the table gives the end of the set,
// so no group has to look up this end.
//
// Guarantees  Each wish becomes a cut, in order: at the beginning of the fiber that holds its line. table_use_o in the
//             cycle of a request to the tables, answered_o in the next cycle, with the response.
// Demands     As flaash_plan_ranks, for the lines of B. Tables respond one cycle after their addresses. begin_i
//             before the first wish, or with it; fibers of A and of a set stay from then on.
// Latency     Three cycles. Throughput: one wish per cycle.
// Errors      After a wrong response of a table, or a wrong rank (rank_fault_o), no cut follows; broken_o stays. A
//             wrong rank is reported before the tables have responded for it.
// Reset       Forgets the wishes, and that something was wrong; so does drop_i.

module flaash_plan_cuts
  import flaash_pkg::*;
  import flaash_reg_pkg::fault_t;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned MemLines = 8192,  // lines of an operand
  parameter int unsigned Buffers  = 1,     // of an operand, 1 or 2
  parameter int unsigned Parity   = 1      // a parity bit per block of ranks, 0 or 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  line_written_t    written_i,
  input  logic             buffer_i,     // in which B lies; steady while busy_o, until the cycle of drop_i
  input  logic             begin_i,      // the cuts of a contraction follow
  input  logic             drop_i,       // the cuts and their faults are forgotten
  input  fiber_id_t        a_fibers_i,
  input  set_size_t        set_size_i,
  input  logic             wish_valid_i,
  input  wish_t            wish_i,
  output logic             cut_valid_o,
  output cut_t             cut_o,
  output logic             busy_o,    // wishes are inside
  output logic             broken_o,
  // fiber tables, A in element 0
  output logic             table_use_o,
  output fiber_id_t [1:0]  table_addr_o,
  output logic             answered_o,
  input  table_rsp_t [1:0] table_i,
  output fault_t           rank_fault_o
);

  logic [2:0] valid_q;  // in the ranks, in the ranks, in the tables
  fiber_id_t       rank, b_id, b_id_q;
  logic [1:0]      fiber_q;       // the wish names the fiber
  fiber_id_t [1:0] number_q;
  group_id_t [2:0] cut_q;   // of the wishes inside
  fiber_id_t [2:0] a_id_q;
  table_rsp_t a, b;
  logic       broken_q;
  fiber_id_t  set_q, set_end;  // set: of the wish before
  logic [2:0] same_q;          // the wish is in the set of the one before
  line_addr_t a_line, a_line_q;

  flaash_plan_ranks #(
    .Lines  (MemLines),
    .Buffers(Buffers),
    .Parity (Parity)
  ) u_ranks (
    .clk_i, .rst_ni,
    .written_i, .buffer_i, .ask_i(wish_valid_i && !wish_i.fiber && !broken_q), .drop_i,
    .line_i(wish_i.line), .fiber_o(rank), .fault_o(rank_fault_o)
  );

  assign a            = table_i[0];
  assign b            = table_i[1];
  assign table_use_o  = valid_q[1];
  assign set_end      = (a_fibers_i - a_id_q[1] > fiber_id_t'(set_size_i)) ? a_id_q[1] + fiber_id_t'(set_size_i)
                                                                           : a_fibers_i;
  assign b_id         = fiber_q[1] ? number_q[1] : rank;
  assign table_addr_o = {b_id, same_q[1] ? set_end : a_id_q[1]};
  assign answered_o   = valid_q[2] && !broken_q;
  assign broken_o     = broken_q || rank_fault_o.valid || (answered_o && (a.wrong || b.wrong));
  assign cut_valid_o  = valid_q[2] && !broken_o;
  assign a_line       = same_q[2] ? a_line_q : a.first;
  assign cut_o        = {cut_q[2], a_id_q[2], a_line, b_id_q, b.first, a.first};
  assign busy_o       = valid_q != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     {broken_q, valid_q} <= '0;
    else if (drop_i) {broken_q, valid_q} <= '0;
    else             {broken_q, valid_q} <= {broken_o, valid_q[1:0], wish_valid_i};
  end

  always_ff @(posedge clk_i) begin
    cut_q  <= {cut_q[1:0], wish_i.cut};
    a_id_q <= {a_id_q[1:0], wish_i.a_id};
    b_id_q <= b_id;
    fiber_q  <= {fiber_q[0], wish_i.fiber};
    number_q <= {number_q[0], fiber_id_t'(wish_i.line)};
    same_q <= {same_q[1:0], wish_i.a_id == (begin_i ? fiber_id_t'(0) : set_q)};
    if (wish_valid_i) set_q <= wish_i.a_id;
    else if (begin_i) set_q <= '0;
    if (begin_i)         a_line_q <= '0;
    else if (answered_o) a_line_q <= a_line;
  end

endmodule : flaash_plan_cuts
