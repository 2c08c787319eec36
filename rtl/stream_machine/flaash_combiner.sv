// SPDX-License-Identifier: Apache-2.0
// Combiner: adds up the portions of split dot products, exactly, and rounds each sum once.
//
// Guarantees  Each dot product that is opened and closed gives one result, when all of its portions have
//             come in: that of all their products together, by the very modules that round the sums
//             of a MAC, so bit by bit the result that the dot product had given in one piece. Zeros are
//             dropped, results stored, events reported as by an SDPE (flaash_result_store).
// Demands     part_*: the words of portions as flaash_mac_export sends them, for slots that are open; words
//             of different portions and slots may come in any order, those of one portion end
//             with head.last. A dot product is closed before its last portion comes in. dense_i
//             changes only while idle_o. At most 2 ** EntryIdWidth products per dot product.
// Latency     From the last word of a dot product over n words to its result: 15 + n cycles; integers: 6.
// Throughput  One word per cycle in; a result per max(n, 1) cycles.
// Stalls      Words are always taken, part_ready_o is 1: so no SDPE ever waits for a slot, for another
//             SDPE or for the host with a portion in its hands. A slot that is full waits for room for its
//             result, which needs only that results are taken; then it is free. Since the portions of
//             an open slot don't need a second one, waiting for a free slot always ends.
// Emptiness   A dot product whose portions have no product gives +0 as one in a single piece.
// Reset       Forgets all slots and results.
//
//   open, close --> u_slots -- full --> u_sum --> finish, or check --> u_results --> u_store --> result_*
//   part_* -+----------^                  |  ^
//           +-----> u_words --------------+--+

