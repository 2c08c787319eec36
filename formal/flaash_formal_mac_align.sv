// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_mac_align: the two words are worth the product at its place, and they are what the
// proofs of the accumulator and of the rounder assume.
//
// For words of full width, any products, any traffic and any reset. `product_q`, `pos_q` and `tag_q` are the
// specification: the beat that went in last, as it came. The hardware shifts within a chunk, then turns chunks
// around a pair of words; the specification shifts once, across all words.

`include "flaash_dot_types.svh"

module flaash_formal_mac_align
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48,
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth)
) (
  input logic     clk_i,
  input logic     rst_ni,
  input logic     in_valid_i,
  input product_t in_i,
  input logic     out_ready_i
);

  localparam int unsigned LastPos    = 506;  // of finite numbers
  localparam int unsigned WorthWidth = WordWidth * NumWords;
  localparam int unsigned Chunk      = 16;  // as in the block
  localparam int unsigned Chunks     = (ProductWidth + 2 * Chunk - 2) / Chunk;
  localparam int unsigned RingChunks = 2 * WordWidth / Chunk;
  localparam int unsigned FineWidth  = Chunk * Chunks;

  typedef logic [WorthWidth-1:0] worth_t;

  // ------------------------------------------------------------------------ input
  logic in_ready, fresh_q;

  flaash_formal_producer #(
    .Width($bits(product_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_i)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                     fresh_q <= 1'b1;
    else if (in_valid_i && in_ready) fresh_q <= in_i.tag.last;
  end

  // By flaash_mac_multiply: places of values that are not finite are beyond, but then the product is 0.
  Nothing_M : assume property (@(posedge clk_i) in_i.tag.product || in_i.size == '0);
  Pos_M : assume property (@(posedge clk_i) 32'(in_i.pos) <= LastPos || in_i.size == '0);
  First_M : assume property (@(posedge clk_i) !rst_ni || in_i.tag.first == fresh_q);

  // ------------------------------------------------------------------------- block
  logic                     out_valid;
  mac_aligned_t             out;
  logic [BankWords-1:0]     even_touch, odd_touch;
  logic [BankAddrWidth-1:0] even_addr, odd_addr;
  logic [WordWidth-1:0]     even, odd;

  flaash_mac_align #(
    .ProductWidth(ProductWidth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o (in_ready),
    .in_i,
    .out_valid_o(out_valid),
    .out_ready_i,
    .out_o      (out)
  );

  assign {even_touch, even_addr, even} = out.even;
  assign {odd_touch, odd_addr, odd}    = out.odd;

  // ----------------------------------------------------------------- specification
  logic                    inside_q, taken, given;
  mac_tag_t                tag_q;
  logic [PosWidth-1:0]     pos_q;
  logic [ProductWidth-1:0] product_q;
  logic                    alone;
  worth_t                  wanted, worth;
  logic [WordWidth-1:0]    even_part, odd_part;  // of the magnitude

  assign taken = in_valid_i && in_ready;
  assign given = out_valid && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    inside_q <= 1'b0;
    else if (taken) inside_q <= 1'b1;
    else if (given) inside_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (taken) begin
      tag_q     <= in_i.tag;
      pos_q     <= in_i.pos;
      product_q <= in_i.size;
    end
  end

  // A dot product of one product, whole and not near the subnormal numbers: unshifted, the place beside it.
  assign alone     = tag_q.first && tag_q.last && !tag_q.name.partial && pos_q >= PosWidth'(128);
  assign wanted    = alone ? worth_t'(product_q) : worth_t'(product_q) << pos_q;
  assign even_part = tag_q.sign ? ~even : even;
  assign odd_part  = tag_q.sign ? ~odd : odd;

  always_comb begin
    worth = '0;
    for (int unsigned i = 0; i < BankWords; i++) begin
      if (even_addr == BankAddrWidth'(i)) worth[2*i*WordWidth+:WordWidth]     = even_part;
      if (odd_addr == BankAddrWidth'(i))  worth[(2*i+1)*WordWidth+:WordWidth] = odd_part;
    end
  end

  // ------------------------------------------------------------------ properties
  Worth_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !out_valid || worth == wanted);
  Alone_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !out_valid || out.alone == alone);
  Beside_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || (out.tag == tag_q && out.pos == pos_q));

  // Each beat leaves once: one is inside at most, and shown as long as it is.
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid == inside_q && (!taken || !inside_q || given));

  // What mac_accumulate assumes: words that exist, one bit for each that is not zero, nothing of a beat
  // without a product. It takes any tag.
  Bounds_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || (32'(even_addr) < BankWords && 32'(odd_addr) < BankWords));
  Touch_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !out_valid
      || (even_touch == ((even_part != '0) ? BankWords'(1) << even_addr : '0)
          && odd_touch == ((odd_part != '0) ? BankWords'(1) << odd_addr : '0)));
  Nothing_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || out.tag.product || (even_part == '0 && odd_part == '0));

  // What mac_resolve and the rounder assume of a lone product: in word 0 only, not one of the smallest.
  Lone_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(out_valid && out.alone)
      || ((even_touch | odd_touch) == BankWords'(even_touch[0]) && !odd_touch[0] && out.pos >= PosWidth'(128)));

  // Invariants for the induction: the register holds that beat.
  logic [PosWidth-5:0]  chunk;  // where the product begins
  logic [FineWidth-1:0] fine;

  assign chunk = alone ? '0 : pos_q[PosWidth-1:4];
  assign fine  = alone ? FineWidth'(product_q) : FineWidth'(product_q) << pos_q[3:0];

  Staged_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !out_valid
      || (u_dut.fine_bits == fine
          && 32'(u_dut.fine.pair) * RingChunks + 32'(u_dut.fine.start) == 32'(chunk)
          && 32'(u_dut.fine.start) < RingChunks
          && (tag_q.product || product_q == '0) && (32'(pos_q) <= LastPos || product_q == '0)));

  for (genvar i = 0; i < Chunks; i++) begin : gen_touch
    Chunk_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !out_valid || u_dut.fine_touch[i] == (u_dut.fine_bits[Chunk*i+:Chunk] != '0));
  end

  RoundTheEnd_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid && even_touch[3] && odd_touch[2] && tag_q.sign && !out_ready_i);
  Lone_C : cover property (@(posedge clk_i) disable iff (!rst_ni) out_valid && out.alone && even_touch[0]);
  LastPos_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid && 32'(pos_q) == LastPos && product_q[ProductWidth-1] && tag_q.name.partial);

endmodule : flaash_formal_mac_align
