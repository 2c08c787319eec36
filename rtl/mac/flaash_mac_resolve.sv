// SPDX-License-Identifier: Apache-2.0
// Turns the words of a finished sum into sign and magnitude, enough of it to round.
//
// Guarantees  One window per sum, in order: |sum| = (top, tail, below). top is the highest word that is not zero,
//             tail the 24 bits under it; below is set if any other bit is set. With negate, top and tail belong to a
//             negative sum in two's complement, still to be negated (inverted, plus 1 if nothing is below). top = 0
//             only for a zero sum.
// Demands     room_i: room for one more window, reserved with launch_o. One window may have to wait at window_*,
//             by the AXI handshake rule, while no other one is inside.
// Latency     Four cycles after the last word.
// Throughput  One word per cycle from the lowest touched word to the highest, none between sums.
// Stalls      Before a sum, while room_i is low. Reset drops the sums inside.
//
// One pass upwards: word plus carry gives a digit of 48 bits and the carry into the next. The sign
// is known only at the end: it is the sign of the last carry. So two windows are kept. One has the highest
// digit that is not zero, the other one the highest digit whose negation is not zero. That negation is the complement,
// plus 1 if all digits below are zero.

`include "flaash_assert.svh"

module flaash_mac_resolve
  import flaash_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 20,  // as for the accumulator
  parameter int unsigned SetWidth   = 1,   // bits that select a set of words: a side, a slot
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned CarryWidth = CountWidth + 1,
  localparam int unsigned AddrWidth  = SetWidth + BankAddrWidth
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // finished sums
  input  logic                  sum_valid_i,
  output logic                  sum_ready_o,
  input  mac_sum_t              sum_i,
  input  logic [SetWidth-1:0]   sum_set_i,

  // their words, in pairs
  output logic [AddrWidth-1:0]  read_addr_o,   // {set, pair}
  input  logic [1:0][Width-1:0] read_words_i,  // {odd, even}

  // windows
  input  logic                  room_i,
  output logic                  launch_o,
  output logic                  window_valid_o,
  input  logic                  window_ready_i,
  output mac_window_t           window_o
);

  // Data of a sum that accompany its words.
  typedef struct packed {
    mac_status_t         status;
    logic                alone;
    logic [PosWidth-1:0] pos;
  } about_t;

  // ------------------------------------------------------------ which word to read
  logic                  busy_q, step, step_last;
  logic [IndexWidth-1:0] index_q, index;

  assign launch_o    = sum_valid_i && !busy_q && room_i;
  assign step        = launch_o || busy_q;
  assign index       = busy_q ? index_q : sum_i.low;
  assign step_last   = index == sum_i.high;
  assign sum_ready_o = step && step_last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else busy_q <= step && !step_last;
  end

  always_ff @(posedge clk_i) begin
    index_q <= index + 1'b1;
  end

  // --------------------------------------------------------------- read the word
  logic                  read_valid_q, read_lowest_q, read_last_q, read_touched_q, touched;
  logic [SetWidth-1:0]   read_set_q;
  logic [NumWords-1:0]   sum_touched;
  logic [IndexWidth-1:0] read_index_q;
  about_t                read_about_q;

  assign sum_touched = sum_i.touched;

  always_comb begin
    touched = 1'b0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (index == IndexWidth'(i)) touched = sum_touched[i];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) read_valid_q <= 1'b0;
    else read_valid_q <= step;
  end

  always_ff @(posedge clk_i) begin
    read_lowest_q  <= !busy_q;
    read_last_q    <= step_last;
    read_touched_q <= touched;
    read_index_q   <= index;
    read_set_q     <= sum_set_i;
    read_about_q   <= {sum_i.status, sum_i.alone, sum_i.pos};
  end

  assign read_addr_o = {read_set_q, read_index_q[IndexWidth-1:1]};

  // ------------------------------------------------------------------- add carry
  logic                  add_valid_q, add_lowest_q, add_last_q;
  logic [IndexWidth-1:0] add_index_q;
  about_t                add_about_q;
  logic [Width-1:0]      add_word_q, total;
  logic [CarryWidth-1:0] carry_q, carry_in;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) add_valid_q <= 1'b0;
    else add_valid_q <= read_valid_q;
  end

  always_ff @(posedge clk_i) begin
    add_lowest_q <= read_lowest_q;
    add_last_q   <= read_last_q;
    add_index_q  <= read_index_q;
    add_about_q  <= read_about_q;
    add_word_q   <= read_words_i[read_index_q[0]] & {Width{read_touched_q}};
  end

  assign carry_in = add_lowest_q ? '0 : carry_q;
  assign total    = add_word_q + {{WordWidth{carry_in[CarryWidth-1]}}, carry_in};

  // ----------------------------------------------------------------- two windows
  logic                  dig_valid_q, dig_lowest_q, dig_last_q;
  logic [IndexWidth-1:0] dig_index_q;
  about_t                dig_about_q;
  logic [WordWidth-1:0]  digit_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) dig_valid_q <= 1'b0;
    else dig_valid_q <= add_valid_q;
  end

  always_ff @(posedge clk_i) begin
    dig_lowest_q <= add_lowest_q;
    dig_last_q   <= add_last_q;
    dig_index_q  <= add_index_q;
    dig_about_q  <= add_about_q;
    {carry_q, digit_q} <= total;
  end

  // The lower part of a window.
  typedef struct packed {
    logic [IndexWidth-1:0] index;
    logic [WordWidth-1:0]  top;
    logic [TailWidth-1:0]  tail;
    logic                  below;
  } found_t;

  found_t here, pos_q, neg_q;  // here: if the top digit is the present one

  // State of the digits below this one. The previous one is zero, or the highest one that is not.
  logic [TailWidth-1:0] upper_before, tail;  // upper bits of the digit before; the same, but none under the lowest
  logic                 rest_q, rest;  // its lower bits or an earlier digit are not zero
  logic                 before_zero_q, below_zero_q, below_zero;
  logic                 digit_zero, upper_zero, lower_zero, pos_found, neg_found;

  // No multiplexer with a zero: an FPGA would turn it into a reset fed by all of neg_found.
  assign upper_before = pos_q.top[WordWidth-1:WordWidth-TailWidth] & {TailWidth{!before_zero_q}};
  assign tail         = upper_before & {TailWidth{!dig_lowest_q}};
  assign rest         = !dig_lowest_q && rest_q;
  assign upper_zero   = digit_q[WordWidth-1-:TailWidth] == '0;
  assign lower_zero   = digit_q[WordWidth-TailWidth-1:0] == '0;
  assign digit_zero   = upper_zero && lower_zero;
  assign below_zero   = dig_lowest_q || below_zero_q;
  assign pos_found    = dig_lowest_q || !digit_zero;
  assign neg_found    = dig_lowest_q || (below_zero ? !digit_zero : digit_q != '1);

  always_ff @(posedge clk_i) begin
    if (dig_valid_q) begin
      rest_q        <= !lower_zero || !below_zero;
      before_zero_q <= digit_zero;
      below_zero_q  <= digit_zero && below_zero;
    end
  end

  assign here.index = dig_index_q;
  assign here.top   = digit_q;
  assign here.tail  = tail;
  assign here.below = rest;

  always_ff @(posedge clk_i) begin
    if (dig_valid_q && pos_found) pos_q <= here;
    if (dig_valid_q && neg_found) neg_q <= here;
  end

  // ---------------------------------------------------- choose by the final carry
  // The carry is one more digit, sign-extended, above all others. It is the top digit if it is not zero, or for a
  // negative sum if its negation is not zero.
  logic                  end_valid_q, negative, carry_top;
  logic [IndexWidth-1:0] end_index_q;
  about_t                end_about_q;
  logic [CarryWidth-1:0] end_carry_q;
  logic                  end_zero;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) end_valid_q <= 1'b0;
    else end_valid_q <= (dig_valid_q && dig_last_q) || (end_valid_q && !window_ready_i);
  end

  always_ff @(posedge clk_i) begin
    if (dig_valid_q && dig_last_q) begin
      end_index_q <= dig_index_q + 1'b1;
      end_about_q <= dig_about_q;
      end_carry_q <= carry_q;
    end
  end

  assign end_zero  = below_zero_q;
  assign negative  = end_carry_q[CarryWidth-1];
  assign carry_top = negative ? (end_zero || end_carry_q != '1) : end_carry_q != '0;

  found_t carried, found;

  assign carried.index = end_index_q;
  assign carried.top   = {{(WordWidth - CarryWidth){negative}}, end_carry_q};
  assign carried.tail  = upper_before;
  assign carried.below = rest_q;

  assign found = carry_top ? carried : negative ? neg_q : pos_q;

  assign window_valid_o = end_valid_q;
  assign window_o       = {end_about_q, negative, found};

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(window, window_valid_o, window_ready_i, window_o, $bits(mac_window_t))
  `FLAASH_ASSERT(RoomForWindow_A, !(end_valid_q && !window_ready_i && dig_valid_q), "a window while one waits")
  `FLAASH_COVER(WindowWaits_C, end_valid_q && !window_ready_i)
  `FLAASH_ASSERT(AloneIsOneWord_A, !(launch_o && sum_i.alone) || sum_i.touched[NumWords-1:1] == '0,
                 "a sum of a single product is not in word 0 only")
  `FLAASH_COVER(CarryOnTop_C, window_valid_o && carry_top)
  `FLAASH_COVER(AllTwelve_C, launch_o && sum_i.touched[NumWords-1] && sum_i.touched[0])

endmodule : flaash_mac_resolve
