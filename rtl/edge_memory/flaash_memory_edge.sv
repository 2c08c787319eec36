// SPDX-License-Identifier: Apache-2.0
// Memory edge: executes descriptors: reads operands from memory, starts the contraction, writes results to memory.
//
// Guarantees  As docs/memory_edge.md says, also across a soft reset: an operand in progress is abandoned, and
//             state_o.idle shows that no burst is outstanding. A contraction is one order_o.valid. answer_o responds
//             to access_i in the same cycle.
// Demands     A memory that responds in order and in finite time. kill_i.all stays until state_o.idle.
//             outcome_i is the response to an order.
// Latency     From a doorbell five cycles to the read of the descriptor, from its last piece seven to the first beats
//             of both operands.
// Throughput  A beat of DataWidth bits per cycle and operand, one of DataWidth bits of results that go by number. A
//             descriptor and its operands are read while the previous descriptor computes. A descriptor computes while
//             the last results and completion records of earlier descriptors are written.
// Reset       rst_ni with the bus; kill_i.all: a soft reset of the chip is in progress.
//
//   registers of the chip
//      | access   ^ order, v outcome
//   registers -- front -- loader (memory --> operands)
//    (ring)        | hands over
//                 back -- writer (result frames --> memory)
//                 retire --^ (completion records)

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_memory_edge
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned MaxEntries  = 32768, // of an operand
  parameter int unsigned NodeDepth   = 16384, // upper-level nodes of an operand
  parameter bit          CanSplit    = 1'b0,  // the build has portions
  parameter int unsigned Buffers     = 2,     // of an operand in the chip, 1 or 2
  parameter int unsigned ResultLanes = 1,     // results of a batch, most
  parameter int unsigned DataWidth   = 128,   // of the memory's bus: 128, 256 or 512
  parameter int unsigned ReadBursts  = DefaultReadBursts,   // outstanding, most
  parameter int unsigned WriteBursts = DefaultWriteBursts,  // likewise, a power of two
  parameter int unsigned ReadDepth   = DefaultReadDepth,    // beats that a reader buffers, a power of two
  parameter int unsigned InFlight    = DefaultInFlight,     // descriptors at a time, a power of two
  localparam type axi_req_t = `FLAASH_AXI_REQ(DataWidth),
  localparam type axi_rsp_t = `FLAASH_AXI_RSP(DataWidth),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth),
  localparam type frame_beat_t = `FLAASH_BEAT(StreamWidth),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // chip: accesses of the host, orders and their outcome, operands, results
  input  access_t                   access_i,
  output edge_answer_t              answer_o,
  output order_t                    order_o,
  output edge_state_t               state_o,
  input  outcome_t                  outcome_i,
  input  kill_t                     kill_i,
  input  desc_t [1:0]               desc_i,           // the operands that the chip has
  input  load_report_t              load_i,           // loading, and errors of operands
  output logic [1:0]                beat_valid_o,  // A in element 0
  input  logic [1:0]                beat_ready_i,
  output operand_t [1:0]            beat_o,
  input  logic                      frame_valid_i,    // result frames
  output logic                      frame_ready_o,
  input  frame_beat_t               frame_i,
  input  logic                      batch_valid_i,    // results by number, before the frame's trailer
  output logic                      batch_ready_o,
  input  batch_t                    batch_i,

  // memory
  output axi_req_t                  axi_o,
  input  axi_rsp_t                  axi_i
);

  // ------------------------------------------------------------ registers, control
  logic                    pending, ahead_busy, front_busy, fetch, begins, fetched, kill_reads;
  logic                    begin_ready, clear;
  logic                    next_valid, take;
  // Numbers of descriptors: the one that begins, the parsed or requested one, the loaded one.
  logic [$clog2(InFlight)-1:0] begin_number, come_number, load_number;
  logic [1:0]              ask, asked, load, loaded;
  logic                    go, give, ready, free, left, turn_ready, opens, closes, ran, ran_q, failing, faulty;
  logic                    retiring, finish, wants_irq, reads_idle, writes_idle;
  logic                    late;    // the watchdog has ended the queue
  logic                    works, moves_q, refused, line_valid, line_ready;
  mem_addr_t               slot, come_slot, load_slot;  // of these descriptors
  about_t                  next, about;   // of the parsed descriptor; of the descriptor that is loaded
  error_t                  ring_fault, outcome, fetch_fault, next_fault, load_fault, front_fault;
  refusal_t                write_fault;
  passed_t                 passed;
  logic                    full;    // a record of the contraction in the chip did not fit
  error_t                  back_fault;
  turn_t                   turn;
  logic [Turns-1:0]        sent, written;
  retired_t                retired;
  line_t                   line;
  head_t                   head, work_q;  // of the descriptor that is loaded; after the hand-over
  mem_addr_t               work_slot_q;
  logic [1:0]              kept;          // the chip holds the operand that is kept

  flaash_edge_registers #(
    .DataWidth(DataWidth), .ReadBursts(ReadBursts), .WriteBursts(WriteBursts)
  ) u_registers (
    .clk_i, .rst_ni,
    .access_i, .answer_o,
    .kill_i(kill_i.all), .busy_i(works), .taken_i(begins), .pending_o(pending), .slot_o(slot),
    .ring_fault_o(ring_fault), .expired_i(works && outcome_i.expired), .late_o(late),
    .finish_i(finish), .wants_irq_i(wants_irq), .fault_i(outcome)
  );

  assign head = about.head;

  flaash_edge_ahead #(
    .InFlight(InFlight)
  ) u_ahead (
    .clk_i, .rst_ni, .kill_i(kill_reads), .late_i(late),
    .busy_o(ahead_busy), .pending_i(pending), .slot_i(slot), .begin_ready_i(begin_ready), .begin_o(begins),
    .begin_number_o(begin_number), .clear_o(clear), .fetch_o(fetch), .come_number_o(come_number),
    .come_slot_o(come_slot),
    .fetched_i(fetched), .fault_i(fetch_fault), .about_i(next), .asked_i(asked), .ask_o(ask),
    .next_valid_o(next_valid), .next_fault_o(next_fault), .take_i(take), .about_o(about), .slot_o(load_slot),
    .taken_number_o(load_number)
  );

  flaash_edge_front u_front (
    .clk_i, .rst_ni, .kill_i, .halted_i(failing),
    .late_i(late), .busy_o(front_busy), .kill_o(kill_reads), .ahead_busy_i(ahead_busy), .next_valid_i(next_valid),
    .next_fault_i(next_fault), .take_o(take),
    .keep_i(head.keep), .kept_i(kept), .free_i(free), .left_i(left), .load_o(load), .loaded_i(&loaded),
    .loading_i(load_i.loading), .load_fault_i(load_fault), .chip_fault_i(load_i.error),
    .idle_i(reads_idle),
    .back_ready_i(ready), .start_o(go), .failed_o(give), .fault_o(front_fault)
  );

  flaash_edge_back #(
    .Buffers(Buffers)
  ) u_back (
    .clk_i, .rst_ni, .kill_i(kill_i.all),
    .start_i(go), .failed_i(give), .front_fault_i(front_fault), .ready_o(ready), .free_o(free), .left_o(left),
    .outcome_i, .refused_o(refused),
    .turn_ready_i(turn_ready), .open_o(opens), .fault_o(back_fault), .close_o(closes), .ran_o(ran)
  );

  flaash_edge_retire u_retire (
    .clk_i, .rst_ni, .kill_i(kill_i.all),
    .ready_o(turn_ready), .open_i(opens), .turn_o(turn), .fault_i(back_fault), .close_i(closes), .retired_i(retired),
    .full_i(full), .passed_i(ran_q ? passed : '0),
    .late_i(late), .faulty_o(faulty), .sent_i(sent), .written_i(written), .write_fault_i(write_fault),
    .line_valid_o(line_valid), .line_ready_i(line_ready), .line_o(line),
    .ring_fault_i((ahead_busy || front_busy) ? '0 : ring_fault), .busy_o(retiring), .failing_o(failing),
    .finish_o(finish), .wants_irq_o(wants_irq), .outcome_o(outcome)
  );

  // The descriptor after the hand-over: in the chip, or only reported.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      work_q      <= '0;
      work_slot_q <= '0;
    end else if (go || give) begin
      work_q      <= head;
      work_slot_q <= load_slot;
    end
  end

  assign order_o = {go, head.dense, head.run_length, head.portion, head.long_lines, !head.coordinates};

  // An operand that is kept must be loaded, and must equal the descriptor in all properties that the records use.
  logic [1:0][3:0] orders;
  logic [31:0]     extent;

  assign orders = head.orders;
  assign extent = about.extent;

  for (genvar i = 0; i < 2; i++) begin : gen_kept
    desc_t desc;

    assign desc    = desc_i[i];
    assign kept[i] = desc.loaded && desc.order == orders[i] && desc.extent == extent;

    logic unused_desc;
    assign unused_desc = ^desc;
  end

  // ------------------------------------------------------------- operands, results
  `FLAASH_AXI_WRITE_REQ(DataWidth) write_req;
  `FLAASH_AXI_WRITE_RSP            write_rsp;
  `FLAASH_AXI_READ_REQ             read_req;
  `FLAASH_AXI_READ_RSP(DataWidth)  read_rsp;
  asks_t                           asks;
  logic [63:0]                     cycles, computing, bytes_read;

  assign axi_o                 = {write_req, read_req};
  assign {write_rsp, read_rsp} = axi_i;

  flaash_edge_loader #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MaxEntries), .NodeDepth(NodeDepth), .CanSplit(CanSplit),
    .DataWidth(DataWidth), .Bursts(ReadBursts), .Depth(ReadDepth), .InFlight(InFlight)
  ) u_loader (
    .clk_i, .rst_ni,
    .begin_i(begins), .slot_i(slot), .begin_ready_o(begin_ready), .clear_i(clear),
    .come_slot_i(come_slot), .fetch_i(fetch), .fetched_o(fetched), .fetch_fault_o(fetch_fault), .about_o(next),
    .ask_i(ask), .asked_o(asked), .asks_o(asks),
    .load_about_i(about), .load_i(load), .loaded_o(loaded), .load_fault_o(load_fault),
    .kill_i(kill_reads), .idle_o(reads_idle),
    .beat_valid_o, .beat_ready_i, .beat_o, .axi_o(read_req), .axi_i(read_rsp)
  );

  flaash_edge_tally #(
    .DataWidth(DataWidth), .FirstBeats((HeadBytes + first_levels(DataWidth) * LevelBytes) * 8 / DataWidth),
    .RestBeats((MaxEdgeLevels - first_levels(DataWidth)) * LevelBytes * 8 / DataWidth), .InFlight(InFlight)
  ) u_tally (
    .clk_i, .rst_ni,
    .begin_i(begins), .begin_number_i(begin_number), .asks_i(asks), .ask_number_i(come_number),
    .take_i(go || give), .take_number_i(load_number), .start_i(outcome_i.begins), .done_i(outcome_i.done),
    .end_i(closes), .cycles_o(cycles), .computing_o(computing), .bytes_read_o(bytes_read)
  );

  assign retired = {work_slot_q, work_q.wants_irq, work_q.prompt, work_q.tag, cycles, computing, bytes_read};

  // The records of the last cycle of a turn are counted in the next cycle.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ran_q <= 1'b0;
    else         ran_q <= ran;
  end

  flaash_edge_writer #(
    .Format(Format), .ResultLanes(ResultLanes), .DataWidth(DataWidth), .Bursts(WriteBursts)
  ) u_writer (
    .clk_i, .rst_ni,
    .start_i(go), .head_i(work_q), .turn_i(turn), .refused_i(refused), .drop_i(faulty), .kill_i(kill_i.all),
    .idle_o(writes_idle), .sent_o(sent), .written_o(written), .fault_o(write_fault),
    .passed_o(passed), .full_o(full),
    .in_valid_i(frame_valid_i), .in_ready_o(frame_ready_o), .beat_i(frame_i),
    .batch_valid_i, .batch_ready_o, .batch_i,
    .line_valid_i(line_valid), .line_ready_o(line_ready), .line_i(line),
    .axi_o(write_req), .axi_i(write_rsp)
  );

  assign works   = ahead_busy || front_busy || retiring;
  assign state_o = {reads_idle && writes_idle, works, front_busy, moves_q, 1'b0};

  // Any handshake of the bus shows that the memory is alive.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) moves_q <= 1'b0;
    else moves_q <= (axi_o.ar_valid && axi_i.ar_ready) || (axi_i.r_valid && axi_o.r_ready)
                      || (axi_o.aw_valid && axi_i.aw_ready) || (axi_o.w_valid && axi_i.w_ready)
                      || (axi_i.b_valid && axi_o.b_ready);
  end

  // Steps of the loader and discarded beats are for counters and watchdog.
  logic unused_load;
  assign unused_load = ^load_i;

  // ------------------------------------------------------------------- properties
  logic resetting_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) resetting_q <= 1'b0;
    else         resetting_q <= kill_i.all;
  end

  `FLAASH_ASSERT(ResetWaited_A, kill_i.all || !resetting_q || (reads_idle && writes_idle),
                 "a soft reset ended before the last burst")
  `FLAASH_COVER(ResetWaits_C, kill_i.all && !state_o.idle)

endmodule : flaash_memory_edge
