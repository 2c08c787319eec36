// SPDX-License-Identifier: Apache-2.0
// Compute, lookup: groups of engines hold fibers of A and look up the coordinates of the streamed lines of B.
//
// A group has one read port, one line per cycle, which all its engines share: it loads a set of
// fibers of A, one per engine, then streams a run of B to all of them. flaash_lookup_plan cuts the contraction
// into one piece of equal cost per group.
//
// Guarantees  As flaash_compute_stream: after start_i, each pair of a fiber of A and a fiber of B yields one dot
//             product; its result, unless it is dropped as zero, leaves once at result_*. dispatch_o announces each set
//             once; busy_o holds while more sets will be announced; idle_o as there.
// Demands     Operands complete and unchanged from start_i until the last result, desc_i until busy_o falls; outside
//             this time it may describe operands for the next start, which are prepared. The lines of an operand are
//             written in ascending order from 0 (written_i). start_i only when every result of the contraction before
//             is stored. The rest as flaash_compute_stream.
// Emptiness   Without fibers of A or of B nothing happens.
// Errors      As flaash_compute_stream; fault_o also reports wrong ranks.
// Reset       Forgets everything but in which fiber of B each line lies. The memory must drop outstanding reads.
//
// NumSdpe should be a multiple of GroupSize. If not, there are ceil(NumSdpe / GroupSize) groups of equal size and the
// engines that remain, fewer than groups, stay idle. Only the setting `dense` counts: runs are as long as a piece
// allows.

