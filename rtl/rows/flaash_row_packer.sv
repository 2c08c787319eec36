// SPDX-License-Identifier: Apache-2.0
// Row packer: packs the results of some engines into beats of rows.
//
// Each slot of each engine has an open row at a time, with a beat of values and a beat of columns. A beat leaves when
// it is full, and when the row ends.
//
// Guarantees  The results of a row leave in order, from the row's first element on, as values and as columns. Results
//             beyond the pitch are dropped. length_* reports each row that ends, once, with the number of all its
//             results; 1 of a dense row. A row ends with a result of another fiber of A in the same slot of the same
//             engine, or with flush_i. wrote_o: a result goes to a beat. flushed_o: no row is open, all beats and
//             lengths have left. A row whose number is not below layout_i.rows is dropped. With drop_i results are
//             taken and dropped, and rows end without beats and lengths; offered beats stay.
// Demands     Results of a slot of an engine come fiber by fiber of A. flush_i only after the last result, until
//             flushed_o; likewise drop_i, once it is high. The response to a request is the row of a fiber of A, or the
//             column of a fiber of B. It comes after its request is accepted, in order; there is always room
//             for it. With plain_i it is the number of the fiber. Fibers from filled_i on have no number yet. Results
//             of a dense row ascend.
// Latency     Five cycles from the last result of a beat to the beat.
// Throughput  A result per cycle, but for a cycle per row that begins and per beat that leaves together with another.
// Stalls      in_ready_o is low while a beat or a length waits, or a number.
// Reset       No row is open.
//
//   in_* --> begin, or go on? --> number --> beats of open rows --> beat_*, length_*

