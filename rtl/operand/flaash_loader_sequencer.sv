// SPDX-License-Identifier: Apache-2.0
// Loader sequencer: leads through the sections of an operand frame, and out of a frame with an error.
//
// Guarantees  Headers, words and entries are offered at reading_o in the order of the frame; what the verdict
//             of the section's owner calls ready is taken. The earliest error ends the frame: the rest of it,
//             up to its last beat, is discarded and the next frame is read as if nothing had been. SecFinish
//             comes, for one cycle, only after a frame without an error that ended where it should.
// Demands     Verdicts and the frame's description answer in the same cycle.
// Latency     One cycle per word or some of them, one per header, one more per level and at the end; entries at
//             the pace of the packer. error_o comes a cycle after its cause.
// Reset       Forgets the frame; what follows is read as a header.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_loader_sequencer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned FeedWidth = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  localparam int unsigned WordBits = $clog2(FeedWidth / 32),
  localparam type beat_t = `FLAASH_BEAT(FeedWidth)
) (
  input  logic     clk_i,
  input  logic     rst_ni,
  input  logic     beat_valid_i,
  output logic     beat_ready_o,
  input  beat_t    beat_i,         // last: of its frame
  output reading_t reading_o,
  input  verdict_t description_i,  // about headers, extents and counts
  input  verdict_t levels_i,       // about coordinates
  input  verdict_t pointers_i,     // about pointers
  input  verdict_t packer_i,       // about entries
  input  frame_t   frame_i,
  output error_t   error_o,        // one cycle long
  output logic     discarded_o,
  output logic     step_o,         // a word, header or group of entries was read, or a beat discarded
  output logic     busy_o          // inside a frame
);

  localparam logic [2:0] EntriesLevel = 3'd7;  // how error places call the entries

  section_e   section_q;
  logic [2:0] level_q;
  entry_id_t  position_q;

  logic                 beat_last;
  logic [FeedWidth-1:0] beat_data;

  assign {beat_last, beat_data} = beat_i;

  // -------------------------------------------------------------------- reading
  // Sections begin on a beat, so the position says which word of the beat is next.
  verdict_t  verdict;
  entry_id_t length;  // words of the section, entries of the last
  entry_id_t next_position;
  logic      offered, section_last, level_last;

  always_comb begin
    offered = beat_valid_i;
    verdict = description_i;
    length  = frame_i.nodes;
    unique case (section_q)
      SecHeader:   length  = entry_id_t'(1);
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

  assign next_position = position_q + entry_id_t'(verdict.taken);
  assign section_last  = next_position == length;
  assign level_last    = 4'(level_q) + 4'd2 == frame_i.order;  // of the upper levels
  assign reading_o     = {offered, section_q, level_q, position_q, beat_data[32*position_q[WordBits-1:0] +: 32]};

  // ---------------------------------------------------------------- step, error
  logic   step;       // a header, word or group of entries is read
  logic   beat_end;   // and uses up the beat
  logic   frame_end;  // and is the last that was announced
  logic   empty;      // there are no entries
  logic   failed;
  error_e error;

  assign step  = offered && section_q != SecLevel && verdict.ready;
  assign empty = frame_i.entries == '0;

  assign beat_end = verdict.beat_end || section_last;

  always_comb begin
    unique case (section_q)
      SecExtents:  frame_end = section_last && frame_i.order == 4'd1 && empty;
      SecPointers: frame_end = section_last && level_last && empty;
      SecEntries:  frame_end = section_last;
      default:     frame_end = 1'b0;
    endcase
    error = verdict.error;
    if (error == ErrNone && beat_end) begin
      if (beat_last && !frame_end) error = ErrShort;
      if (!beat_last && frame_end) error = ErrLong;
    end
  end

  assign failed       = step && error != ErrNone;
  assign discarded_o  = section_q == SecDiscard && beat_valid_i;
  assign step_o       = step || discarded_o;
  assign beat_ready_o = (step && (beat_end || failed)) || section_q == SecDiscard;
  assign busy_o       = section_q != SecHeader;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q  <= SecHeader;
      level_q    <= '0;
      position_q <= '0;
    end else begin
      if (step) position_q <= (section_last || failed) ? '0 : next_position;
      if (failed) begin
        if (beat_last) section_q <= SecHeader;
        else             section_q <= SecDiscard;
      end else begin
        unique case (section_q)
          SecHeader: begin
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
          SecDiscard: if (beat_valid_i && beat_last) section_q <= SecHeader;
          default: section_q <= SecHeader;
        endcase
      end
    end
  end

  // ------------------------------------------------------------------ error place
  // Short and long frames tell how many words of the section had come.
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
      place_position = (section_q == SecHeader) ? 28'(StreamWords) : 28'(next_position);
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
        place_q <= {(section_q == SecHeader) ? frame_i.header_operand : frame_i.operand,
                    place_level, place_position};
        if (error == ErrOrder) place_q <= beat_data[95:64];
      end
    end
  end

  assign error_o = {failed_q, code_q, place_q};

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(DiscardManyBeats_C, discarded_o && !beat_last)
  `FLAASH_COVER(ErrorOnLastBeat_C, failed && beat_last)

endmodule : flaash_loader_sequencer
