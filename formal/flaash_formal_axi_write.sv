// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_axi_write: for any beats, lines, single beats, memory, kills and resets, nothing is written outside
// of what was accepted, each is written once, no burst crosses 4 KB, and every wait for a response is reported.

`include "flaash_axi.svh"

module flaash_formal_axi_write
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned Bursts     = 2,
  parameter int unsigned BurstBeats = 4,
  parameter bit          Stays      = 1'b1,  // kill_i is assumed to stay until idle_o
  localparam int unsigned BeatBytes = DataWidth / 8,
  localparam int unsigned WordBits  = $clog2(DataWidth / 32) + 1,
  localparam type single_t = `FLAASH_AXI_SINGLE(DataWidth)
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 start_i,
  input mem_addr_t            addr_i,
  input turn_t                turn_i,
  input logic                 flush_i,
  input logic                 kill_i,
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

  localparam int unsigned LineBits  = 8 * LineBytes;
  localparam int unsigned LineBeats = LineBits / DataWidth;

  logic                   idle, begun, in_ready, line_ready, aw_valid, w_valid, w_last, b_ready;
  logic [Turns-1:0]       waits;
  resp_t                  answer;
  burst_name_t            about;
  logic                   single_ready;
  burst_t                 aw;
  logic [DataWidth-1:0]   w_data;
  logic [DataWidth/8-1:0] w_strb;

  flaash_formal_producer #(
    .Width(DataWidth + WordBits)
  ) u_beats (
    .clk_i, .rst_ni,
    .valid_i(in_valid_i), .ready_i(in_ready || kill_i), .data_i({in_words_i, in_data_i})
  );

  flaash_formal_producer #(
    .Width($bits(line_t))
  ) u_lines (
    .clk_i, .rst_ni,
    .valid_i(line_valid_i), .ready_i(line_ready || kill_i), .data_i(line_i)
  );

  flaash_formal_producer #(
    .Width($bits(single_t))
  ) u_singles (
    .clk_i, .rst_ni,
    .valid_i(single_valid_i), .ready_i(single_ready || kill_i), .data_i(single_i)
  );

  flaash_axi_write #(
    .DataWidth(DataWidth), .Bursts(Bursts), .BurstBeats(BurstBeats)
  ) u_dut (
    .clk_i, .rst_ni,
    .start_i, .addr_i, .turn_i, .flush_i, .kill_i, .begun_o(begun), .idle_o(idle), .waits_o(waits),
    .resp_o(answer), .resp_burst_o(about),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i, .in_words_i,
    .line_valid_i, .line_ready_o(line_ready), .line_i,
    .single_valid_i, .single_ready_o(single_ready), .single_i,
    .axi_o({aw_valid, aw, w_valid, w_data, w_strb, w_last, b_ready}),
    .axi_i({aw_ready_i, w_ready_i, b_valid_i, b_resp_i})
  );

  // -------------------------------------------------------------------- demands
  logic killing_q, quiet_q;  // quiet: idle in a kill, and no beat comes

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) killing_q <= 1'b0;
    else         killing_q <= kill_i && !idle;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) quiet_q <= 1'b0;
    else         quiet_q <= kill_i && idle && !in_valid_i;
  end

  if (Stays) begin : gen_stays
    KillStays_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !killing_q || kill_i);
  end else begin : gen_shown
    KillStays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !killing_q || kill_i);
  end

  Start_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !start_i || (begun && !kill_i && addr_i[5:0] == '0));
  Line_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !line_valid_i || line_i.addr[5:0] == '0);
  Single_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !single_valid_i || single_i.addr[$clog2(BeatBytes)-1:0] == '0);

  // ---------------------------------------------------------------- the memory
  // Bursts whose address, and whose data, were accepted; the response to a burst follows both.
  logic [7:0] addresses_q, ends_q;  // accepted, without a response
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
  mem_addr_t next_q, begin_q;  // where the next burst of beats must begin; where the burst of the last address must
  turn_t     turn_q;
  logic [LineBits-1:0] line_q;
  logic [DataWidth-1:0] next_data_q, data_q;  // of the single beats in the next burst and in this one
  logic [6:0]           next_bytes_q, bytes_q;

  logic [7:0] put_q, gone_q;  // beats put, and gone: modulo 256
  logic       fresh_q;        // the address of a burst is on offer for the first time

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {next_data_q, data_q, next_bytes_q, bytes_q} <= '0;
      next_q  <= '0;
      begin_q <= '0;
      turn_q  <= '0;
      line_q  <= '0;
      put_q   <= '0;
      gone_q  <= '0;
      fresh_q <= 1'b0;
    end else begin
      fresh_q <= u_dut.launched;
      if (u_dut.began_single) begin
        begin_q      <= single_i.addr;
        next_data_q  <= single_i.data;
        next_bytes_q <= single_i.bytes;
      end
      if (u_dut.moves) {data_q, bytes_q} <= {next_data_q, next_bytes_q};
      if (u_dut.began) begin
        begin_q <= next_q;
        next_q  <= next_q + 64'(u_dut.beats) * 64'(BeatBytes);
      end
      if (line_ready) begin
        begin_q <= line_i.addr;
        line_q  <= line_i.data;
      end
      if (start_i) begin
        next_q <= addr_i;
        turn_q <= turn_i;
      end
      put_q  <= put_q + 8'(in_valid_i && in_ready);
      gone_q <= gone_q + 8'(u_dut.fifo_valid && u_dut.fifo_pop);
    end
  end

  // ------------------------------------------------------------------ properties
  logic [7:0] first;

  assign first = 8'(aw.addr[$clog2(BeatBytes) +: $clog2(BurstBeats)]);

  Continues_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !aw_valid || aw.addr == begin_q);
  Inside_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !aw_valid || (9'(first) + 9'(aw.len) + 9'd1 <= 9'(BurstBeats) && aw.addr[$clog2(BeatBytes)-1:0] == '0));
  // Each beat of a burst was accepted before the burst: bursts never reach beyond the accepted beats.
  logic [7:0] of_this, of_next;  // beats of the FIFO that are in a burst

  assign of_this = (u_dut.lines_q || u_dut.single_q) ? 8'd0 : 8'(u_dut.left_q);
  assign of_next = (u_dut.next_q && !u_dut.next_line_q && !u_dut.next_single_q) ? 8'(u_dut.next_beats_q) : 8'd0;

  // The first beat of the FIFO was read, or passed by, in the cycle before.
  localparam int unsigned Depth = 2 * BurstBeats;

  logic [Depth-1:0][WordBits+DataWidth-1:0] stored;

  for (genvar i = 0; i < Depth; i++) begin : gen_stored
    assign stored[i] = u_dut.u_fifo.u_bank.mem_q[i];
  end

  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.fifo_valid || u_dut.fifo_data == stored[u_dut.u_fifo.rd_ptr_q[$clog2(Depth)-1:0]]);

  DataBefore_A : assert property (@(posedge clk_i) disable iff (!rst_ni) of_this + of_next <= 8'(u_dut.usage));
  Begun_A : assert property (@(posedge clk_i) disable iff (!rst_ni) begun == (of_this + of_next == 8'(u_dut.usage)));
  NoneLost_A : assert property (@(posedge clk_i) disable iff (!rst_ni) put_q == gone_q + 8'(u_dut.usage));
  WholeWords_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !w_valid || u_dut.lines_q || u_dut.single_q ||
      w_strb == 16'((17'd1 << {u_dut.words, 2'd0}) - 17'd1) || u_dut.words > WordBits'(DataWidth / 32));
  WholeLine_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !w_valid || !u_dut.lines_q ||
      (w_strb == '1 && w_data == DataWidth'(line_q >> (DataWidth * (LineBeats - 32'(u_dut.left_q))))));
  Single_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !w_valid || !u_dut.single_q ||
      (w_last && w_data == data_q && w_strb == (BeatBytes)'((64'd1 << bytes_q[$clog2(BeatBytes):0]) - 64'd1)));
  Last_A : assert property (@(posedge clk_i) disable iff (!rst_ni) w_last == (32'(u_dut.left_q) == 1));
  // The address on offer is the next burst's, or this burst's once the next has moved up: its length is known.
  Length_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !aw_valid ||
      (u_dut.next_q ? 32'(aw.len) + 1 == 32'(u_dut.next_beats_q) : 32'(aw.len) + 1 >= 32'(u_dut.left_q)));
  // An address precedes its data: in its first cycle the data are not offered.
  AddressFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fresh_q || u_dut.next_q);
  Answered_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !idle || (addresses_q == '0 && ends_q == '0 && !aw_valid && !w_valid && waits == '0));
  // A soft reset ends when this module is idle; it stays so in the next cycle.
  QuietStays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !quiet_q || idle);
  Bounded_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.waits) <= Bursts && 32'(addresses_q) <= Bursts && 32'(ends_q) <= Bursts);

  // ------------------------------------------------------------------------ turns
  // At most two bursts wait, in the places `head` and the next one.
  logic head;

  assign head = u_dut.u_names.rd_ptr_q[0];

  for (genvar t = 0; t < int'(Turns); t++) begin : gen_turn
    logic [1:0] count;

    assign count = 2'(u_dut.waits >= 2'd1 && u_dut.u_names.mem_q[head].turn == turn_t'(t))
                     + 2'(u_dut.waits >= 2'd2 && u_dut.u_names.mem_q[!head].turn == turn_t'(t));
    Waits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        u_dut.gen_turn[t].count_q == count && waits[t] == (count != '0));
  end

  Turn_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.began || (u_dut.name.turn == turn_q && !u_dut.name.line));

  // Invariants for the induction.
  NextSingle_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.next_single_q || !u_dut.next_q ||
      (!u_dut.next_line_q && 32'(u_dut.next_beats_q) == 1 && u_dut.next_data_q == next_data_q
       && u_dut.next_bytes_q == next_bytes_q[$clog2(BeatBytes):0]));
  ThisSingle_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.single_q || !w_valid ||
      (!u_dut.lines_q && 32'(u_dut.left_q) == 1 && u_dut.data_q == data_q
       && u_dut.bytes_q == bytes_q[$clog2(BeatBytes):0]));
  NextAddress_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.addr_q == next_q && next_q[$clog2(BeatBytes)-1:0] == '0 && u_dut.turn_q == turn_q);
  Under_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      8'(u_dut.waits) == addresses_q + 8'(aw_valid)
      && 8'(u_dut.waits) == ends_q + 8'(w_valid) + 8'(u_dut.next_q));
  Fits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.usage) <= 2 * BurstBeats && 32'(u_dut.left_q) <= BurstBeats && (!u_dut.next_q ||
      (u_dut.next_beats_q != '0 && 32'(u_dut.next_beats_q) <= BurstBeats)));
  Line_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.lines_q ||
      (32'(u_dut.left_q) <= LineBeats && (!w_valid ||
       u_dut.line_q == line_q >> (DataWidth * (LineBeats - 32'(u_dut.left_q))))));
  NextLine_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.next_q || !u_dut.next_line_q ||
      (32'(u_dut.next_beats_q) == LineBeats && u_dut.line_q == line_q && !(w_valid && u_dut.lines_q)));

endmodule : flaash_formal_axi_write
