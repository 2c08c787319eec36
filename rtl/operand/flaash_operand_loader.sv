// SPDX-License-Identifier: Apache-2.0
// Operand loader: checks the arrays of an operand and writes it as lines, nodes and a table of fibers.
//
// Guarantees  An operand is complete (store_o.complete) only if all of it was right. The earliest error ends it, and
//             report_o has its code and place; the next operand is read as after a reset. store_o.begins comes before
//             the first write of an operand. Nothing is written at or above MemLines, NodeDepth or FiberDepth (the
//             table's sentinel is entry number FiberDepth at most). The beat with an error is accepted, later beats are
//             not. operand_i.flush ends an operand at once, and is no error.
// Demands     Channels by the AXI rules, unless operand_i.flush or an error ends the operand. Levels whose counts
//             were checked: up to NodeDepth nodes and MemLines * Lanes entries, and none without a node above it. Words
//             only of the part that state_o names; an array begins with a beat.
//             Writes are accepted in their cycle.
// Latency     About 2 n + e / m + 5 l cycles, and a part of a cycle more per fiber. An operand has n nodes in l levels
//             and e entries; m is min(LeafEntries, LineWrites * Lanes). An error comes two cycles after its cause.
// Throughput  PointerWords pointers per cycle; up to sibling_words(FeedWidth) coordinates of one parent if PointerWords
//             is not 1, otherwise one; up to min(LeafEntries, LineWrites * Lanes) entries of one fiber.
// Stalls      ready_o.head waits for enable_i.
// Reset       Forgets the operand in progress.
//
//   head, levels --> level that is read
//   upper  ---+----> levels (coordinates)   --> nodes
//             |          ^ parents
//             +----> pointers --> spans
//                                   | fibers
//   leaf  ---------> packer (entries)       --> lines, fiber table

