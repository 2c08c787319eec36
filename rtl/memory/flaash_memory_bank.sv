// SPDX-License-Identifier: Apache-2.0
// Memory bank: a RAM with one write port and one registered read port, one block RAM wide.
//
// Guarantees  rd_data_o is the word that rd_addr_i named in the last cycle with rd_enable_i; it
//             keeps its value in between. A write and a read of the same word in one cycle read
//             the old word.
// Demands     Addresses below Words. A word that was never written has no defined value.
// Latency     One cycle.
// Throughput  One read and one write per cycle.
// Reset       None: contents and output register are kept.

`include "flaash_assert.svh"

module flaash_memory_bank #(
  parameter int unsigned Width = 32,   // bits of a word, 1 or more
  parameter int unsigned Words = 256,  // 2 or more
  localparam int unsigned AddrWidth = $clog2(Words)
) (
  input  logic                 clk_i,
  input  logic                 wr_enable_i,
  input  logic [AddrWidth-1:0] wr_addr_i,
  input  logic [Width-1:0]     wr_data_i,
  input  logic                 rd_enable_i,
  input  logic [AddrWidth-1:0] rd_addr_i,
  output logic [Width-1:0]     rd_data_o
);

  if (Width < 1 || Words < 2) begin : gen_illegal_size
    `FLAASH_ILLEGAL("Width must be 1 or more, Words 2 or more")
  end

  logic [Width-1:0] mem_q[Words];

  always_ff @(posedge clk_i) begin
    if (wr_enable_i) mem_q[wr_addr_i] <= wr_data_i;
  end

  always_ff @(posedge clk_i) begin
    if (rd_enable_i) rd_data_o <= mem_q[rd_addr_i];
  end

endmodule : flaash_memory_bank
