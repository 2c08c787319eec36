// SPDX-License-Identifier: Apache-2.0
// Resident fibers: two copies, one to look coordinates up in, one to load the next fiber of A into.
//
// Guarantees  hits_o: the entries of line_i whose coordinate is in the fiber of copy check_copy_i, in the same
//             cycle. below_o and base_o: where the value at rank_coord_i lies (flaash_lookup_table); one
//             cycle after rd_enable_i value_line_o is the line of values rd_line_i of copy rd_copy_i.
//             busy_o, busy_copy_o: that copy is not complete yet.
//             With Parity: parity_error_o, one cycle after a look-up (check_valid_i), a rank (rank_valid_i)
//             or a line of values that used a word of which a bit has flipped.
// Demands     load_* brings the lines of one fiber after the other; load_copy_i alternates and
//             names a copy that nobody uses. A fiber has at most 2 ** CoordWidth entries.
// Latency     A fiber is complete when its last line's words are written: 2 to 1 + Lanes cycles after it.
// Throughput  A line of A per cycle if it falls into one word of the table, Depth lines of slack.
// Reset       Forgets both fibers.
//
//   load_* -+-> u_scatter -> u_table -> hits, rank
//           +-> u_values (lines of values, by rank)

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_lookup_resident #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 4 or more
  parameter int unsigned ValueWidth = 32,  // bits of a value
  parameter int unsigned Parity     = 1,   // 1: a parity bit per word, 0: none
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam int unsigned WordShift  = (CoordWidth < 7) ? CoordWidth : 7,
  localparam int unsigned WordWidth  = 2 ** WordShift,
  localparam int unsigned RowWidth   = CoordWidth - $clog2(Lanes)  // lines of values of a fiber
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // a line of A or of B
  input  logic [LineWidth-1:0]               line_i,

  // it belongs to a fiber to load
  input  logic                               load_valid_i,
  output logic                               load_ready_o,
  input  logic                               load_first_i,
  input  logic                               load_copy_i,
  output logic                               busy_o,
  output logic                               busy_copy_o,

  // or is to be looked up
  input  logic                               check_valid_i,
  input  logic                               check_copy_i,
  output logic [Lanes-1:0]                   hits_o,

  // values of matches
  input  logic                               rank_valid_i,
  input  logic                               rank_copy_i,
  input  logic [CoordWidth-1:0]              rank_coord_i,
  output logic [WordWidth-1:0]               below_o,
  output logic [CoordWidth-1:0]              base_o,
  input  logic                               rd_enable_i,
  input  logic                               rd_copy_i,
  input  logic [RowWidth-1:0]                rd_line_i,
  output logic [Lanes-1:0][ValueWidth-1:0]   value_line_o,

  output logic                               parity_error_o
);

  localparam int unsigned PlaceWidth   = CoordWidth - WordShift + 1;
  localparam int unsigned ScatterDepth = 16;
  localparam int unsigned BitsWidth    = WordWidth + Parity;
  localparam int unsigned BaseWidth    = CoordWidth + Parity;
  localparam int unsigned LineBits     = Lanes * ValueWidth;
  localparam int unsigned ValuesWidth  = LineBits + Parity;

  logic                             unused_last;
  logic [$clog2(Lanes):0]           count;
  logic [Lanes-1:0][CoordWidth-1:0] coords;
  logic [Lanes-1:0][ValueWidth-1:0] values;

  assign {unused_last, count, values, coords} = line_i;

  // ---------------------------------------------------------------------- the table
  logic                  clear, clear_copy, wr_valid;
  logic [PlaceWidth-1:0] wr_place;
  logic [WordWidth-1:0]  wr_bits;
  logic [CoordWidth-1:0] wr_base;
  logic [Lanes-1:0]      present, there;
  logic [Lanes-1:0][BitsWidth-1:0] check_words;
  logic [BitsWidth-1:0]  rank_word;
  logic [BaseWidth-1:0]  rank_base;

  flaash_lookup_scatter #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .Depth     (ScatterDepth)
  ) u_scatter (
    .clk_i, .rst_ni,
    .line_valid_i (load_valid_i),
    .line_ready_o (load_ready_o),
    .line_first_i (load_first_i),
    .line_copy_i  (load_copy_i),
    .line_count_i (count),
    .line_coords_i(coords),
    .busy_o, .busy_copy_o,
    .clear_o(clear), .clear_copy_o(clear_copy),
    .wr_valid_o(wr_valid), .wr_place_o(wr_place), .wr_bits_o(wr_bits), .wr_base_o(wr_base)
  );

  flaash_lookup_table #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .Parity    (Parity)
  ) u_table (
    .clk_i, .rst_ni,
    .clear_i(clear), .clear_copy_i(clear_copy),
    .wr_valid_i(wr_valid), .wr_place_i(wr_place), .wr_bits_i(wr_bits), .wr_base_i(wr_base),
    .check_copy_i,
    .check_coords_i(coords),
    .present_o     (present),
    .check_there_o (there),
    .check_word_o  (check_words),
    .rank_copy_i, .rank_coord_i, .below_o, .base_o, .rank_word_o(rank_word), .rank_base_o(rank_base)
  );

  for (genvar i = 0; i < int'(Lanes); i++) begin : gen_hit
    assign hits_o[i] = 32'(count) > i && present[i];
  end

  // --------------------------------------------------------------------- the values
  logic                load;
  logic [RowWidth-1:0] row_q, row;
  logic [ValuesWidth-1:0] wr_line, rd_line;

  assign load = load_valid_i && load_ready_o;
  assign row  = load_first_i ? '0 : row_q;

  assign wr_line      = ValuesWidth'({~^values, values});  // odd parity; without Parity the bit falls off
  assign value_line_o = rd_line[LineBits-1:0];

  always_ff @(posedge clk_i) begin
    if (load) row_q <= row + 1'b1;
  end

  flaash_memory_bank #(
    .Width(ValuesWidth),
    .Words(2 ** (RowWidth + 1))
  ) u_values (
    .clk_i,
    .wr_enable_i(load),
    .wr_addr_i  ({load_copy_i, row}),
    .wr_data_i  (wr_line),
    .rd_enable_i,
    .rd_addr_i  ({rd_copy_i, rd_line_i}),
    .rd_data_o  (rd_line)
  );

  // --------------------------------------------------------------------- parity
  if (Parity == 1) begin : gen_parity
    localparam int unsigned Channels  = Lanes + 3;  // words looked up in, that of the rank, its base, values
    localparam int unsigned WideWidth = (BitsWidth > ValuesWidth) ? BitsWidth : ValuesWidth;

    logic                               read_q, unused_place;
    logic [Channels-1:0]                valid;
    logic [Channels-1:0][WideWidth-1:0] words;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) read_q <= 1'b0;
      else         read_q <= rd_enable_i;
    end

    for (genvar i = 0; i < int'(Lanes); i++) begin : gen_check
      assign valid[i] = check_valid_i && 32'(count) > i && there[i];
      assign words[i] = WideWidth'(check_words[i]);
    end

    assign valid[Lanes+:3]  = {read_q, rank_valid_i, rank_valid_i};
    assign words[Lanes]     = WideWidth'(rank_word);
    assign words[Lanes + 1] = WideWidth'(rank_base);
    assign words[Lanes + 2] = WideWidth'(rd_line);

    flaash_parity_watch #(
      .Channels  (Channels),
      .Width     (WideWidth),
      .PlaceWidth(1)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(valid), .word_i(words), .place_i('0), .error_o(parity_error_o), .place_o(unused_place)
    );
  end else begin : gen_no_parity
    logic unused_parity;

    assign parity_error_o = 1'b0;
    assign unused_parity  = ^{check_valid_i, there, check_words, rank_valid_i, rank_word, rank_base};
  end

endmodule : flaash_lookup_resident
