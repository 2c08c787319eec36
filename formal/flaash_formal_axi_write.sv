// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_axi_write: for any beats, memory, stops and resets nothing is written outside of the beats that
// were put, each is written once, and no burst crosses 4 KB.

module flaash_formal_axi_write
  import flaash_edge_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned Bursts     = 2,
  parameter int unsigned BurstBeats = 4,
  localparam int unsigned BeatBytes = DataWidth / 8,
  localparam int unsigned WordBits  = $clog2(DataWidth / 32) + 1
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 start_i,
  input mem_addr_t            addr_i,
  input logic                 flush_i,
  input logic                 stop_i,
  input logic                 in_valid_i,
  input logic [DataWidth-1:0] in_data_i,
  input logic [WordBits-1:0]  in_words_i,
  input logic                 aw_ready_i,
  input logic                 w_ready_i,
  input logic                 b_valid_i,
  input logic [1:0]           b_resp_i
);

  logic                   idle, in_ready, aw_valid, w_valid, w_last, b_ready;
  answer_t                answer;
  logic [23:0]            offset;
  burst_t                 aw;
  logic [DataWidth-1:0]   w_data;
  logic [DataWidth/8-1:0] w_strb;

  flaash_formal_producer #(
    .Width(DataWidth + WordBits)
  ) u_beats (
    .clk_i, .rst_ni,
    .valid_i(in_valid_i), .ready_i(in_ready), .data_i({in_words_i, in_data_i})
  );

  flaash_axi_write #(
    .DataWidth(DataWidth), .Bursts(Bursts), .BurstBeats(BurstBeats)
  ) u_dut (
    .clk_i, .rst_ni,
    .start_i, .addr_i, .flush_i, .stop_i, .idle_o(idle), .answer_o(answer), .offset_o(offset),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i, .in_words_i,
    .aw_valid_o(aw_valid), .aw_ready_i, .aw_o(aw), .w_valid_o(w_valid), .w_ready_i, .w_data_o(w_data),
    .w_strb_o(w_strb), .w_last_o(w_last), .b_valid_i, .b_ready_o(b_ready), .b_resp_i
  );

  // -------------------------------------------------------------------- demands
  logic stopping_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stopping_q <= 1'b0;
    else         stopping_q <= stop_i && !idle;
  end

  StopStays_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !stopping_q || stop_i);
  Start_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !start_i || (idle && !stop_i && addr_i[5:0] == '0));

  // ---------------------------------------------------------------- the memory
  // Bursts whose address, and whose data, were taken; a burst is answered behind both.
  logic [7:0] addresses_q, ends_q;  // taken and not answered
  logic       asked, moved, answered;

  assign asked    = aw_valid && aw_ready_i;
  assign moved    = w_valid && w_ready_i;
  assign answered = b_valid_i && b_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addresses_q <= '0;
      ends_q      <= '0;
    end else begin
      addresses_q <= addresses_q + 8'(asked) - 8'(answered);
      ends_q      <= ends_q + 8'(moved && w_last) - 8'(answered);
    end
  end

  Answers_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !b_valid_i || (addresses_q != '0 && ends_q != '0));

  // ------------------------------------------------------------------- the beats
  mem_addr_t  next_q, behind;  // where the next burst that is taken must begin

  logic [7:0] put_q, gone_q;  // beats put, and gone: modulo 256

  assign behind = next_q + (64'(aw.len) + 64'd1) * 64'(BeatBytes);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q <= '0;
      put_q  <= '0;
      gone_q <= '0;
    end else begin
      if (start_i)    next_q <= addr_i;
      else if (asked) next_q <= behind;
      put_q  <= put_q + 8'(in_valid_i && in_ready);
      gone_q <= gone_q + 8'(u_dut.fifo_valid && u_dut.fifo_pop);
    end
  end

  // ------------------------------------------------------------------ properties
  logic [7:0] first;

  assign first = 8'(aw.addr[$clog2(BeatBytes) +: $clog2(BurstBeats)]);

  Continues_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !aw_valid || aw.addr == next_q);
  Inside_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !aw_valid || (9'(first) + 9'(aw.len) + 9'd1 <= 9'(BurstBeats) && aw.addr[$clog2(BeatBytes)-1:0] == '0));
  // Each beat that is in a burst was put before it: bursts never reach behind the beats.
  DataBefore_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(u_dut.left_q) <= 32'(u_dut.usage));
  NoneLost_A : assert property (@(posedge clk_i) disable iff (!rst_ni) put_q == gone_q + 8'(u_dut.usage));
  WholeWords_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !w_valid ||
      w_strb == 16'((17'd1 << {u_dut.words, 2'd0}) - 17'd1) || u_dut.words > WordBits'(DataWidth / 32));
  Last_A : assert property (@(posedge clk_i) disable iff (!rst_ni) w_last == (32'(u_dut.left_q) == 1));
  Answered_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !idle || (addresses_q == '0 && ends_q == '0 && !aw_valid && !w_valid));
  Bounded_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.waiting) <= Bursts && 32'(addresses_q) <= Bursts && 32'(ends_q) <= Bursts);

  // What makes it inductive.
  NextAddress_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.addr_q == (aw_valid ? behind : next_q) && u_dut.addr_q[$clog2(BeatBytes)-1:0] == '0);
  Under_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      8'(u_dut.waiting) == addresses_q + 8'(aw_valid) && 8'(u_dut.waiting) == ends_q + 8'(w_valid));
  Fits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.usage) <= 2 * BurstBeats && 32'(u_dut.left_q) <= BurstBeats);

endmodule : flaash_formal_axi_write
