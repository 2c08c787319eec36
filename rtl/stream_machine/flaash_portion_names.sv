// SPDX-License-Identifier: Apache-2.0
// Portion names: tells the MAC which dot products are portions, and names the slot of each portion
// that leaves it.
//
// Guarantees  partial_o tells whether the dot product whose beats come next into the MAC is a portion;
//             slot_o is the slot of the oldest portion that has not left. empty_o: no portion is inside.
// Demands     Jobs of one dot product each; taken_i once per dot product that has gone into the MAC,
//             left_i once per portion that has left it, in order.
// Latency     One cycle from an accepted job to its name.
// Stalls      Accepts no job while Depth dot products are inside.
// Reset       Forgets all jobs.

`include "flaash_assert.svh"

module flaash_portion_names
  import flaash_pkg::*;
#(
  parameter int unsigned Depth = 32  // jobs, a power of two, 2 or more
) (
  input  logic  clk_i,
  input  logic  rst_ni,

  // jobs that begin
  input  logic  job_valid_i,
  output logic  job_ready_o,
  input  logic  job_partial_i,
  input  slot_t job_slot_i,

  // into the MAC, out of it
  input  logic  taken_i,
  output logic  partial_o,
  input  logic  left_i,
  output slot_t slot_o,
  output logic  empty_o
);

  logic                   kind_valid, kind, kind_ready, slot_valid, slot_ready;
  logic [$clog2(Depth):0] unused_usage, usage;

  assign job_ready_o = kind_ready && slot_ready;

  flaash_stream_fifo #(
    .Width(1),
    .Depth(Depth)
  ) u_kinds (
    .clk_i,
    .rst_ni,
    .in_valid_i (job_valid_i && slot_ready),
    .in_ready_o (kind_ready),
    .in_data_i  (job_partial_i),
    .out_valid_o(kind_valid),
    .out_ready_i(taken_i),
    .out_data_o (kind),
    .usage_o    (unused_usage)
  );

  flaash_stream_fifo #(
    .Width(SlotWidth),
    .Depth(Depth)
  ) u_slots (
    .clk_i,
    .rst_ni,
    .in_valid_i (job_valid_i && job_partial_i && kind_ready),
    .in_ready_o (slot_ready),
    .in_data_i  (job_slot_i),
    .out_valid_o(slot_valid),
    .out_ready_i(left_i),
    .out_data_o (slot_o),
    .usage_o    (usage)
  );

  assign partial_o = kind_valid && kind;
  assign empty_o   = usage == '0;

  // ----------------------------------------------------------------- properties
  `FLAASH_ASSERT(NameForEach_A, !left_i || slot_valid, "a portion left that no job asked for")
  `FLAASH_COVER(Full_C, job_valid_i && !job_ready_o)

endmodule : flaash_portion_names
