// SPDX-License-Identifier: Apache-2.0
// Record sender: sends records and trailers as beats of an AXI4-Stream.
//
// Guarantees  A record leaves as ceil(words / 4) beats, its trailing words zero; a trailer as one
//             beat with tlast. Beats are never withdrawn, and a record that was taken leaves whole.
// Demands     Words above in_words_i are zero. An offer at in_* may change until it is accepted.
// Latency     One cycle from in_* to the first beat.
// Throughput  One beat per cycle, records back to back.
// Reset       Nothing to send.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_record_sender
  import flaash_pkg::*;
#(
  parameter int unsigned MaxWords = 16,  // words of a record, a multiple of StreamWords
  localparam type beat_t = `FLAASH_BEAT(StreamWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  // a record, or a trailer
  input  logic                      in_valid_i,
  output logic                      in_ready_o,
  input  logic [MaxWords-1:0][31:0] in_data_i,
  input  logic [4:0]                in_words_i,  // 1 to MaxWords
  input  logic                      in_last_i,   // trailer
  // beats
  output logic                      frame_valid_o,
  input  logic                      frame_ready_i,
  output beat_t                     frame_o,
  output logic                      sent_o,      // the last beat of a record is taken
  output logic                      drained_o    // a trailer is taken
);

  if (MaxWords < StreamWords || MaxWords > 31 || MaxWords % StreamWords != 0) begin : gen_illegal_words
    `FLAASH_ILLEGAL("MaxWords must be a multiple of StreamWords below 32")
  end

  // -------------------------------------------------------------------- shifting
  logic [MaxWords-1:0][31:0] words_q;
  logic [4:0]                left_q;  // words that have not left, 0: nothing to send
  logic                      last_q;
  logic                      final_beat, taken;

  assign final_beat    = left_q <= 5'(StreamWords);
  assign frame_valid_o = left_q != '0;
  assign frame_o       = {last_q, words_q[StreamWords-1:0]};
  assign taken         = frame_valid_o && frame_ready_i;
  assign in_ready_o    = !frame_valid_o || (taken && final_beat);
  assign sent_o        = taken && final_beat && !last_q;
  assign drained_o     = taken && last_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      words_q <= '0;
      left_q  <= '0;
      last_q  <= 1'b0;
    end else if (in_valid_i && in_ready_o) begin
      words_q <= in_data_i;
      left_q  <= in_words_i;
      last_q  <= in_last_i;
    end else if (taken) begin
      words_q <= words_q >> StreamWidth;
      left_q  <= final_beat ? '0 : left_q - 5'(StreamWords);
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(frame, frame_valid_o, frame_ready_i, frame_o, StreamWidth + 1)
  `FLAASH_ASSERT(SomeWords_A, !in_valid_i || in_words_i != '0, "a record without words")
  `FLAASH_COVER(OfferChanges_C, in_valid_i && $past(in_valid_i && !in_ready_o) && in_data_i != $past(in_data_i))

endmodule : flaash_record_sender
