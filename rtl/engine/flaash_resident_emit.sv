// SPDX-License-Identifier: Apache-2.0
// Emit: forms one product per cycle from the matches of an engine's slots, in turn.
//
// Guarantees  Each match of each slot leaves once at out_*, in the slot's order, with the value of A at its entry. The
//             name of its dot product includes the slot. No slot waits for more than one match of each other slot.
//             used_o: a match inside needs that copy of that slot. With span_i all slots have parts of the same dot
//             product. It ends with the last match of the last slot, unless meet_i says that its sum goes on. Names
//             have slot 0; the last match of a shared dot product names its slot of the combiner.
// Demands     AXI handshake rules. With span_i meet_i comes for each dot product, in order, before its first match. It
//             names the slots that have a last match, with or without a product. The values of copies that used_o
//             names do not change. A write and its reads are a cycle apart.
// Latency     Two cycles.
// Throughput  One product per cycle.
// Stalls      The last match of a slot of a shared dot product waits for a slot of the combiner.
// Errors      With Parity each line of values has a parity bit. A line that differs from the stored line is reported a
//             cycle later.
// Reset       Forgets everything inside; values stay.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"
`include "flaash_resident.svh"

module flaash_resident_emit
  import flaash_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Slots      = 4,    // 1, 2, 4
  parameter int unsigned Lanes      = 4,    // entries per line: 1, 2, 4, 8
  parameter int unsigned ValueWidth = 32,   // bits of a value
  parameter int unsigned SlotLines  = 128,  // lines of a copy of a slot, a power of two
  parameter int unsigned Parity     = 1,    // a parity bit per line, 0 or 1
  localparam int unsigned LineWidth  = $clog2(SlotLines),
  localparam int unsigned EntryWidth = $clog2(SlotLines * Lanes),
  localparam int unsigned TurnWidth  = (Slots > 1) ? $clog2(Slots) : 1,
  localparam type slot_match_t = `FLAASH_RESIDENT_MATCH(EntryWidth, ValueWidth),
  localparam type match_t      = `FLAASH_MATCH(ValueWidth)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // values of A, a line at a time
  input  logic                             write_i,
  input  logic [TurnWidth-1:0]             slot_i,
  input  logic                             copy_i,
  input  logic [LineWidth-1:0]             line_i,
  input  logic [Lanes-1:0][ValueWidth-1:0] values_i,
  // slots that work together
  input  logic                             span_i,
  input  logic                             meet_valid_i,
  output logic                             meet_ready_o,
  input  meet_t                            meet_i,
  // slots of the combiner, for shared dot products
  input  logic                             slot_valid_i,
  output logic                             slot_ready_o,
  input  slot_t                            part_slot_i,
  // matches
  input  logic [Slots-1:0]                 in_valid_i,
  output logic [Slots-1:0]                 in_ready_o,
  input  slot_match_t [Slots-1:0]          in_i,
  input  fiber_id_t [Slots-1:0]            a_id_i,
  output logic [Slots-1:0][1:0]            used_o,
  // products
  output logic                             out_valid_o,
  input  logic                             out_ready_i,
  output match_t                           out_o,
  output dot_name_t                        out_name_o,
  output logic                             parity_error_o
);

  localparam int unsigned LaneShift = $clog2(Lanes);
  localparam int unsigned LaneWidth = (Lanes > 1) ? LaneShift : 1;
  localparam int unsigned LineBits  = Lanes * ValueWidth;
  localparam int unsigned WordWidth = LineBits + Parity;

  // -------------------------------------------------------------------- whose turn it is
  logic [Slots-1:0]     grant;
  logic [TurnWidth-1:0] chosen;
  logic                 e1_free, e2_free;
  slot_match_t          picked, match;           // as its slot offers it; as it leaves
  fiber_id_t            a_id;
  logic [Slots-1:0]     request, meets, met_q;  // met: a slot's last match has left
  logic [Slots-1:0]     held;                    // a last match that waits for a slot of the combiner
  logic                 take, ends, last, meets_all, sends;  // ends: of its slot; last: of its dot product
  logic                 shared;
  sum_kind_t            kind;

  flaash_round_robin #(
    .NumPorts(Slots)
  ) u_turn (
    .clk_i, .rst_ni,
    .request_i(request), .accept_i(e1_free), .grant_o(grant), .index_o(chosen)
  );

  assign kind       = meet_i.kind;
  assign shared     = span_i && kind.shared;
  assign request    = in_valid_i & ~met_q & ~held & (span_i ? meet_i.holds[Slots-1:0] & {Slots{meet_valid_i}} : '1);
  assign in_ready_o = grant & {Slots{e1_free}};

  for (genvar s = 0; s < int'(Slots); s++) begin : gen_held
    slot_match_t offered;

    assign offered        = in_i[s];
    assign held[s]        = offered.last && shared && !kind.more && !slot_valid_i;
  end

  assign picked = in_i[chosen];
  assign ends   = picked.last;

  always_comb begin
    match      = picked;
    match.last = last;
  end

  assign a_id       = a_id_i[chosen];
  assign take       = request != '0 && e1_free;

  // Slots that work together meet at the end of each dot product. A match without a product that ends none is dropped.
  assign meets        = met_q | grant;
  assign meets_all    = (meet_i.holds[Slots-1:0] & ~meets) == '0;
  assign last         = ends && (!span_i || (meets_all && !kind.more));
  assign sends        = !span_i || picked.product || last;
  assign meet_ready_o = span_i && take && ends && meets_all;
  assign slot_ready_o = shared && take && last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                     met_q <= '0;
    else if (meet_ready_o)           met_q <= '0;
    else if (span_i && take && ends) met_q <= meets;
  end

  // ------------------------------------------------------------------ read its value
  logic                 e1_valid_q;
  logic [TurnWidth-1:0] e1_slot_q;
  slot_match_t          e1_q;
  fiber_id_t            e1_a_id_q;
  logic                 e1_shared_q;
  slot_t                e1_part_slot_q;
  logic                 read;

  assign e1_free = !e1_valid_q || e2_free;
  assign read    = e1_valid_q && e1_q.product && e2_free;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      e1_valid_q <= 1'b0;
    else if (e1_free) e1_valid_q <= take && sends;
  end

  always_ff @(posedge clk_i) begin
    if (take) {e1_slot_q, e1_q, e1_a_id_q} <= {chosen, match, a_id};
    if (take) {e1_shared_q, e1_part_slot_q} <= {shared, slot_ready_o ? part_slot_i : slot_t'(0)};
  end

  for (genvar s = 0; s < int'(Slots); s++) begin : gen_used
    assign used_o[s] = (e1_valid_q && e1_slot_q == TurnWidth'(s)) ? {e1_q.copy, !e1_q.copy} : 2'b00;
  end

  logic [WordWidth-1:0]             word;
  logic [Lanes-1:0][ValueWidth-1:0] values;

  flaash_memory_bank #(
    .Width(WordWidth),
    .Words(2 ** TurnWidth * 2 * SlotLines)
  ) u_values (
    .clk_i,
    .wr_enable_i(write_i), .wr_addr_i({slot_i, copy_i, line_i}),
    .wr_data_i  (WordWidth'({~^values_i, values_i})),  // odd parity; without Parity the bit falls off
    .rd_enable_i(read), .rd_addr_i({e1_slot_q, e1_q.copy, LineWidth'(e1_q.entry >> LaneShift)}),
    .rd_data_o  (word)
  );

  assign values = word[LineBits-1:0];

  if (Parity == 1) begin : gen_parity
    logic read_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) read_q <= 1'b0;
      else         read_q <= read;
    end

    flaash_parity_watch #(
      .Channels  (1),
      .Width     (WordWidth),
      .PlaceWidth(1)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(read_q), .word_i(word), .place_i(1'b0), .error_o(parity_error_o), .place_o()
    );
  end else begin : gen_no_parity
    assign parity_error_o = 1'b0;
  end

  // ------------------------------------------------------------------------ products
  logic                  e2_valid_q, e2_product_q, e2_last_q;
  logic [LaneWidth-1:0]  e2_lane_q;
  logic [ValueWidth-1:0] e2_value_q;
  dot_name_t             e2_name_q;

  assign e2_free = !e2_valid_q || out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)      e2_valid_q <= 1'b0;
    else if (e2_free) e2_valid_q <= e1_valid_q;
  end

  always_ff @(posedge clk_i) begin
    if (e1_valid_q && e2_free) begin
      e2_product_q      <= e1_q.product;
      e2_last_q         <= e1_q.last;
      e2_lane_q         <= (Lanes > 1) ? e1_q.entry[LaneWidth-1:0] : '0;
      e2_value_q        <= e1_q.value;
      e2_name_q.partial <= e1_shared_q;
      e2_name_q.slot    <= e1_shared_q ? e1_part_slot_q : span_i ? slot_t'(0) : slot_t'(e1_slot_q);
      e2_name_q.a_id    <= e1_a_id_q;
      e2_name_q.b_id    <= e1_q.b_id;
    end
  end

  assign out_valid_o = e2_valid_q;

  assign out_o.product = e2_product_q;
  assign out_o.last    = e2_last_q;
  assign out_o.a       = e2_product_q ? values[e2_lane_q] : ValueWidth'(0);
  assign out_o.b       = e2_value_q;

  assign out_name_o = e2_name_q;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, {out_o, out_name_o}, $bits(match_t) + $bits(dot_name_t))
  `FLAASH_ASSERT(MeetKnown_A, !span_i || in_valid_i == '0 || meet_valid_i, "a match of a dot product without meet_i")
  `FLAASH_ASSERT(SlotTaken_A, !slot_ready_o || slot_valid_i, "a shared sum without a slot of the combiner")
  `FLAASH_COVER(AllSlots_C, &in_valid_i)
  `FLAASH_COVER(WaitsForSlot_C, (held & in_valid_i) != '0)
  `FLAASH_COVER(WaitsToMeet_C, (met_q & in_valid_i) != '0)

endmodule : flaash_resident_emit
