// SPDX-License-Identifier: Apache-2.0
// The resident machine with what surrounds it in the core: fiber tables, progress, counters.

`include "flaash_line.svh"

module flaash_resident_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned NumSdpe     = 8,
  parameter int unsigned GroupSize   = 4,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned Memory      = MemoryBanked,
  parameter int unsigned MemLatency  = 2,
  parameter int unsigned MemBanks    = 16,
  parameter int unsigned MemLines    = 1024,
  parameter int unsigned ResultDepth = 16,
  parameter int unsigned Slots       = 4,             // of a resident engine
  parameter int unsigned SlotEntries = 512,
  parameter int unsigned Portions    = 0,
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = read_ports(EngineResident, NumSdpe, GroupSize),
  localparam int unsigned NumSources = NumSdpe + ((Portions > 0) ? 1 : 0),
  localparam int unsigned SumWidth   = $clog2((MaxSlots + 1) * NumSources + 1)
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
  input  entry_id_t                                   portion_i,   // most entries of a portion
  input  logic [1:0]                                  wrong_i,     // the tables' responses to this cycle's requests
  output fault_t                                      fault_o,
  input  desc_t [1:0]                                 desc_i,
  output logic                                        busy_o,      // until the last result is stored
  output logic                                        done_o,

  output logic [NumSources-1:0]                       result_valid_o,
  input  logic [NumSources-1:0]                       result_ready_i,
  output result_t [NumSources-1:0]                    result_o,
  output logic [NumSources-1:0]                       idle_o,

  // sums since the last start
  output logic [31:0]                                 cycles_o,    // from the start to done
  output logic [63:0]                                 handed_o,    // dot products
  output logic [31:0]                                 sets_o,      // pulses of handed
  output logic [31:0]                                 portions_o,
  output logic [31:0]                                 reads_o,
  output logic [31:0]                                 conflicts_o,
  output logic [31:0]                                 early_o,     // cycles of all idle with dot products to come
  output flags_t                                      flags_o,
  output logic [NumSdpeEvents-1:0][31:0]              events_o,    // all sources
  output logic [NumSdpe-1:0][31:0]                    steps_o      // per engine
);

  // ------------------------------------------------------------------ fiber tables
  localparam int unsigned Fibers     = MemLines + 1;
  localparam int unsigned FiberWidth = $clog2(Fibers);

  line_addr_t       a_table[Fibers], b_table[Fibers];
  fiber_id_t [1:0]  table_addr;
  table_rsp_t [1:0] table_rsp;

  always_ff @(posedge clk_i) begin
    if (fiber_valid_i && !fiber_operand_i) a_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    if (fiber_valid_i && fiber_operand_i)  b_table[FiberWidth'(fiber_id_i)] <= fiber_first_i;
    table_rsp[0] <= {wrong_i[0], a_table[FiberWidth'(table_addr[0])]};
    table_rsp[1] <= {wrong_i[1], b_table[FiberWidth'(table_addr[1])]};
  end

  // ----------------------------------------------------------------- tensor memory
  logic [NumPorts-1:0]                req_valid, req_ready, rsp_valid;
  line_id_t [NumPorts-1:0]            req;
  logic [NumPorts-1:0][LineWidth-1:0] rsp_data;
  logic [1:0]                         wr_valid;
  line_id_t [1:0]                     wr_id;
  logic [$clog2(NumPorts+1)-1:0]      reads, conflicts;
  fault_t                             unused_memory_fault;

  // One line of either operand per cycle.
  assign wr_valid = {wr_valid_i && wr_operand_i, wr_valid_i && !wr_operand_i};
  assign wr_id    = {1'b1, wr_addr_i, 1'b0, wr_addr_i};

  if (Memory == MemoryIdeal) begin : gen_ideal
    flaash_tensor_memory_ideal #(
      .NumPorts(NumPorts), .LineWidth(LineWidth), .Lines(MemLines), .Latency(MemLatency), .Banks(MemBanks)
    ) u_memory (
      .clk_i, .rst_ni,
      .write_i({wr_valid[1], 1'b0, wr_id[1], wr_data_i, wr_valid[0], 1'b0, wr_id[0], wr_data_i}),
      .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o(reads), .conflicts_o(conflicts), .fault_o(unused_memory_fault)
    );
  end else begin : gen_banked
    flaash_tensor_memory_banked #(
      .NumPorts(NumPorts), .LineWidth(LineWidth), .Lines(MemLines), .Latency(MemLatency), .Banks(MemBanks),
      .LastFirst(1'b1)  // as in the core
    ) u_memory (
      .clk_i, .rst_ni,
      .write_i({wr_valid[1], 1'b0, wr_id[1], wr_data_i, wr_valid[0], 1'b0, wr_id[0], wr_data_i}),
      .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o(reads), .conflicts_o(conflicts), .fault_o(unused_memory_fault)
    );
  end

  flaash_region_checker #(
    .NumPorts(NumPorts)
  ) u_region_checker (
    .clk_i, .rst_ni,
    .wr_valid_i(wr_valid), .wr_last_i(wr_id), .fill_i(2'b00), .use_i(2'b00), .owned_i(1'b0),
    .req_valid_i(req_valid), .req_i(req)
  );

  // ------------------------------------------------------------------- the machine
  logic                       planning, unused_next, unused_spread;
  dispatch_t                  dispatch;
  settings_t                  settings;
  sdpe_events_t [NumSources-1:0] events;

  always_comb begin
    settings       = '0;
    settings.dense = dense_i;
    settings.portion_length = portion_i;
  end

  flaash_compute_resident #(
    .Format     (Format),
    .NumSdpe    (NumSdpe),
    .GroupSize  (GroupSize),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .MemLatency (MemLatency),
    .MemLines   (MemLines),
    .ResultDepth(ResultDepth),
    .Slots      (Slots),
    .SlotEntries(SlotEntries),
    .Portions   (Portions)
  ) u_compute (
    .clk_i, .rst_ni,
    .start_i, .settings_i(settings), .one_column_i(1'b0), .spread_o(unused_spread), .desc_i,
    .written_i({wr_valid[1], 1'b0, 1'b1, wr_addr_i, 1'b0, wr_data_i[LineWidth-1], wr_addr_i == '0,
                wr_valid[0], 1'b0, 1'b0, wr_addr_i, 1'b0, wr_data_i[LineWidth-1], wr_addr_i == '0}),
    .busy_o(planning), .dispatch_o(dispatch),
    .table_addr_o(table_addr), .table_next_o(unused_next), .table_i(table_rsp),
    .req_valid_o(req_valid), .req_ready_i(req_ready), .req_o(req),
    .rsp_valid_i(rsp_valid), .rsp_data_i(rsp_data),
    .result_valid_o, .result_ready_i, .result_o,
    .events_o(events), .idle_o, .fault_o
  );

  // ---------------------------------------------------------------------------- done
  localparam int unsigned DotDone = 5;  // bits of sdpe_events_t
  localparam int unsigned Step    = 11;
  localparam int unsigned Empty   = 3;

  logic                                   unused_all_stored;
  logic [NumSources-1:0][NumSdpeEvents-1:0] event_bits;
  logic [NumSdpeEvents-1:0][NumSources-1:0] by_event;
  logic [NumSdpeEvents-1:0][SumWidth-1:0] sums;

  logic [SumWidth-1:0]                    empties;  // dot products done without the MAC
  sdpe_events_t                           events_of;

  always_comb begin
    empties   = '0;
    events_of = '0;
    for (int unsigned s = 0; s < NumSources; s++) begin
      events_of = events[s];
      empties   = empties + SumWidth'(events_of.empties);
    end
  end

  for (genvar s = 0; s < int'(NumSources); s++) begin : gen_bits
    assign event_bits[s] = NumSdpeEvents'(events[s]);
  end

  for (genvar e = 0; e < int'(NumSdpeEvents); e++) begin : gen_sum
    for (genvar s = 0; s < int'(NumSources); s++) begin : gen_engine
      assign by_event[e][s] = event_bits[s][e];
    end
    assign sums[e] = SumWidth'($countones(by_event[e])) + ((e == DotDone || e == Empty) ? empties : '0);
  end

  flaash_progress #(
    .SumWidth(SumWidth)
  ) u_progress (
    .clk_i, .rst_ni,
    .start_i,
    .kill_i       (1'b0),
    .generating_i (planning),
    .dispatch_i   (dispatch),
    .dots_i       (sums[DotDone]),
    .stored_i     ('0),
    .taken_i      ('0),
    .idle_i       (&idle_o),
    .busy_o, .done_o,
    .all_stored_o (unused_all_stored)
  );

  // ------------------------------------------------------------------------ counters
  flags_t       all_flags;
  sdpe_events_t events_s;

  always_comb begin
    all_flags = '0;
    events_s  = '0;
    for (int unsigned s = 0; s < NumSources; s++) begin
      events_s  = events[s];
      all_flags = all_flags | events_s.flags;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni || start_i) begin
      cycles_o    <= '0;
      handed_o    <= '0;
      sets_o      <= '0;
      portions_o  <= '0;
      reads_o     <= '0;
      conflicts_o <= '0;
      early_o     <= '0;
      flags_o     <= '0;
      events_o    <= '0;
      steps_o     <= '0;
    end else begin
      cycles_o    <= cycles_o + 32'(busy_o);
      handed_o    <= handed_o + (dispatch.job ? 64'(dispatch.dots) : '0);
      sets_o      <= sets_o + 32'(dispatch.job);
      portions_o  <= portions_o + 32'(dispatch.portion);
      reads_o     <= reads_o + 32'(reads);
      conflicts_o <= conflicts_o + 32'(conflicts);
      early_o     <= early_o + 32'(&idle_o && !planning && handed_o != 64'(events_o[DotDone]));
      flags_o     <= flags_o | all_flags;
      for (int unsigned e = 0; e < NumSdpeEvents; e++) events_o[e] <= events_o[e] + 32'(sums[e]);
      for (int unsigned s = 0; s < NumSdpe; s++) steps_o[s] <= steps_o[s] + 32'(by_event[Step][s]);
    end
  end

endmodule : flaash_resident_bench
