// SPDX-License-Identifier: Apache-2.0
// Operand loader: checks an operand and writes it as lines, nodes and a table of fibers.
//
// Guarantees  An operand is complete (store_o.complete) only if all of it was right. Otherwise report_o reports the
//             earliest error and its place, and the rest of the operand is accepted and discarded; the next operand is
//             read as after a reset. store_o.begins comes before the first write of an operand. Nothing is written at
//             or above MemLines, NodeDepth or FiberDepth (the table's sentinel is entry number FiberDepth at most). A
//             beat outside an operand that is no head is accepted and discarded: this ends an operand that a reset has
//             cut short.
// Demands     beat_* by the AXI rules, except that OperandForget may replace a waiting beat; writes are
//             accepted in their cycle. Sections in the order of operand_section_e.
// Latency     About h + 2 n + e / m + 5 l cycles, and a part of a cycle more per fiber. An operand has h extents and
//             counts, n nodes in l levels and e entries; m is min(entries per beat, LineWrites * Lanes).
// Throughput  An extent or a count per cycle; PointerWords pointers; up to sibling_words(FeedWidth) coordinates of one
//             parent if PointerWords is not 1, otherwise one; up to min(entries per beat, LineWrites * Lanes) entries
//             of one fiber.
// Stalls      beat_ready_o waits for enable_i between operands only.
// Reset       Forgets the operand in progress.
//
//   beat_* --> window -> sequencer <--> description (head, extents, counts)
//                          |   ^
//                          |   +----> levels (coordinates)                --> nodes
//                          |   |          ^ parents
//                          |   +----> pointers --> spans
//                          |                         | fibers
//                          +--------> packer (entries)                      --> lines, fiber table

