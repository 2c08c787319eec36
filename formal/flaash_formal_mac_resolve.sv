// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_resolve: a window is worth its sum, and it is what the rounder's proof assumes.
//
// Done with narrow and few words (formal/proofs.toml sets the constants), for any words within the bound that the
// accumulator keeps, any traffic and any reset. The specification adds up the words of a sum, each at its place,
// as one wide number, and carries it along with the words.

module flaash_formal_mac_resolve
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned WorthWidth = WordWidth * NumWords + CountWidth + 2
) (
  input logic                           clk_i,
  input logic                           rst_ni,
  input logic                           sum_valid_i,
  input mac_sum_t                       sum_i,
  input logic                           sum_side_i,
  input logic [NumWords-1:0][Width-1:0] words_i,  // writes to the sides that no sum keeps
  input logic                           room_i,
  input logic                           window_ready_i
);

  typedef logic signed [WorthWidth-1:0] worth_t;
  typedef logic [NumWords-1:0][Width-1:0] words_t;

  // ------------------------------------------------------------------- words, sums
  words_t [1:0]                               words_q;
  logic [2**(BankAddrWidth+1)-1:0][Width-1:0] shown;  // of the side that is read; none lies above NumWords
  logic                                       sum_ready, read_side, launch;
  logic [BankAddrWidth-1:0]                   read_addr;

  assign shown = (Width * 2 ** (BankAddrWidth + 1))'(words_q[read_side]);

  flaash_formal_mac_sums #(
    .CountWidth(CountWidth)
  ) u_sums (
    .clk_i,
    .rst_ni,
    .valid_i  (sum_valid_i),
    .ready_i  (sum_ready),
    .sum_i,
    .side_i   (sum_side_i),
    .words_i,
    .words_o  (words_q)
  );

  // ------------------------------------------------------------------------- block
  logic        win_valid;
  mac_window_t win;

  flaash_mac_resolve #(
    .CountWidth(CountWidth),
    .SetWidth  (1)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .sum_valid_i,
    .sum_ready_o   (sum_ready),
    .sum_i,
    .sum_set_i     (sum_side_i),
    .read_addr_o   ({read_side, read_addr}),
    .read_words_i  ({shown[{read_addr, 1'b1}], shown[{read_addr, 1'b0}]}),
    .room_i,
    .launch_o      (launch),
    .window_valid_o(win_valid),
    .window_ready_i,
    .window_o      (win)
  );

  // ----------------------------------------------------------------- specification
  function automatic worth_t worth_of(words_t words, logic [NumWords-1:0] touched);
    worth_of = '0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (touched[i]) worth_of = worth_of + (worth_t'($signed(words[i])) << (WordWidth * i));
    end
  endfunction

  // Data that accompany the words of a sum.
  typedef struct packed {
    mac_status_t         status;
    logic                alone;
    logic [PosWidth-1:0] pos;
  } beside_t;

  typedef struct packed {
    worth_t  sum;    // of the words up to and with the one in this stage
    beside_t about;
  } stage_t;

  // One word is in each stage: being read, added to the carry, taken for a digit; then the end. A sum ends when
  // it is released. Its window may wait while nothing follows it.
  logic   read_q, read_ends_q, add_q, add_ends_q, dig_q, dig_ends_q, end_q;
  stage_t read_stage_q, add_stage_q, dig_stage_q, end_stage_q;
  logic   waits;
  worth_t next_sum;

  assign waits = end_q && !window_ready_i;
  Waits_M : assume property (@(posedge clk_i) !waits || !dig_q);

  logic [NumWords-1:0] here;  // the word in this stage

  assign here     = NumWords'(1) << u_dut.index;
  assign next_sum = (u_dut.busy_q ? read_stage_q.sum : '0) + worth_of(words_q[sum_side_i], sum_i.touched & here);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {read_q, add_q, dig_q}                       <= '0;
      {read_ends_q, add_ends_q, dig_ends_q, end_q} <= '0;
    end else begin
      {read_q, add_q, dig_q}                       <= {launch || u_dut.busy_q, read_q, add_q};
      {read_ends_q, add_ends_q, dig_ends_q, end_q} <= {sum_valid_i && sum_ready, read_ends_q, add_ends_q,
                                                       dig_ends_q || waits};
    end
  end

  always_ff @(posedge clk_i) begin
    read_stage_q <= {next_sum, sum_i.status, sum_i.alone, sum_i.pos};
    add_stage_q  <= read_stage_q;
    dig_stage_q  <= add_stage_q;
    if (!waits) end_stage_q <= dig_stage_q;
  end

  // The sum of a window, its magnitude, and the window's version of it. The last bit of `window` marks anything
  // below, as in the proof of the rounder.
  localparam int unsigned WindowWidth = WordWidth + TailWidth + 1;
  localparam int unsigned TopBit      = TailWidth + 1;

  worth_t                 sum, size, upper;
  logic [WindowWidth-1:0] window, magnitude;
  logic                   lower;  // the part below the window is not zero

  assign sum       = end_stage_q.sum;
  assign size      = (sum < 0) ? -sum : sum;
  assign window    = {win.top, win.tail, win.below};
  assign magnitude = win.negate ? -window : window;

  always_comb begin
    upper = size << TailWidth;
    lower = 1'b0;
    for (int unsigned i = 1; i <= NumWords; i++) begin
      if (win.index == IndexWidth'(i)) begin
        upper = size >> (WordWidth * i - TailWidth);
        lower = (size & ~(worth_t'(-1) << (WordWidth * i - TailWidth))) != '0;
      end
    end
  end

  // ------------------------------------------------------------------ properties
  Worth_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid
      || (worth_t'(magnitude[WindowWidth-1:1]) == upper && magnitude[0] == lower && win.negate == (sum < 0)));
  // One window for each sum that is released, and for no other.
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) win_valid == end_q);
  About_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid
      || {win.status, win.alone, win.pos} == end_stage_q.about);
  Room_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !launch || room_i);
  Moves_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(sum_valid_i && room_i) || launch || u_dut.busy_q);

  // The sum of all words, at its release; the window's sum is the same, four cycles later.
  Total_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !sum_ready || (sum_valid_i && next_sum == worth_of(words_q[sum_side_i], sum_i.touched)));

  // The assumptions of the proof of the rounder.
  Top_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid
      || magnitude[WindowWidth-1:TopBit] != '0 || magnitude == '0);
  Sign_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid || !win.negate || magnitude != '0);
  Lowest_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid
      || !(win.alone || win.index == '0) || (win.tail == '0 && !win.below));
  Index_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !win_valid
      || (32'(win.index) <= NumWords && (!win.alone || win.index == '0)));

  // -------------------------------------------------------------------------- state
  // Steps: the sum stays until its last word is read.
  Busy_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.busy_q || (sum_valid_i
      && u_dut.index_q > lowest_word(sum_i.touched) && u_dut.index_q <= highest_word(sum_i.touched)));

  Stages_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.read_valid_q == read_q && u_dut.add_valid_q == add_q && u_dut.dig_valid_q == dig_q
      && (read_q ? u_dut.read_last_q == read_ends_q : !read_ends_q)
      && (add_q ? u_dut.add_last_q == add_ends_q : !add_ends_q)
      && (dig_q ? u_dut.dig_last_q == dig_ends_q : !dig_ends_q));

  // Words of a sum follow each other without a gap, upwards.
  Follow_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.busy_q == (read_q && !read_ends_q)
      && (!u_dut.busy_q || u_dut.index_q == u_dut.read_index_q + 1'b1)
      && (!read_q || u_dut.read_lowest_q == !(add_q && !add_ends_q))
      && (!read_q || u_dut.read_lowest_q || u_dut.read_index_q == u_dut.add_index_q + 1'b1)
      && (!add_q || u_dut.add_lowest_q == !(dig_q && !dig_ends_q))
      && (!add_q || u_dut.add_lowest_q || u_dut.add_index_q == u_dut.dig_index_q + 1'b1)
      && (!dig_q || !end_q || u_dut.dig_lowest_q)
      && (!read_q || 32'(u_dut.read_index_q) < NumWords) && (!add_q || 32'(u_dut.add_index_q) < NumWords)
      && (!dig_q || 32'(u_dut.dig_index_q) < NumWords) && (!end_q || 32'(u_dut.end_index_q) <= NumWords));

  // A word in flight: it adds to the earlier sum.
  logic [NumWords-1:0] below;  // words that were read

  assign below = (NumWords'(1) << u_dut.index_q) - 1'b1;

  SoFar_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.busy_q
      || (read_stage_q.sum == worth_of(words_q[sum_side_i], sum_i.touched & below)
          && u_dut.read_set_q == sum_side_i));
  Read_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !read_q
      || read_stage_q.sum == (u_dut.read_lowest_q ? '0 : add_stage_q.sum)
          + worth_of(words_q[u_dut.read_set_q], NumWords'(u_dut.read_touched_q) << u_dut.read_index_q));
  Add_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !add_q
      || (add_stage_q.sum == (u_dut.add_lowest_q ? '0 : dig_stage_q.sum)
                             + (worth_t'($signed(u_dut.add_word_q)) << (WordWidth * 32'(u_dut.add_index_q)))
          && (Width + 1)'($signed(u_dut.add_word_q)) <= u_sums.Most
          && (Width + 1)'($signed(u_dut.add_word_q)) >= -u_sums.Most));
  Passes_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!read_q || u_dut.read_about_q == read_stage_q.about)
      && (!add_q || u_dut.add_about_q == add_stage_q.about)
      && (!dig_q || u_dut.dig_about_q == dig_stage_q.about)
      && (!end_q || u_dut.end_about_q == end_stage_q.about));

  // The digits of a sum from one on, and those under it.
  function automatic worth_t from(worth_t value, logic [IndexWidth-1:0] index);
    from = value >>> (WordWidth * 32'(index));
  endfunction

  function automatic worth_t under(worth_t value, logic [IndexWidth-1:0] index);
    under = value & ~(worth_t'(-1) << (WordWidth * 32'(index)));
  endfunction

  // A lone product has one word, which makes no carry but its sign.
  function automatic logic is_lone(worth_t sum);
    is_lone = from(sum, 1) == '0 || (from(sum, 1) == '1 && sum[WordWidth-1:0] != '0);
  endfunction

  Lone_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!(read_q && read_stage_q.about.alone) || (read_ends_q && u_dut.read_lowest_q && u_dut.read_index_q == '0
                                           && is_lone(read_stage_q.sum)))
      && (!(add_q && add_stage_q.about.alone) || (add_ends_q && u_dut.add_lowest_q && u_dut.add_index_q == '0
                                            && is_lone(add_stage_q.sum)))
      && (!(dig_q && dig_stage_q.about.alone) || (dig_ends_q && u_dut.dig_lowest_q && u_dut.dig_index_q == '0
                                            && is_lone(dig_stage_q.sum)))
      && (!(end_q && end_stage_q.about.alone) || (u_dut.end_index_q == IndexWidth'(1) && is_lone(end_stage_q.sum))));

  // A digit, and the carry: what the sum has at this place, and above.
  Digit_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !dig_q
      || (from(dig_stage_q.sum, u_dut.dig_index_q) == worth_t'($signed({u_dut.carry_q, u_dut.digit_q}))
          && (!u_dut.dig_lowest_q || under(dig_stage_q.sum, u_dut.dig_index_q) == '0)));
  Carry_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !end_q
      || from(end_stage_q.sum, u_dut.end_index_q) == worth_t'($signed(u_dut.end_carry_q)));

  // The windows, of the digits under the one that comes, which is the final carry in the end.
  logic                  some;
  logic [IndexWidth-1:0] place;
  worth_t                so_far, low, negated;

  assign some    = end_q || (dig_q && !u_dut.dig_lowest_q);
  assign place   = end_q ? u_dut.end_index_q : u_dut.dig_index_q;
  assign so_far  = end_q ? end_stage_q.sum : dig_stage_q.sum;
  assign low     = under(so_far, place);
  assign negated = under(-so_far, place);

  // The bits under a digit, and whether there are any under these.
  function automatic logic [TailWidth:0] tail_of(worth_t value, logic [IndexWidth-1:0] index);
    worth_t shifted;
    shifted = value << TailWidth;
    tail_of = {TailWidth'(shifted >> (WordWidth * 32'(index))),
               (shifted & ~(worth_t'(-1) << (WordWidth * 32'(index)))) != '0};
  endfunction

  Tail_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !some
      || ({u_dut.upper_before, u_dut.rest_q} == tail_of(low, place) && u_dut.below_zero_q == (low == '0)));
  Positive_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !some
      || (u_dut.pos_q.index < place && from(low, u_dut.pos_q.index) == worth_t'(u_dut.pos_q.top)
          && (u_dut.pos_q.top != '0 || low == '0)
          && {u_dut.pos_q.tail, u_dut.pos_q.below} == tail_of(low, u_dut.pos_q.index)));
  Negative_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !some
      || (u_dut.neg_q.index < place && from(negated, u_dut.neg_q.index + 1'b1) == '0
          && (from(negated, u_dut.neg_q.index) != '0 || negated == '0)
          && WordWidth'(from(low, u_dut.neg_q.index)) == u_dut.neg_q.top
          && {u_dut.neg_q.tail, u_dut.neg_q.below} == tail_of(low, u_dut.neg_q.index)));

  CarryAlone_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      win_valid && 32'(win.index) == NumWords && win.negate && under(sum, IndexWidth'(NumWords)) == '0);
  NegatedZeros_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      win_valid && win.negate && win.index == IndexWidth'(2) && win.top == '0 && win.below);
  BackToBack_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      win_valid && dig_q && dig_ends_q && add_q && launch && sum < 0 && dig_stage_q.sum > 0);

endmodule : flaash_formal_mac_resolve
