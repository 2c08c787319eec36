// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_round: the result is the sum, finished, and rounded as IEEE 754 says.
//
// One window goes through the pipeline in the first cycle after the reset, while all other inputs are free and
// nothing stalls. In a stall every stage holds its contents (flaash_mac_stage), so a run as long as the pipeline
// is enough. The specification rounds in another way. It searches the leading one, moves down to the last place
// of the result and looks at the lost bits. The hardware moves up and looks at fixed places.

module flaash_formal_mac_round
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int LsbExponent = -298
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        relu_i,
  input logic        narrow_i,
  input mac_window_t window_i  // a sum, or a lone product
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

  logic relu_q, narrow_q;  // as before

  always_ff @(posedge clk_i) begin
    {relu_q, narrow_q} <= {relu_i, narrow_i};
  end

  Steady_M : assume property (@(posedge clk_i) cycle_q == '0 || {relu_i, narrow_i} == {relu_q, narrow_q});

  mac_status_t            status_q;
  logic                   negate_q, alone_q;
  logic [PosWidth-1:0]    pos_q;
  logic [IndexWidth-1:0]  index_q;
  logic [WindowWidth-1:0] window_q;

  always_ff @(posedge clk_i) begin
    if (valid) begin
      status_q <= window_i.status;
      negate_q <= window_i.negate;
      alone_q  <= window_i.alone;
      pos_q    <= window_i.pos;
      index_q  <= window_i.index;
      window_q <= {window_i.top, window_i.tail, window_i.below};
    end
  end

  logic        unused_ready, result_valid;
  mac_result_t result;

  flaash_mac_round #(
    .LsbExponent(LsbExponent)
  ) u_round (
    .clk_i, .rst_ni, .relu_i, .narrow_i,
    .window_valid_i(valid), .window_ready_o(unused_ready), .window_i,
    .result_valid_o(result_valid), .result_ready_i(1'b1), .result_o(result)
  );

  // ---------------------------------------------------------------- specification
  logic [WindowWidth-1:0] magnitude, rest_mask;
  int                     place;     // of the top word's bit 0 in the accumulator
  int                     lowest;    // place in the window of 2 ** -149
  int                     leading;   // place in the window of the leading one
  int                     last;      // place in the window of the result's last bit
  int                     lost;      // bits of binary32 that the result has not
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

  assign lost        = narrow_i ? 16 : 0;
  assign last        = ((leading - 23 > lowest) ? leading - 23 : lowest) + lost;
  assign significand = (last >= int'(WindowWidth)) ? '0 : 25'(magnitude >> last[6:0]);
  assign half        = (last > int'(WindowWidth)) ? 1'b0 : 1'(magnitude >> 7'(last - 1));
  assign rest_mask   = (last > int'(WindowWidth)) ? '1 : ~({WindowWidth{1'b1}} << 7'(last - 1));
  assign rest        = (magnitude & rest_mask) != '0;
  assign inexact     = half || rest;
  assign rounded     = {9'(last - lost - lowest), 23'd0}
                       + ((32'(significand) + 32'(half && (rest || significand[0]))) << lost);
  assign overflow    = rounded[31:23] >= 9'd255;
  assign underflow   = inexact && last == lowest + lost && leading < lowest + 23;

  mac_result_t wanted;

  always_comb begin
    wanted       = '0;
    wanted.empty = !status_q.product;
    wanted.exact = 1'b1;
    if (status_q.nan || (status_q.pos_inf && status_q.neg_inf)) begin
      wanted.value         = 48'h7fc0_0000;
      wanted.flags.invalid = status_q.invalid || (status_q.pos_inf && status_q.neg_inf);
    end else if (relu_i && (status_q.neg_inf || (!status_q.pos_inf && negate_q))) begin
      wanted.zero = 1'b1;
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

  // The top is 0 only for a zero sum, which is not negative. Nothing is below word 0 or a lone product. The proof
  // of flaash_mac_resolve has these as assertions.
  Top_M : assume property (@(posedge clk_i) cycle_q < 4'd2
      || magnitude[WindowWidth-1:TopBit] != '0 || magnitude == '0);
  Sign_M : assume property (@(posedge clk_i) cycle_q < 4'd2 || !negate_q || magnitude != '0);
  Lowest_M : assume property (@(posedge clk_i)
      !(window_i.alone || window_i.index == '0) || (window_i.tail == '0 && !window_i.below));
  // Lone products near the subnormal numbers are not moved to word 0, see flaash_mac_align.
  Alone_M : assume property (@(posedge clk_i) !window_i.alone || window_i.pos >= PosWidth'(128));
  Index_M : assume property (@(posedge clk_i) window_i.index <= IndexWidth'(NumWords));

  // ------------------------------------------------------------------ properties
  Rounded_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !result_valid || result == wanted);
  Latency_A : assert property (@(posedge clk_i) disable iff (!rst_ni) result_valid == (cycle_q == 4'd8));
  Result_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      result_valid && negate_q && inexact && half && !rest && !relu_i && !narrow_i);
  Narrow_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      result_valid && negate_q && underflow && half && !rest && !relu_i && narrow_i);

endmodule : flaash_formal_mac_round