`include "flaash_assert.svh"
`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MemLines   = 1024,  // lines per operand, below 2**LineAddrWidth
  parameter int unsigned NodeDepth  = 1024,  // nodes per operand, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers per operand, below 2**FiberIdWidth
  parameter int unsigned FeedWidth  = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  parameter int unsigned PointerWords = 1,          // pointers read in a cycle: 1, or all of a beat
  parameter int unsigned LineWrites = 1,     // lines written in a cycle: 1 or 2
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  // operands
  input  logic         beat_valid_i,
  output logic         beat_ready_o,
  input  operand_t     beat_i,
  input  logic         enable_i,
  // tensor memory, operand store
  output line_write_t  write_o,
  output store_write_t store_o,
  output load_report_t report_o
);

  // ---------------------------------------------------------------- beats, gate
  logic       open_q;  // the beat before was not the last of its operand
  logic       stray;   // the beat belongs to no operand
  logic       gate, window_valid, window_ready, accepted;
  logic       beat_valid, beat_ready, next_valid;
  logic       inner;       // a beat of arrays, but not the last one
  operand_t   beat, next;

  assign stray           = !open_q && beat_i.section != OperandHead;
  assign gate            = open_q || enable_i;
  assign window_valid    = beat_valid_i && gate && !stray;
  assign beat_ready_o    = (window_ready && gate) || stray;
  assign accepted        = window_valid && window_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       open_q <= 1'b0;
    else if (accepted) open_q <= !beat_i.last;
  end

  // The last beat is never read as the next one. So an operand of the announced length ends in its last beat.
  // A step has no time to look at the section, so it is looked at here.
  assign inner = beat_i.section == OperandArrays && !beat_i.last;

  flaash_loader_window #(
    .Width($bits(operand_t))
  ) u_window (
    .clk_i, .rst_ni,
    .in_valid_i(window_valid), .in_ready_o(window_ready), .in_inner_i(inner), .in_data_i(beat_i),
    .out_valid_o(beat_valid), .out_ready_i(beat_ready), .out_data_o(beat),
    .next_valid_o(next_valid), .next_data_o(next)
  );

  logic unused_next;
  assign unused_next = ^next;

  // ---------------------------------------------------------------- the operand
  reading_t reading;
  verdict_t description_verdict, levels_verdict, pointers_verdict, packer_verdict;
  flaw_t   description_flaw, levels_flaw, pointers_flaw, packer_flaw;
  frame_t   frame;
  error_t   error;
  logic     busy, discarded, word_step, level_begins;

  flaash_loader_sequencer #(
    .FeedWidth(FeedWidth)
  ) u_sequencer (
    .clk_i, .rst_ni,
    .beat_valid_i(beat_valid), .beat_ready_o(beat_ready), .beat_i(beat),
    .reading_o(reading), .level_o(level_begins), .description_i(description_verdict), .levels_i(levels_verdict),
    .pointers_i(pointers_verdict), .packer_i(packer_verdict),
    .flaws_i({packer_flaw, pointers_flaw, levels_flaw, description_flaw}), .frame_i(frame),
    .error_o(error), .discarded_o(discarded), .step_o(word_step), .busy_o(busy)
  );

  flaash_loader_description #(
    .CoordWidth(CoordWidth), .MaxEntries(MemLines * Lanes), .NodeDepth(NodeDepth)
  ) u_description (
    .clk_i, .rst_ni,
    .reading_i(reading), .head_i(beat.data[$bits(operand_head_t)-1:0]), .verdict_o(description_verdict),
    .flaw_o(description_flaw), .frame_o(frame)
  );

  // ------------------------------------------------------------- levels, entries
  logic         span_valid, node_span, entry_span, walks;
  span_t        span;
  pointers_t    pointers;
  logic [PointerWords-1:0][EntryIdWidth-1:0] limits;
  node_write_t  node;
  fiber_write_t fiber;
  fiber_id_t    fibers;
  line_addr_t   lines;

  flaash_loader_spans #(
    .NodeDepth(NodeDepth), .Words(PointerWords)
  ) u_spans (
    .clk_i, .rst_ni,
    .pointers_i(pointers), .limits_i(limits), .start_i(level_begins), .root_i(reading.level == '0),
    .count_i(frame.above),
    .span_valid_o(span_valid), .span_ready_i(node_span || entry_span), .span_o(span), .walks_o(walks)
  );

  flaash_loader_levels #(
    .BeatWords(FeedWidth / 32), .Words((PointerWords > 1) ? sibling_words(FeedWidth) : 1)
  ) u_levels (
    .clk_i, .rst_ni,
    .reading_i(reading), .beat_i(beat.data), .verdict_o(levels_verdict), .flaw_o(levels_flaw),
    .frame_i(frame),
    .span_valid_i(span_valid), .span_ready_o(node_span), .span_i(span),
    .node_o(node)
  );

  flaash_loader_pointers #(
    .BeatWords(FeedWidth / 32), .Words(PointerWords)
  ) u_pointers (
    .clk_i, .rst_ni,
    .reading_i(reading), .beat_i(beat.data), .verdict_o(pointers_verdict), .flaw_o(pointers_flaw),
    .frame_i(frame),
    .pointers_o(pointers), .limits_o(limits)
  );

  flaash_loader_packer #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .FiberDepth(FiberDepth),
    .FeedWidth(FeedWidth), .LineWrites(LineWrites)
  ) u_packer (
    .clk_i, .rst_ni,
    .reading_i(reading), .beat_i({next.data, beat.data}), .next_i(next_valid),
    .verdict_o(packer_verdict), .flaw_o(packer_flaw),
    .frame_i(frame),
    .span_valid_i(span_valid), .span_ready_o(entry_span), .span_i(span),
    .write_o, .fiber_o(fiber), .fibers_o(fibers), .lines_o(lines)
  );

  // ----------------------------------------------------------------- milestones
  // The description stands for a cycle longer than the operand: the next head changes it.
  logic  complete_q, step, loading;
  desc_t desc;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) complete_q <= 1'b0;
    else         complete_q <= reading.valid && reading.section == SecFinish;
  end

  assign desc    = {1'b1, 1'b0, frame.order, frame.contracted, frame.entries, fibers, lines};
  assign store_o = {frame.operand, frame.begins, node, fiber, complete_q, desc};
  assign step    = accepted || word_step || walks;

  // Up to and including the cycle in which the store hears of the end.
  assign loading = accepted || open_q || beat_valid || busy || complete_q || frame.begins
                   || error.valid;

  assign report_o = {loading, step, 2'(discarded), 2'(error.valid), error};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NodeInRange_A, !node.valid || 32'(node.id) + 32'(node.more) < NodeDepth, "node outside the region")
  `FLAASH_ASSERT(OneOutcome_A, !(complete_q && error.valid), "an operand is complete and wrong")
  `FLAASH_COVER(EmptyOperand_C, complete_q && frame.entries == '0)

endmodule : flaash_operand_loader
