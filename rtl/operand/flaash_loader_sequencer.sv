// SPDX-License-Identifier: Apache-2.0
// Loader sequencer: steps through the sections of an operand, and discards the rest of an operand with an error.
//
// Guarantees  Heads, words and entries are offered at reading_o in their order; each is accepted when the verdict of
//             the section's owner is ready. The earliest error ends the operand: the remaining beats are accepted and
//             discarded, and the next operand is read as after a reset. SecLevel and SecFinish are valid for one cycle;
//             SecFinish only after an operand of the announced length without an error. Nothing is valid in the cycle
//             after a wrong step. OperandForget ends an operand at once, and is no error.
// Demands     Verdicts and the operand's description respond in the same cycle, flaws in the next one. A head at
//             first, and wherever an operand has ended; other marks of sections are ignored.
// Latency     One cycle per word or group of words, one per head, one more per level and at the end; entries at
//             the pace of the packer. error_o comes two cycles after its cause.
// Reset       Drops the operand; the next beat is read as a head.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_loader_sequencer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned FeedWidth = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  localparam int unsigned WordBits = $clog2(FeedWidth / 32),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth)
) (
  input  logic     clk_i,
  input  logic     rst_ni,
  input  logic     beat_valid_i,
  output logic     beat_ready_o,
  input  operand_t beat_i,
  output reading_t reading_o,
  output logic     level_o,        // SecLevel is valid
  input  verdict_t description_i,  // about heads, extents and counts
  input  verdict_t levels_i,       // about coordinates
  input  verdict_t pointers_i,     // about pointers
  input  verdict_t packer_i,       // about entries
  input  flaw_t [Judges-1:0] flaws_i,  // of the step in the cycle before, at most one
  input  frame_t   frame_i,
  output error_t   error_o,        // one cycle long
  output logic     discarded_o,
  output logic     step_o,         // a word, head or group of entries was read, or a beat discarded
  output logic     busy_o          // inside an operand
);

  localparam logic [2:0] EntriesLevel = 3'd7;  // how error places call the entries

  section_e   section_q;
  logic [2:0] level_q;
  entry_id_t  position_q;
  logic [4:0] word_q;  // of a beat of extents or counts: the next one

  logic [2:0]           beat_section;
  logic [4:0]           beat_words;
  logic                 beat_last;
  logic [FeedWidth-1:0] beat_data;
  operand_head_t        head;
  error_t               head_fault;

  assign {beat_section, beat_words, beat_last, beat_data} = beat_i;
  assign head       = beat_data[$bits(operand_head_t)-1:0];
  assign head_fault = head.error;

  logic unused_head;
  assign unused_head = ^head;

  // -------------------------------------------------------------------- reading
  // Arrays begin on a beat, so the position says which word of the beat is next.
  verdict_t            verdict;
  entry_id_t           left_q;  // coordinates, pointers or entries that are to come
  logic                offered, forget, describes, milestone, section_last, level_last;
  logic                failed;  // the step in the cycle before was wrong
  logic [WordBits-1:0] word;    // of the beat

  assign forget = beat_valid_i && beat_section == OperandForget;

  always_comb begin
    offered = beat_valid_i && !forget && !failed;
    verdict = description_i;
    unique case (section_q)
      SecHead, SecExtents, SecCounts: ;
      SecCoords:   verdict = levels_i;
      SecPointers: verdict = pointers_i;
      SecEntries:  verdict = packer_i;
      SecLevel:    offered = !failed;
      SecFinish:   offered = !failed;
      default:     offered = 1'b0;
    endcase
  end

  assign describes     = section_q == SecExtents || section_q == SecCounts;
  assign milestone     = section_q == SecLevel || section_q == SecFinish;
  assign word          = describes ? word_q[WordBits-1:0] : position_q[WordBits-1:0];
  assign section_last  = verdict.last;
  assign level_last    = 4'(level_q) + 4'd2 == frame_i.order;  // of the upper levels
  assign reading_o     = {offered, section_q, level_q, position_q, left_q, beat_data[32*word +: 32]};

  // ----------------------------------------------------------------------- step
  logic step;         // a head, word or group of entries is read
  logic beat_end;     // and uses up the beat
  logic operand_end;  // and is the last that was announced
  logic empty;        // there are no entries

  assign step  = offered && !milestone && verdict.ready;
  assign empty = frame_i.entries == '0;

  assign beat_end = verdict.beat_end || section_last || (describes && word_q + 1'b1 == beat_words);

  always_comb begin
    unique case (section_q)
      SecExtents:  operand_end = section_last && frame_i.order == 4'd1 && empty;
      SecPointers: operand_end = section_last && level_last && empty;
      SecEntries:  operand_end = section_last;
      default:     operand_end = 1'b0;
    endcase
  end

  // --------------------------------------------------------------- the step before
  // Its checks end in this cycle. Until then it counts as right; so no check delays what follows.
  logic   used_q, last_q;      // it has used up its beat; that was the last one
  logic   crosses_q;           // and it has read on, in the beat that is first now
  logic   head_q;
  logic   wrong_head_q;        // the edge says so
  logic   misfit_q;            // the operand is too short or too long
  logic   ended;               // the last beat of the operand has come
  logic   read;                // no rest is left of the beat with the error
  flaw_t  flaw;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      used_q       <= 1'b0;
      last_q       <= 1'b0;
      crosses_q    <= 1'b0;
      head_q       <= 1'b0;
      wrong_head_q <= 1'b0;
      misfit_q     <= 1'b0;
    end else begin
      used_q       <= beat_end;
      last_q       <= beat_last;
      crosses_q    <= verdict.crosses;
      head_q       <= section_q == SecHead;
      wrong_head_q <= step && section_q == SecHead && head_fault.valid;
      misfit_q     <= step && beat_end && beat_last != operand_end;
    end
  end

  always_comb begin
    flaw = '0;
    for (int i = 0; i < int'(Judges); i++) begin
      if (flaws_i[i].valid) flaw = flaws_i[i];
    end
  end

  assign failed       = flaw.valid || wrong_head_q || misfit_q;
  assign ended        = used_q ? last_q : beat_last;
  assign read         = used_q && !(flaw.valid ? flaw.later : crosses_q);
  assign discarded_o  = section_q == SecDiscard && beat_valid_i && !forget;
  assign step_o       = step || discarded_o;
  assign level_o      = section_q == SecLevel && !failed;
  assign beat_ready_o = (step && beat_end) || (failed && !read) || section_q == SecDiscard || forget;
  assign busy_o       = section_q != SecHead;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q  <= SecHead;
      level_q    <= '0;
      position_q <= '0;
      word_q     <= '0;
      left_q     <= '0;
    end else begin
      if (step) left_q     <= (section_q == SecCoords && section_last) ? frame_i.pointers
                                                                       : left_q - entry_id_t'(verdict.taken);
      if (step) position_q <= section_last ? '0 : position_q + entry_id_t'(verdict.taken);
      if (step) word_q     <= (describes && !beat_end) ? word_q + 1'b1 : '0;
      if (forget) begin
        section_q  <= SecHead;
        position_q <= '0;
        word_q     <= '0;
      end else if (failed) begin
        section_q  <= ended ? SecHead : SecDiscard;
        position_q <= '0;
        word_q     <= '0;
      end else begin
        unique case (section_q)
          SecHead: begin
            level_q <= '0;
            if (step) section_q <= SecExtents;
          end
          SecExtents: if (step && section_last) begin
            if (frame_i.order == 4'd1) section_q <= SecLevel;
            else                       section_q <= SecCounts;
          end
          SecCounts: if (step && section_last) section_q <= SecLevel;
          SecLevel: begin
            // The pointers of no nodes are one word.
            left_q <= frame_i.inhabited ? frame_i.coming : entry_id_t'(1);
            if (4'(level_q) + 4'd1 != frame_i.order) begin
              if (frame_i.inhabited) section_q <= SecCoords;
              else                   section_q <= SecPointers;
            end else if (!empty) begin
              section_q <= SecEntries;
            end else begin
              section_q <= SecFinish;
            end
          end
          SecCoords: if (step && section_last) section_q <= SecPointers;
          SecPointers: if (step && section_last) begin
            section_q <= SecLevel;
            level_q   <= level_q + 1'b1;
          end
          SecEntries: if (step && section_last) section_q <= SecFinish;
          SecDiscard: if (beat_valid_i && beat_last) section_q <= SecHead;
          default: section_q <= SecHead;
        endcase
      end
    end
  end

  // ------------------------------------------------------------------ error place
  // Errors of short and long operands report how many words of the section had come.
  logic        failed_q;
  error_e      code_q;
  logic [31:0] place_q;
  logic [2:0]  level_back_q;     // place of the step before
  entry_id_t   position_back_q;
  logic [4:0]  taken_back_q;
  logic [4:0]  offset;

  always_ff @(posedge clk_i) begin
    level_back_q <= '0;
    if (section_q == SecCoords || section_q == SecPointers) level_back_q <= level_q;
    if (section_q == SecEntries) level_back_q <= EntriesLevel;
    position_back_q <= position_q;
    taken_back_q    <= (section_q == SecHead) ? 5'(StreamWords) : verdict.taken;
  end

  assign offset = flaw.valid ? 5'(flaw.offset) : taken_back_q;

  // The place of a wrong head comes from the head itself.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      failed_q <= 1'b0;
      code_q   <= ErrNone;
      place_q  <= '0;
    end else begin
      failed_q <= failed;
      if (section_q == SecHead && beat_valid_i) begin
        code_q  <= head_fault.code;
        place_q <= head_fault.valid ? head_fault.place : head.order;
      end else if (failed && !wrong_head_q) begin
        code_q <= flaw.valid ? flaw.error : last_q ? ErrShort : ErrLong;
        if (!head_q || flaw.error != ErrOrder) begin
          place_q <= {frame_i.operand, level_back_q, 28'(position_back_q) + 28'(offset)};
        end
      end
    end
  end

  assign error_o = {failed_q, code_q, place_q};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Last_A, !step || describes || section_q == SecHead
      || verdict.last == (left_q == entry_id_t'(verdict.taken)), "a section ends too early or too late")
  `FLAASH_ASSERT(OneFlaw_A, $onehot0({flaws_i[3].valid, flaws_i[2].valid, flaws_i[1].valid, flaws_i[0].valid}),
                 "two modules judge one step")
  `FLAASH_COVER(DiscardManyBeats_C, discarded_o && !beat_last)
  `FLAASH_COVER(ErrorOnLastBeat_C, failed && ended)

endmodule : flaash_loader_sequencer
