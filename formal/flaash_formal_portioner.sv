// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_portioner: the portions of a dot product cover the fiber of A exactly once, in order.
//
// `next_q` is the specification: the first entry of the job on offer that no portion has covered yet, counted
// as if all lines were full. A portion has to begin there, and the job ends with its last entry.

module flaash_formal_portioner
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes = 4
) (
  input logic      clk_i,
  input logic      rst_ni,
  input entry_id_t length_i,
  input logic      job_valid_i,
  input job_t      job_i,
  input logic      open_ready_i,
  input slot_t     open_slot_i,
  input logic      job_ready_i
);

  typedef logic [EntryIdWidth:0] position_t;  // Lanes entries more than an operand can have fit

  // ------------------------------------------------------------------------- block
  logic      job_ready, open_valid, close, job_valid, portion_taken;
  fiber_id_t open_a_id, open_b_id;
  slot_t     close_slot;
  entry_id_t close_count;
  job_t      job;

  // The length changes only while no job waits.
  flaash_formal_producer #(
    .Width($bits(job_t) + EntryIdWidth)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(job_valid_i),
    .ready_i(job_ready),
    .data_i ({job_i, length_i})
  );

  Lines_M : assume property (@(posedge clk_i) job_i.a_lines != '0);
  SingleFibers_M : assume property (@(posedge clk_i) length_i == '0 || job_i.b_count == 1);

  flaash_portioner #(
    .Lanes(Lanes)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .length_i,
    .job_valid_i,
    .job_ready_o  (job_ready),
    .job_i,
    .open_valid_o (open_valid),
    .open_ready_i,
    .open_o       ({open_a_id, open_b_id}),
    .open_slot_i,
    .close_o      ({close, close_slot, close_count}),
    .job_valid_o  (job_valid),
    .job_ready_i,
    .job_o        (job),
    .portion_o    (portion_taken)
  );

  // ----------------------------------------------------------------- specification
  logic      splits, taken, ends;   // ends: the portion on offer covers the rest
  logic      opened_q;              // this dot product has its slot
  slot_t     slot_q;
  position_t next_q, all, from, to; // the portion has entries from up to, without, to
  entry_id_t sent_q;                // portions of this dot product that were taken

  assign all    = position_t'(job_i.a_lines) * position_t'(Lanes);
  assign splits = job_valid_i && length_i != '0 && all > position_t'(length_i);
  assign taken  = job_valid && job_ready_i;
  assign from   = position_t'(line_addr_t'(job.a_first - job_i.a_first)) * position_t'(Lanes)
                  + position_t'(job.portion.first_lane);
  assign to     = (position_t'(line_addr_t'(job.a_first - job_i.a_first)) + position_t'(job.a_lines) - 1'b1)
                  * position_t'(Lanes) + position_t'(job.portion.last_lane) + 1'b1;
  assign ends   = to == all;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      opened_q <= 1'b0;
      next_q   <= '0;
      sent_q   <= '0;
    end else begin
      if (open_valid && open_ready_i) opened_q <= 1'b1;
      if (splits && taken) begin
        next_q <= to;
        sent_q <= sent_q + 1'b1;
      end
      if (job_valid_i && job_ready) begin
        opened_q <= 1'b0;
        next_q   <= '0;
        sent_q   <= '0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (open_valid && open_ready_i) slot_q <= open_slot_i;
  end

  // ------------------------------------------------------------------------ outputs
  Passes_A : assert property (@(posedge clk_i) disable iff (!rst_ni) splits
      || (job_valid == job_valid_i && job == job_i && job_ready == job_ready_i && !open_valid && !close));
  Begins_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(splits && job_valid) || (job.portion.partial && from == next_q && to > from));
  Length_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(splits && job_valid)
      || (ends ? to - from <= position_t'(length_i) : to - from == position_t'(length_i) && to < all));
  Lanes_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(splits && job_valid)
      || (32'(job.portion.first_lane) < Lanes && 32'(job.portion.last_lane) < Lanes && job.a_lines != '0));
  Region_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(splits && job_valid)
      || 32'(line_addr_t'(job.a_first - job_i.a_first)) + 32'(job.a_lines) <= 32'(job_i.a_lines));
  // The other members of the job are unchanged; the slot is the given one.
  Rest_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(splits && job_valid)
      || (opened_q && job.portion.slot == slot_q && job.a_id == job_i.a_id && job.b_id == job_i.b_id
          && job.b_count == job_i.b_count && job.b_first == job_i.b_first && job.b_lines == job_i.b_lines));
  Offers_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !splits || (job_valid == opened_q && open_valid == !opened_q));
  Open_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !open_valid || (open_a_id == job_i.a_id && open_b_id == job_i.b_id));
  // The job is accepted and its slot closed with the last portion, and with the right number.
  Accepted_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !splits || (job_ready == (job_ready_i && opened_q && ends)));
  Close_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      close == (splits && taken && ends) && (!close || (close_slot == slot_q && close_count == sent_q + 1'b1)));
  Pulse_A : assert property (@(posedge clk_i) disable iff (!rst_ni) portion_taken == (splits && taken));

  // -------------------------------------------------------------------------- state
  Opened_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.open_q == opened_q);
  Inside_A : assert property (@(posedge clk_i) disable iff (!rst_ni) opened_q
      ? splits && u_dut.begin_q == next_q && u_dut.count_q == sent_q && u_dut.slot_q == slot_q && next_q < all
        && position_t'(sent_q) <= next_q
      : next_q == '0 && sent_q == '0);

  Three_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      close && close_count == 3 && job.portion.first_lane == 2);
  SameLine_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      splits && taken && next_q != '0 && !ends && job.a_lines == 1 && job.portion.last_lane == 1);

endmodule : flaash_formal_portioner
