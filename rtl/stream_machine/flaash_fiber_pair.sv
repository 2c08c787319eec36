// SPDX-License-Identifier: Apache-2.0
// Fiber pair: the loaders of an SDPE, one for the fiber of A and one for the run of B.
//
// Guarantees  For each job: at a_* the lines of the fiber of A, b_count times over, at b_* those of the run
//             of B, once. Of a portion (Portions only), a_* has only the lanes that belong to it, its
//             last line marked as the end of a fiber; that may be a line without entries.
// Demands     As flaash_fiber_loader. A job is offered only while both a_job_ready_o and b_job_ready_o.
// Latency, throughput, stalls  Those of flaash_fiber_loader, for each operand on its own.
// Reset       Forgets all jobs and lines. The memory must forget reads under way, too.
//
//   job_* -+-> u_loader_a --> a_req_*, a_rsp_* --> u_trim --> u_loader_a --> a_*
//          +-> u_loader_b --> b_req_*, b_rsp_* -------------> u_loader_b --> b_*

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
  input  logic                 clk_i,
  input  logic                 rst_ni,

  // jobs
  input  logic                 job_valid_i,
  output logic                 a_job_ready_o,
  output logic                 b_job_ready_o,
  input  job_t                 job_i,

  // tensor memory, a port per operand
  output logic                 a_req_valid_o,
  input  logic                 a_req_ready_i,
  output line_addr_t           a_req_addr_o,
  input  logic                 a_rsp_valid_i,
  input  logic [LineWidth-1:0] a_rsp_data_i,
  output logic                 b_req_valid_o,
  input  logic                 b_req_ready_i,
  output line_addr_t           b_req_addr_o,
  input  logic                 b_rsp_valid_i,
  input  logic [LineWidth-1:0] b_rsp_data_i,

  // lines
  output logic                 a_valid_o,
  input  logic                 a_ready_i,
  output logic [LineWidth-1:0] a_line_o,
  output logic                 b_valid_o,
  input  logic                 b_ready_i,
  output logic [LineWidth-1:0] b_line_o
);

  // ---------------------------------------------------------------------- loaders
  logic                 a_begins, a_ends, trimmed_valid;
  portion_t             a_portion;
  logic [LineWidth-1:0] trimmed;
  logic                 unused_b_begins, unused_b_ends, unused_b_about;

  flaash_fiber_loader #(
    .LineWidth (LineWidth),
    .Depth     (Depth),
    .AboutWidth(PortionWidth)
  ) u_loader_a (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o  (a_job_ready_o),
    .job_first_i  (job_i.a_first),
    .job_lines_i  (job_i.a_lines),
    .job_repeats_i(job_i.b_count),
    .job_about_i  (job_i.portion),
    .req_valid_o  (a_req_valid_o),
    .req_ready_i  (a_req_ready_i),
    .req_addr_o   (a_req_addr_o),
    .req_begins_o (a_begins),
    .req_ends_o   (a_ends),
    .req_about_o  (a_portion),
    .rsp_valid_i  (trimmed_valid),
    .rsp_data_i   (trimmed),
    .line_valid_o (a_valid_o),
    .line_ready_i (a_ready_i),
    .line_data_o  (a_line_o)
  );

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (Depth)
  ) u_loader_b (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o  (b_job_ready_o),
    .job_first_i  (job_i.b_first),
    .job_lines_i  (job_i.b_lines),
    .job_repeats_i(fiber_id_t'(1)),
    .job_about_i  (1'b0),
    .req_valid_o  (b_req_valid_o),
    .req_ready_i  (b_req_ready_i),
    .req_addr_o   (b_req_addr_o),
    .req_begins_o (unused_b_begins),
    .req_ends_o   (unused_b_ends),
    .req_about_o  (unused_b_about),
    .rsp_valid_i  (b_rsp_valid_i),
    .rsp_data_i   (b_rsp_data_i),
    .line_valid_o (b_valid_o),
    .line_ready_i (b_ready_i),
    .line_data_o  (b_line_o)
  );

  // --------------------------------------------------------------------- portions
  if (Portions) begin : gen_trim
    flaash_portion_trim #(
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth),
      .Depth     (Depth)
    ) u_trim (
      .clk_i,
      .rst_ni,
      .req_i        (a_req_valid_o && a_req_ready_i),
      .req_begins_i (a_begins),
      .req_ends_i   (a_ends),
      .req_portion_i(a_portion),
      .rsp_valid_i  (a_rsp_valid_i),
      .rsp_data_i   (a_rsp_data_i),
      .line_valid_o (trimmed_valid),
      .line_data_o  (trimmed)
    );
  end else begin : gen_whole
    logic unused_portion;

    assign trimmed_valid  = a_rsp_valid_i;
    assign trimmed        = a_rsp_data_i;
    assign unused_portion = ^{a_begins, a_ends, a_portion};
  end

  // The identifiers of fibers are for the names of results.
  logic unused_job;
  assign unused_job = ^{job_i.a_id, job_i.b_id};

endmodule : flaash_fiber_pair
