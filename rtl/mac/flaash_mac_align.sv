// SPDX-License-Identifier: Apache-2.0
// Brings an exact product to its words of the accumulator.
//
// Guarantees  out_o.even and .odd are the addends for one word of each bank. An addend has the part of the product
//             that falls into the word, and the word's number in the bank. The part of a negative product is
//             inverted, and the accumulator adds 1. touch of the word is set unless the part is zero.
//             A dot product of a single product (out_o.alone) goes to word 0 unshifted, so it takes one word instead
//             of two. out_o.pos is then the position of its bit 0. Two kinds of products are excepted. Products at
//             positions below 128, near the subnormal numbers, round by their position. Portions have words that are
//             added to others.
// Demands     AXI handshake rule; in_i.pos at most 506, unless the product is 0 (for an operand that is not finite).
// Latency     One cycle, and logic after the register. Throughput: one product per cycle. Reset drops
//             the product inside.
//
// A word is three chunks of 16 bits, a pair of words (even, odd) is six. The product is shifted within a chunk
// before the register; after it, chunks rotate around the pair. Chunks that wrap around belong to the even word
// of the next pair.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_mac_align
  import flaash_mac_pkg::*;
#(
  parameter int unsigned ProductWidth = 48,  // 1 to 48
  localparam type product_t = `FLAASH_PRODUCT(ProductWidth)
) (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         in_valid_i,
  output logic         in_ready_o,
  input  product_t     in_i,

  output logic         out_valid_o,
  input  logic         out_ready_i,
  output mac_aligned_t out_o
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
  // A product after its shift within a chunk, with the place of its first chunk.
  typedef struct packed {
    mac_tag_t                 tag;
    logic                     alone;
    logic [PosWidth-1:0]      pos;
    logic [BankAddrWidth-1:0] pair;   // which pair of words
    logic [2:0]               start;  // first chunk within the pair
    logic [Chunks-1:0]        touch;  // chunks that are not zero
    logic [FineWidth-1:0]     bits;
  } fine_t;

  fine_t                    fine_in, fine;
  mac_tag_t                 tag, fine_tag;
  logic                     alone;
  logic [FineWidth-1:0]     bits, fine_bits;
  logic [Chunks-1:0]        touch, fine_touch;
  logic [4:0]               chunk_pos;    // position in chunks, 0 to 31
  logic [4:0]               pair_chunks;  // chunks in the pairs of words below
  logic [BankAddrWidth-1:0] pair;
  logic [2:0]               start;

  assign tag       = in_i.tag;
  assign alone     = tag.first && tag.last && !tag.name.partial && (in_i.pos[PosWidth-1:7] != '0);
  assign bits      = alone ? FineWidth'(in_i.size) : FineWidth'(in_i.size) << in_i.pos[3:0];
  assign chunk_pos = in_i.pos[PosWidth-1:4];

  for (genvar i = 0; i < Chunks; i++) begin : gen_touch
    assign touch[i] = bits[Chunk*i+:Chunk] != '0;
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

  assign fine_in.tag   = tag;
  assign fine_in.alone = alone;
  assign fine_in.pos   = in_i.pos;
  assign fine_in.pair  = pair;
  assign fine_in.start = start;
  assign fine_in.touch = touch;
  assign fine_in.bits  = bits;

  flaash_mac_stage #(
    .Data(fine_t)
  ) u_fine (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i(fine_in),
    .out_valid_o, .out_ready_i, .out_data_o(fine)
  );

  // ------------------------------------------------------------ rotate the chunks
  logic [RingChunks-1:0][Chunk-1:0] ring;
  logic [RingChunks-1:0]            ring_touch;
  logic [WordWidth-1:0]             invert;
  logic [BankAddrWidth-1:0]         even_addr, odd_addr;
  logic [BankWords-1:0]             even_touch, odd_touch;

  assign fine_tag   = fine.tag;
  assign fine_bits  = fine.bits;
  assign fine_touch = fine.touch;

  always_comb begin
    ring       = '0;
    ring_touch = '0;
    for (int unsigned j = 0; j < RingChunks; j++) begin
      for (int unsigned i = 0; i < Chunks; i++) begin
        // Chunk i of the product comes to j if it starts i chunks before, around the ring.
        if (fine.start == 3'((j + RingChunks - i) % RingChunks)) begin
          ring[j]       = ring[j] | fine_bits[Chunk*i+:Chunk];
          ring_touch[j] = ring_touch[j] | fine_touch[i];
        end
      end
    end
  end

  assign invert    = {WordWidth{fine_tag.sign}};
  assign even_addr = (fine.start >= 3'(RingChunks / 2)) ? fine.pair + 1'b1 : fine.pair;
  assign odd_addr  = fine.pair;

  for (genvar i = 0; i < BankWords; i++) begin : gen_word_touch
    assign even_touch[i] = even_addr == BankAddrWidth'(i) && ring_touch[RingChunks/2-1:0] != '0;
    assign odd_touch[i]  = odd_addr == BankAddrWidth'(i) && ring_touch[RingChunks-1:RingChunks/2] != '0;
  end

  assign out_o.tag        = fine_tag;
  assign out_o.alone      = fine.alone;
  assign out_o.pos        = fine.pos;
  assign out_o.odd.touch  = odd_touch;
  assign out_o.odd.addr   = odd_addr;
  assign out_o.odd.part   = ring[RingChunks-1:RingChunks/2] ^ invert;
  assign out_o.even.touch = even_touch;
  assign out_o.even.addr  = even_addr;
  assign out_o.even.part  = ring[RingChunks/2-1:0] ^ invert;

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(GreatestPlace_C, in_valid_i && in_i.pos == 506)
  `FLAASH_COVER(LeastPlace_C, in_valid_i && in_i.pos == '0 && in_i.size != '0)

endmodule : flaash_mac_align
