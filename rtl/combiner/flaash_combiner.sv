// SPDX-License-Identifier: Apache-2.0
// Combiner: adds up the portions of split dot products, exactly, and rounds each sum once.
//
// Guarantees  Each dot product that is opened and closed gives one result when all of its portions have come in. The
//             result is the sum of all their products, finished and rounded by the modules that round the sums of a
//             MAC. So it has the bits of the result in one piece. Zeros are dropped, results stored and events
//             reported as by an SDPE (flaash_result_store).
// Demands     part_*: the words of portions as flaash_mac_export sends them, for slots that are open; words
//             of different portions and slots may come in any order; words of one portion end
//             with head.last. A dot product is closed before its last portion comes in. dense_i
//             and finish_i change only while idle_o. At most 2 ** EntryIdWidth products per dot product.
// Latency     From the last word of a dot product over n words to its result: 15 + n cycles; integers: 6.
// Throughput  One word per cycle in; a result per max(n, 1) cycles.
// Stalls      Words are always accepted: part_ready_o is 1. So no SDPE that holds a portion waits for a slot, for
//             another SDPE or for the host. A full slot waits for room for its result, which needs only that results
//             are accepted; then the slot is free. The portions of an open slot need no second slot, so a wait for a
//             free slot always ends.
// Emptiness   A dot product whose portions have no product gives +0, as it does in one piece.
// Reset       Forgets all slots and results.
//
//   open, close --> u_slots -- full --> u_sum --> round, or check --> u_results --> u_store --> result_*
//   part_* -+----------^                  |  ^
//           +-----> u_even, u_odd --------+--+

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_combiner
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Slots       = 16,          // dot products at a time, 1 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam int unsigned PartWidth  = word_width(Format, EntryIdWidth),
  localparam type part_t = `FLAASH_PART(PartWidth)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         dense_i,  // keep results that are zero
  input  finish_t      finish_i,
  // dot products that begin
  input  logic         open_valid_i,
  output logic         open_ready_o,
  input  fibers_t      open_i,
  output slot_t        open_slot_o,
  input  close_t       close_i,
  // words of portions
  input  logic         part_valid_i,
  output logic         part_ready_o,
  input  part_t        part_i,
  // results
  output logic         result_valid_o,
  input  logic         result_ready_i,
  output result_t      result_o,
  // what happens in this cycle
  output sdpe_events_t events_o,
  output logic         idle_o
);

  if (Slots < 1 || Slots > MaxPortions) begin : gen_illegal_slots
    `FLAASH_ILLEGAL("Slots must be 1 to 64")
  end

  localparam bit          Float       = Format == FormatFp32 || Format == FormatBf16;
  localparam bit          Bf16        = Format == FormatBf16;
  localparam int unsigned PairWidth   = Float ? BankAddrWidth : 1;
  localparam int unsigned SlotBits    = (Slots > 1) ? $clog2(Slots) : 1;
  localparam int          LsbExponent = lsb_exponent(Format);
  localparam int unsigned QueueDepth  = 16;  // above the latency from launch to u_results

  // ----------------------------------------------------------------------- slots
  // A dot product whose portions have all come in, and which of its words they touched.
  typedef struct packed {
    slot_t               slot;
    mac_status_t         status;
    logic [NumWords-1:0] touched;
  } sum_t;

  logic                full_valid, full_ready, freed, all_free, sum_valid, sum_ready;
  full_t               full;
  logic [NumWords-1:0] full_touched;
  sum_t                sum;
  part_head_t          head;
  dot_name_t           names_q[Slots];
  dot_name_t           sum_name;
  logic                opened;
  logic [SlotBits-1:0] open_slot;

  assign opened       = open_valid_i && open_ready_o;
  assign open_slot    = open_slot_o[SlotBits-1:0];
  assign part_ready_o = 1'b1;
  assign head         = part_i.head;

  flaash_combiner_slots #(
    .Slots(Slots)
  ) u_slots (
    .clk_i, .rst_ni,
    .open_valid_i, .open_ready_o, .open_slot_o, .close_i,
    .done_i({part_valid_i && head.last, part_i.slot, head.status}),
    .full_valid_o(full_valid), .full_ready_i(full_ready), .full_o(full),
    .free_i(freed), .free_slot_i(sum.slot), .idle_o(all_free)
  );

  always_ff @(posedge clk_i) begin
    if (opened) names_q[open_slot] <= {1'b0, slot_t'(0), open_i};
  end

  assign sum_name = names_q[sum.slot[SlotBits-1:0]];

  // ----------------------------------------------------------------------- words
  // As in the MAC, even and odd words are in two banks, so that both words of a pair can be read at once. As there,
  // `touched` replaces clearing: a word that nothing was added to since its slot was opened counts as zero.
  localparam int unsigned AddrWidth = SlotBits + PairWidth;

  logic [Slots-1:0][NumWords-1:0] touched_q;
  logic [NumWords-1:0]            touch, add_touched;
  logic                           add;
  logic [SlotBits-1:0]            add_slot;
  logic [IndexWidth-1:0]          add_index;
  logic [AddrWidth-1:0]           read_addr;   // {slot, pair}
  logic [1:0][PartWidth-1:0]      read_words;  // {odd, even}

  assign add          = part_valid_i && head.touch;
  assign add_slot     = part_i.slot[SlotBits-1:0];
  assign add_index    = Float ? head.index : '0;
  assign add_touched  = touched_q[add_slot];
  assign full_touched = touched_q[full.slot[SlotBits-1:0]];

  for (genvar i = 0; i < NumWords; i++) begin : gen_touch
    assign touch[i] = add_index == IndexWidth'(i);
  end

  for (genvar i = 0; i < Slots; i++) begin : gen_slot
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                                  touched_q[i] <= '0;
      else if (opened && open_slot == SlotBits'(i)) touched_q[i] <= '0;
      else if (add && add_slot == SlotBits'(i))     touched_q[i] <= touched_q[i] | touch;
    end
  end

  // Whether the old word counts is decided a cycle before the addition: the adder has a cycle for itself.
  logic                 add_q, keep_q, odd_q;
  logic [AddrWidth-1:0] addr_q;
  logic [PartWidth-1:0] word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) add_q <= 1'b0;
    else         add_q <= add;
  end

  always_ff @(posedge clk_i) begin
    keep_q <= (add_touched & touch) != '0;
    odd_q  <= add_index[0];
    addr_q <= {add_slot, PairWidth'(add_index >> 1)};
    word_q <= part_i.word;
  end

  flaash_mac_bank #(
    .Width      (PartWidth),
    .AddendWidth(PartWidth),
    .Words      (2 ** AddrWidth)
  ) u_even (
    .clk_i,
    .add_i(add_q && !odd_q), .keep_i(keep_q), .negative_i(1'b0), .addr_i(addr_q), .addend_i(word_q),
    .read_addr_i(read_addr), .read_data_o(read_words[0])
  );

  flaash_mac_bank #(
    .Width      (PartWidth),
    .AddendWidth(PartWidth),
    .Words      (2 ** AddrWidth)
  ) u_odd (
    .clk_i,
    .add_i(add_q && odd_q), .keep_i(keep_q), .negative_i(1'b0), .addr_i(addr_q), .addend_i(word_q),
    .read_addr_i(read_addr), .read_data_o(read_words[1])
  );

  // ---------------------------------------------------------------- complete sums
  flaash_mac_stage #(
    .Data(sum_t)
  ) u_sum (
    .clk_i, .rst_ni,
    .in_valid_i(full_valid), .in_ready_o(full_ready), .in_data_i({full, full_touched}),
    .out_valid_o(sum_valid), .out_ready_i(sum_ready), .out_data_o(sum)
  );

  assign freed = sum_valid && sum_ready;

  // --------------------------------------------------------------- round, or check
  logic        room, launch, done_valid, done_ready, bf16;
  mac_result_t done_result;

  assign bf16 = Bf16 && finish_i.narrow;

  if (Float) begin : gen_float
    mac_sum_t    whole_sum;
    logic        window_valid, window_ready;
    mac_window_t window;

    assign whole_sum.touched = sum.touched;
    assign whole_sum.low     = lowest_word(sum.touched);
    assign whole_sum.high    = highest_word(sum.touched);
    assign whole_sum.status  = sum.status;
    assign whole_sum.alone   = 1'b0;
    assign whole_sum.pos     = PosWidth'(0);

    flaash_mac_resolve #(
      .CountWidth(EntryIdWidth),
      .SetWidth  (SlotBits)
    ) u_resolve (
      .clk_i, .rst_ni,
      .sum_valid_i(sum_valid), .sum_ready_o(sum_ready), .sum_i(whole_sum), .sum_set_i(sum.slot[SlotBits-1:0]),
      .read_addr_o(read_addr), .read_words_i(read_words), .room_i(room), .launch_o(launch),
      .window_valid_o(window_valid), .window_ready_i(window_ready), .window_o(window)
    );

    flaash_mac_round #(
      .LsbExponent(LsbExponent)
    ) u_round (
      .clk_i, .rst_ni, .relu_i(finish_i.relu), .narrow_i(bf16),
      .window_valid_i(window_valid), .window_ready_o(window_ready), .window_i(window),
      .result_valid_o(done_valid), .result_ready_i(done_ready), .result_o(done_result)
    );
  end else begin : gen_integer
    logic [PartWidth-1:0] whole;
    mac_shifted_t         shifted_q;
    mac_status_t          status;
    logic                 unused_float;

    assign whole        = read_words[0] & {PartWidth{sum.touched[0]}};
    assign read_addr    = {sum.slot[SlotBits-1:0], PairWidth'(0)};
    assign status       = sum.status;
    assign launch       = sum_valid && room;
    assign sum_ready    = room;
    assign unused_float = ^{read_words[1], sum.touched[NumWords-1:1], status, head.index, done_ready};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) done_valid <= 1'b0;
      else         done_valid <= launch;
    end

    always_ff @(posedge clk_i) begin
      shifted_q <= shifted_sum(MaxSumWidth'($signed(whole)), !status.product, finish_i.relu, finish_i.shift);
    end

    assign done_result = integer_result(shifted_q, finish_i.narrow, integer_width(Format), value_width(Format));
  end

  // --------------------------------------------------------------------- results
  logic        dot_valid, dot_ready, all_left;
  dot_name_t   dot_name;
  mac_result_t dot_result;

  flaash_mac_queue #(
    .Name (dot_name_t),
    .Beat (mac_result_t),
    .Depth(QueueDepth)
  ) u_results (
    .clk_i, .rst_ni,
    .room_o(room), .launch_i(launch), .launch_name_i(sum_name),
    .in_valid_i(done_valid), .in_ready_o(done_ready), .in_data_i(done_result),
    .out_valid_o(dot_valid), .out_ready_i(dot_ready), .out_name_o(dot_name), .out_data_o(dot_result),
    .empty_o(all_left)
  );

  // It is no SDPE: it is never busy with a job, and compares nothing.
  flaash_result_store #(
    .Depth (ResultDepth),
    .Parity(Parity)
  ) u_store (
    .clk_i, .rst_ni,
    .dense_i, .bf16_i(bf16),
    .in_valid_i(dot_valid), .in_ready_o(dot_ready), .in_i({dot_name, dot_result}),
    .out_valid_o(result_valid_o), .out_ready_i(result_ready_i), .out_result_o(result_o),
    .events_o
  );

  assign idle_o = all_free && all_left;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(DenseIsSteady_A, idle_o || dense_i == $past(dense_i), "dense_i changed while busy")
  `FLAASH_ASSERT(FinishIsSteady_A, idle_o || finish_i == $past(finish_i), "finish_i changed while busy")
  `FLAASH_COVER(WordWhileResolving_C, part_valid_i && sum_valid)
  `FLAASH_COVER(NoRoom_C, sum_valid && !room)

endmodule : flaash_combiner
