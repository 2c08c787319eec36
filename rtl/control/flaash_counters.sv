// SPDX-License-Identifier: Apache-2.0
// Counters: the 64-bit performance counters of the register map.
//
// Guarantees  Every counter adds its increment in every cycle. start_i restarts the counters of a contraction
//             with the increment of that cycle; clear_i clears all counters. A read of a counter's low word also
//             captures its high word for the next read, so both words belong to one moment. During a soft reset
//             only beats that the interface discards are counted; during a stop only records sent and beats
//             discarded.
// Demands     read_i.high is read after the low word of the same counter; otherwise the high word is live.
// Latency     An increment is readable one cycle later, a beat of discarded_i two cycles later; read data is valid in
//             the cycle of the read. increments_i belongs to the cycle before the previous one, records sent and
//             beats discarded to the previous one, the other inputs to this cycle.
// Reset       All counters are 0.

`include "flaash_assert.svh"

module flaash_counters
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  localparam int unsigned IncrementWidth = $bits(dots_t),
  localparam int unsigned IndexWidth     = $clog2(NumCounters)
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          start_i,
  input  logic          clear_i,
  input  kill_t         kill_i,
  // events
  input  increments_t   increments_i,
  input  logic          busy_i,
  input  logic          active_i,
  input  logic          discarded_i,  // a beat, by the interface
  input  counter_read_t read_i,
  output logic [31:0]   read_data_o
);

  // These counters run across contractions.
  localparam logic [NumCounters-1:0] Lasting =
      (NumCounters'(1) << CntLoadCycles) | (NumCounters'(1) << CntDiscarded);

  // ----------------------------------------------------------------- increments
  increments_t increments;
  logic [1:0]  stopped_q;  // bit 1: increments_i belongs to a cycle in a stop

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stopped_q <= '0;
    else         stopped_q <= {stopped_q[0], kill_i.valid};
  end

  always_comb begin
    increments = (kill_i.all || stopped_q[1]) ? '0 : increments_i;
    if (!kill_i.all) begin
      increments[CntUnloaded]  = increments_i[CntUnloaded];
      increments[CntDiscarded] = increments_i[CntDiscarded];
    end
    increments[CntCycles]       = IncrementWidth'(busy_i);
    increments[CntUnloadCycles] = IncrementWidth'(active_i);
  end

  // ------------------------------------------------------------------- counting
  logic [NumCounters-1:0][63:0] counts_q;
  logic                         discarded_q;  // the interface knows late in a cycle that it discards a beat

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) discarded_q <= 1'b0;
    else         discarded_q <= discarded_i && !clear_i;
  end

  for (genvar i = 0; i < NumCounters; i++) begin : gen_counter
    logic        anew;
    logic [63:0] sum;

    // The choice by start comes after the adder: by then start has reached all counters.
    assign anew = start_i && !Lasting[i];
    assign sum  = counts_q[i] + 64'(increments[i]) + 64'(i == CntDiscarded && discarded_q);

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)      counts_q[i] <= '0;
      else if (clear_i) counts_q[i] <= '0;
      else              counts_q[i] <= anew ? 64'(increments[i]) : sum;
    end
  end

  // -------------------------------------------------------------------- reading
  logic [63:0]           count;
  logic [31:0]           high_q;
  logic [IndexWidth-1:0] high_index_q;
  logic                  high_valid_q;

  assign count = counts_q[read_i.index];

  always_comb begin
    read_data_o = count[31:0];
    if (read_i.high) begin
      read_data_o = count[63:32];
      if (high_valid_q && high_index_q == read_i.index) read_data_o = high_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      high_q       <= '0;
      high_index_q <= '0;
      high_valid_q <= 1'b0;
    end else if (read_i.valid) begin
      high_valid_q <= !read_i.high;
      if (!read_i.high) begin
        high_q       <= count[63:32];
        high_index_q <= read_i.index;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(IndexInRange_A, !read_i.valid || 32'(read_i.index) < NumCounters, "no such counter")
  `FLAASH_COVER(ReadWhileCarry_C, read_i.valid && !read_i.high && (&count[31:0]))
  `FLAASH_COVER(HighOfAnother_C, read_i.valid && read_i.high && high_valid_q && high_index_q != read_i.index)

endmodule : flaash_counters