`include "flaash_assert.svh"

module flaash_combiner
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Slots       = 16,          // dot products at a time, 1 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam int unsigned WordBits   = word_width(Format, EntryIdWidth)
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                dense_i,  // keep results that are zero

  // portioner
  input  logic                open_valid_i,
  output logic                open_ready_o,
  input  fiber_id_t           open_a_id_i,
  input  fiber_id_t           open_b_id_i,
  output slot_t               open_slot_o,
  input  logic                close_i,
  input  slot_t               close_slot_i,
  input  entry_id_t           close_count_i,

  // words of portions
  input  logic                part_valid_i,
  output logic                part_ready_o,
  input  slot_t               part_slot_i,
  input  part_head_t          part_head_i,
  input  logic [WordBits-1:0] part_word_i,

  // results
  output logic                result_valid_o,
  input  logic                result_ready_i,
  output result_t             result_o,

  // what happens in this cycle
  output flags_t              flags_o,
  output sdpe_events_t        events_o,
  output logic                idle_o
);

  if (Slots < 1 || Slots > MaxPortions) begin : gen_illegal_slots
    `FLAASH_ILLEGAL("Slots must be 1 to 64")
  end

  localparam bit          Float       = Format == FormatFp32 || Format == FormatBf16;
  localparam int unsigned PairWidth   = Float ? BankAddrWidth : 1;
  localparam int unsigned SlotBits   = (Slots > 1) ? $clog2(Slots) : 1;
  localparam int unsigned ResultPlaces = 16;  // above the latency from launch to u_results

  // ----------------------------------------------------------------------- slots
  logic        full_valid, full_ready, freed, all_free;
  slot_t       full_slot, sum_slot;
  mac_status_t full_status;

  assign part_ready_o = 1'b1;

  flaash_combiner_slots #(
    .Slots(Slots)
  ) u_slots (
    .clk_i, .rst_ni,
    .open_valid_i, .open_ready_o, .open_slot_o,
    .close_i, .close_slot_i, .close_count_i,
    .done_i(part_valid_i && part_head_i.last), .done_slot_i(part_slot_i), .done_status_i(part_head_i.status),
    .full_valid_o(full_valid), .full_ready_i(full_ready), .full_slot_o(full_slot),
    .full_status_o(full_status),
    .free_i(freed), .free_slot_i(sum_slot), .idle_o(all_free)
  );

  logic [2*FiberIdWidth-1:0] ids_q[Slots];
  logic [2*FiberIdWidth-1:0] sum_ids;

  always_ff @(posedge clk_i) begin
    if (open_valid_i && open_ready_o) ids_q[open_slot_o[SlotBits-1:0]] <= {open_a_id_i, open_b_id_i};
  end

  assign sum_ids = ids_q[sum_slot[SlotBits-1:0]];

  // ----------------------------------------------------------------------- words
  logic [NumWords-1:0]   full_touched, sum_touched;
  logic [SlotBits-1:0]   read_slot;
  logic [PairWidth-1:0]  read_pair;
  logic [WordBits-1:0]   read_even, read_odd;
  logic [IndexWidth-1:0] part_index;

  assign part_index = Float ? part_head_i.index : '0;

  flaash_combiner_words #(
    .Slots    (Slots),
    .Width    (WordBits),
    .PairWidth(PairWidth)
  ) u_words (
    .clk_i, .rst_ni,
    .open_i(open_valid_i && open_ready_o), .open_slot_i(open_slot_o[SlotBits-1:0]),
    .add_i(part_valid_i && part_head_i.touch), .add_slot_i(part_slot_i[SlotBits-1:0]),
    .add_index_i(part_index), .add_word_i(part_word_i),
    .touched_slot_i(full_slot[SlotBits-1:0]), .touched_o(full_touched),
    .read_slot_i(read_slot), .read_pair_i(read_pair),
    .read_even_o(read_even), .read_odd_o(read_odd)
  );

  // ---------------------------------------------------------------- complete sums
  localparam int unsigned SumWidth = SlotWidth + $bits(mac_status_t) + NumWords;

  logic        sum_valid, sum_ready;
  mac_status_t sum_status;

  flaash_mac_stage #(
    .Width(SumWidth)
  ) u_sum (
    .clk_i, .rst_ni,
    .in_valid_i(full_valid), .in_ready_o(full_ready), .in_data_i({full_slot, full_status, full_touched}),
    .out_valid_o(sum_valid), .out_ready_i(sum_ready), .out_data_o({sum_slot, sum_status, sum_touched})
  );

  assign freed = sum_valid && sum_ready;

  // --------------------------------------------------------------- round, or check
  logic        room, launch, done_valid;
  mac_result_t done_result;

  if (Float) begin : gen_float
    flaash_mac_finish #(
      .LsbExponent(lsb_exponent(Format)),
      .CountWidth (EntryIdWidth),
      .SetWidth   (SlotBits)
    ) u_finish (
      .clk_i, .rst_ni,
      .sum_valid_i(sum_valid), .sum_ready_o(sum_ready), .sum_touched_i(sum_touched),
      .sum_low_i(lowest_word(sum_touched)), .sum_high_i(highest_word(sum_touched)), .sum_status_i(sum_status),
      .sum_alone_i(1'b0), .sum_pos_i('0), .sum_set_i(sum_slot[SlotBits-1:0]),
      .read_set_o(read_slot), .read_addr_o(read_pair), .read_even_i(read_even), .read_odd_i(read_odd),
      .room_i(room), .launch_o(launch), .result_valid_o(done_valid), .result_o(done_result)
    );
  end else begin : gen_integer
    logic [WordBits-1:0] word_q;
    logic                empty_q, unused_float;

    assign read_slot    = sum_slot[SlotBits-1:0];
    assign read_pair    = '0;
    assign launch       = sum_valid && room;
    assign sum_ready    = room;
    assign unused_float = ^{read_odd, sum_touched[NumWords-1:1], sum_status, part_head_i.index};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) done_valid <= 1'b0;
      else         done_valid <= launch;
    end

    always_ff @(posedge clk_i) begin
      word_q  <= read_even & {WordBits{sum_touched[0]}};
      empty_q <= !sum_status.product;
    end

    flaash_mac_check #(
      .Width   (WordBits),
      .SumWidth(integer_width(Format))
    ) u_check (
      .sum_i(word_q), .empty_i(empty_q), .result_o(done_result)
    );
  end

  // --------------------------------------------------------------------- results
  logic        dot_valid, dot_ready, names_ready, names_valid;
  mac_result_t dot;
  fiber_id_t   dot_a_id, dot_b_id;
  logic        dot_done, stored, zero_empty, zero_cancel, zero_underflow, range_error, stall_result, parity_error;
  logic [$clog2(ResultPlaces):0] names;

  flaash_mac_queue #(
    .Width(MacResultWidth),
    .Depth(ResultPlaces)
  ) u_results (
    .clk_i, .rst_ni,
    .room_o(room), .launch_i(launch), .in_valid_i(done_valid), .in_data_i(done_result),
    .out_valid_o(dot_valid), .out_ready_i(dot_ready), .out_data_o(dot)
  );

  // Of those that are on their way, so not more than there are places for results.
  flaash_stream_fifo #(
    .Width(2 * FiberIdWidth),
    .Depth(ResultPlaces)
  ) u_names (
    .clk_i, .rst_ni,
    .in_valid_i(launch), .in_ready_o(names_ready), .in_data_i(sum_ids),
    .out_valid_o(names_valid), .out_ready_i(dot_done), .out_data_o({dot_a_id, dot_b_id}),
    .usage_o(names)
  );

  flaash_result_store #(
    .Depth (ResultDepth),
    .Parity(Parity)
  ) u_store (
    .clk_i, .rst_ni,
    .dense_i,
    .in_valid_i(dot_valid), .in_ready_o(dot_ready), .in_a_id_i(dot_a_id), .in_b_id_i(dot_b_id),
    .in_value_i(dot.value), .in_flags_i(dot.flags), .in_empty_i(dot.empty), .in_zero_i(dot.zero),
    .in_exact_i(dot.exact), .in_range_i(dot.range),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o),
    .dot_done_o(dot_done), .result_o(stored), .zero_empty_o(zero_empty), .zero_cancel_o(zero_cancel),
    .zero_underflow_o(zero_underflow), .range_o(range_error), .stall_o(stall_result), .flags_o,
    .parity_error_o(parity_error)
  );

  assign idle_o = all_free && names == '0;

  // It is no SDPE: it is never busy with a job, and compares nothing.
  always_comb begin
    events_o                = '0;
    events_o.result_parity  = parity_error;
    events_o.stall_result   = stall_result;
    events_o.dot_done       = dot_done;
    events_o.result         = stored;
    events_o.zero_empty     = zero_empty;
    events_o.zero_cancel    = zero_cancel;
    events_o.zero_underflow = zero_underflow;
    events_o.range_error    = range_error;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(NameForEach_A, !dot_valid || names_valid, "a result without a name")
  `FLAASH_ASSERT(RoomForName_A, !launch || names_ready, "more results than names")
  `FLAASH_ASSERT(DenseIsSteady_A, idle_o || dense_i == $past(dense_i), "dense_i changed under way")
  `FLAASH_COVER(WordWhileResolving_C, part_valid_i && sum_valid)
  `FLAASH_COVER(NoRoom_C, sum_valid && !room)

endmodule : flaash_combiner
