// SPDX-License-Identifier: Apache-2.0
// The lookup machine with what surrounds it in the core: fiber tables, progress, counters.

`include "flaash_line.svh"

module flaash_lookup_bench
  import flaash_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned NumSdpe     = 8,
  parameter int unsigned GroupSize   = 4,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 10,
  parameter int unsigned Memory      = MemoryBanked,
  parameter int unsigned MemLatency  = 2,
  parameter int unsigned MemBanks    = 16,
  parameter int unsigned MemLines    = 1024,
  parameter int unsigned ResultDepth = 16,
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned SumWidth   = $clog2(2 * NumSdpe + 1)
) (
  input  logic                                        clk_i,
  input  logic                                        rst_ni,

  // operands: a line, and a fiber's first line
  input  logic                                        wr_valid_i,
  input  logic                                        wr_operand_i,
  input  line_addr_t                                  wr_addr_i,
  input  logic [LineWidth-1:0]                        wr_data_i,
  input  logic                                        fiber_valid_i,
  input  logic                                        fiber_operand_i,
  input  fiber_id_t                                   fiber_id_i,
  input  line_addr_t                                  fiber_first_i,

  // the contraction
  input  logic                                        start_i,
  input  logic                                        dense_i,
  input  fiber_id_t                                   a_fibers_i,
  input  fiber_id_t                                   b_fibers_i,
  output logic                                        busy_o,      // until the last result is stored
  output logic                                        done_o,

  output logic [NumSdpe-1:0]                          result_valid_o,
  input  logic [NumSdpe-1:0]                          result_ready_i,
  output result_t [NumSdpe-1:0]                       result_o,
  output logic [NumSdpe-1:0]                          idle_o,

  // sums since the last start
  output logic [31:0]                                 cycles_o,    // from the start to done
  output logic [63:0]                                 handed_o,    // dot products
  output logic [31:0]                                 sets_o,      // pulses of handed
  output logic [31:0]                                 reads_o,
  output logic [31:0]                                 conflicts_o,
  output logic [31:0]                                 early_o,     // cycles of all idle with dot products to come
  output flags_t                                      flags_o,
  output logic [NumSdpeEvents-1:0][31:0]              events_o,    // all engines
  output logic [NumSdpe-1:0][31:0]                    steps_o      // per engine
);

  // ------------------------------------------------------------------ fiber tables
  localparam int unsigned Fibers     = MemLines + 1;
  localparam int unsigned FiberWidth = $clog2(Fibers);

  line_addr_t a_table[Fibers], b_table[Fibers];
  line_addr_t a_first, b_first;
  fiber_id_t  a_addr, b_addr;

  always_ff @(posedge clk_i) begin
    if (fiber_valid_i && !fiber_operand_i) a_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    if (fiber_valid_i && fiber_operand_i)  b_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    a_first <= a_table[FiberWidth'(a_addr)];
    b_first <= b_table[FiberWidth'(b_addr)];
  end

  // ------------------------------------------------------------------- the machine
  logic                       planning, handed;
  dots_t                      handed_dots;
  sdpe_events_t [NumSdpe-1:0] events;
  flags_t [NumSdpe-1:0]       flags;
  logic [SumWidth-1:0]        reads, conflicts;
  logic                       unused_error, unused_operand, unused_rank_error;
  logic [1:0]                 unused_use;
  line_addr_t                 unused_addr, unused_block;

  flaash_compute_lookup #(
    .Format     (Format),
    .NumSdpe    (NumSdpe),
    .GroupSize  (GroupSize),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .Memory     (Memory),
    .MemLatency (MemLatency),
    .MemBanks   (MemBanks),
    .MemLines   (MemLines),
    .ResultDepth(ResultDepth)
  ) u_compute (
    .clk_i, .rst_ni,
    .start_i, .dense_i,
    .run_length_i('0),
    .a_fibers_i, .b_fibers_i,
    .extent_i(line_addr_t'(1) << CoordWidth),
    .busy_o(planning), .handed_o(handed), .handed_dots_o(handed_dots),
    .a_addr_o(a_addr), .a_first_i(a_first), .b_addr_o(b_addr), .b_first_i(b_first),
    .first_use_o(unused_use), .first_wrong_i('0),
    .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
    .result_valid_o, .result_ready_i, .result_o,
    .events_o(events), .flags_o(flags), .idle_o,
    .reads_o(reads), .conflicts_o(conflicts),
    .parity_error_o(unused_error), .parity_operand_o(unused_operand), .parity_addr_o(unused_addr),
    .rank_error_o(unused_rank_error), .rank_block_o(unused_block)
  );

  // -------------------------------------------------------------------- what is done
  localparam int unsigned DotDone = 5;  // bits of sdpe_events_t
  localparam int unsigned Step    = 11;

  logic                                   unused_all_stored;
  logic [NumSdpe-1:0][NumSdpeEvents-1:0]  event_bits;
  logic [NumSdpeEvents-1:0][NumSdpe-1:0]  by_event;
  logic [NumSdpeEvents-1:0][SumWidth-1:0] sums;

  assign event_bits = events;

  for (genvar e = 0; e < int'(NumSdpeEvents); e++) begin : gen_sum
    for (genvar s = 0; s < int'(NumSdpe); s++) begin : gen_engine
      assign by_event[e][s] = event_bits[s][e];
    end
    assign sums[e] = SumWidth'($countones(by_event[e]));
  end

  flaash_progress #(
    .SumWidth(SumWidth)
  ) u_progress (
    .clk_i, .rst_ni,
    .start_i,
    .stop_i       (1'b0),
    .generating_i (planning),
    .handed_i     (handed),
    .handed_dots_i(handed_dots),
    .dots_i       (sums[DotDone]),
    .idle_i       (&idle_o),
    .stored_i     ('0),
    .taken_i      (1'b0),
    .busy_o, .done_o,
    .all_stored_o (unused_all_stored)
  );

  // ------------------------------------------------------------------------ counters
  flags_t all_flags;

  always_comb begin
    all_flags = '0;
    for (int unsigned s = 0; s < NumSdpe; s++) all_flags = all_flags | flags[s];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni || start_i) begin
      cycles_o    <= '0;
      handed_o    <= '0;
      sets_o      <= '0;
      reads_o     <= '0;
      conflicts_o <= '0;
      early_o     <= '0;
      flags_o     <= '0;
      events_o    <= '0;
      steps_o     <= '0;
    end else begin
      cycles_o    <= cycles_o + 32'(busy_o);
      handed_o    <= handed_o + (handed ? 64'(handed_dots) : '0);
      sets_o      <= sets_o + 32'(handed);
      reads_o     <= reads_o + 32'(reads);
      conflicts_o <= conflicts_o + 32'(conflicts);
      early_o     <= early_o + 32'(&idle_o && !planning && handed_o != 64'(events_o[DotDone]));
      flags_o     <= flags_o | all_flags;
      for (int unsigned e = 0; e < NumSdpeEvents; e++) events_o[e] <= events_o[e] + 32'(sums[e]);
      for (int unsigned s = 0; s < NumSdpe; s++) steps_o[s] <= steps_o[s] + 32'(by_event[Step][s]);
    end
  end

endmodule : flaash_lookup_bench
