// SPDX-License-Identifier: Apache-2.0
// Exact accumulator: adds aligned products to twelve words in two banks, on two sides.
//
// Guarantees  When a beat with tag.last has come in, its sum is offered at sum_*: which words it
//             touched, what is special about it, and through the read port its words. The words stay
//             until one cycle after sum_ready_i. Meanwhile the next dot product is added up on the
//             other side. Words that are not touched are zero, whatever the read port shows.
// Demands     AXI handshake rule at in_*; at most 2 ** CountWidth products per dot product, then no
//             word can overflow. sum_ready_i may depend on sum_valid_o.
// Latency     One cycle. Throughput: one product per cycle, no gap between dot products.
// Stalls      While both sides hold finished sums (dot products without products need no side), or four
//             sums wait. in_ready_o depends on registers and on the tag only.
// Reset       Forgets both sides.
//
// `touched` of a side replaces clearing its words: the first addition to a word ignores the old one.

`include "flaash_assert.svh"

module flaash_mac_accumulate
  import flaash_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 20,  // binary logarithm of the products in a sum, 1 or more
  localparam int unsigned Width = WordWidth + CountWidth + 1
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // aligned products
  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  mac_tag_t                 in_tag_i,
  input  logic                     in_alone_i,
  input  logic [PosWidth-1:0]      in_pos_i,
  input  logic [BankWords-1:0]     in_even_touch_i,
  input  logic [BankAddrWidth-1:0] in_even_addr_i,
  input  logic [WordWidth-1:0]     in_even_i,
  input  logic [BankWords-1:0]     in_odd_touch_i,
  input  logic [BankAddrWidth-1:0] in_odd_addr_i,
  input  logic [WordWidth-1:0]     in_odd_i,

  // finished sums
  output logic                     sum_valid_o,
  input  logic                     sum_ready_i,
  output logic [NumWords-1:0]      sum_touched_o,
  output logic [IndexWidth-1:0]    sum_low_o,   // lowest and highest touched word, 0 if there is none
  output logic [IndexWidth-1:0]    sum_high_o,
  output mac_status_t              sum_status_o,
  output logic                     sum_alone_o,
  output logic [PosWidth-1:0]      sum_pos_o,
  output logic                     sum_side_o,

  // their words
  input  logic                     read_side_i,
  input  logic [BankAddrWidth-1:0] read_addr_i,
  output logic [Width-1:0]         read_even_o,
  output logic [Width-1:0]         read_odd_o
);

  localparam int unsigned SumWidth = 1 + NumWords + 2 * IndexWidth + $bits(mac_status_t) + 1 + PosWidth + 1;

  // ----------------------------------------------------- the sum being added up
  logic                 side_q;
  logic [NumWords-1:0]  touched_q, touched_before, touched_d;
  mac_status_t          status_q, status_before, status_d;
  logic [BankWords-1:0] even_before, odd_before;
  logic                 accept, take_side, even_keep, odd_keep;

  assign accept         = in_valid_i && in_ready_o;
  assign touched_before = in_tag_i.first ? '0 : touched_q;
  assign status_before  = in_tag_i.first ? '0 : status_q;

  // Bits 2 i and 2 i + 1 of `touched` belong to word i of the banks.
  always_comb begin
    for (int unsigned i = 0; i < BankWords; i++) begin
      even_before[i]   = touched_before[2*i];
      odd_before[i]    = touched_before[2*i+1];
      touched_d[2*i]   = even_before[i] || in_even_touch_i[i];
      touched_d[2*i+1] = odd_before[i] || in_odd_touch_i[i];
    end
  end

  assign even_keep = (in_even_touch_i & even_before) != '0;
  assign odd_keep  = (in_odd_touch_i & odd_before) != '0;

  always_comb begin
    status_d         = status_before;
    status_d.product = status_before.product || in_tag_i.product;
    status_d.nan     = status_before.nan || in_tag_i.nan;
    status_d.invalid = status_before.invalid || in_tag_i.invalid;
    status_d.pos_inf = status_before.pos_inf || (in_tag_i.inf && !in_tag_i.sign);
    status_d.neg_inf = status_before.neg_inf || (in_tag_i.inf && in_tag_i.sign);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      side_q <= 1'b0;
    end else if (take_side) begin
      side_q <= !side_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      touched_q <= touched_d;
      status_q  <= status_d;
    end
  end

  // ---------------------------------------------------------------------- banks
  flaash_mac_bank #(
    .Width(Width)
  ) u_even (
    .clk_i,
    .add_i(accept && in_even_touch_i != '0),
    .keep_i(even_keep),
    .negative_i(in_tag_i.sign),
    .addr_i({side_q, in_even_addr_i}),
    .addend_i(in_even_i),
    .read_addr_i({read_side_i, read_addr_i}),
    .read_data_o(read_even_o)
  );

  flaash_mac_bank #(
    .Width(Width)
  ) u_odd (
    .clk_i,
    .add_i(accept && in_odd_touch_i != '0),
    .keep_i(odd_keep),
    .negative_i(in_tag_i.sign),
    .addr_i({side_q, in_odd_addr_i}),
    .addend_i(in_odd_i),
    .read_addr_i({read_side_i, read_addr_i}),
    .read_data_o(read_odd_o)
  );

  // -------------------------------------------------------------- finished sums
  // A sum that touched no word keeps no side, so that empty dot products pass while both are taken.
  logic [1:0] sides_q;  // finished sums that keep one
  logic       give_side, sums_ready, empty_dot, used, sum_used;
  logic [2:0] usage;

  logic [IndexWidth-1:0] low, high;

  always_comb begin
    low  = '0;
    high = '0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (touched_d[i]) high = IndexWidth'(i);
      if (touched_d[NumWords-1-i]) low = IndexWidth'(NumWords - 1 - i);
    end
  end

  assign empty_dot  = in_tag_i.first && in_tag_i.last && !in_tag_i.product;
  assign in_ready_o = sums_ready && (!sides_q[1] || empty_dot);
  assign used       = touched_d != '0;
  assign take_side  = accept && in_tag_i.last && used;
  assign give_side  = sum_valid_o && sum_ready_i && sum_used;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sides_q <= '0;
    else sides_q <= sides_q + 2'(take_side) - 2'(give_side);
  end

  flaash_stream_fifo #(
    .Width(SumWidth),
    .Depth(4)
  ) u_sums (
    .clk_i,
    .rst_ni,
    .in_valid_i(accept && in_tag_i.last),
    .in_ready_o(sums_ready),
    .in_data_i({used, touched_d, low, high, status_d, in_alone_i, in_pos_i, side_q}),
    .out_valid_o(sum_valid_o),
    .out_ready_i(sum_ready_i),
    .out_data_o({sum_used, sum_touched_o, sum_low_o, sum_high_o, sum_status_o, sum_alone_o, sum_pos_o,
                 sum_side_o}),
    .usage_o(usage)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(SideForEachSum_A, sides_q <= 2'd2 && 3'(sides_q) <= usage, "a side was lost")
  `FLAASH_COVER(BothSidesTaken_C, sides_q[1] && in_valid_i)
  `FLAASH_COVER(EmptyWithoutSide_C, sides_q[1] && accept)
  `FLAASH_COVER(AddWhileResolving_C, accept && sum_valid_o)

endmodule : flaash_mac_accumulate
