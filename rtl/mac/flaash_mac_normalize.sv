// SPDX-License-Identifier: Apache-2.0
// First half of the rounder: makes a window's magnitude and shifts its leading one to the top, but
// not beyond where subnormal numbers begin.
//
// Guarantees  |sum| = (significand + fraction below 1) * 2 ** (exponent - 150), with exponent
//             taken as at least 1 and rest holding the fraction: its first bit, and whether anything
//             follows. Bit 23 of the significand is 1 unless the sum is subnormal; exponent
//             is one less than the biased exponent of a normal number, 0 for the others.
// Demands     top of a window is 0 only if the sum is zero.
// Latency     Five cycles, pipelined, never stalls. Reset forgets what is inside.

module flaash_mac_normalize
  import flaash_mac_pkg::*;
#(
  parameter int LsbExponent = -298  // binary exponent of bit 0 of the accumulator
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        window_valid_i,
  input  mac_window_t window_i,

  output logic        normal_valid_o,
  output mac_normal_t normal_o
);

  localparam int unsigned WindowWidth = WordWidth + TailWidth;
  localparam int unsigned LimitWidth  = PosWidth + 2;  // signed
  localparam int unsigned ShiftWidth  = 6;
  // With bit 0 of the top word at position p of the accumulator, the window's leading bit weighs
  // 2 ** (LsbExponent + p + 47): so it may move up p + LimitOffset times until it weighs 2 ** -126.
  localparam int LimitOffset = LsbExponent + int'(WordWidth) - 1 + 126;

  // --------------------------------------------------------------------- window
  logic                          win_valid_q, win_sign_q, win_below_q;
  mac_status_t                   win_status_q;
  logic [LimitWidth-1:0]         win_pos_q, word_pos;
  logic [WindowWidth-1:0]        win_q, win_plus;

  // WordWidth times the number, without a multiplier.
  assign word_pos = LimitWidth'({window_i.index, 5'd0}) + LimitWidth'({window_i.index, 4'd0});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) win_valid_q <= 1'b0;
    else win_valid_q <= window_valid_i;
  end

  always_ff @(posedge clk_i) begin
    win_status_q <= window_i.status;
    win_sign_q   <= window_i.negate;
    win_below_q  <= window_i.below;
    win_pos_q    <= window_i.alone ? LimitWidth'(window_i.pos) : word_pos;
    win_q        <= {window_i.top, window_i.tail} ^ {WindowWidth{window_i.negate}};
  end

  // What lies below is inverted as well; the 1 that completes the negation reaches the window only
  // if all of it is zero.
  assign win_plus = win_q + WindowWidth'(win_sign_q && !win_below_q);

  // ------------------------------------------------------------------ magnitude
  logic                   mag_valid_q, mag_sign_q, mag_below_q;
  mac_status_t            mag_status_q;
  logic [LimitWidth-1:0]  mag_limit_q;
  logic [WindowWidth-1:0] mag_q;
  logic [ShiftWidth-1:0]  mag_zeros;
  logic                   mag_zero;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mag_valid_q <= 1'b0;
    else mag_valid_q <= win_valid_q;
  end

  always_ff @(posedge clk_i) begin
    mag_status_q <= win_status_q;
    mag_sign_q   <= win_sign_q;
    mag_below_q  <= win_below_q;
    mag_limit_q  <= win_pos_q + LimitWidth'(LimitOffset);
    mag_q        <= win_plus;
  end

  flaash_mac_leading_zeros u_leading_zeros (
    .data_i(mag_q[WindowWidth-1-:WordWidth]),
    .zero_o(mag_zero),
    .count_o(mag_zeros)
  );

  // ------------------------------------------------------------- how far to shift
  logic                   lz_valid_q, lz_sign_q, lz_below_q, lz_zero_q;
  mac_status_t            lz_status_q;
  logic [LimitWidth-1:0]  lz_limit_q;
  logic [WindowWidth-1:0] lz_mag_q, lz_coarse;
  logic [ShiftWidth-1:0]  lz_zeros_q, lz_shift;
  logic                   lz_limited, lz_vanished;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) lz_valid_q <= 1'b0;
    else lz_valid_q <= mag_valid_q;
  end

  always_ff @(posedge clk_i) begin
    lz_status_q <= mag_status_q;
    lz_sign_q   <= mag_sign_q;
    lz_below_q  <= mag_below_q;
    lz_limit_q  <= mag_limit_q;
    lz_mag_q    <= mag_q;
    lz_zeros_q  <= mag_zeros;
    lz_zero_q   <= mag_zero;
  end

  // A top word that would have to move down is too small to reach half of the smallest subnormal
  // number, whatever it holds: words are so placed, and lone products as small are not moved.
  assign lz_vanished = lz_limit_q[LimitWidth-1];
  assign lz_limited  = lz_limit_q[LimitWidth-2:0] < (LimitWidth - 1)'(lz_zeros_q);
  assign lz_shift    = lz_limited ? lz_limit_q[ShiftWidth-1:0] : lz_zeros_q;

  always_comb begin
    unique case (lz_shift[5:4])
      2'd0:    lz_coarse = lz_mag_q;
      2'd1:    lz_coarse = lz_mag_q << 16;
      default: lz_coarse = lz_mag_q << 32;
    endcase
  end

  // --------------------------------------------------------------------- shifted
  logic                   fine_valid_q, fine_sign_q, fine_below_q, fine_zero_q;
  mac_status_t            fine_status_q;
  logic [8:0]             fine_exponent_q;
  logic [WindowWidth-1:0] fine_mag_q, shifted;
  logic [3:0]             fine_shift_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fine_valid_q <= 1'b0;
    else fine_valid_q <= lz_valid_q;
  end

  always_ff @(posedge clk_i) begin
    fine_status_q   <= lz_status_q;
    fine_sign_q     <= lz_sign_q;
    fine_below_q    <= lz_below_q || lz_vanished;
    fine_zero_q     <= lz_zero_q;
    fine_exponent_q <= lz_vanished ? '0 : 9'(lz_limit_q - LimitWidth'(lz_shift));
    fine_mag_q      <= lz_vanished ? '0 : lz_coarse;
    fine_shift_q    <= lz_shift[3:0];
  end

  assign shifted = fine_mag_q << fine_shift_q;

  logic                   out_valid_q, out_sign_q, out_below_q, out_zero_q;
  mac_status_t            out_status_q;
  logic [8:0]             out_exponent_q;
  logic [WindowWidth-1:0] out_mag_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) out_valid_q <= 1'b0;
    else out_valid_q <= fine_valid_q;
  end

  always_ff @(posedge clk_i) begin
    out_status_q   <= fine_status_q;
    out_sign_q     <= fine_sign_q;
    out_below_q    <= fine_below_q;
    out_zero_q     <= fine_zero_q;
    out_exponent_q <= fine_exponent_q;
    out_mag_q      <= shifted;
  end

  assign normal_valid_o = out_valid_q;

  assign normal_o = {out_status_q, out_sign_q, out_zero_q, out_exponent_q, out_mag_q[WindowWidth-1-:24],
                     out_mag_q[WindowWidth-25], (out_mag_q[WindowWidth-26:0] != '0) || out_below_q};

endmodule : flaash_mac_normalize
