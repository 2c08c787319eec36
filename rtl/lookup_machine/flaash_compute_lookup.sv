// SPDX-License-Identifier: Apache-2.0
// Compute, lookup: groups of engines that hold fibers of A and look up the coordinates of B as they
// stream by.
//
// A group has one read port, one line per cycle, which all its engines share: it loads a set of
// fibers of A, one per engine, then streams a run of B to all of them. flaash_lookup_plan cuts the contraction
// into one piece of equal cost per group.
//
// Guarantees  As flaash_compute_stream: after start_i, each pair of a fiber of A and a fiber of B yields
//             one dot product; its result, unless it is dropped as zero, leaves once at result_*.
//             handed_o pulses with handed_dots_o once per set; busy_o holds while more will be handed out;
//             idle_o as there.
// Demands     As flaash_compute_stream, and: the lines of B are written in ascending order from 0. start_i
//             only when every result of the contraction before is stored.
// Emptiness   Without fibers of A or of B nothing happens.
// Reset       Forgets everything but the lines in memory, and in which fiber of B each of them lies.
//
// NumSdpe should be a multiple of GroupSize. If not, there are ceil(NumSdpe / GroupSize) groups of equal
// size and the engines that remain, fewer than groups, stay idle. run_length_i is ignored: runs are
// as long as a piece allows.

