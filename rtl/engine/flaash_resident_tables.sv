// SPDX-License-Identifier: Apache-2.0
// Tables: shares the fiber tables among the plan, the waves of parts and the groups, and reports wrong responses.
//
// Guarantees  In each cycle the tables serve the plan (plan_use_i), the waves (spread_grant_o), or a group, in turn
//             (bound_grant_o); responses come one cycle later. fault_o: a response was wrong, or a rank of the plan.
//             Faults before the start are reported after the start.
// Demands     Groups and waves do not ask in the same contraction. Requests stay until they are granted.
// Latency     None to the tables. fault_o: one cycle after the response.
// Throughput  One request per cycle.
// Errors      A response counts of both tables if the plan used them (answered_i) or spread_both_i came with the
//             request, else of the table of A.
// Reset       Forgets the requests.

`include "flaash_assert.svh"

module flaash_resident_tables
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Groups = 8  // 1 to 64
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // plan; while keep_i its contraction has not started, and with drop_i never will
  input  logic                   keep_i,
  input  logic                   drop_i,
  input  logic                   plan_use_i,
  input  fiber_id_t [1:0]        plan_addr_i,     // A in element 0
  input  logic [1:0]             answered_i,      // the response of this cycle is for the plan
  input  fault_t                 rank_fault_i,
  // waves
  input  logic                   spread_req_i,
  input  logic                   spread_both_i,   // the response of B counts, too
  input  fiber_id_t [1:0]        spread_addr_i,
  output logic                   spread_grant_o,
  // groups, the table of A
  input  logic [Groups-1:0]      bound_req_i,
  input  fiber_id_t [Groups-1:0] bounds_i,
  output logic [Groups-1:0]      bound_grant_o,
  // the tables
  output fiber_id_t [1:0]        table_addr_o,
  output logic                   table_next_o,    // for the plan
  input  table_rsp_t [1:0]       table_i,
  output fault_t                 fault_o
);

  localparam int unsigned GroupWidth = (Groups > 1) ? $clog2(Groups) : 1;

  logic [Groups-1:0]     grant;
  logic [GroupWidth-1:0] unused_group;
  fiber_id_t             bound;      // of the group with the grant, without its number, which comes later
  logic                  bound_use;  // some group has the tables; known before it is known which one

  flaash_round_robin #(
    .NumPorts(Groups)
  ) u_turn (
    .clk_i, .rst_ni,
    .request_i(bound_req_i), .accept_i(!plan_use_i), .grant_o(grant), .index_o(unused_group)
  );

  assign bound_use      = bound_req_i != '0 && !plan_use_i;
  assign bound_grant_o  = plan_use_i ? '0 : grant;
  assign spread_grant_o = spread_req_i && !plan_use_i;

  assign table_next_o   = !bound_use && !spread_grant_o;

  always_comb begin
    bound = '0;
    for (int g = 0; g < int'(Groups); g++) begin
      if (grant[g]) bound = bound | bounds_i[g];
    end
    table_addr_o = plan_addr_i;
    if (bound_use)      table_addr_o[0] = bound;
    if (spread_grant_o) table_addr_o    = spread_addr_i;
  end

  // ------------------------------------------------------------------------ faults
  fiber_id_t [1:0] answered_q;      // the fibers of the tables' responses
  logic            a_used_q, b_used_q;
  fault_t          first_q, fault, kept_q;  // kept: found before the start
  logic            a_wrong, b_wrong;

  assign a_wrong = (answered_i[0] || a_used_q) && table_i[0].wrong;
  assign b_wrong = (answered_i[1] || b_used_q) && table_i[1].wrong;

  always_ff @(posedge clk_i) answered_q <= table_addr_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {a_used_q, b_used_q} <= '0;
      first_q              <= '0;
    end else begin
      {a_used_q, b_used_q} <= {bound_use || spread_grant_o, spread_grant_o && spread_both_i};
      first_q              <= {a_wrong || b_wrong, !a_wrong, PlaceStored, PlaceFirst,
                               24'(a_wrong ? answered_q[0] : answered_q[1])};
    end
  end

  assign fault   = first_q.valid ? first_q : rank_fault_i;
  assign fault_o = keep_i ? '0 : kept_q.valid ? kept_q : fault;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                kept_q <= '0;
    else if (drop_i || !keep_i) kept_q <= '0;
    else if (!kept_q.valid)     kept_q <= fault;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAsks_A, !spread_req_i || bound_req_i == '0, "waves and groups ask in the same contraction")

endmodule : flaash_resident_tables
