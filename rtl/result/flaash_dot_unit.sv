// SPDX-License-Identifier: Apache-2.0
// Dot unit: the back end of every engine, products in, results that are kept out.
//
// Guarantees  A beat with in_i.last ends a dot product. Each dot product becomes a result, exact, finished and rounded
//             once as flaash_mac says, in order, with the name of its last beat. With dense_i all results are kept,
//             otherwise those that are not zero; a result outside an integer format's range is never kept. With
//             Portions, a dot product that is a portion by its name gives the words of its exact sum at part_*
//             instead. Its only event is match. events_o reports the events of this cycle: products, results, the
//             store. idle_o: no dot product whose last beat came is inside, except results in the store. With Sums
//             above 1, the name selects the dot product of every beat, as in flaash_mac.
// Demands     AXI handshake rules. dense_i and finish_i change only while idle_o.
// Latency     The MAC's and one cycle.
// Throughput  One product per cycle; results as the MAC.
// Stalls      Results that are not taken fill the store, then the MAC.
// Reset       Forgets everything inside.
//
//   in_* -> u_mac -> u_store -> result_*
//             +-> words of portions -> part_*

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_dot_unit
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Sums        = 1,           // dot products in progress, a power of two, 1 to 8
  parameter bit          Portions    = 1'b0,        // dot products can be portions
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam int unsigned PartWidth = word_width(Format, EntryIdWidth),
  localparam type match_t = `FLAASH_MATCH(value_width(Format)),
  localparam type part_t = `FLAASH_PART(PartWidth)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         dense_i,  // keep results that are zero
  input  finish_t      finish_i,
  // products
  input  logic         in_valid_i,
  output logic         in_ready_o,
  input  match_t       in_i,
  input  dot_name_t    in_name_i,
  // results
  output logic         result_valid_o,
  input  logic         result_ready_i,
  output result_t      result_o,
  // words of portions
  output logic         part_valid_o,
  input  logic         part_ready_i,
  output part_t        part_o,
  // what happens in this cycle
  output sdpe_events_t events_o,
  output logic         idle_o
);

  localparam bit Bf16 = Format == FormatBf16;

  // ------------------------------------------------------------------ dot products
  logic dot_valid, dot_ready;
  dot_t dot;

  flaash_mac #(
    .Format  (Format),
    .Sums    (Sums),
    .Portions(Portions)
  ) u_mac (
    .clk_i, .rst_ni, .finish_i,
    .in_valid_i, .in_ready_o, .in_i, .in_name_i,
    .out_valid_o(dot_valid), .out_ready_i(dot_ready), .out_o(dot),
    .part_valid_o, .part_ready_i, .part_o
  );

  // ----------------------------------------------------------------------- results
  sdpe_events_t stored;
  logic         bf16;

  assign bf16 = Bf16 && finish_i.narrow;

  flaash_result_store #(
    .Depth (ResultDepth),
    .Parity(Parity)
  ) u_store (
    .clk_i, .rst_ni,
    .dense_i, .bf16_i(bf16),
    .in_valid_i(dot_valid), .in_ready_o(dot_ready), .in_i(dot),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o),
    .events_o(stored)
  );

  // ------------------------------------------------------------------------ events
  localparam int unsigned CountWidth = 6;  // the MAC holds some 30 dot products

  logic                  enters, leaves, part_leaves;
  logic [CountWidth-1:0] inside_q;  // dot products in the MAC

  assign enters      = in_valid_i && in_ready_o && in_i.last;
  assign leaves      = dot_valid && dot_ready;
  assign part_leaves = part_valid_o && part_ready_i && part_o.head.last;
  assign idle_o      = inside_q == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) inside_q <= '0;
    else inside_q <= inside_q + CountWidth'(enters) - CountWidth'(leaves) - CountWidth'(part_leaves);
  end

  always_comb begin
    events_o       = stored;
    events_o.match = in_valid_i && in_ready_o && in_i.product;
  end

  // -------------------------------------------------------------------- properties
  `FLAASH_ASSERT(CountFits_A, inside_q != '1, "more dot products in the MAC than can be counted")
  `FLAASH_ASSERT(Counted_A, !(leaves || part_leaves) || !idle_o, "a dot product that never entered the MAC")
  `FLAASH_ASSERT(DenseIsSteady_A, idle_o || dense_i == $past(dense_i), "dense_i changed while busy")
  `FLAASH_ASSERT(FinishIsSteady_A, idle_o || finish_i == $past(finish_i), "finish_i changed while busy")

endmodule : flaash_dot_unit
