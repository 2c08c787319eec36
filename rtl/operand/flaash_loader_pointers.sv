// SPDX-License-Identifier: Apache-2.0
// Loader pointers: checks the pointers of the upper levels.
//
// Guarantees  Pointers go to the spans, a row at a time. check_err_o checks the words that are read.
// Demands     SecLevel before the words of a level; no walk after an error.
// Latency     Pointers and step response in the same cycle, check_err_o one cycle later.
// Throughput  Words pointers per cycle; a section begins with a whole row of them.
// Reset       None is needed: word 0 of a section has no predecessor to be compared with.

`include "flaash_assert.svh"

module flaash_loader_pointers
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned BeatWords = StreamWords,  // of a beat: 4, 8 or 16
  parameter int unsigned Words     = 1             // read in a cycle, most: 1 or BeatWords
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  reading_t                           reading_i,
  input  logic [BeatWords-1:0][31:0]         beat_i,
  output step_rsp_t                           step_rsp_o,
  output check_err_t                              check_err_o,
  input  frame_t                             frame_i,
  output pointers_t                          pointers_o,
  output logic [Words-1:0][EntryIdWidth-1:0] limits_o  // of this row: where the children of its nodes end
);

  localparam int unsigned WordBits = $clog2(BeatWords);
  localparam int unsigned RowShift = $clog2(Words);

  if (Words != 1 && Words != BeatWords) begin : gen_illegal_words
    `FLAASH_ILLEGAL("Words must be 1 or BeatWords")
  end

  logic                   valid;
  entry_id_t              position, left;  // of the first word; words to come
  logic [4:0]             taken;
  logic [Words-1:0][31:0] words;
  logic [Words-1:0][EntryIdWidth-1:0] least;  // the pointer before each
  entry_id_t              pointer_q;          // the last one of the step before

  assign valid    = reading_i.valid && reading_i.section == SecPointers;
  assign position = reading_i.position;
  assign left     = reading_i.left;
  assign taken    = (Words != 1 && left < entry_id_t'(Words)) ? left[4:0] : 5'(Words);

  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    assign words[i]    = (Words == 1) ? beat_i[position[WordBits-1:0]] : beat_i[i];
    assign limits_o[i] = words[i][EntryIdWidth-1:0];
    if (i == 0) begin : gen_first
      assign least[i] = (position == '0) ? '0 : pointer_q;
    end else begin : gen_next
      assign least[i] = limits_o[i-1];
    end
  end

  // --------------------------------------------------------------------- checks
  logic [Words-1:0] bad, bad_q;  // words that are wrong, of this step and of the one before
  logic             failed_q;

  always_comb begin
    // The upper bits of a word are compared alone. Where they are wrong in the word before, that word has the error.
    for (int i = 0; i < int'(Words); i++) begin
      bad[i] = (words[i] >> EntryIdWidth) != '0 || limits_o[i] > frame_i.below || limits_o[i] < least[i];
      if (i == 0 && position == '0 && limits_o[i] != '0 && !frame_i.loose) bad[i] = 1'b1;
      if (left == entry_id_t'(i + 1) && limits_o[i] != frame_i.below && !frame_i.loose) bad[i] = 1'b1;
      if (!valid || i >= 32'(taken)) bad[i] = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bad_q     <= '0;
      failed_q  <= 1'b0;
      pointer_q <= '0;
    end else begin
      bad_q    <= bad;
      failed_q <= bad != '0;
      if (valid) pointer_q <= limits_o[Words-1];
    end
  end

  always_comb begin
    check_err_o = check_error(failed_q, ErrPointer, 4'd0, 1'b0);
    // From the last word to the first, so that the first error stays.
    for (int i = int'(Words) - 1; i >= 0; i--) begin
      if (bad_q[i]) check_err_o = check_error(failed_q, ErrPointer, 4'(i), 1'b0);
    end
  end

  assign step_rsp_o.ready    = 1'b1;
  assign step_rsp_o.taken    = taken;
  assign step_rsp_o.last     = left == entry_id_t'(taken);
  assign step_rsp_o.beat_end = (Words != 1) || (&position[WordBits-1:0]);
  assign step_rsp_o.crosses  = 1'b0;

  // The first of single words is not kept, because it is 0.
  if (Words == 1) begin : gen_single
    assign pointers_o = {valid && position != '0, position[NodeIdWidth-1:0] - 1'b1};
  end else begin : gen_rows
    assign pointers_o = {valid, node_id_t'(position >> RowShift)};
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(LastIsPartial_C, valid && taken != 5'(Words))

endmodule : flaash_loader_pointers
