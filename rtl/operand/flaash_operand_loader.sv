// SPDX-License-Identifier: Apache-2.0
// Operand loader: checks an operand frame and writes it as lines, nodes and a table of fibers.
//
// Guarantees  An operand is complete (info_valid_o) only if its whole frame was right. Otherwise
//             error_valid_o tells what was wrong first and where, and the rest of the frame is accepted
//             and thrown away; the next frame is read as if nothing had been. begin_valid_o comes
//             before the first write of a frame. Nothing is written at or above MemLines,
//             NodeDepth or FiberDepth (the table's sentinel is entry number FiberDepth at most).
// Demands     s_axis_* by the AXI rules; writes are taken in their cycle.
// Latency     A frame of h header words, n nodes in l levels and e entries takes about
//             h + 2 n + e / min(entries per beat, Lanes) + 5 l cycles.
// Stalls      s_axis_tready_o waits for enable_i between frames only.
// Reset       Forgets the frame under way; what follows is read as a header.
//
//   s_axis --> fifo --> sequencer <--> description (header, extents, counts)
//                          |   ^
//                          |   +----> levels (coordinates, pointers) --> nodes
//                          |              | pointers    ^ parents
//                          |              +--> spans ---+
//                          |                            | fibers
//                          +--------> packer (entries) <+            --> lines, fiber table

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_operand_loader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MemLines   = 1024,  // lines per operand, below 2**LineAddrWidth
  parameter int unsigned NodeDepth  = 1024,  // nodes per operand, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers per operand, below 2**FiberIdWidth
  localparam int unsigned PerBeat   = StreamWidth / entry_width(Format, CoordWidth),
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format))
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,

  // operand frames
  input  logic                     s_axis_tvalid_i,
  output logic                     s_axis_tready_o,
  input  logic [StreamWidth-1:0]   s_axis_tdata_i,
  input  logic                     s_axis_tlast_i,
  input  logic                     enable_i,

  // tensor memory
  output logic                     line_valid_o,
  output logic                     line_operand_o,
  output line_addr_t               line_addr_o,
  output logic [LineWidth-1:0]     line_data_o,

  // nodes of the upper levels
  output logic                     node_valid_o,
  output logic                     node_operand_o,
  output node_id_t                 node_id_o,
  output logic [31:0]              node_coord_o,
  output node_id_t                 node_parent_o,

  // fiber table
  output logic                     fiber_valid_o,
  output logic                     fiber_operand_o,
  output fiber_id_t                fiber_id_o,
  output line_addr_t               fiber_first_o,
  output node_id_t                 fiber_node_o,

  // an operand is complete
  output logic                     info_valid_o,
  output logic                     info_operand_o,
  output logic [3:0]               info_order_o,
  output logic [31:0]              info_extent_o,
  output logic [EntryIdWidth-1:0]  info_entries_o,
  output fiber_id_t                info_fibers_o,
  output line_addr_t               info_lines_o,

  // an operand is being replaced
  output logic                     begin_valid_o,
  output logic                     begin_operand_o,

  output logic                     error_valid_o,
  output error_e                   error_code_o,
  output logic [31:0]              error_place_o,
  output logic                     discarded_o,
  output logic                     step_o,         // something of the frame was dealt with
  output logic                     loading_o
);

  // ---------------------------------------------------------------- beats, gate
  logic                   open_q;  // the beat before was not the last of its frame
  logic                   gate, fifo_valid, fifo_ready, accepted;
  logic                   beat_valid, beat_ready, beat_last;
  logic [StreamWidth-1:0] beat_data;
  logic [1:0]             beats_inside;

  assign gate            = open_q || enable_i;
  assign fifo_valid      = s_axis_tvalid_i && gate;
  assign s_axis_tready_o = fifo_ready && gate;
  assign accepted        = s_axis_tvalid_i && s_axis_tready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       open_q <= 1'b0;
    else if (accepted) open_q <= !s_axis_tlast_i;
  end

  flaash_stream_fifo #(
    .Width(StreamWidth + 1),
    .Depth(2)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i(fifo_valid),
    .in_ready_o(fifo_ready),
    .in_data_i({s_axis_tlast_i, s_axis_tdata_i}),
    .out_valid_o(beat_valid),
    .out_ready_i(beat_ready),
    .out_data_o({beat_last, beat_data}),
    .usage_o(beats_inside)
  );

  // ------------------------------------------------------------------ the frame
  logic                    header_step, header_known, header_operand, extent_step, count_step;
  error_e                  header_error, extent_error, count_error;
  logic [1:0]              header_word;
  logic                    operand;
  logic [3:0]              order;
  logic [EntryIdWidth-1:0] entries;
  logic [MaxOrder-1:0][31:0]           extents;
  logic [MaxLevels-1:0][NodeIdWidth:0] counts;
  node_id_t [MaxLevels-1:0]            bases;
  logic                    section, section_last, finish, busy;
  logic                    word_step, walks;
  logic [2:0]              level;
  logic [EntryIdWidth-1:0] position;
  logic [31:0]             word;
  logic                    coord_valid, coord_ready, pointer_valid;
  error_e                  word_error, entries_error;
  logic                    entries_valid, entries_ready, entries_beat;
  logic [3:0]              entries_taken, entries_offset;

  flaash_loader_sequencer u_sequencer (
    .clk_i, .rst_ni,
    .beat_valid_i(beat_valid), .beat_ready_o(beat_ready), .beat_data_i(beat_data), .beat_last_i(beat_last),
    .header_step_o(header_step), .header_operand_i(header_operand), .header_error_i(header_error),
    .header_word_i(header_word), .extent_step_o(extent_step), .extent_error_i(extent_error),
    .count_step_o(count_step), .count_error_i(count_error),
    .operand_i(operand), .order_i(order), .entries_i(entries), .counts_i(counts),
    .section_o(section), .level_o(level), .position_o(position), .section_last_o(section_last),
    .word_o(word), .coord_valid_o(coord_valid), .pointer_valid_o(pointer_valid),
    .coord_ready_i(coord_ready), .word_error_i(word_error),
    .entries_valid_o(entries_valid), .entries_ready_i(entries_ready), .entries_taken_i(entries_taken),
    .entries_beat_i(entries_beat), .entries_error_i(entries_error), .entries_offset_i(entries_offset),
    .finish_o(finish), .error_valid_o, .error_code_o, .error_place_o, .discarded_o, .step_o(word_step), .busy_o(busy)
  );

  flaash_loader_description #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MemLines * Lanes), .NodeDepth(NodeDepth)
  ) u_description (
    .clk_i, .rst_ni,
    .header_step_i(header_step), .header_i(beat_data), .header_known_o(header_known),
    .header_operand_o(header_operand), .header_error_o(header_error), .header_word_o(header_word),
    .extent_step_i(extent_step), .count_step_i(count_step), .word_i(word), .position_i(position[2:0]),
    .section_last_i(section_last), .extent_error_o(extent_error), .count_error_o(count_error),
    .operand_o(operand), .order_o(order), .entries_o(entries), .extents_o(extents), .counts_o(counts),
    .bases_o(bases)
  );

  // ----------------------------------------------------------- this level's view
  // At the entries `level` is order - 1 and `above` the last upper level.
  logic [2:0]              above;
  logic                    root;  // nothing above: one span for all
  logic                    level_last;
  logic [EntryIdWidth-1:0] span_total, below;
  logic [31:0]             contracted;
  node_id_t                above_base;

  assign above      = level - 3'd1;
  assign root       = level == '0;
  assign level_last = 4'(level) + 4'd2 == order;
  assign contracted = extents[3'(order - 4'd1)];
  assign above_base = root ? '0 : bases[above];
  assign below      = level_last ? entries : EntryIdWidth'(counts[level + 3'd1]);

  always_comb begin
    span_total = EntryIdWidth'(counts[root ? '0 : above]);
    if (order == 4'd1) span_total = entries;
  end

  // ------------------------------------------------------------- levels, entries
  logic                    end_valid, span_valid, node_span, entry_span;
  node_id_t                end_node, span_node;
  logic [EntryIdWidth-1:0] end_value, span_count;

  flaash_loader_spans #(
    .NodeDepth(NodeDepth)
  ) u_spans (
    .clk_i, .rst_ni,
    .wr_valid_i(end_valid), .wr_node_i(end_node), .wr_end_i(end_value),
    .start_i(section), .root_i(root), .count_i(span_total),
    .span_valid_o(span_valid), .span_ready_i(node_span || entry_span), .span_node_o(span_node),
    .span_count_o(span_count), .walks_o(walks)
  );

  flaash_loader_levels u_levels (
    .clk_i, .rst_ni,
    .section_i(section), .coord_valid_i(coord_valid), .pointer_valid_i(pointer_valid),
    .word_ready_o(coord_ready), .word_i(word), .position_i(position), .section_last_i(section_last),
    .error_o(word_error), .extent_i(extents[level]), .below_i(below), .base_i(bases[level]),
    .parent_base_i(above_base), .span_valid_i(span_valid), .span_ready_o(node_span),
    .span_node_i(span_node), .span_count_i(span_count),
    .end_valid_o(end_valid), .end_node_o(end_node), .end_o(end_value),
    .node_valid_o, .node_id_o, .node_coord_o, .node_parent_o
  );

  fiber_id_t  fibers;
  line_addr_t lines;

  flaash_loader_packer #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .FiberDepth(FiberDepth)
  ) u_packer (
    .clk_i, .rst_ni,
    .frame_i(header_step), .section_i(section), .beat_valid_i(entries_valid), .beat_data_i(beat_data),
    .offset_i(position[$clog2(PerBeat)-1:0]), .section_last_i(section_last), .ready_o(entries_ready),
    .taken_o(entries_taken), .beat_o(entries_beat), .error_o(entries_error),
    .error_offset_o(entries_offset), .extent_i(contracted), .leaf_base_i(above_base),
    .span_valid_i(span_valid), .span_ready_o(entry_span), .span_node_i(span_node),
    .span_count_i(span_count), .line_valid_o, .line_addr_o, .line_data_o,
    .sentinel_i(finish), .fiber_valid_o, .fiber_id_o, .fiber_first_o, .fiber_node_o,
    .fibers_o(fibers), .lines_o(lines)
  );

  assign line_operand_o  = operand;
  assign node_operand_o  = operand;
  assign fiber_operand_o = operand;

  // ----------------------------------------------------------------- milestones
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      info_valid_o    <= 1'b0;
      info_operand_o  <= 1'b0;
      info_order_o    <= '0;
      info_extent_o   <= '0;
      info_entries_o  <= '0;
      info_fibers_o   <= '0;
      info_lines_o    <= '0;
      begin_valid_o   <= 1'b0;
      begin_operand_o <= 1'b0;
    end else begin
      info_valid_o <= finish;
      if (finish) begin
        info_operand_o <= operand;
        info_order_o   <= order;
        info_extent_o  <= contracted;
        info_entries_o <= entries;
        info_fibers_o  <= fibers;
        info_lines_o   <= lines;
      end
      begin_valid_o <= header_step && header_known;
      if (header_step) begin_operand_o <= header_operand;
    end
  end

  assign step_o = accepted || word_step || walks;

  // Up to and including the cycle in which the store hears of the end.
  assign loading_o = accepted || open_q || beats_inside != '0 || busy || info_valid_o ||
                     begin_valid_o || error_valid_o;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NodeInRange_A, !node_valid_o || 32'(node_id_o) < NodeDepth, "node outside the region")
  `FLAASH_ASSERT(OneOutcome_A, !(info_valid_o && error_valid_o), "a frame is complete and wrong")
  `FLAASH_COVER(EmptyOperand_C, info_valid_o && info_entries_o == '0)

endmodule : flaash_operand_loader
