// SPDX-License-Identifier: Apache-2.0
// Specification of the proof of flaash_mac_accumulate, except words: the special values of each sum.
//
// Guarantees  open_o: beats of a dot product were added, but not its last one. running_o: its special values so
//             far. wanted_o: the expected data beside the words of each waiting sum, by its place in the FIFO.
// Demands     accept_i: the beat with tag_i, alone_i and pos_i is added; slot_i: the place of its sum if it is
//             the last one.

module flaash_formal_mac_about
  import flaash_mac_pkg::*;
  import flaash_formal_mac_pkg::*;
(
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                accept_i,
  input  mac_tag_t            tag_i,
  input  logic                alone_i,
  input  logic [PosWidth-1:0] pos_i,
  input  logic [1:0]          slot_i,
  output logic                open_o,
  output mac_status_t         running_o,
  output about_t [3:0]        wanted_o
);

  mac_status_t running;

  always_comb begin
    running = open_o ? running_o : '0;
    if (tag_i.product) running.product = 1'b1;
    if (tag_i.nan)     running.nan     = 1'b1;
    if (tag_i.invalid) running.invalid = 1'b1;
    if (tag_i.inf)     {running.pos_inf, running.neg_inf} |= {!tag_i.sign, tag_i.sign};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       open_o <= 1'b0;
    else if (accept_i) open_o <= !tag_i.last;
  end

  always_ff @(posedge clk_i) begin
    if (accept_i) running_o <= running;
    if (accept_i && tag_i.last) wanted_o[slot_i] <= {running, alone_i, pos_i, tag_i.name};
  end

endmodule : flaash_formal_mac_about
