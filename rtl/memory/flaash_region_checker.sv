// SPDX-License-Identifier: Apache-2.0
// Region checker: stops the simulation when a line outside an operand's own region is requested, or written while
// a contraction uses it.
//
// Guarantees  Ends the simulation with $fatal in two cases. A request names a line that the last frame of the buffer
//             in use has not written. Or a line of that buffer is written while owned_i.
// Demands     The lines of an operand are written in ascending order from 0. Passive, and not
//             synthesized. Procedural code, so that Icarus runs it, too.

module flaash_region_checker
  import flaash_pkg::*;
#(
  parameter int unsigned NumPorts = 2  // read ports, 1 or more
) (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic [1:0]              wr_valid_i,  // of A in element 0
  input line_id_t [1:0]          wr_last_i,   // the line that is written, the last one of several
  input logic [1:0]              fill_i,      // the buffers that are written
  input logic [1:0]              use_i,       // those that are read
  input logic                    owned_i,     // by a contraction
  input logic [NumPorts-1:0]     req_valid_i,
  input line_id_t [NumPorts-1:0] req_i
);

  logic        armed_q;   // before the first reset every register holds a random value
  logic [31:0] end_q[4];  // first line after the region of A, of B, of both in buffer 1; lines survive resets

  initial begin
    armed_q = 1'b0;
    for (int i = 0; i < 4; i++) end_q[i] = '0;
  end

  // Not always_ff, which slang allows no initial value.
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) armed_q <= 1'b1;
  end

  for (genvar i = 0; i < 2; i++) begin : gen_operand
    line_id_t wr_last;

    assign wr_last = wr_last_i[i];

    always @(posedge clk_i) begin
      if (rst_ni && armed_q && wr_valid_i[i]) begin
        end_q[{fill_i[i], 1'(i)}] <= 32'(wr_last.addr) + 1;
        if (owned_i && fill_i[i] == use_i[i]) begin
          $fatal(1, "%m: line %0d of operand %0d is written while it is in use", wr_last.addr, i);
        end
      end
    end
  end

  for (genvar p = 0; p < int'(NumPorts); p++) begin : gen_port
    line_id_t    line;
    logic [31:0] lines;  // of that operand

    assign line  = req_i[p];
    assign lines = end_q[{use_i[line.operand], line.operand}];

    always @(posedge clk_i) begin
      if (rst_ni && armed_q && req_valid_i[p] && 32'(line.addr) >= lines) begin
        $fatal(1, "%m: port %0d asks for line %0d of operand %0d, which has %0d", p, line.addr, line.operand, lines);
      end
    end
  end

endmodule : flaash_region_checker
