// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_accumulate: the words of a finished sum are worth the sum of what went in.
//
// Done with narrow and few words (formal/proofs.toml sets the constants), for any products, any
// traffic and any reset. `total_q` is the specification: per side, the products of the dot product that is
// kept there, added up as one wide number.

module flaash_formal_mac_accumulate
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned TotalWidth = WordWidth * NumWords + CountWidth + 2
) (
  input logic                     clk_i,
  input logic                     rst_ni,
  input logic                     in_valid_i,
  input mac_tag_t                 in_tag_i,
  input logic                     in_alone_i,
  input logic [PosWidth-1:0]      in_pos_i,
  input logic [BankAddrWidth-1:0] in_even_addr_i,
  input logic [BankAddrWidth-1:0] in_odd_addr_i,
  input logic [WordWidth-1:0]     in_even_part_i,  // of the magnitude, before it is inverted
  input logic [WordWidth-1:0]     in_odd_part_i,
  input logic                     sum_ready_i
);

  // ------------------------------------------------------------------------ input
  logic                 in_ready;
  logic [BankWords-1:0] even_touch, odd_touch;
  logic [WordWidth-1:0] invert;

  assign even_touch = (in_even_part_i != '0) ? BankWords'(1) << in_even_addr_i : '0;
  assign odd_touch  = (in_odd_part_i != '0) ? BankWords'(1) << in_odd_addr_i : '0;
  assign invert     = {WordWidth{in_tag_i.sign}};

  logic                fresh, taken;  // fresh: the next beat is the first of its dot product
  logic [CountWidth:0] count_q, count;

  assign taken = in_valid_i && in_ready;

  flaash_formal_mac_products #(
    .CountWidth(CountWidth)
  ) u_products (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_i(in_ready),
    .in_tag_i,
    .in_alone_i,
    .in_pos_i,
    .in_even_addr_i,
    .in_odd_addr_i,
    .in_even_part_i,
    .in_odd_part_i,
    .fresh_o(fresh),
    .count_o(count_q),
    .next_count_o(count)
  );

  // ------------------------------------------------------------------------- block
  logic                  sum_valid, sum_side;
  about_t                sum_about;
  logic [NumWords-1:0]   sum_touched;
  logic [IndexWidth-1:0] sum_low, sum_high;

  flaash_mac_accumulate #(
    .CountWidth(CountWidth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o(in_ready),
    .in_tag_i,
    .in_alone_i,
    .in_pos_i,
    .in_even_touch_i(even_touch),
    .in_even_addr_i,
    .in_even_i(in_even_part_i ^ invert),
    .in_odd_touch_i(odd_touch),
    .in_odd_addr_i,
    .in_odd_i(in_odd_part_i ^ invert),
    .sum_valid_o(sum_valid),
    .sum_ready_i,
    .sum_touched_o(sum_touched),
    .sum_low_o(sum_low),
    .sum_high_o(sum_high),
    .sum_status_o(sum_about.status),
    .sum_partial_o(sum_about.partial),
    .sum_alone_o(sum_about.alone),
    .sum_pos_o(sum_about.pos),
    .sum_side_o(sum_side),
    .read_side_i(1'b0),
    .read_addr_i('0)
  );

  // ----------------------------------------------------------------- specification
  typedef logic signed [TotalWidth-1:0] total_t;

  function automatic total_t product(logic negative, logic [WordWidth-1:0] even, logic [BankAddrWidth-1:0] even_addr,
                                     logic [WordWidth-1:0] odd, logic [BankAddrWidth-1:0] odd_addr);
    total_t size;
    size = (total_t'({1'b0, even}) << (WordWidth * 32'(even_addr) * 2))
           + (total_t'({1'b0, odd}) << (WordWidth * (32'(odd_addr) * 2 + 1)));
    return negative ? -size : size;
  endfunction

  mac_tag_t                 tag_q;            // of the beat in the first register, as it came in
  logic                     alone_q;
  logic [PosWidth-1:0]      pos_q;
  logic [BankAddrWidth-1:0] even_addr_q, odd_addr_q;
  logic [WordWidth-1:0]     even_q, odd_q;
  total_t                   added;            // the sum with that beat
  total_t [1:0]             total_q;
  logic [1:0][NumWords-1:0] touched_q;        // words that the side's dot product has used
  logic [CountWidth:0]      staged_count_q;   // its products so far, that beat included
  logic [CountWidth:0]      added_count_q;    // and those that are in the words
  logic [NumWords-1:0]      touch;
  logic                     accept, side, keeps;

  assign accept = u_dut.accept;
  assign side   = u_dut.side_q;
  assign keeps  = !u_dut.empty_dot;  // a dot product without products uses no side
  assign added  = (u_dut.add_tag.first ? '0 : total_q[side])
                  + product(tag_q.sign, even_q, even_addr_q, odd_q, odd_addr_q);

  for (genvar i = 0; i < NumWords; i++) begin : gen_touch
    assign touch[i] = (i % 2 == 0) ? u_dut.even_touch[i/2] : u_dut.odd_touch[i/2];
  end

  always_ff @(posedge clk_i) begin
    if (taken) begin
      tag_q          <= in_tag_i;
      alone_q        <= in_alone_i;
      pos_q          <= in_pos_i;
      even_addr_q    <= in_even_addr_i;
      odd_addr_q     <= in_odd_addr_i;
      even_q         <= in_even_part_i;
      odd_q          <= in_odd_part_i;
      staged_count_q <= count;
    end
    if (accept && keeps) begin
      total_q[side]   <= added;
      touched_q[side] <= (u_dut.add_tag.first ? '0 : touched_q[side]) | touch;
      added_count_q   <= staged_count_q;
    end
  end

  logic         open_q;  // the side being added to holds a part of a dot product
  mac_status_t  running_q;
  about_t [3:0] wanted_q;

  flaash_formal_mac_about u_about (
    .clk_i,
    .rst_ni,
    .accept_i (accept),
    .tag_i    (tag_q),
    .alone_i  (alone_q),
    .pos_i    (pos_q),
    .place_i  (u_dut.u_sums.wr_ptr_q[1:0]),
    .open_o   (open_q),
    .running_o(running_q),
    .wanted_o (wanted_q)
  );

  // ------------------------------------------------------------- worth of the words
  total_t [1:0] worth;
  logic [1:0]   bounded;  // no word is beyond what its products can have made of it
  logic [1:0]   limited;  // nor beyond what as many as there may be could have, as mac_resolve assumes
  logic [1:0]   is_lone;  // the sum is one unshifted product at most

  logic [1:0][NumWords-1:0][Width-1:0] words;

  for (genvar s = 0; s < 2; s++) begin : gen_side
    for (genvar i = 0; i < NumWords; i++) begin : gen_word
      if (i % 2 == 0) begin : gen_even
        assign words[s][i] = touched_q[s][i] ? u_dut.u_even.mem_q[s*2**BankAddrWidth+i/2] : '0;
      end else begin : gen_odd
        assign words[s][i] = touched_q[s][i] ? u_dut.u_odd.mem_q[s*2**BankAddrWidth+i/2] : '0;
      end
    end
    flaash_formal_mac_worth #(
      .CountWidth(CountWidth)
    ) u_worth (
      .words_i  (words[s]),
      .count_i  (added_count_q),
      .worth_o  (worth[s]),
      .bounded_o(bounded[s]),
      .limited_o(limited[s])
    );

    assign is_lone[s] = (touched_q[s] >> 1) == '0 && total_q[s] < total_t'(2 ** WordWidth)
                        && total_q[s] > -total_t'(2 ** WordWidth);
  end

  // ---------------------------------------------------------------- finished sums
  // They wait in a FIFO of four; at most two of them keep a side.
  // An entry begins with {used, touched, low, high, status, partial, alone, pos} and ends with its side.
  localparam int unsigned EntryWidth = 64;  // wide enough for an entry, which is put to the left
  logic [3:0]               waits, uses, sides;
  logic [3:0][NumWords-1:0] touched;
  logic [2:0]               keepers;

  for (genvar i = 0; i < 4; i++) begin : gen_sum
    logic [1:0]            at;
    logic [EntryWidth-1:0] entry;
    assign at         = 2'(u_dut.u_sums.rd_ptr_q + 3'(i));
    assign entry      = {>>{u_dut.u_sums.mem_q[at]}};
    assign waits[i]   = u_dut.usage > 3'(i);
    assign uses[i]    = waits[i] && entry[EntryWidth-1];
    assign touched[i] = entry[EntryWidth-2-:NumWords];
    assign sides[i]   = u_dut.u_sums.mem_q[at][0];

    About_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waits[i]
        || entry[EntryWidth-NumWords-2*IndexWidth-2-:$bits(about_t)] == wanted_q[at]);
    Lone_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(uses[i] && wanted_q[at].alone) || is_lone[sides[i]]);
    Entry_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waits[i]
        || (uses[i] ? touched[i] == touched_q[sides[i]] && touched[i] != '0
                      && is_range(touched[i], entry[EntryWidth-NumWords-2-:IndexWidth],
                                  entry[EntryWidth-NumWords-IndexWidth-2-:IndexWidth])
                    : touched[i] == '0 && entry[EntryWidth-NumWords-2-:2*IndexWidth] == '0));
  end

  logic [1:0] kept;    // sides that are in use by a finished sum
  logic       oldest;  // that will be given back first

  always_comb begin
    keepers = '0;
    kept    = '0;
    oldest  = 1'b0;
    for (int unsigned i = 0; i < 4; i++) begin
      keepers = keepers + 3'(uses[i]);
      if (uses[i])   kept[sides[i]] = 1'b1;
      if (uses[3-i]) oldest = sides[3-i];
    end
  end

  // ------------------------------------------------------------------ properties
  Sum_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(sum_valid && sum_touched != '0) || (worth[sum_side] == total_q[sum_side]
                                            && sum_touched == touched_q[sum_side] && limited[sum_side]));
  SumAbout_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !sum_valid || sum_about == wanted_q[u_dut.u_sums.rd_ptr_q[1:0]]);
  LoneSum_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(sum_valid && sum_about.alone && sum_touched != '0) || is_lone[sum_side]);
  NoSum_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(accept && u_dut.add_tag.last && !u_dut.used) || added == '0 || u_dut.empty_dot);
  Range_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !sum_valid || ((sum_touched != '0) ? is_range(sum_touched, sum_low, sum_high) : {sum_low, sum_high} == '0));

  logic   given_q, given_side_q;  // the words are there one cycle longer
  total_t given_worth_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) given_q <= 1'b0;
    else         given_q <= sum_valid && sum_ready_i && sum_touched != '0;
  end

  always_ff @(posedge clk_i) {given_side_q, given_worth_q} <= {sum_side, worth[sum_side]};

  Stay_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !given_q || worth[given_side_q] == given_worth_q);

  // What makes them inductive: the running sum, the sums that wait, the beat in the register.
  Running_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !open_q
      || (worth[side] == total_q[side] && bounded[side] && touched_q[side] == u_dut.touched_q && !kept[side]
          && u_dut.status_q == running_q));
  Kept_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!kept[0] || (worth[0] == total_q[0] && limited[0])) && (!kept[1] || (worth[1] == total_q[1] && limited[1])));
  Sides_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      2'(keepers) == u_dut.sides_q && keepers <= 3'd2 && 2'($countones(kept)) == u_dut.sides_q
      && (kept == '0 || oldest == ((kept == '1) ? side : !side)));
  Beat_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.add_tag.first == !open_q && fresh == u_dut.add_tag.last && staged_count_q == count_q));
  Between_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.add_valid || fresh == !open_q);
  Counts_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(count_q) <= 2 ** CountWidth
      && (u_dut.add_valid
          ? 32'(count_q) == (open_q ? 32'(added_count_q) : 0) + 32'(u_dut.add_tag.product)
          : !open_q || added_count_q == count_q));
  Keep_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.even_keep == (open_q && (touch & u_dut.touched_q & u_dut.EvenWords) != '0)
          && u_dut.odd_keep == (open_q && (touch & u_dut.touched_q & ~u_dut.EvenWords) != '0)));

  Staged_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.add_tag == tag_q && u_dut.add_alone == alone_q && u_dut.add_pos == pos_q
          && (!alone_q || (tag_q.first && tag_q.last && !tag_q.partial && even_addr_q == '0 && odd_q == '0))
          && u_dut.even_addr == even_addr_q && u_dut.odd_addr == odd_addr_q
          && u_dut.even == (even_q ^ {WordWidth{tag_q.sign}}) && u_dut.odd == (odd_q ^ {WordWidth{tag_q.sign}})
          && u_dut.even_touch == ((even_q != '0) ? BankWords'(1) << even_addr_q : '0)
          && u_dut.odd_touch == ((odd_q != '0) ? BankWords'(1) << odd_addr_q : '0)
          && 32'(even_addr_q) < BankWords && 32'(odd_addr_q) < BankWords
          && (tag_q.product || (even_q == '0 && odd_q == '0))));
  Cancels_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      sum_valid && sum_touched != '0 && total_q[sum_side] == '0);
  BothSides_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      kept == '1 && accept && worth[0] != '0 && worth[1] < 0);

endmodule : flaash_formal_mac_accumulate
