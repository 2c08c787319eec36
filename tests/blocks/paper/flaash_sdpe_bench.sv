// SPDX-License-Identifier: Apache-2.0
// For the bench of flaash_sdpe: the engine with a tensor memory that pauses on demand, and counters of its
// events. Because of the counters Python need not run in each cycle.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_sdpe_bench
  import flaash_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned Lanes       = 4,
  parameter int unsigned CoordWidth  = 16,
  parameter int unsigned LoaderDepth = 8,
  parameter int unsigned ResultDepth = 4,
  parameter int unsigned Latency     = 2,
  parameter int unsigned Lines       = 1024,
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,

  input  logic                             dense_i,
  input  logic [1:0]                       pause_i,  // the memory's port for A, for B takes no read

  input  logic                             wr_valid_i,
  input  logic                             wr_operand_i,
  input  line_addr_t                       wr_addr_i,
  input  logic [LineWidth-1:0]             wr_data_i,

  input  logic                             job_valid_i,
  output logic                             job_ready_o,
  input  job_t                             job_data_i,

  output logic                             result_valid_o,
  input  logic                             result_ready_i,
  output result_t                          result_data_o,

  output sdpe_events_t                     events_o,
  output flags_t                           flags_o,   // of all results since the last reset
  output logic                             idle_o,
  output logic [NumSdpeEvents-1:0][31:0]   count_o,   // cycles with each event
  output logic [31:0]                      span_o,    // cycles from the first step to the last one
  output logic [1:0]                       reads_o,   // requested lines in this cycle
  output logic [1:0]                       taken_o,   // the intersection accepts a line of A, of B
  output logic [1:0]                       waits_o    // a line of A, of B waits for the intersection
);

  logic [1:0]                req_valid, mem_valid, mem_ready, rsp_valid;
  line_addr_t [1:0]          req_addr;
  logic [1:0][LineWidth-1:0] rsp_data;
  logic [1:0]                unused_conflicts;
  logic [1:0]                wr_valid;
  line_id_t [1:0]            wr_id;
  flaash_reg_pkg::fault_t    unused_fault;

  assign mem_valid = req_valid & ~pause_i;
  assign wr_valid  = {wr_valid_i && wr_operand_i, wr_valid_i && !wr_operand_i};
  assign wr_id     = {1'b1, wr_addr_i, 1'b0, wr_addr_i};

  flaash_tensor_memory_ideal #(
    .NumPorts (2),
    .LineWidth(LineWidth),
    .Lines    (Lines),
    .Latency  (Latency)
  ) u_memory (
    .clk_i, .rst_ni,
    .write_i({wr_valid[1], 1'b0, wr_id[1], wr_data_i, wr_valid[0], 1'b0, wr_id[0], wr_data_i}),
    .req_valid_i(mem_valid), .req_ready_o(mem_ready), .req_i({1'b1, req_addr[1], 1'b0, req_addr[0]}),
    .rsp_valid_o(rsp_valid), .rsp_data_o(rsp_data),
    .reads_o, .conflicts_o(unused_conflicts), .fault_o(unused_fault)
  );

  flaash_sdpe #(
    .Format     (Format),
    .Lanes      (Lanes),
    .CoordWidth (CoordWidth),
    .LoaderDepth(LoaderDepth),
    .ResultDepth(ResultDepth)
  ) u_sdpe (
    .clk_i, .rst_ni,
    .dense_i, .finish_i('0),
    .job_valid_i, .job_ready_o, .job_i(job_data_i),
    .req_valid_o(req_valid), .req_ready_i(mem_ready & ~pause_i), .req_addr_o(req_addr),
    .rsp_valid_i(rsp_valid), .rsp_data_i(rsp_data),
    .result_valid_o, .result_ready_i, .result_o(result_data_o),
    .events_o, .idle_o
  );

  assign waits_o = u_sdpe.valid;
  assign taken_o = waits_o & u_sdpe.ready;

  // ---------------------------------------------------------------------- counters
  logic [NumSdpeEvents-1:0] events;
  logic                     step;
  logic [31:0]              since_q;  // cycles since the first step, that one included
  logic                     begun_q;

  assign events = NumSdpeEvents'(events_o);
  assign step   = events_o.step;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      flags_o <= '0;
      count_o <= '0;
      since_q <= 32'd0;
      span_o  <= 32'd0;
      begun_q <= 1'b0;
    end else begin
      flags_o <= flags_o | events_o.flags;
      for (int unsigned i = 0; i < NumSdpeEvents; i++) begin
        if (events[i]) count_o[i] <= count_o[i] + 1'b1;
      end
      if (begun_q || step) since_q <= since_q + 1'b1;
      if (step) begin
        begun_q <= 1'b1;
        span_o  <= since_q + 1'b1;
      end
    end
  end

endmodule : flaash_sdpe_bench
