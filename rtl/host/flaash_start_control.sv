// SPDX-License-Identifier: Apache-2.0
// Start control: accepts or refuses a start, and knows how far the contraction is.
//
// Guarantees  A start is accepted only if no contraction is active or being stopped, no operand is being
//             received, both are there and their contracted extents agree; checked in this order, and
//             the first that fails is the error. dense_o, run_length_o, portion_length_o and long_lines_o
//             are those of the accepted start. A contraction that is stopped is no longer busy, and never done, but
//             active until drained.
// Demands     done_i and drained_i only while the contraction is busy or active.
// Latency     start_o and busy_o one cycle after an accepted start_i; a refusal in the cycle of start_i.
// Reset       Nothing runs. clear_i and resetting_i do the same, and refuse starts as long as they are high.

`include "flaash_assert.svh"

module flaash_start_control
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic             clk_i,
  input  logic             rst_ni,

  // the command and its parameters
  input  logic             start_i,
  input  logic             clear_i,      // a soft reset begins
  input  logic             resetting_i,
  input  logic             stopping_i,
  input  logic             dense_i,
  input  logic [31:0]      run_length_i,
  input  logic [31:0]      portion_length_i,
  input  logic [31:0]      long_lines_i,

  // what it depends on
  input  logic             loading_i,
  input  desc_t [1:0]      desc_i,
  input  logic             done_i,      // pulse
  input  logic             drained_i,   // pulse

  // to the core
  output logic             start_o,
  output logic             dense_o,
  output fiber_id_t        run_length_o,
  output entry_id_t        portion_length_o,
  output line_sum_t        long_lines_o,

  // state
  output logic             busy_o,      // until every result is stored
  output logic             active_o,    // until every result and the trailer have left
  input  error_e           first_error_i,
  output logic [31:0]      status_o,    // as RegStatus

  // refusal
  output logic             refused_o,
  output error_e           error_o,
  output logic [31:0]      place_o
);

  // --------------------------------------------------------------------- verdict
  always_comb begin
    error_o = ErrNone;
    place_o = '0;
    if (active_o || clear_i || resetting_i || stopping_i) begin
      error_o = ErrStartBusy;
    end else if (loading_i) begin
      error_o = ErrStartLoading;
    end else if (!(desc_i[0].loaded && desc_i[1].loaded)) begin
      error_o = ErrNoOperand;
      place_o = {30'd0, !desc_i[1].loaded, !desc_i[0].loaded};
    end else if (desc_i[0].extent != desc_i[1].extent) begin
      error_o = ErrExtentsDiffer;
      place_o = desc_i[0].extent;
    end
  end

  assign refused_o = start_i && error_o != ErrNone;

  // ----------------------------------------------------------------------- state
  logic done_q, drained_q;

  always_comb begin
    status_o                = '0;
    status_o[StatusLoadedA] = desc_i[0].loaded;
    status_o[StatusLoadedB] = desc_i[1].loaded;
    status_o[StatusBusy]    = busy_o || resetting_i || stopping_i;
    status_o[StatusDone]    = done_q;
    status_o[StatusDrained] = drained_q;
    status_o[StatusError]   = first_error_i != ErrNone;
    status_o[StatusLoading] = loading_i;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      start_o   <= 1'b0;
      busy_o    <= 1'b0;
      active_o  <= 1'b0;
      done_q    <= 1'b0;
      drained_q <= 1'b0;
    end else begin
      start_o <= start_i && error_o == ErrNone;
      if (done_i) begin
        busy_o <= 1'b0;
        done_q <= 1'b1;
      end
      if (drained_i) begin
        active_o  <= 1'b0;
        drained_q <= 1'b1;
      end
      if (start_i && error_o == ErrNone) begin
        busy_o    <= 1'b1;
        active_o  <= 1'b1;
        done_q    <= 1'b0;
        drained_q <= 1'b0;
      end
      if (stopping_i) busy_o <= 1'b0;
      if (clear_i || resetting_i) begin
        busy_o    <= 1'b0;
        active_o  <= 1'b0;
        done_q    <= 1'b0;
        drained_q <= 1'b0;
      end
    end
  end

  // ------------------------------------------------------------------ parameters
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      dense_o          <= 1'b0;
      run_length_o     <= '0;
      portion_length_o <= '0;
      long_lines_o     <= '0;
    end else if (start_i && error_o == ErrNone) begin
      dense_o          <= dense_i;
      run_length_o     <= (run_length_i >= 2 ** FiberIdWidth) ? '1 : run_length_i[FiberIdWidth-1:0];
      portion_length_o <= (portion_length_i >= 2 ** EntryIdWidth) ? '1 : portion_length_i[EntryIdWidth-1:0];
      long_lines_o     <= (long_lines_i >= 2 ** $bits(line_sum_t)) ? '1 : line_sum_t'(long_lines_i);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(BusyIsActive_A, !busy_o || active_o, "computing, but not active")
  `FLAASH_COVER(StartAfterDone_C, refused_o && active_o && !busy_o)

endmodule : flaash_start_control
