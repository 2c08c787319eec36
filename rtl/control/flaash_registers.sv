// SPDX-License-Identifier: Apache-2.0
// Registers: the register map of both interfaces, the start of a contraction, errors and the interrupt.
//
// Guarantees  An address outside of the map of flaash_reg_pkg becomes access_o to the interface, whose access_rsp_i is
//             the response. control_o.start pulses for an accepted start (flaash_start_control); its settings stay
//             until the next. control_o.owned is high while results are computed or wait to be sent: lines and
//             coordinates are read from the operands. With one buffer control_o.load_enable is low then. irq_o is a
//             level. With ByCommand, run_cmd_i starts a contraction with its own settings, and ControlStart has no
//             effect. run_status_o is the response to a command. request_o ends work: a soft reset, or a stop by the
//             host, a flipped bit or the watchdog. A stop needs work: results are computed, an operand is received, or
//             the interface has work to end. Once every result is stored the results leave. A command in the cycle of a
//             request, or while kill_i, is refused with its cause.
// Demands     drained_i and the results in report_i belong to the contraction that runs. kill_i from the cycle after
//             request_o until the core has left its reset.
// Latency     control_o.start one cycle after run_cmd_i or the write access; reads show the state of their cycle.
// Reset       rst_ni clears everything; a soft reset all but the read-write registers, at the request. Reports of
//             the core from a request until its reset are not recorded. Faults of the host are recorded, and so are
//             parity errors in a stop, because they concern results that were leaving.

