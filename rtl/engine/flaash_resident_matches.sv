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

  localparam int unsigned PtrWidth = $clog2(Depth);

  if (Depth < 4) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("Depth must be 4 or more")
  end

  // --------------------------------------------------------- the line held back
  logic held_q;   // a line is
  logic whole_q;  // its fiber has ended
  logic copy_q;   // in which it was looked up

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
    if (take) copy_q <= in_i.copy;
  end

  // --------------------------------------------------------------- lines that wait
  // The line held back is stored after them. Each line is written before its comparisons end. So these end at a
  // pointer, not at the enables of all words.
  line_t               lines_q[Depth];
  logic [Depth-1:0]    last_q;
  logic [PtrWidth:0]   take_ptr_q, push_ptr_q, rd_ptr_q, usage;
  logic [PtrWidth-1:0] rd_index;
  logic                pop;

  assign usage       = push_ptr_q - rd_ptr_q;
  assign rd_index    = rd_ptr_q[PtrWidth-1:0];
  assign out_valid_o = push_ptr_q != rd_ptr_q;
  assign pop         = out_valid_o && out_ready_i;

  // The line held back may be pushed at any time: room for it stays free.
  assign in_ready_o = usage < (PtrWidth + 1)'(Depth - 1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {take_ptr_q, push_ptr_q, rd_ptr_q} <= '0;
    end else begin
      take_ptr_q <= take_ptr_q + (PtrWidth + 1)'(take);
      push_ptr_q <= push_ptr_q + (PtrWidth + 1)'(push);
      rd_ptr_q   <= rd_ptr_q + (PtrWidth + 1)'(pop);
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_valid_i) lines_q[take_ptr_q[PtrWidth-1:0]] <= in_i;
    if (!usage[PtrWidth]) last_q[push_ptr_q[PtrWidth-1:0]] <= whole_q || ends_held;
  end

  always_comb begin
    out_o      = lines_q[rd_index];
    out_o.last = last_q[rd_index];
  end

  // ------------------------------------------------------------------ copies in use
  logic [1:0][PtrWidth:0] waiting_q;

  for (genvar copy = 0; copy < 2; copy++) begin : gen_copy
    logic [PtrWidth:0] rest;  // without the line that is pushed: push comes late

    assign rest = waiting_q[copy] - (PtrWidth + 1)'(pop && out_o.copy == 1'(copy));

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                         waiting_q[copy] <= '0;
      else if (push && copy_q == 1'(copy)) waiting_q[copy] <= rest + 1'b1;
      else                                 waiting_q[copy] <= rest;
    end

    assign used_o[copy] = waiting_q[copy] != '0 || (held_q && copy_q == 1'(copy));
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_o, $bits(line_t))
  `FLAASH_ASSERT(NoPushWhileFull_A, 32'(usage) < Depth || !push, "a line with matches is lost")
  `FLAASH_ASSERT(OnlyWhenReady_A, in_ready_o || !in_valid_i, "a line came without being asked for")
  `FLAASH_COVER(MarkComesLate_C, ends_held)
  `FLAASH_COVER(PushAndTake_C, push && take)
  `FLAASH_COVER(Full_C, !in_ready_o)

endmodule : flaash_resident_matches
