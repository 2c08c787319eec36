// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_normalize with flaash_mac_round: the result is the sum, rounded as IEEE 754 says.
//
// One window goes through the pipeline in the first cycle after the reset, while all other inputs are
// free; as nothing in it stalls or feeds back, a run as long as the pipeline is all there is to look
// at. The specification rounds another way: it looks for the leading one, moves down to the last place
// of the result and looks at what fell off, where the hardware moves up and looks at fixed places.

module flaash_formal_mac_round
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int LsbExponent = -298
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input mac_status_t           win_status_i,
  input logic                   win_alone_i,  // a lone product instead of a sum
  input logic [PosWidth-1:0]   win_pos_i,
  input logic [IndexWidth-1:0] win_index_i,
  input logic                  win_negate_i,
  input logic [WordWidth-1:0]  win_top_i,
  input logic [TailWidth-1:0]  win_tail_i,
  input logic                  win_below_i
);

  localparam int unsigned WindowWidth = WordWidth + TailWidth + 1;  // its last bit: anything below
  localparam int unsigned TopBit      = TailWidth + 1;              // place of the top word's bit 0

  // ------------------------------------------------------------------- one window
  logic [3:0] cycle_q = '0;
  logic       valid;

  always_ff @(posedge clk_i) begin
    if (cycle_q != '1) cycle_q <= cycle_q + 1'b1;
  end

  assign valid = cycle_q == 4'd1;
  Reset_M : assume property (@(posedge clk_i) rst_ni == (cycle_q != '0));

  mac_status_t            status_q;
  logic                   negate_q, alone_q;
  logic [PosWidth-1:0]    pos_q;
  logic [IndexWidth-1:0]  index_q;
  logic [WindowWidth-1:0] window_q;

  always_ff @(posedge clk_i) begin
    if (valid) begin
      status_q <= win_status_i;
      negate_q <= win_negate_i;
      alone_q  <= win_alone_i;
      pos_q    <= win_pos_i;
      index_q  <= win_index_i;
      window_q <= {win_top_i, win_tail_i, win_below_i};
    end
  end

  logic        norm_valid, norm_sign, norm_zero, result_valid;
  mac_status_t norm_status;
  logic [8:0]  norm_exponent;
  logic [23:0] norm_significand;
  logic [1:0]  norm_rest;
  mac_result_t result;

  flaash_mac_normalize #(
    .LsbExponent(LsbExponent)
  ) u_normalize (
    .clk_i,
    .rst_ni,
    .win_valid_i  (valid),
    .win_status_i,
    .win_alone_i,
    .win_pos_i,
    .win_index_i,
    .win_negate_i,
    .win_top_i,
    .win_tail_i,
    .win_below_i,
    .valid_o      (norm_valid),
    .status_o     (norm_status),
    .sign_o       (norm_sign),
    .zero_o       (norm_zero),
    .exponent_o   (norm_exponent),
    .significand_o(norm_significand),
    .rest_o       (norm_rest)
  );

  flaash_mac_round u_round (
    .clk_i,
    .rst_ni,
    .valid_i      (norm_valid),
    .status_i     (norm_status),
    .sign_i       (norm_sign),
    .zero_i       (norm_zero),
    .exponent_i   (norm_exponent),
    .significand_i(norm_significand),
    .rest_i       (norm_rest),
    .valid_o      (result_valid),
    .result_o     (result)
  );

  // ---------------------------------------------------------------- specification
  logic [WindowWidth-1:0] magnitude, rest_mask;
  int                     place;     // of the top word's bit 0 in the accumulator
  int                     lowest;    // place in the window of 2 ** -149
  int                     leading;   // place in the window of the leading one
  int                     last;      // place in the window of the result's last bit
  logic [24:0]            significand;
  logic                   half, rest, inexact, overflow, underflow;
  logic [31:0]            rounded;

  assign magnitude = negate_q ? -window_q : window_q;
  assign place     = alone_q ? int'(pos_q) : int'(index_q) * int'(WordWidth);
  assign lowest    = -149 - LsbExponent - place + int'(TopBit);

  always_comb begin
    leading = 0;
    for (int i = 0; i < int'(WindowWidth); i++) begin
      if (magnitude[i]) leading = i;
    end
  end

  assign last        = (leading - 23 > lowest) ? leading - 23 : lowest;
  assign significand = (last >= int'(WindowWidth)) ? '0 : 25'(magnitude >> last[6:0]);
  assign half        = (last > int'(WindowWidth)) ? 1'b0 : magnitude[7'(last - 1)];
  assign rest_mask   = (last > int'(WindowWidth)) ? '1 : ~({WindowWidth{1'b1}} << 7'(last - 1));
  assign rest        = (magnitude & rest_mask) != '0;
  assign inexact     = half || rest;
  assign rounded     = {9'(last - lowest), 23'd0} + 32'(significand)
                       + 32'(half && (rest || significand[0]));
  assign overflow    = rounded[31:23] >= 9'd255;
  assign underflow   = inexact && last == lowest && !significand[23];

  mac_result_t wanted;

  always_comb begin
    wanted       = '0;
    wanted.empty = !status_q.product;
    wanted.exact = 1'b1;
    if (status_q.nan || (status_q.pos_inf && status_q.neg_inf)) begin
      wanted.value         = 48'h7fc0_0000;
      wanted.flags.invalid = status_q.invalid || (status_q.pos_inf && status_q.neg_inf);
    end else if (status_q.pos_inf) begin
      wanted.value = 48'h7f80_0000;
    end else if (status_q.neg_inf) begin
      wanted.value = 48'hff80_0000;
    end else if (magnitude == '0) begin
      wanted.zero = 1'b1;
    end else begin
      wanted.value           = 48'({negate_q, overflow ? 31'h7f80_0000 : rounded[30:0]});
      wanted.zero            = rounded == '0;
      wanted.exact           = !inexact && !overflow;
      wanted.flags.inexact   = inexact || overflow;
      wanted.flags.overflow  = overflow;
      wanted.flags.underflow = underflow;
    end
  end

  // The top is 0 only of a zero sum, and nothing is below word 0 or a lone product: the proof of
  // flaash_mac_resolve has these as assertions.
  Top_M : assume property (@(posedge clk_i) cycle_q < 4'd2
      || magnitude[WindowWidth-1:TopBit] != '0 || magnitude == '0);
  Lowest_M : assume property (@(posedge clk_i)
      !(win_alone_i || win_index_i == '0) || (win_tail_i == '0 && !win_below_i));
  // Lone products near the subnormal numbers are not moved to word 0, see flaash_mac_align.
  Alone_M : assume property (@(posedge clk_i) !win_alone_i || win_pos_i >= PosWidth'(128));
  Index_M : assume property (@(posedge clk_i) win_index_i <= IndexWidth'(NumWords));

  // ------------------------------------------------------------------ properties
  Rounded_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !result_valid || result == wanted);
  Latency_A : assert property (@(posedge clk_i) disable iff (!rst_ni) result_valid == (cycle_q == 4'd8));
  Result_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      result_valid && negate_q && inexact && half && !rest);

endmodule : flaash_formal_mac_round
