// SPDX-License-Identifier: Apache-2.0
// Loader sequencer: leads through the sections of an operand frame, and out of a frame with an error.
//
// Guarantees  Each word or group of entries is offered to the block that judges it. The first error
//             ends the frame: the rest of it, up to tlast, is discarded and the next frame is read
//             as if nothing had been. finish_o comes only after a frame without an error whose last
//             announced beat carried tlast.
// Demands     Ready, verdicts and the description answer as their blocks promise.
// Latency     One cycle per word, one per header, one more per level and at the end; entries at
//             the pace of the packer.
// Reset       Forgets the frame; what follows is read as a header.

`include "flaash_assert.svh"

module flaash_loader_sequencer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
(
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // beats of the frame
  input  logic                    beat_valid_i,
  output logic                    beat_ready_o,
  input  logic [StreamWidth-1:0]  beat_data_i,
  input  logic                    beat_last_i,

  // header, extents, counts
  output logic                    header_step_o,
  input  logic                    header_operand_i,
  input  error_e                  header_error_i,
  input  logic [1:0]              header_word_i,
  output logic                    extent_step_o,
  input  error_e                  extent_error_i,
  output logic                    count_step_o,
  input  error_e                  count_error_i,

  // what they announced
  input  logic                    operand_i,
  input  logic [3:0]              order_i,
  input  logic [EntryIdWidth-1:0] entries_i,
  input  logic [MaxLevels-1:0][NodeIdWidth:0] counts_i,

  // the section that is read
  output logic                    section_o,       // pulse: coordinates or entries begin in the next cycle
  output logic [2:0]              level_o,         // order - 1 for the entries
  output logic [EntryIdWidth-1:0] position_o,      // word or entry within the section
  output logic                    section_last_o,  // this step ends the section
  output logic [31:0]             word_o,

  // coordinates and pointers
  output logic                    coord_valid_o,
  output logic                    pointer_valid_o,
  input  logic                    coord_ready_i,
  input  error_e                  word_error_i,

  // entries
  output logic                    entries_valid_o,
  input  logic                    entries_ready_i,
  input  logic [3:0]              entries_taken_i,
  input  logic                    entries_beat_i,    // the beat is used up
  input  error_e                  entries_error_i,
  input  logic [3:0]              entries_offset_i,  // which entry of the step is wrong

  // milestones, pulses
  output logic                    finish_o,        // everything has been read and was right
  output logic                    error_valid_o,
  output error_e                  error_code_o,
  output logic [31:0]             error_place_o,
  output logic                    discarded_o,
  output logic                    step_o,          // a word, header or group of entries, or a discarded beat
  output logic                    busy_o           // inside a frame
);

  localparam logic [2:0] EntriesLevel = 3'd7;  // how error places call the entries

  typedef enum logic [2:0] {
    SeqHeader, SeqExtents, SeqCounts, SeqSection, SeqCoords, SeqPointers, SeqEntries, SeqDiscard
  } state_e;

  state_e                  state_q;
  logic                    finish_q;
  logic [2:0]              level_q;
  logic [EntryIdWidth-1:0] position_q;

  // ---------------------------------------------------------------------- words
  // Sections begin on a beat, so the position says which word of the beat is next.
  logic [EntryIdWidth-1:0] length;  // words of the section, entries of the last
  logic [EntryIdWidth-1:0] next_position;
  logic                    section_last;

  always_comb begin
    unique case (state_q)
      SeqExtents:  length = EntryIdWidth'(order_i);
      SeqCounts:   length = EntryIdWidth'(order_i) - 1'b1;
      SeqCoords:   length = EntryIdWidth'(counts_i[level_q]);
      SeqPointers: length = EntryIdWidth'(counts_i[level_q]) + 1'b1;
      default:     length = entries_i;
    endcase
    next_position = position_q + 1'b1;
    if (state_q == SeqEntries) next_position = position_q + EntryIdWidth'(entries_taken_i);
  end

  assign section_last    = next_position == length;
  assign section_last_o  = section_last;
  assign level_o         = level_q;
  assign position_o      = position_q;
  assign word_o          = beat_data_i[32*position_q[1:0] +: 32];
  assign coord_valid_o   = state_q == SeqCoords && beat_valid_i;
  assign pointer_valid_o = state_q == SeqPointers && beat_valid_i;
  assign entries_valid_o = state_q == SeqEntries && beat_valid_i;

  // ---------------------------------------------------------------- step, error
  logic   step;        // a header, word or group of entries is read
  logic   beat_end;    // and uses up the beat
  logic   frame_end;   // and is the last that was announced
  logic   level_last;  // level_q is the last upper level
  error_e step_error, error;
  logic   failed;

  assign level_last = 4'(level_q) + 4'd2 == order_i;

  always_comb begin
    step       = beat_valid_i;
    step_error = ErrNone;
    beat_end   = position_q[1:0] == 2'd3 || section_last;
    frame_end  = 1'b0;
    unique case (state_q)
      SeqHeader: begin
        step       = beat_valid_i && !finish_q;
        step_error = header_error_i;
        beat_end   = 1'b1;
      end
      SeqExtents: begin
        step_error = extent_error_i;
        frame_end  = section_last && order_i == 4'd1 && entries_i == '0;
      end
      SeqCounts: step_error = count_error_i;
      SeqCoords: begin
        step       = beat_valid_i && coord_ready_i;
        step_error = word_error_i;
      end
      SeqPointers: begin
        step_error = word_error_i;
        frame_end  = section_last && level_last && entries_i == '0;
      end
      SeqEntries: begin
        step       = beat_valid_i && entries_ready_i;
        step_error = entries_error_i;
        beat_end   = entries_beat_i;
        frame_end  = section_last;
      end
      default: step = 1'b0;
    endcase
    error = step_error;
    if (step_error == ErrNone && beat_end) begin
      if (beat_last_i && !frame_end) error = ErrShort;
      if (!beat_last_i && frame_end) error = ErrLong;
    end
  end

  assign failed        = step && error != ErrNone;
  assign header_step_o = step && state_q == SeqHeader;
  assign extent_step_o = step && state_q == SeqExtents;
  assign count_step_o  = step && state_q == SeqCounts;
  assign discarded_o   = state_q == SeqDiscard && beat_valid_i;
  assign step_o        = step || discarded_o;
  assign beat_ready_o  = (step && (beat_end || failed)) || state_q == SeqDiscard;

  // -------------------------------------------------------------- state machine
  assign section_o = state_q == SeqSection;
  assign finish_o  = finish_q;
  assign busy_o    = state_q != SeqHeader || finish_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= SeqHeader;
      finish_q   <= 1'b0;
      level_q    <= '0;
      position_q <= '0;
    end else begin
      finish_q <= 1'b0;
      if (step) position_q <= (section_last || state_q == SeqHeader) ? '0 : next_position;
      if (failed) begin
        position_q <= '0;
        if (beat_last_i) state_q <= SeqHeader;
        else             state_q <= SeqDiscard;
      end else begin
        unique case (state_q)
          SeqHeader: begin
            level_q <= '0;
            if (step) state_q <= SeqExtents;
          end
          SeqExtents: if (step && section_last) begin
            if (order_i == 4'd1) state_q <= SeqSection;
            else                 state_q <= SeqCounts;
          end
          SeqCounts: if (step && section_last) state_q <= SeqSection;
          SeqSection: begin
            if (4'(level_q) + 4'd1 != order_i) begin
              if (counts_i[level_q] != '0) state_q <= SeqCoords;
              else                         state_q <= SeqPointers;
            end else if (entries_i != '0) begin
              state_q <= SeqEntries;
            end else begin
              state_q  <= SeqHeader;
              finish_q <= 1'b1;
            end
          end
          SeqCoords: if (step && section_last) state_q <= SeqPointers;
          SeqPointers: if (step && section_last) begin
            state_q <= SeqSection;
            level_q <= level_q + 1'b1;
          end
          SeqEntries: if (step && section_last) begin
            state_q  <= SeqHeader;
            finish_q <= 1'b1;
          end
          SeqDiscard: if (beat_valid_i && beat_last_i) state_q <= SeqHeader;
          default: state_q <= SeqHeader;
        endcase
      end
    end
  end

  // ------------------------------------------------------------------ error place
  // Short and long frames tell how many words of the section had come.
  logic [2:0]  place_level;
  logic [27:0] place_position;

  always_comb begin
    place_level = '0;
    if (state_q == SeqCoords || state_q == SeqPointers) place_level = level_q;
    if (state_q == SeqEntries) place_level = EntriesLevel;
    place_position = 28'(position_q);
    if (state_q == SeqHeader)  place_position = 28'(header_word_i);
    if (state_q == SeqEntries) place_position = 28'(position_q) + 28'(entries_offset_i);
    if (error == ErrShort || error == ErrLong) begin
      place_position = (state_q == SeqHeader) ? 28'(StreamWords) : 28'(next_position);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      error_valid_o <= 1'b0;
      error_code_o  <= ErrNone;
      error_place_o <= '0;
    end else begin
      error_valid_o <= failed;
      if (failed) begin
        error_code_o  <= error;
        error_place_o <= {(state_q == SeqHeader) ? header_operand_i : operand_i,
                          place_level, place_position};
        if (error == ErrOrder) error_place_o <= beat_data_i[95:64];
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(FinishMeansIdle_A, !finish_q || state_q == SeqHeader, "a frame finished inside another")
  `FLAASH_COVER(DiscardManyBeats_C, discarded_o && !beat_last_i)
  `FLAASH_COVER(ErrorOnLastBeat_C, failed && beat_last_i)

endmodule : flaash_loader_sequencer
