// SPDX-License-Identifier: Apache-2.0
// Fiber pair: the loaders of an SDPE, one for the fiber of A and one for the run of B.
//
// Guarantees  For each job, element 0 has the lines of the fiber of A, b_count times over. Element 1 has the lines of
//             the run of B, once. For a portion (Portions only), element 0 has only the lanes that belong to it. Its
//             last line, which may be without entries, is marked as the end of a fiber.
// Demands     As flaash_fiber_loader. A job is offered only while job_ready_o.
// Latency, throughput, stalls  As flaash_fiber_loader, for each operand on its own.
// Reset       Drops all jobs and lines. The memory must drop outstanding reads, too.
//
//   job_* -+-> u_loader_a --> req_*[0], rsp_*[0] --> u_trim --> u_loader_a --> line_*[0]
//          +-> u_loader_b --> req_*[1], rsp_*[1] -------------> u_loader_b --> line_*[1]

`include "flaash_line.svh"

module flaash_fiber_pair
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,    // bits of a value, 1 or more
  parameter int unsigned Depth      = 8,     // lines of prefetch, a power of two, 2 or more
  parameter bit          Portions   = 1'b0,  // jobs can be portions
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  // jobs
  input  logic                      job_valid_i,
  output logic                      job_ready_o,
  input  job_t                      job_i,
  // tensor memory, a port per operand
  output logic [1:0]                req_valid_o,
  input  logic [1:0]                req_ready_i,
  output line_addr_t [1:0]          req_addr_o,
  input  logic [1:0]                rsp_valid_i,
  input  logic [1:0][LineWidth-1:0] rsp_data_i,
  // lines
  output logic [1:0]                line_valid_o,
  input  logic [1:0]                line_ready_i,
  output logic [1:0][LineWidth-1:0] line_o
);

  // ---------------------------------------------------------------------- loaders
  fetch_t                a_load, b_load;
  pass_t                a_pass, unused_b_pass;
  logic                 a_ready, b_ready, a_valid;
  logic [LineWidth-1:0] a_line;

  assign job_ready_o = a_ready && b_ready;
  assign a_load      = {job_i.a_first, job_i.a_lines, job_i.b_count, job_i.portion};
  assign b_load      = {job_i.b_first, job_i.b_lines, fiber_id_t'(1), PortionWidth'(0)};

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (Depth)
  ) u_loader_a (
    .clk_i, .rst_ni,
    .job_valid_i, .job_ready_o(a_ready), .job_i(a_load),
    .req_valid_o(req_valid_o[0]), .req_ready_i(req_ready_i[0]), .req_addr_o(req_addr_o[0]), .req_pass_o(a_pass),
    .rsp_valid_i(a_valid), .rsp_data_i(a_line),
    .line_valid_o(line_valid_o[0]), .line_ready_i(line_ready_i[0]), .line_o(line_o[0])
  );

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (Depth)
  ) u_loader_b (
    .clk_i, .rst_ni,
    .job_valid_i, .job_ready_o(b_ready), .job_i(b_load),
    .req_valid_o(req_valid_o[1]), .req_ready_i(req_ready_i[1]), .req_addr_o(req_addr_o[1]),
    .req_pass_o(unused_b_pass),
    .rsp_valid_i(rsp_valid_i[1]), .rsp_data_i(rsp_data_i[1]),
    .line_valid_o(line_valid_o[1]), .line_ready_i(line_ready_i[1]), .line_o(line_o[1])
  );

  // --------------------------------------------------------------------- portions
  if (Portions) begin : gen_trim
    flaash_portion_trim #(
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth),
      .Depth     (Depth)
    ) u_trim (
      .clk_i, .rst_ni,
      .req_i(req_valid_o[0] && req_ready_i[0]), .req_pass_i(a_pass),
      .rsp_valid_i(rsp_valid_i[0]), .rsp_data_i(rsp_data_i[0]),
      .line_valid_o(a_valid), .line_o(a_line)
    );
  end else begin : gen_whole
    logic unused_pass;

    assign a_valid = rsp_valid_i[0];
    assign a_line       = rsp_data_i[0];
    assign unused_pass   = ^a_pass;
  end

  // The identifiers of fibers are for the names of results.
  logic unused_job;
  assign unused_job = ^{job_i.a_id, job_i.b_id};

endmodule : flaash_fiber_pair
