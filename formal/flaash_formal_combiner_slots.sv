// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_combiner_slots: a dot product is complete when the counted number of portions has come in; it
// is given out once, and never lost.
//
// `slots_q` is the specification: the events of each slot since it was opened.

module flaash_formal_combiner_slots
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Slots = 3
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        open_valid_i,
  input logic        close_i,
  input slot_t       close_slot_i,
  input entry_id_t   close_count_i,
  input logic        done_i,
  input slot_t       done_slot_i,
  input mac_status_t done_status_i,
  input logic        full_ready_i,
  input logic        free_i,
  input slot_t       free_slot_i
);

  localparam int unsigned Depth      = 2 ** $clog2(Slots);  // of the queue of complete ones; Slots is 2 or more
  localparam int unsigned QueueWidth = SlotWidth + $bits(mac_status_t);
  localparam int unsigned CountWidth = $clog2(Slots + 1);

  typedef struct packed {
    logic        open;    // the slot belongs to a dot product
    logic        closed;  // the number of its portions is known
    logic        given;   // it has been given out
    entry_id_t   count;   // portions that it has
    entry_id_t   ended;   // portions that have come in
    mac_status_t status;  // their union
  } slot_state_t;

  slot_state_t [Slots-1:0] slots_q;
  slot_state_t             closing, ending, freeing, giving;
  logic                    open_ready, full_valid, idle, opened, gives;
  slot_t                   open_slot, full_slot;
  mac_status_t             full_status;

  function automatic slot_state_t state_of(slot_state_t [Slots-1:0] slots, slot_t slot);
    slot_state_t state;
    state = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      if (slot == slot_t'(i)) state = slots[i];
    end
    return state;
  endfunction

  assign closing = state_of(slots_q, close_slot_i);
  assign ending  = state_of(slots_q, done_slot_i);
  assign freeing = state_of(slots_q, free_slot_i);
  assign giving  = state_of(slots_q, full_slot);
  assign opened  = open_valid_i && open_ready;
  assign gives   = full_valid && full_ready_i;

  // ------------------------------------------------------------------- assumptions
  flaash_formal_producer u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(open_valid_i),
    .ready_i(open_ready),
    .data_i (1'b0)
  );

  // A slot is closed once, while a portion is left to come; no more come than it has.
  Close_M : assume property (@(posedge clk_i) !close_i || (closing.open && !closing.closed
      && close_count_i > closing.ended + entry_id_t'(done_i && done_slot_i == close_slot_i)));
  Done_M : assume property (@(posedge clk_i) !done_i
      || (ending.open && (ending.closed ? ending.ended < ending.count : ending.ended < '1 - 1'b1)));
  Free_M : assume property (@(posedge clk_i) !free_i || (freeing.open && freeing.given));

  // ------------------------------------------------------------------------- block
  flaash_combiner_slots #(
    .Slots(Slots)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .open_valid_i,
    .open_ready_o (open_ready),
    .open_slot_o  (open_slot),
    .close_i      ({close_i, close_slot_i, close_count_i}),
    .done_i       ({done_i, done_slot_i, done_status_i}),
    .full_valid_o (full_valid),
    .full_ready_i,
    .full_o       ({full_slot, full_status}),
    .free_i,
    .free_slot_i,
    .idle_o       (idle)
  );

  // ----------------------------------------------------------------- specification
  logic [Slots-1:0] open, complete;  // complete: all portions are in, and it has not been given out

  for (genvar i = 0; i < Slots; i++) begin : gen_slot
    assign open[i]     = slots_q[i].open;
    assign complete[i] = open[i] && slots_q[i].closed && slots_q[i].ended == slots_q[i].count && !slots_q[i].given;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        slots_q[i] <= '0;
      end else if (free_i && free_slot_i == slot_t'(i)) begin
        slots_q[i] <= '0;
      end else if (opened && open_slot == slot_t'(i)) begin
        slots_q[i]      <= '0;
        slots_q[i].open <= 1'b1;
      end else begin
        if (close_i && close_slot_i == slot_t'(i)) begin
          slots_q[i].closed <= 1'b1;
          slots_q[i].count  <= close_count_i;
        end
        if (done_i && done_slot_i == slot_t'(i)) begin
          slots_q[i].ended  <= slots_q[i].ended + 1'b1;
          slots_q[i].status <= slots_q[i].status | done_status_i;
        end
        if (gives && full_slot == slot_t'(i)) slots_q[i].given <= 1'b1;
      end
    end
  end

  // ------------------------------------------------------------------------ outputs
  OnlyComplete_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !full_valid
      || (giving.open && giving.closed && giving.ended == giving.count && !giving.given
          && full_status == giving.status));
  // A complete dot product is offered, or comes in the next cycle.
  Offered_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      complete == '0 || full_valid || u_dut.full_q);
  OpenFree_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      open_ready == (open != '1) && (!open_ready || (32'(open_slot) < Slots && !state_of(slots_q, open_slot).open)));
  Idle_A : assert property (@(posedge clk_i) disable iff (!rst_ni) idle == (open == '0));

  // -------------------------------------------------------------------------- state
  logic [Depth-1:0][QueueWidth-1:0] queue;
  logic [Depth-1:0]                 waits;
  logic [Slots-1:0]                 found;
  logic [CountWidth-1:0]            completes;

  // A complete dot product is in full_data_q or waits in the queue. The number of filled places equals the number
  // of complete dot products, so each one has one place.
  for (genvar i = 0; i < Depth; i++) begin : gen_queue
    assign queue[i] = u_dut.u_full.mem_q[$clog2(Depth)'(u_dut.u_full.rd_ptr_q + ($clog2(Depth) + 1)'(i))];
    assign waits[i] = 32'(u_dut.u_full.usage_o) > i;
  end

  always_comb begin
    completes = '0;
    found     = '0;
    for (int unsigned i = 0; i < Slots; i++) begin
      completes = completes + CountWidth'(complete[i]);
      found[i]  = u_dut.full_q && u_dut.full_data_q == {slot_t'(i), slots_q[i].status};
      for (int unsigned j = 0; j < Depth; j++) begin
        if (waits[j] && queue[j] == {slot_t'(i), slots_q[i].status}) found[i] = 1'b1;
      end
    end
  end

  NoneLost_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (complete & ~found) == '0);
  Number_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(completes) == 32'(u_dut.u_full.usage_o) + 32'(u_dut.full_q));
  Taken_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.taken_q == open);

  for (genvar i = 0; i < Slots; i++) begin : gen_inside
    entry_id_t                                   count;
    logic [EntryIdWidth+$bits(mac_status_t)-1:0] state;

    assign count = u_dut.count_q[i];
    assign state = u_dut.state_q[i];

    State_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !open[i]
        || (u_dut.closed_q[i] == slots_q[i].closed && u_dut.begun_q[i] == (slots_q[i].ended != '0)
            && (!slots_q[i].closed || (count == slots_q[i].count && slots_q[i].ended <= slots_q[i].count))
            && (slots_q[i].ended == '0 ? slots_q[i].status == '0
                : state == {slots_q[i].ended, slots_q[i].status})
            && (!slots_q[i].given || (slots_q[i].closed && slots_q[i].ended == slots_q[i].count))));
    Fresh_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !complete[i] || slots_q[i].count != '0);
  end

  TwoWait_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      full_valid && full_slot == 2 && complete == 3'b110 && slots_q[2].count == 2);
  Again_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      opened && open_slot == 1 && u_dut.closed_q[1] && complete[0]);
  CloseWhileComing_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      close_i && done_i && done_slot_i == close_slot_i && close_count_i == 2);

endmodule : flaash_formal_combiner_slots
