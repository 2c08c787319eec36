// SPDX-License-Identifier: Apache-2.0
// Slots of the combiner: which dot products are being put together, and which ones are complete.
//
// Guarantees  Each dot product that is opened gets a free slot. Two cycles after the last portion, by the number in
//             close_i, the slot leaves at full_* with the union of their status. free_i makes the slot free.
// Demands     A slot is closed once, before its last portion comes in. Portions come only for open slots.
// Latency     None from open_valid_i to open_slot_o.
// Throughput  One portion per cycle.
// Stalls      No slot is given while all are taken. Portions are never refused.
// Reset       All slots are free.

`include "flaash_assert.svh"

module flaash_combiner_slots
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Slots = 16  // 1 to 64
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // dot products that begin
  input  logic        open_valid_i,
  output logic        open_ready_o,
  output slot_t       open_slot_o,
  input  close_t      close_i,
  // portions that are complete
  input  part_end_t   done_i,
  // dot products that are complete
  output logic        full_valid_o,
  input  logic        full_ready_i,
  output full_t       full_o,
  input  logic        free_i,
  input  slot_t       free_slot_i,
  output logic        idle_o         // all slots are free
);

  localparam int unsigned QueueDepth = 2 ** $clog2((Slots > 2) ? Slots : 2);
  localparam int unsigned SlotBits  = (Slots > 1) ? $clog2(Slots) : 1;

  // ------------------------------------------------------------------ which are free
  logic [Slots-1:0] taken_q, closed_q, begun_q;  // begun: a portion has come in
  logic [Slots-1:0] opens, closes, begins, frees;
  logic             opened;

  always_comb begin
    open_slot_o = '0;
    for (int i = int'(Slots) - 1; i >= 0; i--) begin
      if (!taken_q[i]) open_slot_o = slot_t'(i);
    end
  end

  assign open_ready_o = taken_q != '1;
  assign opened       = open_valid_i && open_ready_o;
  assign idle_o       = taken_q == '0;

  for (genvar i = 0; i < Slots; i++) begin : gen_slot
    assign opens[i]  = opened && open_slot_o == slot_t'(i);
    assign closes[i] = close_i.valid && close_i.slot == slot_t'(i);
    assign begins[i] = done_i.valid && done_i.slot == slot_t'(i);
    assign frees[i]  = free_i && free_slot_i == slot_t'(i);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q  <= '0;
      closed_q <= '0;
      begun_q  <= '0;
    end else begin
      taken_q  <= (taken_q | opens) & ~frees;
      closed_q <= (closed_q | closes) & ~opens;
      begun_q  <= (begun_q | begins) & ~opens;
    end
  end

  // ------------------------------------------------------------ portions that came in
  typedef struct packed {
    entry_id_t   count;
    mac_status_t status;
  } state_t;

  logic [SlotBits-1:0] close_index, done_index;
  entry_id_t            count_q[Slots], announced;
  state_t               state_q[Slots];
  state_t               earlier, state;
  logic                 begun, closed, complete;

  assign close_index = close_i.slot[SlotBits-1:0];
  assign done_index  = done_i.slot[SlotBits-1:0];
  assign begun       = begun_q[done_index];
  assign closed      = closed_q[done_index];
  assign earlier     = begun ? state_q[done_index] : '0;
  assign state       = {earlier.count + 1'b1, earlier.status | done_i.status};
  assign announced   = count_q[done_index];
  assign complete    = done_i.valid && closed && state.count == announced;

  always_ff @(posedge clk_i) begin
    if (close_i.valid) count_q[close_index] <= close_i.count;
    if (done_i.valid)  state_q[done_index] <= state;
  end

  // -------------------------------------------------------------- complete ones wait
  // A cycle after the last portion came in its words have been added.
  logic                        full_q, queue_ready;
  full_t                       full_data_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) full_q <= 1'b0;
    else         full_q <= complete;
  end

  always_ff @(posedge clk_i) begin
    full_data_q <= {done_i.slot, state.status};
  end

  flaash_stream_fifo #(
    .Data (full_t),
    .Depth(QueueDepth)
  ) u_full (
    .clk_i,
    .rst_ni,
    .in_valid_i (full_q),
    .in_ready_o (queue_ready),
    .in_data_i  (full_data_q),
    .out_valid_o(full_valid_o),
    .out_ready_i(full_ready_i),
    .out_data_o (full_o),
    .usage_o    ()
  );

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(Room_A, !full_q || queue_ready, "a complete dot product without room")
  `FLAASH_ASSERT(DoneIsOpen_A, !done_i.valid || taken_q[done_index], "a portion for a slot that is free")
  `FLAASH_ASSERT(ClosedOnce_A, !close_i.valid || (taken_q[close_index] && !closed_q[close_index]),
                 "a slot was closed twice, or is free")
  `FLAASH_ASSERT(NotTooMany_A, !done_i.valid || !closed || state.count <= announced,
                 "more portions than were announced")
  `FLAASH_COVER(AllTaken_C, taken_q == '1)
  `FLAASH_COVER(OutOfOrder_C, full_valid_o && full_o.slot != '0 && taken_q[0])
  `FLAASH_COVER(LastRightAfterClose_C, complete && $past(close_i.valid) && $past(close_i.slot) == done_i.slot)

endmodule : flaash_combiner_slots
