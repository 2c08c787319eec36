// SPDX-License-Identifier: Apache-2.0
// Two operand loaders, each after a frame parser, and their joined report.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loaders_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 16,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type beat_t = `FLAASH_BEAT(StreamWidth),
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, StreamWidth, 1),
  localparam type operand_t = `FLAASH_OPERAND(StreamWidth, Entries, CoordWidth, value_width(Format)),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, 1)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [1:0]         beat_valid_i,
  output logic [1:0]         beat_ready_o,
  input  beat_t [1:0]        beat_i,
  output store_write_t [1:0] store_o,
  output load_report_t       report_o
);

  operand_t [1:0]       operand;
  operand_ready_t [1:0] ready;
  operand_state_t [1:0] state;
  load_report_t [1:0]   report;
  line_write_t [1:0]    unused_write;
  logic [1:0]           unused_moves, unused_discarded;

  assign report_o = joined(report[0], report[1]);

  for (genvar i = 0; i < 2; i++) begin : gen_feed
    beat_t frame;

    assign frame = beat_i[i];

    flaash_frame_parser #(
      .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(160), .NodeDepth(50), .FeedWidth(StreamWidth)
    ) u_parser (
      .clk_i, .rst_ni,
      .kill_i(1'b0),
      .s_axis_tvalid_i(beat_valid_i[i]), .s_axis_tready_o(beat_ready_o[i]), .s_axis_tdata_i(frame.data),
      .s_axis_tlast_i(frame.last),
      .operand_o(operand[i]), .ready_i(ready[i]), .state_i(state[i]), .moves_o(unused_moves[i]),
      .discarded_o(unused_discarded[i])
    );

    flaash_operand_loader #(
      .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(40), .NodeDepth(50), .FiberDepth(24),
      .LeafEntries(Entries)
    ) u_loader (
      .clk_i, .rst_ni,
      .operand_i(operand[i]), .ready_o(ready[i]), .state_o(state[i]), .enable_i(1'b1),
      .write_o(unused_write[i]), .store_o(store_o[i]), .report_o(report[i])
    );
  end

endmodule : flaash_operand_loaders_bench
