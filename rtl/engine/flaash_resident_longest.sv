// SPDX-License-Identifier: Apache-2.0
// Longest: how many lines the longest fiber of an operand has, as its lines are written.
//
// Guarantees  longest_o: lines of the longest fiber of the operand last written to each buffer.
// Demands     Lines are written in ascending order from 0, at most two at a time, both of one fiber.
// Latency     One cycle from a line to longest_o.
// Reset       None: counts stay.

module flaash_resident_longest
  import flaash_pkg::*;
#(
  parameter bit Operand = 1'b0  // that counts: A 0, B 1
) (
  input  logic             clk_i,
  input  line_written_t    written_i,
  output line_addr_t [1:0] longest_o
);

  line_id_t         written;
  logic             counts, begins;      // the first line of the operand
  line_addr_t       more, lines, lines_q;  // of the fiber so far

  assign written = written_i.id;
  assign counts  = written_i.valid && written.operand == Operand;
  assign more    = line_addr_t'(written_i.pair) + 1'b1;
  assign begins  = written_i.begins;
  assign lines   = begins ? more : lines_q + more;

  logic unused_addr;
  assign unused_addr = ^written.addr;

  always_ff @(posedge clk_i) begin
    if (counts) begin
      lines_q <= written_i.last ? '0 : lines;
      if (begins || lines > longest_o[written_i.filled]) longest_o[written_i.filled] <= lines;
    end
  end

endmodule : flaash_resident_longest