`include "flaash_assert.svh"

module flaash_registers
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  // the build, readable
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned NumSdpe    = 8,
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned Engine     = EngineResident,
  parameter int unsigned Memory     = MemoryBanked,
  parameter int unsigned Scheduler  = SchedulerDemand,
  parameter int unsigned MemLines   = 8192,
  parameter int unsigned NodeDepth  = 16384,
  parameter int unsigned FiberDepth = 8192,
  parameter int unsigned Buffers    = 1,    // of an operand, 1 or 2
  parameter bit          CanSplit   = 1'b0, // dot products can be split into portions
  parameter bit          ByCommand  = 1'b0  // contractions begin by run_cmd_i
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  axil_req_t   axil_i,
  output axil_rsp_t   axil_o,
  output logic        irq_o,
  output access_t     access_o,       // to the interface's own registers
  input  dma_rsp_t access_rsp_i,
  // state and events
  input  desc_t [1:0] desc_i,         // A in element 0
  input  report_t     report_i,
  input  traffic_t    traffic_i,
  input  logic        drained_i,      // pulse: the trailer was taken
  input  run_cmd_t    run_cmd_i,
  input  logic        spread_i,       // fibers of A would be spread over the engines
  input  kill_t       kill_i,
  // control
  output control_t    control_o,      // to the core
  output error_e      trailer_code_o, // for a trailer that is sent now
  output kill_t       request_o,      // a cycle long
  output run_status_t run_status_o
);

  localparam logic [31:0] Id      = 32'h464c_5348;
  localparam logic [31:0] Version = 32'h0001_0003;

  // ------------------------------------------------------------------------ bus
  reg_write_t              write;
  logic                    loading, flipped;  // an operand is being received; a wrong word was used
  logic                    command, write_error, read_error, active, busy;
  reg_read_t               read;
  logic [RegAddrWidth-1:0] read_addr;
  logic [31:0]             read_data;

  assign loading   = report_i.load.loading;
  assign flipped   = report_i.parity_error.valid;
  assign read_addr = read.addr;
  assign access_o  = {write, read};

  flaash_axil_slave u_axil_slave (
    .clk_i, .rst_ni,
    .axil_i, .axil_o, .write_o(write), .command_o(command), .write_error_i(write_error),
    .read_o(read), .reg_rsp_i({read_error, read_data})
  );

  always_comb begin
    unique case (write.addr)
      RegPortion: write_error = !CanSplit;
      RegControl, RegMode, RegRunLength, RegIrqEnable, RegIrqStatus, RegFlags, RegWatchdog,
      RegSdpeSelect, RegLongLines: write_error = 1'b0;
      default: write_error = !access_rsp_i.write_known;
    endcase
  end

  // The read-write registers. Only the host changes them, but with ByCommand a command sets setup and numbers. A
  // byte without its strobe keeps its value; in commands and W1C registers it counts as 0.
  choices_t choices_d, choices_q;
  setup_t   written_setup;

  always_comb begin
    choices_d     = choices_q;
    written_setup = choices_q.setup;
    unique case (write.addr)
      RegMode:       if (write.mask[0]) written_setup.dense = write.bits[ModeDense];
      RegRunLength:  written_setup.run_length = (written_setup.run_length & ~write.mask) | write.bits;
      RegPortion:    if (CanSplit) written_setup.portion = (written_setup.portion & ~write.mask) | write.bits;
      RegLongLines:  written_setup.long_lines = (written_setup.long_lines & ~write.mask) | write.bits;
      RegWatchdog:   choices_d.watchdog = (choices_q.watchdog & ~write.mask) | write.bits;
      RegIrqEnable:  if (write.mask[0]) choices_d.irq_enable = write.bits[NumIrqs-1:0];
      RegSdpeSelect: if (write.mask[0]) choices_d.sdpe_select = write.bits[5:0];
      default: choices_d = choices_q;
    endcase
    if (!write.valid) choices_d = choices_q;
    if (!ByCommand) begin
      if (write.valid) choices_d.setup = written_setup;
    end else if (run_cmd_i.valid) begin
      choices_d.setup   = run_cmd_i.setup;
      choices_d.numbers = run_cmd_i.numbers;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) choices_q <= '0;
    else         choices_q <= choices_d;
  end

  // -------------------------------------------------------------- start, status
  logic          start, clear, abort, begins, expired;
  logic          ends;            // a stop is requested
  settings_t     settings;
  setup_t        setup;
  error_t        error, refusal;  // the earliest recorded error; the reason of a refused start
  logic [31:0]   errors, status;  // errors: the number of recorded ones

  assign clear        = command && write.bits[ControlSoftReset];
  assign abort        = command && write.bits[ControlAbort] && !clear;
  assign start        = (ByCommand ? run_cmd_i.valid && !ends : command && write.bits[ControlStart])
                        && !clear && !abort;
  assign setup        = ByCommand ? run_cmd_i.setup : choices_q.setup;

  flaash_start_control u_start_control (
    .clk_i, .rst_ni,
    .start_i(start), .clear_i(clear), .kill_i, .setup_i(setup), .refuse_i(run_cmd_i.rows && spread_i),
    .loading_i(loading), .desc_i, .done_i(report_i.done), .drained_i,
    .start_o(begins), .settings_o(settings), .busy_o(busy), .active_o(active),
    .error_i(error.valid), .status_o(status), .error_o(refusal)
  );

  assign control_o.start       = begins;
  assign control_o.settings    = settings;
  assign control_o.numbers     = choices_q.numbers;
  assign control_o.owned       = active;
  assign control_o.load_enable = (Buffers > 1 || !active) && !kill_i.valid;
  assign control_o.sdpe_select = choices_q.sdpe_select;

  // ------------------------------------------------------------------------ kill
  logic   live;   // the core is not about to be reset
  logic   cut;    // the contraction would end before its results are complete
  error_e cause;  // of the request

  assign live      = !kill_i.valid;
  assign cut       = busy && !report_i.done;
  assign ends      = (abort || flipped || expired) && live && !clear && (cut || loading || traffic_i.holds);

  assign request_o.valid = clear || ends;
  assign request_o.all   = clear;
  assign request_o.cut   = cut && (clear || ends);
  assign request_o.cause = cause;

  always_comb begin
    cause = ErrAborted;
    if (expired && !clear) cause = ErrWatchdog;
    if (flipped && !clear) cause = ErrParity;
  end

  flaash_watchdog u_watchdog (
    .clk_i, .rst_ni,
    .limit_i(choices_q.watchdog), .in_progress_i(active || loading || !live || traffic_i.works),
    .progress_i(report_i.progress || traffic_i.moves), .expired_o(expired)
  );

  always_comb begin
    trailer_code_o = error.code;
    if (kill_i.cut) trailer_code_o = kill_i.cause;
  end

  // ---------------------------------------------------------------------- errors
  error_t       host_watchdog, host_write, host_read;
  error_t [2:0] host, host_q;  // of the watchdog, of a write, of a read
  logic         error_event;
  logic [31:0]  outstanding;

  assign outstanding = {28'd0, traffic_i.waits_for_in, traffic_i.waits_for_out, busy, loading};

  assign host_watchdog.valid = expired && !clear;
  assign host_watchdog.code  = ErrWatchdog;
  assign host_watchdog.place = outstanding;

  assign host_write.valid = write.valid && write_error;
  assign host_write.code  = ErrAddress;
  assign host_write.place = 32'(write.addr);

  assign host_read.valid = read.valid && read_error && !clear;
  assign host_read.code  = ErrAddress;
  assign host_read.place = 32'(read_addr);

  assign host = {host_watchdog, host_write, host_read};

  // They come late in a cycle, so the log gets them in the next one: before the host can read it.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) host_q <= '0;
    else         host_q <= host;
  end

  flaash_error_log u_error_log (
    .clk_i, .rst_ni,
    .clear_i(clear), .kill_i, .report_i,
    .watchdog_i(host_q[2]), .write_i(host_q[1]), .refusal_i(refusal), .read_i(host_q[0]),
    .event_o(error_event), .error_o(error), .count_o(errors)
  );

  // ---------------------------------------------------------------------- status
  error_t refused_q, failed;

  // A stop, or its request, is the cause of a refusal.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                     refused_q <= '0;
    else if (run_cmd_i.valid && ends) refused_q <= {1'b1, cause, 32'd0};
    else if (kill_i.valid)           refused_q <= {refusal.valid, kill_i.cause, refusal.place};
    else                             refused_q <= refusal;
  end

  always_comb begin
    failed = {drained_i && kill_i.cut, kill_i.cause, 32'd0};
    if (report_i.sums.range_error.valid)  failed = report_i.sums.range_error;
    if (report_i.parity_error.valid) failed = report_i.parity_error;
    if (refused_q.valid)             failed = refused_q;
  end

  assign run_status_o.begins  = begins;
  assign run_status_o.done    = report_i.done;
  assign run_status_o.ended   = drained_i;
  assign run_status_o.error   = failed;
  assign run_status_o.expired = expired;

  // ------------------------------------------------------ interrupts, IEEE flags
  logic [NumIrqs-1:0] irq_status_q, irq_set, irq_clear;
  flags_t             flags_q, flags_set, flags_clear;
  increments_t        increments;    // Icarus connects the whole of report_i.sums where a port names a member of it

  assign increments = report_i.sums.increments;

  always_comb begin
    irq_set             = '0;
    irq_set[IrqDone]    = live && report_i.done;
    irq_set[IrqDrained] = !kill_i.all && drained_i;
    irq_set[IrqError]   = error_event;
    irq_clear           = '0;
    flags_clear         = '0;
    flags_set           = '0;
    if (live) flags_set = report_i.sums.flags;
    if (write.valid && write.addr == RegIrqStatus) irq_clear = write.bits[NumIrqs-1:0];
    if (write.valid && write.addr == RegFlags) flags_clear = write.bits[$bits(flags_t)-1:0];
  end

  // An event in the cycle of its clear is kept.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      irq_status_q <= '0;
      flags_q      <= '0;
    end else if (clear) begin
      irq_status_q <= '0;
      flags_q      <= '0;
    end else begin
      irq_status_q <= (irq_status_q & ~irq_clear) | irq_set;
      flags_q      <= (flags_q & ~flags_clear) | flags_set;
    end
  end

  assign irq_o = (irq_status_q & choices_q.irq_enable) != '0 || access_rsp_i.irq;

  // ------------------------------------------------------------------- counters
  logic [31:0]             counter_data;
  logic                    is_counter, other;  // other: an address of another module, or of none
  counter_read_t           counter_read;
  logic [RegAddrWidth-1:0] counter_offset;

  assign counter_offset = read_addr - RegCounters;
  assign is_counter     = 32'(counter_offset) < 8 * NumCounters;
  assign counter_read   = {read.valid && is_counter && !read_error, counter_offset[2 +: $clog2(NumCounters) + 1]};

  flaash_counters u_counters (
    .clk_i, .rst_ni,
    .start_i(begins), .clear_i(clear), .kill_i,
    .increments_i(increments), .busy_i(busy), .active_i(active), .discarded_i(traffic_i.discarded),
    .read_i(counter_read), .read_data_o(counter_data)
  );

  // ---------------------------------------------------------------------- reads
  desc_t selected;  // the operand that the address selects: addresses of A and B differ in one bit
  assign selected = desc_i[(read_addr & (RegOrderA ^ RegOrderB)) != '0];

  always_comb begin
    {read_error, read_data} = '0;
    // Bits that these addresses do not need are compared beside the case, at the same time.
    other = read_addr[RegAddrWidth-1:8] != '0 || read_addr[1:0] != '0;
    unique case (read_addr[7:2])
      RegId[7:2]:          read_data = Id;
      RegVersion[7:2]:     read_data = Version;
      RegFormat[7:2]:      read_data = Format;
      RegNumSdpe[7:2]:     read_data = NumSdpe;
      RegLanes[7:2]:       read_data = Lanes;
      RegCoordWidth[7:2]:  read_data = CoordWidth;
      RegBlocks[7:2]:      read_data = {19'd0, CanSplit, 4'(Scheduler), 4'(Memory), 4'(Engine)};
      RegMemLines[7:2]:    read_data = MemLines;
      RegNodeDepth[7:2]:   read_data = NodeDepth;
      RegFiberDepth[7:2]:  read_data = FiberDepth;
      RegControl[7:2]:     read_data = '0;
      RegStatus[7:2]:      read_data = status;
      RegMode[7:2]:        read_data[ModeDense] = choices_q.setup.dense;
      RegRunLength[7:2]:   read_data = choices_q.setup.run_length;
      RegIrqEnable[7:2]:   read_data = 32'(choices_q.irq_enable);
      RegIrqStatus[7:2]:   read_data = 32'(irq_status_q);
      RegError[7:2]:       read_data = 32'(error.code);
      RegErrorPlace[7:2]:  read_data = error.place;
      RegErrorCount[7:2]:  read_data = errors;
      RegFlags[7:2]:       read_data = 32'(flags_q);
      RegPortion[7:2]:     read_data = choices_q.setup.portion;
      RegWatchdog[7:2]:    read_data = choices_q.watchdog;
      RegSdpeSelect[7:2]:  read_data = 32'(choices_q.sdpe_select);
      RegSdpeSteps[7:2]:   read_data = report_i.sums.sdpe_steps;
      RegLongLines[7:2]:   read_data = choices_q.setup.long_lines;
      RegOrderA[7:2], RegOrderB[7:2]: if (selected.loaded) read_data = 32'(selected.order);
      RegEntriesA[7:2], RegEntriesB[7:2]: if (selected.loaded) read_data = 32'(selected.entries);
      RegFibersA[7:2], RegFibersB[7:2]: if (selected.loaded) read_data = 32'(selected.fibers);
      RegLinesA[7:2], RegLinesB[7:2]: if (selected.loaded) read_data = 32'(selected.lines);
      default: other = 1'b1;
    endcase
    if (other) begin
      read_data  = is_counter ? counter_data : access_rsp_i.data;
      read_error = is_counter ? read_addr[1:0] != '0 : !access_rsp_i.read_known;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(CommandHasRsp_A, !$past(run_cmd_i.valid && !clear) || begins || refused_q.valid,
                 "an order is neither begun nor refused")
  `FLAASH_COVER(ClearMeetsEvent_C, (irq_clear & irq_set) != '0)
  `FLAASH_COVER(CommandInAbort_C, run_cmd_i.valid && ends)
  `FLAASH_COVER(TooLate_C, abort && active && !busy)
  `FLAASH_COVER(StopWhileLoading_C, ends && loading)
  `FLAASH_ASSERT(DoneBelongsToRun_A, !(live && report_i.done) || busy, "done without a contraction")

endmodule : flaash_registers
