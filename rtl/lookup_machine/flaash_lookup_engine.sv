// SPDX-License-Identifier: Apache-2.0
// Lookup engine (SDPE): multiplies a resident fiber of A with the fibers of B that its group streams.
//
// Guarantees  Each streamed fiber of B gives one dot product with the resident fiber, exact and rounded once, in order.
//             With dense_i all become results, else those that are not zero; none that is out of an integer format's
//             range. No result is lost, doubled or overtaken. inside_o: something is inside besides results that wait
//             in the result store.
// Demands     load_valid_i, look_valid_i only with the ready, never both. Loads alternate between the
//             copies; a run of B uses the copy loaded one or two loads before, in order.
//             dense_i changes only while !inside_o.
// Latency     From the last line of a fiber with a match to its result at result_*: 6 cycles and the MAC's.
// Throughput  One line per cycle; one product per cycle.
// Stalls      look_ready_o is low while the fiber is not loaded or matches wait for the MAC; load_ready_o
//             while matches need the copy.
// Errors      events_o reports words of the resident fiber and results that differ from the stored ones. A wrong word
//             of the fiber is reported before its result is stored.
// Reset       Forgets everything inside.
//
//   line -+-> u_resident -> hits -> u_matches -> u_emit -> u_dots -> result_*
//         +-----------------------------^  value of B

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"
`include "flaash_line.svh"
`include "flaash_lookup.svh"

