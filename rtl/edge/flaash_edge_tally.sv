// SPDX-License-Identifier: Apache-2.0
// Edge tally: what a descriptor has cost, for its completion record.
//
// Guarantees  cycles_o counts from begin_i until end_i, computing_o from start_i until done_i or end_i, bytes_read_o
//             what the memory has delivered from begin_i until take_i.
// Demands     begin_i, take_i, start_i and end_i of a descriptor in this order; the next one may begin after take_i,
//             and is taken after end_i.
// Latency     One cycle.
// Reset       All zero.

module flaash_edge_tally #(
  parameter int unsigned DataWidth = 128
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        begin_i,  // its first read is asked for
  input  logic        take_i,   // nothing more of it is read
  input  logic        start_i,  // the contraction starts
  input  logic        done_i,   // every result is stored
  input  logic        end_i,    // every result is written
  input  logic        read_i,   // a beat was read
  output logic [63:0] cycles_o,
  output logic [63:0] computing_o,
  output logic [63:0] bytes_read_o
);

  localparam int unsigned BeatBytes = DataWidth / 8;

  logic        counts_q, computes_q;
  logic [63:0] cycles_q, bytes_q;  // of the descriptor that is being read

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q <= '0;
      bytes_q  <= '0;
    end else if (begin_i) begin
      cycles_q <= '0;
      bytes_q  <= '0;
    end else begin
      cycles_q <= cycles_q + 1'b1;
      if (read_i) bytes_q <= bytes_q + 64'(BeatBytes);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      counts_q     <= 1'b0;
      computes_q   <= 1'b0;
      cycles_o     <= '0;
      computing_o  <= '0;
      bytes_read_o <= '0;
    end else if (take_i) begin
      counts_q     <= 1'b1;
      computes_q   <= 1'b0;
      cycles_o     <= cycles_q;
      computing_o  <= '0;
      bytes_read_o <= bytes_q;
    end else begin
      if (end_i) counts_q <= 1'b0;
      if (start_i) computes_q <= 1'b1;
      if (done_i || end_i) computes_q <= 1'b0;
      if (counts_q) cycles_o <= cycles_o + 1'b1;
      if (computes_q || start_i) computing_o <= computing_o + 1'b1;
    end
  end

endmodule : flaash_edge_tally
