// SPDX-License-Identifier: Apache-2.0
// Resident fibers: two copies, one to look coordinates up in, one to load the next fiber of A into.
//
// Guarantees  hits_o: the entries of line_i whose coordinate is in the fiber of copy check_copy_i, in the same
//             cycle. rank_o: where the value of entry_i lies (flaash_lookup_table), in the same cycle; one
//             cycle after rd_enable_i values_o is the line of values rd_i. loading_o: the copy is not
//             complete yet. ids_o: the fibers in the copies.
// Demands     load_* brings the lines of one fiber after the other; load_i.copy alternates and names a copy that is not
//             in use. A fiber has at most 2 ** CoordWidth entries.
// Latency     A fiber is complete when its last line's words are written: 2 to 1 + Lanes cycles after it.
// Throughput  A line of A per cycle if it falls into one word of the table, Depth lines of slack.
// Errors      With Parity: parity_error_o, one cycle after a look-up (check_valid_i), a rank (rank_valid_i)
//             or a line of values that used a word of which a bit has flipped.
// Reset       Forgets both fibers.
//
//   load_* -+-> u_scatter -> u_table -> hits, rank
//           +-> u_values (lines of values, by rank)

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_lookup.svh"

module flaash_lookup_resident
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 4 or more
  parameter int unsigned ValueWidth = 32,  // bits of a value
  parameter int unsigned Parity     = 1,   // 1: a parity bit per word, 0: none
  localparam type line_t    = `FLAASH_LINE(Lanes, CoordWidth, ValueWidth),
  localparam type entry_t   = `FLAASH_RESIDENT(CoordWidth),
  localparam type rank_t    = `FLAASH_RANK(CoordWidth),
  localparam type read_t    = `FLAASH_VALUE_LINE(Lanes, CoordWidth)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  // a line of A or of B
  input  line_t                              line_i,
  // it belongs to a fiber to load
  input  logic                               load_valid_i,
  output logic                               load_ready_o,
  input  load_t                              load_i,
  output logic [1:0]                         loading_o,
  output fiber_id_t [1:0]                    ids_o,
  // or is to be looked up
  input  logic                               check_valid_i,
  input  logic                               check_copy_i,
  output logic [Lanes-1:0]                   hits_o,
  // values of matches
  input  logic                               rank_valid_i,
  input  entry_t                             entry_i,
  output rank_t                              rank_o,
  input  logic                               rd_enable_i,
  input  read_t                              rd_i,
  output logic [Lanes-1:0][ValueWidth-1:0]   values_o,
  output logic                               parity_error_o
);

  localparam int unsigned ScatterDepth = 16;
  localparam int unsigned NumberWidth  = $bits(read_t) - 1;
  localparam type word_t = `FLAASH_TABLE_WORD(CoordWidth);

  // ---------------------------------------------------------------------- the table
  logic [1:0]       clear;
  logic             wr_valid, check_wrong, rank_wrong;
  word_t            wr;
  logic [Lanes-1:0] lanes;
  logic             unused_last;

  assign unused_last = line_i.last;

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_lane
    assign lanes[i] = 32'(line_i.count) > i;
  end

  flaash_lookup_scatter #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .Depth     (ScatterDepth)
  ) u_scatter (
    .clk_i, .rst_ni,
    .in_valid_i(load_valid_i), .in_ready_o(load_ready_o),
    .in_i({load_i.opens, load_i.copy, line_i.count, line_i.coords}), .loading_o,
    .clear_o(clear), .wr_valid_o(wr_valid), .wr_o(wr)
  );

  flaash_lookup_table #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .Parity    (Parity)
  ) u_table (
    .clk_i, .rst_ni,
    .clear_i(clear), .wr_valid_i(wr_valid), .wr_i(wr),
    .check_lanes_i(lanes), .check_copy_i, .check_coords_i(line_i.coords), .hits_o, .check_wrong_o(check_wrong),
    .entry_i, .rank_o, .rank_wrong_o(rank_wrong)
  );

  // --------------------------------------------------------------------- the values
  logic                   load;
  logic [NumberWidth-1:0] number_q, number;  // of the line of values
  logic                   values_wrong;

  assign load   = load_valid_i && load_ready_o;
  assign number = load_i.opens ? '0 : number_q;

  always_ff @(posedge clk_i) begin
    if (load) begin
      number_q           <= number + 1'b1;
      ids_o[load_i.copy] <= load_i.id;
    end
  end

  flaash_parity_bank #(
    .T     (logic [Lanes-1:0][ValueWidth-1:0]),
    .Words (2 ** $bits(read_t)),
    .Parity(Parity)
  ) u_values (
    .clk_i,
    .wr_enable_i(load), .wr_addr_i({load_i.copy, number}), .wr_data_i(line_i.values),
    .rd_enable_i, .rd_addr_i(rd_i), .rd_data_o(values_o), .wrong_o(values_wrong)
  );

  // --------------------------------------------------------------------- parity
  logic read_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      read_q         <= 1'b0;
      parity_error_o <= 1'b0;
    end else begin
      read_q         <= rd_enable_i;
      parity_error_o <= (check_valid_i && check_wrong) || (rank_valid_i && rank_wrong)
                        || (read_q && values_wrong);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(LongestFiber_C, load && (&number) && 32'(line_i.count) == Lanes)

endmodule : flaash_lookup_resident
