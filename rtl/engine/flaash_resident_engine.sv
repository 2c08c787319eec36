// SPDX-License-Identifier: Apache-2.0
// Resident engine (SDPE): multiplies several resident fibers of A with the fibers of B that its group streams.
//
// A line of B waits in a queue, then all slots compare their fibers with it, each at its own pace; it leaves when all
// are done. One multiplier serves all slots in turn; each has an accumulator of its own. A fiber that is longer than a
// slot spans several (span_i): then all slots work at one dot product. If other engines have parts of the same fiber
// (fill_kind_i), the sum goes to the combiner word by word.
//
// Guarantees  Each streamed fiber of B gives one dot product with each fiber that the line's `holds` names, exact and
//             rounded once. With dense_i all become results, else those that are not zero; none that is out of an
//             integer format's range. No result is lost or doubled; results of a slot leave in order. If fill_kind_i
//             says `shared`, the words of the sum leave at part_* instead, with the next slot of slot_*. If it says
//             `more`, the sum goes on with the next fiber of B. inside_o: something is inside besides results that
//             wait in the result store.
// Demands     fill_valid_i only with fill_ready_o, line_valid_i with line_ready_o, slot_push_i with slot_room_o. A
//             fiber has at most SlotLines fills, with span_i Slots times as many. Fibers that a line of B names are
//             complete. With span_i fills and lines name slot 0. Lines name copies in turns; a copy is filled anew
//             when a line has named the other one, or nothing is inside. dense_i, finish_i and span_i change only
//             while !inside_o. fill_kind_i as the fiber opens, `shared` only with span_i and Portions, then a slot per
//             fiber of B.
// Latency     From the last line of a fiber of B to its result: 6 cycles and the MAC's.
// Throughput  One line per cycle if no slot has more than Chunk entries in its range; one product per cycle.
// Stalls      line_ready_o is low while QueueDepth lines wait; fill_ready_o while the copy is needed.
// Errors      events_o reports words of resident fibers, and results, that differ from the stored ones.
// Reset       Forgets everything inside.
//
//   line -> u_queue -> slots -> u_emit -> u_dots -> result_*

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"
`include "flaash_line.svh"
`include "flaash_resident.svh"

