// SPDX-License-Identifier: Apache-2.0
// Rounder: makes a window's magnitude, shifts its leading one to the top, and rounds to nearest, ties to even.
//
// Guarantees  result_o is the binary32 number nearest to the sum. For products that were infinite or not numbers it is
//             the result of IEEE 754. Any NaN, or infinities of both signs, give the canonical quiet NaN 7fc00000. An
//             exactly zero sum is +0; a sum that rounds to zero keeps its sign. Overflow goes to infinity. Underflow
//             means: inexact, and the sum is below 2 ** -126 before rounding. With relu_i a negative sum counts as 0.
//             With narrow_i the number has the precision of bfloat16.
// Demands     relu_i and narrow_i change only while nothing is inside. top of a window is 0 only if the sum is zero;
//             negate only if it is not.
// Latency     Seven cycles. Throughput: one window per cycle.
// Stalls      While result_ready_i is low, stage by stage: seven windows wait inside.
// Reset       Drops the sums inside.
//
// The leading one moves up, but not beyond where subnormal numbers begin. The shift by whole groups of 16 bits comes
// first, by the bits before the negation is complete. Then 40 bits are enough, and one bit that stands for all lower
// ones. The 1 that completes the negation may run through the whole group and beyond. Then the sum is a power of two,
// and its exponent is one more (carry).

