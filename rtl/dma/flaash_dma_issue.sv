// SPDX-License-Identifier: Apache-2.0
// DMA issue: the table of descriptors, and the state of each from its read to its completion record.
//
// Guarantees  Each slot of the ring gets an entry, in order, and stays in it until finish_i. The head of a descriptor
//             is stored here only; other modules read it at the places parse, load and work. Each entry is parsed when
//             the arrays of its predecessor have been requested. Then its arrays are requested (ask), except arrays of
//             kept operands. With a fence they wait until all results of earlier entries have their responses. Operands
//             are loaded once the chip has a buffer for them. Then the contraction begins, at the earliest in the
//             cycle in which the previous one leaves. After an error the entry is handed over
//             with fault_o, once no operand is in progress, no read is outstanding and the chip is empty. kill_i ends
//             the entry at load with its cause. kill_o stops all reads from the first error to the soft reset; entries
//             after the entry at load are dropped then. With late_i no response is waited for.
// Demands     The status of other modules refers to the commands that they have received. kill_i, except for a soft
//             reset, ends the queue: halted_i follows. The chip begins in the cycle after the command, or not at all.
// Latency     A valid descriptor loads in the cycle after it was parsed, one cycle per later state.
// Reset       All entries are free; kill_i.all does the same.
//
//   ring --> fetch -> (fence) -> ready -> load -> settle -> start -> command -> run -> write -> record --> free
//             begin        parse             load (fail)            work               retire

