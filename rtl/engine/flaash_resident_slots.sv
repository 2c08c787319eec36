// SPDX-License-Identifier: Apache-2.0
// Resident slots: opens a slot of the combiner for each dot product that engines share, and hands it to its engines.
//
// Guarantees  After run_i, each shared_i since the previous run gets a slot for each of b_count_i fibers of B from
//             b_first_i on. The order is by fiber of B, then by shared_i. A slot is opened; when all engines of
//             shared_i have room (slot_room_i), it is closed with their number and given to them (slot_push_o).
//             busy_o until the last one is given.
// Demands     At least one and at most (Engines + 1) / 2 of shared_* before each run_i; b_count_i not 0. Engines of
//             shared_i are first to first + number - 1, below Engines.
// Latency     One cycle from run_i to open_valid_o, one more to the engines.
// Throughput  One dot product per cycle.
// Stalls      While no slot is free, and while one of the engines has no room. shared_ready_o is low from run_i until
//             the last slot is open.
// Reset       Forgets everything.

`include "flaash_assert.svh"

module flaash_resident_slots
  import flaash_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Engines = 8  // 1 to 64
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  // a wave
  input  logic               shared_valid_i,
  output logic               shared_ready_o,
  input  shared_t            shared_i,
  input  logic               run_i,
  input  fiber_id_t          b_first_i,
  input  fiber_id_t          b_count_i,
  output logic               busy_o,
  // combiner
  output logic               open_valid_o,
  input  logic               open_ready_i,
  output fibers_t            open_o,
  input  slot_t              open_slot_i,
  output close_t             close_o,
  // engines
  output logic [Engines-1:0] slot_push_o,
  input  logic [Engines-1:0] slot_room_i,
  output slot_t              slot_o
);

  localparam int unsigned Depth = 2 ** $clog2((Engines + 1) / 2 + 1);  // of the list
  localparam int unsigned Width = $clog2(Depth);

  // ------------------------------------------------------------------------ the list
  shared_t          list_q[Depth];
  shared_t          shared;
  logic [Width-1:0] listed_q, next_q, after;
  logic             running_q, opened, row_ends, ends;
  fiber_id_t        b_id_q, b_left_q;  // left: with this one

  assign shared         = list_q[next_q];
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
  logic               given_valid_q, give;
  slot_t              given_q;
  parts_t             number_q;
  logic [Engines-1:0] mask, mask_q;

  for (genvar e = 0; e < int'(Engines); e++) begin : gen_mask
    assign mask[e] = parts_t'(e) >= shared.first && parts_t'(e) < shared.first + shared.number;
  end

  assign give         = given_valid_q && (mask_q & ~slot_room_i) == '0;
  assign open_valid_o = running_q && (!given_valid_q || give);
  assign open_o       = {shared.a_id, b_id_q};
  assign opened       = open_valid_o && open_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     given_valid_q <= 1'b0;
    else if (opened) given_valid_q <= 1'b1;
    else if (give)   given_valid_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (opened) {given_q, number_q, mask_q} <= {open_slot_i, shared.number, mask};
  end

  assign slot_push_o = mask_q & {Engines{give}};
  assign slot_o       = given_q;
  assign close_o      = {give, given_q, entry_id_t'(number_q)};
  assign busy_o       = running_q || given_valid_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(open, open_valid_o, open_ready_i, open_o, $bits(fibers_t))
  `FLAASH_ASSERT(RunHasShared_A, !run_i || (!running_q && listed_q != '0 && b_count_i != '0), "a run without shares")
  `FLAASH_ASSERT(RoomForAll_A, (slot_push_o & ~slot_room_i) == '0, "a slot for an engine without room")
  `FLAASH_ASSERT(ListFits_A, !(shared_valid_i && shared_ready_o) || listed_q != '1, "more shares than the list holds")
  `FLAASH_COVER(NoRoom_C, given_valid_q && !give)
  `FLAASH_COVER(NoSlot_C, open_valid_o && !open_ready_i)
  `FLAASH_COVER(WaitsForWave_C, shared_valid_i && running_q)

endmodule : flaash_resident_slots
