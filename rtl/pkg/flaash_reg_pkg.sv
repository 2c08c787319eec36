// SPDX-License-Identifier: Apache-2.0
// Register map: addresses, fields and codes of the AXI4-Lite port. The one source is rtl/registers.rdl, by which
// `make generate` renews the blocks between marks. The comment after an address is `access: meaning`; registers are
// 32 bits, 64-bit counters are a pair, low word first.

package flaash_reg_pkg;

  localparam int unsigned RegAddrWidth = 12;

  // registers of registers.rdl: make generate
  localparam logic [RegAddrWidth-1:0] RegId         = 12'h000;  // RO: "FLSH", 0x464c5348
  localparam logic [RegAddrWidth-1:0] RegVersion    = 12'h004;  // RO: major in 31:16, minor in 15:0
  localparam logic [RegAddrWidth-1:0] RegFormat     = 12'h008;  // RO: value format of the build
  localparam logic [RegAddrWidth-1:0] RegNumSdpe    = 12'h00c;  // RO: engines of the build
  localparam logic [RegAddrWidth-1:0] RegLanes      = 12'h010;  // RO: entries per line
  localparam logic [RegAddrWidth-1:0] RegCoordWidth = 12'h014;  // RO: bits of a contracted coordinate
  localparam logic [RegAddrWidth-1:0] RegBlocks     = 12'h018;  // RO: engine 3:0, memory 7:4, scheduler 11:8, split 12
  localparam logic [RegAddrWidth-1:0] RegMemLines   = 12'h01c;  // RO: lines per operand
  localparam logic [RegAddrWidth-1:0] RegNodeDepth  = 12'h020;  // RO: upper-level nodes per operand
  localparam logic [RegAddrWidth-1:0] RegFiberDepth = 12'h024;  // RO: fibers per operand

  localparam logic [RegAddrWidth-1:0] RegControl    = 12'h040;  // WO: command bits Control*
  localparam logic [RegAddrWidth-1:0] RegStatus     = 12'h044;  // RO: bits Status*
  localparam logic [RegAddrWidth-1:0] RegMode       = 12'h048;  // RW: bits Mode*
  localparam logic [RegAddrWidth-1:0] RegRunLength  = 12'h04c;  // RW: most fibers of B per job, 0 for all
  localparam logic [RegAddrWidth-1:0] RegIrqEnable  = 12'h050;  // RW: bits Irq*
  localparam logic [RegAddrWidth-1:0] RegIrqStatus  = 12'h054;  // W1C: bits Irq*
  localparam logic [RegAddrWidth-1:0] RegError      = 12'h058;  // RO: code of the first error, Err*
  localparam logic [RegAddrWidth-1:0] RegErrorPlace = 12'h05c;  // RO: place of the first error, see its code
  localparam logic [RegAddrWidth-1:0] RegErrorCount = 12'h060;  // RO: errors since the last soft reset
  localparam logic [RegAddrWidth-1:0] RegFlags      = 12'h064;  // W1C: IEEE flags of all results, flags_t
  localparam logic [RegAddrWidth-1:0] RegPortion    = 12'h068;  // RW: most entries of A per portion, 0 for all
  localparam logic [RegAddrWidth-1:0] RegWatchdog   = 12'h06c;  // RW: cycles without progress until ErrWatchdog, 0 off
  localparam logic [RegAddrWidth-1:0] RegSdpeSelect = 12'h070;  // RW: number of the engine for RegSdpeSteps, in 5:0
  localparam logic [RegAddrWidth-1:0] RegSdpeSteps  = 12'h074;  // RO: steps of that engine since the accepted start
  localparam logic [RegAddrWidth-1:0] RegLongLines  = 12'h078;  // RW: least lines of a job that goes first, 0 off

  localparam logic [RegAddrWidth-1:0] RegOrderA     = 12'h080;  // RO: order of A, 0 while none is loaded
  localparam logic [RegAddrWidth-1:0] RegEntriesA   = 12'h084;  // RO: non-zeros of A
  localparam logic [RegAddrWidth-1:0] RegFibersA    = 12'h088;  // RO: non-empty fibers of A
  localparam logic [RegAddrWidth-1:0] RegLinesA     = 12'h08c;  // RO: lines that A occupies
  localparam logic [RegAddrWidth-1:0] RegOrderB     = 12'h090;  // RO: order of B, 0 while none is loaded
  localparam logic [RegAddrWidth-1:0] RegEntriesB   = 12'h094;  // RO: non-zeros of B
  localparam logic [RegAddrWidth-1:0] RegFibersB    = 12'h098;  // RO: non-empty fibers of B
  localparam logic [RegAddrWidth-1:0] RegLinesB     = 12'h09c;  // RO: lines that B occupies
  // end of registers

  // ---------------------------------------------- performance counters, 64 bits each
  // RegCounters + 8 * index; all clear at an accepted start.
  // counters of registers.rdl: make generate
  localparam logic [RegAddrWidth-1:0] RegCounters = 12'h100;  // the first counter
  localparam int unsigned CntCycles        = 0;   // from the accepted start until every result is stored
  localparam int unsigned CntJobs          = 1;   // dot products handed out
  localparam int unsigned CntRuns          = 2;   // range jobs handed out
  localparam int unsigned CntSteps         = 3;   // comparisons, all SDPEs
  localparam int unsigned CntMatches       = 4;   // products accumulated
  localparam int unsigned CntDotsDone      = 5;   // dot products finished
  localparam int unsigned CntResults       = 6;   // results stored
  localparam int unsigned CntZeroEmpty     = 7;   // dropped: no match
  localparam int unsigned CntZeroCancel    = 8;   // dropped: exactly cancelled
  localparam int unsigned CntZeroUnderflow = 9;   // dropped: rounded to zero
  localparam int unsigned CntBusy          = 10;  // SDPE cycles with a job
  localparam int unsigned CntStallA        = 11;  // SDPE cycles waiting for a line of A
  localparam int unsigned CntStallB        = 12;  // SDPE cycles waiting for a line of B
  localparam int unsigned CntStallMac      = 13;  // SDPE cycles waiting for the MAC
  localparam int unsigned CntStallResult   = 14;  // SDPE cycles waiting for the result store
  localparam int unsigned CntMemReads      = 15;  // lines read
  localparam int unsigned CntMemConflicts  = 16;  // port cycles in which a read had to wait
  localparam int unsigned CntLoadCycles    = 17;  // cycles in which an operand was being loaded, since reset
  localparam int unsigned CntUnloaded      = 18;  // results sent to the host
  localparam int unsigned CntDiscarded     = 19;  // operand beats discarded after an error, since reset
  localparam int unsigned CntUnloadCycles  = 20;  // from the accepted start until the last beat of the result left
  localparam int unsigned CntPortions      = 21;  // portions handed out, of dot products that are split
  localparam int unsigned NumCounters      = 22;
  // end of counters

  // ------------------------------------------------------------------------- fields
  // bits of registers.rdl: make generate
  localparam int unsigned ControlStart     = 0;  // begin a contraction
  localparam int unsigned ControlSoftReset = 1;  // forget everything but the RW registers
  localparam int unsigned ControlAbort     = 2;  // end the current contraction or operand frame, keep operands

  localparam int unsigned StatusLoadedA = 0;  // operand A is complete
  localparam int unsigned StatusLoadedB = 1;  // operand B is complete
  localparam int unsigned StatusBusy    = 2;  // a contraction, a soft reset or an abort is in progress
  localparam int unsigned StatusDone    = 3;  // the last contraction has stored every result
  localparam int unsigned StatusDrained = 4;  // all results and the trailer have left
  localparam int unsigned StatusError   = 5;  // RegError holds a code; cleared by soft reset
  localparam int unsigned StatusLoading = 6;  // an operand frame is being received

  localparam int unsigned ModeDense = 0;  // keep results that are zero: every job delivers its result

  localparam int unsigned IrqDone    = 0;  // a contraction has stored every result
  localparam int unsigned IrqDrained = 1;  // every result and the trailer have left
  localparam int unsigned IrqError   = 2;  // an error was recorded or counted
  localparam int unsigned NumIrqs    = 3;
  // end of bits

  // ------------------------------------------------------------------- error codes
  localparam int unsigned DmaErrors = 64;  // codes from here on belong to the memory interface

  // RegErrorPlace, unless the code says otherwise: operand in bit 31 (A 0, B 1), level in 30:28 (7 for the
  // entries). Bits 27:0: position of the word or entry within the section.
  typedef enum logic [7:0] {
    // codes of registers.rdl: make generate
    ErrNone          = 8'h00,  // no error
    ErrHeader        = 8'h01,  // first beat: wrong magic, a format other than the build's, or no operand named
    ErrOrder         = 8'h02,  // order 0 or above 8 (place: the order)
    ErrExtent        = 8'h03,  // an extent is 0, or the contracted one exceeds CoordWidth (position: mode)
    ErrCount         = 8'h04,  // node or entry counts contradict each other (position: level)
    ErrMemoryFull    = 8'h05,  // more nodes, fibers or lines than this build stores
    ErrPointer       = 8'h06,  // pointers of a level decrease, or do not begin with 0 and end with the count below
    ErrCoordOrder    = 8'h07,  // coordinate not above the one before, among siblings
    ErrCoordRange    = 8'h08,  // coordinate not below the extent
    ErrShort         = 8'h09,  // the frame ended before the announced data
    ErrLong          = 8'h0a,  // the frame went on after the announced data
    ErrExtentsDiffer = 8'h0b,  // start: contracted extents of A and B differ (place: extent of A)
    ErrNoOperand     = 8'h0c,  // start: an operand is missing (place: bit 0 A missing, bit 1 B missing)
    ErrStartBusy     = 8'h0d,  // start before the contraction before has drained, or in a reset or abort (place: 0)
    ErrAddress       = 8'h0e,  // access to a register that does not exist or is not writable (place: address)
    ErrResultRange   = 8'h0f,  // an integer result does not fit its format (place: SDPE; NumSdpe: the combiner)
    ErrStartLoading  = 8'h10,  // start while an operand is being received (place: 0)
    ErrAborted       = 8'h11,  // only in a trailer: a reset or an abort cut this frame short
    ErrWatchdog      = 8'h12,  // no progress for RegWatchdog cycles (place: the outstanding work)
    ErrParity        = 8'h13,  // a stored bit has flipped (place: of a node; level 7: memory and position)
    // of the memory interface; their places: flaash_dma_pkg
    ErrDescriptor    = 8'h40,  // a word of the descriptor has an undefined value
    ErrAlign         = 8'h41,  // an address is not aligned
    ErrSpan          = 8'h42,  // an array or the result buffer ends beyond the last address
    ErrLevelCount    = 8'h43,  // a dense level has not as many nodes as its parents and extent say
    ErrReadSlave     = 8'h44,  // a read response was SLVERR
    ErrReadDecode    = 8'h45,  // a read response was DECERR
    ErrWriteSlave    = 8'h46,  // a write response was SLVERR
    ErrWriteDecode   = 8'h47,  // a write response was DECERR
    ErrResultFull    = 8'h48,  // more results than fit (place: their number; in rows the first beyond its pitch)
    ErrRing          = 8'h49   // base, size or tail of the ring is invalid (place: address of the register)
    // end of codes
  } error_e;

  // RegErrorPlace of ErrParity: of a node its level and number. With level 7 bits 27:24 name the memory, 23:0 the
  // position in it.
  localparam logic [2:0] PlaceStored  = 3'h7;  // the level of all memories but the nodes
  localparam logic [3:0] PlaceLine    = 4'h0;  // tensor memory; position: line
  localparam logic [3:0] PlaceFirst   = 4'h1;  // fiber table, first lines; position: fiber
  localparam logic [3:0] PlacePath    = 4'h2;  // fiber table, leaf nodes; position: fiber
  localparam logic [3:0] PlaceRank    = 4'h3;  // ranks of the plan; position: block of 16 lines
  localparam logic [3:0] PlaceTable   = 4'h4;  // resident fiber of an engine; position: SDPE
  localparam logic [3:0] PlaceResult  = 4'h5;  // result store; position: SDPE; NumSdpe: the combiner

  // A word that was used and differs from the stored word. Without `valid` these are the bits of RegErrorPlace.
  typedef struct packed {
    logic        valid;
    logic        operand;   // A 0, B 1; 0 where there is no operand
    logic [2:0]  level;     // of a node; PlaceStored for all other memories
    logic [3:0]  memory;    // Place*; 0 for a node
    logic [23:0] position;  // of the word in its memory, as the code says
  } fault_t;

  // An error. Without `valid` code and place mean nothing.
  typedef struct packed {
    logic        valid;
    error_e      code;
    logic [31:0] place;  // as RegErrorPlace
  } error_t;

  // A fault of a memory that is none of the nodes.
  function automatic fault_t stored_fault(logic valid, logic operand, logic [3:0] memory, logic [23:0] position);
    stored_fault.valid    = valid;
    stored_fault.operand  = operand;
    stored_fault.level    = PlaceStored;
    stored_fault.memory   = memory;
    stored_fault.position = position;
  endfunction

  function automatic error_t error_at(error_e code, logic [31:0] place);
    error_at.valid = 1'b1;
    error_at.code  = code;
    error_at.place = place;
  endfunction

endpackage : flaash_reg_pkg
