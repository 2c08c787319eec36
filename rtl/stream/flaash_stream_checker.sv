// SPDX-License-Identifier: Apache-2.0
// Stream checker: stops the simulation when a valid/ready stream breaks the handshake rules.
//
// Guarantees  From the first reset on, ends the simulation with $fatal when, outside reset,
//               - a beat that was offered and not taken is withdrawn or changes,
//               - valid or ready is X or Z, or a bit of a valid beat is X or Z.
// Demands     Nothing; it is passive and not synthesized. Procedural code, so that Icarus, which
//             has no concurrent assertions, runs the same checks as Verilator.

module flaash_stream_checker #(
  parameter int unsigned Width = 32  // bits of a beat, 1 or more
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

  // Before the first reset every register holds a random value.
  logic             armed_q;
  logic             waiting_q;  // the beat of the cycle before was not taken
  logic [Width-1:0] data_q;

  initial armed_q = 1'b0;

  // Most streams are idle most of the time. Icarus evaluates these assignments only when an input changes, and
  // every statement below at every edge.
  logic unknown;  // valid or ready is X or Z
  logic watch;
  assign unknown = (valid_i ^ ready_i) === 1'bx;
  assign watch   = armed_q && (valid_i || waiting_q || unknown);

  // Not always_ff, which slang allows no initial value.
  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      armed_q   <= 1'b1;
      waiting_q <= 1'b0;
    end else if (watch) begin
      if (unknown) $fatal(1, "%m: valid or ready is unknown");
      if (waiting_q && !valid_i) $fatal(1, "%m: beat withdrawn before it was taken");
      if ((^data_i) === 1'bx) $fatal(1, "%m: a valid beat has unknown bits");
      if (waiting_q && (data_i != data_q)) $fatal(1, "%m: beat changed before it was taken");
      waiting_q <= !ready_i;
      data_q    <= data_i;
    end
  end

endmodule : flaash_stream_checker
