// SPDX-License-Identifier: Apache-2.0
// Sparse Dot Product Engine: a fiber of A times each fiber of a run of B, for one job after another.
//
// Guarantees  Each job gives one dot product per fiber of its run, exact and rounded once, in order.
//             With dense_i all of them become results, else those that are not zero; none that is
//             out of an integer format's range. No result is lost, doubled or overtaken.
//             events_o reports this cycle. idle_o: nothing is inside but results that wait in the result store, and no
//             read is outstanding.
// Demands     Jobs as in flaash_pkg, whose fibers are in the memory: b_count fibers of B in b_lines lines, one of A in
//             a_lines. The memory responds in the order of the requests, and never to a request from before a reset.
//             dense_i and finish_i change only while idle_o.
// Latency     From an accepted job of one line each to its result: 5 cycles, the memory's and the
//             MAC's latency.
// Throughput  As the intersection: one pair of lines or one step per cycle. Jobs overlap in every
//             stage, so that the next one costs no bubble.
// Stalls      Results that are not taken fill the store, then the MAC, the match queue, the loaders.
// Reset       Forgets all jobs and results.
//
//   job_* -> u_jobs -+-> u_loader_a --> u_merge -> u_queue of matches -> u_dots -> result_*
//                    +-> u_loader_b --------^                              ^
//                    +-> u_tracker ------ names of dot products -----------+

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_dot_types.svh"

