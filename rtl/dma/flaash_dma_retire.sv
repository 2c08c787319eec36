// SPDX-License-Identifier: Apache-2.0
// DMA retire: tracks contractions that have left the chip, until their results and completion records are in
// memory, while others are computed.
//
// Guarantees  A descriptor has a turn from open_i on: turn_i, the lowest bits of its entry. When it has left the chip
//             (close_i) and all of its results have their responses (written_i), its completion record is sent as a
//             line. The record of a prompt descriptor follows its results directly (sent_i). Records keep the order of
//             the turns and do not wait for responses to earlier records. With the response to the record comes
//             finish_o, with the error of that turn in error_o. If results of a prompt descriptor are refused after
//             the record, the record is sent once more, with the error, and finish_o follows. finish_o keeps the order
//             of the turns. After an error no later turn finishes, and no record is sent once the error is known.
//             failing_o from the cycle after the first error of any turn on. The first error of a turn counts, full_i
//             among them. Three errors replace it, in rising priority: ErrWatchdog (late_i, of the oldest turn), a
//             result that the memory has refused, a refused record.
// Demands     open_i only with ready_o; then close_i of the same turn, at the earliest in the next cycle, and with it
//             or later the next open_i. fault_i concerns the turn that ends then. write_fault_i concerns bursts of a
//             turn that is not finished. prompt_i belongs to next_o, retired_i to look_o in the same cycle.
// Latency     Two cycles from the last response of a turn, or the last burst of a prompt one, to its line. Three at
//             most if a turn with an error has just ended.
// Throughput  Turns descriptors per round trip of a line if they are prompt, per two round trips otherwise.
// Reset       No turn is open; kill_i does the same.

