// SPDX-License-Identifier: Apache-2.0
// SDPE array: the tensor memory with all engines around it.
//
// Guarantees  Engine s reads through memory ports 2s (A) and 2s+1 (B), takes its jobs at
//             job_valid_i[s] and delivers its results at result_*[s]; it sees no other engine. The
//             words of portions of all engines leave at part_*, one per cycle.
// Demands     Lines are written while no engine has a job that reads them.
// Latency, throughput, stalls  Those of flaash_sdpe and of the memory chosen by Memory.
// Reset       Empties the engines; the memory keeps its lines, which nobody may rely on.

`include "flaash_line.svh"
`include "flaash_dot_types.svh"
`include "flaash_assert.svh"

module flaash_sdpe_array
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,    // Format*
  parameter int unsigned NumSdpe     = 8,             // 1 to 64
  parameter int unsigned Lanes       = 4,             // 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,            // 1 to 32
  parameter int unsigned Engine      = EngineCompare, // Engine*
  parameter int unsigned Memory      = MemoryBanked,  // Memory*
  parameter int unsigned MemLatency  = 2,             // cycles, 1 or more
  parameter int unsigned MemBanks    = 16,            // a power of two
  parameter int unsigned MemLines    = 8192,          // lines per operand
  parameter int unsigned Parity      = 1,             // a parity bit per line, 0 or 1
  parameter int unsigned ResultDepth = 512,           // a power of two
  parameter bit          Portions    = 1'b0,          // jobs can be portions
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned NumPorts   = 2 * NumSdpe,
  localparam int unsigned SumWidth   = $clog2(NumPorts + 1),
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  input  logic                       dense_i,
  input  logic                       split_i,  // jobs may be portions

  // lines from the operand loader
  input  logic                       wr_valid_i,
  input  logic                       wr_operand_i,
  input  line_addr_t                 wr_addr_i,
  input  logic [LineWidth-1:0]       wr_data_i,

  // jobs, one payload for all engines
  input  logic [NumSdpe-1:0]         job_valid_i,
  output logic [NumSdpe-1:0]         job_ready_o,
  input  job_t                       job_i,

  // results, per engine
  output logic [NumSdpe-1:0]         result_valid_o,
  input  logic [NumSdpe-1:0]         result_ready_i,
  output result_t [NumSdpe-1:0]      result_o,

  // words of portions, of all engines
  output logic                       part_valid_o,
  input  logic                       part_ready_i,
  output part_t                      part_o,

  // what happened in this cycle
  output sdpe_events_t [NumSdpe-1:0] events_o,
  output flags_t [NumSdpe-1:0]       flags_o,
  output logic [NumSdpe-1:0]         idle_o,
  output logic [SumWidth-1:0]        reads_o,
  output logic [SumWidth-1:0]        conflicts_o,

  // a line whose parity is wrong was delivered in the cycle before
  output logic                       parity_error_o,
  output logic                       parity_operand_o,
  output line_addr_t                 parity_addr_o
);

  if (NumSdpe < 1 || NumSdpe > 64) begin : gen_illegal_num_sdpe
    `FLAASH_ILLEGAL("NumSdpe must be 1 to 64")
  end

  // Lines that a loader holds or has asked for: the round trip of the memory, the grant it may
  // have to wait for, and one line in each register on the way.
  localparam int unsigned LoaderDepth = 2 ** $clog2(MemLatency + 4);

  // ------------------------------------------------------------------ tensor memory
  logic [NumPorts-1:0]                req_valid, req_ready, req_operand, rsp_valid;
  line_addr_t [NumPorts-1:0]          req_addr;
  logic [NumPorts-1:0][LineWidth-1:0] rsp_data;

  if (Memory == MemoryIdeal) begin : gen_ideal
    flaash_tensor_memory_ideal #(
      .NumPorts (NumPorts),
      .LineWidth(LineWidth),
      .Lines    (MemLines),
      .Latency  (MemLatency),
      .Banks    (MemBanks),
      .Parity   (Parity)
    ) u_memory (
      .clk_i, .rst_ni,
      .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
      .req_valid_i(req_valid), .req_ready_o(req_ready),
      .req_operand_i(req_operand), .req_addr_i(req_addr),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o, .conflicts_o,
      .parity_error_o, .parity_operand_o, .parity_addr_o
    );
  end else if (Memory == MemoryBanked) begin : gen_banked
    flaash_tensor_memory_banked #(
      .NumPorts (NumPorts),
      .LineWidth(LineWidth),
      .Lines    (MemLines),
      .Latency  (MemLatency),
      .Banks    (MemBanks),
      .Parity   (Parity)
    ) u_memory (
      .clk_i, .rst_ni,
      .wr_valid_i, .wr_operand_i, .wr_addr_i, .wr_data_i,
      .req_valid_i(req_valid), .req_ready_o(req_ready),
      .req_operand_i(req_operand), .req_addr_i(req_addr),
      .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
      .reads_o, .conflicts_o,
      .parity_error_o, .parity_operand_o, .parity_addr_o
    );
  end else begin : gen_illegal_memory
    `FLAASH_ILLEGAL("Memory must be one of flaash_pkg::Memory*")
  end

  // ------------------------------------------------------------------------ engines
  logic [NumSdpe-1:0]  part_valid, part_ready;
  part_t [NumSdpe-1:0] part;

  for (genvar s = 0; s < int'(NumSdpe); s++) begin : gen_sdpe
    assign req_operand[2*s +: 2] = 2'b10;

    flaash_sdpe #(
      .Format     (Format),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .Engine     (Engine),
      .LoaderDepth(LoaderDepth),
      .ResultDepth(ResultDepth),
      .Portions   (Portions),
      .Parity     (Parity)
    ) u_sdpe (
      .clk_i, .rst_ni,
      .dense_i, .split_i,
      .job_valid_i(job_valid_i[s]), .job_ready_o(job_ready_o[s]), .job_i(job_i),
      .a_req_valid_o(req_valid[2*s]), .a_req_ready_i(req_ready[2*s]), .a_req_addr_o(req_addr[2*s]),
      .a_rsp_valid_i(rsp_valid[2*s]), .a_rsp_data_i(rsp_data[2*s]),
      .b_req_valid_o(req_valid[2*s+1]), .b_req_ready_i(req_ready[2*s+1]), .b_req_addr_o(req_addr[2*s+1]),
      .b_rsp_valid_i(rsp_valid[2*s+1]), .b_rsp_data_i(rsp_data[2*s+1]),
      .result_valid_o(result_valid_o[s]), .result_ready_i(result_ready_i[s]), .result_o(result_o[s]),
      .part_valid_o(part_valid[s]), .part_ready_i(part_ready[s]), .part_o(part[s]),
      .flags_o(flags_o[s]), .events_o(events_o[s]), .idle_o(idle_o[s])
    );
  end

  // ----------------------------------------------------------------------- portions
  if (Portions) begin : gen_parts
    flaash_stream_tree #(
      .Width ($bits(part_t)),
      .Inputs(NumSdpe)
    ) u_parts (
      .clk_i, .rst_ni,
      .in_valid_i(part_valid), .in_ready_o(part_ready), .in_data_i(part),
      .out_valid_o(part_valid_o), .out_ready_i(part_ready_i), .out_data_o(part_o)
    );
  end else begin : gen_no_parts
    logic unused_parts;

    assign part_ready   = '0;
    assign part_valid_o = 1'b0;
    assign part_o       = '0;
    assign unused_parts = ^{part_valid, part, part_ready_i};
  end

  // --------------------------------------------------------------------- properties
`ifndef SYNTHESIS
  flaash_region_checker #(
    .NumPorts(NumPorts)
  ) u_region_checker (
    .clk_i, .rst_ni,
    .wr_valid_i, .wr_operand_i, .wr_addr_i,
    .req_valid_i(req_valid), .req_operand_i(req_operand), .req_addr_i(req_addr)
  );
`endif
  `FLAASH_ASSERT(OneJobOneEngine_A, $onehot0(job_valid_i), "a job offered to two engines")

endmodule : flaash_sdpe_array