module flaash_resident_engine
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Slots       = 4,           // resident fibers: 1, 2, 4
  parameter int unsigned Chunk       = 8,           // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes       = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth  = 16,          // bits of a contracted coordinate, 4 to 32
  parameter int unsigned SlotLines   = 128,         // lines of a copy of a slot, a power of two
  parameter int unsigned QueueDepth  = 4,           // lines of B that wait, a power of two, 2 or more
  parameter int unsigned MatchDepth  = 8,           // lines with matches that wait per slot, likewise, 4 or more
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter bit          Portions    = 1'b0,        // sums can be shared with other engines
  parameter int unsigned Parity      = 1,           // a parity bit per stored word, 0 or 1
  localparam int unsigned ValueWidth = value_width(Format),
  localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, ValueWidth),
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             dense_i,  // keep results that are zero
  input  finish_t          finish_i,
  input  logic             span_i,   // all slots work at one dot product
  // the group's line
  input  line_t            line_i,
  input  logic [Lanes-1:0][CoordWidth-1:0] fill_coords_i,  // of the line before
  // it belongs to the fiber of A of a slot
  input  logic             fill_valid_i,
  output logic             fill_ready_o,
  input  logic [Slots-1:0] fill_slot_i,   // one-hot
  input  fill_t            fill_i,
  input  sum_kind_t        fill_kind_i,
  // it belongs to a run of B
  input  logic             line_valid_i,
  output logic             line_ready_o,
  input  pass_by_t         by_i,
  // slots of the combiner
  input  logic             slot_push_i,
  output logic             slot_room_o,
  input  slot_t            slot_i,
  // results
  output logic             result_valid_o,
  input  logic             result_ready_i,
  output result_t          result_o,
  // words of shared sums
  output logic             part_valid_o,
  input  logic             part_ready_i,
  output part_t            part_o,
  // what happens in this cycle
  input  wait_t            wait_i,   // the group knows why there is no line
  output sdpe_events_t     events_o,
  output logic             inside_o
);

  if (Slots != 1 && Slots != 2 && Slots != 4) begin : gen_illegal_slots
    `FLAASH_ILLEGAL("Slots must be 1, 2 or 4")
  end

  localparam int unsigned LineWidth  = $clog2(SlotLines);
  localparam int unsigned EntryWidth = $clog2(SlotLines * Lanes);
  localparam int unsigned TurnWidth  = (Slots > 1) ? $clog2(Slots) : 1;
  localparam int unsigned UsageWidth = $clog2(QueueDepth) + 1;
  localparam type queued_t     = `FLAASH_RESIDENT_LINE(Lanes, CoordWidth, ValueWidth);
  localparam type slot_match_t = `FLAASH_RESIDENT_MATCH(EntryWidth, ValueWidth);
  localparam type match_t      = `FLAASH_MATCH(ValueWidth);

  // ------------------------------------------------------------------ lines that wait
  queued_t               queued;
  pass_by_t              by, by_in;
  logic [1:0][Slots-1:0] filled_q;  // slots that the last fiber of each copy spans
  logic                  queued_valid, pop;
  logic [UsageWidth-1:0] usage;

  flaash_stream_fifo #(
    .Width         ($bits(queued_t)),
    .Depth         (QueueDepth),
    .OutputRegister(1)  // the comparisons begin there
  ) u_queue (
    .clk_i, .rst_ni,
    .in_valid_i(line_valid_i), .in_ready_o(line_ready_o), .in_data_i({by_in, line_i}),
    .out_valid_o(queued_valid), .out_ready_i(pop), .out_data_o(queued), .usage_o(usage)
  );

  assign by = queued.by;
  always_comb begin
    by_in = by_i;
    if (span_i) by_in.holds = MaxSlots'(filled_q[by_i.copy]);
  end

  // Waiting lines that name each copy.
  logic [1:0][UsageWidth-1:0] named_q;

  for (genvar copy = 0; copy < 2; copy++) begin : gen_named
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) named_q[copy] <= '0;
      else named_q[copy] <= named_q[copy] + UsageWidth'(line_valid_i && by_i.copy == 1'(copy))
                            - UsageWidth'(pop && by.copy == 1'(copy));
    end
  end

  sum_kind_t [1:0] kind_q;  // of the fiber in each copy

  always_ff @(posedge clk_i) begin
    if (fill_valid_i && fill_i.opens) kind_q[fill_i.copy] <= fill_kind_i;
  end

  // -------------------------------------------------------------- where a line of A goes
  fill_t                           fill;
  logic [Slots-1:0]                target;
  logic [Slots-1:0][LineWidth-1:0] fill_numbers;

  logic [Slots-1:0]                last_q, full;  // slot of the line before; the line fills its slot
  logic                            full_q;        // likewise, the line before

  // A fiber that spans slots goes on in the next slot when one is full.
  always_comb begin
    target     = fill_slot_i;
    fill       = fill_i;
    fill.opens = fill_i.opens || (span_i && full_q);
    if (span_i && !fill_i.opens) target = full_q ? last_q << 1 : last_q;
  end

  for (genvar s = 0; s < int'(Slots); s++) begin : gen_full
    assign full[s] = target[s] && fill_numbers[s] == LineWidth'(SlotLines - 1);
  end

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      last_q                <= target;
      full_q                <= full != '0;
      filled_q[fill_i.copy] <= fill_i.opens ? target : filled_q[fill_i.copy] | target;
    end
  end

  // -------------------------------------------------------------------------- slots
  logic [Slots-1:0]                busy, steps, done, match_valid, match_ready, empty, slot_parity, needs;
  logic [Slots-1:0][1:0]           used_slot, used_emit, used;
  slot_match_t [Slots-1:0]         slot_match;
  fiber_id_t [Slots-1:0]           a_ids;

  for (genvar s = 0; s < int'(Slots); s++) begin : gen_slot
    assign needs[s]        = queued_valid && by.holds[s];
    assign used[s]         = used_slot[s] | used_emit[s] | {named_q[1] != '0, named_q[0] != '0};
    assign busy[s]         = target[s] && used[s][fill.copy];

    flaash_resident_slot #(
      .Chunk     (Chunk),
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .ValueWidth(ValueWidth),
      .SlotLines (SlotLines),
      .Depth     (MatchDepth),
      .Parity    (Parity)
    ) u_slot (
      .clk_i, .rst_ni,
      .dense_i(dense_i || span_i),  // so that each slot reports each end
      .fill_valid_i(fill_valid_i && target[s]), .fill_i(fill), .fill_count_i(line_i.count), .fill_coords_i,
      .fill_number_o(fill_numbers[s]), .line_valid_i(needs[s]), .copy_i(by.copy), .id_i(by.id), .line_i(queued.line),
      .step_o(steps[s]), .done_o(done[s]), .pop_i(pop),
      .match_valid_o(match_valid[s]), .match_ready_i(match_ready[s]), .match_o(slot_match[s]), .a_id_o(a_ids[s]),
      .empty_o(empty[s]), .used_o(used_slot[s]), .parity_error_o(slot_parity[s])
    );
  end

  assign pop          = queued_valid && (needs & ~done) == '0;
  assign fill_ready_o = !(fill.opens && busy != '0);

  // ----------------------------------------------------------------------- products
  logic                 product_valid, product_ready, values_parity;
  logic [TurnWidth-1:0] fill_slot;
  match_t               product;
  dot_name_t            product_name;

  always_comb begin
    fill_slot = '0;
    for (int unsigned s = 0; s < Slots; s++) begin
      if (target[s]) fill_slot = fill_slot | TurnWidth'(s);
    end
  end

  // Slots of the combiner that wait for the end of their dot product.
  logic  slot_valid, slot_pop;
  slot_t slot;

  if (Portions) begin : gen_slots
    logic [2:0] unused_slots;

    flaash_stream_fifo #(.Data(slot_t), .Depth(4)) u_slots (
      .clk_i, .rst_ni,
      .in_valid_i(slot_push_i), .in_ready_o(slot_room_o), .in_data_i(slot_i),
      .out_valid_o(slot_valid), .out_ready_i(slot_pop), .out_data_o(slot), .usage_o(unused_slots)
    );
  end else begin : gen_no_slots
    logic unused_slots;

    assign {slot_room_o, slot_valid, slot} = '0;
    assign unused_slots                     = ^{slot_push_i, slot_i, slot_pop};
  end

  // Dot products at whose ends the slots meet: with the first line of each fiber of B.
  meet_t      meet;
  logic       first_q, meet_valid, meet_ready, meet_room;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)           first_q <= 1'b1;
    else if (line_valid_i) first_q <= line_i.last;
  end

  flaash_stream_fifo #(
    .Width($bits(meet_t)),
    .Depth(16)  // more than QueueDepth and MatchDepth together
  ) u_meets (
    .clk_i, .rst_ni,
    .in_valid_i(span_i && line_valid_i && first_q), .in_ready_o(meet_room),
    .in_data_i({by_in.holds, kind_q[by_in.copy]}),
    .out_valid_o(meet_valid), .out_ready_i(meet_ready), .out_data_o(meet), .usage_o()
  );

  flaash_resident_emit #(
    .Slots     (Slots),
    .Lanes     (Lanes),
    .ValueWidth(ValueWidth),
    .SlotLines (SlotLines),
    .Parity    (Parity)
  ) u_emit (
    .clk_i, .rst_ni,
    .write_i(fill_valid_i), .slot_i(fill_slot), .copy_i(fill.copy), .line_i(fill_numbers[fill_slot]),
    .values_i(line_i.values), .span_i(span_i), .meet_valid_i(meet_valid), .meet_ready_o(meet_ready), .meet_i(meet),
    .slot_valid_i(slot_valid), .slot_ready_o(slot_pop), .part_slot_i(slot),
    .in_valid_i(match_valid), .in_ready_o(match_ready), .in_i(slot_match), .a_id_i(a_ids), .used_o(used_emit),
    .out_valid_o(product_valid), .out_ready_i(product_ready), .out_o(product), .out_name_o(product_name),
    .parity_error_o(values_parity)
  );

  // -------------------------------------------------------------------- dot products
  sdpe_events_t dot_events;
  logic         all_left;

  flaash_dot_unit #(
    .Format     (Format),
    .ResultDepth(ResultDepth),
    .Sums       (Slots),
    .Portions   (Portions),
    .Parity     (Parity)
  ) u_dots (
    .clk_i, .rst_ni, .dense_i, .finish_i,
    .in_valid_i(product_valid), .in_ready_o(product_ready), .in_i(product), .in_name_i(product_name),
    .result_valid_o, .result_ready_i, .result_o,
    .part_valid_o, .part_ready_i, .part_o,
    .events_o(dot_events), .idle_o(all_left)
  );

  // ------------------------------------------------------------------------ events
  // Fibers of B without a match never go to the MAC.
  assign inside_o = usage != '0 || used_slot != '0 || used_emit != '0 || product_valid || !all_left;

  always_comb begin
    events_o              = dot_events;
    events_o.empties      = empties_t'($countones(empty));
    events_o.table_parity = slot_parity != '0 || values_parity;
    events_o.busy         = wait_i.unit || inside_o;
    events_o.step         = steps != '0;
    events_o.stall_mac    = queued_valid && steps == '0;
    events_o.stall_a      = !queued_valid && wait_i.a;
    events_o.stall_b      = !queued_valid && wait_i.b;
  end
  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(LineWhenReady_A, line_ready_o || !line_valid_i, "a line of B came without being asked for")
  `FLAASH_ASSERT(FillWhenReady_A, fill_ready_o || !fill_valid_i, "a line of A came without being asked for")
  `FLAASH_ASSERT(RoomToMeet_A, meet_room || !(span_i && line_valid_i && first_q), "an end that is lost")
  `FLAASH_ASSERT(FillOneSlot_A, !fill_valid_i || $onehot(fill_slot_i), "a line of A for several slots")
  `FLAASH_ASSERT(DenseIsSteady_A, !inside_o || dense_i == $past(dense_i), "dense_i changed while inside_o")
  `FLAASH_ASSERT(SpanIsSteady_A, !inside_o || span_i == $past(span_i), "span_i changed while inside_o")
  `FLAASH_COVER(CopyInUse_C, fill.opens && !fill_ready_o)
  `FLAASH_COVER(AllStep_C, &steps)

endmodule : flaash_resident_engine
