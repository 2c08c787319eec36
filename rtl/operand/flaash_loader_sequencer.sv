// SPDX-License-Identifier: Apache-2.0
// Loader sequencer: steps through the sections of an operand, and discards the rest of an operand with an error.
//
// Guarantees  Heads, words and entries are offered at reading_o in their order; each is accepted when the verdict of
//             the section's owner is ready. The earliest error ends the operand: the remaining beats are accepted and
//             discarded, and the next operand is read as after a reset. SecFinish comes for one cycle, only after an
//             operand of the announced length without an error. OperandForget ends an operand at once, and is no
//             error.
// Demands     Verdicts and the operand's description respond in the same cycle. A head at first, and wherever an
//             operand has ended; other marks of sections are ignored.
// Latency     One cycle per word or group of words, one per head, one more per level and at the end; entries at
//             the pace of the packer. error_o comes a cycle after its cause.
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
  input  verdict_t description_i,  // about heads, extents and counts
  input  verdict_t levels_i,       // about coordinates
  input  verdict_t pointers_i,     // about pointers
  input  verdict_t packer_i,       // about entries
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
  entry_id_t           length;  // words of the section, entries of the last
  entry_id_t           next_position;
  logic                offered, forget, describes, section_last, level_last;
  logic [WordBits-1:0] word;    // of the beat

  assign forget = beat_valid_i && beat_section == OperandForget;

  always_comb begin
    offered = beat_valid_i && !forget;
    verdict = description_i;
    length  = frame_i.nodes;
    unique case (section_q)
      SecHead:     length  = entry_id_t'(1);
      SecExtents:  length  = entry_id_t'(frame_i.order);
      SecCounts:   length  = entry_id_t'(frame_i.order) - 1'b1;
      SecCoords:   verdict = levels_i;
      SecPointers: begin
        verdict = pointers_i;
        length  = frame_i.nodes + 1'b1;
      end
      SecEntries:  verdict = packer_i;
      SecLevel:    offered = 1'b1;
      default:     offered = 1'b0;
    endcase
  end

  assign describes     = section_q == SecExtents || section_q == SecCounts;
  assign word          = describes ? word_q[WordBits-1:0] : position_q[WordBits-1:0];
  assign next_position = position_q + entry_id_t'(verdict.taken);
  assign section_last  = next_position == length;
  assign level_last    = 4'(level_q) + 4'd2 == frame_i.order;  // of the upper levels
  assign reading_o     = {offered, section_q, level_q, position_q, beat_data[32*word +: 32]};

  // ---------------------------------------------------------------- step, error
  logic   step;       // a head, word or group of entries is read
  logic   beat_end;   // and uses up the beat
  logic   operand_end;  // and is the last that was announced
  logic   empty;      // there are no entries
  logic   failed;
  logic   wrong_head;  // the edge says so
  error_e error;

  assign step  = offered && section_q != SecLevel && verdict.ready;
  assign empty = frame_i.entries == '0;

  assign beat_end = verdict.beat_end || section_last || (describes && word_q + 1'b1 == beat_words);

  always_comb begin
    unique case (section_q)
      SecExtents:  operand_end = section_last && frame_i.order == 4'd1 && empty;
      SecPointers: operand_end = section_last && level_last && empty;
      SecEntries:  operand_end = section_last;
      default:     operand_end = 1'b0;
    endcase
    error = verdict.error;
    if (error == ErrNone && beat_end) begin
      if (beat_last && !operand_end) error = ErrShort;
      if (!beat_last && operand_end) error = ErrLong;
    end
  end

  assign wrong_head   = section_q == SecHead && head_fault.valid;
  assign failed       = step && (error != ErrNone || wrong_head);
  assign discarded_o  = section_q == SecDiscard && beat_valid_i && !forget;
  assign step_o       = step || discarded_o;
  assign beat_ready_o = (step && (beat_end || failed)) || section_q == SecDiscard || forget;
  assign busy_o       = section_q != SecHead;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q  <= SecHead;
      level_q    <= '0;
      position_q <= '0;
      word_q     <= '0;
    end else begin
      if (step) position_q <= (section_last || failed) ? '0 : next_position;
      if (step) word_q     <= (describes && !beat_end && !failed) ? word_q + 1'b1 : '0;
      if (forget) begin
        section_q  <= SecHead;
        position_q <= '0;
        word_q     <= '0;
      end else if (failed) begin
        if (beat_last) section_q <= SecHead;
        else           section_q <= SecDiscard;
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
  logic [2:0]  place_level;
  logic [27:0] place_position;

  always_comb begin
    place_level = '0;
    if (section_q == SecCoords || section_q == SecPointers) place_level = level_q;
    if (section_q == SecEntries) place_level = EntriesLevel;
    place_position = 28'(position_q) + 28'(verdict.offset);
    if (error == ErrShort || error == ErrLong) begin
      place_position = (section_q == SecHead) ? 28'(StreamWords) : 28'(next_position);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      failed_q <= 1'b0;
      code_q   <= ErrNone;
      place_q  <= '0;
    end else begin
      failed_q <= failed;
      if (failed) begin
        code_q  <= error;
        place_q <= {(section_q == SecHead) ? frame_i.head_operand : frame_i.operand,
                    place_level, place_position};
        if (error == ErrOrder) place_q <= head.order;
        if (wrong_head) {code_q, place_q} <= {head_fault.code, head_fault.place};
      end
    end
  end

  assign error_o = {failed_q, code_q, place_q};

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(DiscardManyBeats_C, discarded_o && !beat_last)
  `FLAASH_COVER(ErrorOnLastBeat_C, failed && beat_last)

endmodule : flaash_loader_sequencer
