// SPDX-License-Identifier: Apache-2.0
// Fiber loader: fetches the lines of a job from the tensor memory ahead of their use.
//
// Guarantees  Each job delivers its lines, `repeats` times over, in order, then the next job follows. There is room for
//             the responses of all outstanding reads, so responses need no ready.
// Demands     lines and repeats 1 or more. The memory responds in the order of the requests. Job and memory keep to the
//             AXI handshake rule.
// Latency     One cycle from an accepted job to its first request, if nothing is ahead of it; one
//             cycle from a response to line_valid_o.
// Throughput  One line per cycle, across the ends of jobs and repetitions. This needs a memory that accepts each
//             request, a Depth of at least its latency + 2, and jobs in time.
// Stalls      Without room for a response no request is made; a request that waits stays.
// Ends        A job's end is not marked here; the lines carry their own `last` bits.
// Reset       Drops all jobs and lines. The memory must drop outstanding reads, too.
//
//   job_* --> [hold_q] --> [current: addr_q, left_q, passes_q] --> req_*
//   rsp_* --> u_fifo, Depth lines --> line_*, returns a credit per line

`include "flaash_assert.svh"

module flaash_fiber_loader
  import flaash_pkg::*;
#(
  parameter int unsigned LineWidth = 64,  // bits of a line, 1 or more
  parameter int unsigned Depth     = 8    // lines of prefetch, a power of two, 2 or more
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // jobs
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  fetch_t               job_i,
  // tensor memory
  output logic                 req_valid_o,
  input  logic                 req_ready_i,
  output line_addr_t           req_addr_o,
  input  logic                 rsp_valid_i,
  input  logic [LineWidth-1:0] rsp_data_i,
  // lines
  output logic                 line_valid_o,
  input  logic                 line_ready_i,
  output logic [LineWidth-1:0] line_o
);

  localparam int unsigned CreditWidth = $clog2(Depth) + 1;

  // ------------------------------------------------- one job ahead of the current
  // A job goes to the current registers if they are free, else it is held. So job_ready_o is a
  // register and still a job of a single line can follow another in every cycle.
  logic   hold_valid_q;
  fetch_t hold_q, next;
  logic   next_valid, current_free;

  assign job_ready_o = !hold_valid_q;
  assign next_valid  = hold_valid_q || job_valid_i;
  assign next        = hold_valid_q ? hold_q : job_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) hold_valid_q <= 1'b0;
    else         hold_valid_q <= next_valid && !current_free;
  end

  always_ff @(posedge clk_i) begin
    if (job_ready_o) hold_q <= job_i;
  end

  // -------------------------------------------------------------- the current job
  logic       active_q;
  line_addr_t first_q, lines_q;
  line_addr_t addr_q, left_q;  // next line, and lines left of this pass, this one included
  fiber_id_t  passes_q;        // passes left, this one included
  logic       asked;           // the request is accepted
  logic       pass_ends, job_ends;

  assign asked        = req_valid_o && req_ready_i;
  assign pass_ends    = left_q == 1;
  assign job_ends     = pass_ends && passes_q == 1;
  assign current_free = !active_q || (asked && job_ends);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)           active_q <= 1'b0;
    else if (current_free) active_q <= next_valid;
  end

  always_ff @(posedge clk_i) begin
    if (current_free) begin
      first_q  <= next.first;
      lines_q  <= next.lines;
      addr_q   <= next.first;
      left_q   <= next.lines;
      passes_q <= next.repeats;
    end else if (asked && pass_ends) begin
      addr_q   <= first_q;
      left_q   <= lines_q;
      passes_q <= passes_q - 1'b1;
    end else if (asked) begin
      addr_q   <= addr_q + 1'b1;
      left_q   <= left_q - 1'b1;
    end
  end

  // ---------------------------------------------------------------------- credits
  // Room of the FIFO that is neither filled nor reserved for an outstanding read.
  logic [CreditWidth-1:0] credits_q;
  logic                   taken;

  assign taken       = line_valid_o && line_ready_i;
  assign req_valid_o = active_q && credits_q != '0;
  assign req_addr_o  = addr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) credits_q <= CreditWidth'(Depth);
    else         credits_q <= credits_q + CreditWidth'(taken) - CreditWidth'(asked);
  end

  // ------------------------------------------------------------------------ lines
  logic                   fifo_ready;
  logic [CreditWidth-1:0] fifo_usage;

  flaash_stream_fifo #(
    .Width(LineWidth),
    .Depth(Depth)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i (rsp_valid_i),
    .in_ready_o (fifo_ready),
    .in_data_i  (rsp_data_i),
    .out_valid_o(line_valid_o),
    .out_ready_i(line_ready_i),
    .out_data_o (line_o),
    .usage_o    (fifo_usage)
  );

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, req_addr_o, LineAddrWidth)
  `FLAASH_STREAM_CHECK(rsp, rsp_valid_i, fifo_ready, rsp_data_i, LineWidth)
  `FLAASH_ASSERT(Room_A, !rsp_valid_i || fifo_ready, "a response without room for it")
  `FLAASH_ASSERT(CreditsInRange_A, 32'(credits_q) + 32'(fifo_usage) <= Depth, "more credits than room")
  `FLAASH_ASSERT(JobNotEmpty_A, !job_valid_i || (job_i.lines != '0 && job_i.repeats != '0),
                 "a job without lines or without repeats")
  `FLAASH_COVER(NextJobAtOnce_C, active_q && current_free && next_valid)
  `FLAASH_COVER(NoCredit_C, active_q && credits_q == '0)
  `FLAASH_COVER(ShortestJob_C, job_valid_i && job_ready_o && job_i.lines == 1 && job_i.repeats == 1)
  `FLAASH_COVER(LastCredit_C, asked && credits_q == 1 && !taken)

endmodule : flaash_fiber_loader