`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_compute_lookup
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,    // Format*
  parameter int unsigned NumSdpe     = 8,             // 1 to 64
  parameter int unsigned GroupSize   = 4,             // engines that share a port, 1 to 8
  parameter int unsigned Lanes       = 4,             // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 10,            // 4 to 12: the table has 2**CoordWidth places
  parameter int unsigned Memory      = MemoryBanked,  // Memory*
  parameter int unsigned MemLatency  = 2,             // cycles, 1 or more
  parameter int unsigned MemBanks    = 16,            // a power of two
  parameter int unsigned MemLines    = 8192,          // lines per operand
  parameter int unsigned Parity      = 1,             // a parity bit per line, 0 or 1
  parameter int unsigned ResultDepth = 512,           // a power of two, 2 or more
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // the contraction
  input  logic                       start_i,
  input  logic                       dense_i,
  input  fiber_id_t                  run_length_i,
  input  fiber_id_t                  a_fibers_i,
  input  fiber_id_t                  b_fibers_i,
  input  line_addr_t                 extent_i,  // of the contracted mode
  output logic                       busy_o,
  output logic                       handed_o,
  output dots_t                      handed_dots_o,

  // fiber tables of the operands
  output fiber_id_t                  a_addr_o,
  input  line_addr_t                 a_first_i,
  output fiber_id_t                  b_addr_o,
  input  line_addr_t                 b_first_i,
  output logic [1:0]                 first_use_o,    // the answers of this cycle count, A in element 0
  input  logic [1:0]                 first_wrong_i,  // they are not what was stored

  // lines from the operand loader
  input  logic                       wr_valid_i,
  input  logic                       wr_operand_i,
  input  line_addr_t                 wr_addr_i,
  input  logic [LineWidth-1:0]       wr_data_i,

  // results, per engine
  output logic [NumSdpe-1:0]         result_valid_o,
  input  logic [NumSdpe-1:0]         result_ready_i,
  output result_t [NumSdpe-1:0]      result_o,

  // what happened in this cycle
  output sdpe_events_t [NumSdpe-1:0] events_o,
  output flags_t [NumSdpe-1:0]       flags_o,
  output logic [NumSdpe-1:0]         idle_o,
  output logic [SumWidth-1:0]        reads_o,
  output logic [SumWidth-1:0]        conflicts_o,

  // a line whose parity is wrong was delivered in the cycle before
  output logic                       parity_error_o,
  output logic                       parity_operand_o,
  output line_addr_t                 parity_addr_o,

  // or a block of ranks was used
  output logic                       rank_error_o,
  output line_addr_t                 rank_block_o
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
    `FLAASH_ILLEGAL("CoordWidth must be 4 to 12 with a lookup engine: its table has 2**CoordWidth places")
  end

  localparam int unsigned Groups     = (NumSdpe + GroupSize - 1) / GroupSize;
  localparam int unsigned Engines    = NumSdpe / Groups;  // of a group
  localparam int unsigned Used       = Groups * Engines;
  localparam int unsigned SizeWidth  = $clog2(Engines + 1);
  localparam int unsigned GroupWidth = (Groups > 1) ? $clog2(Groups) : 1;
  localparam int unsigned ReadsWidth = $clog2(Groups + 1);
  // Lines that a group holds or has asked for: the round trip of the memory, the grant it may have to
  // wait for, and one line in each register on the way.
  localparam int unsigned LineDepth  = 2 ** $clog2(MemLatency + 4);

  logic unused_run_length;
  assign unused_run_length = run_length_i != '0;

  // ------------------------------------------------------------------- the pieces
  logic                 a_use, plan_use;
  fiber_id_t            plan_a_addr;
  logic [SizeWidth-1:0] set_size;
  plane_t               plane;
  line_addr_t           a_lines, b_lines;
  logic [Groups-1:0]    piece_valid, group_busy;
  piece_t               piece;

  flaash_lookup_plan #(
    .Groups  (Groups),
    .MaxSize (Engines),
    .Lanes   (Lanes),
    .MemLines(MemLines),
    .Parity  (Parity)
  ) u_plan (
    .clk_i, .rst_ni,
    .start_i, .a_fibers_i, .b_fibers_i, .extent_i, .busy_o, .handed_o, .handed_dots_o,
    .a_use_o(a_use), .a_addr_o(plan_a_addr), .a_first_i, .b_addr_o, .b_first_i,
    .first_use_o(plan_use), .first_wrong_i, .rank_error_o, .rank_block_o,
    .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_last_i(wr_data_i[LineWidth-1]),
    .set_size_o(set_size), .a_lines_o(a_lines), .b_lines_o(b_lines),
    .piece_valid_o(piece_valid), .piece_o(piece)
  );

  assign plane = {a_fibers_i, a_lines, b_lines, set_size_t'(set_size)};

  // ------------------------------------------------- the fiber table of A, shared
  logic      [Groups-1:0]     bound_req, bound_grant, bound_granted;
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

  assign first_use_o   = {plan_use, plan_use || bound_used_q};
  assign a_addr_o      = (bound_granted != '0) ? bound_fiber[bound_group] : plan_a_addr;

  // ----------------------------------------------------------------- tensor memory
  logic [Groups-1:0]                req_valid, req_ready, req_operand, rsp_valid;
  line_addr_t [Groups-1:0]          req_addr;
  logic [Groups-1:0][LineWidth-1:0] rsp_data;
  logic [ReadsWidth-1:0]            reads, conflicts;

  if (Memory == MemoryIdeal) begin : gen_ideal
    flaash_tensor_memory_ideal #(
      .NumPorts (Groups),
      .LineWidth(LineWidth),
      .Lines    (MemLines),
      .Latency  (MemLatency),
      .Banks    (MemBanks),
      .Parity   (Parity)
    ) u_memory (
      .clk_i, .rst_ni,
      .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
      .req_valid_i(req_valid), .req_ready_o(req_ready),
      .req_operand_i(req_operand), .req_addr_i(req_addr),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o(reads), .conflicts_o(conflicts),
      .parity_error_o, .parity_operand_o, .parity_addr_o
    );
  end else if (Memory == MemoryBanked) begin : gen_banked
    flaash_tensor_memory_banked #(
      .NumPorts (Groups),
      .LineWidth(LineWidth),
      .Lines    (MemLines),
      .Latency  (MemLatency),
      .Banks    (MemBanks),
      .Parity   (Parity)
    ) u_memory (
      .clk_i, .rst_ni,
      .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
      .req_valid_i(req_valid), .req_ready_o(req_ready),
      .req_operand_i(req_operand), .req_addr_i(req_addr),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o(reads), .conflicts_o(conflicts),
      .parity_error_o, .parity_operand_o, .parity_addr_o
    );
  end else begin : gen_illegal_memory
    `FLAASH_ILLEGAL("Memory must be one of flaash_pkg::Memory*")
  end

  assign reads_o     = SumWidth'(reads);
  assign conflicts_o = SumWidth'(conflicts);

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
      .dense_i,
      .plane_i       (plane),
      .piece_valid_i (piece_valid[g]),
      .piece_i       (piece),
      .busy_o        (group_busy[g]),
      .bound_req_o   (bound_req[g]),
      .bound_fiber_o (bound_fiber[g]),
      .bound_grant_i (bound_granted[g]),
      .bound_first_i (a_first_i),
      .bound_wrong_i (first_wrong_i[0]),
      .req_valid_o   (req_valid[g]),
      .req_ready_i   (req_ready[g]),
      .req_operand_o (req_operand[g]),
      .req_addr_o    (req_addr[g]),
      .rsp_valid_i   (rsp_valid[g]),
      .rsp_data_i    (rsp_data[g]),
      .result_valid_o(result_valid_o[g*Engines +: Engines]),
      .result_ready_i(result_ready_i[g*Engines +: Engines]),
      .result_o      (result_o[g*Engines +: Engines]),
      .flags_o       (flags_o[g*Engines +: Engines]),
      .events_o      (events_o[g*Engines +: Engines]),
      .idle_o        (idle_o[g*Engines +: Engines])
    );
  end

  if (Used < NumSdpe) begin : gen_unused
    logic unused_ready;
    assign unused_ready = |result_ready_i[NumSdpe-1:Used];

    assign result_valid_o[NumSdpe-1:Used] = '0;
    assign result_o[NumSdpe-1:Used]       = '0;
    assign flags_o[NumSdpe-1:Used]        = '0;
    assign events_o[NumSdpe-1:Used]       = '0;
    assign idle_o[NumSdpe-1:Used]         = '1;
  end

  // -------------------------------------------------------------------- properties
`ifndef SYNTHESIS
  flaash_region_checker #(
    .NumPorts(Groups)
  ) u_region_checker (
    .clk_i, .rst_ni,
    .wr_valid_i, .wr_operand_i, .wr_addr_i,
    .req_valid_i(req_valid), .req_operand_i(req_operand), .req_addr_i(req_addr)
  );
`endif
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || (!busy_o && group_busy == '0 && &idle_o),
                 "a contraction starts while another one is under way")
  `FLAASH_COVER(AllGroupsWork_C, &group_busy)

endmodule : flaash_compute_lookup