module flaash_mac_round
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int LsbExponent = -298  // binary exponent of bit 0 of the accumulator
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        relu_i,
  input  logic        narrow_i,

  input  logic        window_valid_i,
  output logic        window_ready_o,
  input  mac_window_t window_i,

  output logic        result_valid_o,
  input  logic        result_ready_i,
  output mac_result_t result_o
);

  localparam logic [7:0]  ExponentMax  = 8'hff;
  localparam logic [31:0] CanonicalNan = 32'h7fc0_0000;

  localparam int unsigned WindowWidth = WordWidth + TailWidth;
  localparam int unsigned Group       = 16;
  localparam int unsigned KeptWidth   = Group + TailWidth;
  localparam int unsigned LimitWidth  = PosWidth + 2;  // signed
  // Let bit 0 of the top word be at position p. Then the window's leading bit weighs 2 ** (LsbExponent + p + 47).
  // So it may move up p + LimitOffset times until it weighs 2 ** -126.
  localparam int LimitOffset = LsbExponent + int'(WordWidth) - 1 + 126;

  // --------------------------------------------------------------------- window
  typedef struct packed {
    mac_status_t            status;
    logic                   sign;
    logic                   below;
    logic                   alone;
    logic [PosWidth-1:0]    pos;
    logic [IndexWidth-1:0]  index;
    logic [WindowWidth-1:0] bits;  // inverted if negative
  } inverted_t;

  inverted_t              inverted_in, inverted;
  logic                   inverted_valid, inverted_ready;
  logic [WindowWidth-1:0] win;

  assign inverted_in.status = window_i.status;
  assign inverted_in.sign   = window_i.negate;
  assign inverted_in.below  = window_i.below;
  assign inverted_in.alone  = window_i.alone;
  assign inverted_in.pos    = window_i.pos;
  assign inverted_in.index  = window_i.index;
  assign inverted_in.bits   = {window_i.top, window_i.tail} ^ {WindowWidth{window_i.negate}};

  flaash_mac_stage #(
    .Data(inverted_t)
  ) u_inverted (
    .clk_i, .rst_ni,
    .in_valid_i(window_valid_i), .in_ready_o(window_ready_o), .in_data_i(inverted_in),
    .out_valid_o(inverted_valid), .out_ready_i(inverted_ready), .out_data_o(inverted)
  );

  assign win = inverted.bits;

  // ----------------------------------------------------- how far to shift, in groups
  // A top word that would have to move down is too small to reach half of the smallest subnormal number, whatever
  // it holds. The placement of words ensures this, and lone products that small are not moved.
  typedef struct packed {
    mac_status_t           status;
    logic                  sign;
    logic                  rest;
    logic                  vanished;
    logic                  zero;
    logic [LimitWidth-2:0] limit;
    logic [1:0]            coarse;  // groups that it is shifted by
    logic [3:0]            most;    // how far to shift on, most
    logic [KeptWidth-1:0]  kept;
  } coarse_t;

  coarse_t               coarse_in, coarse;
  logic                  coarse_valid, coarse_ready;
  logic [LimitWidth-1:0] win_limit;
  logic                  win_rest, used_high, used_middle, used_low;
  logic [1:0]            win_group, win_most, win_coarse;  // of the leading one; the most; those shifted
  logic [KeptWidth-1:0]  win_kept;
  logic                  lost_far, lost_near;  // a group below the kept ones is not zero: the lowest, the next one

  // A word has constants, a lone product its position.
  always_comb begin
    win_limit = LimitWidth'(inverted.pos) + LimitWidth'(LimitOffset);
    for (int i = 0; i <= int'(NumWords); i++) begin
      if (!inverted.alone && inverted.index == IndexWidth'(i)) begin
        win_limit = LimitWidth'(i * int'(WordWidth) + LimitOffset);
      end
    end
  end

  assign used_high   = win[WindowWidth-1-:Group] != '0;
  assign used_middle = win[WindowWidth-1-Group-:Group] != '0;
  assign used_low    = win[WindowWidth-1-2*Group-:Group] != '0;
  assign win_group   = used_high ? 2'd0 : used_middle ? 2'd1 : 2'd2;
  assign win_most    = (win_limit[LimitWidth-2:6] != '0) ? 2'd3 : win_limit[5:4];
  assign win_coarse  = (win_group < win_most) ? win_group : win_most;

  always_comb begin
    unique case (win_coarse)
      2'd0:    win_kept = win[WindowWidth-1-:KeptWidth];
      2'd1:    win_kept = win[WindowWidth-1-Group-:KeptWidth];
      default: win_kept = win[KeptWidth-1:0];
    endcase
  end

  // The bits before the inversion show whether a lower bit is set.
  assign lost_far  = (win[Group-1:0] ^ {Group{inverted.sign}}) != '0;
  assign lost_near = (win[2*Group-1:Group] ^ {Group{inverted.sign}}) != '0;
  assign win_rest  = inverted.below || (lost_far && !win_coarse[1]) || (lost_near && win_coarse == '0);

  assign coarse_in.status   = inverted.status;
  assign coarse_in.sign     = inverted.sign;
  assign coarse_in.rest     = win_rest;
  assign coarse_in.vanished = win_limit[LimitWidth-1];
  assign coarse_in.zero     = !(inverted.sign || used_high || used_middle || used_low);
  assign coarse_in.limit    = win_limit[LimitWidth-2:0];
  assign coarse_in.coarse   = win_coarse;
  assign coarse_in.most     = (win_group < win_most) ? 4'd15 : win_limit[3:0];
  assign coarse_in.kept     = win_kept;

  flaash_mac_stage #(
    .Data(coarse_t)
  ) u_coarse (
    .clk_i, .rst_ni,
    .in_valid_i(inverted_valid), .in_ready_o(inverted_ready), .in_data_i(coarse_in),
    .out_valid_o(coarse_valid), .out_ready_i(coarse_ready), .out_data_o(coarse)
  );

  // ------------------------------------------------------------------ magnitude
  typedef struct packed {
    mac_status_t           status;
    logic                  sign;
    logic                  rest;
    logic                  vanished;
    logic                  zero;
    logic                  carry;
    logic [LimitWidth-2:0] limit;
    logic [3:0]            most;
    logic [KeptWidth-1:0]  kept;
  } magnitude_t;

  magnitude_t            magnitude_in, magnitude;
  logic                  magnitude_valid, magnitude_ready;
  logic [LimitWidth-2:0] limit, coarse_limit;
  logic [KeptWidth-1:0]  sum;
  logic                  carry;

  // The 1 that completes the negation comes this far only if all lower bits are zero.
  assign {carry, sum}  = (KeptWidth + 1)'(coarse.kept) + (KeptWidth + 1)'(coarse.sign && !coarse.rest);
  assign coarse_limit  = coarse.limit;
  assign limit         = {coarse_limit[LimitWidth-2:4] - (LimitWidth - 5)'(coarse.coarse), coarse_limit[3:0]};

  assign magnitude_in.status   = coarse.status;
  assign magnitude_in.sign     = coarse.sign;
  assign magnitude_in.rest     = coarse.rest;
  assign magnitude_in.vanished = coarse.vanished;
  assign magnitude_in.zero     = coarse.zero;
  assign magnitude_in.carry    = carry;
  assign magnitude_in.limit    = limit;
  assign magnitude_in.most     = coarse.most;
  assign magnitude_in.kept     = {carry || sum[KeptWidth-1], sum[KeptWidth-2:0]};

  flaash_mac_stage #(
    .Data(magnitude_t)
  ) u_magnitude (
    .clk_i, .rst_ni,
    .in_valid_i(coarse_valid), .in_ready_o(coarse_ready), .in_data_i(magnitude_in),
    .out_valid_o(magnitude_valid), .out_ready_i(magnitude_ready), .out_data_o(magnitude)
  );

  // --------------------------------------------------------------- the rest of the shift
  typedef struct packed {
    mac_status_t          status;
    logic                 sign;
    logic                 rest;
    logic                 zero;
    logic [8:0]           exponent;
    logic [3:0]           shift;
    logic [KeptWidth-1:0] kept;
  } fine_t;

  fine_t                fine_in, fine;
  logic                 fine_valid, fine_ready, none;
  logic [3:0]           zeros, shift;
  logic [8:0]           exponent;
  logic [KeptWidth-1:0] kept;

  // Whether 16 bits are all zero, and the number of zeros above the highest one. All nibbles are counted at once.
  function automatic logic [4:0] leading_zeros(logic [15:0] data);
    logic [3:0]      some, nibble;
    logic [3:0][1:0] above;
    for (int n = 0; n < 4; n++) begin
      nibble   = data[4*n +: 4];
      some[n]  = nibble != '0;
      above[n] = {!(nibble[3] || nibble[2]), !nibble[3] && (nibble[2] || !nibble[1])};
    end
    if (some[3])      leading_zeros = {3'd0, above[3]};
    else if (some[2]) leading_zeros = {3'd1, above[2]};
    else if (some[1]) leading_zeros = {3'd2, above[1]};
    else              leading_zeros = {!some[0], 2'd3, above[0]};
  endfunction

  assign kept = magnitude.kept;

  assign {none, zeros} = leading_zeros(kept[KeptWidth-1-:Group]);

  assign shift    = (none || zeros > magnitude.most) ? magnitude.most : zeros;
  assign exponent = 9'(magnitude.limit - (LimitWidth - 1)'(shift)) + 9'(magnitude.carry);

  assign fine_in.status   = magnitude.status;
  assign fine_in.sign     = magnitude.sign;
  assign fine_in.rest     = magnitude.rest || magnitude.vanished;
  assign fine_in.zero     = magnitude.zero;
  assign fine_in.exponent = magnitude.vanished ? 9'd0 : exponent;
  assign fine_in.shift    = shift;
  assign fine_in.kept     = magnitude.vanished ? KeptWidth'(0) : kept;

  flaash_mac_stage #(
    .Data(fine_t)
  ) u_fine (
    .clk_i, .rst_ni,
    .in_valid_i(magnitude_valid), .in_ready_o(magnitude_ready), .in_data_i(fine_in),
    .out_valid_o(fine_valid), .out_ready_i(fine_ready), .out_data_o(fine)
  );

  // --------------------------------------------------------------------- shifted
  // |sum| = (significand + fraction below 1) * 2 ** (exponent - 150). Here exponent counts as at least 1. Bit 23 of the
  // significand is 1 unless the sum is subnormal; exponent is one less than the biased exponent of a normal number, 0
  // for the others.
  typedef struct packed {
    mac_status_t status;
    logic        sign;
    logic        zero;         // the sum is exactly zero
    logic [8:0]  exponent;
    logic [23:0] significand;
    logic [1:0]  rest;         // first bit under the significand; anything under that
  } normal_t;

  normal_t              normal_in, normal;
  logic                 normal_valid, normal_ready;
  logic [KeptWidth-1:0] shifted;

  assign shifted = fine.kept << fine.shift;

  assign normal_in.status      = fine.status;
  assign normal_in.sign        = fine.sign;
  assign normal_in.zero        = fine.zero;
  assign normal_in.exponent    = fine.exponent;
  assign normal_in.significand = shifted[KeptWidth-1-:24];
  assign normal_in.rest        = {shifted[KeptWidth-25], (shifted[KeptWidth-26:0] != '0) || fine.rest};

  flaash_mac_stage #(
    .Data(normal_t)
  ) u_normal (
    .clk_i, .rst_ni,
    .in_valid_i(fine_valid), .in_ready_o(fine_ready), .in_data_i(normal_in),
    .out_valid_o(normal_valid), .out_ready_i(normal_ready), .out_data_o(normal)
  );

  // ------------------------------------------------------------------- decide
  typedef struct packed {
    mac_status_t status;
    logic        sign;
    logic        zero;
    logic [8:0]  exponent;
    logic [23:0] significand;
    logic        up;
    logic        inexact;
  } decided_t;

  decided_t    decided_in, decided;
  logic        decided_valid, decided_ready;
  mac_status_t status;
  logic [23:0] significand;
  logic [1:0]  rest;
  logic        odd, half, below;  // the last bit of the result; the bit under it; anything under that

  assign rest        = normal.rest;
  assign significand = normal.significand;

  always_comb begin
    {odd, half, below} = {significand[0], rest};
    if (narrow_i) {odd, half, below} = {significand[16:15], significand[14:0] != '0 || rest != '0};
  end

  assign decided_in.status      = normal.status;
  assign decided_in.sign        = normal.sign;
  assign decided_in.zero        = normal.zero;
  assign decided_in.exponent    = normal.exponent;
  assign decided_in.significand = {significand[23:16], significand[15:0] & {16{!narrow_i}}};
  assign decided_in.up          = half && (below || odd);
  assign decided_in.inexact     = half || below;

  flaash_mac_stage #(
    .Data(decided_t)
  ) u_decided (
    .clk_i, .rst_ni,
    .in_valid_i(normal_valid), .in_ready_o(normal_ready), .in_data_i(decided_in),
    .out_valid_o(decided_valid), .out_ready_i(decided_ready), .out_data_o(decided)
  );

  // ---------------------------------------------------------------------- add
  // The significand's top bit completes the exponent; a carry out of it gives the next exponent.
  logic [31:0] packed_value;  // one bit of overflow room, no sign
  logic [23:0] decided_significand;
  logic        subnormal, overflow, nan, inf;

  assign status              = decided.status;
  assign decided_significand = decided.significand;
  assign packed_value        = {decided.exponent, 23'd0} + 32'(decided_significand)
                               + {15'd0, decided.up && narrow_i, 15'd0, decided.up && !narrow_i};
  assign overflow            = packed_value[31:23] >= 9'(ExponentMax);
  assign subnormal           = !decided_significand[23];
  assign nan                 = status.nan || (status.pos_inf && status.neg_inf);
  assign inf                 = status.pos_inf || status.neg_inf;

  mac_result_t result;

  always_comb begin
    result       = '0;
    result.empty = !status.product;
    result.exact = 1'b1;
    if (nan) begin
      result.value         = ResultWidth'(CanonicalNan);
      result.flags.invalid = status.invalid || (status.pos_inf && status.neg_inf);
    end else if (relu_i && (inf ? status.neg_inf : decided.sign)) begin
      result.zero = 1'b1;
    end else if (inf) begin
      result.value = ResultWidth'({status.neg_inf, ExponentMax, 23'd0});
    end else if (decided.zero) begin
      result.zero = 1'b1;
    end else begin
      result.exact           = !(decided.inexact || overflow);
      result.zero            = packed_value == '0;
      result.flags.inexact   = decided.inexact || overflow;
      result.flags.overflow  = overflow;
      result.flags.underflow = decided.inexact && subnormal;
      result.value           = ResultWidth'({decided.sign, overflow ? {ExponentMax, 23'd0} : packed_value[30:0]});
    end
  end

  flaash_mac_stage #(
    .Data(mac_result_t)
  ) u_result (
    .clk_i, .rst_ni,
    .in_valid_i(decided_valid), .in_ready_o(decided_ready), .in_data_i(result),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_data_o(result_o)
  );

endmodule : flaash_mac_round
