// SPDX-License-Identifier: Apache-2.0
// Portion seek: passes over the lines of B that lie before the first coordinate of a portion of A.
//
// Guarantees  With split_i, a line of B that comes before any line of its pair has been taken is dropped if
//             its last coordinate is below the first one of A, and it is not the last of its fiber. No
//             product is lost by that. All other lines pass unchanged; without split_i all do.
// Demands     As many fibers of A as of B. split_i changes only while no line is there.
// Latency     None. Throughput: one line per cycle, dropped or not.
// Stalls      With split_i, the first line of B of a pair is not offered before that of A is there, and
//             the pair before has ended.
// Reset       The next lines begin a pair.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_portion_seek #(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,  // bits of a value, 1 or more
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 split_i,

  // lines of A, which pass by
  input  logic                 a_valid_i,
  input  logic                 a_ready_i,
  input  logic [LineWidth-1:0] a_line_i,

  // lines of B from the loader
  input  logic                 b_valid_i,
  output logic                 b_ready_o,
  input  logic [LineWidth-1:0] b_line_i,

  // lines of B to the intersection
  output logic                 b_valid_o,
  input  logic                 b_ready_i
);

  localparam int unsigned IndexWidth = Lanes > 1 ? $clog2(Lanes) : 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  line_t                            a_line, b_line;
  logic [Lanes-1:0][CoordWidth-1:0] a_coords, b_coords;
  logic [IndexWidth-1:0]            b_top;

  assign a_line   = a_line_i;
  assign b_line   = b_line_i;
  assign a_coords = a_line.coords;
  assign b_coords = b_line.coords;
  assign b_top    = IndexWidth'(b_line.count - 1'b1);

  // Only places matter here.
  logic unused_values;
  assign unused_values = ^{a_line.values, b_line.values, a_coords};

  // -------------------------------------------------- where a pair of fibers begins
  logic begins_q;              // no line of the pair has been taken
  logic a_ended_q, b_ended_q;  // its fiber has ended
  logic a_taken, b_taken, a_ended, b_ended;

  assign a_taken = a_valid_i && a_ready_i;
  assign b_taken = b_valid_o && b_ready_i;
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

  // ----------------------------------------------------------------- lines of B
  // Nothing is offered before it is known whether it is to be dropped.
  logic waits, skip;

  assign waits = split_i && (b_ended_q || (begins_q && !a_valid_i));
  assign skip  = split_i && begins_q && a_valid_i && b_valid_i && a_line.count != '0 && !b_line.last
                 && b_coords[b_top] < a_coords[0];

  assign b_valid_o = b_valid_i && !waits && !skip;
  assign b_ready_o = skip || (b_ready_i && !waits);

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(b, b_valid_o, b_ready_i, b_line_i, LineWidth)
  `FLAASH_ASSERT(EndsTogether_A, !(a_ended_q && b_ended_q), "a pair that has ended goes on")
  `FLAASH_COVER(Skip_C, skip)

endmodule : flaash_portion_seek
