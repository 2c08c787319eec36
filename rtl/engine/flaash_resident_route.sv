// SPDX-License-Identifier: Apache-2.0
// Route: selects the slot of an engine for a line of A, also if a fiber spans several slots.
//
// Guarantees  Without span_i a line goes to slot_i. With span_i the first SlotLines lines of a fiber go to slot 0, the
//             next ones to slot 1, and so on; for each slot the first one opens. filled_o: slots that the last fiber of
//             each copy spans.
// Demands     slot_i is one-hot. Lines of a fiber come in order, lines of two fibers of a copy not mixed; with span_i
//             at most Slots * SlotLines. numbers_i: the number of the line in its slot, if it goes there.
// Latency     None; filled_o: one cycle.
// Reset       None: a line that opens begins anew.

module flaash_resident_route
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Slots     = 4,    // 1, 2, 4
  parameter int unsigned SlotLines = 128,  // lines of a copy of a slot, a power of two
  localparam int unsigned LineWidth = $clog2(SlotLines)
) (
  input  logic                            clk_i,
  input  logic                            span_i,
  input  logic                            fill_valid_i,
  input  logic [Slots-1:0]                slot_i,
  input  fill_t                           fill_i,
  input  logic [Slots-1:0][LineWidth-1:0] numbers_i,
  output logic [Slots-1:0]                slot_o,
  output fill_t                           fill_o,
  output logic [1:0][Slots-1:0]           filled_o
);

  logic [Slots-1:0]      last_q;    // slot of the line before
  logic                  full_q;    // which is its last one
  logic [Slots-1:0]      full;
  logic [1:0][Slots-1:0] filled_q;

  always_comb begin
    slot_o       = slot_i;
    fill_o       = fill_i;
    fill_o.opens = fill_i.opens || (span_i && full_q);
    if (span_i && !fill_i.opens) slot_o = full_q ? last_q << 1 : last_q;
  end

  for (genvar s = 0; s < int'(Slots); s++) begin : gen_full
    assign full[s] = slot_o[s] && numbers_i[s] == LineWidth'(SlotLines - 1);
  end

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      last_q                <= slot_o;
      full_q                <= full != '0;
      filled_q[fill_i.copy] <= fill_i.opens ? slot_o : filled_q[fill_i.copy] | slot_o;
    end
  end

  assign filled_o = filled_q;

endmodule : flaash_resident_route
