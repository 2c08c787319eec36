// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_export: the words it sends of a side are worth the sum of that side.
//
// Words are narrow and few (formal/proofs.toml sets the constants). The words of a side change freely while no
// finished sum keeps it. `so_far` is the specification: the knowledge of the words' consumer about a portion, up
// to and with the word that is shown.

`include "flaash_dot_types.svh"

module flaash_formal_mac_export
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned WorthWidth = WordWidth * NumWords + CountWidth + 2,
  localparam type word_t = `FLAASH_WORD(Width)
) (
  input logic                           clk_i,
  input logic                           rst_ni,
  input logic                           sum_valid_i,
  input mac_sum_t                       sum_i,
  input logic                           sum_side_i,
  input logic [NumWords-1:0][Width-1:0] words_i,      // writes to the sides that no sum keeps
  input logic [1:0][Width-1:0]          read_words_i,  // the port's output while the block does not read
  input logic                           room_i
);

  typedef logic signed [WorthWidth-1:0] worth_t;

  // ------------------------------------------------------------------- words, sums
  logic [1:0][NumWords-1:0][Width-1:0]       words_q;
  logic [2**(BankAddrWidth+1)-1:0][Width-1:0] shown;  // of the side that is read; none lies above NumWords
  logic                                      sum_ready, reads, read_side, launch, valid;
  logic [BankAddrWidth-1:0]                  read_addr;
  logic [Width-1:0]                          word;
  part_head_t                                head;
  word_t                                     part;

  for (genvar s = 0; s < 2; s++) begin : gen_side
    always_ff @(posedge clk_i) begin
      if (!(sum_valid_i && rst_ni && sum_side_i == s)) words_q[s] <= words_i;
    end
  end

  assign shown = (Width * 2 ** (BankAddrWidth + 1))'(words_q[read_side]);

  flaash_formal_producer #(
    .Width($bits(mac_sum_t) + 1)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(sum_valid_i),
    .ready_i(sum_ready),
    .data_i ({sum_i, sum_side_i})
  );

  Range_M : assume property (@(posedge clk_i) (sum_i.touched == '0)
      ? sum_i.low == '0 && sum_i.high == '0
      : is_range(sum_i.touched, sum_i.low, sum_i.high));

  flaash_mac_export #(
    .Width(Width)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .sum_valid_i,
    .sum_ready_o (sum_ready),
    .sum_i,
    .sum_side_i,
    .read_o      (reads),
    .read_addr_o ({read_side, read_addr}),
    .read_words_i(reads ? {shown[{read_addr, 1'b1}], shown[{read_addr, 1'b0}]} : read_words_i),
    .room_i,
    .launch_o    (launch),
    .valid_o     (valid),
    .part_o      (part)
  );

  assign {head, word} = part;

  // ----------------------------------------------------------------- specification
  function automatic worth_t worth_of(logic [NumWords-1:0][Width-1:0] words, logic [NumWords-1:0] touched);
    worth_t worth;
    worth = '0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (touched[i]) worth = worth + (worth_t'($signed(words[i])) << (WordWidth * i));
    end
    return worth;
  endfunction

  // Words of a portion that have come, and their numbers.
  logic [NumWords-1:0] came_q, so_far_came, shows;
  worth_t              worth_q, so_far;

  assign shows       = (valid && head.touch) ? NumWords'(1) << head.index : '0;
  assign so_far_came = came_q | shows;
  assign so_far      = worth_q + ((valid && head.touch) ? worth_t'($signed(word)) << (WordWidth * head.index) : '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      came_q  <= '0;
      worth_q <= '0;
    end else begin
      came_q  <= (valid && head.last) ? '0 : so_far_came;
      worth_q <= (valid && head.last) ? '0 : so_far;
    end
  end

  // The sum that was released in the previous cycle. Its words are valid for this cycle.
  logic                released_q, side_q;
  logic [NumWords-1:0] touched_q;
  mac_status_t         status_q;
  worth_t              total_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) released_q <= 1'b0;
    else         released_q <= sum_valid_i && sum_ready;
  end

  always_ff @(posedge clk_i) begin
    side_q    <= sum_side_i;
    touched_q <= sum_i.touched;
    status_q  <= sum_i.status;
    total_q   <= worth_of(words_q[sum_side_i], sum_i.touched);
  end

  // ------------------------------------------------------------------------ outputs
  Worth_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(valid && head.last) || (so_far == total_q && so_far_came == touched_q));
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (came_q & shows) == '0);
  Ascending_A : assert property (@(posedge clk_i) disable iff (!rst_ni) shows == '0 || shows > came_q);
  OnlyTouched_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !valid
      || (head.last || head.touch) && (head.touch ? touched_q[head.index] : touched_q == '0 && word == '0));
  Status_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !valid || head.status == status_q);
  // A side is released with the last word of its sum, and only then.
  Released_A : assert property (@(posedge clk_i) disable iff (!rst_ni) released_q == (valid && head.last));
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !launch || room_i);
  Moves_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(sum_valid_i && room_i) || launch || u_dut.busy_q || sum_i.touched != '0);

  // -------------------------------------------------------------------------- state
  logic [NumWords-1:0] below;  // words whose turn has been

  assign below = (NumWords'(1) << u_dut.index_q) - 1'b1;

  Busy_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.busy_q || (sum_valid_i
      && u_dut.index_q > sum_i.low && u_dut.index_q <= sum_i.high));
  SoFar_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.busy_q
      || (so_far_came == (sum_i.touched & below)
          && so_far == worth_of(words_q[sum_side_i], sum_i.touched & below)
          && !(valid && head.last)));
  Between_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.busy_q || (valid && head.last) || (!valid && came_q == '0 && worth_q == '0));
  Side_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !valid || u_dut.side_q == side_q);
  Kept_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !valid
      || total_q == worth_of(words_q[side_q], touched_q));

  Gap_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      valid && head.last && total_q < 0 && touched_q == NumWords'('b101101));
  BackToBack_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      valid && head.last && launch && sum_side_i != side_q && touched_q != '0);
  Empty_C : cover property (@(posedge clk_i) disable iff (!rst_ni) valid && !head.touch && launch);

endmodule : flaash_formal_mac_export
