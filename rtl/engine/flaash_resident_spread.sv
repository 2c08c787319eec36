// SPDX-License-Identifier: Apache-2.0
// Spread: has the engines of all groups work at fibers of A that are longer than a part.
//
// Guarantees  The groups get the commands of flaash_resident_waves. With Portions, each shared part of a wave gives one
//             dot product with each fiber of B of the wave. Their order is by fiber of B, then by part. In this order a
//             slot of the combiner is opened; when all engines of the part have room (slot_room_i), the slot is closed
//             with their number and given to them (slot_push_o). Each dot product gives one result, exact and rounded
//             once, as flaash_combiner says. So each pair of fibers gives one dot product: in an engine, or here from
//             the words of several. busy_o until the last command is accepted. idle_o: only results are inside.
// Demands     As flaash_resident_waves. slot_*, part_*: of engine e of group g at [g][e]; part_* as flaash_mac_export.
//             The engines have the lines of a wave, or get them without a further slot. dense_i changes only while
//             idle_o.
// Latency     As flaash_resident_waves; two cycles from the end of a wave to the first slot; else as flaash_combiner.
// Throughput  One slot per cycle, one word per cycle.
// Stalls      While no slot is free, and while an engine of the oldest dot product has no room. The next wave waits
//             until all dot products of the previous one have a slot. This wait ends: all engines of the oldest dot
//             product have its slot, and none of them waits for another one.
// Emptiness   Without Portions one engine gets all parts of a fiber, and no result comes from here.
// Reset       Forgets everything inside.
//
//   u_waves -> commands -> groups -> words -> u_tree -> u_combiner -> result_*
//      +-> shared sums --> list, slots ---------------------^

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_resident_spread
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_plan_pkg::sizes_t;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Groups      = 4,           // 1 to 64
  parameter int unsigned Engines     = 2,           // of a group, 1 to 8
  parameter int unsigned Portions    = 8,           // dot products that engines share at a time, 0 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // the contraction
  input  logic                             start_i,
  input  logic                             dense_i,       // keep results that are zero
  input  sizes_t                           sizes_i,
  input  line_addr_t                       part_lines_i,  // of a part, most; 1 or more
  output logic                             busy_o,
  output logic                             portion_o,     // a part is given of a fiber that several engines have
  // fiber tables, A in element 0
  output logic                             table_req_o,
  output logic                             table_both_o,  // the response of B counts, too
  input  logic                             table_grant_i,
  output fiber_id_t [1:0]                  table_addr_o,
  input  table_rsp_t [1:0]                 table_i,
  // groups
  output logic [Groups-1:0]                command_valid_o,
  input  logic [Groups-1:0]                command_ready_i,
  output command_t                         command_o,
  output logic [Groups-1:0][Engines-1:0]   slot_push_o,
  input  logic [Groups-1:0][Engines-1:0]   slot_room_i,
  output slot_t                            slot_o,
  input  logic [Groups-1:0][Engines-1:0]   part_valid_i,
  output logic [Groups-1:0][Engines-1:0]   part_ready_o,
  input  part_t [Groups-1:0][Engines-1:0]  part_i,
  // results
  output logic                             result_valid_o,
  input  logic                             result_ready_i,
  output result_t                          result_o,
  output sdpe_events_t                     events_o,
  output logic                             idle_o
);

  localparam int unsigned All = Groups * Engines;

  logic      shared_valid, shared_ready, run;
  shared_t   shared;
  fiber_id_t b_first, b_count;

  flaash_resident_waves #(
    .Groups (Groups),
    .Engines(Engines),
    .Shares (Portions > 0)
  ) u_waves (
    .clk_i, .rst_ni,
    .start_i, .sizes_i, .part_lines_i, .busy_o, .portion_o,
    .table_req_o, .table_both_o, .table_grant_i, .table_addr_o, .table_i,
    .command_valid_o, .command_ready_i, .command_o,
    .shared_valid_o(shared_valid), .shared_ready_i(shared_ready), .shared_o(shared),
    .run_o(run), .b_first_o(b_first), .b_count_o(b_count)
  );

  if (Portions > 0) begin : gen_combine
    logic [All-1:0]  slot_push, slot_room, part_valid, part_ready;
    part_t [All-1:0] part;

    // The waves count engines across groups.
    for (genvar i = 0; i < int'(All); i++) begin : gen_order
      assign slot_push_o[i%Groups][i/Groups] = slot_push[i];
      assign slot_room[i]                    = slot_room_i[i%Groups][i/Groups];
      assign part_valid[i]                    = part_valid_i[i%Groups][i/Groups];
      assign part_ready_o[i%Groups][i/Groups] = part_ready[i];
      assign part[i]                          = part_i[i%Groups][i/Groups];
    end

    localparam int unsigned Depth = 2 ** $clog2((All + 1) / 2 + 1);  // of the list
    localparam int unsigned Width = $clog2(Depth);

    // ------------------------------------------------------ the shared parts of a wave
    shared_t          list_q[Depth];
    shared_t          entry;  // whose slots are being opened
    logic [Width-1:0] listed_q, next_q, after;
    logic             running_q, opened, row_ends, ends;
    fiber_id_t        b_id_q, b_left_q;  // left: with this one

    assign entry        = list_q[next_q];
    assign shared_ready = !running_q;
    assign after        = next_q + 1'b1;
    assign row_ends     = after == listed_q;
    assign ends         = opened && row_ends && b_left_q == fiber_id_t'(1);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        running_q <= 1'b0;
        listed_q  <= '0;
        next_q    <= '0;
      end else begin
        if (run)       running_q <= 1'b1;
        else if (ends) running_q <= 1'b0;
        if (ends)                              listed_q <= '0;
        else if (shared_valid && shared_ready) listed_q <= listed_q + 1'b1;
        if (opened) next_q <= row_ends ? '0 : after;
      end
    end

    always_ff @(posedge clk_i) begin
      if (shared_valid && shared_ready) list_q[listed_q] <= shared;
      if (run) begin
        {b_id_q, b_left_q} <= {b_first, b_count};
      end else if (opened && row_ends) begin
        b_id_q   <= b_id_q + 1'b1;
        b_left_q <= b_left_q - 1'b1;
      end
    end

    // ------------------------------------------------------------ from slots to engines
    logic           open_valid, open_ready, given_valid_q, give;
    fibers_t        open;
    slot_t          open_slot, given_q;
    close_t         close;
    parts_t         number_q;
    logic [All-1:0] mask, mask_q;  // the engines of the part

    for (genvar e = 0; e < int'(All); e++) begin : gen_mask
      assign mask[e] = parts_t'(e) >= entry.first && parts_t'(e) < entry.first + entry.number;
    end

    assign give       = given_valid_q && (mask_q & ~slot_room) == '0;
    assign open_valid = running_q && (!given_valid_q || give);
    assign open       = {entry.a_id, b_id_q};
    assign opened     = open_valid && open_ready;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)     given_valid_q <= 1'b0;
      else if (opened) given_valid_q <= 1'b1;
      else if (give)   given_valid_q <= 1'b0;
    end

    always_ff @(posedge clk_i) begin
      if (opened) {given_q, number_q, mask_q} <= {open_slot, entry.number, mask};
    end

    assign slot_push = mask_q & {All{give}};
    assign slot_o    = given_q;
    assign close     = {give, given_q, entry_id_t'(number_q)};

    // ------------------------------------------------------------------------- results
    logic  sum_valid, sum_ready, sums_idle;
    part_t sum;

    flaash_stream_tree #(
      .Width ($bits(part_t)),
      .Inputs(All)
    ) u_tree (
      .clk_i, .rst_ni,
      .in_valid_i(part_valid), .in_ready_o(part_ready), .in_data_i(part),
      .out_valid_o(sum_valid), .out_ready_i(sum_ready), .out_data_o(sum)
    );

    flaash_combiner #(
      .Format     (Format),
      .Slots      (Portions),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_combiner (
      .clk_i, .rst_ni,
      .dense_i,
      .open_valid_i(open_valid), .open_ready_o(open_ready), .open_i(open), .open_slot_o(open_slot), .close_i(close),
      .part_valid_i(sum_valid), .part_ready_o(sum_ready), .part_i(sum),
      .result_valid_o, .result_ready_i, .result_o, .events_o, .idle_o(sums_idle)
    );

    assign idle_o = sums_idle && !running_q && !given_valid_q;

    // ------------------------------------------------------------------- properties
    `FLAASH_STREAM_CHECK(open, open_valid, open_ready, open, $bits(fibers_t))
    `FLAASH_ASSERT(RunHasShared_A, !run || (!running_q && listed_q != '0 && b_count != '0), "a run without shares")
    `FLAASH_ASSERT(RoomForAll_A, (slot_push & ~slot_room) == '0, "a slot for an engine without room")
    `FLAASH_ASSERT(ListFits_A, !(shared_valid && shared_ready) || listed_q != '1, "more shares than the list holds")
    `FLAASH_COVER(NoRoom_C, given_valid_q && !give)
    `FLAASH_COVER(NoSlot_C, open_valid && !open_ready)
    `FLAASH_COVER(WaitsForWave_C, shared_valid && running_q)
  end else begin : gen_alone
    logic unused_shares;

    assign {slot_push_o, slot_o, part_ready_o, shared_ready, result_valid_o, result_o, events_o} = '0;
    assign idle_o        = 1'b1;
    assign unused_shares = ^{dense_i, slot_room_i, part_valid_i, part_i, result_ready_i, shared_valid, shared, run,
                             b_first, b_count};
  end

endmodule : flaash_resident_spread
