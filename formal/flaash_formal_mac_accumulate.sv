// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_accumulate: the words of a finished sum are worth the sum of what went in.
//
// Done with narrow and few words (formal/proofs.toml sets the constants), for any products, any
// traffic and any reset. `total_q` is the specification: per side, the products of the dot product that is
// kept there, added up as one wide number.

module flaash_formal_mac_accumulate
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2,
  localparam int unsigned Width      = WordWidth + CountWidth + 1,
  localparam int unsigned TotalWidth = WordWidth * NumWords + CountWidth + 2
) (
  input logic         clk_i,
  input logic         rst_ni,
  input logic         in_valid_i,
  input mac_aligned_t in_i,        // with parts of the magnitude, from which the touched words follow
  input logic         sum_ready_i
);

  // ------------------------------------------------------------------------ input
  logic         in_ready;
  mac_aligned_t plain, in;  // in: its parts inverted if it is negative

  function automatic mac_aligned_t inverted(mac_aligned_t beat);
    inverted           = beat;
    inverted.even.part = beat.even.part ^ {WordWidth{beat.tag.sign}};
    inverted.odd.part  = beat.odd.part ^ {WordWidth{beat.tag.sign}};
  endfunction

  always_comb begin
    plain            = in_i;
    plain.even.touch = (in_i.even.part != '0) ? BankWords'(1) << in_i.even.addr : '0;
    plain.odd.touch  = (in_i.odd.part != '0) ? BankWords'(1) << in_i.odd.addr : '0;
  end

  assign in = inverted(plain);

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
    .in_i(plain),
    .fresh_o(fresh),
    .count_o(count_q),
    .next_count_o(count)
  );

  // ------------------------------------------------------------------------- block
  logic     sum_valid, sum_side;
  mac_sum_t sum;
  dot_name_t sum_name;

  flaash_mac_accumulate #(
    .CountWidth(CountWidth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_i       (in),
    .sum_valid_o(sum_valid),
    .sum_ready_i,
    .sum_o      (sum),
    .sum_name_o (sum_name),
    .sum_side_o (sum_side),
    .read_addr_i('0)
  );

  // ----------------------------------------------------------------- specification
  typedef logic signed [TotalWidth-1:0] total_t;

  function automatic total_t product(mac_aligned_t beat);
    total_t size;
    size = (total_t'({1'b0, beat.even.part}) << (WordWidth * 32'(beat.even.addr) * 2))
           + (total_t'({1'b0, beat.odd.part}) << (WordWidth * (32'(beat.odd.addr) * 2 + 1)));
    return beat.tag.sign ? -size : size;
  endfunction

  mac_aligned_t             beat_q;           // the beat in the first register, as it came in
  total_t                   added;            // the sum with that beat
  total_t [1:0]             total_q;
  logic [1:0][NumWords-1:0] touched_q;        // words that the side's dot product has used
  logic [CountWidth:0]      staged_count_q;   // its products so far, that beat included
  logic [CountWidth:0]      added_count_q;    // and those that are in the words
  logic [NumWords-1:0]      touch;
  logic                     accept, side, keeps;

  assign accept = u_dut.accept;
  assign side   = u_dut.side;
  assign keeps  = !u_dut.empty_dot;  // a dot product without products uses no side
  assign added  = (u_dut.tag.first ? '0 : total_q[side]) + product(beat_q);

  for (genvar i = 0; i < NumWords; i++) begin : gen_touch
    assign touch[i] = (i % 2 == 0) ? u_dut.even.touch[i/2] : u_dut.odd.touch[i/2];
  end

  always_ff @(posedge clk_i) begin
    if (taken) begin
      beat_q         <= plain;
      staged_count_q <= count;
    end
    if (accept && keeps) begin
      total_q[side]   <= added;
      touched_q[side] <= (u_dut.tag.first ? '0 : touched_q[side]) | touch;
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
    .tag_i    (beat_q.tag),
    .alone_i  (beat_q.alone),
    .pos_i    (beat_q.pos),
    .slot_i   (u_dut.u_sums.wr_ptr_q[1:0]),
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
        assign words[s][i] = touched_q[s][i] ? u_dut.u_even.mem_q[i/2*2+s] : '0;
      end else begin : gen_odd
        assign words[s][i] = touched_q[s][i] ? u_dut.u_odd.mem_q[i/2*2+s] : '0;
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
  logic [3:0]               waits, uses, sides;
  logic [3:0][NumWords-1:0] touched;
  logic [2:0]               keepers;

  function automatic about_t told(mac_sum_t sum, dot_name_t name);
    return {sum.status, sum.alone, sum.pos, name};
  endfunction

  for (genvar i = 0; i < 4; i++) begin : gen_sum
    logic [1:0] at;
    logic       used, side_of;
    mac_sum_t   entry;
    dot_name_t  name;
    assign at         = 2'(u_dut.u_sums.rd_ptr_q + 3'(i));
    assign {used, side_of, name, entry} = u_dut.u_sums.mem_q[at];
    assign waits[i]   = u_dut.usage > 3'(i);
    assign uses[i]    = waits[i] && used;
    assign touched[i] = entry.touched;
    assign sides[i]   = side_of;

    About_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waits[i] || told(entry, name) == wanted_q[at]);
    Lone_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(uses[i] && wanted_q[at].alone) || is_lone[sides[i]]);
    Entry_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waits[i]
        || (uses[i] ? touched[i] == touched_q[sides[i]] && touched[i] != '0
                      && is_range(touched[i], entry.low, entry.high)
                    : touched[i] == '0 && {entry.low, entry.high} == '0));
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
      !(sum_valid && sum.touched != '0) || (worth[sum_side] == total_q[sum_side]
                                            && sum.touched == touched_q[sum_side] && limited[sum_side]));
  SumAbout_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !sum_valid || told(sum, sum_name) == wanted_q[u_dut.u_sums.rd_ptr_q[1:0]]);
  LoneSum_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(sum_valid && sum.alone && sum.touched != '0) || is_lone[sum_side]);
  NoSum_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(accept && u_dut.tag.last && !u_dut.used) || added == '0 || u_dut.empty_dot);
  Range_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !sum_valid || ((sum.touched != '0) ? is_range(sum.touched, sum.low, sum.high) : {sum.low, sum.high} == '0));

  logic   given_q, given_side_q;  // the words stay one cycle longer
  total_t given_worth_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) given_q <= 1'b0;
    else         given_q <= sum_valid && sum_ready_i && sum.touched != '0;
  end

  always_ff @(posedge clk_i) {given_side_q, given_worth_q} <= {sum_side, worth[sum_side]};

  Stay_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !given_q || worth[given_side_q] == given_worth_q);

  // Invariants for the induction: the running sum, the sums that wait, the beat in the register.
  Running_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !open_q
      || (worth[side] == total_q[side] && bounded[side] && touched_q[side] == u_dut.touched_q && !kept[side]
          && u_dut.status_q == running_q));
  Kept_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!kept[0] || (worth[0] == total_q[0] && limited[0])) && (!kept[1] || (worth[1] == total_q[1] && limited[1])));
  Sides_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      kept == u_dut.kept_q && 3'($countones(kept)) == keepers
      && (kept == '0 || oldest == ((kept == '1) ? side : !side)));
  Beat_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.tag.first == !open_q && fresh == u_dut.tag.last && staged_count_q == count_q));
  Between_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.add_valid || fresh == !open_q);
  Counts_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(count_q) <= 2 ** CountWidth
      && (u_dut.add_valid
          ? 32'(count_q) == (open_q ? 32'(added_count_q) : 0) + 32'(u_dut.tag.product)
          : !open_q || added_count_q == count_q));
  Keep_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.add.even_keep == (open_q && (touch & u_dut.touched_q & u_dut.EvenWords) != '0)
          && u_dut.add.odd_keep == (open_q && (touch & u_dut.touched_q & ~u_dut.EvenWords) != '0)));

  Staged_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.add_valid
      || (u_dut.product == inverted(beat_q)
          && (!beat_q.alone || (beat_q.tag.first && beat_q.tag.last && !beat_q.tag.name.partial
                                && beat_q.even.addr == '0 && beat_q.odd.part == '0))
          && beat_q.even.touch == ((beat_q.even.part != '0) ? BankWords'(1) << beat_q.even.addr : '0)
          && beat_q.odd.touch == ((beat_q.odd.part != '0) ? BankWords'(1) << beat_q.odd.addr : '0)
          && 32'(beat_q.even.addr) < BankWords && 32'(beat_q.odd.addr) < BankWords
          && (beat_q.tag.product || (beat_q.even.part == '0 && beat_q.odd.part == '0))));
  Cancels_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      sum_valid && sum.touched != '0 && total_q[sum_side] == '0);
  BothSides_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      kept == '1 && accept && worth[0] != '0 && worth[1] < 0);

endmodule : flaash_formal_mac_accumulate
