// SPDX-License-Identifier: Apache-2.0
// Start control: accepts or refuses a start, and tracks the state of the contraction.
//
// Guarantees  A start is accepted only under four conditions, checked in this order:
//             - no contraction is active or being stopped; one that is drained in this cycle is not active,
//             - no operand is being received,
//             - both operands are loaded,
//             - their contracted extents agree.
//             The first condition that fails is the error. settings_o belong to the accepted start. A stopped
//             contraction is no longer busy, and never done, but active until drained.
// Demands     done_i and drained_i only while the contraction is busy or active.
// Latency     start_o and busy_o one cycle after an accepted start_i; a refusal in the cycle of start_i.
// Reset       No contraction runs. clear_i and kill_i.all do the same, and refuse starts while they are
//             high.

`include "flaash_assert.svh"

module flaash_start_control
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
(
  input  logic        clk_i,
  input  logic        rst_ni,
  // the command, and its settings
  input  logic        start_i,
  input  logic        clear_i,      // a soft reset begins
  input  kill_t       kill_i,
  input  setup_t      setup_i,
  input  logic        refuse_i,     // results are to go to rows, and cannot
  // conditions
  input  logic        loading_i,
  input  desc_t [1:0] desc_i,
  input  logic        done_i,      // pulse
  input  logic        drained_i,   // pulse
  // to the core
  output logic        start_o,
  output settings_t   settings_o,
  // state
  output logic        busy_o,      // until every result is stored
  output logic        active_o,    // until every result and the trailer have left
  input  logic        error_i,     // an error is recorded
  output logic [31:0] status_o,    // as RegStatus
  output error_t      error_o      // a refusal
);

  // --------------------------------------------------------------------- verdict
  error_e      error;
  logic [31:0] place;
  logic        accepted;

  always_comb begin
    error = ErrNone;
    place = '0;
    if ((active_o && !drained_i) || clear_i || kill_i.valid) begin
      error = ErrStartBusy;
    end else if (loading_i) begin
      error = ErrStartLoading;
    end else if (!(desc_i[0].loaded && desc_i[1].loaded)) begin
      error = ErrNoOperand;
      place = {30'd0, !desc_i[1].loaded, !desc_i[0].loaded};
    end else if (desc_i[0].extent != desc_i[1].extent) begin
      error = ErrExtentsDiffer;
      place = desc_i[0].extent;
    end else if (refuse_i) begin
      error = ErrDescriptor;
      place = 32'd4;
    end
  end

  assign accepted = start_i && error == ErrNone;
  assign error_o  = {start_i && !accepted, error, place};

  // ----------------------------------------------------------------------- state
  logic done_q, drained_q;

  always_comb begin
    status_o                = '0;
    status_o[StatusLoadedA] = desc_i[0].loaded;
    status_o[StatusLoadedB] = desc_i[1].loaded;
    status_o[StatusBusy]    = busy_o || kill_i.valid;
    status_o[StatusDone]    = done_q;
    status_o[StatusDrained] = drained_q;
    status_o[StatusError]   = error_i;
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
      start_o <= accepted;
      if (done_i) begin
        busy_o <= 1'b0;
        done_q <= 1'b1;
      end
      if (drained_i) begin
        active_o  <= 1'b0;
        drained_q <= 1'b1;
      end
      if (accepted) begin
        busy_o    <= 1'b1;
        active_o  <= 1'b1;
        done_q    <= 1'b0;
        drained_q <= 1'b0;
      end
      if (kill_i.valid) busy_o <= 1'b0;
      if (clear_i || kill_i.all) begin
        busy_o    <= 1'b0;
        active_o  <= 1'b0;
        done_q    <= 1'b0;
        drained_q <= 1'b0;
      end
    end
  end

  // -------------------------------------------------------------------- settings
  settings_t settings;

  // A value above the capacity of the machine means all.
  always_comb begin
    settings.dense          = setup_i.dense;
    settings.finish         = setup_i.finish;
    settings.run_length     = fiber_id_t'(setup_i.run_length);
    settings.portion_length = entry_id_t'(setup_i.portion);
    settings.long_lines     = line_sum_t'(setup_i.long_lines);
    if (setup_i.run_length >= 2 ** FiberIdWidth)        settings.run_length = '1;
    if (setup_i.portion >= 2 ** EntryIdWidth)           settings.portion_length = '1;
    if (setup_i.long_lines >= 2 ** $bits(line_sum_t))   settings.long_lines = '1;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)       settings_o <= '0;
    else if (accepted) settings_o <= settings;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(BusyIsActive_A, !busy_o || active_o, "computing, but not active")
  `FLAASH_COVER(StartAfterDone_C, start_i && !accepted && active_o && !busy_o)
  `FLAASH_COVER(StartWhenDrained_C, accepted && drained_i)
  `FLAASH_COVER(StartRightAfterDrained_C, accepted && $past(drained_i))
  `FLAASH_COVER(StartRightAfterLoad_C, accepted && $past(loading_i))
  `FLAASH_COVER(DoneAndDrained_C, done_i && drained_i)

endmodule : flaash_start_control