`include "flaash_assert.svh"

module flaash_dma_issue
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned InFlight   = 16,   // entries: a power of two, 2 or more
  parameter int unsigned Buffers    = 2,    // of an operand in the chip, 1 or 2
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned FirstBeats = 16,   // of a descriptor, that are read at once
  parameter int unsigned RestBeats  = 20,   // if it has more levels
  localparam int unsigned EntryBits = $clog2(InFlight),
  localparam type entry_t = logic [EntryBits-1:0]
) (
  input  logic           clk_i,
  input  logic           rst_ni,
  input  kill_t          kill_i,
  input  logic           halted_i,       // a descriptor has ended the queue
  input  logic           late_i,         // level: the watchdog has ended the queue
  output logic           busy_o,         // a descriptor is not in the chip yet
  output logic           holds_o,        // its operands are loaded, or wait
  output logic           kill_o,         // of all reads and their operands

  // begin: a slot of the ring is read into the next entry
  input  logic           slot_valid_i,
  input  mem_addr_t      slot_i,
  input  logic           begin_ready_i,
  output logic           begin_o,        // both move on
  // parse, then ask for the arrays: A in element 0
  output parse_req_t     parse_o,
  input  parse_rsp_t     parse_i,
  output logic [1:0]     ask_valid_o,
  input  logic [1:0]     ask_ready_i,    // all arrays before have been requested
  input  asks_t          asks_i,
  // load
  output load_req_t      load_o,
  input  load_rsp_t      load_i,
  input  desc_t [1:0]    desc_i,         // the operands that the chip has
  input  logic           loading_i,      // the chip is inside an operand
  input  error_t         chip_fault_i,   // the chip's error of an operand
  input  logic           idle_i,         // no read is outstanding
  // work: the chip
  output run_cmd_t       run_cmd_o,
  input  run_status_t    run_status_i,
  output head_t          work_head_o,
  output layout_t        layout_o,       // of its results, from the cycle after the command to their end
  input  logic [2:0]     extent_level_i, // an upper level of B
  output logic [31:0]    extent_o,       // its extent
  output logic           rows_next_o,    // the next command is for rows
  output logic           refused_o,      // pulse: no result frame comes
  output turn_t          turn_o,
  input  logic           turn_ready_i,   // the next descriptor may have a turn
  output logic           open_o,         // pulse: it has
  output error_t         fault_o,        // pulse
  output logic           close_o,        // pulse: the turn has left the chip
  output logic           ran_o,          // with it: there was a contraction
  // retire: results, completion records
  input  logic [Turns-1:0] written_i,  // the results of a turn that has left the chip have their responses
  input  entry_t         look_i,
  output retired_t       retired_o,      // of look_i
  input  entry_t         next_i,
  output logic           prompt_o,       // of next_i
  input  entry_t         done_i,
  output logic           wants_irq_o,    // of done_i
  input  logic           finish_i        // pulse: done_i is free
);

  if (InFlight < 2 || (InFlight & (InFlight - 1)) != 0) begin : gen_illegal_in_flight
    `FLAASH_ILLEGAL("InFlight must be a power of two, 2 or more")
  end

  localparam int unsigned FirstFetches = 3;   // before the first arrays of a queue are requested
  localparam int unsigned SlowFetches  = 8;   // with a slow memory
  localparam int unsigned FirstWait    = 64;  // cycles for the first descriptor of a slow memory; after these requests
  localparam int unsigned BeatShift    = $clog2(DataWidth / 8);
  localparam int unsigned BeatBits     = 40;  // 32 arrays of 2^32 elements have fewer beats

  typedef enum logic [3:0] {
    EntryFree,
    EntryFetch,   // it is read, then parsed
    EntryFence,   // it is valid; results of entries before it lack responses
    EntryReady,   // it is valid, or parse_fault_q is its fault
    EntryLoad,    // its operands go to the chip
    EntrySettle,  // they have left, but the chip is inside one
    EntryStart,   // they are in the chip
    EntryFail,    // it has an error: its operands are abandoned
    EntryCommand,   // handed over in the cycle before
    EntryRun,     // it computes
    EntryWrite,   // it has left the chip; its results are written
    EntryRecord   // they have their responses; its record is written
  } entry_state_e;

  logic [InFlight-1:0][3:0] states_q, states_d;
  entry_t                   begin_q, parse_q, load_q, work_q;  // the entries at these places
  entry_state_e             load_state, work_state;
  logic                     starts, fails;  // the entry at load is handed over, to compute or with its fault
  logic                     left, free, ready;

  assign load_state = entry_state_e'(states_q[load_q]);
  assign work_state = entry_state_e'(states_q[work_q]);
  // With few entries the entry at load may be in use by the oldest descriptor.
  assign holds_o    = load_state == EntryFence || load_state == EntryReady || load_state == EntryLoad
                        || load_state == EntrySettle || load_state == EntryStart || load_state == EntryFail;
  assign busy_o     = holds_o || load_state == EntryFetch;
  assign kill_o     = kill_i.valid || halted_i || load_state == EntryFail;

  mem_addr_t slots_q[InFlight];  // of each entry

  // ----------------------------------------------------------------------- begin
  logic load_rst_nq;  // low until the readers are out of their reset
  logic first_q;      // descriptors wait for the first arrays of this queue
  logic requested_q;  // these arrays are requested
  logic slow_q;       // its first descriptor has taken FirstWait cycles
  logic [$clog2(FirstWait):0] wait_q;  // cycles for the first descriptor; after the requests of its arrays
  logic   alone, waited, early, urgent, asks;
  logic   asking_q;   // the arrays of the entry at parse are requested
  entry_t ahead;      // entries that are not in the chip

  // While the operands of the entry at load are requested, the chip waits for these operands, not for a descriptor.
  // In an empty machine, beats of more descriptors would come between the first arrays, unless they are requested a
  // while later. With a slow memory some come in the round trip of the arrays, if they are fetched in time.
  assign ahead   = begin_q - load_q;
  assign alone   = begin_q == load_q || (begin_q == load_q + 1'b1 && load_state != EntryFetch);
  assign waited  = 32'(wait_q) == FirstWait;
  assign early   = first_q && 32'(ahead) >= (slow_q ? SlowFetches : FirstFetches);
  assign urgent  = (asking_q && parse_q == load_q) || early;
  assign begin_o = slot_valid_i && begin_ready_i && !kill_o && load_rst_nq && !urgent && states_q[begin_q] == EntryFree;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_rst_nq <= 1'b0;
      {first_q, requested_q, slow_q} <= 3'b100;
      wait_q      <= '0;
    end else begin
      load_rst_nq <= !kill_o;
      if (alone) begin
        {first_q, requested_q, slow_q} <= 3'b100;
        wait_q                     <= '0;
      end else begin
        if (starts || (requested_q && waited)) first_q <= 1'b0;
        if (asks)                          requested_q <= 1'b1;
        if (!requested_q && waited)            slow_q  <= 1'b1;
        if (asks && !requested_q) wait_q <= '0;
        else if (!waited)     wait_q <= wait_q + 1'b1;
      end
    end
  end

  // ----------------------------------------------------------------------- parse
  // A faulty descriptor ends the queue, so its entry stays at parse.
  logic         parse_valid, parse_ready, parsed;
  logic         fenced, passes;  // it waits at the fence; no results before it lack responses
  error_t       parse_fault, parse_fault_q;
  descriptor_write_t parse_write;
  descriptor_t  parse_descriptor, load_descriptor;
  head_t        parse_head, load_head;
  logic [1:0]   parse_keep;

  assign {parse_ready, parse_fault, parse_write} = parse_i;
  assign parse_o       = {parse_valid, slots_q[parse_q], parse_descriptor};
  assign parse_head    = parse_descriptor.head;
  assign parse_keep    = parse_head.keep;
  assign parse_valid   = states_q[parse_q] == EntryFetch && !asking_q;
  assign parsed        = parse_valid && (parse_ready || late_i) && !kill_o;
  assign fenced        = states_q[parse_q] == EntryFence;
  assign asks          = (fenced ? !kill_o : parsed && !parse_fault.valid) && (!parse_head.fence || passes) && !late_i;
  assign ask_valid_o   = asks ? ~parse_keep : '0;

  // Entries are parsed in order, so one that is fetched or fenced is not before the entry at parse.
  always_comb begin
    passes = 1'b1;
    for (int e = 0; e < int'(InFlight); e++) begin
      if (states_q[e] != EntryFree && states_q[e] != EntryFetch && states_q[e] != EntryFence
          && states_q[e] != EntryRecord) begin
        passes = 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asking_q      <= 1'b0;
      parse_fault_q <= '0;
    end else if (kill_o) begin
      asking_q      <= 1'b0;
      parse_fault_q <= '0;
    end else begin
      if (asks)              asking_q <= 1'b1;
      else if (&ask_ready_i) asking_q <= 1'b0;
      if (parsed) parse_fault_q <= late_i ? {1'b1, ErrWatchdog, 32'd0} : parse_fault;
    end
  end

  // ------------------------------------------------------------------------ load
  error_t          fault_q, fault;  // the first; of this cycle
  logic            bad, loads, failed, gives, ended, killed_q;
  logic [1:0]      load_valid, load_ready;
  error_t          load_fault;
  logic [1:0]      keep, kept;      // operands that are kept; that the chip holds for it
  logic [1:0][3:0] orders;
  logic [31:0]     extent;

  assign {load_ready, load_fault} = load_i;
  assign load_o    = {load_valid, load_descriptor};
  assign load_head = load_descriptor.head;
  assign keep      = load_head.keep;
  assign orders    = load_head.orders;
  assign extent    = load_descriptor.extent;
  assign bad       = parse_fault_q.valid && parse_q == load_q;

  // An operand that is kept must be loaded, and must equal the descriptor in all properties that the records use.
  for (genvar i = 0; i < 2; i++) begin : gen_kept
    desc_t desc;

    assign desc    = desc_i[i];
    assign kept[i] = desc.loaded && desc.order == orders[i] && desc.extent == extent;
  end

  // Operands are loaded once the chip has a buffer for them.
  assign loads = (load_state == EntryReady && free) || load_state == EntryLoad || load_state == EntrySettle;

  // If several faults occur in one cycle, the last one counts.
  always_comb begin
    fault = '0;
    if (holds_o && load_state != EntryFail) fault = {kill_i.valid, kill_i.cause, 32'd0};
    if (loads && chip_fault_i.valid) fault = chip_fault_i;
    if (loads && load_fault.valid) fault = load_fault;
    if (load_state == EntryReady && free && (keep & ~kept) != '0) fault = error_at(ErrNoOperand, {30'd0, keep & ~kept});
    if (load_state == EntryReady && bad) fault = parse_fault_q;
    if (late_i && holds_o) fault = error_at(ErrWatchdog, 32'd0);
  end

  assign failed = fault_q.valid || fault.valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fault_q  <= '0;
      killed_q <= 1'b0;
    end else begin
      killed_q <= kill_o;
      if (!holds_o || starts || fails)    fault_q <= '0;
      else if (!fault_q.valid || late_i) fault_q <= fault;
    end
  end

  // If this cycle fails, the operand is abandoned in the next one, before the chip has a part of it.
  assign load_valid = (load_state == EntryReady && free && !bad && !kill_i.valid) ? ~keep : '0;
  assign ended        = killed_q && (&load_ready) && !loading_i && !kill_i.valid && (idle_i || late_i);
  assign gives        = ready && !halted_i && !kill_i.valid;
  assign starts       = load_state == EntryStart && gives && !fault_q.valid;
  assign fails        = load_state == EntryFail && ended && gives && left && fault_q.valid;

  // ------------------------------------------------------------------------ work
  logic run_ends;

  assign run_ends  = work_state == EntryRun && run_status_i.ended;
  assign left      = work_state != EntryCommand && work_state != EntryRun;
  assign free      = Buffers == 2 || left;
  assign ready     = (left || run_ends) && turn_ready_i;
  assign refused_o = work_state == EntryCommand && !run_status_i.begins;
  assign open_o    = (starts || fails) && !kill_i.all;
  assign close_o   = (refused_o || run_ends) && !kill_i.all;
  assign ran_o     = work_state == EntryRun;
  assign turn_o    = turn_t'(work_q);

  assign run_cmd_o.valid            = starts;
  assign run_cmd_o.setup.dense      = load_head.dense;
  assign run_cmd_o.setup.run_length = load_head.run_length;
  assign run_cmd_o.setup.portion    = load_head.portion;
  assign run_cmd_o.setup.long_lines = load_head.long_lines;
  assign run_cmd_o.setup.finish     = {load_head.relu, load_head.narrow, load_head.shift};
  assign run_cmd_o.numbers          = !load_head.coordinates;
  assign run_cmd_o.rows             = load_head.layout != LayoutRecords;

  always_comb begin
    fault_o = '0;
    if (fails) fault_o = fault_q;
    if (!left) fault_o = run_status_i.error;
  end

  // The plan begins before the command.
  logic rows_next_q;

  assign rows_next_o = holds_o ? load_head.layout != LayoutRecords : rows_next_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rows_next_q <= 1'b0;
    else         rows_next_q <= rows_next_o;
  end

  // ---------------------------------------------------------------------- states
  logic stays;  // the entry at load is not dropped

  assign stays = busy_o && states_d[load_q] != EntryFree;

  always_comb begin
    states_d = states_q;
    for (int e = 0; e < int'(InFlight); e++) begin
      if (kill_o && entry_t'(e) != load_q
          && (states_q[e] == EntryFetch || states_q[e] == EntryFence || states_q[e] == EntryReady)) begin
        states_d[e] = EntryFree;
      end
      if (states_q[e] == EntryWrite && written_i[turn_t'(e)]) states_d[e] = EntryRecord;
    end
    if (begin_o) states_d[begin_q] = EntryFetch;
    if (parsed)  states_d[parse_q] = (parse_fault.valid || late_i) ? EntryReady : EntryFence;
    if (asks)    states_d[parse_q] = EntryReady;
    unique case (load_state)
      EntryFetch: if (halted_i || kill_i.valid) states_d[load_q] = EntryFail;
      EntryFence: if (halted_i || failed) states_d[load_q] = EntryFail;
      EntryReady: begin
        if (halted_i || failed) states_d[load_q] = EntryFail;
        else if (free)          states_d[load_q] = (&keep) ? EntrySettle : EntryLoad;
      end
      EntryLoad: begin
        if (halted_i || failed) states_d[load_q] = EntryFail;
        else if (&load_ready) states_d[load_q] = EntrySettle;
      end
      EntrySettle: begin
        if (halted_i || failed) states_d[load_q] = EntryFail;
        else if (!loading_i)    states_d[load_q] = EntryStart;
      end
      EntryStart: begin
        if (halted_i)                           states_d[load_q] = EntryFree;
        else if (fault_q.valid || kill_i.valid) states_d[load_q] = EntryFail;
        else if (starts)                        states_d[load_q] = EntryCommand;
      end
      EntryFail: begin
        if (ended && halted_i) states_d[load_q] = EntryFree;
        else if (fails)        states_d[load_q] = EntryCommand;
      end
      default: ;
    endcase
    unique case (work_state)
      EntryCommand: states_d[work_q] = run_status_i.begins ? EntryRun : EntryWrite;
      EntryRun:   if (run_status_i.ended) states_d[work_q] = EntryWrite;
      default: ;
    endcase
    if (finish_i)   states_d[done_i] = EntryFree;
    if (kill_i.all) states_d = '0;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      states_q <= '0;
      begin_q  <= '0;
      parse_q  <= '0;
      load_q   <= '0;
      work_q   <= '0;
    end else begin
      states_q <= states_d;
      if (kill_o) begin
        begin_q <= load_q + entry_t'(stays);
        parse_q <= load_q + entry_t'(stays);
      end else begin
        if (begin_o)                    begin_q <= begin_q + 1'b1;
        if (asking_q && (&ask_ready_i)) parse_q <= parse_q + 1'b1;
      end
      if (starts || fails) load_q <= load_q + 1'b1;
      if (close_o)         work_q <= work_q + 1'b1;
      if (kill_i.all) {begin_q, parse_q, load_q, work_q} <= '0;
    end
  end

  // ----------------------------------------------------------------------- table
  // Each is a RAM with one port to write: it is written before it is read.
  localparam int unsigned TailBits = 64 + 160 + ShiftWidth;     // of the head, in its second row
  localparam int unsigned HeadBits = $bits(head_t) - TailBits;

  logic [HeadBits-1:0] heads_q[InFlight];
  logic [TailBits-1:0] tails_q[InFlight];
  logic [64:0]         leaves_a_q[InFlight];  // extent, entries, short coordinates
  logic [32:0]         leaves_b_q[InFlight];  // entries, short coordinates
  row_range_t          ranges_q[InFlight];
  logic [31:0]         extents_q[8*InFlight]; // of upper levels of B
  logic [63:0]         began_q[InFlight];
  logic [BeatBits-1:0] beats_q[InFlight];
  logic [63:0]         computing_q[Turns];  // by turn: of descriptors that are in the chip, or have left it
  logic                clears;                // no contents have come
  descriptor_t         contents;
  head_t               head;
  logic [4:0]          fields;
  row_range_t          range_in;
  logic [31:0]         extent_in;
  logic [1:0][31:0]    entries_in;
  logic [1:0]          short_in;
  entry_t [2:0]        place;
  descriptor_t [2:0]   descriptors;
  logic [63:0]         now_q, computed_q;

  assign clears = parsed && late_i;
  assign contents = clears ? '0 : parse_write.descriptor;
  assign {head, extent_in, entries_in, short_in, range_in} = contents;
  assign fields = clears ? '1 : parse_write.fields;
  assign place  = {work_q, load_q, parse_q};

  always_ff @(posedge clk_i) begin
    if (fields[0]) heads_q[parse_q]    <= head[TailBits +: HeadBits];
    if (fields[1]) tails_q[parse_q]    <= head[TailBits-1:0];
    if (fields[2]) leaves_a_q[parse_q] <= {extent_in, entries_in[0], short_in[0]};
    if (fields[3]) leaves_b_q[parse_q] <= {entries_in[1], short_in[1]};
    if (fields[4]) ranges_q[parse_q]   <= range_in;
    if (parse_write.extent_valid) extents_q[{parse_q, parse_write.level}] <= parse_write.extent;
    if (begin_o)   slots_q[begin_q]    <= slot_i;
    if (begin_o)   began_q[begin_q]    <= now_q;
    if (!left)     computing_q[turn_o] <= computed_q;
  end

  for (genvar i = 0; i < 3; i++) begin : gen_place
    logic [31:0]      leaf_extent;
    logic [1:0][31:0] entries;
    logic [1:0]       short_crd;

    assign {leaf_extent, entries[0], short_crd[0]} = leaves_a_q[place[i]];
    assign {entries[1], short_crd[1]}              = leaves_b_q[place[i]];

    assign descriptors[i].head      = {heads_q[place[i]], tails_q[place[i]]};
    assign descriptors[i].extent    = leaf_extent;
    assign descriptors[i].entries   = entries;
    assign descriptors[i].short_crd = short_crd;
    assign descriptors[i].range     = ranges_q[place[i]];
  end

  descriptor_t         work_descriptor;
  head_t               next_head, done_head;
  logic [TailBits-1:0] look_tail;

  assign {work_descriptor, load_descriptor, parse_descriptor} = descriptors;

  assign work_head_o  = work_descriptor.head;
  assign extent_o     = extents_q[{work_q, extent_level_i}];
  assign next_head    = {heads_q[next_i], TailBits'(0)};
  assign done_head    = {heads_q[done_i], TailBits'(0)};
  assign look_tail    = tails_q[look_i];
  assign prompt_o     = next_head.prompt;
  assign wants_irq_o  = done_head.wants_irq;

  assign retired_o.slot       = slots_q[look_i];
  assign retired_o.tag        = look_tail[ShiftWidth +: 32];
  assign retired_o.now        = now_q;
  assign retired_o.began      = began_q[look_i];
  assign retired_o.computing  = computing_q[turn_t'(look_i)];
  assign retired_o.bytes_read = 64'(beats_q[look_i]) << BeatShift;

  // The choice among the entries takes half a cycle, and long ways follow the layout: it has a register.
  row_range_t load_range;
  layout_t    load_layout, layout_q;

  assign load_range = load_descriptor.range;

  assign load_layout.valid     = load_head.layout != LayoutRecords;
  assign load_layout.dense     = load_head.layout == LayoutDense;
  assign load_layout.narrow    = load_head.narrow;
  assign load_layout.short_crd = load_head.short_columns;
  assign load_layout.pitch     = load_head.pitch;
  assign load_layout.rows      = load_range.rows;
  assign load_layout.first     = load_range.first;
  assign load_layout.columns   = load_range.columns;
  assign layout_o              = layout_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                    layout_q       <= '0;
    else if (starts)                layout_q       <= load_layout;
    else if (close_o || kill_i.all) layout_q.valid <= 1'b0;
  end

  // ------------------------------------------------------------ cycles, computing
  logic computes_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      now_q      <= '0;
      computes_q <= 1'b0;
      computed_q <= '0;
    end else begin
      now_q <= now_q + 1'b1;
      if (starts || fails) begin
        computes_q <= 1'b0;
        computed_q <= '0;
      end else begin
        if (run_status_i.begins) computes_q <= 1'b1;
        if (run_status_i.done || close_o) computes_q <= 1'b0;
        if (computes_q || run_status_i.begins) computed_q <= computed_q + 1'b1;
      end
    end
  end

  // ------------------------------------------------------------------ beats read
  // Requests come late in a cycle, so they are added up in the next one, and counted in the one after that.
  ask_t [3:0]       arrays;
  logic [3:0][34:0] own;             // of each array
  logic             rest;
  logic [34:0]      asked, asked_q, rests;   // beats
  asks_t            asks_q;
  entry_t           ask_at_q, asked_at_q, total_at_q;     // the entries of these
  logic             ask_open_q, asked_open_q, total_open_q;  // they are parsed, or asked for
  logic [BeatBits-1:0] beats, total_q;

  assign {arrays, rest} = asks_q;

  for (genvar i = 0; i < 4; i++) begin : gen_array
    ask_t ask;

    assign ask    = arrays[i];
    assign own[i] = ask.valid ? 35'(ask.beats) : '0;
  end

  assign rests = rest ? 35'(RestBeats) : '0;
  assign asked = (own[0] + own[1]) + (own[2] + own[3]) + rests;
  assign beats = ((total_open_q && asked_at_q == total_at_q) ? total_q : BeatBits'(FirstBeats)) + BeatBits'(asked_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asks_q  <= '0;
      asked_q <= '0;
      {ask_open_q, asked_open_q, total_open_q} <= '0;
    end else begin
      asks_q  <= asks_i;
      asked_q <= asked;
      {ask_open_q, asked_open_q, total_open_q} <= {parse_valid || fenced || asking_q, ask_open_q, asked_open_q};
    end
  end

  always_ff @(posedge clk_i) begin
    ask_at_q   <= parse_q;
    asked_at_q <= ask_at_q;
    total_at_q <= asked_at_q;
    total_q    <= beats;
    if (asked_open_q) beats_q[asked_at_q] <= beats;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(ask, ask_valid_o[0], ask_ready_i[0], parse_descriptor, $bits(descriptor_t))
  `FLAASH_STREAM_CHECK(ask_b, ask_valid_o[1], ask_ready_i[1], parse_descriptor, $bits(descriptor_t))
  `FLAASH_ASSERT(LoadsAlone_A, load_valid == '0 || !loading_i, "an operand is loaded while the chip is inside one")
  `FLAASH_ASSERT(InOrder_A, !parsed || states_q[load_q] != EntryFree, "an entry is parsed that is not to be loaded")
  `FLAASH_ASSERT(NoTrailerElsewhere_A, !run_status_i.ended || left == 1'b1 || work_state == EntryRun || kill_i.all,
                 "a result frame ended that nobody waited for")
  `FLAASH_ASSERT(Finish_A, !finish_i || states_q[done_i] == EntryWrite || states_q[done_i] == EntryRecord || kill_i.all,
                 "an entry is free too early")
  `FLAASH_ASSERT(Fence_A, !asks || !parse_head.fence || (parse_q == load_q && left),
                 "arrays are requested behind a fence while an earlier descriptor is computed")
  `FLAASH_COVER(AllInFlight_C, states_q[begin_q] != EntryFree && slot_valid_i)
  `FLAASH_COVER(WaitsAtFence_C, fenced && !passes)
  `FLAASH_COVER(OpenFence_C, asks && parse_head.fence && !fenced)
  `FLAASH_COVER(WaitsForBuffer_C, load_state == EntryReady && !free)
  `FLAASH_COVER(LoadedAhead_C, load_state == EntryLoad && !left)
  `FLAASH_COVER(FailedAhead_C, load_state == EntryFail && !left)
  `FLAASH_COVER(Abandoned_C, halted_i && load_state == EntryLoad)
  `FLAASH_COVER(AbortedAtStart_C, load_state == EntryStart && kill_i.valid && !halted_i)
  `FLAASH_COVER(RightAfter_C, starts && close_o)
  `FLAASH_COVER(FailsWhileComputing_C, work_state == EntryRun && fault_o.valid)

endmodule : flaash_dma_issue
