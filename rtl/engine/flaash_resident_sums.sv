// SPDX-License-Identifier: Apache-2.0
// Sums: adds up the sums of the dot products that several engines share.
//
// Guarantees  Each shared part of a wave (shared_*, run_i) gives one dot product with each fiber of B of the wave. The
//             order of these is by fiber of B, then by part. In this order a slot of the combiner is opened. When all
//             engines of the part have room (slot_room_i), the slot is closed with their number and given to them
//             (slot_push_o). Each dot product gives one result, exact and rounded once, as flaash_combiner says.
//             idle_o: only results are inside.
// Demands     shared_*, run_i as flaash_resident_waves. slot_*, part_*: of engine e of group g at [g][e]; part_* as
//             flaash_mac_export. The engines have the lines of a wave, or get them without a further slot. dense_i
//             and finish_i change only while idle_o.
// Latency     Two cycles from the end of a wave to the first slot; else as flaash_combiner.
// Throughput  One slot per cycle, one word per cycle.
// Stalls      While no slot is free, and while an engine of the oldest dot product has no room. The next wave waits
//             until all dot products of the previous one have a slot. This wait ends: all engines of the oldest dot
//             product have its slot, and none of them waits for another one.
// Reset       Forgets everything inside.
//
//   shared_*, run_i --> list --> open, close --> u_combiner -> result_*
//                         +--> slot_*               ^
//   part_* -------------------> u_tree -------------+

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_resident_sums
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Groups      = 4,           // 1 to 64
  parameter int unsigned Engines     = 2,           // of a group, 1 to 8
  parameter int unsigned Portions    = 8,           // dot products that engines share at a time, 1 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  input  logic                             dense_i,  // keep results that are zero
  input  finish_t                          finish_i,
  // shared parts of a wave, then the run of B that they meet
  input  logic                             shared_valid_i,
  output logic                             shared_ready_o,
  input  shared_t                          shared_i,
  input  logic                             run_i,
  input  fiber_id_t                        b_first_i,
  input  fiber_id_t                        b_count_i,
  // engines
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

  logic [All-1:0]  slot_push, slot_room, part_valid, part_ready;
  part_t [All-1:0] part;

  // The waves count engines across groups.
  for (genvar i = 0; i < int'(All); i++) begin : gen_order
    assign slot_push_o[i%Groups][i/Groups]  = slot_push[i];
    assign slot_room[i]                     = slot_room_i[i%Groups][i/Groups];
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

  assign entry          = list_q[next_q];
  assign shared_ready_o = !running_q;
  assign after          = next_q + 1'b1;
  assign row_ends       = after == listed_q;
  assign ends           = opened && row_ends && b_left_q == fiber_id_t'(1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      listed_q  <= '0;
      next_q    <= '0;
    end else begin
      if (run_i)     running_q <= 1'b1;
      else if (ends) running_q <= 1'b0;
      if (ends)                                  listed_q <= '0;
      else if (shared_valid_i && shared_ready_o) listed_q <= listed_q + 1'b1;
      if (opened) next_q <= row_ends ? '0 : after;
    end
  end

  always_ff @(posedge clk_i) begin
    if (shared_valid_i && shared_ready_o) list_q[listed_q] <= shared_i;
    if (run_i) begin
      {b_id_q, b_left_q} <= {b_first_i, b_count_i};
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
    .dense_i, .finish_i,
    .open_valid_i(open_valid), .open_ready_o(open_ready), .open_i(open), .open_slot_o(open_slot), .close_i(close),
    .part_valid_i(sum_valid), .part_ready_o(sum_ready), .part_i(sum),
    .result_valid_o, .result_ready_i, .result_o, .events_o, .idle_o(sums_idle)
  );

  assign idle_o = sums_idle && !running_q && !given_valid_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(open, open_valid, open_ready, open, $bits(fibers_t))
  `FLAASH_ASSERT(RunHasShared_A, !run_i || (!running_q && listed_q != '0 && b_count_i != '0), "a run without shares")
  `FLAASH_ASSERT(RoomForAll_A, (slot_push & ~slot_room) == '0, "a slot for an engine without room")
  `FLAASH_ASSERT(ListFits_A, !(shared_valid_i && shared_ready_o) || listed_q != '1, "more shares than the list holds")
  `FLAASH_COVER(NoRoom_C, given_valid_q && !give)
  `FLAASH_COVER(NoSlot_C, open_valid && !open_ready)
  `FLAASH_COVER(WaitsForWave_C, shared_valid_i && running_q)

endmodule : flaash_resident_sums
