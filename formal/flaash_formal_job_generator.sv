// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_job_generator: which jobs come, and that they stay within the operands.
//
// The tables hold symbolic, strictly ascending first lines (no fiber is empty) for up to Fibers fibers;
// the fibers announced with a start are any number up to that, the run length is any. `next` is the
// specification: the job that has to come now. Behind it follow those in the FIFO, the one that the
// tables are being asked about, and the one that will be asked next: as each is the successor of the one
// before, the properties are inductive.

module flaash_formal_job_generator
  import flaash_pkg::*;
#(
  parameter int unsigned Fibers = 3  // most fibers of an operand, 1 or more
) (
  input logic      clk_i,
  input logic      rst_ni,
  input logic      start_i,
  input fiber_id_t run_length_i,
  input fiber_id_t a_fibers_i,
  input fiber_id_t b_fibers_i,
  input logic      job_ready_i
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
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  // ------------------------------------------------------------------------- block
  logic busy, job_valid, taken, unused_use;
  job_t job;

  assign taken = job_valid && job_ready_i;

  flaash_job_generator u_dut (
    .clk_i,
    .rst_ni,
    .start_i,
    .run_length_i,
    .a_fibers_i,
    .b_fibers_i,
    .busy_o     (busy),
    .a_addr_o   (a_addr),
    .a_first_i  (a_first_q),
    .b_addr_o   (b_addr),
    .b_first_i  (b_first_q),
    .use_o      (unused_use),
    .a_wrong_i  (1'b0),
    .b_wrong_i  (1'b0),
    .job_valid_o(job_valid),
    .job_ready_i,
    .job_o      (job)
  );

  // ----------------------------------------------------------------- specification
  typedef struct packed {
    logic      valid;  // a job is left
    fiber_id_t a;
    fiber_id_t b;
  } next_t;

  logic      begins;
  next_t     next_q;
  fiber_id_t run_q, a_fibers_q, b_fibers_q;

  assign begins = start_i && !busy;

  function automatic fiber_id_t count_of(next_t at);
    return (b_fibers_q - at.b < run_q) ? b_fibers_q - at.b : run_q;
  endfunction

  function automatic next_t after(next_t at);
    next_t then;
    then = at;
    if (at.b + count_of(at) != b_fibers_q) begin
      then.b = at.b + count_of(at);
    end else begin
      then.a     = at.a + 1'b1;
      then.b     = '0;
      then.valid = at.valid && then.a != a_fibers_q;
    end
    return then;
  endfunction

  function automatic job_t job_of(next_t at);
    job_t wanted;
    wanted = '0;  // no portion
    wanted.a_id    = at.a;
    wanted.a_first = line_of(a_table_q, at.a);
    wanted.a_lines = line_of(a_table_q, at.a + 1'b1) - wanted.a_first;
    wanted.b_id    = at.b;
    wanted.b_count = count_of(at);
    wanted.b_first = line_of(b_table_q, at.b);
    wanted.b_lines = line_of(b_table_q, at.b + wanted.b_count) - wanted.b_first;
    return wanted;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     next_q <= '0;
    else if (begins) next_q <= {a_fibers_i != '0 && b_fibers_i != '0, 40'd0};
    else if (taken)  next_q <= after(next_q);
  end

  always_ff @(posedge clk_i) begin
    if (begins) begin
      run_q      <= (run_length_i == '0 || run_length_i > b_fibers_i) ? b_fibers_i : run_length_i;
      a_fibers_q <= a_fibers_i;
      b_fibers_q <= b_fibers_i;
    end
  end

  // --------------------------------------------------------------- what leaves it
  JobRight_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !job_valid || (next_q.valid && job == job_of(next_q)));
  Region_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !job_valid
      || (job.a_first >= a_table_q[0] && 32'(job.a_first) + 32'(job.a_lines) <= 32'(line_of(a_table_q, a_fibers_q))
          && job.b_first >= b_table_q[0]
          && 32'(job.b_first) + 32'(job.b_lines) <= 32'(line_of(b_table_q, b_fibers_q))));
  Busy_A : assert property (@(posedge clk_i) disable iff (!rst_ni) busy == next_q.valid);
  Address_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !busy || (a_addr <= a_fibers_q && b_addr <= b_fibers_q));

  // ------------------------------------------------------------------ what is inside
  next_t [Depth+1:0]      chain;  // the jobs that follow
  next_t                  asked, asking;
  logic [$clog2(Depth):0] usage;

  assign usage  = u_dut.usage;
  assign asked  = chain[usage];
  assign asking = chain[usage+3'(u_dut.asked_q)];

  always_comb begin
    chain[0] = next_q;
    for (int unsigned i = 1; i <= Depth + 1; i++) chain[i] = after(chain[i-1]);
  end

  job_t [Depth-1:0] in_fifo;

  for (genvar i = 0; i < Depth; i++) begin : gen_fifo
    assign in_fifo[i] = u_dut.u_fifo.mem_q[2'(u_dut.u_fifo.rd_ptr_q + 3'(i))];
    InFifo_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(usage) <= i
        || (chain[i].valid && in_fifo[i] == job_of(chain[i])));
  end
  NotBroken_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.broken_q);  // no answer is wrong
  Asked_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.asked_q
      || (asked.valid && u_dut.job == job_of(asked)
          && u_dut.asked_last_q == (asked.b + count_of(asked) == b_fibers_q)));
  Asking_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.running_q == asking.valid);
  Where_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.running_q
      || (u_dut.a_q == asking.a && u_dut.b_q == asking.b && u_dut.b_left_q == b_fibers_q - asking.b
          && (u_dut.run_length_q == run_q || (u_dut.run_length_q > b_fibers_q && run_q == b_fibers_q))
          && u_dut.a_fibers_q == a_fibers_q && u_dut.b_fibers_q == b_fibers_q));
  Primed_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !u_dut.running_q || u_dut.primed_q
      || (u_dut.a_first_i == a_table_q[0] && u_dut.b_first_i == b_table_q[0] && !u_dut.asked_q
          && asking.a == '0 && asking.b == '0));
  Origin_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_dut.running_q && u_dut.primed_q || u_dut.asked_q) || u_dut.origin_q == b_table_q[0]);
  Begins_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(u_dut.running_q && u_dut.primed_q && !u_dut.asked_q)
      || (u_dut.a_first_q == line_of(a_table_q, asking.a) && u_dut.b_first_q == line_of(b_table_q, asking.b)));
  Limits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !next_q.valid
      || (a_fibers_q <= fiber_id_t'(Fibers) && b_fibers_q <= fiber_id_t'(Fibers) && run_q != '0
          && run_q <= b_fibers_q && next_q.a < a_fibers_q && next_q.b < b_fibers_q));

  TwoStarts_C : cover property (@(posedge clk_i) disable iff (!rst_ni) begins && next_q.a != '0);
  LastRun_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      taken && next_q.a != '0 && next_q.b != '0 && job.b_count < run_q);

endmodule : flaash_formal_job_generator
