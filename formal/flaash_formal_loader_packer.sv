// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_loader_packer: no line and no fiber outside the memories, for any entries and any spans; and
// the table of fibers ascends, as the job generator needs it.
//
// Beats, spans, offsets and extents are free; frames and sections begin at any time between steps. That the
// spans which the loader gives it are such ones is part of the proof of flaash_operand_loader.

module flaash_formal_loader_packer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatBf16,  // 4 entries per beat, of which 2 fit a step
  parameter int unsigned Lanes      = 2,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MemLines   = 3,
  parameter int unsigned FiberDepth = 2,
  localparam int unsigned OffsetWidth = $clog2(StreamWidth / entry_width(Format, CoordWidth))
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    frame_i,
  input logic                    section_i,
  input logic                    beat_valid_i,
  input logic [StreamWidth-1:0]  beat_data_i,
  input logic [OffsetWidth-1:0]  offset_i,
  input logic                    section_last_i,
  input logic [31:0]             extent_i,
  input node_id_t                leaf_base_i,
  input logic                    span_valid_i,
  input node_id_t                span_node_i,
  input logic [EntryIdWidth-1:0] span_count_i,
  input logic                    sentinel_i
);

  logic       ready, span_ready, line_valid, fiber_valid;
  logic [3:0] taken;
  error_e     error;
  line_addr_t line_addr, fiber_first, lines;
  fiber_id_t  fiber_id, fibers;
  logic       sectioned_q, waiting_q, sentinel_q;  // waiting: a span was offered and not taken
  logic [EntryIdWidth-1:0] count_q;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  // A section begins between steps, and each frame's before its entries. It ends the span on offer.
  Between_M : assume property (@(posedge clk_i) !(section_i || frame_i || sentinel_i) || !beat_valid_i);
  OneOf_M : assume property (@(posedge clk_i) !(frame_i && sentinel_i));
  Sectioned_M : assume property (@(posedge clk_i) !beat_valid_i || sectioned_q);
  // Sections come before the entries of a frame, the sentinel behind the last fiber.
  Section_M : assume property (@(posedge clk_i) !section_i || fibers == '0);
  Sentinel_M : assume property (@(posedge clk_i) !sentinel_i || (sectioned_q && u_dut.done_q == '0));
  Span_M : assume property (@(posedge clk_i) !span_valid_i || span_count_i != '0);
  SpanStays_M : assume property (@(posedge clk_i) !waiting_q || (span_valid_i && span_count_i == count_q));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sectioned_q <= 1'b0;
      waiting_q   <= 1'b0;
      sentinel_q  <= 1'b0;
    end else begin
      sectioned_q <= section_i || (sectioned_q && !frame_i);
      waiting_q   <= span_valid_i && !span_ready && !section_i;
      sentinel_q  <= sentinel_i;
    end
  end

  always_ff @(posedge clk_i) count_q <= span_count_i;

  flaash_loader_packer #(
    .Format    (Format),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .MemLines  (MemLines),
    .FiberDepth(FiberDepth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .frame_i,
    .section_i,
    .beat_valid_i,
    .beat_data_i,
    .offset_i,
    .section_last_i,
    .ready_o      (ready),
    .taken_o      (taken),
    .error_o      (error),
    .extent_i,
    .leaf_base_i,
    .span_valid_i,
    .span_ready_o (span_ready),
    .span_node_i,
    .span_count_i,
    .line_valid_o (line_valid),
    .line_addr_o  (line_addr),
    .sentinel_i,
    .fiber_valid_o(fiber_valid),
    .fiber_id_o   (fiber_id),
    .fiber_first_o(fiber_first),
    .fibers_o     (fibers),
    .lines_o      (lines)
  );

  // ---------------------------------------------------------------- what is written
  Line_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !line_valid || 32'(line_addr) < MemLines);
  Fiber_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fiber_valid
      || (32'(fiber_id) <= FiberDepth && 32'(fiber_first) <= MemLines
          && (32'(fiber_id) < FiberDepth || sentinel_q)));
  Told_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(lines) <= MemLines && 32'(fibers) <= FiberDepth);

  // Fibers are numbered from 0 on. Each begins on a line behind the first one of that before it, and so does
  // the sentinel.
  fiber_id_t  number_q, number;
  line_addr_t first_q, first;  // of the fiber that was announced last
  logic       announced;

  assign announced = fiber_valid && !sentinel_q;
  assign number    = number_q + fiber_id_t'(announced);
  assign first     = announced ? fiber_first : first_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) number_q <= '0;
    else         number_q <= frame_i ? '0 : number;
  end

  always_ff @(posedge clk_i) first_q <= first;

  Table_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fiber_valid
      || (fiber_id == number_q && (number_q == '0 ? fiber_first == '0 : fiber_first > first_q)));
  Number_A : assert property (@(posedge clk_i) disable iff (!rst_ni) number == fibers);
  Behind_A : assert property (@(posedge clk_i) disable iff (!rst_ni) number == '0
      ? lines == '0 && (!sectioned_q || u_dut.done_q == '0)
      : lines >= first && (!(sectioned_q && u_dut.done_q == '0) || lines > first));

  // A step takes entries of one span, at most as many as a line has lanes.
  Step_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !ready
      || (taken != '0 && 32'(taken) <= Lanes && EntryIdWidth'(taken) <= span_count_i - u_dut.done_q));

  // ------------------------------------------------------------------ what is inside
  Fill_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.fill_q) < Lanes && (u_dut.fill_q == '0 || 32'(lines) < MemLines));
  Done_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !sectioned_q
      || (u_dut.done_q == '0 ? u_dut.fill_q == '0 : waiting_q && u_dut.done_q < count_q));

  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      line_valid && 32'(lines) == MemLines && 32'(fibers) == FiberDepth && sentinel_i);
  NoLine_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      ready && error == ErrMemoryFull && 32'(lines) < MemLines && 32'(fibers) < FiberDepth);
  NoFiber_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      ready && error == ErrMemoryFull && 32'(lines) < MemLines && u_dut.done_q == '0);

endmodule : flaash_formal_loader_packer
