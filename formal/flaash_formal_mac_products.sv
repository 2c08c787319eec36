// SPDX-License-Identifier: Apache-2.0
// Producer of the proof of flaash_mac_accumulate: assumes what that module demands of its input.
//
// Guarantees  The handshake rules and the reset of flaash_formal_producer; beats without a product add
//             nothing, words are in the accumulator, `first` follows `last`, no dot product has more than
//             2 ** CountWidth products, a lone product is in word 0 only.
// Demands     The inputs are free inputs of the wrapper.

module flaash_formal_mac_products
  import flaash_mac_pkg::*;
#(
  parameter int unsigned CountWidth = 2
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     in_valid_i,
  input  logic                     in_ready_i,
  input  mac_tag_t                 in_tag_i,
  input  logic                     in_alone_i,
  input  logic [PosWidth-1:0]      in_pos_i,
  input  logic [BankAddrWidth-1:0] in_even_addr_i,
  input  logic [BankAddrWidth-1:0] in_odd_addr_i,
  input  logic [WordWidth-1:0]     in_even_part_i,
  input  logic [WordWidth-1:0]     in_odd_part_i,
  output logic                     fresh_o,       // the next beat is the first of its dot product
  output logic [CountWidth:0]      count_o,       // products of the running dot product
  output logic [CountWidth:0]      next_count_o   // with the beat that is offered
);

  flaash_formal_producer #(
    .Width($bits(mac_tag_t) + 1 + PosWidth + 2 * (BankAddrWidth + WordWidth))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready_i),
    .data_i ({in_tag_i, in_alone_i, in_pos_i, in_even_addr_i, in_odd_addr_i, in_even_part_i, in_odd_part_i})
  );

  assign next_count_o = (in_tag_i.first ? '0 : count_o) + (CountWidth + 1)'(in_tag_i.product);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_o <= 1'b1;
      count_o <= '0;
    end else if (in_valid_i && in_ready_i) begin
      fresh_o <= in_tag_i.last;
      count_o <= next_count_o;
    end
  end

  Nothing_M : assume property (@(posedge clk_i)
      in_tag_i.product || (in_even_part_i == '0 && in_odd_part_i == '0));
  Bounds_M : assume property (@(posedge clk_i)
      32'(in_even_addr_i) < BankWords && 32'(in_odd_addr_i) < BankWords);
  Alone_M : assume property (@(posedge clk_i) !in_alone_i
      || (in_tag_i.first && in_tag_i.last && !in_tag_i.partial && in_even_addr_i == '0 && in_odd_part_i == '0));
  First_M : assume property (@(posedge clk_i) !rst_ni || in_tag_i.first == fresh_o);
  Count_M : assume property (@(posedge clk_i) !rst_ni || 32'(next_count_o) <= 2 ** CountWidth);

endmodule : flaash_formal_mac_products
