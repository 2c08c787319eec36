// SPDX-License-Identifier: Apache-2.0
// Types between the interfaces, the registers and the core.

package flaash_host_pkg;

  import flaash_pkg::*;
  import flaash_reg_pkg::*;

  // ------------------------------------------------------------------- AXI4-Lite
  // From the host.
  typedef struct packed {
    logic                    awvalid;
    logic [RegAddrWidth-1:0] awaddr;
    logic [2:0]              awprot;
    logic                    wvalid;
    logic [31:0]             wdata;
    logic [3:0]              wstrb;
    logic                    bready;
    logic                    arvalid;
    logic [RegAddrWidth-1:0] araddr;
    logic [2:0]              arprot;
    logic                    rready;
  } axil_req_t;

  // To the host.
  typedef struct packed {
    logic        awready;
    logic        wready;
    logic        bvalid;
    logic [1:0]  bresp;
    logic        arready;
    logic        rvalid;
    logic [31:0] rdata;
    logic [1:0]  rresp;
  } axil_rsp_t;

  // A write to a register, one cycle long.
  typedef struct packed {
    logic                    valid;
    logic [RegAddrWidth-1:0] addr;
    logic [31:0]             mask;  // bits whose byte has its strobe
    logic [31:0]             bits;  // their new value, 0 elsewhere
  } reg_write_t;

  // A read of a register, one cycle long, and the response in that cycle.
  typedef struct packed {
    logic                    valid;
    logic [RegAddrWidth-1:0] addr;
  } reg_read_t;

  typedef struct packed {
    logic        error;
    logic [31:0] data;
  } reg_rsp_t;

  // Accesses of the host, as the interface receives them; its registers respond in the same cycle.
  typedef struct packed {
    reg_write_t write;
    reg_read_t  read;
  } access_t;

  typedef struct packed {
    logic        write_known;  // the interface has this register, and it can be written
    logic        read_known;
    logic [31:0] data;
    logic        irq;          // a level
  } dma_rsp_t;

  // A read of the low or the high word of a counter, one cycle long.
  typedef struct packed {
    logic                           valid;
    logic [$clog2(NumCounters)-1:0] index;  // below NumCounters
    logic                           high;
  } counter_read_t;

  // The settings of a contraction, as the registers hold them.
  typedef struct packed {
    logic        dense;
    logic [31:0] run_length;
    logic [31:0] portion;
    logic [31:0] long_lines;
    finish_t     finish;  // only a command of the interface sets it
  } setup_t;

  // The read-write registers, and how results are named.
  typedef struct packed {
    setup_t             setup;
    logic               numbers;
    logic [31:0]        watchdog;
    logic [NumIrqs-1:0] irq_enable;
    logic [5:0]         sdpe_select;
  } choices_t;

  // ------------------------------------------------------------------- operands
  // An operand comes in four channels (FLAASH_OPERAND): a head, a description per level, the words of the upper
  // levels, and the entries of the leaf. `flush` ends the operand in progress, `fault` ends it with an error that the
  // interface has found. `open`: the interface is inside the frame of an operand that has an error. With `framed` the
  // last beat of the frame has `last`, and must be the last one of the operand.
  typedef struct packed {
    logic known;    // `operand` is valid
    logic operand;  // the operand that is replaced: A 0, B 1
  } operand_head_t;

  typedef struct packed {
    logic        leaf;    // the last level
    logic        dense;   // an upper level whose coordinates do not come: the loader makes them
    logic        loose;   // the level above the leaf: a begin and an end per node, in place of pointers
    logic [31:0] extent;
    entry_id_t   count;   // nodes; entries of the leaf
  } operand_level_t;

  typedef struct packed {
    logic head;
    logic level;
    logic upper;  // the beat is used up
    logic leaf;
  } operand_ready_t;

  // What the loader reads next. It depends on no channel in the same cycle.
  typedef enum logic [1:0] {
    OperandNone,      // no beat, or coordinates that it makes
    OperandCoords,
    OperandPointers,
    OperandEntries
  } operand_part_e;

  typedef struct packed {
    logic          idle;      // no operand is in progress
    operand_part_e part;
    logic [2:0]    level;     // of coordinates and pointers
    entry_id_t     position;  // of the next word
  } operand_state_t;

  // -------------------------------------------------------------------- the machine
  // The increment of each counter.
  typedef logic [NumCounters-1:0][$bits(dots_t)-1:0] increments_t;

  // The report of the loader.
  typedef struct packed {
    logic       loading;    // an operand is being received
    logic       step;       // a beat, or a part of one, was processed
    logic       waits;      // the operand's next beat has not come
    logic [1:0] discarded;  // number of beats that were discarded
    logic [1:0] errors;     // number of frames that are wrong
    error_t     error;      // the error of the first wrong frame
  } load_report_t;

  // The report of two loaders. All errors of a cycle are counted; code and place come from `a` if it has an error.
  function automatic load_report_t joined(load_report_t a, load_report_t b);
    error_t error_a;
    error_a          = a.error;
    joined.loading   = a.loading || b.loading;
    joined.step      = a.step || b.step;
    joined.waits     = a.waits || b.waits;
    joined.discarded = a.discarded + b.discarded;
    joined.errors    = a.errors + b.errors;
    joined.error     = error_a.valid ? error_a : b.error;
  endfunction

  // The work that ends, and why: a level, from the cycle after a request on. A request is the same, a cycle long.
  typedef struct packed {
    logic   valid;
    logic   all;    // everything: a soft reset; otherwise all but the operands: a stop
    logic   cut;    // the results of the contraction are not complete
    error_e cause;
  } kill_t;

  // A command of the interface: begin a contraction.
  typedef struct packed {
    logic   valid;    // pulse: contract the loaded operands
    setup_t setup;    // settings of the contraction
    logic   numbers;  // results name fibers by number
    logic   rows;     // results go to rows
  } run_cmd_t;

  // The progress and the end of a contraction that a command began.
  typedef struct packed {
    logic   begins;  // pulse, in the cycle after the command: the contraction begins
    logic   done;    // pulse: every result is stored
    logic   ended;   // pulse: every result, and the trailer, has left
    error_t error;   // pulse: the command is refused, in the cycle after it; an error of the contraction; or, with
                     // ended: the reason of an early end
    logic   expired; // pulse: the watchdog has expired
  } run_status_t;

  // The state of the interface.
  typedef struct packed {
    logic idle;       // no burst is outstanding; while everything is killed, none begins
    logic works;      // the interface has work, which the watchdog watches
    logic holds;      // the interface has work that a stop ends, even if the core is idle
    logic moves;      // pulse: this work makes progress
    logic discarded;  // pulse: the interface discarded a beat of an operand frame
  } dma_state_t;

  // From the registers to the core.
  typedef struct packed {
    logic       start;        // pulse: a contraction begins
    settings_t  settings;     // settings of the contraction
    logic       numbers;      // results name fibers by number
    logic       owned;        // a contraction needs its operands: results are computed, or wait to be sent
    logic       load_enable;  // operand frames may begin
    logic [5:0] sdpe_select;  // the engine whose steps are reported
  } control_t;

  // The events of the engines and the combiner, added up; they belong to the cycle before the previous one. Records
  // that were sent and beats that were discarded belong to the previous cycle.
  typedef struct packed {
    logic [6:0]  range_errors;  // number of results that do not fit their format
    error_t      range_error;   // the error of the first of these results
    flags_t      flags;
    increments_t increments;
    logic [31:0] sdpe_steps;
  } sums_t;

  // From the core to the registers.
  typedef struct packed {
    load_report_t load;
    logic         done;          // pulse: every result is stored
    logic         progress;      // the core made progress in this cycle
    error_t       parity_error;  // a word that differs from the stored word was used
    sums_t        sums;
  } report_t;

  // What happens at the chip's streams, and at the interface.
  typedef struct packed {
    logic       works;         // the interface has work, even if the chip is idle
    logic       holds;         // a stop ends work of the interface
    logic       discarded;     // the interface discarded a beat of an operand frame
    logic       moves;         // a handshake takes place
    logic       waits_for_in;  // inside an operand frame, for the host's next beat
    logic       waits_for_out; // with a result beat, for the host to take it
  } traffic_t;

endpackage : flaash_host_pkg