`include "flaash_assert.svh"

module flaash_row_packer
  import flaash_pkg::*;
#(
  parameter int unsigned Sources    = 2,    // engines
  parameter int unsigned ValueBytes = 4,    // of a value, 4 or 8
  parameter int unsigned NarrowBytes = 2,   // of a narrow one, 1, 2 or 4
  parameter int unsigned DataWidth  = 128,  // of a beat: 128, 256 or 512
  localparam int unsigned Keys       = Sources * MaxSlots,  // open rows, most
  localparam int unsigned KeyBits    = $clog2(Keys),
  localparam int unsigned LengthBits = FiberIdWidth + 1,
  localparam type in_t     = struct packed {logic [KeyBits-1:0] key; result_t result;},
  localparam type beat_t   = struct packed {
                               logic                  columns;  // not values
                               node_id_t              row;
                               logic [31:0]           index;    // number of the beat in its row
                               logic [6:0]            bytes;
                               logic [DataWidth-1:0]  data;
                             },
  localparam type length_t = struct packed {node_id_t row; logic [LengthBits-1:0] length;}
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  input  layout_t         layout_i,
  input  logic            in_valid_i,
  output logic            in_ready_o,
  input  in_t             in_i,
  input  logic            flush_i,
  input  logic            drop_i,
  output logic            flushed_o,
  output logic            wrote_o,
  // numbers of rows and columns, of A in element 0
  input  logic [1:0]      plain_i,
  input  fiber_id_t [1:0] filled_i,
  output logic            req_valid_o,
  input  logic            req_ready_i,
  output line_id_t        req_o,
  input  logic            rsp_valid_i,
  input  logic [31:0]     rsp_i,
  // beats, and rows that have ended
  output logic            beat_valid_o,
  input  logic            beat_ready_i,
  output beat_t           beat_o,
  output logic            length_valid_o,
  input  logic            length_ready_i,
  output length_t         length_o
);

  localparam int unsigned BeatBytes = DataWidth / 8;

  typedef enum logic [1:0] {OpBegin, OpResult, OpEnd} op_e;

  typedef struct packed {
    op_e                    op;
    logic [KeyBits-1:0]     key;
    fiber_id_t              id;
    logic [ResultWidth-1:0] value;
  } step_t;

  // ------------------------------------------------------------- begin, go on or end
  result_t              result;
  logic [KeyBits-1:0]   key, end_key;
  logic [Keys-1:0]      open_q;      // rows that have begun here
  fiber_id_t            ids_q[Keys]; // their fibers of A
  logic                 same, step_ready, step_taken, begins, ends;
  op_e                  op;
  step_t                step;

  assign result = in_i.result;
  assign key    = in_i.key;
  assign same   = open_q[key] && ids_q[key] == result.a_id;
  assign begins = in_valid_i && !same;
  assign ends   = !in_valid_i && flush_i && open_q != '0;

  always_comb begin
    end_key = '0;
    for (int k = int'(Keys) - 1; k >= 0; k--) begin
      if (open_q[k]) end_key = KeyBits'(k);
    end
    op = OpResult;
    if (begins) op = OpBegin;
    if (ends)   op = OpEnd;
  end

  // Without a result in_i is unknown.
  assign step.op    = op;
  assign step.key   = ends ? end_key : key;
  assign step.id    = ends ? '0 : (begins ? result.a_id : result.b_id);
  assign step.value = ends ? '0 : result.value;
  assign step_taken = (in_valid_i || ends) && step_ready;
  assign in_ready_o = same && in_valid_i && step_ready;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) open_q <= '0;
    else if (step_taken && begins) open_q[key]     <= 1'b1;
    else if (step_taken && ends)   open_q[end_key] <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (step_taken && begins) ids_q[key] <= result.a_id;
  end

  // ------------------------------------------------------------------------ numbers
  localparam int unsigned Depth = 4;

  logic             asks_valid, asks_taken, wanted, known, step_room;
  step_t            asks;
  logic             next_valid, next_taken, looks_up, number_valid, number_room;
  step_t            next;
  logic [31:0]      looked_up, number;

  flaash_stream_register #(
    .Width($bits(step_t))
  ) u_step (
    .clk_i, .rst_ni,
    .in_valid_i(in_valid_i || ends), .in_ready_o(step_ready), .in_data_i(step),
    .out_valid_o(asks_valid), .out_ready_i(asks_taken), .out_data_o(asks)
  );

  assign wanted      = asks.op != OpEnd && !plain_i[asks.op == OpResult];
  assign known       = asks.id < filled_i[asks.op == OpResult];
  assign req_o       = {asks.op == OpResult, asks.id};
  assign req_valid_o = asks_valid && wanted && known && step_room;
  assign asks_taken  = asks_valid && step_room && (!wanted || (known && req_ready_i));

  flaash_stream_fifo #(
    .Data(step_t), .Depth(Depth), .OutputRegister(1)
  ) u_steps (
    .clk_i, .rst_ni,
    .in_valid_i(asks_valid && (!wanted || (known && req_ready_i))), .in_ready_o(step_room), .in_data_i(asks),
    .out_valid_o(next_valid), .out_ready_i(next_taken), .out_data_o(next), .usage_o()
  );

  // As many steps wait at least.
  flaash_stream_fifo #(
    .Width(32), .Depth(Depth), .OutputRegister(1)
  ) u_numbers (
    .clk_i, .rst_ni,
    .in_valid_i(rsp_valid_i), .in_ready_o(number_room), .in_data_i(rsp_i),
    .out_valid_o(number_valid), .out_ready_i(next_taken && looks_up), .out_data_o(looked_up),
    .usage_o()
  );

  assign looks_up = next.op != OpEnd && !plain_i[next.op == OpResult];
  assign number   = looks_up ? looked_up : 32'(next.id);

  // ---------------------------------------------------------------------- open rows
  // A row of the layout rows has an element per result. A dense row has an element per column; columns without
  // a result are zero.
  localparam int unsigned NarrowShift = $clog2(BeatBytes / NarrowBytes);
  localparam int unsigned ValueShift  = $clog2(BeatBytes / ValueBytes);

  logic [Keys-1:0]       lives_q, bad_q;  // a row is open; it is none of the result's
  logic [Keys-1:0]       fits_q;          // its next element is within the pitch
  logic [31:0]           last_q;          // number of the last element within the pitch
  node_id_t              rows_q[Keys];
  logic [31:0]           counts_q[Keys];  // elements so far
  logic                  act_valid_q, acts;  // what a step does is to be done; is being done
  logic                  steps, live, ends_row, closes, fits, writes, skips, pads;
  logic [31:0]           count, element, next_beat, from_beat, to_beat;
  logic [KeyBits-1:0]    at;
  logic [4:0]            element_shift;   // of elements to a beat of values

  assign element_shift = layout_i.narrow ? 5'(NarrowShift) : 5'(ValueShift);
  assign at         = next.key;
  assign count      = counts_q[at];
  assign element    = layout_i.dense ? number : count;
  assign steps      = next_valid && (!looks_up || number_valid) && (!act_valid_q || acts);
  assign live       = steps && !drop_i;
  assign ends_row   = next.op != OpResult && lives_q[at] && !bad_q[at];
  assign fits       = fits_q[at];
  // The beat at which a dense row has got is not the result's, or not the row's last one: it leaves first.
  assign from_beat  = count >> element_shift;
  assign to_beat    = element >> element_shift;
  assign next_beat  = (from_beat + 1'b1) << element_shift;
  assign skips      = live && layout_i.dense && !bad_q[at] && next.op == OpResult && from_beat != to_beat;
  assign pads       = live && layout_i.dense && ends_row && 33'(next_beat) < layout_i.columns;
  assign next_taken = steps && !skips && !pads;
  assign closes     = next_taken && ends_row && !drop_i;
  assign writes     = next_taken && !drop_i && next.op == OpResult && fits && !bad_q[at];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lives_q <= '0;
      bad_q   <= '0;
    end else if (next_taken && next.op != OpResult) begin
      lives_q[at] <= next.op == OpBegin;
      bad_q[at]   <= number >= 32'(layout_i.rows);
    end
  end

  always_ff @(posedge clk_i) begin
    if (skips || pads)                          counts_q[at] <= next_beat;
    else if (next_taken)                        counts_q[at] <= (next.op == OpResult) ? element + 1'b1 : '0;
    if (next_taken && next.op == OpBegin) rows_q[at] <= node_id_t'(number);
    // Compared a step ahead: the comparison is long, and so is the way from it to the beats.
    if (next_taken) fits_q[at] <= next.op != OpResult || element < last_q;
    last_q <= layout_i.pitch - 1'b1;
  end

  // ------------------------------------------------------------ what a step does
  // The choice of an open row's state and the comparisons take most of a cycle. The beats are in the next one.
  typedef struct packed {
    logic                    writes, closes, early;  // early: the beat leaves before the result comes
    logic                    fits;
    logic [KeyBits-1:0]      key;
    node_id_t                row;
    logic [31:0]             count, element, number;
    logic [8*ValueBytes-1:0] value;
  } act_t;

  act_t act_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) act_valid_q <= 1'b0;
    else         act_valid_q <= steps || (act_valid_q && !acts);
  end

  always_ff @(posedge clk_i) begin
    if (steps) begin
      act_q.writes  <= writes;
      act_q.closes  <= closes;
      act_q.early   <= skips || pads;
      act_q.fits    <= fits;
      act_q.key     <= at;
      act_q.row     <= rows_q[at];
      act_q.count   <= count;
      act_q.element <= element;
      act_q.number  <= number;
      act_q.value   <= (8*ValueBytes)'(64'($signed(next.value)));
    end
  end

  logic [DataWidth-1:0] values, columns;  // of the beats that leave
  logic [KeyBits-1:0]   out_key_q;
  logic [1:0][6:0]      out_fill_q, out_bytes_q;  // bytes of both that results have filled; that are written
  logic                 act_writes;
  logic [1:0]           full;                     // this result completes the beat of values, of columns
  logic [1:0][31:0]     act_beat;
  logic [1:0][6:0]      fill;

  assign act_writes = acts && act_q.writes;
  assign wrote_o    = act_writes;

  flaash_row_beats #(
    .Keys(Keys), .DataWidth(DataWidth), .UnitBytes(NarrowBytes), .WideShift($clog2(ValueBytes / NarrowBytes))
  ) u_values (
    .clk_i, .narrow_i(layout_i.narrow), .write_i(act_writes), .key_i(act_q.key),
    .from_i(act_q.count), .to_i(act_q.element), .element_i(act_q.value),
    .full_o(full[0]), .fill_o(fill[0]), .beat_o(act_beat[0]),
    .out_key_i(out_key_q), .out_fill_i(out_fill_q[0]), .data_o(values)
  );

  flaash_row_beats #(
    .Keys(Keys), .DataWidth(DataWidth), .UnitBytes(2), .WideShift(1)
  ) u_columns (
    .clk_i, .narrow_i(layout_i.short_crd), .write_i(act_writes), .key_i(act_q.key),
    .from_i(act_q.count), .to_i(act_q.count), .element_i(act_q.number),
    .full_o(full[1]), .fill_o(fill[1]), .beat_o(act_beat[1]),
    .out_key_i(out_key_q), .out_fill_i(out_fill_q[1]), .data_o(columns)
  );

  // ------------------------------------------------------------------ what leaves
  logic [1:0]            out_q, rest;     // a beat of values, of columns leaves; is begun
  logic                  length_q;        // a row's length does
  logic [LengthBits-1:0] out_length_q;
  node_id_t              out_row_q;
  logic [1:0][31:0]      out_index_q;
  logic [6:0]            left, left_bytes;  // of a dense row, in its last beat
  logic                  beat_leaves, length_leaves, stall;

  assign left          = 7'(layout_i.columns) - 7'(act_beat[0] << element_shift);
  assign left_bytes    = left << (5'($clog2(BeatBytes)) - element_shift);
  assign rest[0]       = (act_q.fits && fill[0] != '0) || (layout_i.dense && 33'(act_q.count) < layout_i.columns);
  assign rest[1]       = !layout_i.dense && act_q.fits && fill[1] != '0;

  assign beat_leaves   = beat_valid_o && beat_ready_i;
  assign length_leaves = length_q && length_ready_i;
  assign stall         = (out_q == 2'b11) || (out_q != '0 && !beat_leaves) || (length_q && !length_leaves);
  assign acts          = act_valid_q && !stall;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      out_q    <= '0;
      length_q <= 1'b0;
    end else begin
      if (beat_leaves)   out_q    <= out_q[0] ? {out_q[1], 1'b0} : '0;
      if (length_leaves) length_q <= 1'b0;
      if (acts) begin
        out_q    <= (rest & {2{act_q.closes}})
                    | {act_q.writes && full[1] && !layout_i.dense, (act_q.writes && full[0]) || act_q.early};
        length_q <= act_q.closes;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (acts) begin
      out_key_q    <= act_q.key;
      out_row_q    <= act_q.row;
      out_length_q <= layout_i.dense ? LengthBits'(1) : LengthBits'(act_q.count);
      out_index_q  <= act_beat;
      for (int i = 0; i < 2; i++) begin
        out_fill_q[i]  <= act_q.writes ? 7'(BeatBytes) : fill[i];
        out_bytes_q[i] <= act_q.closes ? fill[i] : 7'(BeatBytes);
      end
      if (act_q.closes && layout_i.dense) out_bytes_q[0] <= left_bytes;
    end
  end

  assign beat_valid_o   = out_q != '0;
  assign beat_o.columns = !out_q[0];
  assign beat_o.row     = out_row_q;
  assign beat_o.index   = out_index_q[!out_q[0]];
  assign beat_o.bytes   = out_bytes_q[!out_q[0]];
  assign beat_o.data    = out_q[0] ? values : columns;

  assign length_valid_o = length_q;
  assign length_o       = {out_row_q, out_length_q};
  assign flushed_o      = open_q == '0 && !asks_valid && !next_valid && !act_valid_q && out_q == '0 && !length_q;

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, req_o, $bits(line_id_t))
  `FLAASH_STREAM_CHECK(length, length_valid_o, length_ready_i, length_o, $bits(length_t))
  `FLAASH_ASSERT(Begun_A, !(steps && next.op == OpResult) || lives_q[at], "a result of no row")
  `FLAASH_ASSERT(RoomForNumber_A, !rsp_valid_i || number_room, "more numbers than were requested")
  `FLAASH_ASSERT(NoneWaits_A, !flush_i || !in_valid_i, "a result after the last one")
  `FLAASH_COVER(BothFull_C, act_writes && (&full))
  `FLAASH_COVER(Drops_C, steps && drop_i && ends_row)
  `FLAASH_COVER(Over_C, steps && next.op == OpResult && !fits)
  `FLAASH_COVER(Waits_C, beat_valid_o && !beat_ready_i)

endmodule : flaash_row_packer
