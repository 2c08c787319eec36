// SPDX-License-Identifier: Apache-2.0
// Slot: compares a resident fiber of A with each streamed line of B.
//
// Guarantees  Each common entry of a streamed fiber of B and the resident fiber leaves at match_*, in order. A match is
//             the place of the entry of A, and the value of B. The last one of each fiber of B is marked. A fiber of B
//             without a common entry raises empty_o, or with dense_i gives a match without a product. done_o: the line
//             has been compared, in this cycle or before.
// Demands     line_i stays from line_valid_i until pop_i, which comes with or after done_o. Lines of a fiber of A come
//             in order, SlotLines at most; lines of a copy only while used_o shows that nothing of the copy is inside,
//             and no line of B that wants that copy waits. A copy is wanted two cycles after its last line, or later.
// Latency     One cycle from a comparison to a match, if a later line or the fiber's end shows whether it is the last.
// Throughput  A line or two chunks per cycle; one match per cycle.
// Stalls      While the queue of lines with matches is full.
// Reset       Forgets everything.

`include "flaash_assert.svh"
`include "flaash_line.svh"
`include "flaash_resident.svh"

module flaash_resident_slot
  import flaash_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Chunk      = 8,    // entries of a chunk, two of which are compared at a time
  parameter int unsigned Lanes      = 4,    // entries of a line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,   // bits of a coordinate
  parameter int unsigned ValueWidth = 32,   // bits of a value
  parameter int unsigned SlotLines  = 128,  // lines of a copy, a power of two, four chunks or more
  parameter int unsigned Depth      = 4,    // lines with matches that wait, a power of two, 4 or more
  parameter int unsigned Parity     = 1,    // a parity bit per line, 0 or 1
  localparam int unsigned LineWidth   = $clog2(SlotLines),
  localparam int unsigned PlaceWidth  = $clog2(Chunk),
  localparam int unsigned NumberWidth = $clog2(SlotLines * Lanes / Chunk) - 1,
  localparam int unsigned EntryWidth  = NumberWidth + 1 + PlaceWidth,
  localparam type line_t  = `FLAASH_LINE(Lanes, CoordWidth, ValueWidth),
  localparam type match_t = `FLAASH_RESIDENT_MATCH(EntryWidth, ValueWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 dense_i,  // a fiber of B without a match is wanted, too
  // a line of A
  input  logic                 fill_valid_i,
  input  fill_t                fill_i,
  input  logic [$clog2(Lanes):0]           fill_count_i,   // entries
  input  logic [Lanes-1:0][CoordWidth-1:0] fill_coords_i,  // in the next cycle
  output logic [LineWidth-1:0] fill_number_o,  // which one of its fiber
  // a line of B
  input  logic                 line_valid_i,
  input  logic                 copy_i,
  input  fiber_id_t            id_i,
  input  line_t                line_i,
  output logic                 step_o,         // it is being compared
  output logic                 done_o,
  input  logic                 pop_i,
  // matches
  output logic                 match_valid_o,
  input  logic                 match_ready_i,
  output match_t               match_o,
  output fiber_id_t            a_id_o,         // of the match
  output logic                 empty_o,
  output logic [1:0]           used_o,         // something inside needs this copy
  output logic                 parity_error_o
);

  // ------------------------------------------------------------------ resident fibers
  // The slot holds two neighbouring chunks of the wanted fiber, or its last one beside none. Chunks with even and with
  // odd numbers have separate stores, so that both can advance in a cycle.
  localparam int unsigned ChunkLines = $clog2(Chunk / Lanes);  // bits

  fiber_id_t [1:0]           ids_q;
  logic [1:0][LineWidth-1:0] last_line_q;   // of the fiber in each copy
  logic [1:0]                last_odd_q;    // it is in a chunk of the second kind
  logic                      odd;           // likewise, the line that is written
  logic [1:0]                chunks_valid, last, chunks_parity, next;
  logic                      final_chunk, done, back;

  logic [1:0][NumberWidth-1:0]           numbers;  // of the chunks, among the even or the odd ones
  logic [1:0][PlaceWidth:0]              entries;
  logic [1:0][Chunk-1:0][CoordWidth-1:0] chunks;
  logic [Lanes-1:0]                      hits;
  logic [Lanes-1:0][PlaceWidth:0]        places;

  assign fill_number_o = fill_i.opens ? '0 : last_line_q[fill_i.copy] + 1'b1;
  assign odd           = fill_number_o[ChunkLines];

  always_ff @(posedge clk_i) begin
    if (fill_valid_i) begin
      ids_q[fill_i.copy]       <= fill_i.id;
      last_line_q[fill_i.copy] <= fill_number_o;
      last_odd_q[fill_i.copy]  <= odd;
    end
  end

  for (genvar c = 0; c < 2; c++) begin : gen_kind
    flaash_resident_chunks #(
      .Chunk     (Chunk),
      .Lanes     (Lanes),
      .CoordWidth(CoordWidth),
      .Lines     (SlotLines / 2),
      .Parity    (Parity)
    ) u_chunks (
      .clk_i, .rst_ni,
      .begin_i(fill_valid_i && fill_i.opens), .write_i(fill_valid_i && odd == 1'(c)), .copy_i(fill_i.copy),
      .count_i(fill_count_i), .coords_i(fill_coords_i),
      .want_i(line_valid_i), .wanted_i(copy_i), .next_i(step_o && next[c]), .back_i(step_o && back),
      .chunk_valid_o(chunks_valid[c]), .number_o(numbers[c]), .last_o(last[c]), .entries_o(entries[c]),
      .chunk_o(chunks[c]), .parity_error_o(chunks_parity[c])
    );
  end

  assign final_chunk    = last[last_odd_q[copy_i]];
  assign parity_error_o = chunks_parity != '0;

  // -------------------------------------------------------------------- comparison
  logic done_q, room;

  flaash_resident_step #(
    .Chunk     (Chunk),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth)
  ) u_step (
    .chunks_i(chunks), .entries_i(entries), .final_i(final_chunk),
    .line_i(line_i.coords), .count_i(line_i.count),
    .hits_o(hits), .places_o(places), .next_o(next), .done_o(done)
  );

  assign step_o = line_valid_i && !done_q && (&chunks_valid) && room;
  assign back   = done && line_i.last;
  assign done_o = done_q || (step_o && done);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    done_q <= 1'b0;
    else if (pop_i) done_q <= 1'b0;
    else            done_q <= done_o;
  end

  // ----------------------------------------------------------------------- matches
  // A line with its matches; the place of each in the fiber.
  localparam type hit_line_t = `FLAASH_HIT_LINE(Lanes, EntryWidth, ValueWidth);

  logic                             lines_valid, lines_ready;
  logic [Lanes-1:0][EntryWidth-1:0] in_entries, out_entries;
  logic [Lanes-1:0][ValueWidth-1:0] out_values;
  hit_line_t                        in_line, hit_line;

  for (genvar lane = 0; lane < int'(Lanes); lane++) begin : gen_entry
    assign in_entries[lane] = {numbers[places[lane][PlaceWidth]], places[lane]};
  end

  assign in_line.hits   = hits;
  assign in_line.last   = back;
  assign in_line.copy   = copy_i;
  assign in_line.b_id   = id_i;
  assign in_line.values = line_i.values;
  assign in_line.coords = in_entries;

  flaash_resident_matches #(
    .Lanes     (Lanes),
    .CoordWidth(EntryWidth),
    .ValueWidth(ValueWidth),
    .Depth     (Depth)
  ) u_matches (
    .clk_i, .rst_ni, .dense_i,
    .in_valid_i(step_o), .in_ready_o(room),
    .in_i(in_line), .empty_o,
    .out_valid_o(lines_valid), .out_ready_i(lines_ready), .out_o(hit_line), .used_o
  );

  // ------------------------------------------------------------ one after the other
  logic [Lanes-1:0]      sent_q, left, lowest;
  logic                  ends;
  logic [EntryWidth-1:0] entry;
  logic [ValueWidth-1:0] value;

  assign {out_values, out_entries} = {hit_line.values, hit_line.coords};

  assign left   = hit_line.hits & ~sent_q;
  assign lowest = left & (~left + 1'b1);
  assign ends   = (left & ~lowest) == '0;

  always_comb begin
    entry = '0;
    value = '0;
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      if (lowest[lane]) begin
        entry = entry | out_entries[lane];
        value = value | out_values[lane];
      end
    end
  end

  assign lines_ready   = match_ready_i && ends;
  assign match_valid_o = lines_valid;

  assign match_o.product = left != '0;
  assign match_o.last    = hit_line.last && ends;
  assign match_o.copy    = hit_line.copy;
  assign match_o.b_id    = hit_line.b_id;
  assign match_o.entry   = entry;
  assign match_o.value   = value;

  assign a_id_o = ids_q[hit_line.copy];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                             sent_q <= '0;
    else if (match_valid_o && match_ready_i) sent_q <= ends ? '0 : sent_q | lowest;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(match, match_valid_o, match_ready_i, {match_o, a_id_o}, $bits(match_t) + $bits(fiber_id_t))
  `FLAASH_ASSERT(StepsOn_A, !step_o || next == '1 || done, "a comparison that leads nowhere")
  `FLAASH_ASSERT(DoneBeforePop_A, !pop_i || !line_valid_i || done_o, "a line leaves before it was compared")
  `FLAASH_COVER(EndsWithTheLine_C, step_o && next != '0 && done)
  `FLAASH_COVER(WaitsForOthers_C, line_valid_i && done_q)
  `FLAASH_COVER(Full_C, line_valid_i && !done_q && (&chunks_valid) && !room)

endmodule : flaash_resident_slot
