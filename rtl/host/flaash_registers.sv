// SPDX-License-Identifier: Apache-2.0
// Registers: the register map of flaash_reg_pkg, the start of a contraction, errors and the interrupt.
//
// Guarantees  start_o pulses for an accepted start (flaash_start_control); dense_o, run_length_o,
//             portion_length_o and long_lines_o stay until the next. load_enable_o is low while results are
//             computed or left to be sent: their coordinates are read from the operands. irq_o is a level.
// Demands     done_i, drained_i, range errors and flags belong to the contraction that runs.
//             resetting_i from the cycle after soft_reset_o until the core has left its reset, stopping_i
//             likewise after stop_o.
// Latency     start_o one cycle after the write access; reads show the state of the cycle of the access.
// Reset       rst_ni clears everything; a soft reset everything but flaash_settings, at the request. What the core
//             reports from then until its reset, or after stop_o, is not recorded, but faults of the host are, and
//             parity_error_i after stop_o: it tells of results that were leaving.

`include "flaash_assert.svh"

module flaash_registers
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  // the build, to be read back
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned NumSdpe    = 8,
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned Engine     = EngineCompare,
  parameter int unsigned Memory     = MemoryBanked,
  parameter int unsigned Scheduler  = SchedulerDemand,
  parameter int unsigned MemLines   = 8192,
  parameter int unsigned NodeDepth  = 16384,
  parameter int unsigned FiberDepth = 8192,
  parameter bit          CanSplit   = 1'b0,  // dot products can be split into portions
  localparam int unsigned IncrementWidth = $bits(dots_t)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // AXI4-Lite
  input  logic                    s_axil_awvalid_i,
  output logic                    s_axil_awready_o,
  input  logic [RegAddrWidth-1:0] s_axil_awaddr_i,
  input  logic [2:0]              s_axil_awprot_i,
  input  logic                    s_axil_wvalid_i,
  output logic                    s_axil_wready_o,
  input  logic [31:0]             s_axil_wdata_i,
  input  logic [3:0]              s_axil_wstrb_i,
  output logic                    s_axil_bvalid_o,
  input  logic                    s_axil_bready_i,
  output logic [1:0]              s_axil_bresp_o,
  input  logic                    s_axil_arvalid_i,
  output logic                    s_axil_arready_o,
  input  logic [RegAddrWidth-1:0] s_axil_araddr_i,
  input  logic [2:0]              s_axil_arprot_i,
  output logic                    s_axil_rvalid_o,
  input  logic                    s_axil_rready_i,
  output logic [31:0]             s_axil_rdata_o,
  output logic [1:0]              s_axil_rresp_o,
  output logic                    irq_o,

  // operands, A at [0], B at [1]
  input  desc_t [1:0]             desc_i,

  // operand loader
  output logic                    load_enable_o,
  input  logic                    loading_i,
  input  error_t                  frame_error_i,

  // contraction
  output logic                    start_o,
  output logic                    dense_o,
  output fiber_id_t               run_length_o,
  output entry_id_t               portion_length_o,
  output line_sum_t               long_lines_o,
  input  logic                    done_i,         // pulse: every result is stored
  input  logic                    drained_i,      // pulse: the trailer was taken
  input  flags_t                  flags_i,
  input  logic [6:0]              range_errors_i,
  input  logic [6:0]              range_source_i,
  input  logic [NumCounters-1:0][IncrementWidth-1:0] increments_i,
  input  logic                    discarded_i,    // the frame gate threw a beat away
  output error_e                  trailer_code_o, // for a trailer that is sent now

  // errors that end what is under way
  input  error_t                  parity_error_i,
  input  logic                    progress_i,        // something was done
  input  logic [1:0]              host_waits_i,      // bit 0 for a result to be taken, bit 1 with an operand

  // soft reset, stop
  output logic                    soft_reset_o,   // pulse
  output logic                    stop_o,         // pulse
  input  logic                    resetting_i,
  input  logic                    stopping_i,

  // steps of one SDPE
  output logic [5:0]              sdpe_select_o,
  input  logic [31:0]             sdpe_steps_i
);

  localparam logic [31:0] Id      = 32'h464c_5348;
  localparam logic [31:0] Version = 32'h0001_0000;

  // ------------------------------------------------------------------------ bus
  logic                    write_valid, write_error, read_valid, read_error, active, busy;
  error_e                  error_code;
  logic [RegAddrWidth-1:0] write_addr, read_addr;
  logic [31:0]             write_data, write_mask, write_bits, read_data;
  logic [3:0]              write_strb;

  flaash_axil_slave #(
    .AddrWidth(RegAddrWidth)
  ) u_axil_slave (
    .clk_i, .rst_ni,
    .s_axil_awvalid_i, .s_axil_awready_o, .s_axil_awaddr_i, .s_axil_awprot_i,
    .s_axil_wvalid_i, .s_axil_wready_o, .s_axil_wdata_i, .s_axil_wstrb_i,
    .s_axil_bvalid_o, .s_axil_bready_i, .s_axil_bresp_o,
    .s_axil_arvalid_i, .s_axil_arready_o, .s_axil_araddr_i, .s_axil_arprot_i,
    .s_axil_rvalid_o, .s_axil_rready_i, .s_axil_rdata_o, .s_axil_rresp_o,
    .write_valid_o(write_valid), .write_addr_o(write_addr), .write_data_o(write_data),
    .write_strb_o(write_strb), .write_error_i(write_error), .read_valid_o(read_valid),
    .read_addr_o(read_addr), .read_data_i(read_data), .read_error_i(read_error)
  );

  // A byte without its strobe is left as it was; in commands and W1C registers it counts as 0.
  assign write_mask = {{8{write_strb[3]}}, {8{write_strb[2]}}, {8{write_strb[1]}}, {8{write_strb[0]}}};
  assign write_bits = write_data & write_mask;

  always_comb begin
    unique case (write_addr)
      RegPortion: write_error = !CanSplit;
      RegControl, RegMode, RegRunLength, RegIrqEnable, RegIrqStatus, RegFlags, RegWatchdog,
      RegSdpeSelect, RegLongLines: write_error = 1'b0;
      default: write_error = 1'b1;
    endcase
  end

  // ------------------------------------------------------- read-write registers
  logic [31:0]        run_length, portion, long_lines, watchdog;
  logic [NumIrqs-1:0] irq_enable;
  logic               dense;

  flaash_settings #(
    .CanSplit(CanSplit)
  ) u_settings (
    .clk_i, .rst_ni,
    .write_valid_i(write_valid), .write_addr_i(write_addr), .write_mask_i(write_mask), .write_bits_i(write_bits),
    .dense_o(dense), .run_length_o(run_length), .portion_o(portion), .long_lines_o(long_lines),
    .watchdog_o(watchdog), .irq_enable_o(irq_enable), .sdpe_select_o
  );

  // -------------------------------------------------------------- start, status
  logic        command, start, clear, abort, start_refused;
  error_e      start_error;
  logic [31:0] start_place, status;

  assign command      = write_valid && write_addr == RegControl;
  assign clear        = command && write_bits[ControlSoftReset];
  assign abort        = command && write_bits[ControlAbort] && !clear;
  assign start        = command && write_bits[ControlStart] && !clear && !abort;
  assign soft_reset_o = clear;

  flaash_start_control u_start_control (
    .clk_i, .rst_ni,
    .start_i(start), .clear_i(clear), .resetting_i, .stopping_i, .dense_i(dense), .run_length_i(run_length),
    .portion_length_i(portion), .long_lines_i(long_lines), .loading_i, .desc_i, .done_i, .drained_i,
    .start_o, .dense_o, .run_length_o, .portion_length_o, .long_lines_o, .busy_o(busy), .active_o(active),
    .first_error_i(error_code), .status_o(status), .refused_o(start_refused),
    .error_o(start_error), .place_o(start_place)
  );

  assign load_enable_o = !active && !resetting_i;

  // ------------------------------------------------------------------------ stop
  logic live, expired;  // the core is not about to be reset; the watchdog's limit is reached

  flaash_stop_control u_stop_control (
    .clk_i, .rst_ni,
    .abort_i(abort), .parity_error_i(parity_error_i.count != '0), .limit_i(watchdog), .progress_i,
    .start_i(start_o), .busy_i(busy && !done_i), .active_i(active), .loading_i, .clear_i(clear), .resetting_i,
    .stopping_i, .stop_o, .live_o(live), .expired_o(expired), .error_code_i(error_code), .trailer_code_o
  );

  // --------------------- errors: memory, watchdog, loader, writes, reads, results
  logic        error_event;
  logic [31:0] error_place, error_count;

  flaash_error_log #(
    .NumSources(6)
  ) u_error_log (
    .clk_i, .rst_ni,
    .clear_i(clear),
    .counts_i({live ? range_errors_i : 7'd0,
               7'(read_valid && read_error),
               7'((write_valid && write_error) || start_refused),
               live ? frame_error_i.count : 7'd0,
               7'(expired),
               resetting_i ? 7'd0 : parity_error_i.count}),
    .codes_i({8'(ErrResultRange), 8'(ErrAddress), start_refused ? 8'(start_error) : 8'(ErrAddress),
              8'(frame_error_i.code), 8'(ErrWatchdog), 8'(ErrParity)}),
    .places_i({32'(range_source_i), 32'(read_addr), start_refused ? start_place : 32'(write_addr),
               frame_error_i.place, {28'd0, host_waits_i[1], host_waits_i[0], busy, loading_i}, parity_error_i.place}),
    .event_o(error_event), .code_o(error_code), .place_o(error_place), .count_o(error_count)
  );

  // ------------------------------------------------------ interrupts, IEEE flags
  logic [NumIrqs-1:0] irq_status, irq_set, irq_clear;
  flags_t             flags, flags_clear;

  always_comb begin
    irq_set             = '0;
    irq_set[IrqDone]    = live && done_i;
    irq_set[IrqDrained] = !resetting_i && drained_i;
    irq_set[IrqError]   = error_event;
    irq_clear           = '0;
    flags_clear         = '0;
    if (write_valid && write_addr == RegIrqStatus) irq_clear = write_bits[NumIrqs-1:0];
    if (write_valid && write_addr == RegFlags) flags_clear = write_bits[$bits(flags_t)-1:0];
  end

  flaash_interrupts u_interrupts (
    .clk_i, .rst_ni,
    .forget_i(clear), .set_i(irq_set), .clear_i(irq_clear), .enable_i(irq_enable),
    .status_o(irq_status), .irq_o,
    .flags_i(live ? flags_i : '0), .flags_clear_i(flags_clear), .flags_o(flags)
  );

  // ------------------------------------------------------------------- counters
  logic [31:0]             counter_data;
  logic                    counter_read;
  logic [RegAddrWidth-1:0] counter_offset;

  assign counter_offset = read_addr - RegCounters;
  assign counter_read   = read_addr >= RegCounters && 32'(counter_offset) < 8 * NumCounters;

  flaash_counters u_counters (
    .clk_i, .rst_ni,
    .start_i(start_o), .clear_i(clear), .resetting_i, .stopping_i,
    .increments_i, .busy_i(busy), .active_i(active), .discarded_i,
    .read_valid_i(read_valid && counter_read && !read_error),
    .read_index_i(counter_read ? counter_offset[3 +: $clog2(NumCounters)] : '0),
    .read_high_i(counter_offset[2]), .read_data_o(counter_data)
  );

  // ---------------------------------------------------------------------- reads
  desc_t about;  // the operand that the address is about

  assign about = desc_i[read_addr >= RegOrderB];

  always_comb begin
    read_data  = '0;
    read_error = 1'b0;
    unique case (read_addr)
      RegId:         read_data = Id;
      RegVersion:    read_data = Version;
      RegFormat:     read_data = Format;
      RegNumSdpe:    read_data = NumSdpe;
      RegLanes:      read_data = Lanes;
      RegCoordWidth: read_data = CoordWidth;
      RegBlocks:     read_data = {19'd0, CanSplit, 4'(Scheduler), 4'(Memory), 4'(Engine)};
      RegMemLines:   read_data = MemLines;
      RegNodeDepth:  read_data = NodeDepth;
      RegFiberDepth: read_data = FiberDepth;
      RegControl:    read_data = '0;
      RegStatus:     read_data = status;
      RegMode:       read_data[ModeDense] = dense;
      RegRunLength:  read_data = run_length;
      RegIrqEnable:  read_data = 32'(irq_enable);
      RegIrqStatus:  read_data = 32'(irq_status);
      RegError:      read_data = 32'(error_code);
      RegErrorPlace: read_data = error_place;
      RegErrorCount: read_data = error_count;
      RegFlags:      read_data = 32'(flags);
      RegPortion:    read_data = portion;
      RegWatchdog:   read_data = watchdog;
      RegSdpeSelect: read_data = 32'(sdpe_select_o);
      RegSdpeSteps:  read_data = sdpe_steps_i;
      RegLongLines:  read_data = long_lines;
      RegOrderA, RegOrderB:   if (about.loaded) read_data = 32'(about.order);
      RegEntriesA, RegEntriesB: if (about.loaded) read_data = 32'(about.entries);
      RegFibersA, RegFibersB: if (about.loaded) read_data = 32'(about.fibers);
      RegLinesA, RegLinesB:   if (about.loaded) read_data = 32'(about.lines);
      default: begin
        read_data  = counter_data;
        read_error = !counter_read || read_addr[1:0] != '0;
      end
    endcase
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(DoneBelongsToRun_A, !(live && done_i) || busy, "done without a contraction")
  `FLAASH_COVER(TwoErrorsAtOnce_C, frame_error_i.count != '0 && (start_refused || range_errors_i != '0))

endmodule : flaash_registers
