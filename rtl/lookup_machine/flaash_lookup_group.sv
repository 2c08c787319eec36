// SPDX-License-Identifier: Apache-2.0
// Group: engines that share one port of the tensor memory and see the same lines of B.
//
// Guarantees  Each pair of a fiber of A and a fiber of B in the piece gives one dot product, in one engine. Engine e
//             holds fiber e of each set. busy_o until the last line has passed.
// Demands     piece_valid_i once or twice per contraction, the first time only while not busy_o and nothing is inside
//             the engines; the contraction stays until then. Responses of the memory in the order of the requests.
// Latency     From the piece to the first line at the engines: the memory's latency and 3 cycles.
// Throughput  One line per cycle.
// Stalls      A line goes on when each engine that it concerns has room.
// Reset       Forgets everything inside.
//
//   u_fetch -> req_*;  rsp_* -> u_lines -> line_q -+-> engine 0 .. Engines-1 -> result_*
//       +----- tags -> u_tags -------^

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_lookup_group
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Engines     = 4,           // 1 to 8
  parameter int unsigned Lanes       = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 10,          // bits of a contracted coordinate, 4 to 12
  parameter int unsigned LineDepth   = 8,           // lines of prefetch, a power of two, 2 or more
  parameter int unsigned ResultDepth = 16,          // results of an engine, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored word, 0 or 1
  localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, value_width(Format))
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // the contraction
  input  logic                       dense_i,
  input  plane_t                     plane_i,
  input  logic                       piece_valid_i,
  input  piece_t                     piece_i,
  output logic                       busy_o,
  // fiber table of A
  output logic                       bound_req_o,
  output fiber_id_t                  bound_fiber_o,
  input  logic                       bound_grant_i,
  input  table_rsp_t                 bound_i,
  // tensor memory
  output logic                       req_valid_o,
  input  logic                       req_ready_i,
  output line_id_t                   req_o,
  input  logic                       rsp_valid_i,
  input  line_t                      rsp_data_i,
  // results, per engine
  output logic [Engines-1:0]         result_valid_o,
  input  logic [Engines-1:0]         result_ready_i,
  output result_t [Engines-1:0]      result_o,
  output sdpe_events_t [Engines-1:0] events_o,
  output logic [Engines-1:0]         idle_o
);

  localparam int unsigned CountWidth = $clog2(LineDepth) + 1;
  localparam int unsigned SizeWidth  = $clog2(Engines + 1);

  // ------------------------------------------------------------------------- fetch
  logic                  req_accept, room, fetching;
  logic                  started;     // a piece begins, at begun
  fibers_t               begun;
  request_t              req;
  tag_t                  req_tag;
  logic [CountWidth-1:0] promised_q;  // lines asked for that have not come to line_q

  flaash_lookup_fetch u_fetch (
    .clk_i, .rst_ni,
    .plane_i, .piece_valid_i, .piece_i, .busy_o(fetching), .started_o(started), .start_o(begun),
    .bound_req_o, .bound_fiber_o, .bound_grant_i, .bound_i,
    .req_valid_o, .req_ready_i, .req_o(req), .room_i(room)
  );

  assign req_tag    = req.tag;
  assign req_o      = {req_tag.operand, req.addr};
  assign req_accept = req_valid_o && req_ready_i;
  assign room       = promised_q != CountWidth'(LineDepth);

  // ------------------------------------------------ lines, each with its tag
  logic                 tag_valid, tag_ready, line_ready, fifo_valid, fifo_pop;
  tag_t                 rsp_tag, fifo_tag;
  line_t                fifo_line;
  logic [CountWidth-1:0] unused_tag_usage, unused_line_usage;

  flaash_stream_fifo #(
    .Width($bits(tag_t)),
    .Depth(LineDepth)
  ) u_tags (
    .clk_i, .rst_ni,
    .in_valid_i (req_accept),
    .in_ready_o (tag_ready),
    .in_data_i  (req_tag),
    .out_valid_o(tag_valid),
    .out_ready_i(rsp_valid_i),
    .out_data_o (rsp_tag),
    .usage_o    (unused_tag_usage)
  );

  flaash_stream_fifo #(
    .Width($bits(tag_t) + $bits(line_t)),
    .Depth(LineDepth)
  ) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i (rsp_valid_i),
    .in_ready_o (line_ready),
    .in_data_i  ({rsp_tag, rsp_data_i}),
    .out_valid_o(fifo_valid),
    .out_ready_i(fifo_pop),
    .out_data_o ({fifo_tag, fifo_line}),
    .usage_o    (unused_line_usage)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) promised_q <= '0;
    else promised_q <= promised_q + CountWidth'(req_accept) - CountWidth'(fifo_valid && fifo_pop);
  end

  // ------------------------------------------------------------- the line of all
  logic  line_valid_q, fire;
  tag_t  tag_q;
  line_t line_q;

  assign fifo_pop = !line_valid_q || fire;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) line_valid_q <= 1'b0;
    else if (fifo_pop) line_valid_q <= fifo_valid;
  end

  always_ff @(posedge clk_i) begin
    if (fifo_valid && fifo_pop) begin
      tag_q  <= fifo_tag;
      line_q <= fifo_line;
    end
  end

  // --------------------------------------------------------------- whose line of A
  // The sets of a piece come in order, so their fibers just count up.
  logic                    load_fire, load_copy_q, load_fresh_q;
  load_t                   load;
  logic [Engines:0]        load_engine_q, load_engine;  // one-hot; the bit after the set: it is complete
  logic                    surplus;                     // the line belongs to a later set
  logic                    start_valid, start_ready;     // pieces whose lines have not come yet
  fiber_id_t               load_id_q;
  fibers_t                 start;
  logic [1:0]              unused_start_usage;
  logic [1:0][Engines-1:0] holds_q;                     // engines that hold a fiber, per copy

  flaash_stream_fifo #(
    .Width($bits(fibers_t)),
    .Depth(2)
  ) u_starts (
    .clk_i, .rst_ni,
    .in_valid_i (started),
    .in_ready_o (start_ready),
    .in_data_i  (begun),
    .out_valid_o(start_valid),
    .out_ready_i(load_fire && tag_q.opens_piece),
    .out_data_o (start),
    .usage_o    (unused_start_usage)
  );

  assign surplus     = !tag_q.operand && load_engine[plane_i.set_size[SizeWidth-1:0]];
  assign load_fire   = fire && !tag_q.operand && !surplus;
  assign load_engine = tag_q.opens ? (Engines + 1)'(1) : load_engine_q;
  assign load        = {tag_q.opens || load_fresh_q, load_copy_q ^ tag_q.opens,
                        tag_q.opens_piece ? start.a_id : load_id_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      load_copy_q <= 1'b1;
      holds_q     <= '0;
    end else if (load_fire) begin
      load_copy_q        <= load.copy;
      holds_q[load.copy] <= tag_q.opens ? Engines'(1) : holds_q[load.copy] | load_engine[Engines-1:0];
    end
  end

  always_ff @(posedge clk_i) begin
    if (load_fire) begin
      load_id_q     <= load.id + fiber_id_t'(line_q.last);
      load_fresh_q  <= line_q.last;
      load_engine_q <= line_q.last ? load_engine << 1 : load_engine;
    end
  end

  // ---------------------------------------------------------------- which run of B
  logic               look_fire, look_copy_q;
  look_t              look;         // its copy: of this line, else of the one before
  fiber_id_t          look_id_q, run_id_q;
  logic [Engines-1:0] look_engines;

  assign look_fire    = fire && tag_q.operand;
  assign look         = {look_copy_q ^ (line_valid_q && tag_q.operand && tag_q.opens),
                         tag_q.opens ? run_id_q : look_id_q};
  assign look_engines = holds_q[look.copy];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) look_copy_q <= 1'b1;
    else if (look_fire) look_copy_q <= look.copy;
  end

  always_ff @(posedge clk_i) begin
    if (load_fire && tag_q.opens_piece) begin
      run_id_q <= start.b_id;
    end else if (look_fire) begin
      run_id_q  <= '0;  // only the first run of a piece begins in the middle
      look_id_q <= look.id + fiber_id_t'(line_q.last);
    end
  end

  // ----------------------------------------------------------------------- engines
  logic [Engines-1:0] load_ready, look_ready, occupied;
  logic               active, wait_a, wait_b, wait_mac;

  assign fire = line_valid_q && (tag_q.operand ? (look_engines & ~look_ready) == '0
                                               : (load_engine[Engines-1:0] & ~load_ready) == '0 || surplus);

  for (genvar e = 0; e < int'(Engines); e++) begin : gen_engine
    logic unit;  // it has a fiber, or may still get one

    assign unit = active && (wait_a || look_engines[e]);

    flaash_lookup_engine #(
      .Format     (Format),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_engine (
      .clk_i, .rst_ni,
      .dense_i,
      .line_i        (line_q),
      .load_valid_i  (load_fire && load_engine[e]),
      .load_ready_o  (load_ready[e]),
      .load_i        (load),
      .look_valid_i  (look_fire && look_engines[e]),
      .look_ready_o  (look_ready[e]),
      .look_i        (look),
      .result_valid_o(result_valid_o[e]),
      .result_ready_i(result_ready_i[e]),
      .result_o      (result_o[e]),
      .wait_i        ({unit, unit && wait_a, unit && wait_b, unit && wait_mac}),
      .events_o      (events_o[e]),
      .inside_o      (occupied[e])
    );
  end

  // ------------------------------------------------------------------- why it waits
  // Loading the fibers of A counts as waiting for them.
  logic next_b;  // the line that is missing is one of B

  assign next_b   = tag_valid ? rsp_tag.operand : req_tag.operand;
  assign active   = fetching || promised_q != '0 || line_valid_q;
  assign wait_a   = active && (line_valid_q ? !tag_q.operand : !next_b);
  assign wait_b   = active && !line_valid_q && next_b;
  assign wait_mac = line_valid_q && tag_q.operand && !fire;

  assign busy_o = active;
  assign idle_o = active ? '0 : ~occupied;

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(line, line_valid_q, fire, {tag_q, line_q}, $bits(tag_t) + $bits(line_t))
  `FLAASH_ASSERT(AnswerAsked_A, tag_valid || !rsp_valid_i, "an answer without a request")
  `FLAASH_ASSERT(RoomForAll_A, (tag_ready || !req_accept) && (line_ready || !rsp_valid_i)
                 && (start_ready || !started), "no room for a line")
  `FLAASH_ASSERT(StartKnown_A, !(load_fire && tag_q.opens_piece) || start_valid, "a piece that nobody started")
  `FLAASH_ASSERT(SomeoneListens_A, !look_fire || look_engines != '0, "a line of B and no fiber of A")
  `FLAASH_COVER(Surplus_C, fire && surplus)
  `FLAASH_COVER(OneEngineHoldsAll_C, line_valid_q && tag_q.operand && $countones(look_ready) == int'(Engines) - 1)

endmodule : flaash_lookup_group
