// SPDX-License-Identifier: Apache-2.0
// Performance sums: adds up the events of one cycle in the whole machine, as increments of the counters.
//
// Guarantees  sums_o.increments[c] is the increment of counter c (Cnt* of flaash_reg_pkg). Counters that the registers
//             keep (CntCycles, CntUnloadCycles) get 0. sums_o.flags is the union of the flags. sums_o.range_errors
//             counts results out of range; sums_o.range_error names the lowest source of one: an SDPE, or the combiner,
//             which comes after all SDPEs. sums_o.sdpe_steps is the number of steps of SDPE select_i since the last
//             start_i, modulo 2**32; 0 for an SDPE that does not exist. work_o: the machine made progress, so the
//             watchdog does not expire.
// Demands     reads_i and conflicts_i belong to the previous cycle.
// Latency     Two cycles; one for sent_i, discarded beats and what reads_i counts. sums_o.sdpe_steps has a step three
//             cycles later. The share of loader and dispatch in work_o comes in the same cycle.
// Reset       No event; all steps are 0.

`include "flaash_assert.svh"

module flaash_perf_sum
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned NumSdpe    = 8,        // 1 to 64
  parameter int unsigned NumSources = NumSdpe,  // NumSdpe, or one more with a combiner
  parameter bit          Empties    = 1'b1,     // SDPEs raise `empties`
  localparam int unsigned ReadWidth      = $clog2(2 * NumSdpe + 1),
  localparam int unsigned IncrementWidth = $bits(dots_t)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // SDPEs, combiner
  input  sdpe_events_t [NumSources-1:0] events_i,
  // the rest of the machine
  input  dispatch_t                  dispatch_i,
  input  logic [ReadWidth-1:0]       reads_i,        // lines read in the previous cycle
  input  logic [ReadWidth-1:0]       conflicts_i,    // reads that had to wait then
  input  load_report_t               load_i,
  input  taken_t                     sent_i,         // results that left the chip
  // steps of an SDPE
  input  logic                       start_i,        // of a contraction
  input  logic [5:0]                 select_i,
  output sums_t                      sums_o,
  output logic                       work_o
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end

  // Events come late in a cycle, so they are added up in the next one.
  sdpe_events_t [NumSources-1:0] events_q;
  dispatch_t                     dispatch_q;
  logic                          loading_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {events_q, dispatch_q, loading_q} <= '0;
    else         {events_q, dispatch_q, loading_q} <= {events_i, dispatch_i, load_i.loading};
  end

  // ----------------------------------------------------------------------- sums
  localparam int unsigned SumWidth = 9;  // 64 engines, each with a result and MaxSlots dot products without a match

  logic [NumCounters-1:0][SumWidth-1:0] sums;
  logic [6:0]                  out_of_range;
  logic [6:0]                  range_source;
  flags_t                      flags;
  sdpe_events_t                events;
  empties_t                    empties;

  always_comb begin
    sums         = '0;
    out_of_range = '0;
    range_source = '0;
    flags        = '0;
    events       = '0;
    empties      = '0;
    for (int s = NumSources - 1; s >= 0; s--) begin
      events = events_q[s];
      flags  = flags | events.flags;
      if (Empties) empties = events.empties;
      sums[CntBusy]          = sums[CntBusy]          + SumWidth'(events.busy);
      sums[CntSteps]         = sums[CntSteps]         + SumWidth'(events.step);
      sums[CntMatches]       = sums[CntMatches]       + SumWidth'(events.match);
      sums[CntStallA]        = sums[CntStallA]        + SumWidth'(events.stall_a);
      sums[CntStallB]        = sums[CntStallB]        + SumWidth'(events.stall_b);
      sums[CntStallMac]      = sums[CntStallMac]      + SumWidth'(events.stall_mac);
      sums[CntStallResult]   = sums[CntStallResult]   + SumWidth'(events.stall_result);
      sums[CntDotsDone]      = sums[CntDotsDone]      + SumWidth'(events.dot_done) + SumWidth'(empties);
      sums[CntResults]       = sums[CntResults]       + SumWidth'(events.result);
      sums[CntZeroEmpty]     = sums[CntZeroEmpty]     + SumWidth'(events.zero_empty) + SumWidth'(empties);
      sums[CntZeroCancel]    = sums[CntZeroCancel]    + SumWidth'(events.zero_cancel);
      sums[CntZeroUnderflow] = sums[CntZeroUnderflow] + SumWidth'(events.zero_underflow);
      out_of_range           = out_of_range           + 7'(events.range_error);
      if (events.range_error) range_source = 7'(s);
    end
  end

  // ---------------------------------------------------------------------- steps
  logic [NumSdpe-1:0][31:0] counts_q;
  logic [31:0]              steps;

  for (genvar s = 0; s < int'(NumSdpe); s++) begin : gen_steps
    sdpe_events_t events_s;

    assign events_s      = events_q[s];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)            counts_q[s] <= '0;
      else if (start_i)       counts_q[s] <= '0;
      else if (events_s.step) counts_q[s] <= counts_q[s] + 1'b1;
    end
  end

  always_comb begin
    steps = '0;
    for (int unsigned s = 0; s < NumSdpe; s++) begin
      if (select_i == 6'(s)) steps = counts_q[s];
    end
  end

  // ------------------------------------------------------------------ increments
  increments_t increments, increments_q;

  always_comb begin
    for (int c = 0; c < NumCounters; c++) increments[c] = IncrementWidth'(sums[c]);
    increments[CntJobs]         = dispatch_q.job ? dispatch_q.dots : '0;
    increments[CntRuns]         = IncrementWidth'(dispatch_q.job);
    increments[CntPortions]     = IncrementWidth'(dispatch_q.portion);
    increments[CntMemReads]     = IncrementWidth'(reads_i);
    increments[CntMemConflicts] = IncrementWidth'(conflicts_i);
    increments[CntLoadCycles]   = IncrementWidth'(loading_q);
    increments[CntUnloaded]     = IncrementWidth'(sent_i);
    increments[CntDiscarded]    = IncrementWidth'(load_i.discarded);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sums_o <= '0;
    else begin
      sums_o.range_errors      <= out_of_range;
      sums_o.range_error.valid <= out_of_range != '0;
      sums_o.range_error.code  <= ErrResultRange;
      sums_o.range_error.place <= 32'(range_source);
      sums_o.flags             <= flags;
      sums_o.increments        <= increments;
      sums_o.sdpe_steps        <= steps;
    end
  end

  assign increments_q = sums_o.increments;

  assign work_o = load_i.step || dispatch_i.visit || dispatch_i.job || increments_q[CntDotsDone] != '0
                    || increments_q[CntMatches] != '0 || increments_q[CntSteps] != '0
                    || increments_q[CntMemReads] != '0 || increments_q[CntResults] != '0;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(RangeErrorsInRange_A, 32'(sums_o.range_errors) <= NumSources, "more range errors than sources")
  `FLAASH_COVER(SeveralRangeErrors_C, sums_o.range_errors > 7'd1)

endmodule : flaash_perf_sum
