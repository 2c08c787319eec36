// SPDX-License-Identifier: Apache-2.0
// Words of the combiner: the accumulators of all slots, to which words of portions are added.
//
// Guarantees  Each word that comes in is added to the word of that number of its slot, one cycle later. A word to which
//             nothing was added since its slot was opened counts as zero and is not touched_o. read_words_o are the
//             words at read_addr_i, in the same cycle.
// Demands     Words only for slots that are open. The sums fit: at most 2 ** EntryIdWidth products in all.
// Latency     Two cycles until a word can be read. Throughput: one word per cycle, whatever their order.
// Stalls      Never. Reset forgets everything.
//
// As in the MAC, even and odd words are in two banks, so that both words of a pair can be read at once. As there,
// `touched` replaces clearing.

module flaash_combiner_words
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Slots     = 16,  // 1 to 64
  parameter int unsigned Width     = 73,  // bits of a word
  parameter int unsigned PairWidth = 3,   // bits that number the pairs of words of a slot, 1 or more
  localparam int unsigned SlotBits  = (Slots > 1) ? $clog2(Slots) : 1,
  localparam int unsigned AddrWidth = SlotBits + PairWidth
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  open_i,  // a slot begins with zero
  input  logic [SlotBits-1:0]   open_slot_i,
  // words to add
  input  logic                  add_i,
  input  logic [SlotBits-1:0]   add_slot_i,
  input  logic [IndexWidth-1:0] add_index_i,
  input  logic [Width-1:0]      add_word_i,
  // sums
  input  logic [SlotBits-1:0]   touched_slot_i,
  output logic [NumWords-1:0]   touched_o,
  input  logic [AddrWidth-1:0]  read_addr_i,  // {slot, pair}
  output logic [1:0][Width-1:0] read_words_o  // {odd, even}
);

  // --------------------------------------------------------------------- touched
  logic [Slots-1:0][NumWords-1:0] touched_q;
  logic [NumWords-1:0]            touch, add_touched;

  for (genvar i = 0; i < NumWords; i++) begin : gen_touch
    assign touch[i] = add_index_i == IndexWidth'(i);
  end

  assign add_touched = touched_q[add_slot_i];
  assign touched_o   = touched_q[touched_slot_i];

  for (genvar i = 0; i < Slots; i++) begin : gen_slot
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                                    touched_q[i] <= '0;
      else if (open_i && open_slot_i == SlotBits'(i))     touched_q[i] <= '0;
      else if (add_i && add_slot_i == SlotBits'(i))       touched_q[i] <= touched_q[i] | touch;
    end
  end

  // ------------------------------------------------------- addition, a cycle later
  // Whether the old word counts is decided before the register: the adder has a cycle for itself.
  logic                 add_q, keep_q, odd_q;
  logic [AddrWidth-1:0] addr_q;
  logic [Width-1:0]     word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) add_q <= 1'b0;
    else         add_q <= add_i;
  end

  always_ff @(posedge clk_i) begin
    keep_q <= (add_touched & touch) != '0;
    odd_q  <= add_index_i[0];
    addr_q <= {add_slot_i, PairWidth'(add_index_i >> 1)};
    word_q <= add_word_i;
  end

  flaash_mac_bank #(
    .Width      (Width),
    .AddendWidth(Width),
    .Words      (2 ** AddrWidth)
  ) u_even (
    .clk_i,
    .add_i      (add_q && !odd_q),
    .keep_i     (keep_q),
    .negative_i (1'b0),
    .addr_i     (addr_q),
    .addend_i   (word_q),
    .read_addr_i,
    .read_data_o(read_words_o[0])
  );

  flaash_mac_bank #(
    .Width      (Width),
    .AddendWidth(Width),
    .Words      (2 ** AddrWidth)
  ) u_odd (
    .clk_i,
    .add_i      (add_q && odd_q),
    .keep_i     (keep_q),
    .negative_i (1'b0),
    .addr_i     (addr_q),
    .addend_i   (word_q),
    .read_addr_i,
    .read_data_o(read_words_o[1])
  );

endmodule : flaash_combiner_words