module flaash_lookup_engine
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Lanes       = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 10,          // bits of a contracted coordinate, 4 to 12
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored word, 0 or 1
  localparam int unsigned ValueWidth = value_width(Format),
  localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, ValueWidth)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         dense_i,  // keep results that are zero
  // the group's line
  input  line_t        line_i,
  // it belongs to the fiber of A to load
  input  logic         load_valid_i,
  output logic         load_ready_o,
  input  load_t        load_i,
  // it belongs to the run of B
  input  logic         look_valid_i,
  output logic         look_ready_o,
  input  look_t        look_i,
  // results
  output logic         result_valid_o,
  input  logic         result_ready_i,
  output result_t      result_o,
  // what happens in this cycle
  input  wait_t        wait_i,   // the group knows why there is no line
  output sdpe_events_t events_o,
  output logic         inside_o
);

  localparam int unsigned MatchDepth = 8;   // lines with matches that wait
  localparam type hit_line_t = `FLAASH_HIT_LINE(Lanes, CoordWidth, ValueWidth);
  localparam type entry_t    = `FLAASH_RESIDENT(CoordWidth);
  localparam type rank_t     = `FLAASH_RANK(CoordWidth);
  localparam type read_t     = `FLAASH_VALUE_LINE(Lanes, CoordWidth);
  localparam type match_t    = `FLAASH_MATCH(ValueWidth);

  // --------------------------------------------------------------- resident fibers
  logic                             load_room, table_parity, rd_enable;
  logic [1:0]                       loading, used_waiting, used_emit, used;  // each copy
  fiber_id_t [1:0]                  a_ids;
  logic [Lanes-1:0]                 hits;
  entry_t                           entry;
  rank_t                            rank;
  read_t                            rd;
  logic [Lanes-1:0][ValueWidth-1:0] values;
  logic                             match_valid, match_ready;
  hit_line_t                        match;

  flaash_lookup_resident #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth),
    .Parity    (Parity)
  ) u_resident (
    .clk_i, .rst_ni,
    .line_i,
    .load_valid_i, .load_ready_o(load_room), .load_i, .loading_o(loading), .ids_o(a_ids),
    .check_valid_i(look_valid_i), .check_copy_i(look_i.copy), .hits_o(hits),
    .rank_valid_i(match_valid && match.hits != '0), .entry_i(entry), .rank_o(rank),
    .rd_enable_i(rd_enable), .rd_i(rd), .values_o(values),
    .parity_error_o(table_parity)
  );

  // A copy is loaded when no match inside needs its previous fiber.
  assign used         = used_waiting | used_emit;
  assign load_ready_o = load_room && !(load_i.opens && used[load_i.copy]);

  // ----------------------------------------------------------------------- matches
  logic lines_ready, empties_ready, empty;

  assign look_ready_o = lines_ready && empties_ready && !loading[look_i.copy];

  flaash_lookup_matches #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth),
    .Depth     (MatchDepth)
  ) u_matches (
    .clk_i, .rst_ni,
    .dense_i,
    .in_valid_i(look_valid_i), .in_ready_o(lines_ready),
    .in_i({hits, line_i.last, look_i.copy, look_i.id, line_i.values, line_i.coords}), .empty_o(empty),
    .out_valid_o(match_valid), .out_ready_i(match_ready), .out_o(match),
    .used_o(used_waiting)
  );

  // ---------------------------------------------------------------------- products
  logic      product_valid, product_ready;
  match_t    product;
  dot_name_t product_name;

  flaash_lookup_emit #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth)
  ) u_emit (
    .clk_i, .rst_ni,
    .in_valid_i(match_valid), .in_ready_o(match_ready), .in_i(match),
    .a_ids_i(a_ids), .entry_o(entry), .rank_i(rank),
    .rd_enable_o(rd_enable), .rd_o(rd), .values_i(values), .used_o(used_emit),
    .out_valid_o(product_valid), .out_ready_i(product_ready), .out_o(product), .out_name_o(product_name)
  );

  // ------------------------------------------------------------------ dot products
  typedef `FLAASH_PART(word_width(Format, EntryIdWidth)) part_t;

  sdpe_events_t dot_events;
  logic         all_left, unused_part_valid;
  part_t        unused_part;

  flaash_dot_unit #(
    .Format     (Format),
    .ResultDepth(ResultDepth),
    .Parity     (Parity)
  ) u_dots (
    .clk_i, .rst_ni,
    .dense_i,
    .in_valid_i(product_valid), .in_ready_o(product_ready), .in_i(product), .in_name_i(product_name),
    .result_valid_o, .result_ready_i, .result_o,
    .part_valid_o(unused_part_valid), .part_ready_i(1'b0), .part_o(unused_part),
    .events_o(dot_events), .idle_o(all_left)
  );

  // --------------------------------------- dot products that never went to the MAC
  // They are reported one per cycle, in cycles in which the MAC reports none.
  localparam int unsigned EmptyWidth = 3;
  logic [EmptyWidth-1:0] empties_q;
  logic                  empty_done;

  assign empty_done    = empties_q != '0 && !dot_events.dot_done;
  assign empties_ready = empties_q != '1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) empties_q <= '0;
    else         empties_q <= empties_q + EmptyWidth'(empty) - EmptyWidth'(empty_done);
  end

  // ------------------------------------------------------------------------ events
  assign inside_o = loading != '0 || used != '0 || product_valid || !all_left || empties_q != '0;

  always_comb begin
    events_o              = dot_events;
    events_o.table_parity = table_parity;
    events_o.busy         = wait_i.unit || inside_o;
    events_o.step         = look_valid_i;
    events_o.stall_a      = wait_i.a;
    events_o.stall_b      = wait_i.b;
    events_o.stall_mac    = wait_i.mac;
    events_o.dot_done     = dot_events.dot_done || empty_done;
    events_o.zero_empty   = dot_events.zero_empty || empty_done;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(LoadWhenReady_A, load_ready_o || !load_valid_i, "a line of A came without being asked for")
  `FLAASH_ASSERT(LookWhenReady_A, look_ready_o || !look_valid_i, "a line of B came without being asked for")
  `FLAASH_ASSERT(DenseIsSteady_A, !inside_o || dense_i == $past(dense_i), "dense_i changed under way")
  `FLAASH_COVER(CopyInUse_C, load_i.opens && load_room && used[load_i.copy])
  `FLAASH_COVER(EmptiesFull_C, !empties_ready)
  `FLAASH_COVER(EmptyWaits_C, empties_q != '0 && dot_events.dot_done)

endmodule : flaash_lookup_engine