`include "flaash_assert.svh"

module flaash_dma_retire
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned InFlight = 16,  // entries of descriptors: a power of two
  localparam type entry_t = logic [$clog2(InFlight)-1:0]
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             kill_i,         // everything

  // from the chip
  output logic             ready_o,        // a turn is free
  input  logic             open_i,         // pulse: a descriptor opens a turn
  input  turn_t            turn_i,         // of the descriptor in the chip
  input  error_t           fault_i,        // pulse: its error
  input  logic             close_i,        // pulse: it has left the chip
  input  logic             full_i,         // level, until close_i: a record of it did not fit
  input  passed_t          passed_i,       // its records, in the cycle after close_i
  input  logic             late_i,         // level: the watchdog has ended the queue
  output logic             faulty_o,       // its results are no longer needed
  // the table of descriptors
  output entry_t           next_o,         // the next one whose record is to be sent
  input  logic             prompt_i,       // it is prompt
  output entry_t           look_o,         // the one whose record begins, or is sent
  input  retired_t         retired_i,      // its data for the record
  output entry_t           done_o,         // the oldest one
  // results
  input  logic [Turns-1:0] sent_i,         // all results of a turn that has left the chip are in bursts
  input  logic [Turns-1:0] written_i,      // all results of a turn that has left the chip are in memory
  input  refusal_t         write_fault_i,  // pulse
  // completion record
  output logic             line_valid_o,
  input  logic             line_ready_i,
  output line_t            line_o,
  // ring
  input  error_t           ring_fault_i,   // while no descriptor is in flight to the chip
  output logic             busy_o,
  output logic             failing_o,
  output logic             finish_o,       // pulse: done_o
  output error_t           error_o       // with it, or an error of the ring
);

  typedef logic [$clog2(Turns):0] count_t;

  entry_t                  done_q, send_q;      // the oldest one; of the record on offer
  turn_t                   done, next, sending;  // turns of the oldest one, of next_o, of the record on offer
  count_t                  count_q;    // turns that were closed and not finished
  count_t                  records_q;  // of these, those whose records were sent
  logic                    opened_q, sending_q, halted_q, sends;
  logic                    closed_q;   // passed_i belongs to closed_turn_q
  turn_t                   closed_turn_q;
  passed_t                 passed_q[Turns];   // RAM, as is reported_q: each is written before it is read
  passed_t                 sent_passed, finishing;  // of the record on offer, the oldest turn
  error_t [Turns-1:0]      faults_q;   // the first fault of each turn
  error_t                  fault, reported, report_next, report, write_fault;
  error_t                  reported_q[Turns];  // in the record that was sent
  logic [63:0]             now_q;      // when the record on offer began
  logic                    failing_q;

  // ---------------------------------------------------------------------- turns
  assign write_fault = write_fault_i.error;

  // A turn that is open ends before the next one opens.
  assign ready_o = count_q + count_t'(opened_q) != count_t'(Turns);
  assign next_o  = done_q + entry_t'(records_q);
  assign done_o  = done_q;
  assign look_o  = sending_q ? send_q : (sends ? next_o : done_q);
  assign done    = turn_t'(done_q);
  assign next    = turn_t'(next_o);
  assign sending = turn_t'(send_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_q    <= '0;
      count_q   <= '0;
      opened_q  <= 1'b0;
      closed_q  <= 1'b0;
      closed_turn_q <= '0;
    end else begin
      closed_q      <= close_i;
      closed_turn_q <= turn_i;
      if (finish_o) done_q <= done_q + 1'b1;
      count_q  <= count_q + count_t'(close_i) - count_t'(finish_o);
      opened_q <= open_i || (opened_q && !close_i);
      if (kill_i) begin
        done_q   <= '0;
        count_q  <= '0;
        opened_q <= 1'b0;
        closed_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (closed_q) passed_q[closed_turn_q] <= passed_i;
  end

  assign sent_passed = passed_q[sending];
  assign finishing   = passed_q[done];

  // --------------------------------------------------------------------- faults
  // After an error no turn opens.
  function automatic logic is_refusal(error_e code);
    return code == ErrWriteSlave || code == ErrWriteDecode;
  endfunction

  // Results that do not fit have their number as the place, or their row. It is known only when all have come.
  function automatic error_t placed(error_t error, passed_t of);
    logic [63:0] results;
    results = of.rows ? 64'(of.complete) : of.results;
    placed  = error;
    if (error.valid && error.code == ErrResultFull) placed.place = (results[63:32] != '0) ? '1 : results[31:0];
  endfunction

  logic in_progress;  // a turn is in progress

  assign in_progress = opened_q || count_q != '0;

  for (genvar t = 0; t < int'(Turns); t++) begin : gen_faults
    error_t found;
    logic        refused, full;

    assign full = (full_i && turn_i == turn_t'(t)) || (closed_q && passed_i.full && closed_turn_q == turn_t'(t));

    always_comb begin
      found = faults_q[t];
      if (!found.valid && turn_i == turn_t'(t)) found = fault_i;
      if (!faults_q[t].valid && full) found = {1'b1, ErrResultFull, 32'd0};  // a cycle ago, so before fault_i
      refused = found.valid && is_refusal(found.code);
      if (late_i && in_progress && done == turn_t'(t) && !refused) found = {1'b1, ErrWatchdog, 32'd0};
      if (write_fault.valid && write_fault_i.turn == turn_t'(t)
          && (!refused || write_fault.place[27:24] == PartCompletion)) begin
        found = write_fault;
      end
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)      faults_q[t] <= '0;
      else if (kill_i) faults_q[t] <= '0;
      else              faults_q[t] <= found;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      failing_q <= 1'b0;
    else if (kill_i) failing_q <= 1'b0;
    else begin
      failing_q <= failing_q || fault_i.valid || full_i || write_fault.valid || (late_i && in_progress)
                     || (closed_q && passed_i.full);
    end
  end

  assign fault     = placed(faults_q[done], finishing);
  assign failing_o = failing_q;
  // A contraction that was complete when the watchdog expired is written if the memory responds again.
  assign faulty_o  = halted_q || (faults_q[turn_i].valid && faults_q[turn_i].code != ErrWatchdog);

  // -------------------------------------------------------------- records
  logic acknowledged, wrong, corrects;  // of the oldest turn: by a response; a late error is missing
  logic counts;  // the turn to send ended a cycle ago, with an error: its place may be in passed_i, which is late

  assign counts   = closed_q && closed_turn_q == next && (passed_i.full || faults_q[next].valid);
  assign sends    = !sending_q && !halted_q && records_q != count_q
                    && (prompt_i ? sent_i[next] : written_i[next]) && (records_q == '0 || !failing_o) && !counts;
  assign acknowledged = records_q != '0 && written_i[done] && !halted_q;
  assign reported = reported_q[done];
  assign wrong    = fault.valid && reported != fault
                    && !(is_refusal(fault.code) && fault.place[27:24] == PartCompletion);
  assign corrects = acknowledged && wrong && !sending_q;
  assign finish_o = acknowledged && !wrong && !kill_i;

  assign report_next = placed(faults_q[next], passed_q[next]);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sending_q <= 1'b0;
      send_q    <= '0;
      records_q <= '0;
      halted_q  <= 1'b0;
      now_q     <= '0;
    end else begin
      if (line_ready_i) sending_q <= 1'b0;
      records_q <= records_q + count_t'(line_valid_o && line_ready_i) - count_t'(finish_o);
      if (finish_o && error_o.valid) halted_q <= 1'b1;
      if (sends) begin
        sending_q    <= 1'b1;
        send_q       <= next_o;
        now_q        <= retired_i.now;
      end else if (corrects) begin
        // Later descriptors are dropped.
        sending_q      <= 1'b1;
        send_q         <= done_q;
        records_q      <= '0;
        now_q          <= retired_i.now;
      end
      if (kill_i) {sending_q, records_q, halted_q} <= '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (sends || corrects) reported_q[sends ? next : done] <= sends ? report_next : fault;
  end

  // Layout: code, place, tag, 0 | results, bytes | cycles, computing | bytes read, rows, magic
  logic [511:0] record;
  mem_addr_t    addr;
  logic [31:0]  whole;  // rows that are complete

  assign report = reported_q[sending];
  assign whole   = (report.valid && report.code != ErrResultFull) ? '0 : sent_passed.complete;
  assign record  = {CompletionMagic, whole, retired_i.bytes_read,
                    retired_i.computing, now_q - retired_i.began,
                    sent_passed.bytes, sent_passed.results,
                    32'd0, retired_i.tag, report.valid ? report.place : 32'd0,
                    24'd0, report.valid ? report.code : 8'd0};
  assign addr    = retired_i.slot + 64'(CompletionAt);

  assign line_valid_o = sending_q;
  assign line_o       = {addr, sending, record};
  assign busy_o       = opened_q || (count_q != '0 && !halted_q);

  always_comb begin
    error_o = '0;
    if (count_q == '0 && !opened_q && !open_i && !kill_i) error_o = ring_fault_i;
    if (finish_o) error_o = fault;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(line, line_valid_o, line_ready_i || kill_i, line_o, 64 + $bits(turn_t) + 512)
  `FLAASH_ASSERT(Turn_A, !open_i || (ready_o && (!opened_q || close_i)), "a turn opens that is not free")
  `FLAASH_ASSERT(Opened_A, !close_i || opened_q, "a turn ends that was not open")
  `FLAASH_COVER(AllTurns_C, !ready_o)
  `FLAASH_COVER(Corrects_C, corrects)
  `FLAASH_COVER(CorrectsAfterOthers_C, corrects && records_q > count_t'(1))
  `FLAASH_COVER(ManyRecords_C, records_q == count_t'(Turns - 1))
  `FLAASH_COVER(AfterFault_C, halted_q && count_q != '0)
  `FLAASH_COVER(NormalAhead_C, sends && !prompt_i && records_q != '0)

endmodule : flaash_dma_retire
