// SPDX-License-Identifier: Apache-2.0
// Delay line: a word leaves Delay cycles after it came.
//
// Guarantees  valid_o and data_o are valid_i and data_i of Delay cycles ago, per channel for valid.
//             data_o has no meaning for a channel without valid_o.
// Demands     Nothing; it never stalls.
// Latency     Delay cycles; 0 makes it a wire.
// Throughput  Every channel in every cycle.
// Reset       Forgets everything inside: valid_o stays low until new input has come through.
//
// A ring of words instead of a shift register: one write and one read per cycle, however long the
// delay. This is cheaper in LUT RAM and in simulation. The ring has no reset; until it has turned
// once, valid_o is masked.

`include "flaash_assert.svh"

module flaash_delay_line #(
  parameter int unsigned Channels = 4,   // valid bits, 1 or more
  parameter int unsigned Width    = 32,  // bits of payload of all channels together, 1 or more
  parameter int unsigned Delay    = 4    // cycles, 0 or more
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [Channels-1:0] valid_i,
  input  logic [Width-1:0]    data_i,
  output logic [Channels-1:0] valid_o,
  output logic [Width-1:0]    data_o
);

  if (Channels < 1 || Width < 1) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Channels and Width must be 1 or more")
  end

  if (Delay == 0) begin : gen_wire
    logic unused_clock;
    assign unused_clock = ^{clk_i, rst_ni};
    assign valid_o      = valid_i;
    assign data_o       = data_i;
  end else begin : gen_ring
    localparam int unsigned PtrWidth = Delay > 1 ? $clog2(Delay) : 1;
    localparam logic [PtrWidth-1:0] Last = PtrWidth'(Delay - 1);

    logic [Channels-1:0] valid_ring_q[Delay];
    logic [Width-1:0]    data_ring_q[Delay];
    logic [PtrWidth-1:0] ptr_q;     // the oldest word: read now, then overwritten
    logic                turned_q;  // every word has been written since reset

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        ptr_q    <= '0;
        turned_q <= 1'b0;
      end else begin
        ptr_q    <= (ptr_q == Last) ? '0 : ptr_q + 1'b1;
        turned_q <= turned_q || ptr_q == Last;
      end
    end

    always_ff @(posedge clk_i) begin
      valid_ring_q[ptr_q] <= valid_i;
      data_ring_q[ptr_q]  <= data_i;
    end

    assign valid_o = turned_q ? valid_ring_q[ptr_q] : '0;
    assign data_o  = data_ring_q[ptr_q];
  end

endmodule : flaash_delay_line
