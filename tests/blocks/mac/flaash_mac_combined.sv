// SPDX-License-Identifier: Apache-2.0
// A MAC whose portions go to a combiner, as in an SDPE; with the ports of both.

`include "flaash_dot_types.svh"

module flaash_mac_combined
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,
  parameter int unsigned Slots  = 8,
  localparam type match_t = `FLAASH_MATCH(value_width(Format))
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // products of portions, portion by portion
  input  logic                  in_valid_i,
  output logic                  in_ready_o,
  input  match_t                in_i,
  input  slot_t                 in_slot_i,

  // dot products
  input  logic                  dense_i,
  input  finish_t               finish_i,
  input  logic                  open_valid_i,
  output logic                  open_ready_o,
  input  fiber_id_t             open_a_id_i,
  input  fiber_id_t             open_b_id_i,
  output slot_t                 open_slot_o,
  input  logic                  close_i,
  input  slot_t                 close_slot_i,
  input  entry_id_t             close_count_i,
  output logic                  part_ready_o,

  output logic                  result_valid_o,
  input  logic                  result_ready_i,
  output result_t               result_o,
  output sdpe_events_t          events_o,
  output logic                  idle_o
);

  typedef `FLAASH_PART(word_width(Format, EntryIdWidth)) part_t;

  logic  part_valid;
  part_t part;
  logic  whole_valid;  // no dot product is whole
  dot_t  unused_dot;

  flaash_mac #(
    .Format  (Format),
    .Portions(1'b1)
  ) u_mac (
    .clk_i, .rst_ni, .finish_i,
    .in_valid_i, .in_ready_o, .in_i, .in_name_i({1'b1, in_slot_i, fiber_id_t'(0), fiber_id_t'(0)}),
    .out_valid_o(whole_valid), .out_ready_i(1'b0), .out_o(unused_dot),
    .part_valid_o(part_valid), .part_ready_i(part_ready_o), .part_o(part)
  );

  flaash_combiner #(
    .Format(Format),
    .Slots(Slots),
    .ResultDepth(4)
  ) u_combiner (
    .clk_i, .rst_ni,
    .dense_i, .finish_i,
    .open_valid_i, .open_ready_o, .open_i({open_a_id_i, open_b_id_i}), .open_slot_o,
    .close_i({close_i, close_slot_i, close_count_i}),
    .part_valid_i(part_valid), .part_ready_o(part_ready_o), .part_i(part),
    .result_valid_o, .result_ready_i, .result_o,
    .events_o, .idle_o
  );

  always @(posedge clk_i) begin
    if (rst_ni && whole_valid) $fatal(1, "a portion gave a result");
  end

endmodule : flaash_mac_combined
