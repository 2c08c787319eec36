// SPDX-License-Identifier: Apache-2.0
// Line skip: passes over the first lines of a pair of fibers that lie before the other fiber's first line.
//
// Guarantees  With skip_i, lines are dropped until the first line of a pair leaves. These lines have a last coordinate
//             below the first one of the other fiber's line, and are not the last of their fiber. No product is lost.
//             All other lines pass unchanged; without skip_i all lines do.
// Demands     As many fibers of A as of B. An empty line ends its fiber. skip_i changes only while no line waits.
// Latency     None. Throughput: a line of each fiber per cycle; one line per cycle while they are dropped.
// Stalls      With skip_i, a line waits until the previous pair has ended. The first lines of a pair wait until both
//             have come and neither is to be dropped.
// Reset       The next lines begin a pair.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_line_skip #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,  // bits of a value, 1 or more
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      skip_i,
  // lines from the loaders, of A in element 0
  input  logic [1:0]                in_valid_i,
  output logic [1:0]                in_ready_o,
  input  logic [1:0][LineWidth-1:0] line_i,
  // the same lines to the intersection
  output logic [1:0]                out_valid_o,
  input  logic [1:0]                out_ready_i
);

  localparam int unsigned IndexWidth = Lanes > 1 ? $clog2(Lanes) : 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  line_t                            a_line, b_line;
  logic [Lanes-1:0][CoordWidth-1:0] a_coords, b_coords;
  logic [IndexWidth-1:0]            a_top, b_top;

  assign a_line   = line_i[0];
  assign b_line   = line_i[1];
  assign a_coords = a_line.coords;
  assign b_coords = b_line.coords;
  assign a_top    = IndexWidth'(a_line.count - 1'b1);
  assign b_top    = IndexWidth'(b_line.count - 1'b1);

  // Only coordinates matter here.
  logic unused_values;
  assign unused_values = ^{a_line.values, b_line.values};

  // -------------------------------------------------- where a pair of fibers begins
  logic begins_q;              // no line of the pair has left
  logic a_ended_q, b_ended_q;  // its fiber has ended
  logic a_taken, b_taken, a_ended, b_ended;

  assign a_taken = out_valid_o[0] && out_ready_i[0];
  assign b_taken = out_valid_o[1] && out_ready_i[1];
  assign a_ended = a_ended_q || (a_taken && a_line.last);
  assign b_ended = b_ended_q || (b_taken && b_line.last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begins_q  <= 1'b1;
      a_ended_q <= 1'b0;
      b_ended_q <= 1'b0;
    end else begin
      begins_q  <= (a_ended && b_ended) || (begins_q && !a_taken && !b_taken);
      a_ended_q <= a_ended && !b_ended;
      b_ended_q <= b_ended && !a_ended;
    end
  end

  // --------------------------------------------------------------- dropped lines
  logic both, drop_a, drop_b;

  assign both   = skip_i && begins_q && (&in_valid_i) && a_line.count != '0 && b_line.count != '0;
  assign drop_a = both && !a_line.last && a_coords[a_top] < b_coords[0];
  assign drop_b = both && !b_line.last && b_coords[b_top] < a_coords[0];

  // ----------------------------------------------------------------------- lines
  // No line is offered before it is certain that it is not dropped. Each dropped line of the other fiber changes this.
  logic undecided;

  assign undecided   = begins_q && (!(&in_valid_i) || drop_a || drop_b);
  assign out_valid_o = in_valid_i & ~{skip_i && (b_ended_q || undecided), skip_i && (a_ended_q || undecided)};
  assign in_ready_o  = {drop_b || b_taken, drop_a || a_taken};

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out_a, out_valid_o[0], out_ready_i[0], line_i[0], LineWidth)
  `FLAASH_STREAM_CHECK(out_b, out_valid_o[1], out_ready_i[1], line_i[1], LineWidth)
  `FLAASH_ASSERT(EndsTogether_A, !(a_ended_q && b_ended_q), "a pair continues after its end")
  `FLAASH_ASSERT(OneSide_A, !(drop_a && drop_b), "each line lies before the other")
  `FLAASH_COVER(DropA_C, drop_a)
  `FLAASH_COVER(DropB_C, drop_b)

endmodule : flaash_line_skip
