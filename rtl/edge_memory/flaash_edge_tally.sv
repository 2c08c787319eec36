// SPDX-License-Identifier: Apache-2.0
// Edge tally: counts cycles and bytes of a descriptor, for its completion record.
//
// Guarantees  cycles_o counts from begin_i until end_i, computing_o from start_i until done_i or end_i.
//             bytes_read_o counts the requested bytes: the descriptor, and arrays from begin_i until take_i.
// Demands     begin_i, take_i, start_i and end_i of a descriptor in this order; begin_i with the same number only
//             after its take_i; take_i after end_i of the previous descriptor, and two cycles after its last asks_i.
// Latency     One cycle.
// Reset       All zero.

`include "flaash_assert.svh"

module flaash_edge_tally
  import flaash_edge_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned FirstBeats = 16,  // of a descriptor, that are read at once
  parameter int unsigned RestBeats  = 20,  // if it has more levels
  parameter int unsigned InFlight   = 4,   // descriptors: a power of two
  localparam int unsigned NumberBits = $clog2(InFlight)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     begin_i,       // its first read is requested
  input  logic [NumberBits-1:0]    begin_number_i,
  input  asks_t                    asks_i,        // of its arrays and further levels
  input  logic [NumberBits-1:0]    ask_number_i,
  input  logic                     take_i,        // its last request was made
  input  logic [NumberBits-1:0]    take_number_i,
  input  logic                     start_i,       // the contraction starts
  input  logic                     done_i,        // every result is stored
  input  logic                     end_i,         // every result is written
  output logic [63:0]              cycles_o,
  output logic [63:0]              computing_o,
  output logic [63:0]              bytes_read_o
);

  localparam int unsigned BeatShift = $clog2(DataWidth / 8);

  // ------------------------------------------------------- until it is handed over
  logic [InFlight-1:0][63:0] cycles_q, beats_q;  // per descriptor
  ask_t [3:0]            arrays;
  logic [3:0][34:0]      own;                // of each array
  logic                  rest;
  logic [34:0]           asked, rests;       // beats in the cycle before
  asks_t                 asks_q;
  logic [34:0]           asked_q;            // beats of the cycle before that
  logic [NumberBits-1:0] ask_number_q, asked_number_q;
  logic [InFlight-1:0][63:0] beats;              // up to two cycles before

  assign {arrays, rest} = asks_q;

  // Requests come late in a cycle, so they are added up in the next one, and counted in the one after that.
  for (genvar i = 0; i < 4; i++) begin : gen_array
    ask_t ask;

    assign ask    = arrays[i];
    assign own[i] = ask.valid ? 35'(ask.beats) : '0;
  end

  assign rests = rest ? 35'(RestBeats) : '0;
  assign asked = (own[0] + own[1]) + (own[2] + own[3]) + rests;

  always_comb begin
    for (int s = 0; s < int'(InFlight); s++) begin
      beats[s] = beats_q[s] + ((asked_number_q == NumberBits'(s)) ? 64'(asked_q) : '0);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asks_q  <= '0;
      asked_q <= '0;
    end else begin
      asks_q  <= asks_i;
      asked_q <= asked;
    end
  end

  always_ff @(posedge clk_i) begin
    ask_number_q   <= ask_number_i;
    asked_number_q <= ask_number_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cycles_q <= '0;
      beats_q  <= '0;
    end else begin
      for (int s = 0; s < int'(InFlight); s++) begin
        cycles_q[s] <= cycles_q[s] + 1'b1;
        beats_q[s]  <= beats[s];
        if (begin_i && begin_number_i == NumberBits'(s)) begin
          cycles_q[s] <= '0;
          beats_q[s]  <= 64'(FirstBeats);
        end
      end
    end
  end

  // ------------------------------------------------------------------ from there on
  logic counts_q, computes_q;

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
      cycles_o     <= cycles_q[take_number_i];
      computing_o  <= '0;
      bytes_read_o <= beats[take_number_i] << BeatShift;
    end else begin
      if (end_i) counts_q <= 1'b0;
      if (start_i) computes_q <= 1'b1;
      if (done_i || end_i) computes_q <= 1'b0;
      if (counts_q) cycles_o <= cycles_o + 1'b1;
      if (computes_q || start_i) computing_o <= computing_o + 1'b1;
    end
  end

  // ---------------------------------------------------------------- properties
  logic [3:0] asking;  // arrays that were requested in the cycle before

  for (genvar i = 0; i < 4; i++) begin : gen_asking
    assign asking[i] = own[i] != '0;
  end

  `FLAASH_ASSERT(TakenLate_A, !take_i || ask_number_q != take_number_i || (asking == '0 && !rest),
                 "requests come too late to be counted")

endmodule : flaash_edge_tally
