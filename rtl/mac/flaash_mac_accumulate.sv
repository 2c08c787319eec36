// SPDX-License-Identifier: Apache-2.0
// Exact accumulator: adds aligned products to twelve words in two banks, on several sides.
//
// With one sum in progress (Sums = 1) two sides take turns. With more, the name selects a side for each sum (sum_of):
// then beats of different dot products alternate freely.
//
// Guarantees  After a beat with tag.last, its sum is offered at sum_*: the touched words, its special status, and
//             through the read port its words. The words stay until one cycle after sum_ready_i. Meanwhile other
//             dot products are summed on other sides. Words that are not touched are zero, whatever the read port
//             shows.
// Demands     AXI handshake rule at in_*; at most 2 ** CountWidth products per dot product, then no word can
//             overflow. sum_ready_i may depend on sum_valid_o.
// Latency     Two cycles. Throughput: one product per cycle, no gap between dot products.
// Stalls      While the side of a beat holds a finished sum (dot products without products need no side), or four
//             sums wait. in_ready_o comes from registers.
// Reset       Clears all sides.
//
// `touched` of a side replaces clearing its words: the first addition to a word ignores the old one.

`include "flaash_assert.svh"

module flaash_mac_accumulate
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 20,  // binary logarithm of the products in a sum, 1 or more
  parameter int unsigned Sums       = 1,   // in progress, a power of two, 1 to 8
  localparam int unsigned Width     = WordWidth + CountWidth + 1,
  localparam int unsigned Sides     = sum_sides(Sums),
  localparam int unsigned SideWidth = $clog2(Sides),
  localparam int unsigned AddrWidth = SideWidth + BankAddrWidth
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // aligned products
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  mac_aligned_t           in_i,

  // finished sums
  output logic                   sum_valid_o,
  input  logic                   sum_ready_i,
  output mac_sum_t               sum_o,
  output dot_name_t              sum_name_o,
  output logic [SideWidth-1:0]   sum_side_o,

  // their words, in pairs
  input  logic [AddrWidth-1:0]   read_addr_i,  // {side, pair}
  output logic [1:0][Width-1:0]  read_words_o  // {odd, even}
);

  localparam int unsigned RunWidth = (Sums > 1) ? SideWidth : 1;

  // ----------------------------------------------------------------- next product
  // A product adds to its words or replaces them. This is decided before the register, in the cycle in which
  // the previous product, if any, is added.
  typedef struct packed {
    logic                odd_keep;
    logic                even_keep;
    logic [RunWidth-1:0] run;  // which of the sums in progress
    mac_aligned_t        product;
  } addition_t;

  addition_t            next, add;
  mac_aligned_t         product;  // of `add`
  mac_tag_t             tag;
  mac_addend_t          even, odd;
  logic                 add_valid, add_ready;
  logic [BankWords-1:0] in_even, in_odd;  // words that in_i touches
  logic [NumWords-1:0]  in_touch, in_touched, add_touch, touched_d;
  logic [RunWidth-1:0]  in_run, run;  // of in_i, of `add`

  logic [Sums-1:0][NumWords-1:0] touched_q;

  assign in_even = in_i.even.touch;
  assign in_odd  = in_i.odd.touch;
  assign product = add.product;
  assign tag     = product.tag;
  assign even    = product.even;
  assign odd     = product.odd;
  assign in_run  = (Sums > 1) ? RunWidth'(sum_of(in_i.tag.name.partial, in_i.tag.name.slot)) : '0;
  assign run     = add.run;

  // Bits 2 i and 2 i + 1 of all words belong to word i of the banks.
  for (genvar i = 0; i < BankWords; i++) begin : gen_interleave
    assign in_touch[2*i]    = in_even[i];
    assign in_touch[2*i+1]  = in_odd[i];
    assign add_touch[2*i]   = even.touch[i];
    assign add_touch[2*i+1] = odd.touch[i];
  end

  localparam logic [NumWords-1:0] EvenWords = {BankWords{2'b01}};

  assign in_touched = (add_valid && run == in_run) ? touched_d : touched_q[in_run];

  assign next.odd_keep  = !in_i.tag.first && (in_touch & in_touched & ~EvenWords) != '0;
  assign next.even_keep = !in_i.tag.first && (in_touch & in_touched & EvenWords) != '0;
  assign next.run       = in_run;
  assign next.product   = in_i;

  flaash_mac_stage #(
    .Data(addition_t)
  ) u_add (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(next),
    .out_valid_o(add_valid), .out_ready_i(add_ready), .out_data_o(add)
  );

  // ----------------------------------------------------- the sum being added up
  logic                 turn_q, accept, take_side;
  logic [SideWidth-1:0] side;
  mac_status_t          status_before, status_d;

  mac_status_t [Sums-1:0] status_q;

  assign accept        = add_valid && add_ready;
  assign side          = (Sums > 1) ? SideWidth'(run) : SideWidth'(turn_q);
  assign touched_d     = tag.first ? add_touch : touched_q[run] | add_touch;
  assign status_before = tag.first ? '0 : status_q[run];

  always_comb begin
    status_d         = status_before;
    status_d.product = status_before.product || tag.product;
    status_d.nan     = status_before.nan || tag.nan;
    status_d.invalid = status_before.invalid || tag.invalid;
    status_d.pos_inf = status_before.pos_inf || (tag.inf && !tag.sign);
    status_d.neg_inf = status_before.neg_inf || (tag.inf && tag.sign);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      turn_q <= 1'b0;
    end else if (take_side) begin
      turn_q <= !turn_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) begin
      touched_q[run] <= touched_d;
      status_q[run]  <= status_d;
    end
  end

  // ---------------------------------------------------------------------- banks
  // Words of the same number of all sides lie beside each other: a bank has no gap.
  logic [AddrWidth-1:0] read_addr;

  assign read_addr = {read_addr_i[BankAddrWidth-1:0], read_addr_i[AddrWidth-1:BankAddrWidth]};

  flaash_mac_bank #(
    .Width(Width),
    .Words(Sides * BankWords)
  ) u_even (
    .clk_i,
    .add_i      (accept && even.touch != '0),
    .keep_i     (add.even_keep),
    .negative_i (tag.sign),
    .addr_i     ({even.addr, side}),
    .addend_i   (even.part),
    .read_addr_i(read_addr),
    .read_data_o(read_words_o[0])
  );

  flaash_mac_bank #(
    .Width(Width),
    .Words(Sides * BankWords)
  ) u_odd (
    .clk_i,
    .add_i      (accept && odd.touch != '0),
    .keep_i     (add.odd_keep),
    .negative_i (tag.sign),
    .addr_i     ({odd.addr, side}),
    .addend_i   (odd.part),
    .read_addr_i(read_addr),
    .read_data_o(read_words_o[1])
  );

  // -------------------------------------------------------------- finished sums
  // A sum that touched no word keeps no side, so that empty dot products pass while all are taken.
  typedef struct packed {
    logic                 used;  // it keeps its side
    logic [SideWidth-1:0] side;
    dot_name_t            name;
    mac_sum_t             sum;
  } kept_t;

  kept_t      kept_in, kept;
  mac_sum_t   sum;
  logic       give_side, empty_dot, used, put, give, full_q;
  logic [2:0] usage;

  logic [Sides-1:0] kept_q;  // sides that a finished sum keeps

  assign empty_dot  = tag.first && tag.last && !tag.product;
  assign add_ready  = !full_q && !(add_valid && kept_q[side] && !empty_dot);
  assign put        = accept && tag.last;
  assign give       = sum_valid_o && sum_ready_i;
  assign used       = touched_d != '0;
  assign take_side  = accept && tag.last && used;
  assign give_side  = give && kept.used;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      kept_q <= '0;
      full_q <= 1'b0;
    end else begin
      if (take_side) kept_q[side] <= 1'b1;
      if (give_side) kept_q[kept.side] <= 1'b0;
      full_q <= usage + 3'(put) - 3'(give) == 3'd4;  // a cycle early: the ready of all stages of the MAC depends on it
    end
  end

  assign sum.touched = touched_d;
  assign sum.low     = lowest_word(touched_d);
  assign sum.high    = highest_word(touched_d);
  assign sum.status  = status_d;
  assign sum.alone   = product.alone;
  assign sum.pos     = product.pos;

  assign kept_in.used = used;
  assign kept_in.side = side;
  assign kept_in.name = tag.name;
  assign kept_in.sum  = sum;

  flaash_stream_fifo #(
    .Data(kept_t),
    .Depth(4)
  ) u_sums (
    .clk_i, .rst_ni,
    .in_valid_i (put),
    .in_ready_o (),
    .in_data_i  (kept_in),
    .out_valid_o(sum_valid_o),
    .out_ready_i(sum_ready_i),
    .out_data_o (kept),
    .usage_o    (usage)
  );

  assign sum_o      = kept.sum;
  assign sum_name_o = kept.name;
  assign sum_side_o = kept.side;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OwnSum_A, !add_valid || run == ((Sums > 1) ? RunWidth'(sum_of(tag.name.partial, tag.name.slot)) : '0),
                 "a product is added to another sum than its own")
  `FLAASH_ASSERT(SideForEachSum_A, $countones(kept_q) <= 32'(usage), "a side was lost")
  `FLAASH_ASSERT(FullAhead_A, full_q == (usage == 3'd4), "a sum without room, or room that is not used")
  `FLAASH_COVER(AllSidesTaken_C, &kept_q && add_valid)
  `FLAASH_COVER(EmptyWithoutSide_C, kept_q[side] && accept)
  `FLAASH_COVER(AddWhileResolving_C, accept && sum_valid_o)

endmodule : flaash_mac_accumulate
