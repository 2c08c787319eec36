// SPDX-License-Identifier: Apache-2.0
// A MAC whose portions go to a combiner, as those of an SDPE do; ports are those of the two.

module flaash_mac_combined
  import flaash_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,
  parameter int unsigned Slots  = 8,
  localparam int unsigned ValueWidth = value_width(Format)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // products of portions, one after the other
  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  logic                  in_product_i,
  input  logic                  in_last_i,
  input  logic [ValueWidth-1:0] in_a_i,
  input  logic [ValueWidth-1:0] in_b_i,

  // dot products, and the slot of the portion whose words come next
  input  logic                  dense_i,
  input  logic                  open_valid_i,
  output logic                  open_ready_o,
  input  fiber_id_t             open_a_id_i,
  input  fiber_id_t             open_b_id_i,
  output slot_t                 open_slot_o,
  input  logic                  close_i,
  input  slot_t                 close_slot_i,
  input  entry_id_t             close_count_i,
  input  slot_t                 part_slot_i,

  // words as they pass
  output logic                  part_valid_o,
  output logic                  part_ready_o,
  output logic                  part_last_o,

  output logic                  result_valid_o,
  input  logic                  result_ready_i,
  output result_t               result_o,
  output flags_t                flags_o,
  output sdpe_events_t          events_o,
  output logic                  idle_o
);

  flaash_mac_pkg::part_head_t part_head;
  logic [flaash_mac_pkg::word_width(Format, EntryIdWidth)-1:0] part_word;
  logic                   whole_valid;  // no dot product is whole
  logic [ResultWidth-1:0] unused_value;
  flags_t                 unused_flags;
  logic [3:0]             unused_fate;

  flaash_mac #(
    .Format(Format),
    .Portions(1'b1)
  ) u_mac (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o,
    .in_product_i,
    .in_last_i,
    .in_partial_i(1'b1),
    .in_a_i,
    .in_b_i,
    .out_valid_o(whole_valid),
    .out_ready_i(1'b0),
    .out_value_o(unused_value),
    .out_flags_o(unused_flags),
    .out_empty_o(unused_fate[0]),
    .out_zero_o(unused_fate[1]),
    .out_exact_o(unused_fate[2]),
    .out_range_o(unused_fate[3]),
    .part_valid_o,
    .part_ready_i(part_ready_o),
    .part_head_o(part_head),
    .part_word_o(part_word)
  );

  assign part_last_o = part_head.last;

  flaash_combiner #(
    .Format(Format),
    .Slots(Slots),
    .ResultDepth(4)
  ) u_combiner (
    .clk_i,
    .rst_ni,
    .dense_i,
    .open_valid_i,
    .open_ready_o,
    .open_a_id_i,
    .open_b_id_i,
    .open_slot_o,
    .close_i,
    .close_slot_i,
    .close_count_i,
    .part_valid_i(part_valid_o),
    .part_ready_o,
    .part_slot_i,
    .part_head_i(part_head),
    .part_word_i(part_word),
    .result_valid_o,
    .result_ready_i,
    .result_o,
    .flags_o,
    .events_o,
    .idle_o
  );

  always @(posedge clk_i) begin
    if (rst_ni && whole_valid) $fatal(1, "a portion gave a result");
  end

endmodule : flaash_mac_combined
