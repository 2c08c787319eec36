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
  input  mac_aligned_t             in_i,          // with parts of the magnitude, before they are inverted
  output logic                     fresh_o,       // the next beat is the first of its dot product
  output logic [CountWidth:0]      count_o,       // products of the running dot product
  output logic [CountWidth:0]      next_count_o   // with the beat that is offered
);

  flaash_formal_producer #(
    .Width($bits(mac_aligned_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready_i),
    .data_i (in_i)
  );

  assign next_count_o = (in_i.tag.first ? '0 : count_o) + (CountWidth + 1)'(in_i.tag.product);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_o <= 1'b1;
      count_o <= '0;
    end else if (in_valid_i && in_ready_i) begin
      fresh_o <= in_i.tag.last;
      count_o <= next_count_o;
    end
  end

  Nothing_M : assume property (@(posedge clk_i)
      in_i.tag.product || (in_i.even.part == '0 && in_i.odd.part == '0));
  Bounds_M : assume property (@(posedge clk_i)
      32'(in_i.even.addr) < BankWords && 32'(in_i.odd.addr) < BankWords);
  Alone_M : assume property (@(posedge clk_i) !in_i.alone
      || (in_i.tag.first && in_i.tag.last && !in_i.tag.name.partial && in_i.even.addr == '0 && in_i.odd.part == '0));
  First_M : assume property (@(posedge clk_i) !rst_ni || in_i.tag.first == fresh_o);
  Count_M : assume property (@(posedge clk_i) !rst_ni || 32'(next_count_o) <= 2 ** CountWidth);

endmodule : flaash_formal_mac_products
