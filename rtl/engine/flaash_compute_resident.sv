// SPDX-License-Identifier: Apache-2.0
// Compute, resident: groups of engines hold fibers of A, several each, and compare them with the streamed lines of B.
//
// A group has one read port, one line per cycle, which all its engines share. It loads a set of fibers of A, Slots per
// engine, then streams a run of B past all of them. flaash_plan cuts the contraction into pieces of equal cost, one or
// two per group. A part is the lines that an engine holds, or fewer by the settings. If a fiber is longer, parts of all
// fibers go to the engines of all groups instead (flaash_resident_waves), and flaash_resident_sums adds up the sums.
//
// Guarantees  As flaash_compute_stream: after start_i, each pair of a fiber of A and a fiber of B yields one dot
//             product. Its result leaves once at result_*, unless it is dropped as zero. dispatch_o announces each set
//             once, and each part of a fiber that several engines have. busy_o holds while more will be announced.
//             idle_o as there. With Portions the combiner is the last source.
// Demands     Operands complete and unchanged from start_i until the last result, desc_i until busy_o falls. After that
//             desc_i may describe operands for the next start, which are prepared. The lines of an operand are written
//             in ascending order from 0 (written_i). start_i only when every result of the contraction before is
//             stored. The rest as flaash_compute_stream.
// Emptiness   Without fibers of A or of B nothing happens.
// Errors      As flaash_compute_stream; fault_o also reports wrong ranks. A fault of the preparation is reported
//             after the start.
// Reset       Forgets everything but the counts of written lines. The memory must drop outstanding reads.
//
// NumSdpe should be a multiple of GroupSize. If not, there are ceil(NumSdpe / GroupSize) groups of equal size, and the
// engines that remain, fewer than groups, stay idle. Only the settings `dense`, `finish` and, with Portions,
// `portion_length` count: runs are as long as a piece allows. Without Portions one engine gets all parts of a fiber.

