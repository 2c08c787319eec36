// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_axi_reader: for any requests, turns and responses each beat is requested once, in turns that
// end at multiples of TurnBeats, and finds room when it comes. Its response is told if no earlier one is to be told.

module flaash_formal_axi_reader
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned TurnBeats  = 4,
  parameter int unsigned Depth      = 8,
  localparam int unsigned BeatBytes = DataWidth / 8
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 req_valid_i,
  input read_req_t            req_i,
  input logic                 turn_ready_i,
  input logic                 in_valid_i,
  input logic [DataWidth-1:0] in_data_i,
  input resp_t                in_resp_i,
  input logic                 out_ready_i
);

  logic                 idle, req_ready, turn_valid, in_ready, out_valid;
  read_req_t            turn;
  logic [DataWidth-1:0] out_data;
  resp_t                out_resp;

  flaash_formal_producer #(
    .Width($bits(read_req_t))
  ) u_requests (
    .clk_i, .rst_ni,
    .valid_i(req_valid_i), .ready_i(req_ready), .data_i(req_i)
  );

  flaash_axi_reader #(
    .DataWidth(DataWidth), .TurnBeats(TurnBeats), .Depth(Depth)
  ) u_dut (
    .clk_i, .rst_ni, .idle_o(idle),
    .req_valid_i, .req_ready_o(req_ready), .req_i,
    .turn_valid_o(turn_valid), .turn_ready_i, .turn_o(turn),
    .in_valid_i, .in_ready_o(in_ready), .in_i({in_resp_i, in_data_i}),
    .out_valid_o(out_valid), .out_ready_i, .out_o({out_resp, out_data})
  );

  // -------------------------------------------------------------------- demands
  logic [7:0] waiting_q;  // beats of turns that were taken and have not come
  logic       turns;

  assign turns = turn_valid && turn_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) waiting_q <= '0;
    else         waiting_q <= waiting_q + (turns ? turn.beats[7:0] : 8'd0) - 8'(in_valid_i);
  end

  Asked_M : assume property (@(posedge clk_i) disable iff (!rst_ni) !in_valid_i || waiting_q != '0);
  Aligned_M : assume property (@(posedge clk_i) !req_valid_i ||
      (req_i.addr[$clog2(BeatBytes)-1:0] == '0 && req_i.beats != '0 && !req_i.beats[31]));

  // ----------------------------------------------------------------- the request
  mem_addr_t   next_q;  // where its next turn begins
  logic [31:0] left_q;  // beats that are in no turn yet
  logic        taken;

  assign taken = req_valid_i && req_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_q <= '0;
      left_q <= '0;
    end else if (taken) begin
      next_q <= req_i.addr;
      left_q <= req_i.beats;
    end else if (turns) begin
      next_q <= next_q + 64'(turn.beats) * 64'(BeatBytes);
      left_q <= left_q - turn.beats;
    end
  end

  // ------------------------------------------------------------------ properties
  logic [31:0] first;  // beat of the turn on offer, counted from a multiple of TurnBeats

  assign first = 32'(turn.addr[$clog2(BeatBytes) +: $clog2(TurnBeats)]);

  Continues_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !turn_valid || (turn.addr == next_q && turn.beats != '0 && turn.beats <= left_q));
  Inside_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !turn_valid || first + turn.beats <= 32'(TurnBeats));
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni) waiting_q == '0 || in_ready);
  Idle_A : assert property (@(posedge clk_i) disable iff (!rst_ni) idle == (left_q == '0) && req_ready == idle);

  // Invariants for the induction.
  Left_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      next_q[$clog2(BeatBytes)-1:0] == '0 && u_dut.left_q == left_q
      && (left_q == '0 || u_dut.addr_q == next_q) && !left_q[31]);
  Owed_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.owed_q) == 32'(waiting_q) + 32'(u_dut.u_fifo.usage_o) && 32'(u_dut.owed_q) <= Depth);

  // -------------------------------------------------------------- stored beats
  localparam int unsigned PtrWidth = $clog2(Depth);

  logic [Depth-1:0][DataWidth-1:0] stored;
  logic [Depth-1:0]                reported_q;    // the error response of this beat is to be told
  logic [Depth-1:0]                decode_q;  // its kind
  logic [Depth-1:0]                holds;    // this place has a beat
  logic [PtrWidth-1:0]             head, last;

  assign head = u_dut.u_fifo.rd_ptr_q[PtrWidth-1:0];
  assign last  = u_dut.u_fifo.wr_ptr_q[PtrWidth-1:0];

  always_ff @(posedge clk_i) begin
    if (in_valid_i && in_ready) begin
      reported_q[last]   <= in_resp_i.wrong && (reported_q & holds) == '0;
      decode_q[last] <= in_resp_i.decode;
    end
  end

  for (genvar i = 0; i < Depth; i++) begin : gen_stored
    logic [PtrWidth-1:0] place;  // counted from the first beat

    assign place     = PtrWidth'(i) - head;
    assign stored[i] = u_dut.u_fifo.u_bank.mem_q[i];
    assign holds[i] = (PtrWidth+1)'(place) < u_dut.u_fifo.usage_o;

    Told_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !holds[i] ||
        reported_q[i] == (u_dut.wrong_q && u_dut.ahead_q == (PtrWidth+1)'(place)));
    Decode_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !holds[i] || !reported_q[i] || decode_q[i] == u_dut.decode_q);
  end

  Stored_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !out_valid || out_data == stored[head]);
  Response_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || (out_resp.wrong == reported_q[head] && (!reported_q[head] || out_resp.decode == decode_q[head])));
  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.first_q == (u_dut.wrong_q && u_dut.ahead_q == '0)
        && (!u_dut.wrong_q || u_dut.ahead_q < u_dut.u_fifo.usage_o));

  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.owed_q) == Depth && left_q != '0 && out_valid);

endmodule : flaash_formal_axi_reader
