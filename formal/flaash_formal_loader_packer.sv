// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_loader_packer, for any entries and any spans: no line and no fiber lies outside the memories.
// The table of fibers ascends, as the job generator needs it. If two lines are written together, the first one
// ends no fiber.
//
// Beats, spans, offsets and extents are free; operands and levels begin at any time between steps. The proof of
// flaash_operand_loader shows that the loader gives it only such spans.

`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_formal_loader_packer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatBf16,  // 4 entries per beat, of which 2 fit a step
  parameter int unsigned Lanes      = 2,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 3,
  parameter int unsigned FiberDepth = 2,
  parameter int unsigned LineWrites = 1,
  parameter int unsigned LeafEntries = 4,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type leaf_t = `FLAASH_LEAF(LeafEntries, CoordWidth, value_width(Format))
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input reading_t               reading_i,
  input logic                   clear_i,
  input logic                   leaf_valid_i,
  input leaf_t                  leaf_i,
  input frame_t                 frame_i,
  input logic                   span_valid_i,
  input span_t                  span_i
);

  logic         header, section, entries, sentinel;  // section that is read
  logic         leaf_ready, leaf_last;
  logic [1:0]   held;
  logic         ready, span_ready, line_valid, line_operand, with_next, pair;
  logic [LineWrites-1:0][LineWidth-1:0] written;
  step_rsp_t     step_rsp;
  check_err_t        check_err;
  line_addr_t   line_addr, lines;
  fiber_write_t fiber;
  fiber_id_t    fibers;
  line_addr_t   lines_made;   // lines in flight included
  fiber_id_t    fibers_made;
  entry_id_t    entries_made;
  entry_id_t    left;         // entries of the span
  logic         fresh;        // none of them has come
  logic         between;      // nor of a fiber: between fibers, or inside a gap
  logic         live;         // a frame is read, and the step before was right
  logic         sectioned_q, waiting_q, sentinel_q;  // waiting: a span was offered and not taken
  entry_id_t    count_q;
  logic         gap_q;

  assign header   = reading_i.valid && reading_i.section == SecHead;
  assign section  = reading_i.section == SecLevel;
  assign live     = sectioned_q && !check_err.valid;
  assign entries  = reading_i.valid && reading_i.section == SecEntries;
  assign sentinel = reading_i.valid && reading_i.section == SecFinish;
  assign ready    = entries && step_rsp.ready;
  assign fresh    = u_dut.fresh_q;
  assign between  = fresh || span_i.gap;
  assign left     = fresh ? span_i.count : u_dut.left_q;
  assign pair        = line_valid && with_next;
  assign lines_made  = lines + line_addr_t'(line_valid) + line_addr_t'(pair);
  assign fibers_made = fibers + fiber_id_t'(fiber.valid && !sentinel_q);

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  // A frame's section comes before its entries. It ends the span on offer. An error ends the frame.
  Sectioned_M : assume property (@(posedge clk_i) !entries || (live && !clear_i));
  Clear_M : assume property (@(posedge clk_i) !check_err.valid || clear_i);
  // Sections come before the entries of a frame, the sentinel after the last fiber.
  Section_M : assume property (@(posedge clk_i) !section || fibers_made == '0);
  Sentinel_M : assume property (@(posedge clk_i) !sentinel || (live && fresh));
  Span_M : assume property (@(posedge clk_i) !span_valid_i
      || (span_i.count != '0 && span_i.few == (span_i.count < EntryIdWidth'(FewEntries))));
  SpanStays_M : assume property (@(posedge clk_i) !waiting_q || (span_valid_i && span_i.count == count_q
                                                                     && span_i.gap == gap_q));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sectioned_q <= 1'b0;
      waiting_q   <= 1'b0;
      sentinel_q  <= 1'b0;
    end else begin
      sectioned_q <= !clear_i && (section || (sectioned_q && !header));
      waiting_q   <= span_valid_i && !span_ready && !section;
      sentinel_q  <= sentinel;
    end
  end

  always_ff @(posedge clk_i) {count_q, gap_q} <= {span_i.count, span_i.gap};

  flaash_loader_packer #(
    .Format     (Format),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .MemLines   (MemLines),
    .FiberDepth (FiberDepth),
    .LeafEntries(LeafEntries),
    .LineWrites (LineWrites)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .reading_i,
    .clear_i, .beat_valid_i(leaf_valid_i),
    .beat_ready_o(leaf_ready),
    .beat_i(leaf_i),
    .held_o      (held),
    .beat_last_o (leaf_last),
    .step_rsp_o   (step_rsp),
    .check_err_o      (check_err),
    .frame_i,
    .span_valid_i,
    .span_ready_o(span_ready),
    .span_i,
    .write_o     ({line_valid, with_next, line_operand, line_addr, written}),
    .fiber_o     (fiber),
    .fibers_o    (fibers),
    .lines_o     (lines),
    .entries_o   (entries_made)
  );

  // The flags of a step are computed for each case, and not from the number of entries.
  Flags_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !ready
      || (u_dut.uses == (6'(step_rsp.taken) >= u_dut.room) && step_rsp.crosses == (6'(step_rsp.taken) > u_dut.room)
          && u_dut.filled == u_dut.fill_q + u_dut.taken));

  // ------------------------------------------------------------------------- writes
  Line_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !line_valid || 32'(line_addr) + 32'(pair) < MemLines);
  Pair_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pair || !written[0][LineWidth-1]);
  Fiber_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fiber.valid
      || (32'(fiber.id) <= FiberDepth && 32'(fiber.first) <= MemLines
          && (32'(fiber.id) < FiberDepth || sentinel_q)));
  OnTheWay_A : assert property (@(posedge clk_i) disable iff (!rst_ni) fiber.valid == (u_dut.begun || sentinel_q)
      && !(u_dut.begun && sentinel_q));
  Told_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(lines_made) <= MemLines && 32'(fibers_made) <= FiberDepth
      && 32'(lines) <= MemLines && 32'(fibers) <= FiberDepth);

  // Lines are numbered from 0 on, none twice.
  line_addr_t written_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)         written_q <= '0;
    else if (header)     written_q <= '0;
    else if (line_valid) written_q <= written_q + line_addr_t'(pair) + 1'b1;
  end

  Next_A : assert property (@(posedge clk_i) disable iff (!rst_ni) line_addr == written_q && lines == written_q);

  // Fibers are numbered from 0 on. Each begins on a line after the first line of the previous fiber, and so does
  // the sentinel.
  fiber_id_t  number_q, number;
  line_addr_t first_q, first;  // of the fiber that was announced last
  logic       announced;

  assign announced = fiber.valid && !sentinel_q;
  assign number    = number_q + fiber_id_t'(announced);
  assign first     = announced ? fiber.first : first_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) number_q <= '0;
    else         number_q <= header ? '0 : number;
  end

  always_ff @(posedge clk_i) first_q <= first;

  Table_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fiber.valid
      || (fiber.id == number_q && (number_q == '0 ? fiber.first == '0 : fiber.first > first_q)));
  Number_A : assert property (@(posedge clk_i) disable iff (!rst_ni) number == fibers_made);
  Behind_A : assert property (@(posedge clk_i) disable iff (!rst_ni) number == '0
      ? lines_made == '0 && (!live || between)
      : lines_made >= first && (!(live && between) || lines_made > first));

  // A step takes entries of one span, at most as many as fit the lines that are written in a cycle.
  Step_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !ready
      || (step_rsp.taken != '0 && 32'(step_rsp.taken) <= LineWrites * Lanes
          && EntryIdWidth'(step_rsp.taken) <= left));

  // It takes no entry after the beat, unless the next beat is shown.
  Beat_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !ready
      || (step_rsp.crosses ? u_dut.inner_q && u_dut.uses
                          : 32'(u_dut.offset) + 32'(step_rsp.taken) <= LeafEntries));

  // A step has a beat; it goes on in the beat after it only if that one has come, and is not the last one. No beat
  // takes the place of another.
  Held_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (!ready || held[0])
      && (!leaf_ready || !held[1] || u_dut.moves) && u_dut.inner_q == (held[1] && !u_dut.after_q.last));

  // -------------------------------------------------------------------------- state
  Fill_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.fill_q) < Lanes && (!live || u_dut.fill_q == '0 || 32'(lines_made) < MemLines));
  Left_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !live
      || ((!between || u_dut.fill_q == '0) && (fresh || (waiting_q && left != '0 && left < count_q
          && u_dut.few_q == (left < EntryIdWidth'(FewEntries))))));

  Gap_C : cover property (@(posedge clk_i) disable iff (!rst_ni) ready && span_i.gap && !fresh);
  Crosses_C : cover property (@(posedge clk_i) disable iff (!rst_ni) ready && step_rsp.crosses);
  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      line_valid && 32'(lines_made) == MemLines && 32'(fibers_made) == FiberDepth && sentinel);
  NoLine_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      check_err.valid && check_err.error == ErrMemoryFull && !fresh && 32'(lines_made) == MemLines);
  NoFiber_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      check_err.valid && check_err.error == ErrMemoryFull && 32'(lines_made) < MemLines
      && 32'(fibers_made) == FiberDepth);

endmodule : flaash_formal_loader_packer
