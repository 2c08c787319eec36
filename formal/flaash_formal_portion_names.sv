// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_portion_names: kinds and slots come in the order of the jobs, none lost or doubled.
//
// A marked job stands for each of them; a marked portion for each portion.

module flaash_formal_portion_names
  import flaash_pkg::*;
#(
  parameter int unsigned Depth = 4
) (
  input logic  clk_i,
  input logic  rst_ni,
  input logic  job_valid_i,
  input logic  job_partial_i,
  input slot_t job_slot_i,
  input logic  taken_i,
  input logic  left_i,
  input logic  mark_kind_i,
  input logic  mark_slot_i
);

  localparam int unsigned CountWidth = $clog2(Depth) + 1;

  logic                  job_ready, accepted, partial, empty;
  slot_t                 slot;
  logic [CountWidth-1:0] inside_q;  // portions that have gone into the MAC and not left it

  assign accepted = job_valid_i && job_ready;

  flaash_formal_producer #(
    .Width(1 + SlotWidth)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(job_valid_i),
    .ready_i(job_ready),
    .data_i ({job_partial_i, job_slot_i})
  );

  Taken_M : assume property (@(posedge clk_i) !taken_i || u_kinds.inside_q != '0);
  Left_M : assume property (@(posedge clk_i) !left_i || inside_q != '0);

  flaash_portion_names #(
    .Depth(Depth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o(job_ready),
    .job_partial_i,
    .job_slot_i,
    .taken_i,
    .partial_o  (partial),
    .left_i,
    .slot_o     (slot),
    .empty_o    (empty)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) inside_q <= '0;
    else         inside_q <= inside_q + CountWidth'(taken_i && partial) - CountWidth'(left_i);
  end

  // ------------------------------------------------------------------------- order
  logic [Depth-1:0]                kind_valid, kinds, slot_valid;
  logic [Depth-1:0][SlotWidth-1:0] slots;
  logic [CountWidth-1:0]           outside;  // portions that have not gone into the MAC

  for (genvar i = 0; i < Depth; i++) begin : gen_place
    assign kind_valid[i] = u_dut.unused_usage > CountWidth'(i);
    assign kinds[i]      = u_dut.u_kinds.mem_q[(CountWidth-1)'(u_dut.u_kinds.rd_ptr_q + CountWidth'(i))];
    assign slot_valid[i] = u_dut.usage > CountWidth'(i);
    assign slots[i]      = u_dut.u_slots.mem_q[(CountWidth-1)'(u_dut.u_slots.rd_ptr_q + CountWidth'(i))];
  end

  flaash_formal_order #(
    .Width(1),
    .Slots(Depth)
  ) u_kinds (
    .clk_i,
    .rst_ni,
    .mark_i      (mark_kind_i),
    .push_i      (accepted),
    .push_data_i (job_partial_i),
    .pop_i       (taken_i),
    .pop_data_i  (partial),
    .slot_valid_i(kind_valid),
    .slot_data_i (kinds)
  );

  flaash_formal_order #(
    .Width(SlotWidth),
    .Slots(Depth)
  ) u_slots (
    .clk_i,
    .rst_ni,
    .mark_i      (mark_slot_i),
    .push_i      (accepted && job_partial_i),
    .push_data_i (job_slot_i),
    .pop_i       (left_i),
    .pop_data_i  (slot),
    .slot_valid_i(slot_valid),
    .slot_data_i (slots)
  );

  // ------------------------------------------------------------------ what it tells
  Empty_A : assert property (@(posedge clk_i) disable iff (!rst_ni) empty == (u_slots.inside_q == '0));
  // Before the name of the next dot product is there it is no portion.
  NoKind_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_kinds.inside_q != '0 || !partial);
  Accepts_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      job_ready == (32'(u_kinds.inside_q) < Depth && 32'(u_slots.inside_q) < Depth));

  // The slots that are inside are those of the portions in the MAC and of those among the kinds.
  always_comb begin
    outside = '0;
    for (int unsigned i = 0; i < Depth; i++) outside = outside + CountWidth'(kind_valid[i] && kinds[i]);
  end

  Together_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_slots.inside_q) == 32'(inside_q) + 32'(outside));

  Mixed_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      left_i && taken_i && !partial && accepted && job_partial_i && u_slots.inside_q == 2);
  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      job_valid_i && !job_ready && u_kinds.inside_q == '0);

endmodule : flaash_formal_portion_names
