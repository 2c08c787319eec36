// SPDX-License-Identifier: Apache-2.0
// The frame parser and the operand loader, with the pins of the AXI4-Stream one by one, as a source of cocotbext-axi
// wants them.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loader_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
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
  output load_report_t         report_o,
  output logic                 discarded_o  // a beat was, by the parser
);

  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, 1);

  typedef `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)) operand_t;

  operand_t       parsed, operand;
  operand_ready_t ready;
  operand_state_t state;
  logic           unused_moves;

  always_comb begin
    operand       = parsed;
    operand.flush = forget_i;
  end

  flaash_frame_parser #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MemLines * Lanes), .NodeDepth(NodeDepth),
    .FeedWidth(FeedWidth)
  ) u_parser (
    .clk_i, .rst_ni,
    .kill_i(forget_i),
    .s_axis_tvalid_i, .s_axis_tready_o, .s_axis_tdata_i, .s_axis_tlast_i,
    .operand_o(parsed), .ready_i(ready), .state_i(state), .moves_o(unused_moves), .discarded_o(discarded_o)
  );

  flaash_operand_loader #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
    .FiberDepth(FiberDepth), .FeedWidth(FeedWidth), .PointerWords(PointerWords), .LineWrites(LineWrites)
  ) u_loader (
    .clk_i, .rst_ni(rst_ni && loader_rst_ni),
    .operand_i(operand), .ready_o(ready), .state_o(state),
    .enable_i, .write_o, .store_o, .report_o
  );

endmodule : flaash_operand_loader_bench
