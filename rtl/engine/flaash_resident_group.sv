// SPDX-License-Identifier: Apache-2.0
// Resident group: engines that share one port of the tensor memory and see the same lines of B.
//
// Lines of a piece come in the order of flaash_resident_fetch. With hold_i.spread the lines of commands come instead,
// in order. A tag beside each line says what the line opens.
//
// Guarantees  Each pair of a fiber of A and a fiber of B in the piece gives one dot product, in one engine. Member m of
//             a set is in engine m % Engines, slot m / Engines. busy_o until the last line has passed.
//             A piece waits while keep_i; drop_i withdraws it.
// Demands     A row and a column once or twice per contraction, the first time only while not busy_o. While something
//             is inside the engines they come only with keep_i; the contraction stays until then. hold_i changes only
//             while nothing is inside the engines. Responses of the memory in the order of the requests. No fiber of A
//             has more than SlotLines lines; with hold_i.span Slots times as many, and a set one fiber per engine at
//             most. With hold_i.spread no piece, but commands, whose parts have at most that many lines, and slots of
//             the combiner as flaash_resident_sums gives them. Each command has a line. AXI handshake rules.
// Latency     From the piece to the first line at the engines: the memory's latency and 3 cycles.
// Throughput  One line per cycle.
// Stalls      A line of B goes on when each engine that holds a fiber has room, a line of A when its slot has. At most
//             LineDepth lines wait, and five commands.
// Reset       Forgets everything inside.
//
//   u_sets or u_commands -> req_*;  rsp_* -> u_lines -> line -+-> engine 0 .. Engines-1 -> result_*
//       +--------- tags -> u_tags -------------^

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"
`include "flaash_line.svh"

module flaash_resident_group
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_plan_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Engines     = 4,           // 1 to 8
  parameter int unsigned Slots       = 4,           // fibers that an engine holds: 1, 2, 4
  parameter int unsigned Chunk       = 8,           // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes       = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,          // bits of a contracted coordinate, 4 to 32
  parameter int unsigned SlotLines   = 128,         // lines of a fiber of A, a power of two
  parameter int unsigned LineDepth   = 8,           // lines of prefetch, a power of two, 2 or more
  parameter int unsigned ResultDepth = 16,          // results of an engine, a power of two, 2 or more
  parameter bit          Portions    = 1'b0,        // sums can be shared with other engines
  parameter int unsigned Parity      = 1,           // a parity bit per stored word, 0 or 1
  localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, value_width(Format)),
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // the contraction
  input  logic                       dense_i,
  input  finish_t                    finish_i,
  input  hold_t                      hold_i,
  input  logic                       row_valid_i,
  input  row_t                       row_i,
  input  logic                       column_valid_i,
  input  column_t                    column_i,
  input  logic                       keep_i,   // the contraction of the piece has not started
  input  logic                       drop_i,   // and never will
  input  logic                       command_valid_i,
  output logic                       command_ready_o,
  input  command_t                   command_i,
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
  // slots of the combiner, per engine
  input  logic [Engines-1:0]         slot_push_i,
  output logic [Engines-1:0]         slot_room_o,
  input  slot_t                      slot_i,
  // results, and words of shared sums, per engine
  output logic [Engines-1:0]         result_valid_o,
  input  logic [Engines-1:0]         result_ready_i,
  output result_t [Engines-1:0]      result_o,
  output logic [Engines-1:0]         part_valid_o,
  input  logic [Engines-1:0]         part_ready_i,
  output part_t [Engines-1:0]        part_o,
  output sdpe_events_t [Engines-1:0] events_o,
  output logic [Engines-1:0]         idle_o
);

  localparam int unsigned Members    = Engines * Slots;  // of a set
  localparam int unsigned SizeWidth  = $clog2(Members + 1);

  // ------------------------------------------------------------------------ commands
  command_t   waiting, command_q;                      // the next one; the one whose lines are requested
  logic       waits, command_valid_q, take, pop;
  logic       part_begun_q, part_fresh_q;              // a line has been requested; a part after a run
  line_addr_t part_line_q;
  line_sum_t  part_next;
  logic       accept, room_q, part_valid;              // of a request; for its response; a command makes it

  flaash_stream_fifo #(
    .Data (command_t),
    .Depth(4)
  ) u_commands (
    .clk_i, .rst_ni,
    .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(waits), .out_ready_i(take), .out_data_o(waiting), .usage_o()
  );

  // Requests come from registers, as the memory needs most of a cycle to accept one.
  assign take      = !command_valid_q || pop;
  assign part_next = line_sum_t'(part_line_q) + line_sum_t'(command_q.stride);
  assign pop       = part_valid && accept && part_next >= line_sum_t'(command_q.stop);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      command_valid_q              <= 1'b0;
      {part_begun_q, part_fresh_q} <= 2'b01;
    end else begin
      if (take)                 command_valid_q              <= waits;
      if (part_valid && accept) {part_begun_q, part_fresh_q} <= {!pop, command_q.run};
    end
  end

  always_ff @(posedge clk_i) begin
    if (take)        {command_q, part_line_q} <= {waiting, waiting.first};
    else if (accept) part_line_q              <= line_addr_t'(part_next);
  end

  // ------------------------------------------------------------------------ requests
  logic      set_valid, set_started, set_busy, part_started, part_opens;
  begun_t    set_start;
  request_t  set_request, part_request, req;
  line_tag_t req_tag;

  flaash_resident_fetch u_sets (
    .clk_i, .rst_ni,
    .row_valid_i, .row_i, .column_valid_i, .column_i, .hold_i(keep_i), .drop_i, .busy_o(set_busy),
    .started_o(set_started), .start_o(set_start),
    .bound_req_o, .bound_fiber_o, .bound_grant_i, .bound_i,
    .req_valid_o(set_valid), .req_ready_i, .req_o(set_request), .room_i(room_q)
  );

  assign part_valid   = command_valid_q && room_q;
  assign part_opens   = !part_begun_q && (command_q.run || part_fresh_q);
  assign part_started = part_valid && accept && !part_begun_q && !command_q.run;

  assign part_request.tag.operand     = command_q.run;
  assign part_request.tag.opens       = part_opens;
  assign part_request.tag.opens_piece = !part_begun_q && !command_q.run;
  assign part_request.addr            = part_line_q;

  assign req_valid_o = set_valid || part_valid;
  assign req         = part_valid ? part_request : set_request;
  assign req_tag     = part_valid ? {command_q.kind, command_q.engine, req.tag}
                                  : {sum_kind_t'(0), member_t'(0), req.tag};
  assign req_o       = {req_tag.tag.operand, req.addr};
  assign accept      = req_valid_o && req_ready_i;

  // ------------------------------------------------ the lines of all, each with its tag
  localparam int unsigned CountWidth = $clog2(LineDepth) + 1;

  logic                  tags_valid, tags_ready, lines_ready, waiting_valid, waiting_pop;
  line_tag_t             rsp_tag, waiting_tag, line_tag_q;
  line_t                 waiting_line, line_q;
  logic                  line_valid_q, fire;
  tag_t                  waiting_what, tag;
  logic [CountWidth-1:0] promised_q, kept;  // requested lines that have not left, and do not leave now

  flaash_stream_fifo #(
    .Width($bits(line_tag_t)),
    .Depth(LineDepth)
  ) u_tags (
    .clk_i, .rst_ni,
    .in_valid_i(accept), .in_ready_o(tags_ready), .in_data_i(req_tag),
    .out_valid_o(tags_valid), .out_ready_i(rsp_valid_i), .out_data_o(rsp_tag), .usage_o()
  );

  flaash_stream_fifo #(
    .Width($bits(line_tag_t) + $bits(line_t)),
    .Depth(LineDepth)
  ) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(rsp_valid_i), .in_ready_o(lines_ready), .in_data_i({rsp_tag, rsp_data_i}),
    .out_valid_o(waiting_valid), .out_ready_i(waiting_pop), .out_data_o({waiting_tag, waiting_line}),
    .usage_o()
  );

  assign waiting_pop = !line_valid_q || fire;
  assign kept        = promised_q - CountWidth'(waiting_valid && waiting_pop);
  assign tag         = line_tag_q.tag;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      promised_q   <= '0;
      room_q       <= 1'b1;
      line_valid_q <= 1'b0;
    end else begin
      promised_q <= accept ? kept + 1'b1 : kept;
      room_q     <= accept ? kept != CountWidth'(LineDepth - 1) : kept != CountWidth'(LineDepth);
      if (waiting_pop) line_valid_q <= waiting_valid;
    end
  end

  always_ff @(posedge clk_i) begin
    if (waiting_valid && waiting_pop) {line_tag_q, line_q} <= {waiting_tag, waiting_line};
  end

  // ---------------------------------------------------------- pieces and parts on their way
  logic    starts_valid, starts_ready, start_pop, started_q;
  begun_t  begun_q, next_start, start_q;  // begun: it follows; start: of the line of all
  fibers_t fibers;

  assign waiting_what = waiting_tag.tag;
  assign start_pop    = waiting_valid && waiting_pop && !waiting_what.operand && waiting_what.opens_piece;
  assign fibers       = start_q.fibers;

  // A piece follows from responses of the tables, late in a cycle. Its first line comes two cycles later or more.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) started_q <= 1'b0;
    else         started_q <= set_started || part_started;
  end

  always_ff @(posedge clk_i) begin
    begun_q <= part_started ? {set_size_t'(0), command_q.fibers} : set_start;
    if (start_pop) start_q <= next_start;
  end

  flaash_stream_fifo #(
    .Width($bits(begun_t)),
    .Depth(LineDepth)
  ) u_starts (
    .clk_i, .rst_ni,
    .in_valid_i(started_q), .in_ready_o(starts_ready), .in_data_i(begun_q),
    .out_valid_o(starts_valid), .out_ready_i(start_pop), .out_data_o(next_start),
    .usage_o()
  );

  // --------------------------------------------------------------- whose line of A
  // The sets of a piece come in order, so their fibers just count up. A part names its engine.
  logic                    fill_fire, fill_copy_q, fill_fresh_q;
  fill_t                   fill;
  logic [Members:0]        member_q, member;         // one-hot; the bit after the set: it is complete
  logic                    surplus;                  // the line belongs to a later set
  fiber_id_t               fill_id_q;
  logic [Members-1:0]      holds_q;                  // members that the set has

  assign surplus   = !tag.operand && !hold_i.spread && member[start_q.set_size[SizeWidth-1:0]];
  assign fill_fire = fire && !tag.operand && !surplus;
  assign fill      = {hold_i.spread ? tag.opens_piece : tag.opens || fill_fresh_q, fill_copy_q ^ tag.opens,
                      tag.opens_piece ? fibers.a_id : fill_id_q};

  always_comb begin
    member = member_q;
    if (hold_i.spread)  member = (Members + 1)'(1) << line_tag_q.engine;
    else if (tag.opens) member = (Members + 1)'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fill_copy_q <= 1'b1;
      holds_q     <= '0;
    end else if (fill_fire) begin
      fill_copy_q <= fill.copy;
      holds_q     <= member[Members-1:0] | (tag.opens ? '0 : holds_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (fill_fire) begin
      fill_id_q    <= fill.id + fiber_id_t'(line_q.last);
      fill_fresh_q <= line_q.last;
      member_q     <= line_q.last ? member << 1 : member;
    end
  end

  // ---------------------------------------------------------------- which run of B
  // It follows its set, so it passes the copy that was filled last.
  logic      pass_fire;
  fiber_id_t pass_id_q, pass_id;

  assign pass_fire = fire && tag.operand;
  assign pass_id   = tag.opens ? fibers.b_id : pass_id_q;

  always_ff @(posedge clk_i) begin
    if (pass_fire) pass_id_q <= pass_id + fiber_id_t'(line_q.last);
  end

  // ----------------------------------------------------------------------- engines
  // Whether a line of A goes on is known late in a cycle, so slots store its coordinates in the next one.
  logic [Lanes-1:0][CoordWidth-1:0] coords_q;

  always_ff @(posedge clk_i) coords_q <= line_q.coords;

  logic [Engines-1:0]            takes, takes_ready, fill_ready, occupied;
  logic [Engines-1:0][Slots-1:0] holds_of, fill_slot;
  logic [Engines-1:0]            engine_ready;
  logic                          active, why_a, wait_a, wait_b;

  assign fire = line_valid_q && (tag.operand ? (takes & ~takes_ready) == '0 : fill_ready == '1 || surplus);

  for (genvar e = 0; e < int'(Engines); e++) begin : gen_engine
    wait_t why;
    logic  unit;  // it has a fiber, or may still get one

    for (genvar s = 0; s < int'(Slots); s++) begin : gen_slot
      assign holds_of[e][s]  = holds_q[s*Engines+e];
      assign fill_slot[e][s] = member[s*Engines+e];
    end

    assign takes[e]      = holds_of[e] != '0;
    assign fill_ready[e] = fill_slot[e] == '0 || engine_ready[e];
    assign unit          = active && (wait_a || takes[e]);

    assign why.unit = unit;
    assign why.a    = unit && wait_a;
    assign why.b    = unit && wait_b;
    assign why.mac  = 1'b0;

    flaash_resident_engine #(
      .Format     (Format),
      .Slots      (Slots),
      .Chunk      (Chunk),
      .Lanes      (Lanes),
      .CoordWidth (CoordWidth),
      .SlotLines  (SlotLines),
      .ResultDepth(ResultDepth),
      .Portions   (Portions),
      .Parity     (Parity)
    ) u_engine (
      .clk_i, .rst_ni,
      .dense_i, .finish_i, .span_i(hold_i.span),
      .line_i        (line_q),
      .fill_coords_i (coords_q),
      .fill_valid_i  (fill_fire && fill_slot[e] != '0),
      .fill_ready_o  (engine_ready[e]),
      .fill_slot_i   (fill_slot[e]),
      .fill_i        (fill),
      .fill_kind_i   (line_tag_q.kind),
      .line_valid_i  (pass_fire && takes[e]),
      .line_ready_o  (takes_ready[e]),
      .by_i          ({MaxSlots'(holds_of[e]), fill_copy_q, pass_id}),
      .slot_push_i   (slot_push_i[e]),
      .slot_room_o   (slot_room_o[e]),
      .slot_i,
      .result_valid_o(result_valid_o[e]),
      .result_ready_i(result_ready_i[e]),
      .result_o      (result_o[e]),
      .part_valid_o  (part_valid_o[e]),
      .part_ready_i  (part_ready_i[e]),
      .part_o        (part_o[e]),
      .wait_i        (why),
      .events_o      (events_o[e]),
      .inside_o      (occupied[e])
    );
  end

  // ------------------------------------------------------------------- why it waits
  // Loading the fibers of A counts as waiting for them. A group without a command waits for a line of A.
  assign active = set_busy || waits || command_valid_q || promised_q != '0 || line_valid_q;
  assign why_a  = tags_valid ? !rsp_tag.tag.operand : !(req_tag.tag.operand && (req_valid_o || !hold_i.spread));
  assign wait_a = active && (line_valid_q ? !tag.operand : why_a);
  assign wait_b = active && !wait_a;

  assign busy_o = active;
  assign idle_o = active ? '0 : ~occupied;

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, {req_o, req_tag}, $bits(line_id_t) + $bits(line_tag_t))
  `FLAASH_ASSERT(HasLine_A, !command_valid_q || command_q.first < command_q.stop, "a command without a line")
  `FLAASH_ASSERT(OneSource_A, !set_valid || !part_valid, "lines of sets and of parts at a time")
  `FLAASH_ASSERT(RspAsked_A, tags_valid || !rsp_valid_i, "a response without a request")
  `FLAASH_ASSERT(RoomForAll_A, (tags_ready || !accept) && (lines_ready || !rsp_valid_i) && (starts_ready || !started_q),
                 "no room for a line")
  `FLAASH_ASSERT(StartKnown_A, !start_pop || starts_valid, "a piece that has not started")
  `FLAASH_ASSERT(SomeoneListens_A, !pass_fire || takes != '0, "a line of B and no fiber of A")
  `FLAASH_COVER(PartAfterPart_C, part_started && !part_fresh_q)
  `FLAASH_COVER(Surplus_C, fire && surplus)
  `FLAASH_COVER(OneEngineHoldsAll_C, line_valid_q && tag.operand && $countones(takes_ready) == int'(Engines) - 1)

endmodule : flaash_resident_group
