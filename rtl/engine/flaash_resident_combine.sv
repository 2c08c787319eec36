// SPDX-License-Identifier: Apache-2.0
// Combine: adds up the sums that engines share, one result per dot product.
//
// Guarantees  Each accepted shared_i gives one dot product with each of the b_count_i fibers of B from b_first_i on.
//             Their order is by fiber of B, then by shared_i. In this order each engine of a dot product gets its slot
//             of the combiner (flaash_resident_engine). Each dot product gives one result, exact and rounded once, as
//             flaash_combiner says. idle_o: nothing but results is inside.
// Demands     At least one and at most (Engines + 1) / 2 of shared_* come before run_i of their wave. The engines have
//             the lines of the wave, or get them without a further slot. part_* as flaash_mac_export. dense_i changes
//             only while idle_o.
// Latency     Two cycles from run_i to the first slot; else as flaash_combiner.
// Throughput  One dot product per cycle in; one word per cycle.
// Stalls      shared_ready_o is low until all dot products of the previous wave have a slot. This wait ends: all
//             engines of the oldest dot product have its slot, and none of them waits for another one.
// Reset       Forgets everything inside.
//
//   shared, run -> u_slots -> slots;  parts -> u_tree -> u_combiner -> result_*

`include "flaash_dot_types.svh"

module flaash_resident_combine
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Engines     = 8,           // 1 to 64
  parameter int unsigned Slots       = 8,           // dot products at a time, 1 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                dense_i,        // keep results that are zero
  // what engines share
  input  logic                shared_valid_i,
  output logic                shared_ready_o,
  input  shared_t             shared_i,
  input  logic                run_i,          // pulse
  input  fiber_id_t           b_first_i,
  input  fiber_id_t           b_count_i,
  // slots, per engine
  output logic [Engines-1:0]  slot_push_o,
  input  logic [Engines-1:0]  slot_room_i,
  output slot_t               slot_o,
  // words, per engine
  input  logic [Engines-1:0]  part_valid_i,
  output logic [Engines-1:0]  part_ready_o,
  input  part_t [Engines-1:0] part_i,
  // results
  output logic                result_valid_o,
  input  logic                result_ready_i,
  output result_t             result_o,
  output sdpe_events_t        events_o,
  output logic                idle_o
);

  logic    open_valid, open_ready, sums_idle, slots_busy;
  fibers_t open;
  slot_t   open_slot;
  close_t  close;

  flaash_resident_slots #(
    .Engines(Engines)
  ) u_slots (
    .clk_i, .rst_ni,
    .shared_valid_i, .shared_ready_o, .shared_i, .run_i, .b_first_i, .b_count_i, .busy_o(slots_busy),
    .open_valid_o(open_valid), .open_ready_i(open_ready), .open_o(open), .open_slot_i(open_slot), .close_o(close),
    .slot_push_o, .slot_room_i, .slot_o
  );

  logic  sum_valid, sum_ready;
  part_t sum;

  flaash_stream_tree #(
    .Width ($bits(part_t)),
    .Inputs(Engines)
  ) u_tree (
    .clk_i, .rst_ni,
    .in_valid_i(part_valid_i), .in_ready_o(part_ready_o), .in_data_i(part_i),
    .out_valid_o(sum_valid), .out_ready_i(sum_ready), .out_data_o(sum)
  );

  flaash_combiner #(
    .Format     (Format),
    .Slots      (Slots),
    .ResultDepth(ResultDepth),
    .Parity     (Parity)
  ) u_combiner (
    .clk_i, .rst_ni,
    .dense_i,
    .open_valid_i(open_valid), .open_ready_o(open_ready), .open_i(open), .open_slot_o(open_slot), .close_i(close),
    .part_valid_i(sum_valid), .part_ready_o(sum_ready), .part_i(sum),
    .result_valid_o, .result_ready_i, .result_o, .events_o, .idle_o(sums_idle)
  );

  assign idle_o = sums_idle && !slots_busy;

endmodule : flaash_resident_combine
