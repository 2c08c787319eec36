// SPDX-License-Identifier: Apache-2.0
// Sparse Dot Product Engine: a fiber of A times each fiber of a run of B, for one job after another.
//
// Guarantees  Each job gives one dot product per fiber of its run, exact and rounded once, in order.
//             With dense_i all of them become results, else those that are not zero; none that is
//             out of an integer format's range. No result is lost, doubled or overtaken.
//             A job that is a portion (Portions only) gives the words of its exact sum at part_* instead, in order
//             among portions. It counts neither as a result nor as a dot product. events_o reports this cycle. idle_o:
//             nothing is inside but results that wait in the result store, and no read is outstanding.
// Demands     Jobs as in flaash_pkg, whose fibers are in the memory: b_count fibers of B in b_lines lines, one of A in
//             a_lines. The memory responds in the order of the requests, and never to a request from before a reset.
//             dense_i and split_i change only while idle_o; with split_i each job is one dot product or portion.
// Latency     From an accepted job of one line each to its result: 5 cycles, the memory's and the
//             MAC's latency.
// Throughput  As the intersection: one pair of lines or one step per cycle. Jobs overlap in every
//             stage, so that the next one costs no bubble.
// Stalls      Results that are not taken fill the store, then the MAC, the match queue, the loaders.
// Reset       Forgets all jobs and results.
//
//   job_* -> u_jobs -+-> u_fibers -> u_merge -> u_queue of matches  -> u_dots -+-> result_*
//                    +-> u_tracker ------ names of dot products -----------^      +-> part_*

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
  parameter bit          Portions    = 1'b0,        // jobs can be portions
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam int unsigned PartWidth  = word_width(Format, EntryIdWidth),
  localparam type match_t = `FLAASH_MATCH(ValueWidth),
  localparam type part_t = `FLAASH_PART(PartWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 dense_i,  // keep results that are zero
  input  logic                 split_i,  // jobs may be portions
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
  // words of portions
  output logic                 part_valid_o,
  input  logic                 part_ready_i,
  output part_t                part_o,
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
  logic                      fibers_ready, tracker_ready;

  assign job_start = job_valid && fibers_ready && tracker_ready;

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
  logic [1:0]                loaded, wanted;  // lines from the loaders
  logic [1:0]                valid, ready;    // those that the intersection sees
  logic [1:0][LineWidth-1:0] line;

  flaash_fiber_pair #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth),
    .Depth     (LoaderDepth),
    .Portions  (Portions)
  ) u_fibers (
    .clk_i, .rst_ni,
    .job_valid_i(job_start), .job_ready_o(fibers_ready), .job_i(job),
    .req_valid_o, .req_ready_i, .req_addr_o, .rsp_valid_i, .rsp_data_i,
    .line_valid_o(loaded), .line_ready_i(wanted), .line_o(line)
  );

  // The merge would compare its way up to the first line that can match, entry by entry.
  if (Portions) begin : gen_skip
    flaash_line_skip #(
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth)
    ) u_skip (
      .clk_i, .rst_ni,
      .skip_i(split_i),
      .in_valid_i(loaded), .in_ready_o(wanted), .line_i(line), .out_valid_o(valid), .out_ready_i(ready)
    );
  end else begin : gen_no_skip
    assign valid  = loaded;
    assign wanted = ready;
  end

  // ----------------------------------------------------------------- intersection
  logic   found_valid, found_ready, match_valid, match_ready, step, stall_mac;
  match_t found, match;

  logic [$clog2(QueueDepth):0] unused_usage;

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
    .usage_o    (unused_usage)
  );

  // With both lines valid the merge moves unless its next beat finds no room.
  assign stall_mac = found_valid && !found_ready;

  logic waiting, stall_a, stall_b;

  flaash_line_watch #(
    .Jobs(TrackedJobs)
  ) u_watch (
    .clk_i, .rst_ni,
    .job_i(job_start), .job_fibers_i(job.b_count),
    .valid_i(loaded), .ready_i(wanted),
    .last_i({line[1][LineWidth-1], line[0][LineWidth-1]}),  // the top bit of a line
    .waiting_o(waiting), .stall_a_o(stall_a), .stall_b_o(stall_b)
  );

  // ------------------------------------------------------------------ dot products
  portion_t     portion;
  dot_name_t    job_name, dot_name;
  sdpe_events_t dot_events;
  logic         all_named, all_left, unused_lanes;

  assign portion      = job.portion;
  assign unused_lanes = ^{portion.first_lane, portion.last_lane};

  assign job_name = {Portions && split_i && portion.partial, Portions ? portion.slot : slot_t'(0),
                     job.a_id, job.b_id};

  flaash_job_tracker #(
    .Depth(TrackedJobs)
  ) u_tracker (
    .clk_i, .rst_ni,
    .job_valid_i(job_start), .job_ready_o(tracker_ready), .job_name_i(job_name), .job_count_i(job.b_count),
    .done_i(match_valid && match_ready && match.last), .name_o(dot_name), .empty_o(all_named)
  );

  flaash_dot_unit #(
    .Format     (Format),
    .ResultDepth(ResultDepth),
    .Portions   (Portions),
    .Parity     (Parity)
  ) u_dots (
    .clk_i, .rst_ni,
    .dense_i,
    .in_valid_i(match_valid), .in_ready_o(match_ready), .in_i(match), .in_name_i(dot_name),
    .result_valid_o, .result_ready_i, .result_o,
    .part_valid_o, .part_ready_i, .part_o,
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
  `FLAASH_ASSERT(SplitIsSteady_A, idle_o || split_i == $past(split_i), "split_i changed while busy")
  `FLAASH_ASSERT(NoMatchWithoutJob_A, !match_valid || !all_named, "a match without a job")
  `FLAASH_ASSERT(IdleReadsNothing_A, !idle_o || (req_valid_o | rsp_valid_i | loaded) == '0, "idle with lines in flight")
  `FLAASH_ASSERT(OneCause_A, $onehot0({stall_a, stall_b, stall_mac}), "two causes of a stall")
  `FLAASH_COVER(StepWhileFull_C, step && !found_ready)
  `FLAASH_COVER(DotEndsBeforeFiber_C, all_named && all_left && waiting)
  `FLAASH_COVER(JobsOverlap_C, job_start && waiting)

endmodule : flaash_sdpe
