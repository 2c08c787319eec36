// SPDX-License-Identifier: Apache-2.0
// Matches: keeps the lines of B that have matches until they are multiplied, and marks each dot product's
// last one.
//
// A line with matches is held back until it is known whether its fiber has more. So the mark comes with the last match,
// and a fiber without matches takes no cycle in later stages.
//
// Guarantees  Every accepted line with matches leaves once, in order, without the other lines. The last line of a fiber
//             that leaves has out_o.last. A fiber that ends without a match raises empty_o, or with dense_i leaves as a
//             line without hits.
// Demands     in_valid_i only with in_ready_o. AXI handshake rule at out_*.
// Latency     Two cycles for the last line with matches of a fiber if the fiber ends with it.
// Throughput  One line per cycle.
// Stalls      When Depth - 1 lines wait.
// Reset       Forgets the lines inside.

`include "flaash_assert.svh"
`include "flaash_resident.svh"

module flaash_resident_matches #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 10,  // bits of a coordinate, 4 or more
  parameter int unsigned ValueWidth = 32,  // bits of a value
  parameter int unsigned Depth      = 8,   // lines that wait, a power of two, 4 or more
  localparam type line_t = `FLAASH_HIT_LINE(Lanes, CoordWidth, ValueWidth)
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       dense_i,  // fibers without a match give a result, too
  // lines of B, looked up
  input  logic       in_valid_i,
  output logic       in_ready_o,
  input  line_t      in_i,     // last: the line ends its fiber
  output logic       empty_o,  // the fiber ends and had no match
  // lines with matches
  output logic       out_valid_o,
  input  logic       out_ready_i,
  output line_t      out_o,    // last: of the dot product
  output logic [1:0] used_o    // a line inside was looked up in this copy
);

  localparam int unsigned UsageWidth = $clog2(Depth) + 1;

  if (Depth < 4) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("Depth must be 4 or more")
  end

  // --------------------------------------------------------- the line held back
  logic  held_q;   // a line is
  logic  whole_q;  // its fiber has ended
  line_t line_q;

  logic any, open, ends_held, ends_empty, take, push;

  assign any        = in_i.hits != '0;
  assign open       = held_q && !whole_q;                           // of the fiber that in_* goes on with
  assign ends_held  = in_valid_i && open && !any && in_i.last;      // so it had the last match
  assign ends_empty = in_valid_i && !open && !any && in_i.last;
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
      whole_q <= take && in_i.last;
    end
  end

  always_ff @(posedge clk_i) begin
    if (take) line_q <= in_i;
  end

  // --------------------------------------------------------------- lines that wait
  logic [UsageWidth-1:0] usage;
  logic                  fifo_ready;
  line_t                 line;

  always_comb begin
    line      = line_q;
    line.last = whole_q || ends_held;
  end

  flaash_stream_fifo #(
    .Width($bits(line_t)),
    .Depth(Depth)
  ) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(push), .in_ready_o(fifo_ready), .in_data_i(line),
    .out_valid_o, .out_ready_i, .out_data_o(out_o),
    .usage_o(usage)
  );

  // The line held back may be pushed at any time: room for it stays free.
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
        waiting_q[copy] <= waiting_q[copy] + UsageWidth'(push && line_q.copy == 1'(copy))
                           - UsageWidth'(pop && out_o.copy == 1'(copy));
      end
    end

    assign used_o[copy] = waiting_q[copy] != '0 || (held_q && line_q.copy == 1'(copy));
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(NoPushWhileFull_A, fifo_ready || !push, "a line with matches is lost")
  `FLAASH_ASSERT(OnlyWhenReady_A, in_ready_o || !in_valid_i, "a line came without being asked for")
  `FLAASH_COVER(MarkComesLate_C, ends_held)
  `FLAASH_COVER(PushAndTake_C, push && take)
  `FLAASH_COVER(Full_C, !in_ready_o)

endmodule : flaash_resident_matches
