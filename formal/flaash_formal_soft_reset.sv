// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_soft_reset: for any order of requests, at any cycle, a soft reset ends only when the bus is idle.
//
// The interface is abstract: bursts of both directions, and work from which bursts may still come. The proofs of
// axi_read and axi_write show that they are such an interface (QuietStays_A there); the unloader ends a frame in
// finite time.

module flaash_formal_soft_reset
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned ResetCycles = 4
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       reset_i,
  input logic       stop_i,
  input logic       cut_i,
  input error_e     cause_i,
  input logic       opens_i,    // a result frame begins
  input logic       closes_i,   // it has left
  input logic       wants_i,    // the interface has data to read or to write
  input logic       begins_i,   // it begins a burst
  input logic       answers_i   // the memory responds to one
);

  localparam int unsigned Bursts = 3;

  kill_t request, kill;
  logic  core_rst_n, store_rst_n, quiet, idle;

  assign request = {reset_i || stop_i, reset_i, (reset_i || stop_i) && cut_i, cause_i};

  flaash_soft_reset #(
    .ResetCycles(ResetCycles)
  ) u_dut (
    .clk_i, .rst_ni,
    .request_i(request), .unloader_idle_i(idle), .idle_i(quiet),
    .kill_o(kill), .core_rst_no(core_rst_n), .store_rst_no(store_rst_n)
  );

  flaash_formal_producer u_reset (
    .clk_i, .rst_ni,
    .valid_i('0), .ready_i('1), .data_i('0)
  );

  // ------------------------------------------------------- the interface, the unloader
  logic [1:0] inside_q;  // outstanding bursts
  logic       work_q;    // more bursts may begin
  logic       open_q;    // a result frame is open
  logic       begins;

  assign begins = begins_i && work_q && 32'(inside_q) < Bursts;
  assign quiet  = inside_q == '0 && !work_q;
  assign idle   = !open_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= '0;
      work_q   <= 1'b0;
      open_q   <= 1'b0;
    end else begin
      inside_q <= inside_q + 2'(begins) - 2'(answers_i && inside_q != '0);
      work_q   <= (work_q || wants_i) && !kill.all;
      open_q   <= (open_q && !closes_i) || (opens_i && !kill.valid);
    end
  end

  // A start is refused in the cycle of a request, too, and in the cycle of a stop none can be on its way.
  Start_M : assume property (@(posedge clk_i) !opens_i || (!reset_i && !stop_i));

  logic after_q;  // the first cycle after rst_ni is over: registers can't have been written before

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) after_q <= 1'b0;
    else         after_q <= 1'b1;
  end

  NotAtOnce_M : assume property (@(posedge clk_i) after_q || (!reset_i && !stop_i));

  // ----------------------------------------------------------------------- requests
  logic       reset_q, resetting_q, core_q, store_q, idle_q;  // in the cycle before
  logic       pending_q;    // a soft reset was requested, and the stores were not yet reset for long enough after it
  logic [3:0] core_low_q, store_low_q;  // cycles that they have been low, from the last soft reset on
  logic [3:0] calm_q;       // cycles in which nothing delayed the end
  logic       counts;       // a request that is not ignored
  logic       asked_q;      // a request that counts, in the cycle before
  logic       named_q;      // the kill belongs to a request whose cause and results are these
  logic       cut_q;
  error_e     cause_q;

  assign counts = reset_i || (stop_i && !kill.valid);

  function automatic logic [3:0] more(logic [3:0] count);
    return (&count) ? count : count + 4'd1;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      reset_q     <= 1'b0;
      resetting_q <= 1'b0;
      core_q      <= 1'b1;
      store_q     <= 1'b1;
      idle_q      <= 1'b1;
      pending_q   <= 1'b0;
      core_low_q  <= 4'(ResetCycles);  // rst_ni resets the core, too
      store_low_q <= 4'(ResetCycles);
      calm_q      <= '0;
      asked_q     <= 1'b0;
      named_q     <= 1'b0;
      cut_q       <= 1'b0;
      cause_q     <= ErrNone;
    end else begin
      asked_q     <= counts;
      named_q     <= counts || (named_q && kill.valid);
      if (counts) {cut_q, cause_q} <= {cut_i, cause_i};
      reset_q     <= reset_i;
      resetting_q <= kill.all;
      core_q      <= core_rst_n;
      store_q     <= store_rst_n;
      idle_q      <= idle;
      pending_q   <= reset_i || (pending_q && 32'(store_low_q) + 1 < ResetCycles);
      core_low_q  <= core_rst_n ? '0 : more(core_low_q);
      store_low_q <= (store_rst_n || reset_i) ? '0 : more(store_low_q);
      calm_q      <= (idle && (quiet || !kill.all) && !reset_i && !stop_i) ? more(calm_q) : '0;
    end
  end

  // ------------------------------------------------------------------ properties
  // With StatusBusy, and so with resetting, the core's reset ends only when no burst is outstanding and none can begin.
  Waits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) kill.all || !resetting_q || quiet);
  CoreWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      core_q || !core_rst_n || !resetting_q || (quiet && !kill.all));
  Taken_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !reset_q || kill.all);
  // Until the stores had a reset of full length after it a request is not finished; nor is it lost.
  Pending_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pending_q || kill.all);
  CoreLength_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      core_q || !core_rst_n || 32'(core_low_q) >= ResetCycles);
  StoreLength_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      store_q || !store_rst_n || 32'(store_low_q) >= ResetCycles);
  // No frame is cut: the core's reset begins after it, and none opens before its end.
  Frame_A : assert property (@(posedge clk_i) disable iff (!rst_ni) core_rst_n || !core_q || idle_q);
  NoFrame_A : assert property (@(posedge clk_i) disable iff (!rst_ni) core_rst_n || idle);
  // The kill carries the cause of the first request; a soft reset replaces an abort.
  Cause_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !named_q || !kill.valid || (kill.cause == cause_q && (kill.all || kill.cut == cut_q)));
  Follows_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !asked_q || kill.valid);
  NoneLeft_A : assert property (@(posedge clk_i) disable iff (!rst_ni) kill.valid || !(kill.all || kill.cut));
  // Once the frame has left and the memory has sent all responses, the end is near.
  Ends_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(calm_q) < ResetCycles + 2 || !kill.valid);

  // Invariants for the induction.
  Low_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.state_q != 2'd2 ||
      (!core_rst_n && 32'(u_dut.left_q) >= 1 && 32'(u_dut.left_q) <= ResetCycles
       && 32'(u_dut.left_q) + 32'(core_low_q) >= ResetCycles
       && (!u_dut.all_q || (!store_rst_n && 32'(u_dut.left_q) + 32'(store_low_q) >= ResetCycles))));
  High_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.state_q == 2'd2
      || (core_rst_n && store_rst_n) || (u_dut.state_q == 2'd0 && u_dut.all_q && !core_rst_n && !store_rst_n
          && 32'(core_low_q) >= ResetCycles && 32'(store_low_q) >= ResetCycles));
  Under_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pending_q || u_dut.state_q != 2'd0);
  State_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.state_q != 2'd3);

  TakesOver_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      reset_q && !core_rst_n && store_q && inside_q == 2'd3);

endmodule : flaash_formal_soft_reset
