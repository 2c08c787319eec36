// SPDX-License-Identifier: Apache-2.0
// Match emitter: turns the matches of a pair of lines, found at once, into one beat per match.
//
// Guarantees  For each pair of lines accepted, one beat with product = 1 per hit, lowest lane
//             first; last rides on the last of them. Without a hit, one beat with product = 0 and
//             a = b = 0.
// Demands     A pair of lines has a hit, or is marked last.
// Latency     One cycle.
// Throughput  One match per cycle; the next pair is accepted with the last match of this one.
// Stalls      A pair of lines stays inside until its last match has been taken.
// Reset       The matches inside are lost.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_match_emitter #(
  parameter int unsigned Lanes      = 4,  // entries per line: 1, 2, 4, 8
  parameter int unsigned ValueWidth = 32, // bits of a value, 1 or more
  localparam type lines_t = struct packed {
    logic [Lanes-1:0]                 hits;  // by lane of A
    logic                             last;  // the pair of fibers ends here
    logic [Lanes-1:0][ValueWidth-1:0] a;     // values by lane of A
    logic [Lanes-1:0][ValueWidth-1:0] b;
  },
  localparam type match_t = `FLAASH_MATCH(ValueWidth)
) (
  input  logic   clk_i,
  input  logic   rst_ni,
  // pairs of lines, compared
  input  logic   lines_valid_i,
  output logic   lines_ready_o,
  input  lines_t lines_i,
  output logic   match_valid_o,
  input  logic   match_ready_i,
  output match_t match_o
);

  // ----------------------------------------------------------- remaining matches
  logic                             valid_q;
  logic [Lanes-1:0]                 hits_q;
  logic                             last_q;
  logic [Lanes-1:0][ValueWidth-1:0] a_q, b_q;

  logic [Lanes-1:0] lowest, rest;  // the hit to emit now, those after it

  assign lowest = hits_q & (~hits_q + 1'b1);
  assign rest   = hits_q & ~lowest;

  assign lines_ready_o = !valid_q || (match_ready_i && rest == '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= 1'b0;
    end else if (lines_ready_o) begin
      valid_q <= lines_valid_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (lines_ready_o) begin
      {hits_q, last_q, a_q, b_q} <= lines_i;
    end else if (match_ready_i) begin
      hits_q <= rest;
    end
  end

  // --------------------------------------------------------------------- one beat
  assign match_valid_o = valid_q;

  always_comb begin
    match_o         = '0;
    match_o.product = hits_q != '0;
    match_o.last    = last_q && rest == '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      if (lowest[i]) begin
        match_o.a = match_o.a | a_q[i];
        match_o.b = match_o.b | b_q[i];
      end
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(match, match_valid_o, match_ready_i, match_o, $bits(match_t))
  `FLAASH_ASSERT(SomethingToEmit_A, !valid_q || hits_q != '0 || last_q,
                 "a pair of lines without a match and without the end of a fiber")
  `FLAASH_COVER(AllLanes_C, match_valid_o && hits_q == '1)
  `FLAASH_COVER(Replaced_C, valid_q && lines_valid_i && lines_ready_o)

endmodule : flaash_match_emitter
