// SPDX-License-Identifier: Apache-2.0
// Result unloader: gives results their coordinates and sends them as one frame per contraction.
//
// Guarantees  begin_i opens a frame. Every result taken then leaves as a record, in order; after the
//             last the trailer follows, with the number of records. kill_i cuts the frame short: the
//             record that has begun leaves whole, the others are dropped and counted nowhere, and the
//             trailer carries ErrAborted. lost_i cuts it short likewise, with ErrParity, once all_stored_i reports
//             that no result follows. No beat is ever withdrawn. idle_o: no frame is open.
// Demands     begin_i only while idle. Operands stay as they are while a frame is open. The stores
//             are synchronous RAMs. all_stored_i falls with begin_i at the latest
//             one cycle later, and rises when nothing follows the result at in_*. lost_i in the cycle of fault_o.valid,
//             and at the latest one cycle after a wrong result at in_*.
// Latency     Five cycles from a result to its first beat for an order-3 operand, one per level more.
// Throughput  A record per max(beats of the record, nodes to walk) cycles, walks of A and B in
//             parallel; nodes on the path of the record before need no walk. So at most two cycles
//             for operands up to order 3. With numbers_i no walk, so a record per cycle; and a trailer that need not
//             wait leaves in the cycle in which all_stored_i and frame_ready_i are high.
// Reset       rst_ni of the chip, not the core's: the host sees every frame end.
//
//   in_* --> s, f (fiber -> leaf node) --> w (walk to the root, A and B) --> o (whole) --> beats --> frame_*
//
// s holds a result only while f waits. So in_ready_o does not depend on the stores, which respond late in a cycle.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_result_unloader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,  // int16 results have two words
  localparam type beat_t = `FLAASH_BEAT(StreamWidth)
) (
  input  logic            clk_i,
  input  logic            rst_ni,
  // results
  input  logic            in_valid_i,
  output logic            in_ready_o,
  input  result_t         in_result_i,
  // the frame
  input  logic            begin_i,
  input  logic            all_stored_i,
  input  logic            kill_i,     // everything
  input  logic            lost_i,     // pulse: a path or a result has a flipped bit
  input  error_e          error_code_i,
  output logic            idle_o,
  output logic            drop_o,     // no record leaves any more
  input  logic            numbers_i,  // records name fibers by number; steady while a frame is open
  // operand stores, A in element 0
  input  desc_t [1:0]     desc_i,
  output walk_req_t [1:0] walk_o,
  input  walk_rsp_t [1:0] walk_i,
  output fault_t          fault_o,    // a word that was used in the cycle before
  // result frames
  output logic            frame_valid_o,
  input  logic            frame_ready_i,
  output beat_t           frame_o,
  output logic            sent_o,     // a record left
  output logic            drained_o   // the trailer left
);

  localparam int unsigned ValueWords = (Format == FormatInt16) ? 2 : 1;
  localparam int unsigned MaxWords   = 2 * MaxLevels + 2;  // 16
  localparam logic [63:0] ValueMask  = (ValueWords == 2) ? '1 : 64'hffff_ffff;
  localparam logic [31:0] TrailerMagic = 32'h4641_4c45;

  // --------------------------------------------------------------------- stages
  logic    open_q, trailer_q;  // trailer_q: the trailer of the open frame is on its way
  logic    s_valid_q, f_valid_q, w_valid_q, o_valid_q;  // s_valid_q only with f_valid_q
  result_t s_result_q, f_result_q, w_result_q, o_result_q;
  logic    arrives;  // a result
  logic [1:0] ends;  // the walks do
  logic    f_ready, f_leaves, w_leaves, o_leaves;
  logic    hold;  // the coordinates of o are still needed: the walkers wait
  logic    lost_q, lost, kill_q, drop;  // drop: no record leaves any more
  logic    record_valid, send_ready, send_trailer, at_once;  // at_once: the trailer leaves past sending_q
  logic    sending;  // a beat is offered from sending_q

  assign lost         = lost_q || (lost_i && open_q);
  assign drop         = kill_i || lost;
  assign drop_o       = drop;
  assign record_valid = o_valid_q && !drop;
  assign o_leaves     = record_valid && send_ready;
  assign hold         = o_valid_q && !send_ready;
  assign w_leaves     = w_valid_q && (&ends) && !hold;
  assign f_leaves     = f_valid_q && (!w_valid_q || w_leaves) && !hold && !drop;
  assign f_ready      = !f_valid_q || f_leaves;
  // Both come late in a cycle: results are discarded from the next one on.
  assign in_ready_o   = kill_q || lost_q || (open_q && !s_valid_q);
  assign arrives      = in_valid_i && open_q && !s_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s_valid_q  <= 1'b0;
      s_result_q <= '0;
      f_valid_q  <= 1'b0;
      f_result_q <= '0;
      w_valid_q  <= 1'b0;
      w_result_q <= '0;
      o_valid_q  <= 1'b0;
      o_result_q <= '0;
    end else begin
      s_valid_q <= !f_ready && (s_valid_q || arrives);
      if (arrives) s_result_q <= in_result_i;
      if (f_ready) f_valid_q <= s_valid_q || arrives;
      if (f_ready && (s_valid_q || arrives)) f_result_q <= s_valid_q ? s_result_q : in_result_i;
      if (f_leaves) w_result_q <= f_result_q;
      if (f_leaves)      w_valid_q <= 1'b1;
      else if (w_leaves) w_valid_q <= 1'b0;
      if (!hold) o_result_q <= w_result_q;
      if (w_leaves)      o_valid_q <= 1'b1;
      else if (o_leaves) o_valid_q <= 1'b0;
      if (drop) begin
        s_valid_q <= 1'b0;
        f_valid_q <= 1'b0;
        w_valid_q <= 1'b0;
        o_valid_q <= 1'b0;
      end
    end
  end

  // --------------------------------------------------------------------- walkers
  // Whether f becomes free is known late in a cycle. So the stores always read the leaf of the next result, and
  // the leaf of f is kept while f waits.
  logic                            fresh_q;  // the stores respond with the leaf of f
  logic [1:0]                      leaf_wrong;
  fiber_id_t [1:0]                 in_fiber, s_fiber, f_fiber, o_fiber;
  logic [1:0][3:0]                 levels;  // upper ones, of which a record has the coordinates
  logic [1:0][MaxWords-1:0][31:0]  words;   // those coordinates, or the number of the fiber
  fault_t [1:0]                    node_fault;

  assign in_fiber = {in_result_i.b_id, in_result_i.a_id};
  assign s_fiber  = {s_result_q.b_id, s_result_q.a_id};
  assign f_fiber  = {f_result_q.b_id, f_result_q.a_id};
  assign o_fiber  = {o_result_q.b_id, o_result_q.a_id};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fresh_q <= 1'b0;
    else         fresh_q <= f_ready && (s_valid_q || arrives);
  end

  for (genvar i = 0; i < 2; i++) begin : gen_walker
    walk_rsp_t                  walk;
    node_id_t                   node_addr, leaf_q;
    logic                       leaf_wrong_q;
    logic [MaxLevels-1:0][31:0] coords;
    logic [MaxWords-1:0][31:0]  chosen;
    logic [3:0]                 walked;  // levels to walk

    assign walk_o[i]     = {s_valid_q ? s_fiber[i] : in_fiber[i], node_addr};
    assign leaf_wrong[i] = walk.leaf_wrong;

    always_comb begin
      walk = walk_i[i];
      if (!fresh_q) {walk.leaf_wrong, walk.leaf} = {leaf_wrong_q, leaf_q};
    end

    always_ff @(posedge clk_i) {leaf_wrong_q, leaf_q} <= {walk.leaf_wrong, walk.leaf};

    // A store that is empty has order 0.
    assign walked    = (desc_i[i].order == '0 || numbers_i) ? '0 : desc_i[i].order - 4'd1;
    assign levels[i] = numbers_i ? 4'd1 : walked;

    flaash_path_walker #(
      .Operand(i)
    ) u_walker (
      .clk_i, .rst_ni,
      .forget_i(begin_i || drop), .levels_i(walked), .start_i(f_leaves),
      .ends_o(ends[i]), .hold_i(hold), .coords_o(coords),
      .node_addr_o(node_addr), .walk_i(walk), .fault_o(node_fault[i])
    );

    always_comb begin
      chosen = '0;
      for (int l = 0; l < MaxLevels; l++) begin
        if (l < 32'(walked)) chosen[l] = coords[l];
      end
      if (numbers_i) chosen[0] = 32'(o_fiber[i]);
    end

    assign words[i] = chosen;
  end

  // A wrong leaf, and a wrong node on its path, are reported a cycle after the read: before the record is
  // sent.
  fault_t fault_q, fault;

  always_comb begin
    fault = '0;
    for (int i = 1; i >= 0; i--) begin
      if (node_fault[i].valid) fault = node_fault[i];
      if (f_valid_q && leaf_wrong[i] && !numbers_i) begin
        fault = stored_fault(1'b1, 1'(i), PlacePath, 24'(f_fiber[i]));
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)   fault_q <= '0;
    else if (drop) fault_q <= '0;
    else           fault_q <= fault;
  end

  assign fault_o = fault_q;

  // --------------------------------------------------------------------- record
  // Coordinates of A, coordinates of B and the value, without gaps.
  logic [MaxWords-1:0][31:0] record, value_words;
  logic [63:0]               value;
  logic [4:0]                record_words, free_words;

  assign value        = 64'($signed(o_result_q.value)) & ValueMask;
  assign free_words   = 5'(levels[0]) + 5'(levels[1]);
  assign record_words = free_words + 5'(ValueWords);

  always_comb begin
    value_words = '0;
    value_words[1:0] = value;
    record = words[0] | (words[1] << {levels[0], 5'd0}) | (value_words << {free_words, 5'd0});
  end

  // ---------------------------------------------------------------------- frame
  logic [63:0]               records_q;
  logic [MaxWords-1:0][31:0] trailer;
  error_e                    trailer_code;

  always_comb begin
    trailer_code = error_code_i;
    if (lost)    trailer_code = ErrParity;
    if (kill_i) trailer_code = ErrAborted;
    trailer = '0;
    trailer[StreamWords-1:0] = {records_q, 24'd0, trailer_code, TrailerMagic};
  end

  assign idle_o       = !open_q;
  assign send_trailer = open_q && !trailer_q &&
                        (kill_i || (all_stored_i && !in_valid_i && !f_valid_q && !w_valid_q && !o_valid_q));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_q    <= 1'b0;
      trailer_q <= 1'b0;
      lost_q    <= 1'b0;
      kill_q    <= 1'b0;
      records_q <= '0;
    end else begin
      lost_q <= lost && !begin_i && !drained_o;
      kill_q <= kill_i;
      if (begin_i) begin
        open_q    <= 1'b1;
        trailer_q <= 1'b0;
        records_q <= '0;
      end
      if (o_leaves) records_q <= records_q + 1'b1;
      if (send_trailer && send_ready && !at_once) trailer_q <= 1'b1;
      if (drained_o) open_q <= 1'b0;
    end
  end

  // ---------------------------------------------------------------------- beats
  // A record leaves as whole beats, its trailing words zero; the trailer as one beat.
  logic [MaxWords-1:0][31:0] sending_q;
  logic [4:0]                left_q;  // words that have not left, 0: nothing to send
  logic                      last_q;  // it is the trailer
  logic                      sends, taken, final_beat;

  assign sends         = record_valid || (send_trailer && !at_once);
  assign sending       = left_q != '0;
  assign final_beat    = left_q <= 5'(StreamWords);
  assign taken         = sending && frame_ready_i;
  assign send_ready    = !sending || (taken && final_beat);
  assign at_once       = numbers_i && send_trailer && !sending && frame_ready_i;
  assign frame_valid_o = sending || at_once;
  assign frame_o       = sending ? {last_q, sending_q[StreamWords-1:0]} : {1'b1, trailer[StreamWords-1:0]};
  assign sent_o        = taken && final_beat && !last_q;
  assign drained_o     = (taken && last_q) || at_once;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sending_q <= '0;
      left_q    <= '0;
      last_q    <= 1'b0;
    end else if (sends && send_ready) begin
      sending_q <= send_trailer ? trailer : record;
      left_q    <= send_trailer ? 5'(StreamWords) : record_words;
      last_q    <= send_trailer;
    end else if (taken) begin
      sending_q <= sending_q >> StreamWidth;
      left_q    <= final_beat ? '0 : left_q - 5'(StreamWords);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(frame, frame_valid_o, frame_ready_i, frame_o, StreamWidth + 1)
  `FLAASH_STREAM_CHECK(sending, sending, frame_ready_i, {last_q, sending_q[StreamWords-1:0]}, StreamWidth + 1)
  `FLAASH_ASSERT(SomeWords_A, !sends || send_trailer || record_words != '0, "a record without words")
  `FLAASH_ASSERT(BeginWhenIdle_A, !begin_i || idle_o, "a frame begins inside another")
  `FLAASH_ASSERT(BothLoaded_A, !f_leaves || (desc_i[0].order != '0 && desc_i[1].order != '0), "an operand is missing")
  `FLAASH_ASSERT(LostInTime_A, !lost_i || !open_q || !trailer_q, "a wrong record was reported too late")
  `FLAASH_ASSERT(SpareAfterF_A, !s_valid_q || f_valid_q, "a result in s, but none in f")
  `FLAASH_COVER(AbortInRecord_C, kill_i && frame_valid_o && !frame_o.last)
  `FLAASH_COVER(EmptyFrame_C, send_trailer && records_q == '0)
  `FLAASH_COVER(AtOnce_C, at_once)

endmodule : flaash_result_unloader