module flaash_sdpe
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Lanes       = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,          // bits of a contracted coordinate, 1 to 32
  parameter int unsigned LoaderDepth = 8,           // lines of prefetch, a power of two, 2 or more
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam type match_t = `FLAASH_MATCH(ValueWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 dense_i,  // keep results that are zero
  input  finish_t              finish_i,
  // jobs
  input  logic                 job_valid_i,
  output logic                 job_ready_o,
  input  job_t                 job_i,
  // tensor memory, a port per operand, A's in element 0
  output logic [1:0]                req_valid_o,
  input  logic [1:0]                req_ready_i,
  output line_addr_t [1:0]          req_addr_o,
  input  logic [1:0]                rsp_valid_i,
  input  logic [1:0][LineWidth-1:0] rsp_data_i,
  // results
  output logic                 result_valid_o,
  input  logic                 result_ready_i,
  output result_t              result_o,
  // what happens in this cycle
  output sdpe_events_t         events_o,
  output logic                 idle_o
);

  localparam int unsigned JobDepth   = 2;
  localparam int unsigned QueueDepth = 8;  // matches
  // Jobs of one short dot product each that are on their way to the MAC at once.
  localparam int unsigned TrackedJobs = 2 ** $clog2(LoaderDepth + 8);

  // ------------------------------------------------------------------------- jobs
  // A job starts when both loaders and the tracker can have it. Each loader keeps one for later,
  // so that the one that is through first doesn't wait for the other.
  job_t                      job;
  logic                      job_valid, job_start;
  logic [$clog2(JobDepth):0] jobs_waiting;
  logic                      a_ready, b_ready, tracker_ready;

  assign job_start = job_valid && a_ready && b_ready && tracker_ready;

  flaash_stream_fifo #(
    .Data (job_t),
    .Depth(JobDepth)
  ) u_jobs (
    .clk_i, .rst_ni,
    .in_valid_i (job_valid_i),
    .in_ready_o (job_ready_o),
    .in_data_i  (job_i),
    .out_valid_o(job_valid),
    .out_ready_i(job_start),
    .out_data_o (job),
    .usage_o    (jobs_waiting)
  );

  // ----------------------------------------------------------------------- fibers
  // The lines of the fiber of A, once for each fiber of the run, and the lines of the run of B, once.
  fetch_t                    a_load, b_load;
  logic [1:0]                valid, ready;
  logic [1:0][LineWidth-1:0] line;

  assign a_load = {job.a_first, job.a_lines, job.b_count};
  assign b_load = {job.b_first, job.b_lines, fiber_id_t'(1)};

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (LoaderDepth)
  ) u_loader_a (
    .clk_i, .rst_ni,
    .job_valid_i(job_start), .job_ready_o(a_ready), .job_i(a_load),
    .req_valid_o(req_valid_o[0]), .req_ready_i(req_ready_i[0]), .req_addr_o(req_addr_o[0]),
    .rsp_valid_i(rsp_valid_i[0]), .rsp_data_i(rsp_data_i[0]),
    .line_valid_o(valid[0]), .line_ready_i(ready[0]), .line_o(line[0])
  );

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (LoaderDepth)
  ) u_loader_b (
    .clk_i, .rst_ni,
    .job_valid_i(job_start), .job_ready_o(b_ready), .job_i(b_load),
    .req_valid_o(req_valid_o[1]), .req_ready_i(req_ready_i[1]), .req_addr_o(req_addr_o[1]),
    .rsp_valid_i(rsp_valid_i[1]), .rsp_data_i(rsp_data_i[1]),
    .line_valid_o(valid[1]), .line_ready_i(ready[1]), .line_o(line[1])
  );

  // ----------------------------------------------------------------- intersection
  logic   found_valid, found_ready, match_valid, match_ready, step, stall_mac;
  match_t found, match;

  flaash_intersect_merge #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth)
  ) u_merge (
    .clk_i, .rst_ni,
    .a_valid_i(valid[0]), .a_ready_o(ready[0]), .a_line_i(line[0]),
    .b_valid_i(valid[1]), .b_ready_o(ready[1]), .b_line_i(line[1]),
    .match_valid_o(found_valid), .match_ready_i(found_ready), .match_o(found),
    .step_o(step)
  );

  flaash_stream_fifo #(
    .Data (match_t),
    .Depth(QueueDepth)
  ) u_queue (
    .clk_i, .rst_ni,
    .in_valid_i (found_valid),
    .in_ready_o (found_ready),
    .in_data_i  (found),
    .out_valid_o(match_valid),
    .out_ready_i(match_ready),
    .out_data_o (match),
    .usage_o    ()
  );

  // With both lines valid the merge moves unless its next beat finds no room.
  assign stall_mac = found_valid && !found_ready;

  // ------------------------------------------------------- fibers still to come
  // One fiber of a pair can end before the other one. Then only lines of the other one are expected.
  localparam int unsigned OpenWidth = FiberIdWidth + $clog2(TrackedJobs + 1);

  logic                 a_ends, b_ends;      // the top bit of a line is its `last`
  logic [OpenWidth-1:0] open_q;              // pairs of which A has not ended
  logic                 a_owed_q, b_owed_q;  // of the current pair, only the other one has ended
  logic                 waiting, lacks_a, lacks_b, stall_a, stall_b;

  assign {b_ends, a_ends} = valid & ready & {line[1][LineWidth-1], line[0][LineWidth-1]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q   <= '0;
      a_owed_q <= 1'b0;
      b_owed_q <= 1'b0;
    end else begin
      open_q   <= open_q + (job_start ? OpenWidth'(job.b_count) : '0) - OpenWidth'(a_ends);
      a_owed_q <= a_owed_q ? !a_ends : b_ends && !a_ends && !b_owed_q;
      b_owed_q <= b_owed_q ? !b_ends : a_ends && !b_ends && !a_owed_q;
    end
  end

  assign waiting = open_q != '0 || b_owed_q;
  assign lacks_a = !valid[0] && !b_owed_q;
  assign lacks_b = !valid[1] && !a_owed_q;
  assign stall_a = waiting && lacks_a;
  assign stall_b = waiting && lacks_b && !lacks_a;

  // ------------------------------------------------------------------ dot products
  typedef `FLAASH_PART(word_width(Format, EntryIdWidth)) part_t;

  fibers_t      dot_fibers;
  sdpe_events_t dot_events;
  logic         all_named, all_left, part_valid, unused_part;
  part_t        part;  // sums are never shared here

  assign unused_part = ^{part_valid, part};

  flaash_job_tracker #(
    .Depth(TrackedJobs)
  ) u_tracker (
    .clk_i, .rst_ni,
    .job_valid_i(job_start), .job_ready_o(tracker_ready), .job_name_i({job.a_id, job.b_id}), .job_count_i(job.b_count),
    .done_i(match_valid && match_ready && match.last), .name_o(dot_fibers), .empty_o(all_named)
  );

  flaash_dot_unit #(
    .Format     (Format),
    .ResultDepth(ResultDepth),
    .Parity     (Parity)
  ) u_dots (
    .clk_i, .rst_ni,
    .dense_i, .finish_i,
    .in_valid_i(match_valid), .in_ready_o(match_ready), .in_i(match), .in_name_i({1'b0, slot_t'(0), dot_fibers}),
    .result_valid_o, .result_ready_i, .result_o,
    .part_valid_o(part_valid), .part_ready_i(1'b1), .part_o(part),
    .events_o(dot_events), .idle_o(all_left)
  );

  // ------------------------------------------------------------------------ events
  // A dot product can end while the rest of a fiber is still being discarded: so look at both ends.
  assign idle_o = jobs_waiting == '0 && all_named && all_left && !waiting;

  always_comb begin
    events_o           = dot_events;
    events_o.busy      = !idle_o;
    events_o.step      = step;
    events_o.stall_a   = stall_a;
    events_o.stall_b   = stall_b;
    events_o.stall_mac = stall_mac;
  end

  // -------------------------------------------------------------------- properties
  `FLAASH_ASSERT(DenseIsSteady_A, idle_o || dense_i == $past(dense_i), "dense_i changed while busy")
  `FLAASH_ASSERT(NoMatchWithoutJob_A, !match_valid || !all_named, "a match without a job")
  `FLAASH_ASSERT(IdleReadsNothing_A, !idle_o || (req_valid_o | rsp_valid_i | valid) == '0, "idle with lines in flight")
  `FLAASH_ASSERT(OneCause_A, $onehot0({stall_a, stall_b, stall_mac}), "two causes of a stall")
  `FLAASH_ASSERT(Announced_A, !a_ends || open_q != '0, "a fiber that no job announced")
  `FLAASH_ASSERT(OneOwed_A, !(a_owed_q && b_owed_q), "both fibers of a pair ended first")
  `FLAASH_COVER(RestOfALacksLine_C, a_owed_q && stall_a)
  `FLAASH_COVER(RestOfBLacksLine_C, b_owed_q && stall_b)
  `FLAASH_COVER(StepWhileFull_C, step && !found_ready)
  `FLAASH_COVER(DotEndsBeforeFiber_C, all_named && all_left && waiting)
  `FLAASH_COVER(JobsOverlap_C, job_start && waiting)

endmodule : flaash_sdpe
