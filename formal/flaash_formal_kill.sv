// SPDX-License-Identifier: Apache-2.0
// Proof of the kill: flaash_soft_reset with the modules at the bus, flaash_axi_read and flaash_axi_write, and a memory.
// From every state a soft reset ends, in bounded time after the memory has responded to all it was asked and the
// result frame has left; then nothing is outstanding. The bus is legal throughout: all properties of the proofs of
// both modules hold here, too, and their assumption that a kill stays until they are idle is a property here.
//
// The rest of the memory interface is abstract: readers with requests, which the kill resets, beats and lines of
// results, which it clears, and single beats, which it drops.

`include "flaash_axi.svh"

module flaash_formal_kill
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned ResetCycles = 1,
  parameter int unsigned BurstBeats  = 4,
  localparam int unsigned DataWidth  = 128,
  localparam int unsigned WordBits   = $clog2(DataWidth / 32) + 1,
  localparam type single_t = `FLAASH_AXI_SINGLE(DataWidth)
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  // requests of a kill, the result frame
  input logic                 reset_i,
  input logic                 stop_i,
  input error_e               cause_i,
  input logic                 opens_i,
  input logic                 closes_i,
  // reads
  input logic                 front_i,      // the front kills the reads, with or without a soft reset
  input logic                 readers_i,    // a reader has beats to request
  input logic                 req_valid_i,
  input read_req_t            req_i,
  input logic                 ar_ready_i,
  input logic                 r_valid_i,
  input logic [DataWidth-1:0] r_data_i,
  input logic [1:0]           r_resp_i,
  // writes
  input logic                 start_i,
  input mem_addr_t            addr_i,
  input turn_t                turn_i,
  input logic                 flush_i,
  input logic                 in_valid_i,
  input logic [DataWidth-1:0] in_data_i,
  input logic [WordBits-1:0]  in_words_i,
  input logic                 line_valid_i,
  input line_t                line_i,
  input logic                 single_valid_i,
  input single_t              single_i,
  input logic                 aw_ready_i,
  input logic                 w_ready_i,
  input logic                 b_valid_i,
  input logic [1:0]           b_resp_i
);

  kill_t request, kill;
  logic  core_rst_n, store_rst_n, open_q, idle;
  logic  load_rst_nq;  // as in flaash_dma_loader

  assign request = {reset_i || stop_i, reset_i, 1'b0, cause_i};
  assign idle    = u_read.idle && !readers_i && u_write.idle;

  flaash_soft_reset #(
    .ResetCycles(ResetCycles)
  ) u_soft_reset (
    .clk_i, .rst_ni,
    .request_i(request), .unloader_idle_i(!open_q), .idle_i(idle),
    .kill_o(kill), .core_rst_no(core_rst_n), .store_rst_no(store_rst_n)
  );

  flaash_formal_axi_read #(
    .BurstBeats(BurstBeats), .Stays(1'b0)
  ) u_read (
    .clk_i, .rst_ni,
    .kill_i(!load_rst_nq), .req_valid_i, .req_i, .ar_ready_i, .r_valid_i, .r_data_i, .r_resp_i, .out_ready_i(1'b1)
  );

  flaash_formal_axi_write #(
    .BurstBeats(BurstBeats), .Stays(1'b0)
  ) u_write (
    .clk_i, .rst_ni,
    .start_i, .addr_i, .turn_i, .flush_i, .kill_i(kill.all), .in_valid_i, .in_data_i, .in_words_i,
    .line_valid_i, .line_i, .single_valid_i, .single_i, .aw_ready_i, .w_ready_i, .b_valid_i, .b_resp_i
  );

  // -------------------------------------------------------------------- demands
  logic after_q, front_q, readers_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q      <= 1'b0;
      load_rst_nq <= 1'b0;
      after_q     <= 1'b0;
      front_q     <= 1'b0;
      readers_q   <= 1'b0;
    end else begin
      open_q      <= (open_q && !closes_i) || (opens_i && !kill.valid);
      load_rst_nq <= !(kill.valid || front_i);
      after_q     <= 1'b1;
      front_q     <= front_i && !(u_read.idle && !readers_i);
      readers_q   <= readers_i || !(kill.valid || front_i);
    end
  end

  Start_M : assume property (@(posedge clk_i) !opens_i || (!reset_i && !stop_i));
  NotAtOnce_M : assume property (@(posedge clk_i) after_q || (!reset_i && !stop_i));
  // The front ends a kill of its own only with idle reads, and every kill ends the queue: it keeps the reads killed.
  FrontStays_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !front_q || kill.all || front_i);
  Follows_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !kill.valid || kill.all || front_i);
  // Readers in reset have nothing to request; in a kill they get nothing new.
  Readers_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      (!req_valid_i || readers_i) && (!readers_i || (load_rst_nq && readers_q)));
  // The backlog and the records are cleared.
  Cleared_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !kill.all || (!in_valid_i && !line_valid_i));

  // ------------------------------------------------------------------ properties
  // The memory has responded to all that it was asked, and the host has taken the frame.
  localparam int unsigned Drain = 2 * BurstBeats + 1;      // beats that no burst has, one per cycle
  localparam int unsigned Most  = Drain + ResetCycles + 3;

  logic       responded, killed_q, resetting_q, ar_q, aw_q;
  logic [5:0] calm_q;     // cycles of a soft reset in which that was so
  logic [5:0] beats_q;    // that no burst had when these cycles began
  logic [5:0] still_q;    // cycles in which the interface was also idle

  assign responded = u_read.waiting_q == '0 && !u_read.ar_valid && u_write.addresses_q == '0 && u_write.ends_q == '0
                       && !u_write.aw_valid && !u_write.w_valid && !u_write.u_dut.next_q && !open_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      calm_q      <= '0;
      beats_q     <= '0;
      still_q     <= '0;
      killed_q    <= 1'b0;
      resetting_q <= 1'b0;
      ar_q        <= 1'b0;
      aw_q        <= 1'b0;
    end else begin
      if (!kill.all || !responded || reset_i) calm_q <= '0;
      else if (!(&calm_q))                    calm_q <= calm_q + 1'b1;
      if (calm_q == '0) beats_q <= 6'(u_write.u_dut.usage);
      if (!kill.all || !idle || open_q || reset_i) still_q <= '0;
      else if (!(&still_q))                        still_q <= still_q + 1'b1;
      killed_q    <= kill.all && resetting_q;
      resetting_q <= kill.all;
      ar_q        <= u_read.ar_valid && !ar_ready_i;
      aw_q        <= u_write.aw_valid && !aw_ready_i;
    end
  end

  Drains_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      calm_q == '0 || u_write.u_dut.usage == '0 || calm_q + 6'(u_write.u_dut.usage) <= beats_q);
  Idle_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(calm_q) < Drain || idle);
  Soon_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(still_q) < ResetCycles + 3 || !kill.valid);
  Ends_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(calm_q) < Most || !kill.valid);
  // The end, which StatusBusy shows: nothing is outstanding, or on offer.
  Nothing_A : assert property (@(posedge clk_i) disable iff (!rst_ni) kill.all || !resetting_q || responded);
  // From the second cycle on no burst begins.
  NoneBegins_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !killed_q || ((!u_read.ar_valid || ar_q) && (!u_write.aw_valid || aw_q)));

  // The core's reset begins after the frame.
  NoFrame_A : assert property (@(posedge clk_i) disable iff (!rst_ni) core_rst_n || !open_q);

  // Invariants for the induction.
  Beats_A : assert property (@(posedge clk_i) disable iff (!rst_ni) calm_q == '0 || 32'(beats_q) <= 2 * BurstBeats);
  Still_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(calm_q) <= Drain + 32'(still_q));
  Readers_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !resetting_q || !load_rst_nq);
  State_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_soft_reset.state_q != 2'd3
      && (u_soft_reset.state_q != 2'd2 || (32'(u_soft_reset.left_q) >= 1 && 32'(u_soft_reset.left_q) <= ResetCycles)));
  Resets_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (u_soft_reset.state_q == 2'd2)
      ? !core_rst_n && (!u_soft_reset.all_q || !store_rst_n)
      : (core_rst_n && store_rst_n)
        || (u_soft_reset.state_q == 2'd0 && u_soft_reset.all_q && !core_rst_n && !store_rst_n));

  Waits_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      killed_q && u_read.waiting_q == 4'd2 && u_write.addresses_q == 8'd2);
  Ended_C : cover property (@(posedge clk_i) disable iff (!rst_ni) resetting_q && !kill.all && calm_q > 6'd2);

endmodule : flaash_formal_kill
