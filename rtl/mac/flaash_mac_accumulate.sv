// SPDX-License-Identifier: Apache-2.0
// Exact accumulator: adds aligned products to twelve words in two banks, on two sides.
//
// Guarantees  When a beat with tag.last has come in, its sum is offered at sum_*: which words it
//             touched, what is special about it, and through the read port its words. The words stay
//             until one cycle after sum_ready_i. Meanwhile the next dot product is added up on the
//             other side. Words that are not touched are zero, whatever the read port shows.
// Demands     AXI handshake rule at in_*; at most 2 ** CountWidth products per dot product, then no
//             word can overflow. sum_ready_i may depend on sum_valid_o.
// Latency     Two cycles. Throughput: one product per cycle, no gap between dot products.
// Stalls      While both sides hold finished sums (dot products without products need no side), or four
//             sums wait. in_ready_o comes from registers.
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
  output logic                     sum_partial_o,
  output logic                     sum_alone_o,
  output logic [PosWidth-1:0]      sum_pos_o,
  output logic                     sum_side_o,

  // their words
  input  logic                     read_side_i,
  input  logic [BankAddrWidth-1:0] read_addr_i,
  output logic [Width-1:0]         read_even_o,
  output logic [Width-1:0]         read_odd_o
);

  localparam int unsigned SumWidth = 1 + NumWords + 2 * IndexWidth + $bits(mac_status_t) + 2 + PosWidth + 1;

  localparam int unsigned BeatWidth =
      $bits(mac_tag_t) + 1 + PosWidth + 2 * (BankWords + BankAddrWidth + WordWidth + 1);

  // ----------------------------------------------------------------- next product
  // Whether its words are to be kept or begin with it is found out before the register, in the
  // cycle in which the product ahead of it, if there is one, is added.
  logic [NumWords-1:0]      in_touch, in_touched, add_touch, touched_q, touched_d;
  logic                     in_even_keep, in_odd_keep;
  logic                     add_valid, add_ready, add_alone, even_keep, odd_keep;
  mac_tag_t                 add_tag;
  logic [PosWidth-1:0]      add_pos;
  logic [BankWords-1:0]     even_touch, odd_touch;
  logic [BankAddrWidth-1:0] even_addr, odd_addr;
  logic [WordWidth-1:0]     even, odd;

  // Bits 2 i and 2 i + 1 of all words belong to word i of the banks.
  for (genvar i = 0; i < BankWords; i++) begin : gen_interleave
    assign in_touch[2*i]    = in_even_touch_i[i];
    assign in_touch[2*i+1]  = in_odd_touch_i[i];
    assign add_touch[2*i]   = even_touch[i];
    assign add_touch[2*i+1] = odd_touch[i];
  end

  localparam logic [NumWords-1:0] EvenWords = {BankWords{2'b01}};

  assign in_touched   = add_valid ? touched_d : touched_q;
  assign in_even_keep = !in_tag_i.first && (in_touch & in_touched & EvenWords) != '0;
  assign in_odd_keep  = !in_tag_i.first && (in_touch & in_touched & ~EvenWords) != '0;

  flaash_mac_stage #(
    .Width(BeatWidth)
  ) u_beat (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i({in_tag_i, in_alone_i, in_pos_i, in_even_touch_i, in_even_addr_i, in_even_i, in_even_keep,
                in_odd_touch_i, in_odd_addr_i, in_odd_i, in_odd_keep}),
    .out_valid_o(add_valid),
    .out_ready_i(add_ready),
    .out_data_o({add_tag, add_alone, add_pos, even_touch, even_addr, even, even_keep,
                 odd_touch, odd_addr, odd, odd_keep})
  );

  // ----------------------------------------------------- the sum being added up
  logic        side_q, accept, take_side;
  mac_status_t status_q, status_before, status_d;

  assign accept        = add_valid && add_ready;
  assign touched_d     = add_tag.first ? add_touch : touched_q | add_touch;
  assign status_before = add_tag.first ? '0 : status_q;

  always_comb begin
    status_d         = status_before;
    status_d.product = status_before.product || add_tag.product;
    status_d.nan     = status_before.nan || add_tag.nan;
    status_d.invalid = status_before.invalid || add_tag.invalid;
    status_d.pos_inf = status_before.pos_inf || (add_tag.inf && !add_tag.sign);
    status_d.neg_inf = status_before.neg_inf || (add_tag.inf && add_tag.sign);
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
    .add_i(accept && even_touch != '0),
    .keep_i(even_keep),
    .negative_i(add_tag.sign),
    .addr_i({side_q, even_addr}),
    .addend_i(even),
    .read_addr_i({read_side_i, read_addr_i}),
    .read_data_o(read_even_o)
  );

  flaash_mac_bank #(
    .Width(Width)
  ) u_odd (
    .clk_i,
    .add_i(accept && odd_touch != '0),
    .keep_i(odd_keep),
    .negative_i(add_tag.sign),
    .addr_i({side_q, odd_addr}),
    .addend_i(odd),
    .read_addr_i({read_side_i, read_addr_i}),
    .read_data_o(read_odd_o)
  );

  // -------------------------------------------------------------- finished sums
  // A sum that touched no word keeps no side, so that empty dot products pass while both are taken.
  logic [1:0] sides_q;  // finished sums that keep one
  logic       give_side, sums_ready, empty_dot, used, sum_used;
  logic [2:0] usage;

  assign empty_dot  = add_tag.first && add_tag.last && !add_tag.product;
  assign add_ready  = sums_ready && (!sides_q[1] || empty_dot);
  assign used       = touched_d != '0;
  assign take_side  = accept && add_tag.last && used;
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
    .in_valid_i(accept && add_tag.last),
    .in_ready_o(sums_ready),
    .in_data_i({used, touched_d, lowest_word(touched_d), highest_word(touched_d), status_d, add_tag.partial,
                add_alone, add_pos, side_q}),
    .out_valid_o(sum_valid_o),
    .out_ready_i(sum_ready_i),
    .out_data_o({sum_used, sum_touched_o, sum_low_o, sum_high_o, sum_status_o, sum_partial_o, sum_alone_o,
                 sum_pos_o, sum_side_o}),
    .usage_o(usage)
  );

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(SideForEachSum_A, sides_q <= 2'd2 && 3'(sides_q) <= usage, "a side was lost")
  `FLAASH_COVER(BothSidesTaken_C, sides_q[1] && add_valid)
  `FLAASH_COVER(EmptyWithoutSide_C, sides_q[1] && accept)
  `FLAASH_COVER(AddWhileResolving_C, accept && sum_valid_o)

endmodule : flaash_mac_accumulate
