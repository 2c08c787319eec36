// SPDX-License-Identifier: Apache-2.0
// Brings an exact product to its place among the words of the accumulator.
//
// Guarantees  out_even_* and out_odd_* are what to add to one word of each bank: the part of the
//             product that falls into it, inverted if the product is negative (the accumulator adds
//             1 then), the word's number in the bank, and touch, its bit set unless the part is zero.
//             A dot product of a single product (out_alone_o) goes to word 0 unshifted, and
//             out_pos_o is the place of its bit 0: so it takes one word instead of two. Products
//             at places below 128, near the subnormal numbers, are left out: their place decides how
//             they round. So are portions, whose words are added to others.
// Demands     AXI handshake rule; in_pos_i at most 506, unless the product is 0 (of what is not finite).
// Latency     One cycle, and logic behind the register. Throughput: one product per cycle. Reset loses
//             what is inside.
//
// A word is three chunks of 16 bits, a pair of words (even, odd) is six. The product is shifted within
// a chunk before the register; behind it, chunks rotate around the pair. What goes around the
// end belongs to the even word of the next pair.

`include "flaash_assert.svh"

module flaash_mac_align
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48  // 1 to 48
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  input  logic                     in_valid_i,
  output logic                     in_ready_o,
  input  mac_tag_t                 in_tag_i,
  input  logic [PosWidth-1:0]      in_pos_i,
  input  logic [ProductWidth-1:0]  in_product_i,

  output logic                     out_valid_o,
  input  logic                     out_ready_i,
  output mac_tag_t                 out_tag_o,
  output logic                     out_alone_o,
  output logic [PosWidth-1:0]      out_pos_o,
  output logic [BankWords-1:0]     out_even_touch_o,
  output logic [BankAddrWidth-1:0] out_even_addr_o,
  output logic [WordWidth-1:0]     out_even_o,
  output logic [BankWords-1:0]     out_odd_touch_o,
  output logic [BankAddrWidth-1:0] out_odd_addr_o,
  output logic [WordWidth-1:0]     out_odd_o
);

  localparam int unsigned Chunk      = 16;
  localparam int unsigned RingChunks = 2 * WordWidth / Chunk;
  // A product that begins anywhere within a chunk reaches into this many.
  localparam int unsigned Chunks     = (ProductWidth + 2 * Chunk - 2) / Chunk;
  localparam int unsigned FineWidth  = Chunks * Chunk;

  if (ProductWidth < 1 || ProductWidth > WordWidth) begin : gen_illegal_width
    `FLAASH_ILLEGAL("ProductWidth must be 1 to 48")
  end

  // ------------------------------------------------------------ shift in a chunk
  logic                     alone;
  logic [FineWidth-1:0]     fine;
  logic [Chunks-1:0]        touch;        // chunks that are not zero
  logic [4:0]               chunk_pos;    // position in chunks, 0 to 31
  logic [4:0]               pair_chunks;  // chunks in the pairs of words below
  logic [BankAddrWidth-1:0] pair;         // which pair of words
  logic [2:0]               start;        // first chunk within the pair

  assign alone     = in_tag_i.first && in_tag_i.last && !in_tag_i.partial && (in_pos_i[PosWidth-1:7] != '0);
  assign fine      = alone ? FineWidth'(in_product_i) : FineWidth'(in_product_i) << in_pos_i[3:0];
  assign chunk_pos = in_pos_i[PosWidth-1:4];

  for (genvar i = 0; i < Chunks; i++) begin : gen_touch
    assign touch[i] = fine[Chunk*i+:Chunk] != '0;
  end

  always_comb begin
    pair        = '0;
    pair_chunks = '0;
    for (int unsigned i = 1; i < BankWords; i++) begin
      if (chunk_pos >= 5'(i * RingChunks)) begin
        pair        = BankAddrWidth'(i);
        pair_chunks = 5'(i * RingChunks);
      end
    end
    start = 3'(chunk_pos - pair_chunks);
    if (alone) begin
      pair  = '0;
      start = '0;
    end
  end

  logic [BankAddrWidth-1:0] fine_pair;
  logic [2:0]               fine_start;
  logic [Chunks-1:0]        fine_touch;
  logic [FineWidth-1:0]     fine_product;

  flaash_mac_stage #(
    .Width($bits(mac_tag_t) + 1 + PosWidth + BankAddrWidth + 3 + Chunks + FineWidth)
  ) u_fine (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_data_i({in_tag_i, alone, in_pos_i, pair, start, touch, fine}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o({out_tag_o, out_alone_o, out_pos_o, fine_pair, fine_start, fine_touch, fine_product})
  );

  // ------------------------------------------------------------ rotate the chunks
  logic [RingChunks-1:0][Chunk-1:0] ring;
  logic [RingChunks-1:0]            ring_touch;
  logic [WordWidth-1:0]             invert;

  always_comb begin
    ring       = '0;
    ring_touch = '0;
    for (int unsigned j = 0; j < RingChunks; j++) begin
      for (int unsigned i = 0; i < Chunks; i++) begin
        // Chunk i of the product is at place j if it starts i places before, around the ring.
        if (fine_start == 3'((j + RingChunks - i) % RingChunks)) begin
          ring[j]       = ring[j] | fine_product[Chunk*i+:Chunk];
          ring_touch[j] = ring_touch[j] | fine_touch[i];
        end
      end
    end
  end

  assign invert          = {WordWidth{out_tag_o.sign}};
  assign out_even_o      = ring[RingChunks/2-1:0] ^ invert;
  assign out_odd_o       = ring[RingChunks-1:RingChunks/2] ^ invert;
  assign out_even_addr_o = (fine_start >= 3'(RingChunks / 2)) ? fine_pair + 1'b1 : fine_pair;
  assign out_odd_addr_o  = fine_pair;

  for (genvar i = 0; i < BankWords; i++) begin : gen_word_touch
    assign out_even_touch_o[i] = (out_even_addr_o == BankAddrWidth'(i))
                                 && (ring_touch[RingChunks/2-1:0] != '0);
    assign out_odd_touch_o[i]  = (out_odd_addr_o == BankAddrWidth'(i))
                                 && (ring_touch[RingChunks-1:RingChunks/2] != '0);
  end

endmodule : flaash_mac_align
