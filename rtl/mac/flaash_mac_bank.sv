// SPDX-License-Identifier: Apache-2.0
// One bank of an accumulator: a small RAM of wide signed words that adds in place.
//
// Guarantees  With add_i the word at addr_i becomes itself (0 without keep_i) plus the addend at the next clock
//             edge. The addend is addend_i; with negative_i, addend_i is an inverted magnitude, which is extended
//             with ones and increased by 1. Nothing is forwarded; the next addition sees the new word.
//             read_data_o is the word at read_addr_i, in the same cycle.
// Demands     Adds to addresses below Words. Words are not cleared: a word is undefined until an add without
//             keep_i.
// Reset       None.

module flaash_mac_bank
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Width       = 73,                // bits of a word
  parameter int unsigned AddendWidth = WordWidth,         // bits of an addend, Width at most
  parameter int unsigned Words       = 2 * BankWords,     // 2 or more
  localparam int unsigned AddrWidth = $clog2(Words)
) (
  input  logic                   clk_i,

  input  logic                   add_i,
  input  logic                   keep_i,
  input  logic                   negative_i,
  input  logic [AddrWidth-1:0]   addr_i,
  input  logic [AddendWidth-1:0] addend_i,

  input  logic [AddrWidth-1:0]   read_addr_i,
  output logic [Width-1:0]       read_data_o
);

  localparam logic [Width-1:0] AddendBits = Width'({AddendWidth{1'b1}});

  logic [Width-1:0] mem_q[Words];
  logic [Width-1:0] kept, above, sum;

  assign kept  = mem_q[addr_i] & {Width{keep_i}};
  assign above = {Width{negative_i}} & ~AddendBits;  // the sign, if the addend is narrower than a word
  assign sum   = kept + (above | Width'(addend_i)) + Width'(negative_i);

  always_ff @(posedge clk_i) begin
    if (add_i) mem_q[addr_i] <= sum;
  end

  assign read_data_o = mem_q[read_addr_i];

endmodule : flaash_mac_bank
