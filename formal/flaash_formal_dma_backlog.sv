// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_dma_backlog: for any traffic, clears and resets pairs leave once and in order, each as its beats.

module flaash_formal_dma_backlog #(
  parameter int unsigned DataWidth = 128,
  parameter int unsigned Beats     = 8,
  localparam int unsigned Words     = DataWidth / 32,
  localparam int unsigned WordBits  = $clog2(Words) + 1,
  localparam int unsigned PairBits  = WordBits + 1,
  localparam int unsigned Pairs     = Beats / 2,
  localparam int unsigned PtrWidth  = $clog2(Pairs),
  localparam int unsigned PairWidth = 2 * DataWidth
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 clear_i,
  input logic                 in_valid_i,
  input logic [PairWidth-1:0] in_data_i,
  input logic [PairBits-1:0]  in_words_i,
  input logic                 out_ready_i,
  input logic                 mark_i
);

  logic                 empty, in_ready, out_valid;
  logic [DataWidth-1:0] out_data;
  logic [WordBits-1:0]  out_words;

  flaash_formal_producer #(
    .Width(PairWidth + PairBits)
  ) u_producer (
    .clk_i, .rst_ni,
    .valid_i(in_valid_i), .ready_i(in_ready), .data_i({in_words_i, in_data_i})
  );

  Words_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !in_valid_i || (in_words_i != '0 && 32'(in_words_i) <= 2 * Words));

  flaash_dma_backlog #(
    .DataWidth(DataWidth), .Beats(Beats)
  ) u_dut (
    .clk_i, .rst_ni,
    .clear_i, .empty_o(empty),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i, .in_words_i,
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .out_words_o(out_words)
  );

  // ------------------------------------------------------------- order of the pairs
  logic [Pairs-1:0]                         slot_valid;
  logic [Pairs-1:0][PairWidth+PairBits-1:0] slot_data;
  logic [PtrWidth:0]                        usage;
  logic                                     leaves, pair_ends;

  logic [PairWidth+PairBits-1:0] first;
  logic [PairBits-1:0]           words;     // of the oldest pair
  logic                          second_q;  // its lower beat has left

  assign usage     = u_dut.u_fifo.wr_ptr_q - u_dut.u_fifo.rd_ptr_q;
  assign leaves    = out_valid && out_ready_i;
  assign pair_ends = !empty && (clear_i || (leaves && (second_q || 32'(words) <= Words)));

  for (genvar i = 0; i < Pairs; i++) begin : gen_slot
    assign slot_valid[i] = usage > (PtrWidth + 1)'(i);
    assign slot_data[i]  = u_dut.u_fifo.u_bank.mem_q[PtrWidth'(u_dut.u_fifo.rd_ptr_q + (PtrWidth + 1)'(i))];
  end

  assign first = slot_data[0];
  assign words = first[PairWidth +: PairBits];

  flaash_formal_order #(
    .Width(PairWidth + PairBits),
    .Slots(Pairs)
  ) u_order (
    .clk_i, .rst_ni,
    .mark_i,
    .push_i(in_valid_i && in_ready), .push_data_i({in_words_i, in_data_i}),
    .pop_i(pair_ends), .pop_data_i(first),
    .slot_valid_i(slot_valid), .slot_data_i(slot_data)
  );

  // ------------------------------------------------------------ the beats of a pair
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                   second_q <= 1'b0;
    else if (clear_i || pair_ends) second_q <= 1'b0;
    else if (leaves)               second_q <= 1'b1;
  end

  Second_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.upper_q == second_q && (!second_q || !empty));
  Stored_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      empty || {u_dut.words, u_dut.pair} == first);
  Words_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      empty || (words != '0 && 32'(words) <= 2 * Words));
  Lower_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || second_q || (out_data == first[DataWidth-1:0]
                                 && 32'(out_words) == ((32'(words) > Words) ? Words : 32'(words))));
  Upper_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !second_q || clear_i || (out_valid && 32'(words) > Words && out_data == first[DataWidth +: DataWidth]
                               && 32'(out_words) == 32'(words) - Words));
  NothingWaits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) empty == (u_order.inside_q == '0));
  Shown_A : assert property (@(posedge clk_i) disable iff (!rst_ni) out_valid == (!empty && !clear_i));

  for (genvar i = 0; i < Pairs; i++) begin : gen_words
    logic [PairBits-1:0] words_i;
    assign words_i = slot_data[i][PairWidth +: PairBits];
    SlotWords_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !slot_valid[i] || (words_i != '0 && 32'(words_i) <= 2 * Words));
  end

endmodule : flaash_formal_dma_backlog
