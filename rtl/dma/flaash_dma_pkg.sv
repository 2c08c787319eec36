// SPDX-License-Identifier: Apache-2.0
// The memory interface: its registers, and the layout of descriptors and completion records. The source of the
// registers is rtl/registers.rdl: `make generate` renews the blocks between marks. This file is the one source of the
// layout, and docs/memory_interface.md is checked against both. The first half of the register space belongs to
// flaash_reg_pkg.

package flaash_dma_pkg;

  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;

  // ---------------------------------------------------------------------- registers
  // dma_registers of registers.rdl: make generate
  localparam logic [RegAddrWidth-1:0] RegDmaInfo      = 12'h800;  // RO: width 15:0, bursts: read 23:16, write 31:24
  localparam logic [RegAddrWidth-1:0] RegDmaStatus    = 12'h804;  // RO: bits DmaStatus*
  localparam logic [RegAddrWidth-1:0] RegRingBase     = 12'h808;  // RW: address of slot 0, bits 31:0
  localparam logic [RegAddrWidth-1:0] RegRingBaseHigh = 12'h80c;  // RW: bits 63:32
  localparam logic [RegAddrWidth-1:0] RegRingSize     = 12'h810;  // RW: slots, 2 to 65536
  localparam logic [RegAddrWidth-1:0] RegRingTail     = 12'h814;  // RW: first slot that is free; 0 after a soft reset
  localparam logic [RegAddrWidth-1:0] RegRingHead     = 12'h818;  // RO: first slot not completed; 0 after a soft reset

  localparam logic [RegAddrWidth-1:0] RegDmaError     = 12'h820;  // RO: code of the error that ended the queue
  localparam logic [RegAddrWidth-1:0] RegDmaPlace     = 12'h824;  // RO: place of the error, see its code
  localparam logic [RegAddrWidth-1:0] RegDmaIrqEnable = 12'h828;  // RW: bits DmaIrq*
  localparam logic [RegAddrWidth-1:0] RegDmaIrqStatus = 12'h82c;  // W1C: bits DmaIrq*
  // end of dma_registers

  // dma_bits of registers.rdl: make generate
  localparam int unsigned DmaStatusBusy   = 0;  // a descriptor is being worked on
  localparam int unsigned DmaStatusHalted = 1;  // an error has ended the queue; only a soft reset begins anew

  localparam int unsigned DmaIrqDone  = 0;  // a descriptor that asks for the interrupt was completed
  localparam int unsigned DmaIrqError = 1;  // an error has ended the queue
  localparam int unsigned NumDmaIrqs  = 2;
  // end of dma_bits

  // ------------------------------------------------------------- layout, in bytes
  localparam int unsigned SlotBytes       = 1024;  // of a slot of the ring, whose base is a multiple of this
  localparam int unsigned HeadBytes       = 64;    // of the head of a descriptor, at 0
  localparam int unsigned LevelBytes      = 32;    // of a level; levels of A follow the head, then levels of B
  localparam int unsigned CompletionAt    = 960;   // the completion record, in the slot
  localparam int unsigned CompletionBytes = 64;
  localparam int unsigned ArrayAlign      = 64;    // addresses of arrays and of the result buffer are multiples

  localparam logic [31:0] DescriptorMagic = 32'h4441_4c46;  // "FLAD", word 0 of a head
  localparam logic [31:0] CompletionMagic = 32'h4341_4c46;  // "FLAC", the last word of a completion record

  // -------------------------------------------------------------------- error places
  // Place of ErrRead* and ErrWrite*: operand in bit 31, level in 30:28 (7 for the leaf), Part* in 27:24.
  // Bits 23:0: offset of the failed beat in its array, descriptor or buffer, in units of 16 bytes.
  // Place of the others, unless the code says otherwise: offset of the word in the descriptor, in bytes.
  localparam logic [3:0] PartDescriptor = 4'h0;
  localparam logic [3:0] PartCrd        = 4'h1;
  localparam logic [3:0] PartPos        = 4'h2;
  localparam logic [3:0] PartVal        = 4'h3;
  localparam logic [3:0] PartResult     = 4'h4;
  localparam logic [3:0] PartCompletion = 4'h5;
  localparam logic [3:0] PartResultCrd  = 4'h6;  // of a result in rows
  localparam logic [3:0] PartResultPos  = 4'h7;

  // --------------------------------------------------------------------------- types
  localparam int unsigned MaxDmaLevels = 2 * MaxOrder;  // of both operands

  // The first read of a descriptor covers this many levels; further levels are read when its orders name them. On a bus
  // of 512 bits the first read covers all levels: the further levels are five beats, less than a round trip.
  function automatic int unsigned first_levels(int unsigned data_width);
    return (data_width < 512) ? 6 : MaxDmaLevels;
  endfunction

  // A level of a descriptor that was checked.
  typedef struct packed {
    mem_addr_t   first;   // pos or its table of pairs, or crd of the leaf
    mem_addr_t   second;  // crd, or val of the leaf
    logic [31:0] extent;
    logic [31:0] count;
    logic        loose;  // `first` has a begin and an end per node
    logic        short_crd;
    logic        dense;
  } level_t;

  // The head of a descriptor that was checked.
  typedef struct packed {
    logic [1:0][3:0] orders;  // A in element 0
    logic            dense;
    logic            coordinates;
    logic            wants_irq;
    logic [1:0]      keep;         // the chip's operand is used again
    logic            prompt;       // the completion record need not wait for the responses to the results
    layout_e         layout;       // of the results
    logic            short_columns;  // 2 bytes per column
    logic            fence;        // no array is read before all earlier results have their responses
    logic            relu;
    logic            narrow;
    mem_addr_t       results;
    logic [63:0]     capacity;
    logic [31:0]     run_length;
    logic [31:0]     portion;
    logic [31:0]     pitch;        // of rows, in elements
    mem_addr_t       columns;      // crd of rows
    mem_addr_t       bounds;       // pos of rows
    logic [31:0]     long_lines;
    logic [31:0]     tag;
    logic [ShiftWidth-1:0] shift;
  } head_t;

  // The rows and columns of a result, as the levels of a descriptor say.
  typedef struct packed {
    logic [NodeIdWidth:0] rows;
    node_id_t             first;    // node of A that is row 0
    logic [32:0]          columns;
  } row_range_t;

  // The contents of a descriptor that was checked, without its levels.
  typedef struct packed {
    head_t            head;
    logic [31:0]      extent;     // of the contracted mode
    logic [1:0][31:0] entries;    // of A in element 0
    logic [1:0]       short_crd;
    row_range_t       range;
  } descriptor_t;

  // The contents of a descriptor as its parser finds them: each bit of `fields` names a part of `descriptor`.
  typedef struct packed {
    logic [4:0]  fields;  // first half of the head; second half; the leaf of A; the leaf of B; range
    descriptor_t descriptor;
    logic        extent_valid;  // of an upper level of B
    logic [2:0]  level;         // which one
    logic [31:0] extent;
  } descriptor_write_t;

  // The descriptor that is parsed: valid until it is ready. Slot and contents stay until its arrays are requested.
  typedef struct packed {
    logic        valid;
    mem_addr_t   slot;
    descriptor_t descriptor;
  } parse_req_t;

  typedef struct packed {
    logic              ready;
    error_t            fault;  // with it
    descriptor_write_t write;
  } parse_rsp_t;

  // The operands that are loaded, A in element 0: each is valid until it is ready; ready returns after its last beat.
  typedef struct packed {
    logic [1:0]  valid;
    descriptor_t descriptor;
  } load_req_t;

  typedef struct packed {
    logic [1:0] ready;
    error_t     fault;  // a level, until the reads are killed
  } load_rsp_t;

  // An operand of a descriptor, without its levels.
  typedef struct packed {
    logic [3:0]  order;
    logic [3:0]  base;       // its first level, in the descriptor
    logic [31:0] entries;
    logic        short_crd;
  } source_t;

  function automatic source_t source_of(descriptor_t descriptor, logic operand);
    logic [1:0][3:0]  orders;
    logic [1:0][31:0] entries;
    logic [1:0]       short_crd;
    orders    = descriptor.head.orders;
    entries   = descriptor.entries;
    short_crd = descriptor.short_crd;
    source_of.order     = orders[operand];
    source_of.base      = operand ? orders[0] : 4'd0;
    source_of.entries   = entries[operand];
    source_of.short_crd = short_crd[operand];
  endfunction

  // Defaults of the descriptors at a time, from their read to their completion, and of the beats that a reader buffers.
  // docs/blocks/memory_interface.md has their prices.
  localparam int unsigned DefaultInFlight  = 16;
  localparam int unsigned DefaultReadDepth = 256;

  // Default of the most outstanding bursts: docs/memory_interface.md has the rule by latency and width. Prices on an
  // ECP5 (synth_ecp5), 512 bits: 62 reads take 14 LUT4, 2 TRELLIS_DPR16X4 and 2 flip-flops more in the readers than 16
  // (6,437 LUT4); from 63 on their FIFO of turns is twice as deep. 32 writes take 31 LUT4, 7 TRELLIS_DPR16X4 and 12
  // flip-flops more in flaash_axi_write than 8 (52 LUT4); 64 take 60, 14 and 6 on top. A beat of rows is a burst. At
  // 512 bits and latency 100 10x10x100_d0.05 took 1,009 cycles as rows with 32 writes, 588 with 64, and 513 with 128.
  localparam int unsigned DefaultReadBursts  = 62;
  localparam int unsigned DefaultWriteBursts = 128;

  // A burst of writes with an error response, and its contraction.
  typedef struct packed {
    error_t error;
    turn_t  turn;
  } refusal_t;

  // The records of a result frame, and those records that passed the quota.
  typedef struct packed {
    logic        full;     // a record did not fit, or a row
    logic        rows;     // there are rows, not records
    logic [31:0] complete; // of rows, from the first one on
    logic [63:0] results;
    logic [63:0] bytes;
  } passed_t;

  // A request for beats of an array, one cycle long.
  typedef struct packed {
    logic        valid;
    logic [31:0] beats;
  } ask_t;

  // The requests of a cycle: the arrays of both operands, and the levels of a descriptor after the first read.
  typedef struct packed {
    ask_t [3:0] arrays;
    logic       rest;
  } asks_t;

  // A descriptor that has left the chip: what its completion record needs, but for an error and passed_t.
  typedef struct packed {
    mem_addr_t   slot;
    logic [31:0] tag;
    logic [63:0] now;       // cycles since the reset
    logic [63:0] began;     // at the request of its read
    logic [63:0] computing;
    logic [63:0] bytes_read;
  } retired_t;

  // Place of an error at the bus.
  function automatic logic [31:0] bus_place(logic operand, logic [2:0] level, logic [3:0] part,
                                            logic [23:0] offset);
    return {operand, level, part, offset};
  endfunction

endpackage : flaash_dma_pkg
