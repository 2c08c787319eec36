// SPDX-License-Identifier: Apache-2.0
// Matches: keeps the lines of B that have matches until they are multiplied, and marks each dot product's
// last one.
//
// A line with matches is held back until it is known whether its fiber has more: so the mark rides on the
// last match, and a fiber without matches costs nothing behind here.
//
// Guarantees  Every accepted line with matches leaves once, in order, without the other lines. Of a fiber's
//             lines the last one that leaves has out_last_o. A fiber that ends without a match
//             raises empty_o, or with dense_i leaves as a line without hits.
// Demands     in_valid_i only with in_ready_o. AXI handshake rule at out_*.
// Latency     Two cycles for the last line with matches of a fiber if the fiber ends with it.
// Throughput  One line per cycle.
// Stalls      When Depth - 1 lines wait.
// Reset       Forgets the lines inside.

`include "flaash_assert.svh"

module flaash_lookup_matches #(
  parameter int unsigned Lanes = 4,   // hits of a line
  parameter int unsigned Width = 64,  // bits that come along with a line
  parameter int unsigned Depth = 8    // lines that wait, a power of two, 4 or more
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             dense_i,  // fibers without a match give a result, too

  // lines of B, looked up
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Lanes-1:0] in_hits_i,
  input  logic             in_last_i,  // the line ends its fiber
  input  logic             in_copy_i,  // the copy of A that it was looked up in
  input  logic [Width-1:0] in_data_i,
  output logic             empty_o,    // the fiber ends and had no match

  // lines with matches
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Lanes-1:0] out_hits_o,
  output logic             out_last_o,
  output logic             out_copy_o,
  output logic [Width-1:0] out_data_o,

  output logic [1:0]       used_o      // a line inside was looked up in this copy
);

  localparam int unsigned UsageWidth = $clog2(Depth) + 1;

  if (Depth < 4) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("Depth must be 4 or more")
  end

  // --------------------------------------------------------- the line held back
  logic             held_q;   // there is one
  logic             whole_q;  // its fiber has ended
  logic [Lanes-1:0] hits_q;
  logic             copy_q;
  logic [Width-1:0] data_q;

  logic any, open, ends_held, ends_empty, take, push;

  assign any        = in_hits_i != '0;
  assign open       = held_q && !whole_q;                           // of the fiber that in_* goes on with
  assign ends_held  = in_valid_i && open && !any && in_last_i;      // so it had the last match
  assign ends_empty = in_valid_i && !open && !any && in_last_i;
  assign take       = in_valid_i && (any || (ends_empty && dense_i));
  assign push       = whole_q || ends_held || (open && take);
  assign empty_o    = ends_empty && !dense_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q  <= 1'b0;
      whole_q <= 1'b0;
    end else begin
      if (take)      held_q <= 1'b1;
      else if (push) held_q <= 1'b0;
      whole_q <= take && in_last_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) begin
      hits_q <= in_hits_i;
      copy_q <= in_copy_i;
      data_q <= in_data_i;
    end
  end

  // --------------------------------------------------------------- lines that wait
  logic [UsageWidth-1:0] usage;
  logic                  fifo_ready;

  flaash_stream_fifo #(
    .Width(Lanes + 2 + Width),
    .Depth(Depth)
  ) u_lines (
    .clk_i,
    .rst_ni,
    .in_valid_i (push),
    .in_ready_o (fifo_ready),
    .in_data_i  ({hits_q, whole_q || ends_held, copy_q, data_q}),
    .out_valid_o,
    .out_ready_i,
    .out_data_o ({out_hits_o, out_last_o, out_copy_o, out_data_o}),
    .usage_o    (usage)
  );

  // The line held back may be pushed without asking: one place stays free for it.
  assign in_ready_o = usage < UsageWidth'(Depth - 1);

  // ------------------------------------------------------------------ copies in use
  logic [1:0][UsageWidth-1:0] waiting_q;
  logic                       pop;

  assign pop = out_valid_o && out_ready_i;

  for (genvar copy = 0; copy < 2; copy++) begin : gen_copy
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        waiting_q[copy] <= '0;
      end else begin
        waiting_q[copy] <= waiting_q[copy] + UsageWidth'(push && copy_q == 1'(copy))
                           - UsageWidth'(pop && out_copy_o == 1'(copy));
      end
    end

    assign used_o[copy] = waiting_q[copy] != '0 || (held_q && copy_q == 1'(copy));
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(NoPushWhileFull_A, fifo_ready || !push, "a line with matches is lost")
  `FLAASH_ASSERT(OnlyWhenReady_A, in_ready_o || !in_valid_i, "a line came without being asked for")
  `FLAASH_COVER(MarkComesLate_C, ends_held)
  `FLAASH_COVER(PushAndTake_C, push && take)
  `FLAASH_COVER(Full_C, !in_ready_o)

endmodule : flaash_lookup_matches
