// SPDX-License-Identifier: Apache-2.0
// Hold: decides how the engines hold the fibers of A, by the longest fiber.
//
// Guarantees  hold_o: each fiber is in a slot. If one does not fit in a slot, each is in all slots of an engine (span).
//             If one has more lines than a part, all are in parts of part_lines_o lines (spread, and span). A part is
//             the lines that an engine holds; with Portions at most portion_length_i entries, rounded up to lines.
//             limit_o: fibers that a group of engines holds; it does not depend on portion_length_i.
// Demands     Lines are written in ascending order from 0, at most two at a time, both of one fiber.
// Latency     Two cycles from a line, none from other inputs.
// Reset       None: the longest fiber stays.

module flaash_resident_hold
  import flaash_pkg::*;
  import flaash_plan_pkg::set_size_t;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Engines   = 4,    // of a group
  parameter int unsigned Slots     = 4,    // of an engine
  parameter int unsigned SlotLines = 128,  // of a copy of a slot, a power of two
  parameter int unsigned Lanes     = 4,    // entries per line: 1, 2, 4, 8
  parameter bit          Portions  = 1'b0  // portion_length_i counts
) (
  input  logic          clk_i,
  input  line_written_t written_i,         // lines of A on their way to the memory
  input  logic          buffer_i,          // that holds A
  input  entry_id_t     portion_length_i,  // 0: no limit
  output hold_t         hold_o,
  output logic          whole_o,           // a fiber has more lines than an engine holds
  output set_size_t     limit_o,
  output line_addr_t    part_lines_o
);

  localparam int unsigned Whole = Slots * SlotLines;  // lines that an engine holds

  line_id_t         written;
  line_addr_t       more, lines_q, fiber_lines;  // of the fiber so far
  line_addr_t [1:0] longest_q, before_q;  // per buffer: lines of the longest fiber; likewise, before its last one
  logic [1:0]       whole_q, span_q;      // it has more lines than an engine, or a slot, holds
  logic             spread, span, counts;

  assign written     = written_i.id;
  assign counts      = written_i.valid && !written.operand;
  assign more        = line_addr_t'(written_i.pair) + 1'b1;
  assign fiber_lines = written_i.begins ? more : lines_q + more;

  always_ff @(posedge clk_i) begin
    if (counts) begin
      lines_q <= written_i.last ? '0 : fiber_lines;
      if (written_i.begins || fiber_lines > longest_q[written_i.filled]) longest_q[written_i.filled] <= fiber_lines;
    end
  end

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < 2; i++) begin
      before_q[i] <= (longest_q[i] == '0) ? '0 : longest_q[i] - 1'b1;
      whole_q[i]  <= 32'(longest_q[i]) > Whole;
      span_q[i]   <= 32'(longest_q[i]) > SlotLines;
    end
  end

  if (Portions) begin : gen_portions
    logic [EntryIdWidth:0] lines;  // of a portion

    assign lines        = ((EntryIdWidth + 1)'(portion_length_i) + (EntryIdWidth + 1)'(Lanes - 1)) >> $clog2(Lanes);
    assign part_lines_o = (lines == '0 || 32'(lines) > Whole) ? line_addr_t'(Whole) : line_addr_t'(lines);

    // The fiber has a line more than a portion. This is `longest > lines` without the rounding of `lines`.
    assign spread = whole_q[buffer_i]
                    || (portion_length_i != '0 && 32'(before_q[buffer_i]) * Lanes >= 32'(portion_length_i));
  end else begin : gen_whole
    logic unused_length;

    assign part_lines_o  = line_addr_t'(Whole);
    assign spread        = whole_q[buffer_i];
    assign unused_length = ^{portion_length_i, before_q};
  end

  assign whole_o = whole_q[buffer_i];
  assign span    = span_q[buffer_i];
  assign hold_o  = {span || spread, spread};
  assign limit_o = span ? set_size_t'(Engines) : set_size_t'(Engines * Slots);

endmodule : flaash_resident_hold
