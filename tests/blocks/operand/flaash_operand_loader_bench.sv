// SPDX-License-Identifier: Apache-2.0
// The frame parser and the operand loader, with the pins of the AXI4-Stream one by one, as a source of cocotbext-axi
// wants them.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loader_bench
  import flaash_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format       = FormatFp32,
  parameter int unsigned Lanes        = 4,
  parameter int unsigned CoordWidth   = 16,
  parameter int unsigned MemLines     = 1024,
  parameter int unsigned NodeDepth    = 1024,
  parameter int unsigned FiberDepth   = 1024,
  parameter int unsigned FeedWidth    = StreamWidth,
  parameter int unsigned PointerWords = 1,
  parameter int unsigned LineWrites   = 1,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 loader_rst_ni,  // with rst_ni
  input  logic                 s_axis_tvalid_i,
  output logic                 s_axis_tready_o,
  input  logic [FeedWidth-1:0] s_axis_tdata_i,
  input  logic                 s_axis_tlast_i,
  input  logic                 enable_i,
  input  logic                 forget_i,  // the operand is abandoned, and the rest of its frame discarded
  output line_write_t          write_o,
  output store_write_t         store_o,
  output load_report_t         report_o
);

  `FLAASH_OPERAND(FeedWidth) parsed, beat;
  logic parsed_valid, beat_valid, beat_ready, unused_discarded;

  assign beat_valid = parsed_valid || forget_i;
  assign beat       = forget_i ? {OperandForget, 5'd0, 1'b1, FeedWidth'(0)} : parsed;

  flaash_frame_parser #(
    .Format(Format), .FeedWidth(FeedWidth)
  ) u_parser (
    .clk_i, .rst_ni,
    .kill_i(forget_i),
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .beat_valid_o(parsed_valid), .beat_ready_i(beat_ready), .beat_o(parsed),
    .discarded_o(unused_discarded)
  );

  flaash_operand_loader #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth), .FeedWidth(FeedWidth), .PointerWords(PointerWords), .LineWrites(LineWrites)
  ) u_loader (
    .clk_i, .rst_ni(rst_ni && loader_rst_ni),
    .beat_valid_i(beat_valid), .beat_ready_o(beat_ready), .beat_i(beat),
    .enable_i, .write_o, .store_o, .report_o
  );

  // The parser calls a beat what the loader reads it as. (The loader does not look.)
  logic [2:0] due;

  always_comb begin
    due = OperandArrays;
    if (u_loader.u_sequencer.section_q == SecHead)    due = OperandHead;
    if (u_loader.u_sequencer.section_q == SecExtents) due = OperandExtents;
    if (u_loader.u_sequencer.section_q == SecCounts)  due = OperandCounts;
  end

  always @(posedge clk_i) begin
    if (rst_ni && u_loader.u_sequencer.step && u_loader.u_sequencer.beat_section != due) begin
      $fatal(1, "a beat is called another section than it is read as");
    end
  end

endmodule : flaash_operand_loader_bench
