// SPDX-License-Identifier: Apache-2.0
// Order of a proof: beats that enter a block leave it once each, in order, unchanged.
//
// Guarantees  For all runs: the number of beats inside equals those that went in minus those that came out. The
//             beat that was marked on its way in comes out after those ahead of it, unchanged. mark_i is free, so
//             that the marked beat stands for each of them.
// Demands     slot_*: all places of the block that can hold such a beat, the oldest first. They make the
//             properties inductive: the marked beat is in its expected place.

module flaash_formal_order #(
  parameter int unsigned Width = 1,  // bits of a beat, 1 or more
  parameter int unsigned Slots = 1,  // places inside, 1 or more
  localparam int unsigned CountWidth = $clog2(Slots + 2)
) (
  input logic                        clk_i,
  input logic                        rst_ni,

  input logic                        mark_i,
  input logic                        push_i,
  input logic [Width-1:0]            push_data_i,
  input logic                        pop_i,
  input logic [Width-1:0]            pop_data_i,

  input logic [Slots-1:0]            slot_valid_i,
  input logic [Slots-1:0][Width-1:0] slot_data_i
);

  // -------------------------------------------------------------- the marked beat
  logic                  marked_q;  // it is inside
  logic [Width-1:0]      data_q;
  logic [CountWidth-1:0] ahead_q;   // beats that come out before it
  logic [CountWidth-1:0] inside_q;  // beats that went in and have not come out
  logic                  mark;

  assign mark = push_i && mark_i && !marked_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      marked_q <= 1'b0;
      ahead_q  <= '0;
      inside_q <= '0;
    end else begin
      inside_q <= inside_q + CountWidth'(push_i) - CountWidth'(pop_i);
      if (mark) begin
        marked_q <= 1'b1;
        ahead_q  <= inside_q - CountWidth'(pop_i);
      end else if (marked_q && pop_i) begin
        marked_q <= ahead_q != '0;
        ahead_q  <= ahead_q - 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (mark) data_q <= push_data_i;
  end

  // ----------------------------------------------------------------- where it is
  logic [CountWidth-1:0] older, filled;
  logic                  found;

  always_comb begin
    filled = '0;
    found  = 1'b0;
    for (int unsigned i = 0; i < Slots; i++) begin
      older = filled;
      if (slot_valid_i[i]) begin
        filled = filled + 1'b1;
        if (older == ahead_q && slot_data_i[i] == data_q) found = 1'b1;
      end
    end
  end

  // ------------------------------------------------------------------ properties
  OutOnce_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !pop_i || inside_q != '0);
  Unchanged_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(pop_i && marked_q && ahead_q == '0) || pop_data_i == data_q);
  NoneLost_A : assert property (@(posedge clk_i) disable iff (!rst_ni) inside_q == filled);
  InPlace_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !marked_q || found);

  Used_C : cover property (@(posedge clk_i) disable iff (!rst_ni) slot_valid_i[0] && push_i);
  MarkedLeaves_C : cover property (@(posedge clk_i) disable iff (!rst_ni) marked_q && ahead_q == '0 && pop_i);

endmodule : flaash_formal_order
