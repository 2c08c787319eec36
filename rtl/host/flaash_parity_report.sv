// SPDX-License-Identifier: Apache-2.0
// Parity report: what the watches of all memories saw, as one error with its place.
//
// Guarantees  error_o and place_o tell of one error of this cycle: of what is computed (lines, firsts, ranks, tables)
//             before what leaves (paths or nodes, results), and of those the first in the order of the ports.
//             lost_o: records that have not left the unloader may be wrong. While stopping_i only errors of what
//             leaves are told.
// Demands     The watches tell one cycle after a word was used.
// Latency     None; combinational.

`include "flaash_assert.svh"

module flaash_parity_report
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned NumSources = 8  // SDPEs and combiner, 1 to 65
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,

  input  logic                          stopping_i,

  // tensor memory
  input  logic                          line_error_i,
  input  logic                          line_operand_i,
  input  line_addr_t                    line_addr_i,

  // operand stores, A in element 0
  input  logic [1:0]                    first_error_i,
  input  fiber_id_t [1:0]               first_fiber_i,
  input  logic [1:0]                    path_error_i,
  input  logic [1:0][30:0]              path_place_i,

  // lookup machine
  input  logic                          rank_error_i,
  input  line_addr_t                    rank_block_i,

  // engines and combiner
  input  sdpe_events_t [NumSources-1:0] events_i,

  output logic                          error_o,
  output logic [31:0]                   place_o,
  output logic                          lost_o
);

  // -------------------------------------------------------------------- sources
  logic         table_error, result_error, computing;
  logic [23:0]  table_source, result_source;
  sdpe_events_t events;

  always_comb begin
    table_error   = 1'b0;
    table_source  = '0;
    result_error  = 1'b0;
    result_source = '0;
    events        = '0;
    for (int s = NumSources - 1; s >= 0; s--) begin
      events = events_i[s];
      if (events.table_parity) begin
        table_error  = 1'b1;
        table_source = 24'(s);
      end
      if (events.result_parity) begin
        result_error  = 1'b1;
        result_source = 24'(s);
      end
    end
  end

  logic unused_events;

  assign unused_events = ^events;

  assign computing = line_error_i || first_error_i != '0 || rank_error_i || table_error;
  assign lost_o    = path_error_i != '0 || result_error;
  assign error_o   = lost_o || (computing && !stopping_i);

  // ---------------------------------------------------------------------- place
  logic [31:0] leaving_place, computing_place;

  always_comb begin
    leaving_place = {1'b0, PlaceStored, PlaceResult, result_source};
    if (path_error_i[0])      leaving_place = {1'b0, path_place_i[0]};
    else if (path_error_i[1]) leaving_place = {1'b1, path_place_i[1]};
  end

  always_comb begin
    computing_place = {1'b0, PlaceStored, PlaceTable, table_source};
    if (line_error_i)          computing_place = {line_operand_i, PlaceStored, PlaceLine, 24'(line_addr_i)};
    else if (first_error_i[0]) computing_place = {1'b0, PlaceStored, PlaceFirst, 24'(first_fiber_i[0])};
    else if (first_error_i[1]) computing_place = {1'b1, PlaceStored, PlaceFirst, 24'(first_fiber_i[1])};
    else if (rank_error_i)     computing_place = {1'b1, PlaceStored, PlaceRank, 24'(rank_block_i)};
  end

  assign place_o = (computing && !stopping_i) ? computing_place : leaving_place;

  // ----------------------------------------------------------------- properties
  `FLAASH_COVER(WhileStopping_C, lost_o && stopping_i)

endmodule : flaash_parity_report
