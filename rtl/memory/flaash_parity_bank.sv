// SPDX-License-Identifier: Apache-2.0
// Parity bank: a RAM with a parity bit per word; each response reports a flipped bit.
//
// Guarantees  Port r responds with the word that rd_addr_i[r] names: Registered in the cycle after rd_enable_i[r],
//             and keeps the response; else in the same cycle. A read in the cycle of a write of the same word
//             sees the old one. wrong_o[r], with the response: an odd number of its bits has flipped, or the
//             address is beyond Words; the response is zero then. Without Parity wrong_o stays 0.
// Demands     Writes below Words. A word that was never written has no defined value and no defined wrong_o.
// Throughput  One read per port and one write per cycle.
// Reset       None: contents and output registers are kept.

`include "flaash_assert.svh"

module flaash_parity_bank #(
  parameter type         T          = logic [31:0],   // a word
  parameter int unsigned Words      = 256,            // 2 or more
  parameter int unsigned AddrWidth  = $clog2(Words),  // that or more
  parameter int unsigned Ports      = 1,              // read ports, 1 or more
  parameter bit          Registered = 1'b1,           // as a block RAM reads; 0: as LUT RAM does
  parameter int unsigned Parity     = 1               // 1: a parity bit per word, 0: none
) (
  input  logic                            clk_i,
  input  logic                            wr_enable_i,
  input  logic [AddrWidth-1:0]            wr_addr_i,
  input  T                                wr_data_i,
  input  logic [Ports-1:0]                rd_enable_i,  // ignored if not Registered
  input  logic [Ports-1:0][AddrWidth-1:0] rd_addr_i,
  output T [Ports-1:0]                    rd_data_o,
  output logic [Ports-1:0]                wrong_o
);

  localparam int unsigned DataWidth = $bits(T);
  localparam int unsigned WordWidth = DataWidth + Parity;
  localparam int unsigned IdWidth   = $clog2(Words);

  if (Words < 2 || Ports < 1 || AddrWidth < IdWidth) begin : gen_illegal_size
    `FLAASH_ILLEGAL("Words must be 2 or more, Ports 1 or more, AddrWidth enough for the words")
  end
  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end

  // Odd parity, so that a word of zeros is wrong, too; without Parity the bit falls off.
  logic [WordWidth-1:0] mem_q[Words];

  always_ff @(posedge clk_i) begin
    if (wr_enable_i) mem_q[wr_addr_i[IdWidth-1:0]] <= WordWidth'({~^wr_data_i, wr_data_i});
  end

  for (genvar r = 0; r < int'(Ports); r++) begin : gen_port
    logic [WordWidth-1:0] read, word;

    assign read = (32'(rd_addr_i[r]) < Words) ? mem_q[rd_addr_i[r][IdWidth-1:0]] : '0;

    if (Registered) begin : gen_registered
      logic [WordWidth-1:0] word_q;

      always_ff @(posedge clk_i) begin
        if (rd_enable_i[r]) word_q <= read;
      end

      assign word = word_q;
    end else begin : gen_direct
      logic unused_enable;

      assign unused_enable = rd_enable_i[r];
      assign word          = read;
    end

    assign rd_data_o[r] = word[DataWidth-1:0];
    assign wrong_o[r]   = Parity == 1 && !(^word);
  end

endmodule : flaash_parity_bank
