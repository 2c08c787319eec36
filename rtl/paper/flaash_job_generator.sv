// SPDX-License-Identifier: Apache-2.0
// Job generator: pairs each fiber of A with runs of neighbouring fibers of B, long jobs first if wanted.
//
// Guarantees  After a start, the fibers of A come in order. The jobs of a fiber of A cover the fibers of B in order,
//             each once. A job has run_length_i of them, the last job has the rest. A run_length_i of 0 or beyond the
//             fibers of B makes one job per fiber of A. With long_lines_i above 0, a job is long if its lines of A and
//             B are that many or more. Jobs of the later half of the fibers of A that are not long then come last, in a
//             second pass over that half. Each job is given out once.
// Demands     Entry f of a fiber table is the first line of fiber f, entry `fibers` the first free line. A table
//             is a synchronous RAM. It does not change in the cycle of start_i, or later while busy_o. start_i is
//             ignored while busy_o.
// Latency     Three cycles from start_i to the first job_valid_o, and one for each job that is passed over.
// Throughput  One job per cycle, given out or passed over, also where A advances or a pass begins.
// Stalls      Jobs that are ready wait in a FIFO; nothing is read from the tables without room.
// Errors      After a response that is used and wrong no job follows. fault_o names it a cycle later; busy_o stays
//             until reset.
// Ends        busy_o falls when the last job has been accepted, and later ones have been passed over. Without fibers of
//             A or of B there is no job, and busy_o stays low.
// Reset       Forgets the contraction.
//
//   ask: a_q, b_q --> tables --> take: lines of the run, one cycle later --> u_fifo --> job_*
//
// The tables are addressed with the ends of the fiber and of the run. Their beginnings are the ends of the previous
// ones, so one read of each table per job is enough. The second pass looks at one job per cycle. Over all fibers of A
// it would take longer than many engines need for the jobs that it finds. So it covers only half of them.