`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_compute_lookup
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,    // Format*
  parameter int unsigned NumSdpe     = 8,             // 1 to 64
  parameter int unsigned GroupSize   = 4,             // engines that share a port, 1 to 8
  parameter int unsigned Lanes       = 4,             // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 10,            // 4 to 12: the table has 2**CoordWidth elements
  parameter int unsigned MemLatency  = 2,             // cycles, 1 or more
  parameter int unsigned MemLines    = 8192,          // lines per operand
  parameter int unsigned Buffers     = 1,             // of an operand, 1 or 2
  parameter int unsigned Parity      = 1,             // a parity bit per line, 0 or 1
  parameter int unsigned ResultDepth = 512,           // a power of two, 2 or more
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = read_ports(EngineLookup, NumSdpe, GroupSize),
  localparam int unsigned NumSources = NumSdpe
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  // the contraction
  input  logic                               start_i,
  input  settings_t                          settings_i,
  input  desc_t [1:0]                        desc_i,     // A in element 0
  input  line_written_t [1:0]                written_i,  // lines of the operands, A in element 0
  output logic                               busy_o,
  output dispatch_t                          dispatch_o,
  // fiber tables of the operands
  output fiber_id_t [1:0]                    table_addr_o,
  output logic                               table_next_o,  // of the operands of desc_i, else of the contraction's
  input  table_rsp_t [1:0]                   table_i,
  // tensor memory
  output logic [NumPorts-1:0]                req_valid_o,
  input  logic [NumPorts-1:0]                req_ready_i,
  output line_id_t [NumPorts-1:0]            req_o,
  input  logic [NumPorts-1:0]                rsp_valid_i,
  input  logic [NumPorts-1:0][LineWidth-1:0] rsp_data_i,
  // results, per source
  output logic [NumSources-1:0]              result_valid_o,
  input  logic [NumSources-1:0]              result_ready_i,
  output result_t [NumSources-1:0]           result_o,
  // what happened in this cycle
  output sdpe_events_t [NumSources-1:0]      events_o,
  output logic [NumSources-1:0]              idle_o,
  output fault_t                             fault_o     // in the cycle before
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end
  if (GroupSize < 1 || GroupSize > 8) begin : gen_illegal_group_size
    `FLAASH_ILLEGAL("GroupSize must be 1 to 8")
  end
  if (Lanes != 1 && Lanes != 2 && Lanes != 4 && Lanes != 8) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1, 2, 4 or 8")
  end
  if (CoordWidth < 4 || CoordWidth > 12) begin : gen_illegal_coord_width
    `FLAASH_ILLEGAL("CoordWidth must be 4 to 12 with a lookup engine: its table has 2**CoordWidth elements")
  end

  localparam int unsigned Groups     = NumPorts;
  localparam int unsigned Engines    = NumSdpe / Groups;  // of a group
  localparam int unsigned Used       = Groups * Engines;
  localparam int unsigned GroupWidth = (Groups > 1) ? $clog2(Groups) : 1;
  // Lines that a group holds or has asked for: the round trip of the memory, the grant it may have to
  // wait for, and one line in each register on the way.
  localparam int unsigned LineDepth  = 2 ** $clog2(MemLatency + 4);

  logic unused_settings;

  assign unused_settings = ^settings_i;

  // ------------------------------------------------------------------- the pieces
  logic              a_use, plan_use;
  fiber_id_t [1:0]   plan_addr;
  fault_t            rank_fault;
  plane_t            plane, plane_q;  // as it is planned; as it was planned last
  logic [Groups-1:0] piece_valid, group_busy, bound_req;
  piece_t            piece;

  flaash_lookup_plan #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (Engines),
    .Lanes   (Lanes),
    .MemLines(MemLines),
    .Buffers (Buffers),
    .Parity  (Parity)
  ) u_plan (
    .clk_i, .rst_ni,
    .start_i, .early_i(1'b0), .hold_o(unused_hold), .drop_o(unused_drop),
    .desc_i, .written_i, .limit_i(set_size_t'(Engines)), .busy_o, .dispatch_o,
    .table_wanted_i(bound_req != '0), .table_use_o(a_use), .table_addr_o(plan_addr), .answered_o(plan_use),
    .table_i, .rank_fault_o(rank_fault),
    .plane_o(plane), .piece_valid_o(piece_valid), .piece_o(piece)
  );

  logic unused_hold, unused_drop;

  assign table_next_o = 1'b0;

  // The next contraction is prepared while groups still work on pieces of this one.
  always_ff @(posedge clk_i) begin
    if (busy_o) plane_q <= plane;
  end

  // ------------------------------------------------- the fiber table of A, shared
  logic      [Groups-1:0]     bound_grant, bound_granted;
  fiber_id_t [Groups-1:0]     bound_fiber;
  logic      [GroupWidth-1:0] bound_group;

  flaash_round_robin #(
    .NumPorts(Groups)
  ) u_bound_arbiter (
    .clk_i, .rst_ni,
    .request_i(bound_req),
    .accept_i (!a_use),
    .grant_o  (bound_grant),
    .index_o  (bound_group)
  );

  assign bound_granted = a_use ? '0 : bound_grant;
  logic bound_used_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) bound_used_q <= 1'b0;
    else         bound_used_q <= bound_granted != '0;
  end

  assign table_addr_o = {plan_addr[1], (bound_granted != '0) ? bound_fiber[bound_group] : plan_addr[0]};

  // ------------------------------------------------------------------------ faults
  fiber_id_t [1:0] answered_q;  // the fibers of the tables' responses
  fault_t          first_q;
  logic            a_wrong, b_wrong;

  assign a_wrong = (plan_use || bound_used_q) && table_i[0].wrong;
  assign b_wrong = plan_use && table_i[1].wrong;

  always_ff @(posedge clk_i) answered_q <= table_addr_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) first_q <= '0;
    else first_q <= {a_wrong || b_wrong, !a_wrong, PlaceStored, PlaceFirst,
                     24'(a_wrong ? answered_q[0] : answered_q[1])};
  end

  assign fault_o = first_q.valid ? first_q : rank_fault;

  // ------------------------------------------------------------------------ groups
  for (genvar g = 0; g < int'(Groups); g++) begin : gen_group
    flaash_lookup_group #(
      .Format     (Format),
      .Engines    (Engines),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .LineDepth  (LineDepth),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_group (
      .clk_i, .rst_ni,
      .dense_i(settings_i.dense),
      .plane_i       (busy_o ? plane : plane_q),
      .piece_valid_i (piece_valid[g]),
      .piece_i       (piece),
      .busy_o        (group_busy[g]),
      .bound_req_o   (bound_req[g]),
      .bound_fiber_o (bound_fiber[g]),
      .bound_grant_i (bound_granted[g]),
      .bound_i       (table_i[0]),
      .req_valid_o   (req_valid_o[g]),
      .req_ready_i   (req_ready_i[g]),
      .req_o         (req_o[g]),
      .rsp_valid_i   (rsp_valid_i[g]),
      .rsp_data_i    (rsp_data_i[g]),
      .result_valid_o(result_valid_o[g*Engines +: Engines]),
      .result_ready_i(result_ready_i[g*Engines +: Engines]),
      .result_o      (result_o[g*Engines +: Engines]),
      .events_o      (events_o[g*Engines +: Engines]),
      .idle_o        (idle_o[g*Engines +: Engines])
    );
  end

  if (Used < NumSdpe) begin : gen_unused
    logic unused_ready;
    assign unused_ready = |result_ready_i[NumSdpe-1:Used];

    assign result_valid_o[NumSdpe-1:Used] = '0;
    assign result_o[NumSdpe-1:Used]       = '0;
    assign events_o[NumSdpe-1:Used]       = '0;
    assign idle_o[NumSdpe-1:Used]         = '1;
  end

  // -------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || (!busy_o && group_busy == '0 && &idle_o),
                 "a contraction starts while another one is under way")
  `FLAASH_COVER(AllGroupsWork_C, &group_busy)

endmodule : flaash_compute_lookup