`include "flaash_dot_types.svh"
`include "flaash_line.svh"
`include "flaash_assert.svh"

module flaash_compute_resident
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_plan_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,    // Format*
  parameter int unsigned NumSdpe     = 8,             // 1 to 64
  parameter int unsigned GroupSize   = 4,             // engines that share a port, 1 to 8
  parameter int unsigned Lanes       = 4,             // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,            // bits of a contracted coordinate, 4 to 32
  parameter int unsigned MemLatency  = 2,             // cycles, 1 or more
  parameter int unsigned MemLines    = 8192,          // lines per operand
  parameter int unsigned Buffers     = 1,             // of an operand, 1 or 2
  parameter int unsigned Parity      = 1,             // a parity bit per line, 0 or 1
  parameter int unsigned ResultDepth = 512,           // a power of two, 2 or more
  parameter int unsigned Slots       = MaxSlots,      // fibers that an engine holds: 1, 2, 4
  parameter int unsigned Chunk       = 8,             // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned SlotEntries = EntriesOfSlot, // of a fiber of A, a power of two
  parameter int unsigned Portions    = 0,             // dot products that engines share at a time, 0 to 64
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = read_ports(EngineResident, NumSdpe, GroupSize),
  localparam int unsigned NumSources = NumSdpe + ((Portions > 0) ? 1 : 0)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  // the contraction
  input  logic                               start_i,
  input  settings_t                          settings_i,
  input  logic                               one_column_i,  // results of a fiber of A come from one engine, in order
  output logic                               spread_o,      // but not of the operand of desc_i: its fibers are spread
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
  if (CoordWidth < 4 || CoordWidth > 32) begin : gen_illegal_coord_width
    `FLAASH_ILLEGAL("CoordWidth must be 4 to 32")
  end

  if (Portions > MaxPortions) begin : gen_illegal_portions
    `FLAASH_ILLEGAL("Portions must be 0 to 64")
  end

  localparam int unsigned Groups     = NumPorts;
  localparam int unsigned Engines    = NumSdpe / Groups;  // of a group
  localparam int unsigned Used       = Groups * Engines;
  // Lines that a group holds or has requested. They cover the memory's round trip, a wait for a grant, and one line in
  // each register.
  localparam int unsigned LineDepth  = 2 ** $clog2(MemLatency + 4);

  localparam int unsigned SlotLines = SlotEntries / Lanes;
  // ------------------------------------------------------------ how fibers are held
  line_addr_t part_lines;
  hold_t      hold, hold_q;  // as the start takes them; as the engines have them
  set_size_t  limit;
  logic       whole;
  desc_t      a, b;
  logic       unused_inputs;

  assign {b, a}        = desc_i;
  assign unused_inputs = ^{a.loaded, a.order, a.extent, a.entries, b.loaded, b.buffer, b.order, b.extent, b.entries,
                           settings_i.run_length, settings_i.long_lines};

  flaash_resident_hold #(
    .Engines  (Engines),
    .Slots    (Slots),
    .SlotLines(SlotLines),
    .Lanes    (Lanes),
    .Portions (Portions > 0)
  ) u_hold (
    .clk_i, .written_i(written_i[0]), .buffer_i(a.buffer), .portion_length_i(settings_i.portion_length),
    .hold_o(hold), .whole_o(whole), .limit_o(limit), .part_lines_o(part_lines)
  );

  // ------------------------------------------------------------------- the pieces
  logic              a_use, planning, spreading, spread_req, spread_both, spread_grant, portion;
  fiber_id_t [1:0]   spread_addr;
  logic [1:0]        plan_use;
  dispatch_t         planned;
  fiber_id_t [1:0]   plan_addr;
  fault_t            rank_fault;
  logic [Groups-1:0] row_valid, column_valid, group_busy, group_busy_q, bound_req;
  logic              early, keep, drop;
  row_t              row;
  column_t           column;

  flaash_plan #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (Engines * Slots),
    .Lanes   (Lanes),
    .MemLines(MemLines),
    .Buffers (Buffers),
    .Parity  (Parity)
  ) u_plan (
    .clk_i, .rst_ni,
    .start_i, .early_i(early), .hold_o(keep), .drop_o(drop),
    .desc_i, .written_i, .one_column_i, .limit_i(limit), .busy_o(planning), .dispatch_o(planned),
    .table_wanted_i(bound_req != '0 || spread_req), .table_use_o(a_use), .table_addr_o(plan_addr),
    .rsp_used_o(plan_use), .table_i, .rank_fault_o(rank_fault),
    .row_valid_o(row_valid), .row_o(row), .column_valid_o(column_valid), .column_o(column)
  );

  assign busy_o   = planning || spreading;
  assign spread_o = whole && a.fibers != '0;

  always_comb begin
    dispatch_o         = planned;
    dispatch_o.portion = portion;
  end

  // The next contraction is prepared while groups still work on pieces of this one, and engines at its last lines. A
  // group that was idle in the cycle before has only pieces that follow the newest plan.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {hold_q, group_busy_q} <= '0;
    end else begin
      group_busy_q <= group_busy;
      if (busy_o || start_i) hold_q <= hold;
    end
  end

  // Pieces come before the start if all groups are idle. Groups begin them in the cycle of the start, or drop them if
  // fibers are spread.
  assign early = group_busy == '0 && !spreading;

  // ---------------------------------------------------------------- fibers that are spread
  typedef `FLAASH_PART(word_width(Format, EntryIdWidth)) part_t;

  logic [Groups-1:0]               command_valid, command_ready;
  command_t                        command;
  logic [Groups-1:0][Engines-1:0]  slot_push, slot_room, part_valid, part_ready;
  part_t [Groups-1:0][Engines-1:0] part;
  slot_t                           slot;
  sizes_t                          sizes;
  logic                            shared_valid, shared_ready, run;
  shared_t                         shared;
  fiber_id_t                       run_first, run_count;

  assign sizes.a_fibers = a.fibers;
  assign sizes.a_lines  = a.lines;
  assign sizes.b_fibers = b.fibers;
  assign sizes.b_lines  = b.lines;

  flaash_resident_waves #(
    .Groups (Groups),
    .Engines(Engines),
    .Shares (Portions > 0)
  ) u_waves (
    .clk_i, .rst_ni, .start_i(start_i && hold.spread), .part_lines_i(part_lines),
    .sizes_i(sizes), .busy_o(spreading), .portion_o(portion),
    .table_req_o(spread_req), .table_both_o(spread_both), .table_grant_i(spread_grant), .table_addr_o(spread_addr),
    .table_i, .command_valid_o(command_valid), .command_ready_i(command_ready), .command_o(command),
    .shared_valid_o(shared_valid), .shared_ready_i(shared_ready), .shared_o(shared),
    .run_o(run), .b_first_o(run_first), .b_count_o(run_count)
  );

  if (Portions > 0) begin : gen_sums
    flaash_resident_sums #(
      .Format     (Format),
      .Groups     (Groups),
      .Engines    (Engines),
      .Portions   (Portions),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_sums (
      .clk_i, .rst_ni, .dense_i(settings_i.dense), .finish_i(settings_i.finish),
      .shared_valid_i(shared_valid), .shared_ready_o(shared_ready), .shared_i(shared),
      .run_i(run), .b_first_i(run_first), .b_count_i(run_count),
      .slot_push_o(slot_push), .slot_room_i(slot_room), .slot_o(slot),
      .part_valid_i(part_valid), .part_ready_o(part_ready), .part_i(part),
      .result_valid_o(result_valid_o[NumSdpe]), .result_ready_i(result_ready_i[NumSdpe]),
      .result_o(result_o[NumSdpe]), .events_o(events_o[NumSdpe]), .idle_o(idle_o[NumSdpe])
    );
    `FLAASH_STREAM_CHECK(result, result_valid_o[NumSdpe], result_ready_i[NumSdpe], result_o[NumSdpe], $bits(result_t))
  end else begin : gen_no_sums
    logic unused_sums;
    assign {slot_push, slot, part_ready, shared_ready} = '0;
    assign unused_sums = ^{slot_room, part_valid, part, shared_valid, shared, run, run_first, run_count};
  end

  // ------------------------------------------------------ the fiber tables, shared
  // In each cycle the tables serve the plan, the waves of parts, or a group, in turn. A response counts of both tables
  // if the plan used them, or if the waves want both, else of the table of A.

  fiber_id_t [Groups-1:0] bounds;
  logic [Groups-1:0]      grant, bound_granted;
  fiber_id_t              bound;      // of the group with the grant, without its number, which comes later
  logic                   bound_use;  // some group has the tables; known before it is known which one

  flaash_round_robin #(
    .NumPorts(Groups)
  ) u_turn (
    .clk_i, .rst_ni,
    .request_i(bound_req), .accept_i(!a_use), .grant_o(grant), .index_o()
  );

  assign bound_use     = bound_req != '0 && !a_use;
  assign bound_granted = a_use ? '0 : grant;
  assign spread_grant  = spread_req && !a_use;
  assign table_next_o  = !bound_use && !spread_grant;

  always_comb begin
    bound = '0;
    for (int g = 0; g < int'(Groups); g++) begin
      if (grant[g]) bound = bound | bounds[g];
    end
    table_addr_o = plan_addr;
    if (bound_use)    table_addr_o[0] = bound;
    if (spread_grant) table_addr_o    = spread_addr;
  end

  // ------------------------------------------------------------------------ faults
  fiber_id_t [1:0] rsp_id_q;      // the fibers of the tables' responses
  logic            a_used_q, b_used_q;
  fault_t          first_q, fault, kept_q;  // kept: found before the start
  logic            a_wrong, b_wrong;

  assign a_wrong = (plan_use[0] || a_used_q) && table_i[0].wrong;
  assign b_wrong = (plan_use[1] || b_used_q) && table_i[1].wrong;

  always_ff @(posedge clk_i) rsp_id_q <= table_addr_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {a_used_q, b_used_q} <= '0;
      first_q              <= '0;
    end else begin
      {a_used_q, b_used_q} <= {bound_use || spread_grant, spread_grant && spread_both};
      first_q              <= stored_fault(a_wrong || b_wrong, !a_wrong, PlaceFirst,
                                           24'(a_wrong ? rsp_id_q[0] : rsp_id_q[1]));
    end
  end

  assign fault   = first_q.valid ? first_q : rank_fault;
  assign fault_o = keep ? '0 : kept_q.valid ? kept_q : fault;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)            kept_q <= '0;
    else if (drop || !keep) kept_q <= '0;
    else if (!kept_q.valid) kept_q <= fault;
  end

  // ------------------------------------------------------------------------ groups
  for (genvar g = 0; g < int'(Groups); g++) begin : gen_group
    logic spread;

    assign spread = group_busy_q[g] ? hold_q.spread : hold.spread;

    flaash_resident_group #(
      .Format     (Format),
      .Engines    (Engines),
      .Slots      (Slots),
      .Chunk      (Chunk),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .SlotLines  (SlotLines),
      .LineDepth  (LineDepth),
      .ResultDepth(ResultDepth),
      .Portions   (Portions > 0),
      .Parity     (Parity)
    ) u_group (
      .clk_i, .rst_ni,
      .dense_i(settings_i.dense), .finish_i(settings_i.finish),
      .hold_i        (hold_q),
      .row_valid_i   (row_valid[g]),
      .row_i         (row),
      .column_valid_i(column_valid[g]),
      .column_i      (column),
      .keep_i        (keep || spread),
      .drop_i        (drop || (spread && !keep)),
      .command_valid_i(command_valid[g]),
      .command_ready_o(command_ready[g]),
      .command_i      (command),
      .busy_o        (group_busy[g]),
      .bound_req_o(bound_req[g]), .bound_fiber_o(bounds[g]),
      .bound_grant_i(bound_granted[g]), .bound_i(table_i[0]),
      .req_valid_o(req_valid_o[g]), .req_ready_i(req_ready_i[g]), .req_o(req_o[g]),
      .rsp_valid_i(rsp_valid_i[g]), .rsp_data_i(rsp_data_i[g]),
      .result_valid_o(result_valid_o[g*Engines +: Engines]),
      .result_ready_i(result_ready_i[g*Engines +: Engines]),
      .result_o      (result_o[g*Engines +: Engines]),
      .slot_push_i(slot_push[g]), .slot_room_o(slot_room[g]), .slot_i(slot),
      .part_valid_o(part_valid[g]), .part_ready_i(part_ready[g]), .part_o(part[g]),
      .events_o      (events_o[g*Engines +: Engines]),
      .idle_o        (idle_o[g*Engines +: Engines])
    );
  end

  if (Used < NumSdpe) begin : gen_unused
    assign result_valid_o[NumSdpe-1:Used] = '0;
    assign result_o[NumSdpe-1:Used]       = '0;
    assign events_o[NumSdpe-1:Used]       = '0;
    assign idle_o[NumSdpe-1:Used]         = '1;
  end

  // -------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneAsks_A, !spread_req || bound_req == '0, "waves and groups ask in the same contraction")
  // Groups become busy in the cycle of the start.
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || (!busy_o && $past(group_busy == '0 && &idle_o)),
                 "a contraction starts while another one is in progress")
  `FLAASH_COVER(AllGroupsWork_C, &group_busy)

endmodule : flaash_compute_resident
