// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_operand_loader: whatever the arrays of its operands are, it writes no line, node or fiber
// outside its memories, and keeps no pointer outside the spans' memory.
//
// Beats, enable, flush and faults are free; an operand may be right, wrong, noise or dropped, and another one may
// follow. Counts of levels fit the memories, as the interfaces have checked. For each section properties state the
// counts, the pointers that the walk has still to read, and the reader's place in the section.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_formal_operand_loader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatBf16,  // 4 entries per beat, of which 2 fit a step
  parameter int unsigned Lanes      = 2,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 3,
  parameter int unsigned NodeDepth  = 3,
  parameter int unsigned FiberDepth = 2,
  localparam type operand_t = `FLAASH_OPERAND(StreamWidth, StreamWidth / entry_width(Format, CoordWidth), CoordWidth,
                                              value_width(Format))
) (
  input logic           clk_i,
  input logic           rst_ni,
  input operand_t       operand_i,
  input logic           enable_i
);

  // ------------------------------------------------------------------------- block
  operand_ready_t operand_ready;
  operand_state_t operand_state;
  operand_level_t level;
  logic         line_valid, line_operand, pair;
  line_addr_t   line_addr;
  logic [`FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format))-1:0] line;
  store_write_t store;
  node_write_t  node;
  fiber_write_t fiber;
  desc_t        desc;
  load_report_t report;
  error_t       error;
  logic         ended;

  assign node  = store.node;
  assign fiber = store.fiber;
  assign desc  = store.desc;
  assign error = report.error;
  assign level = operand_i.level;
  assign ended = u_dut.ends;

  flaash_operand_loader #(
    .Format    (Format),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .MemLines  (MemLines),
    .NodeDepth (NodeDepth),
    .FiberDepth(FiberDepth)
  ) u_dut (
    .clk_i, .rst_ni, .operand_i,
    .ready_o     (operand_ready),
    .state_o     (operand_state),
    .enable_i,
    .write_o     ({line_valid, pair, line_operand, line_addr, line}),
    .store_o     (store),
    .report_o    (report)
  );

  // ----------------------------------------------------------------------- channels
  flaash_formal_producer #(
    .Width($bits(operand_head_t))
  ) u_head (
    .clk_i, .rst_ni, .valid_i(operand_i.head_valid), .ready_i(operand_ready.head || operand_i.flush),
    .data_i(operand_i.head)
  );

  flaash_formal_producer #(
    .Width($bits(operand_level_t))
  ) u_level (
    .clk_i, .rst_ni, .valid_i(operand_i.level_valid), .ready_i(operand_ready.level || ended), .data_i(level)
  );

  flaash_formal_producer #(
    .Width(StreamWidth + 1)
  ) u_upper (
    .clk_i, .rst_ni, .valid_i(operand_i.upper_valid), .ready_i(operand_ready.upper || ended),
    .data_i({operand_i.upper_last, operand_i.upper})
  );

  flaash_formal_producer #(
    .Width($bits(operand_i.leaf))
  ) u_leaf (
    .clk_i, .rst_ni, .valid_i(operand_i.leaf_valid), .ready_i(operand_ready.leaf || ended), .data_i(operand_i.leaf)
  );

  // Levels whose counts fit: `sum_q` nodes in the levels of an operand that have come, `count_q` in the last of them.
  logic                    more_q;  // a level of this operand has come
  logic [EntryIdWidth-1:0] sum_q, count_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {more_q, sum_q, count_q} <= '0;
    end else if (ended || (operand_ready.level && level.leaf)) begin
      {more_q, sum_q, count_q} <= '0;
    end else if (operand_ready.level) begin
      {more_q, sum_q, count_q} <= {1'b1, sum_q + level.count, level.count};
    end
  end

  Count_M : assume property (@(posedge clk_i) !operand_i.level_valid
      || (32'(level.count) <= (level.leaf ? MemLines * Lanes : NodeDepth - 32'(sum_q))
          && (!more_q || count_q != '0 || level.count == '0) && !(level.leaf && level.dense) && !level.loose));

  // ------------------------------------------------------------------------- writes
  logic finish, sentinel_q;

  assign finish = u_dut.reading.valid && u_dut.reading.section == SecFinish;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sentinel_q <= 1'b0;
    else         sentinel_q <= finish;
  end

  Line_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !line_valid || 32'(line_addr) < MemLines);
  Pair_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pair);
  Node_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !node.valid || (32'(node.id) < NodeDepth && 32'(node.parent) < NodeDepth));
  // Fiber number FiberDepth is the sentinel; its first line is the first free one.
  Fiber_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fiber.valid
      || (32'(fiber.id) <= FiberDepth && 32'(fiber.first) <= MemLines && 32'(fiber.leaf) < NodeDepth
          && (32'(fiber.id) < FiberDepth || sentinel_q)));
  Info_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !store.complete || (32'(desc.fibers) <= FiberDepth && 32'(desc.lines) <= MemLines));
  Pointer_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!u_dut.pointers.valid || 32'(u_dut.pointers.row) < NodeDepth)
      && (!u_dut.u_spans.loads || 32'(u_dut.u_spans.base_q) + 1 < NodeDepth));

  // -------------------------------------------------------------------- the sections
  logic                    section, waits, coords, pointers, entries, upper, root, root_q;
  frame_t                  frame;
  operand_level_t          following;  // the level after it
  logic [EntryIdWidth-1:0] position, here, above, above_q, below;  // nodes of this level, that above, that below
  logic [31:0]             used;  // nodes of the levels up to this one

  assign section   = u_dut.advances;
  assign waits     = u_dut.section_q == SecLevel && !ended;
  assign coords    = u_dut.section_q == SecCoords && !ended;
  assign pointers  = u_dut.section_q == SecPointers && !ended;
  assign entries   = u_dut.section_q == SecEntries && !ended;
  assign upper    = u_dut.section_q == SecLevel || u_dut.section_q == SecCoords || u_dut.section_q == SecPointers;
  assign frame     = u_dut.frame_q;
  assign following = u_dut.next_q;
  assign position  = u_dut.position_q;
  assign root      = section ? u_dut.first_q : root_q;
  assign here      = section ? following.count : frame.nodes;
  assign above     = section ? frame.nodes : above_q;
  assign below     = following.count;
  assign used      = (upper && !u_dut.first_q) ? 32'(frame.base) + 32'(frame.nodes) : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      {root_q, above_q} <= '0;
    else if (section) {root_q, above_q} <= {u_dut.first_q, frame.nodes};
  end

  Position_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (ended || coords || pointers || entries || position == '0)
      && (!coords || position < here) && (!pointers || position <= here) && (!entries || position < here)
      && (!(coords || pointers || entries)
          || (!u_dut.first_q && u_dut.left_q + position == here + EntryIdWidth'(pointers))));
  Frame_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(coords || pointers || entries)
      || (frame.pointers == here + 1'b1 && (root ? frame.above_base == '0
                                                 : 32'(frame.above_base) + 32'(above_q) <= NodeDepth)));
  Below_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(pointers && u_dut.below_q) || (u_dut.next_valid_q && frame.below == below));
  Next_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!(pointers && position != '0) || (u_dut.next_valid_q && u_dut.below_q))
      && (!waits || u_dut.first_q || u_dut.next_valid_q)
      && (!(coords || pointers) || !(u_dut.next_valid_q && !following.leaf) || more_q));
  // Nodes that were announced fit.
  Nodes_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      used <= NodeDepth && (!u_dut.next_valid_q || (following.leaf
          ? 32'(following.count) <= MemLines * Lanes && sum_q == '0 && !more_q
          : used + 32'(following.count) <= NodeDepth && 32'(sum_q) == used + 32'(following.count) && more_q
            && count_q == following.count))
      && (u_dut.next_valid_q || (32'(sum_q) == used && more_q == (upper && !u_dut.first_q)
                                 && (!more_q || count_q == frame.nodes)))
      && (!(u_dut.next_valid_q && upper && !u_dut.first_q) || frame.nodes != '0 || following.count == '0));
  // Loose levels need rows of several pointers.
  Loose_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !frame.loose && !(u_dut.next_valid_q && following.loose) && !u_dut.u_spans.loose_q && !u_dut.span.gap
      && !u_dut.u_spans.spare_q.gap);
  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.first_q || u_dut.section_q == SecLevel
      || u_dut.section_q == SecHead);

  // --------------------------------------------------------- the walk over the pointers
  logic [EntryIdWidth-1:0] walk_q;  // nodes of this walk
  logic [NodeDepth:0][EntryIdWidth-1:0] ends;
  logic [EntryIdWidth-1:0] left, next, seen, begun, last;  // seen: the end that was read last
  logic [EntryIdWidth-1:0] base, end_here, before_it;  // the node of the row, its end, the end of the node before it
  // mask: that node is to be read; words: others are after it
  logic                    mask, words, sorted, constant, written, span_valid, spare;
  span_t                   span, spare_span;
  logic [EntryIdWidth-1:0] span_is, spare_is, of_span;

  assign {mask, words}    = {u_dut.u_spans.mask_q[0], u_dut.u_spans.words_q != '0};
  assign {base, end_here} = {EntryIdWidth'(u_dut.u_spans.base_q), u_dut.u_spans.ends_q};
  assign left       = EntryIdWidth'(u_dut.u_spans.words_q) + EntryIdWidth'(mask);
  assign next       = (walk_q == '0) ? '0 : base + EntryIdWidth'(!mask);
  assign before_it  = (base == '0) ? '0 : ends[base[1:0]-2'd1];
  assign begun      = u_dut.u_spans.begin_q;
  assign seen       = u_dut.u_spans.read_q ? u_dut.u_spans.end_q : begun;
  assign {span_valid, span}  = {u_dut.span_valid, u_dut.span};
  assign {spare, spare_span} = {u_dut.u_spans.spare_valid_q, u_dut.u_spans.spare_q};

  for (genvar i = 0; i < NodeDepth; i++) begin : gen_end
    assign ends[i] = u_dut.u_spans.rows[i];
  end
  assign ends[NodeDepth] = '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      walk_q <= '0;
    else if (section) walk_q <= root ? '0 : above;
  end

  // sorted: the ends that are left to read do not decrease; constant: they all are `begun`; written: the ends of
  // the pointers that have come do not decrease. last: the last end of the walk.
  always_comb begin
    sorted   = 1'b1;
    constant = seen == begun;
    written  = 1'b1;
    last     = seen;
    for (int unsigned i = 0; i < NodeDepth; i++) begin
      if (i >= 32'(next) && i < 32'(walk_q)) begin
        if (ends[i] < last) sorted = 1'b0;
        if (ends[i] != begun) constant = 1'b0;
        last = ends[i];
      end
      if (i + 1 < 32'(position) && ends[i] < ((i == 0) ? '0 : ends[(i == 0) ? 0 : i-1])) written = 1'b0;
    end
  end

  Walk_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(walk_q) <= NodeDepth && 32'(u_dut.u_spans.words_q) + 32'(mask) <= 32'(walk_q)
      && ((left == '0 && !coords && !entries) || (left <= walk_q && next == walk_q - left))
      && (!u_dut.u_spans.read_q || (EntryIdWidth'(u_dut.u_spans.node_q) < next && next <= walk_q)));
  // The next pointer was fetched from where it still is. Nodes that were passed over end where the node before ends.
  Fetched_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !words || (32'(base) + 1 < NodeDepth && u_dut.u_spans.row_q == ends[base[1:0]+2'd1]
                 && u_dut.u_spans.fetch_q == base[1:0] + 2'd2));
  Here_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(coords || entries || words || mask)
      || walk_q == '0 || (base < walk_q && end_here == ends[base[1:0]] && !u_dut.u_spans.fresh_q
                          && (mask ? end_here != before_it && seen == before_it : seen == end_here)));
  Begin_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !((pointers && position >= 2) || (section && !root && above != '0)) || (u_dut.u_spans.fresh_q
          && end_here == ends[0] && u_dut.u_spans.fetch_q == 2'd1 && base == '0 && !words && !mask));
  Rest_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      (!u_dut.u_spans.read_q || u_dut.u_spans.end_q > begun) && (left == '0 || (sorted && seen >= begun)));
  Span_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !span_valid || (span.count != '0
      && span.few == (span.count < EntryIdWidth'(FewEntries))
      && ((walk_q == '0) ? span.node == '0 : EntryIdWidth'(span.node) < walk_q)));
  Spare_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !spare || (span_valid && spare_span.count != '0 && EntryIdWidth'(spare_span.node) < walk_q
      && spare_span.few == (spare_span.count < EntryIdWidth'(FewEntries))));
  Level_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(coords || pointers || entries) || walk_q == (root ? '0 : above));
  Root_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !((coords || pointers || entries) && root)
      || (left == '0 && !u_dut.u_spans.read_q && begun == '0 && !spare));
  // `of_span` nodes or entries of the offered span have come. At the root there is one span; below it the spans
  // end where the nodes of this level, or the entries, end.
  logic                    fresh, few;
  logic [EntryIdWidth-1:0] done_q, rest;  // nodes or entries of the span that have come, that are to come

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                    done_q <= '0;
    else if (section)               done_q <= '0;
    else if (u_dut.u_levels.coord_step) done_q <= u_dut.u_levels.child_last ? '0
                                              : done_q + EntryIdWidth'(u_dut.u_levels.count);
    else if (u_dut.u_packer.step)   done_q <= u_dut.u_packer.fiber_end ? '0
                                              : done_q + EntryIdWidth'(u_dut.u_packer.taken);
  end

  assign fresh    = coords ? u_dut.u_levels.fresh_q : u_dut.u_packer.fresh_q;
  assign rest     = coords ? u_dut.u_levels.left_q : u_dut.u_packer.left_q;
  assign few      = coords ? u_dut.u_levels.few_q : u_dut.u_packer.few_q;
  assign of_span  = done_q;
  assign span_is  = span_valid ? span.count : '0;
  assign spare_is = spare ? spare_span.count : '0;

  Taken_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(coords || entries)
      || (span_valid ? of_span < span.count : of_span == '0));
  Left_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(coords || entries)
      || (fresh == (done_q == '0)
          && (fresh || (done_q + rest == span.count && few == (rest < EntryIdWidth'(FewEntries))))));
  Reader_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(coords || entries)
      || (root ? span_valid && span.count == here && position == of_span
          : walk_q != '0 && position + span_is + spare_is == begun + of_span && begun >= span_is
            && begun - span_is >= spare_is && last == here));
  // Only childless nodes are left to pass over, until the first pointer is written.
  Pointers_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pointers
      || ((!words || (constant && position <= 1)) && !mask && !u_dut.u_spans.read_q && !span_valid && !spare));
  Written_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(pointers && position != '0)
      || (written && u_dut.u_pointers.pointer_q <= below
          && u_dut.u_pointers.pointer_q == ((position == 1) ? '0 : ends[position-2])));

  logic section_sorted;

  always_comb begin
    section_sorted = 1'b1;
    for (int unsigned i = 1; i < NodeDepth; i++) begin
      if (i < 32'(above) && ends[i] < ends[i-1]) section_sorted = 1'b0;
    end
  end

  Section_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(section && !root)
      || (section_sorted && here == ((above == '0) ? '0 : ends[above-1])));

  // ---------------------------------------------------------------------- the packer
  logic [3:0] fill;
  logic       fiber_begun;
  line_addr_t lines;   // lines in flight included
  fiber_id_t  fibers;

  assign fill        = u_dut.u_packer.fill_q;
  assign fiber_begun = u_dut.u_packer.begun;
  assign lines       = u_dut.lines + line_addr_t'(line_valid);
  assign fibers      = u_dut.fibers + fiber_id_t'(fiber_begun);

  Lines_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(fill) < Lanes && 32'(lines) <= MemLines && (!entries || fill == '0 || 32'(lines) < MemLines)
      && 32'(u_dut.lines) <= MemLines);
  Fibers_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(fibers) <= FiberDepth && 32'(u_dut.fibers) <= FiberDepth);
  // Demands of the packer's proof: sections before entries, and the sentinel after whole fibers.
  Empty_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(waits || coords || pointers) || (fibers == '0 && lines == '0));
  Whole_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !finish || (u_dut.u_packer.fresh_q && fill == '0));
  Fresh_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !entries || !fresh || fill == '0);

  LastLine_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      line_valid && 32'(line_addr) == MemLines - 1 && 32'(u_dut.fibers) == FiberDepth);
  LastNode_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      node.valid && 32'(node.id) == NodeDepth - 1 && node.parent == 1);
  Refused_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      error.valid && error.code == ErrMemoryFull && u_dut.fibers == 1 && 32'(u_dut.lines) == MemLines);

endmodule : flaash_formal_operand_loader
