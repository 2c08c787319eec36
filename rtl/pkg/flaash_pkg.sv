// SPDX-License-Identifier: Apache-2.0
// Types and constants that every module shares. Widths that depend on build parameters (lines of
// entries) are in flaash_line.svh, register addresses and codes in flaash_reg_pkg.sv.

package flaash_pkg;

  // ------------------------------------------------------------------ build choices
  // Value format of the operands; the name after the prefix, in lower case, is what
  // rtl/configs.toml and the Python side call it.
  localparam int unsigned FormatFp32  = 0;  // IEEE 754 binary32  -> binary32
  localparam int unsigned FormatBf16  = 1;  // bfloat16           -> binary32
  localparam int unsigned FormatInt8  = 2;  // two's complement   -> int32
  localparam int unsigned FormatInt16 = 3;  // two's complement   -> int48

  // RegBlocks reports the number. The numbers 1 and 2 belonged to engines that no longer exist.
  localparam int unsigned EngineMerge    = 0;  // the paper's: two-pointer merge, one step per cycle
  localparam int unsigned EngineResident = 3;  // chunks of several resident fibers of A, one line of B per cycle

  localparam int unsigned MemoryIdeal  = 0;  // every port in every cycle
  localparam int unsigned MemoryBanked = 1;  // one access per bank and cycle

  localparam int unsigned SchedulerRoundRobin = 0;  // job i to SDPE i mod NumSdpe
  localparam int unsigned SchedulerDemand     = 1;  // next job to an SDPE that asks

  // Bits of an operand value.
  function automatic int unsigned value_width(int unsigned format);
    if (format == FormatFp32) return 32;
    if (format == FormatInt8) return 8;
    return 16;
  endfunction

  // Bits of an entry (coordinate and value) in the operand stream: the next power of two.
  function automatic int unsigned entry_width(int unsigned format, int unsigned coord_width);
    return 2 ** $clog2(coord_width + value_width(format));
  endfunction

  // Entries that an interface hands to a loader in a cycle: of a beat of a frame, if one feed has both operands; with
  // a feed per operand not more than a beat has coordinates of 32 bits.
  function automatic int unsigned leaf_entries(int unsigned format, int unsigned coord_width, int unsigned feed_width,
                                               int unsigned feeds);
    int unsigned framed, words;
    framed = feed_width / entry_width(format, coord_width);
    words  = feed_width / 32;
    return (feeds == 1 || framed < words) ? framed : words;
  endfunction

  // Read ports of the tensor memory: two per engine, or one per group of engines that hold fibers of A.
  function automatic int unsigned read_ports(int unsigned engine, int unsigned num_sdpe, int unsigned group_size);
    return (engine == EngineResident) ? (num_sdpe + group_size - 1) / group_size : 2 * num_sdpe;
  endfunction

  // ------------------------------------------------------------------------- limits
  localparam int unsigned MaxOrder      = 8;    // modes of an operand
  localparam int unsigned MaxLevels     = MaxOrder - 1;  // upper levels: all modes but the last
  localparam int unsigned StreamWidth   = 128;  // bits of an AXI4-Stream beat
  localparam int unsigned StreamWords   = StreamWidth / 32;
  localparam int unsigned FiberIdWidth  = 20;   // fibers of an operand, most
  localparam int unsigned LineAddrWidth = 20;   // lines of an operand, most
  localparam int unsigned NodeIdWidth   = 20;   // upper-level nodes of an operand, most
  localparam int unsigned EntryIdWidth  = 24;   // entries of an operand, most
  localparam int unsigned ResultWidth   = 48;   // bits of a result; 32-bit formats use the lower 32

  typedef logic [FiberIdWidth-1:0]  fiber_id_t;   // ordinal among the non-empty fibers
  typedef logic [LineAddrWidth-1:0] line_addr_t;  // line within the operand's own region
  // Lines of an operand that are written in a cycle: two where a beat can bring two lines and the memory accepts two.
  function automatic int unsigned line_writes(int unsigned feed_width, int unsigned lanes, int unsigned memory,
                                              int unsigned banks);
    return (feed_width > 2 * StreamWidth && lanes < 8 && (memory == MemoryIdeal || banks > 1)) ? 2 : 1;
  endfunction

  typedef logic [NodeIdWidth-1:0]   node_id_t;    // ordinal among all upper-level nodes
  typedef logic [EntryIdWidth-1:0]  entry_id_t;   // ordinal among the entries of an operand
  typedef logic [LineAddrWidth:0]   line_sum_t;   // lines of both operands

  // Which line of the tensor memory.
  typedef struct packed {
    logic       operand;  // A 0, B 1
    line_addr_t addr;     // in the operand's own region
  } line_id_t;

  // A line on its way from the loader to the tensor memory, without its entries.
  typedef struct packed {
    logic     valid;
    logic     filled;  // the buffer that is written
    line_id_t id;
    logic     pair;    // the line before it comes with it, of the same fiber
    logic     last;    // of a fiber
    logic     begins;  // it, or the line before it, is the operand's first one
  } line_written_t;

  // ----------------------------------------------------------------------- operands
  // The description of an operand.
  typedef struct packed {
    logic        loaded;   // it is complete; if not, the other members are undefined
    logic        buffer;   // the buffer that holds it
    logic [3:0]  order;    // its modes
    logic [31:0] extent;   // of the contracted mode
    entry_id_t   entries;  // non-zeros
    fiber_id_t   fibers;   // those that are not empty
    line_addr_t  lines;    // that it occupies
  } desc_t;

  // The response of a fiber table, one cycle after the address.
  typedef struct packed {
    logic       wrong;  // a bit has flipped, or the fiber does not exist
    line_addr_t first;  // the fiber's first line; of the entry after the last fiber: the number of lines
  } table_rsp_t;

  localparam int unsigned MaxSiblings = 8;  // nodes of one parent that are written in a cycle, most

  // The same for beats of this width.
  function automatic int unsigned sibling_words(int unsigned width);
    return (width / 32 < MaxSiblings) ? width / 32 : MaxSiblings;
  endfunction

  // Writes of the loader to the store of an operand: a node of the upper levels, with siblings of the node; an
  // entry of the fiber table.
  typedef struct packed {
    logic                           valid;
    node_id_t                       id;      // of the first node
    node_id_t                       parent;
    logic [$clog2(MaxSiblings)-1:0] more;    // siblings that follow it
    logic [MaxSiblings-1:0][31:0]   coords;
  } node_write_t;

  typedef struct packed {
    logic       valid;
    fiber_id_t  id;     // the number of fibers: the entry after the last one
    line_addr_t first;  // the fiber's first line
    node_id_t   leaf;   // its node
  } fiber_write_t;

  typedef struct packed {
    logic         operand;   // the store that is meant: A 0, B 1
    logic         begins;    // pulse: this operand is being replaced
    node_write_t  node;
    fiber_write_t fiber;
    logic         complete;  // pulse: the operand is complete
    desc_t        desc;      // and this is its description
  } store_write_t;

  // From a fiber to its coordinates: the unloader requests the leaf of a fiber, and a node. Responses come one
  // cycle later.
  typedef struct packed {
    fiber_id_t fiber;
    node_id_t  node;
  } walk_req_t;

  typedef struct packed {
    logic        leaf_wrong;  // by its parity, or there is no such fiber
    node_id_t    leaf;
    logic        node_wrong;
    logic [31:0] coord;
    node_id_t    parent;
  } walk_rsp_t;

  // What becomes of the exact sum of a dot product before it is a result.
  localparam int unsigned ShiftWidth = 6;

  typedef struct packed {
    logic                  relu;    // a negative sum counts as zero
    logic                  narrow;  // the result has the format of the operands; not with fp32
    logic [ShiftWidth-1:0] shift;   // bits that an integer loses first; 0 unless narrow
  } finish_t;

  // Settings of a contraction; steady from its start to its last result.
  typedef struct packed {
    logic      dense;           // keep results that are zero
    finish_t   finish;
    fiber_id_t run_length;      // fibers of B per job, most; 0: all
    entry_id_t portion_length;  // entries of A per portion, most (resident); 0: no dot product is split
    line_sum_t long_lines;      // lines of a job that goes first, least; 0: jobs go in order
  } settings_t;

  // --------------------------------------------------------------------------- jobs
  // A fiber of A with a run of neighbouring fibers of B: b_count dot products. The fibers of a
  // run are contiguous in memory, so b_first and b_lines bound all of them.
  typedef struct packed {
    fiber_id_t  a_id;     // which fiber of A
    line_addr_t a_first;  // its first line
    line_addr_t a_lines;  // its lines, 1 or more
    fiber_id_t  b_id;     // first fiber of the run of B
    fiber_id_t  b_count;  // fibers in the run, 1 or more
    line_addr_t b_first;  // first line of the run
    line_addr_t b_lines;  // lines of the whole run, b_count or more
  } job_t;

  // Request of a fiber loader: lines from the first one on, repeated.
  typedef struct packed {
    line_addr_t first;
    line_addr_t lines;    // 1 or more
    fiber_id_t  repeats;  // 1 or more
  } fetch_t;

  // A fiber of each operand: a dot product.
  typedef struct packed {
    fiber_id_t a_id;
    fiber_id_t b_id;
  } fibers_t;

  // A portion of a dot product: some lines of the fiber of A, with all of the fiber of B. Its sum goes to a slot of
  // the combiner.
  localparam int unsigned MaxPortions = 64;  // slots, most
  localparam int unsigned SlotWidth   = $clog2(MaxPortions);

  typedef logic [SlotWidth-1:0] slot_t;

  // How many portions a split dot product has, one cycle long.
  typedef struct packed {
    logic      valid;
    slot_t     slot;
    entry_id_t count;
  } close_t;

  // Number of the dot product, or of the part of one: it accompanies the operands through a MAC.
  typedef struct packed {
    logic      partial;  // a portion: its sum goes to a slot, unrounded
    slot_t     slot;     // the slot; undefined without partial
    fiber_id_t a_id;
    fiber_id_t b_id;
  } dot_name_t;

  // ------------------------------------------------------------------------ results
  // IEEE 754 status of one result (integer formats: all zero).
  typedef struct packed {
    logic invalid;
    logic overflow;
    logic underflow;
    logic inexact;
  } flags_t;

  // Fibers of A that an engine holds at a time, most.
  localparam int unsigned MaxSlots = 4;

  typedef struct packed {
    logic [$clog2(MaxSlots)-1:0] slot;  // of its engine, that holds the fiber of A (resident)
    fiber_id_t                   a_id;
    fiber_id_t                   b_id;
    logic [ResultWidth-1:0]      value;  // integers sign-extended; fp32 in the lower 32 bits, bf16 in the lower 16
  } result_t;

  // Results that leave the core in one cycle.
  localparam int unsigned MaxBatch = 8;

  typedef logic [3:0] batch_count_t;

  // Results that can be taken from the core in a cycle: as a batch, or one per lane of rows.
  localparam int unsigned MaxTaken = 16;

  typedef logic [4:0] taken_t;

  // Beats of rows that can leave the core in a cycle. All open rows end at once: with one way the bus would set the
  // pace while nothing is computed. make bench ONLY="as rows" measures it.
  function automatic int unsigned row_ways(int unsigned row_lanes);
    return (row_lanes < 2) ? 1 : (row_lanes < 4) ? 2 : 4;
  endfunction

  // How results lie in memory.
  typedef enum logic [1:0] {
    LayoutRecords = 2'd0,  // of fixed size, in no order
    LayoutRows    = 2'd1,  // values and columns of each row, ascending
    LayoutDense   = 2'd2   // the values of each row, zeros included
  } layout_e;

  // How the rows of a result lie in memory. A row is a node of the last upper level of A, a column an index over the
  // free modes of B. Steady from the start of a contraction to its trailer.
  typedef struct packed {
    logic                 valid;      // results go to rows, not to records
    logic                 dense;      // each row has all columns
    logic                 narrow;     // values have the format of the operands
    logic                 short_crd;  // 2 bytes per column, not 4
    logic [31:0]          pitch;      // elements from a row to the next one: a multiple of 64, not 0
    logic [NodeIdWidth:0] rows;
    node_id_t             first;      // node of A that is row 0
    logic [32:0]          columns;
  } layout_t;

  // The rows of such a result that were written.
  typedef struct packed {
    logic        full;      // a row has more results than the pitch
    logic [31:0] complete;  // rows that are complete, from the first one on
    logic [63:0] elements;  // that do not lie beyond the pitch
  } rows_report_t;

  // Arrays of such a result.
  typedef enum logic [1:0] {
    RowValues,
    RowColumns,
    RowBounds
  } row_array_e;

  typedef logic [FiberIdWidth+3:0] dots_t;  // dot products given out in one cycle

  // Work that a compute machine gives to its engines in a cycle.
  typedef struct packed {
    logic  job;      // a fiber of A with a run of B (streaming), or a set of fibers of A with all of B (resident)
    dots_t dots;     // its dot products
    logic  portion;  // a portion (resident)
    logic  visit;    // a job was looked at: given out, or passed over for later
  } dispatch_t;

  // Dot products without a match that end in an engine in a cycle: up to MaxSlots.
  typedef logic [2:0] empties_t;

  // Events of an SDPE in a cycle: flags of a result, a number, and one bit per event.
  typedef struct packed {
    empties_t empties;   // dot products that ended without the MAC: no coordinate matched (resident)
    flags_t flags;       // of the dot product that left the MAC, 0 if none did
    logic result_parity; // a result that left its store in the previous cycle has a flipped bit
    logic table_parity;  // a word of a resident fiber that was used in the previous cycle has a flipped bit
    logic busy;          // a job is inside
    logic step;          // one comparison of two coordinates (merge) or of a line with an engine's fibers (resident)
    logic match;         // one product entered the MAC
    logic stall_a;       // the intersection waits for a line of A
    logic stall_b;       // the intersection waits for a line of B (A is present)
    logic stall_mac;     // both lines are present, the MAC side does not accept the match
    logic stall_result;  // a result waits for room in the result store
    logic dot_done;      // one dot product left the MAC
    logic result;        // one result entered the result store
    logic zero_empty;    // dropped: no coordinate matched
    logic zero_cancel;   // dropped: the sum is exactly zero though products came in
    logic zero_underflow;  // dropped: the sum is not zero but rounds to zero
    logic range_error;   // an integer result does not fit its format; it is not stored
  } sdpe_events_t;
  // The events of one bit, the lowest.
  localparam int unsigned NumSdpeEvents = $bits(sdpe_events_t) - $bits(flags_t) - $bits(empties_t);

endpackage : flaash_pkg
