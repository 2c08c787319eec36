// SPDX-License-Identifier: Apache-2.0
// Memory interface: executes descriptors: reads operands from memory, starts the contraction, writes results to memory.
//
// Guarantees  As docs/memory_interface.md says, also across a soft reset: an operand in progress is abandoned, and
//             state_o.idle shows that no burst is outstanding. A contraction is one run_cmd_o.valid. access_rsp_o
//             responds to access_i in the same cycle.
// Demands     A memory that responds in order and in finite time. kill_i.all stays until state_o.idle.
//             run_status_i is the response to a command.
// Latency     From a doorbell five cycles to the read of the descriptor, from its last piece seven to the first beats
//             of both operands.
// Throughput  A beat of DataWidth bits per cycle and operand, one of DataWidth bits of results that go by number. A
//             descriptor and its operands are read while the previous descriptor computes. A descriptor computes while
//             the last results and completion records of earlier descriptors are written.
// Reset       rst_ni with the bus; kill_i.all: a soft reset of the chip is in progress.
//
//   registers of the chip
//      | access   ^ command, v status
//   registers -- issue -- loader (memory --> operands)
//    (ring)        |
//                  |----- writer (result frames --> memory)
//                 retire --^ (completion records)

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"
`include "flaash_rows.svh"

module flaash_dma
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned MaxEntries  = 32768, // of an operand
  parameter int unsigned NodeDepth   = 16384, // upper-level nodes of an operand
  parameter bit          CanSplit    = 1'b0,  // the build has portions
  parameter bit          CanRows     = 1'b0,  // results can go to rows
  parameter int unsigned RowWays     = 1,     // beats of rows that can come in a cycle
  parameter int unsigned RowsBuffered = 64,    // as flaash_dma_writer
  parameter int unsigned Buffers     = 2,     // of an operand in the chip, 1 or 2
  parameter int unsigned ResultLanes = 1,     // results of a batch, most
  parameter int unsigned DataWidth   = 128,   // of the memory's bus: 128, 256 or 512
  parameter int unsigned ReadBursts  = DefaultReadBursts,   // outstanding, most
  parameter int unsigned WriteBursts = DefaultWriteBursts,  // likewise, a power of two
  parameter int unsigned ReadDepth   = DefaultReadDepth,    // beats that a reader buffers, a power of two
  parameter int unsigned InFlight    = DefaultInFlight,     // descriptors at a time, a power of two
  localparam type axi_req_t = `FLAASH_AXI_REQ(DataWidth),
  localparam type axi_rsp_t = `FLAASH_AXI_RSP(DataWidth),
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, DataWidth, 2),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth, Entries, CoordWidth, value_width(Format)),
  localparam type frame_beat_t = `FLAASH_BEAT(StreamWidth),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes),
  localparam type row_beat_t = `FLAASH_ROW_BEAT(DataWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // chip: accesses of the host, commands and their status, operands, results
  input  access_t                   access_i,
  output dma_rsp_t                  access_rsp_o,
  output run_cmd_t                  run_cmd_o,
  output dma_state_t                state_o,
  input  run_status_t               run_status_i,
  input  kill_t                     kill_i,
  input  desc_t [1:0]               desc_i,           // the operands that the chip has
  input  load_report_t              load_i,           // loading, and errors of operands
  output operand_t [1:0]            operand_o,        // A in element 0
  input  operand_ready_t [1:0]      ready_i,
  input  operand_state_t [1:0]      operand_state_i,
  input  logic                      frame_valid_i,    // result frames
  output logic                      frame_ready_o,
  input  frame_beat_t               frame_i,
  input  logic                      batch_valid_i,    // results by number, before the frame's trailer
  output logic                      batch_ready_o,
  input  batch_t                    batch_i,
  output layout_t                   layout_o,         // of the results, from the start to the trailer
  output logic                      rows_next_o,      // the next command is for rows
  input  logic [2:0]                extent_level_i,   // an upper level of B
  output logic [31:0]               extent_o,         // its extent
  input  logic [RowWays-1:0]        row_valid_i,      // beats of rows, before the frame's trailer
  output logic [RowWays-1:0]        row_ready_o,
  input  row_beat_t [RowWays-1:0]   row_i,
  input  rows_report_t              report_i,         // steady with the trailer

  // memory
  output axi_req_t                  axi_o,
  input  axi_rsp_t                  axi_i
);

  // ------------------------------------------------------------ registers, control
  localparam int unsigned FirstBeats = (HeadBytes + first_levels(DataWidth) * LevelBytes) * 8 / DataWidth;
  localparam int unsigned RestBeats  = (MaxDmaLevels - first_levels(DataWidth)) * LevelBytes * 8 / DataWidth;

  typedef logic [$clog2(InFlight)-1:0] entry_t;

  logic             slot_valid, begins, begin_ready, loads, holds, kill_reads;
  logic [1:0]       ask_valid, ask_ready;
  mem_addr_t        slot;
  parse_req_t       parse_req;
  parse_rsp_t       parse_rsp;
  load_req_t        load_req;
  load_rsp_t        load_rsp;
  asks_t            asks;
  head_t            head;          // of the descriptor in the chip
  turn_t            turn;          // likewise
  logic             turn_ready, opens, closes, ran, ran_q, refused;
  entry_t           look, next, done;
  retired_t         retired;       // of look
  logic             prompt;        // of next
  logic             wants_irq;     // of done
  logic             retiring, failing, faulty, finish, reads_idle, writes_idle;
  logic             late;          // the watchdog has ended the queue
  logic             works, moves_q, line_valid, line_ready;
  error_t           ring_fault, done_error, work_fault;
  refusal_t         write_fault;
  passed_t          passed;
  logic             full;          // a record of the contraction in the chip did not fit
  logic [Turns-1:0] sent, written;
  line_t            line;

  flaash_dma_registers #(
    .DataWidth(DataWidth), .ReadBursts(ReadBursts), .WriteBursts(WriteBursts)
  ) u_registers (
    .clk_i, .rst_ni,
    .access_i, .access_rsp_o,
    .kill_i(kill_i.all), .busy_i(works), .taken_i(begins), .pending_o(slot_valid), .slot_o(slot),
    .ring_fault_o(ring_fault), .expired_i(works && run_status_i.expired), .late_o(late),
    .finish_i(finish), .wants_irq_i(wants_irq), .fault_i(done_error)
  );

  flaash_dma_issue #(
    .InFlight(InFlight), .Buffers(Buffers), .DataWidth(DataWidth), .FirstBeats(FirstBeats), .RestBeats(RestBeats)
  ) u_issue (
    .clk_i, .rst_ni, .kill_i, .halted_i(failing), .late_i(late), .busy_o(loads), .holds_o(holds), .kill_o(kill_reads),
    .slot_valid_i(slot_valid), .slot_i(slot), .begin_ready_i(begin_ready), .begin_o(begins),
    .parse_o(parse_req), .parse_i(parse_rsp), .ask_valid_o(ask_valid), .ask_ready_i(ask_ready), .asks_i(asks),
    .load_o(load_req), .load_i(load_rsp), .desc_i, .loading_i(load_i.loading), .chip_fault_i(load_i.error),
    .idle_i(reads_idle),
    .run_cmd_o, .layout_o, .extent_level_i, .extent_o, .rows_next_o, .run_status_i, .work_head_o(head),
    .refused_o(refused), .turn_o(turn), .turn_ready_i(turn_ready),
    .open_o(opens), .fault_o(work_fault), .close_o(closes), .ran_o(ran),
    .written_i(written), .look_i(look), .retired_o(retired), .next_i(next), .prompt_o(prompt), .done_i(done),
    .wants_irq_o(wants_irq), .finish_i(finish)
  );

  flaash_dma_retire #(
    .InFlight(InFlight)
  ) u_retire (
    .clk_i, .rst_ni, .kill_i(kill_i.all),
    .ready_o(turn_ready), .open_i(opens), .turn_i(turn), .fault_i(work_fault), .close_i(closes),
    .full_i(full), .passed_i(ran_q ? passed : '0), .late_i(late), .faulty_o(faulty),
    .next_o(next), .prompt_i(prompt), .look_o(look), .retired_i(retired), .done_o(done),
    .sent_i(sent), .written_i(written), .write_fault_i(write_fault),
    .line_valid_o(line_valid), .line_ready_i(line_ready), .line_o(line),
    .ring_fault_i(loads ? '0 : ring_fault), .busy_o(retiring), .failing_o(failing),
    .finish_o(finish), .error_o(done_error)
  );

  // ------------------------------------------------------------- operands, results
  `FLAASH_AXI_WRITE_REQ(DataWidth) write_req;
  `FLAASH_AXI_WRITE_RSP            write_rsp;
  `FLAASH_AXI_READ_REQ             read_req;
  `FLAASH_AXI_READ_RSP(DataWidth)  read_rsp;

  assign axi_o                 = {write_req, read_req};
  assign {write_rsp, read_rsp} = axi_i;

  flaash_dma_loader #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MaxEntries), .NodeDepth(NodeDepth), .CanSplit(CanSplit),
    .CanRows(CanRows), .DataWidth(DataWidth), .Bursts(ReadBursts), .Depth(ReadDepth)
  ) u_loader (
    .clk_i, .rst_ni,
    .begin_i(begins), .slot_i(slot), .begin_ready_o(begin_ready),
    .parse_i(parse_req), .parse_o(parse_rsp), .ask_valid_i(ask_valid), .ask_ready_o(ask_ready), .asks_o(asks),
    .load_i(load_req), .load_o(load_rsp), .kill_i(kill_reads), .idle_o(reads_idle),
    .operand_o, .ready_i, .state_i(operand_state_i), .axi_o(read_req), .axi_i(read_rsp)
  );

  // The records of the last cycle of a turn are counted in the next cycle.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ran_q <= 1'b0;
    else         ran_q <= ran;
  end

  flaash_dma_writer #(
    .Format(Format), .ResultLanes(ResultLanes), .DataWidth(DataWidth), .Bursts(WriteBursts),
    .RowWays(RowWays), .RowsBuffered(RowsBuffered)
  ) u_writer (
    .clk_i, .rst_ni,
    .start_i(run_cmd_o.valid), .head_i(head), .turn_i(turn), .refused_i(refused), .drop_i(faulty), .kill_i(kill_i.all),
    .idle_o(writes_idle), .sent_o(sent), .written_o(written), .fault_o(write_fault),
    .passed_o(passed), .full_o(full),
    .in_valid_i(frame_valid_i), .in_ready_o(frame_ready_o), .beat_i(frame_i),
    .batch_valid_i, .batch_ready_o, .batch_i, .row_valid_i, .row_ready_o, .row_i, .report_i,
    .line_valid_i(line_valid), .line_ready_o(line_ready), .line_i(line),
    .axi_o(write_req), .axi_i(write_rsp)
  );

  assign works   = loads || retiring;

  assign state_o.idle      = reads_idle && writes_idle;
  assign state_o.works     = works;
  assign state_o.holds     = holds;
  assign state_o.moves     = moves_q;
  assign state_o.discarded = 1'b0;

  // Any handshake of the bus shows that the memory is alive.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) moves_q <= 1'b0;
    else moves_q <= (axi_o.ar_valid && axi_i.ar_ready) || (axi_i.r_valid && axi_o.r_ready)
                      || (axi_o.aw_valid && axi_i.aw_ready) || (axi_o.w_valid && axi_i.w_ready)
                      || (axi_i.b_valid && axi_o.b_ready);
  end

  // Steps of the loader and discarded beats are for counters and watchdog.
  // ------------------------------------------------------------------- properties
  logic resetting_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) resetting_q <= 1'b0;
    else         resetting_q <= kill_i.all;
  end

  `FLAASH_ASSERT(ResetWaited_A, kill_i.all || !resetting_q || (reads_idle && writes_idle),
                 "a soft reset ended before the last burst")
  `FLAASH_COVER(ResetWaits_C, kill_i.all && !state_o.idle)

endmodule : flaash_dma