`include "flaash_assert.svh"
`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MemLines   = 1024,  // lines per operand, below 2**LineAddrWidth
  parameter int unsigned NodeDepth  = 1024,  // nodes per operand, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers per operand, below 2**FiberIdWidth
  parameter int unsigned FeedWidth  = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  parameter int unsigned LeafEntries = FeedWidth / entry_width(Format, CoordWidth),  // entries of a beat
  parameter int unsigned PointerWords = 1,          // pointers read in a cycle: 1, or all of a beat
  parameter int unsigned LineWrites = 1,     // lines written in a cycle: 1 or 2
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, LeafEntries, CoordWidth, value_width(Format)),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic           clk_i,
  input  logic           rst_ni,
  // operands
  input  operand_t       operand_i,
  output operand_ready_t ready_o,
  output operand_state_t state_o,
  input  logic           enable_i,
  // tensor memory, operand store
  output line_write_t    write_o,
  output store_write_t   store_o,
  output load_report_t   report_o
);

  localparam logic [2:0]  EntriesLevel = 3'd7;  // how error places call the entries
  localparam int unsigned BeatWords    = FeedWidth / 32;

  section_e       section_q;
  logic [2:0]     level_q;
  entry_id_t      position_q, left_q;  // words or entries that have been read, that are to come
  logic           failed;              // the step in the cycle before was wrong
  logic           ends;                // the operand ends without being complete
  operand_head_t  head;
  error_t         fault;

  assign head  = operand_i.head;
  assign fault = operand_i.fault;
  assign ends  = failed || operand_i.flush || fault.valid;

  // --------------------------------------------------------------------- levels
  // The description of the next level has arrived while pointers are read: pointers are compared with its count.
  operand_level_t level, next_q;
  logic           head_taken, next_valid_q, advances, first_q;  // first_q: no level has begun
  fiber_id_t      announced_q;  // fibers, if each node above the leaf has entries
  frame_t         frame_q;
  logic           begins_q;
  logic [3:0]     order;  // at the leaf

  assign level      = operand_i.level;
  assign head_taken = section_q == SecHead && operand_i.head_valid && enable_i && !operand_i.flush;
  assign advances   = section_q == SecLevel && next_valid_q && !ends;
  assign order      = 4'(level_q) + 4'd1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      next_valid_q <= 1'b0;
      next_q       <= '0;
      first_q      <= 1'b0;
      begins_q     <= 1'b0;
      frame_q      <= '0;
      announced_q  <= '0;
    end else begin
      next_valid_q <= !ends && ((next_valid_q && !advances) || operand_i.level_valid);
      if (ready_o.level) next_q <= level;
      begins_q <= head_taken && head.known;
      if (head_taken) begin
        frame_q.operand <= head.operand;
        first_q         <= 1'b1;
      end
      if (advances) begin
        first_q            <= 1'b0;
        frame_q.dense      <= next_q.dense;
        frame_q.loose      <= next_q.loose;
        frame_q.extent     <= next_q.extent;
        frame_q.nodes      <= next_q.count;
        frame_q.pointers   <= next_q.loose ? next_q.count << 1 : next_q.count + 1'b1;
        frame_q.base       <= first_q ? '0 : frame_q.base + node_id_t'(frame_q.nodes);
        announced_q        <= first_q ? fiber_id_t'(1) : fiber_id_t'(frame_q.nodes);
        frame_q.above_base <= first_q ? '0 : frame_q.base;
      end
      frame_q.below <= next_q.count;
    end
  end

  // -------------------------------------------------------------------- reading
  // Arrays begin on a beat, so the position says which word of the beat is next.
  reading_t      reading;
  step_rsp_t      step_rsp, levels_rsp, pointers_rsp, packer_rsp;
  logic          offered, from_beat, leaf_last;  // from_beat: words of the upper channel are read
  logic          step;         // a group of words or entries is read
  logic          beat_end;     // and uses up its beat
  logic          beat_last;    // that is the last one of its frame
  logic          operand_end;  // and is the last that was announced
  logic          below_q;      // frame_q.below is the level's

  assign from_beat = section_q == SecPointers || (section_q == SecCoords && !frame_q.dense);

  always_comb begin
    offered = 1'b0;
    step_rsp = levels_rsp;
    unique case (section_q)
      SecCoords:   offered = frame_q.dense || operand_i.upper_valid;
      SecPointers: begin
        offered = operand_i.upper_valid && below_q;
        step_rsp = pointers_rsp;
      end
      SecEntries: begin
        offered = 1'b1;
        step_rsp = packer_rsp;
      end
      default: ;
    endcase
    if (ends) offered = 1'b0;
  end

  assign reading.valid    = offered || head_taken || (section_q == SecFinish && !ends);
  assign reading.section  = section_q;
  assign reading.position = position_q;
  assign reading.left     = left_q;

  assign step        = offered && step_rsp.ready;
  assign beat_end    = step_rsp.beat_end || step_rsp.last;
  assign beat_last   = (section_q == SecEntries) ? leaf_last : operand_i.upper_last;
  assign operand_end = step_rsp.last && (section_q == SecEntries
                         || (section_q == SecPointers && next_q.leaf && next_q.count == '0));

  // --------------------------------------------------------------- the step before
  // Its checks end in this cycle. Until then it counts as right; so no check delays what follows.
  logic               used_q, last_q;  // it has used up its beat; that was the last one of its frame
  logic               crosses_q;       // and it has read on, in the beat that is first now
  logic               misfit_q;        // the frame is too short or too long
  logic               read;            // no rest is left of the beat with the error
  check_err_t [NumCheckers-1:0] check_errs;           // of that step, at most one
  check_err_t              check_err;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q    <= 1'b0;
      last_q    <= 1'b0;
      crosses_q <= 1'b0;
      misfit_q  <= 1'b0;
    end else begin
      used_q    <= beat_end;
      last_q    <= beat_last;
      crosses_q <= step_rsp.crosses;
      misfit_q  <= operand_i.framed && step && beat_end && beat_last != operand_end;
    end
  end

  always_comb begin
    check_err = '0;
    for (int i = 0; i < int'(NumCheckers); i++) begin
      if (check_errs[i].valid) check_err = check_errs[i];
    end
  end

  assign failed = check_err.valid || misfit_q;
  assign read   = used_q && !(check_err.valid ? check_err.later : crosses_q);

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q  <= SecHead;
      level_q    <= '0;
      position_q <= '0;
      left_q     <= '0;
      below_q    <= 1'b0;
    end else begin
      below_q <= next_valid_q && !advances;
      if (step) left_q     <= (section_q == SecCoords && step_rsp.last) ? frame_q.pointers
                                                                      : left_q - entry_id_t'(step_rsp.taken);
      if (step) position_q <= step_rsp.last ? '0 : position_q + entry_id_t'(step_rsp.taken);
      if (ends) begin
        section_q  <= SecHead;
        position_q <= '0;
      end else begin
        unique case (section_q)
          SecHead: begin
            level_q <= '0;
            if (head_taken) section_q <= SecLevel;
          end
          SecLevel: if (next_valid_q) begin
            // The pointers of no nodes are one word.
            left_q <= (next_q.count != '0) ? next_q.count : entry_id_t'(1);
            if (next_q.count == '0) section_q <= next_q.leaf ? SecFinish : SecPointers;
            else                    section_q <= next_q.leaf ? SecEntries : SecCoords;
            // There are no pairs of no nodes.
            if (next_q.count == '0 && next_q.loose) begin
              section_q <= SecLevel;
              level_q   <= level_q + 1'b1;
            end
          end
          SecCoords: if (step && step_rsp.last) section_q <= SecPointers;
          SecPointers: if (step && step_rsp.last) begin
            section_q <= SecLevel;
            level_q   <= level_q + 1'b1;
          end
          SecEntries: if (step && step_rsp.last) section_q <= SecFinish;
          default:    section_q <= SecHead;
        endcase
      end
    end
  end

  // ------------------------------------------------------------------ error place
  // Errors of short and long frames report how many words of the section had come.
  logic       failed_q;
  error_e     code_q;
  logic [31:0] place_q;
  logic [2:0] level_back_q;     // place of the step before
  entry_id_t  position_back_q;
  logic [4:0] taken_back_q, offset;
  error_t     error;

  always_ff @(posedge clk_i) begin
    level_back_q    <= (section_q == SecEntries) ? EntriesLevel : level_q;
    position_back_q <= position_q;
    taken_back_q    <= step_rsp.taken;
  end

  assign offset = check_err.valid ? 5'(check_err.offset) : taken_back_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      failed_q <= 1'b0;
      code_q   <= ErrNone;
      place_q  <= '0;
    end else begin
      failed_q <= failed || fault.valid;
      if (fault.valid) begin
        code_q  <= fault.code;
        place_q <= fault.place;
      end else if (failed) begin
        code_q  <= check_err.valid ? check_err.error : last_q ? ErrShort : ErrLong;
        place_q <= {frame_q.operand, level_back_q, 28'(position_back_q) + 28'(offset)};
      end
    end
  end

  assign error = {failed_q, code_q, place_q};

  // ------------------------------------------------------------- levels, entries
  logic         span_valid, node_span, entry_span, walks;
  span_t        span;
  pointers_t    pointers;
  logic [PointerWords-1:0][EntryIdWidth-1:0] limits;
  node_write_t  node;
  fiber_write_t fiber;
  fiber_id_t    fibers;
  entry_id_t    entries;
  line_addr_t   lines;
  logic         leaf_ready;
  logic [1:0]   held;  // the packer has a beat; and the beat after it

  flaash_loader_spans #(
    .NodeDepth(NodeDepth), .Words(PointerWords)
  ) u_spans (
    .clk_i, .rst_ni,
    .pointers_i(pointers), .limits_i(limits), .start_i(advances), .root_i(first_q),
    .count_i(first_q ? next_q.count : frame_q.nodes), .loose_i(frame_q.loose), .below_i(next_q.count),
    .span_valid_o(span_valid), .span_ready_i(node_span || entry_span), .span_o(span), .walks_o(walks)
  );

  flaash_loader_levels #(
    .BeatWords(BeatWords), .Words((PointerWords > 1) ? sibling_words(FeedWidth) : 1)
  ) u_levels (
    .clk_i, .rst_ni,
    .reading_i(reading), .beat_i(operand_i.upper), .step_rsp_o(levels_rsp), .check_err_o(check_errs[0]),
    .frame_i(frame_q),
    .span_valid_i(span_valid), .span_ready_o(node_span), .span_i(span),
    .node_o(node)
  );

  flaash_loader_pointers #(
    .BeatWords(BeatWords), .Words(PointerWords)
  ) u_pointers (
    .clk_i, .rst_ni,
    .reading_i(reading), .beat_i(operand_i.upper), .step_rsp_o(pointers_rsp), .check_err_o(check_errs[1]),
    .frame_i(frame_q),
    .pointers_o(pointers), .limits_o(limits)
  );

  flaash_loader_packer #(
    .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .FiberDepth(FiberDepth),
    .LeafEntries(LeafEntries), .LineWrites(LineWrites)
  ) u_packer (
    .clk_i, .rst_ni, .clear_i(ends),
    .beat_valid_i(operand_i.leaf_valid), .beat_ready_o(leaf_ready), .beat_i(operand_i.leaf), .held_o(held),
    .reading_i(reading), .beat_last_o(leaf_last), .step_rsp_o(packer_rsp), .check_err_o(check_errs[2]),
    .frame_i(frame_q),
    .span_valid_i(span_valid), .span_ready_o(entry_span), .span_i(span),
    .write_o, .fiber_o(fiber), .fibers_o(fibers), .lines_o(lines), .entries_o(entries)
  );

  // --------------------------------------------------------------------- channels
  assign ready_o.head  = section_q == SecHead && enable_i;
  assign ready_o.level = operand_i.level_valid && (!next_valid_q || advances) && !ends;
  assign ready_o.upper = from_beat && ((step && beat_end) || (failed && !used_q));
  assign ready_o.leaf  = leaf_ready;

  always_comb begin
    state_o.idle     = section_q == SecHead;
    state_o.level    = level_q;
    state_o.position = position_q;
    state_o.part     = OperandNone;
    if (section_q == SecCoords && !frame_q.dense) state_o.part = OperandCoords;
    if (section_q == SecPointers)                 state_o.part = OperandPointers;
    if (section_q == SecEntries)                  state_o.part = OperandEntries;
  end

  // ----------------------------------------------------------------- milestones
  // The description stands for a cycle longer than the operand: the next head changes it.
  logic       complete_q, moves, loading, waits;
  logic [1:0] discarded_q;
  desc_t      desc;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) complete_q <= 1'b0;
    else         complete_q <= reading.valid && section_q == SecFinish;
  end

  assign desc.loaded  = complete_q;
  assign desc.buffer  = 1'b0;
  assign desc.order   = order;
  assign desc.extent  = frame_q.extent;
  assign desc.entries = complete_q ? entries : frame_q.nodes;
  assign desc.fibers  = complete_q ? fibers : announced_q;
  assign desc.lines   = lines;

  assign store_o.operand  = frame_q.operand;
  assign store_o.begins   = begins_q;
  assign store_o.node     = node;
  assign store_o.fiber    = fiber;
  assign store_o.complete = complete_q;
  assign store_o.desc     = desc;

  assign moves   = head_taken || ready_o.level || step || leaf_ready || walks;

  // Beats of a frame that were accepted and not read.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) discarded_q <= '0;
    else         discarded_q <= (failed && operand_i.framed) ? 2'(held[0] && read) + 2'(held[1]) : '0;
  end

  // Up to and including the cycle in which the store hears of the end.
  assign loading = head_taken || section_q != SecHead || complete_q || begins_q || failed_q || operand_i.open;

  // Words that it could read have not come.
  assign waits = (section_q == SecLevel && !next_valid_q) || (from_beat && !operand_i.upper_valid)
                 || (section_q == SecEntries && !held[0]) || (section_q == SecHead && operand_i.open);

  assign report_o.loading   = loading;
  assign report_o.step      = moves;
  assign report_o.waits     = waits;
  assign report_o.discarded = discarded_q;
  assign report_o.errors    = 2'(failed_q);
  assign report_o.error     = error;

  // ---------------------------------------------------------------- properties
  // What ends an operand takes away what its channels offer.
  `FLAASH_STREAM_CHECK(head, operand_i.head_valid, ready_o.head || operand_i.flush, operand_i.head, 2)
  `FLAASH_STREAM_CHECK(level, operand_i.level_valid, ready_o.level || ends, level, $bits(operand_level_t))
  `FLAASH_STREAM_CHECK(upper, operand_i.upper_valid, ready_o.upper || ends,
                       ({operand_i.upper_last, operand_i.upper}), FeedWidth + 1)
  `FLAASH_STREAM_CHECK(leaf, operand_i.leaf_valid, leaf_ready || ends, operand_i.leaf,
                       LeafEntries * (1 + CoordWidth + value_width(Format)) + 1)
  `FLAASH_ASSERT(Last_A, !step || step_rsp.last == (left_q == entry_id_t'(step_rsp.taken)),
                 "a section ends too early or too late")
  `FLAASH_ASSERT(OneError_A, $onehot0({check_errs[2].valid, check_errs[1].valid, check_errs[0].valid}),
                 "two modules check one step")
  `FLAASH_ASSERT(NodeInRange_A, !node.valid || 32'(node.id) + 32'(node.more) < NodeDepth, "node outside the region")
  `FLAASH_ASSERT(OneStatus_A, !(complete_q && failed_q), "an operand is complete and wrong")
  `FLAASH_COVER(EmptyOperand_C, complete_q && frame_q.nodes == '0)

endmodule : flaash_operand_loader
