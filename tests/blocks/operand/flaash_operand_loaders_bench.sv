// SPDX-License-Identifier: Apache-2.0
// The operand loaders of both operands, each after a frame parser.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loaders_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format       = FormatFp32,
  parameter int unsigned Lanes        = 4,
  parameter int unsigned CoordWidth   = 16,
  parameter int unsigned MemLines     = 1024,
  parameter int unsigned NodeDepth    = 1024,
  parameter int unsigned FiberDepth   = 1024,
  parameter int unsigned FeedWidth    = StreamWidth,
  parameter int unsigned LineWrites   = 1,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type beat_t = `FLAASH_BEAT(FeedWidth),
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, 2),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [1:0]         beat_valid_i,
  output logic [1:0]         beat_ready_o,
  input  beat_t [1:0]        beat_i,
  input  logic               enable_i,
  output line_write_t [1:0]  write_o,
  output store_write_t [1:0] store_o,
  output load_report_t       report_o,
  output logic [1:0]         discarded_o  // a beat was, by a parser
);

  operand_t [1:0]       operand;
  operand_ready_t [1:0] ready;
  operand_state_t [1:0] state;
  logic [1:0]           unused_moves;

  for (genvar i = 0; i < 2; i++) begin : gen_parser
    beat_t frame;

    assign frame = beat_i[i];

    flaash_frame_parser #(
      .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MemLines * Lanes), .NodeDepth(NodeDepth),
      .FeedWidth(FeedWidth)
    ) u_parser (
      .clk_i, .rst_ni,
      .kill_i(1'b0),
      .s_axis_tvalid_i(beat_valid_i[i]), .s_axis_tready_o(beat_ready_o[i]), .s_axis_tdata_i(frame.data),
      .s_axis_tlast_i(frame.last),
      .operand_o(operand[i]), .ready_i(ready[i]), .state_i(state[i]), .moves_o(unused_moves[i]),
      .discarded_o(discarded_o[i])
    );
  end

  flaash_operand_loaders #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth), .Feeds(2), .FeedWidth(FeedWidth), .LineWrites(LineWrites)
  ) u_loaders (
    .clk_i, .rst_ni,
    .operand_i(operand), .ready_o(ready), .state_o(state), .enable_i,
    .write_o, .store_o, .report_o
  );

endmodule : flaash_operand_loaders_bench
