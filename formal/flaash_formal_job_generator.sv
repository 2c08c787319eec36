// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_job_generator: which jobs come, and that they stay within the operands.
//
// The tables hold symbolic, strictly ascending first lines (no fiber is empty) for up to Fibers fibers; the
// fibers announced with a start are any number up to that, run length and long_lines are any.
//
// A visit is a pass, a fiber of A and a run of B, in this order. The specification is which visit follows
// another, which visits give a job, and which job. Each job that enters the FIFO (see the proof stream_fifo) is
// the job of the visit. Any pair of fibers is followed: the jobs given with it, and the jobs that the remaining
// visits will give with it, add up to one. So it was in exactly one job when busy_o falls. A table's response may
// be marked as wrong at any time, and is arbitrary then: no job uses or follows it.

module flaash_formal_job_generator
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Fibers = 3  // most fibers of an operand, 1 or more
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       start_i,
  input fiber_id_t  run_length_i,
  input line_sum_t  long_lines_i,
  input fiber_id_t  a_fibers_i,
  input fiber_id_t  b_fibers_i,
  input logic       a_wrong_i,
  input logic       b_wrong_i,
  input line_addr_t a_garbage_i,  // contents of wrong responses
  input line_addr_t b_garbage_i,
  input logic       job_ready_i
);

  localparam int unsigned Depth = 4;  // of the generator's FIFO

  // ----------------------------------------------------------------- fiber tables
  line_addr_t [Fibers:0] a_table_q, b_table_q;  // symbolic: any value at first, kept for ever
  line_addr_t            a_first_q, b_first_q;
  fiber_id_t             a_addr, b_addr;
  always_ff @(posedge clk_i) begin
    a_table_q <= a_table_q;
    b_table_q <= b_table_q;
    a_first_q <= line_of(a_table_q, a_addr);
    b_first_q <= line_of(b_table_q, b_addr);
  end

  function automatic line_addr_t line_of(line_addr_t [Fibers:0] first, fiber_id_t fiber);
    line_addr_t line;
    line = '0;
    for (int unsigned i = 0; i <= Fibers; i++) begin
      if (fiber == fiber_id_t'(i)) line = first[i];
    end
    return line;
  endfunction

  for (genvar i = 0; i < Fibers; i++) begin : gen_ascending
    A_M : assume property (@(posedge clk_i) a_table_q[i] < a_table_q[i+1]);
    B_M : assume property (@(posedge clk_i) b_table_q[i] < b_table_q[i+1]);
  end
  Sizes_M : assume property (@(posedge clk_i)
      a_fibers_i <= fiber_id_t'(Fibers) && b_fibers_i <= fiber_id_t'(Fibers));

  flaash_formal_producer u_reset (
    .clk_i, .rst_ni,
    .valid_i(1'b0), .ready_i(1'b0), .data_i(1'b0)
  );

  // ------------------------------------------------------------------------- block
  logic       busy, job_valid, taken, unused_visit;
  fault_t     fault;
  job_t       job;
  table_rsp_t a_answer, b_answer;

  assign taken    = job_valid && job_ready_i;
  assign a_answer = {a_wrong_i, a_wrong_i ? a_garbage_i : a_first_q};
  assign b_answer = {b_wrong_i, b_wrong_i ? b_garbage_i : b_first_q};

  flaash_job_generator u_dut (
    .clk_i, .rst_ni,
    .start_i, .run_length_i, .long_lines_i, .fibers_i({b_fibers_i, a_fibers_i}),
    .busy_o(busy), .visit_o(unused_visit),
    .table_addr_o({b_addr, a_addr}), .table_i({b_answer, a_answer}), .fault_o(fault),
    .job_valid_o(job_valid), .job_ready_i, .job_o(job)
  );

  // ----------------------------------------------------------------- specification
  typedef struct packed {
    logic      others;  // in the second pass
    fiber_id_t a;
    fiber_id_t b;       // first fiber of the run
  } visit_t;

  logic      begins, begun_q;
  fiber_id_t run_q, a_fibers_q, b_fibers_q, half;
  line_sum_t long_q;

  assign begins = start_i && !busy;
  assign half   = a_fibers_q >> 1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     begun_q <= 1'b0;
    else if (begins) begun_q <= 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (begins) begin
      run_q      <= (run_length_i == '0 || run_length_i > b_fibers_i) ? b_fibers_i : run_length_i;
      long_q     <= long_lines_i;
      a_fibers_q <= a_fibers_i;
      b_fibers_q <= b_fibers_i;
    end
  end

  function automatic fiber_id_t count_of(visit_t at);
    return (b_fibers_q - at.b < run_q) ? b_fibers_q - at.b : run_q;
  endfunction

  function automatic job_t job_of(visit_t at);
    job_t wanted;
    wanted         = '0;
    wanted.a_id    = at.a;
    wanted.a_first = line_of(a_table_q, at.a);
    wanted.a_lines = line_of(a_table_q, at.a + 1'b1) - wanted.a_first;
    wanted.b_id    = at.b;
    wanted.b_count = count_of(at);
    wanted.b_first = line_of(b_table_q, at.b);
    wanted.b_lines = line_of(b_table_q, at.b + wanted.b_count) - wanted.b_first;
    return wanted;
  endfunction

  // A short job of the later half of the fibers of A waits for the second pass.
  function automatic logic waits(visit_t at);
    job_t wanted;
    wanted = job_of(at);
    return at.a >= half && 22'(wanted.a_lines) + 22'(wanted.b_lines) < 22'(long_q);
  endfunction

  function automatic logic gives(visit_t at);
    return at.others == waits(at);
  endfunction

  // First fiber of the run that a fiber of B is in.
  function automatic fiber_id_t run_of(fiber_id_t fiber);
    fiber_id_t first;
    first = '0;
    for (int unsigned i = 0; i < Fibers; i++) begin
      if (first + run_q <= fiber) first = first + run_q;
    end
    return first;
  endfunction

  function automatic logic is_visit(visit_t at);
    return at.a < a_fibers_q && at.b < b_fibers_q && run_of(at.b) == at.b
           && (!at.others || (long_q != '0 && at.a >= half));
  endfunction

  function automatic logic ends_row(visit_t at);
    return at.b + count_of(at) == b_fibers_q;
  endfunction

  function automatic logic ends_pass(visit_t at);
    return ends_row(at) && at.a + 1'b1 == a_fibers_q;
  endfunction

  function automatic logic is_last(visit_t at);
    return ends_pass(at) && (at.others || long_q == '0);
  endfunction

  function automatic visit_t after(visit_t at);
    visit_t then;
    then = at;
    if (ends_pass(at)) begin
      then = {1'b1, half, fiber_id_t'(0)};
    end else if (ends_row(at)) begin
      then.a = at.a + 1'b1;
      then.b = '0;
    end else begin
      then.b = at.b + run_q;
    end
    return then;
  endfunction

  // -------------------------------------------------------------------------- state
  visit_t                 asked, asking;
  logic [$clog2(Depth):0] usage;
  job_t                   given_job;  // into the FIFO

  assign usage  = u_dut.usage;
  assign asked  = {u_dut.asked_others_q, u_dut.asked_a_q, u_dut.asked_b_q};
  assign asking = {u_dut.others_q, u_dut.a_q, u_dut.b_q};

  assign given_job = u_dut.job;

  // After a wrong response only one thing is known: no job follows.
  logic broken, sound;

  assign broken = u_dut.broken_q;
  assign sound  = !u_dut.wrong && !broken;

  logic broken_before_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) broken_before_q <= 1'b0;
    else         broken_before_q <= broken;
  end

  Fault_A : assert property (@(posedge clk_i) disable iff (!rst_ni) fault.valid == (broken && !broken_before_q)
      && (!fault.valid || (fault.level == PlaceStored && fault.memory == PlaceFirst)));

  // The report names the table and the fiber of the wrong response: of A, if both are wrong.
  fiber_id_t [1:0] addressed_q, answered_q;
  logic            b_alone_q;

  always_ff @(posedge clk_i) begin
    addressed_q <= {b_addr, a_addr};
    answered_q  <= addressed_q;
    b_alone_q   <= !a_wrong_i;
  end

  Named_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !fault.valid
      || (fault.operand == b_alone_q && fault.position == 24'(answered_q[b_alone_q])));
  Addressed_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.rsp_id_q == addressed_q);

  // A job is given out or passed over in each cycle while there is room for two.
  Rate_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_dut.running_q || broken || 32'(usage) + 1 >= Depth || u_dut.ask);

  for (genvar i = 0; i < Depth; i++) begin : gen_fifo
    job_t queued;  // the RTL's own assertion on its output
    assign queued = u_dut.u_fifo.mem_q[2'(u_dut.u_fifo.rd_ptr_q + 3'(i))];
    Queued_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(usage) <= i
        || (queued.a_lines != '0 && queued.b_count != '0 && queued.b_lines >= queued.b_count));
  end

  Asked_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.asked_q || !sound
      || (is_visit(asked) && u_dut.job == job_of(asked) && u_dut.given == gives(asked)
          && u_dut.asked_early_q == (!asked.others && asked.a < half)
          && u_dut.asked_row_ends_q == ends_row(asked) && u_dut.asked_pass_ends_q == ends_pass(asked)
          && u_dut.asked_half_ends_q == (ends_row(asked) && asked.a + 1'b1 == half)));
  Follows_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.asked_q
      || (u_dut.running_q ? !is_last(asked) && asking == after(asked) : is_last(asked)));
  Where_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.running_q
      || (is_visit(asking) && u_dut.b_left_q == b_fibers_q - asking.b
          && u_dut.early_q == (!asking.others && asking.a < half)));
  Settings_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !busy
      || (begun_q && a_fibers_q != '0 && a_fibers_q <= fiber_id_t'(Fibers) && b_fibers_q <= fiber_id_t'(Fibers)
          && run_q != '0 && run_q <= b_fibers_q && u_dut.long_lines_q == long_q && u_dut.a_half_q == half
          && (u_dut.run_length_q == run_q || (u_dut.run_length_q > b_fibers_q && run_q == b_fibers_q))
          && u_dut.a_fibers_q == a_fibers_q && u_dut.b_fibers_q == b_fibers_q));
  Primed_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.running_q || u_dut.primed_q || !sound
      || (u_dut.a_first == a_table_q[0] && u_dut.b_first == b_table_q[0] && !u_dut.asked_q
          && asking == '0 && usage == '0));
  Origin_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_dut.running_q && u_dut.primed_q || u_dut.asked_q) || broken || u_dut.b_origin_q == b_table_q[0]);
  Begins_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_dut.running_q && u_dut.primed_q && !u_dut.asked_q) || broken
      || (u_dut.a_first_q == line_of(a_table_q, asking.a) && u_dut.b_first_q == line_of(b_table_q, asking.b)));

  visit_t here;  // the table responses before this visit have been used

  assign here = u_dut.asked_q ? asked : asking;
  Middle_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_dut.running_q && u_dut.primed_q || u_dut.asked_q) || broken || here.a < half
      || u_dut.a_middle_q == line_of(a_table_q, half));

  // --------------------------------------------------------------------- outputs
  Region_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.given
      || (given_job.a_first >= a_table_q[0]
          && 32'(given_job.a_first) + 32'(given_job.a_lines) <= 32'(line_of(a_table_q, a_fibers_q))
          && given_job.b_first >= b_table_q[0]
          && 32'(given_job.b_first) + 32'(given_job.b_lines) <= 32'(line_of(b_table_q, b_fibers_q))));
  BusyWithJobs_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      busy == (u_dut.running_q || u_dut.asked_q || usage != '0 || broken));
  Address_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !busy || (a_addr <= a_fibers_q && b_addr <= b_fibers_q));

  // -------------------------------------------------------------- a pair of fibers
  fiber_id_t pair_a_q, pair_b_q;  // symbolic: any value at first, kept for ever
  visit_t    pair_run, pair_visit;
  logic      there;               // they are fibers of the operands
  logic       pair_here;          // the requested job has it
  logic [1:0] pair_given_q;       // jobs with it that have been given
  logic [2:0] pair_count;         // and those that will be

  always_ff @(posedge clk_i) begin
    pair_a_q <= pair_a_q;
    pair_b_q <= pair_b_q;
  end

  assign there      = pair_a_q < a_fibers_q && pair_b_q < b_fibers_q;
  assign pair_run   = {1'b0, pair_a_q, run_of(pair_b_q)};
  assign pair_visit = {waits(pair_run), pair_a_q, run_of(pair_b_q)};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                                        pair_given_q <= '0;
    else if (begins)                                    pair_given_q <= '0;
    else if (u_dut.given && pair_here && !(&pair_given_q)) pair_given_q <= pair_given_q + 1'b1;
  end

  assign pair_here  = given_job.a_id == pair_a_q && given_job.b_id <= pair_b_q
                      && pair_b_q - given_job.b_id < given_job.b_count;
  assign pair_count = 3'(pair_given_q) + 3'(u_dut.asked_q && u_dut.given && pair_here)
                      + 3'(u_dut.running_q && pair_visit >= asking);

  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || !there || !sound || pair_count == 3'd1);
  NeverTwice_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !begun_q || !there || pair_given_q <= 2'd1);
  OnceAtTheEnd_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || busy || !there || pair_given_q == 2'd1);

  TwoStarts_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      begins && begun_q && a_fibers_q == fiber_id_t'(Fibers) && pair_given_q != '0);
  LastRun_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      taken && job.a_id != '0 && job.b_id != '0 && job.b_count < run_q);
  SecondPass_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.given && asked.others && asked.a == half && a_fibers_q == fiber_id_t'(Fibers));
  Broken_C : cover property (@(posedge clk_i) disable iff (!rst_ni) broken && pair_given_q != '0);

endmodule : flaash_formal_job_generator
