// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_axi_read: for any requests, memory, kills and resets each beat is requested once, within 4 KB.

module flaash_formal_axi_read
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned Bursts     = 2,
  parameter int unsigned BurstBeats = 16,
  parameter bit          Stays      = 1'b1,  // kill_i is assumed to stay until idle_o
  localparam int unsigned BeatBytes = DataWidth / 8
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 kill_i,
  input logic                 req_valid_i,
  input read_req_t            req_i,
  input logic                 ar_ready_i,
  input logic                 r_valid_i,
  input logic [DataWidth-1:0] r_data_i,
  input logic [1:0]           r_resp_i,
  input logic                 out_ready_i
);

  logic                 idle, req_ready, ar_valid, r_ready, r_last, out_valid;
  burst_t               ar;
  logic [DataWidth-1:0] out_data;
  resp_t                out_answer;

  flaash_formal_producer #(
    .Width($bits(read_req_t))
  ) u_requests (
    .clk_i, .rst_ni,
    .valid_i(req_valid_i), .ready_i(req_ready || kill_i), .data_i(req_i)
  );

  flaash_formal_producer #(
    .Width(DataWidth + 2)
  ) u_memory (
    .clk_i, .rst_ni,
    .valid_i(r_valid_i), .ready_i(r_ready), .data_i({r_resp_i, r_data_i})
  );

  flaash_axi_read #(
    .DataWidth(DataWidth), .Bursts(Bursts), .BurstBeats(BurstBeats)
  ) u_dut (
    .clk_i, .rst_ni,
    .kill_i, .idle_o(idle), .req_valid_i, .req_ready_o(req_ready), .req_i,
    .axi_o({ar_valid, ar, r_ready}), .axi_i({ar_ready_i, r_valid_i, r_data_i, r_resp_i, r_last}),
    .out_valid_o(out_valid), .out_ready_i, .out_o({out_answer, out_data})
  );

  // -------------------------------------------------------------------- demands
  logic killing_q, quiet_q;  // quiet: idle, and nothing was requested, in a kill

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) killing_q <= 1'b0;
    else         killing_q <= kill_i && !idle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) quiet_q <= 1'b0;
    else         quiet_q <= idle && (kill_i || !req_valid_i);
  end

  if (Stays) begin : gen_stays
    KillStays_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !killing_q || kill_i);
  end else begin : gen_shown
    KillStays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !killing_q || kill_i);
  end

  Aligned_M : assume property (@(posedge clk_i) !req_valid_i ||
      (req_i.addr[5:0] == '0 && req_i.beats != '0 && !req_i.beats[31]));

  // ---------------------------------------------------------------- the memory
  // Lengths of the outstanding bursts, the oldest in element 0.
  logic [Bursts-1:0][7:0] len_q;
  logic [3:0]             waiting_q;
  logic [7:0]             beat_q;  // beats of the oldest that have come
  logic                   asked, came, over;

  assign asked  = ar_valid && ar_ready_i;
  assign came   = r_valid_i && r_ready;
  assign r_last = beat_q == len_q[0];
  assign over   = came && r_last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      waiting_q <= '0;
      beat_q    <= '0;
      len_q     <= '0;
    end else begin
      waiting_q <= waiting_q + 4'(asked) - 4'(over);
      if (came) beat_q <= r_last ? '0 : beat_q + 8'd1;
      if (over) len_q <= len_q >> 8;
      if (asked) len_q[waiting_q - 4'(over)] <= ar.len;
    end
  end

  Answers_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !r_valid_i || waiting_q != '0);

  // --------------------------------------------------------------- one request
  mem_addr_t  next_q, next;       // where the next burst must begin
  mem_addr_t  offer_q;            // and the one on offer
  logic       taken;
  logic [7:0] wanted_q, asked_q;  // beats of requests, and of accepted bursts, modulo 256

  assign taken = req_valid_i && req_ready;
  assign next  = taken ? req_i.addr : next_q;  // a request may begin at once

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q   <= '0;
      offer_q  <= '0;
      wanted_q <= '0;
      asked_q  <= '0;
    end else begin
      if (taken) wanted_q <= wanted_q + req_i.beats[7:0];
      else if (kill_i) wanted_q <= asked_q + (ar_valid ? ar.len + 8'd1 : 8'd0);
      if (asked) asked_q <= asked_q + ar.len + 8'd1;
      next_q <= next;
      if (u_dut.begins) begin
        offer_q <= next;
        next_q  <= next + 64'(u_dut.beats) * 64'(BeatBytes);
      end
    end
  end

  // ------------------------------------------------------------------ properties
  logic [7:0] first;  // beat of the burst on offer, counted from a multiple of BurstBeats

  assign first = 8'(ar.addr[$clog2(BeatBytes) +: $clog2(BurstBeats)]);

  Continues_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !ar_valid || ar.addr == offer_q);
  Inside_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !ar_valid || (9'(first) + 9'(ar.len) + 9'd1 <= 9'(BurstBeats) && ar.addr[$clog2(BeatBytes)-1:0] == '0));
  NoneLost_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      wanted_q == asked_q + (ar_valid ? ar.len + 8'd1 : 8'd0) + u_dut.left_q[7:0]);
  Counts_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      8'(waiting_q) + 8'(ar_valid) == u_dut.inside_q && 32'(u_dut.inside_q) <= Bursts);
  Passes_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      kill_i ? !out_valid && r_ready : out_valid == r_valid_i && r_ready == out_ready_i);
  Unchanged_A : assert property (@(posedge clk_i) out_data == r_data_i && out_answer == {r_resp_i[1], r_resp_i[0]});
  NothingNew_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !idle || (waiting_q == '0 && !ar_valid));

  // A soft reset ends when the readers request nothing and this module is idle; that stays so in the next cycle.
  QuietStays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !quiet_q || idle);

  // Invariants for the induction.
  NextAddress_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.left_q == '0 || u_dut.addr_q == next_q);
  Beats_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.left_q == '0 || (u_dut.addr_q[$clog2(BeatBytes)-1:0] == '0 && !u_dut.left_q[31]));
  Oldest_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      waiting_q == '0 ? beat_q == '0 : beat_q <= len_q[0]);

endmodule : flaash_formal_axi_read