`include "flaash_assert.svh"

module flaash_job_generator
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic             clk_i,
  input  logic             rst_ni,
  // contraction, sampled with start_i
  input  logic             start_i,
  input  fiber_id_t        run_length_i,  // most fibers of B per job, 0 for all
  input  line_sum_t        long_lines_i,  // least lines of a job that goes first, 0 for one pass
  input  fiber_id_t [1:0]  fibers_i,      // of A in element 0, of B in 1
  output logic             busy_o,
  output logic             visit_o,       // a job was given out or passed over
  // fiber tables, of A in element 0
  output fiber_id_t [1:0]  table_addr_o,
  input  table_rsp_t [1:0] table_i,       // one cycle after its address
  output fault_t           fault_o,       // a response was wrong, and used
  // jobs
  output logic             job_valid_o,
  input  logic             job_ready_i,
  output job_t             job_o
);

  localparam int unsigned Depth      = 4;  // 2 jobs are on their way while the first one is seen
  localparam int unsigned UsageWidth = $clog2(Depth) + 1;

  // -------------------------------------------------------------- ask the tables
  logic      running_q;  // the tables have not been read for all jobs
  logic      early_q;    // in the first pass, before the later half of the fibers of A
  logic      others_q;   // the second pass
  fiber_id_t run_length_q, a_fibers_q, b_fibers_q, a_half_q;
  line_sum_t long_lines_q;
  fiber_id_t a_q, b_q, b_left_q;  // the next job's fiber of A, first fiber of B, fibers of B left
  fiber_id_t a_end, b_end, count;
  logic      run_is_last, pass_is_last, ask, begins, row_ends, half_ends, pass_ends;
  logic      room;
  logic      wrong, broken_q;  // a response is, one was

  assign begins       = start_i && !busy_o && fibers_i[0] != '0 && fibers_i[1] != '0;
  assign run_is_last  = b_left_q <= run_length_q;
  assign pass_is_last = others_q || long_lines_q == '0;
  assign count        = run_is_last ? b_left_q : run_length_q;
  assign a_end        = a_q + 1'b1;
  assign b_end        = run_is_last ? b_fibers_q : b_q + run_length_q;
  assign ask          = running_q && room && !broken_q;
  assign row_ends     = ask && run_is_last;
  assign half_ends    = row_ends && a_end == a_half_q;
  assign pass_ends    = row_ends && a_end == a_fibers_q;

  // Entry 0 is read while idle, so it is valid in the first cycle after the start.
  assign table_addr_o = running_q ? {b_end, a_end} : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                        running_q <= 1'b0;
    else if (begins)                    running_q <= 1'b1;
    else if (pass_ends && pass_is_last) running_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (begins) begin
      run_length_q <= (run_length_i == '0) ? fibers_i[1] : run_length_i;
      long_lines_q <= long_lines_i;
      a_fibers_q   <= fibers_i[0];
      a_half_q     <= fibers_i[0] >> 1;
      b_fibers_q   <= fibers_i[1];
      early_q      <= (fibers_i[0] >> 1) != '0;
      others_q     <= 1'b0;
      a_q          <= '0;
      b_q          <= '0;
      b_left_q     <= fibers_i[1];
    end else if (row_ends) begin
      early_q      <= early_q && !half_ends;
      others_q     <= others_q || pass_ends;
      a_q          <= pass_ends ? a_half_q : a_end;
      b_q          <= '0;
      b_left_q     <= b_fibers_q;
    end else if (ask) begin
      b_q          <= b_end;
      b_left_q     <= b_left_q - run_length_q;
    end
  end

  // ---------------------------------------------------------- take the responses
  logic       asked_q;  // the tables respond to an address of the cycle before
  logic       asked_early_q, asked_others_q, asked_row_ends_q, asked_half_ends_q, asked_pass_ends_q;
  fiber_id_t  asked_a_q, asked_b_q, asked_count_q;
  logic       primed_q;  // low in the first cycle after the start: entries 0 arrive
  line_addr_t a_first, b_first;        // ends of the fiber and of the run, in the responses
  line_addr_t a_middle_q, b_origin_q;  // first lines of the later half of A, and of B
  line_addr_t a_first_q, b_first_q;  // beginnings of the current fiber and run

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asked_q  <= 1'b0;
      primed_q <= 1'b0;
    end else begin
      asked_q  <= ask;
      primed_q <= running_q;
    end
  end

  assign a_first = table_i[0].first;
  assign b_first = table_i[1].first;

  // A wrong response makes no job, because the job could lie outside the operand.
  fiber_id_t [1:0] rsp_id_q;  // the fibers of the responses
  logic            a_wrong;

  assign a_wrong = table_i[0].wrong;
  assign wrong   = !broken_q && (asked_q || (running_q && !primed_q)) && (a_wrong || table_i[1].wrong);

  always_ff @(posedge clk_i) rsp_id_q <= table_addr_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      broken_q <= 1'b0;
      fault_o  <= '0;
    end else begin
      broken_q <= broken_q || wrong;
      fault_o  <= stored_fault(wrong, !a_wrong, PlaceFirst, 24'(a_wrong ? rsp_id_q[0] : rsp_id_q[1]));
    end
  end

  always_ff @(posedge clk_i) begin
    if (ask) begin
      asked_early_q     <= early_q;
      asked_others_q    <= others_q;
      asked_row_ends_q  <= row_ends;
      asked_half_ends_q <= half_ends;
      asked_pass_ends_q <= pass_ends;
      asked_a_q         <= a_q;
      asked_b_q         <= b_q;
      asked_count_q     <= count;
    end
    if (running_q && !primed_q) begin
      a_middle_q <= a_first;  // unless there is a first half
      b_origin_q <= b_first;
      a_first_q  <= a_first;
      b_first_q  <= b_first;
    end else if (asked_q) begin
      if (asked_half_ends_q) a_middle_q <= a_first;
      if (asked_row_ends_q) a_first_q <= asked_pass_ends_q ? a_middle_q : a_first;
      b_first_q <= asked_row_ends_q ? b_origin_q : b_first;
    end
  end

  // ------------------------------------------------------------------------ jobs
  typedef logic [LineAddrWidth+1:0] end_sum_t;  // of both ends

  job_t                  job;
  end_sum_t              far;
  logic                  is_long, given;
  logic                  fifo_ready;
  logic [UsageWidth-1:0] usage;

  always_comb begin
    job         = '0;  // no portion
    job.a_id    = asked_a_q;
    job.a_first = a_first_q;
    job.a_lines = a_first - a_first_q;
    job.b_id    = asked_b_q;
    job.b_count = asked_count_q;
    job.b_first = b_first_q;
    job.b_lines = b_first - b_first_q;
  end

  // A job is long if its ends, which the tables give late in a cycle, are far enough beyond its beginnings. Where there
  // is one pass only, long_lines_q is 0, and all jobs are long.
  assign far     = end_sum_t'(a_first_q) + end_sum_t'(b_first_q) + end_sum_t'(long_lines_q);
  assign is_long = end_sum_t'(a_first) + end_sum_t'(b_first) >= far;
  assign given   = asked_q && !wrong && !broken_q && (asked_others_q ? !is_long : is_long || asked_early_q);
  assign visit_o = asked_q;

  flaash_stream_fifo #(
    .Width($bits(job_t)),
    .Depth(Depth)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i (given),
    .in_ready_o (fifo_ready),
    .in_data_i  (job),
    .out_valid_o(job_valid_o),
    .out_ready_i(job_ready_i),
    .out_data_o (job_o),
    .usage_o    (usage)
  );

  assign room   = usage + UsageWidth'(asked_q) < UsageWidth'(Depth);
  assign busy_o = running_q || asked_q || job_valid_o || broken_q;

  // ------------------------------------------------------------------ properties
  `FLAASH_STREAM_CHECK(taken, given, fifo_ready, job, $bits(job_t))
  `FLAASH_ASSERT(Room_A, !asked_q || fifo_ready, "a job without room for it")
  `FLAASH_ASSERT(NotEmpty_A, !job_valid_o || (job_o.a_lines != '0 && job_o.b_count != '0
                 && job_o.b_lines >= job_o.b_count), "a job for an empty fiber")
  `FLAASH_COVER(AdvancesAtFullRate_C, ask && asked_q && asked_row_ends_q)
  `FLAASH_COVER(RestOfRun_C, ask && run_is_last && b_left_q != run_length_q && b_q != '0)
  `FLAASH_COVER(SecondPassAtFullRate_C, ask && asked_q && asked_pass_ends_q)
  `FLAASH_COVER(PassedOver_C, asked_q && !given)

endmodule : flaash_job_generator
