// SPDX-License-Identifier: Apache-2.0
// DMA backlog: buffers results that come faster than the bus accepts them, so that the chip need not stall.
//
// Guarantees  All accepted words leave once, in order: of each pair of beats the lower one, then the upper one if
//             it has words. While clear_i the contents are discarded.
// Demands     The AXI handshake rule, except for clear_i, which stays until empty_o. Pairs with fewer than all
//             words only as the last ones of a frame.
// Latency     One cycle.
// Throughput  A pair per cycle in, a beat per cycle out.
// Stalls      in_ready_o is low while Beats beats are stored.
// Reset       No beat is stored.

`include "flaash_assert.svh"

module flaash_dma_backlog
#(
  parameter int unsigned DataWidth = 128,  // of a beat: 128, 256 or 512
  parameter int unsigned Beats     = 128,  // stored beats, most: a power of two, 4 or more
  localparam int unsigned Words     = DataWidth / 32,
  localparam int unsigned WordBits  = $clog2(Words) + 1,
  localparam int unsigned PairWidth = 2 * DataWidth,
  localparam int unsigned PairBits  = WordBits + 1
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 clear_i,
  output logic                 empty_o,

  input  logic                 in_valid_i,
  output logic                 in_ready_o,
  input  logic [PairWidth-1:0] in_data_i,
  input  logic [PairBits-1:0]  in_words_i,  // the lowest ones, 1 to 2 * Words

  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output logic [DataWidth-1:0] out_data_o,
  output logic [WordBits-1:0]  out_words_o
);

  logic                      valid, last, leaves;
  logic                      upper_q;  // the lower beat of the pair has left
  logic [1:0][DataWidth-1:0] pair;
  logic [PairBits-1:0]       words;

  flaash_ram_fifo #(
    .Width(PairWidth + PairBits),
    .Depth(Beats / 2)
  ) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i({in_words_i, in_data_i}),
    .out_valid_o(valid), .out_ready_i((leaves && last) || clear_i), .out_data_o({words, pair}), .usage_o()
  );

  assign last        = upper_q || words <= PairBits'(Words);
  assign leaves      = out_valid_o && out_ready_i;
  assign out_valid_o = valid && !clear_i;
  assign out_data_o  = upper_q ? pair[1] : pair[0];
  assign empty_o     = !valid;

  always_comb begin
    out_words_o = WordBits'(Words);
    if (last) out_words_o = WordBits'(upper_q ? words - PairBits'(Words) : words);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      upper_q <= 1'b0;
    else if (clear_i) upper_q <= 1'b0;
    else if (leaves)  upper_q <= !last;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o || (clear_i && valid), out_ready_i || clear_i, ({out_words_o, out_data_o}),
                       DataWidth + WordBits)
  `FLAASH_ASSERT(Words_A, !in_valid_i || (in_words_i != '0 && 32'(in_words_i) <= 2 * Words), "a pair without words")
  `FLAASH_COVER(Full_C, !in_ready_o)
  `FLAASH_COVER(OneBeat_C, leaves && last && !upper_q)
  `FLAASH_COVER(ClearInPair_C, clear_i && upper_q)

endmodule : flaash_dma_backlog
