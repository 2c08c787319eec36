// SPDX-License-Identifier: Apache-2.0
// Frame parser: names the section of each beat of an operand frame: head, extents, counts or arrays.
//
// Guarantees  Each beat leaves once, in order, in its cycle. The header leaves as a head. The head has an error if the
//             magic word or the format is wrong, or if it names no operand. Each beat of extents or counts carries the
//             number of its words, from the header. Later beats are arrays. After a header with an error all beats are
//             arrays. When kill_i rises within a frame, the rest of the frame is accepted and discarded, a beat
//             per cycle. A frame without an accepted beat then waits until kill_i falls. beat_* keeps the AXI
//             rules with one exception: when kill_i rises a waiting beat is withdrawn. No beat is offered while
//             kill_i is high.
// Demands     s_axis_* by the AXI rules; kill_i stays until the core has left its reset.
// Latency     None; combinational.
// Throughput  A beat per cycle.
// Reset       The next beat is a header.
//
//   header -> extents -> counts -> arrays -> header
//     |           +-----------------^          ^
//     +-----------(last beat)------------------+

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_frame_parser
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format    = FormatFp32,
  parameter int unsigned FeedWidth = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 kill_i,       // the core ends its work
  // operand frames
  input  logic                 s_axis_tvalid_i,
  output logic                 s_axis_tready_o,
  input  logic [FeedWidth-1:0] s_axis_tdata_i,
  input  logic                 s_axis_tlast_i,
  // operands
  output logic                 beat_valid_o,
  input  logic                 beat_ready_i,
  output operand_t             beat_o,
  output logic                 discarded_o   // a beat was discarded
);

  localparam logic [31:0] Magic     = 32'h4641_4c46;
  localparam int unsigned BeatWords = FeedWidth / 32;

  operand_section_e section_q;
  logic [3:0]       order_q;
  logic [3:0]       left_q;  // words of this section
  logic [4:0]       words;
  logic             section_last;
  logic             taken;   // a beat, accepted by the core or discarded
  logic             drop_q;  // the rest of the frame is discarded; has no meaning outside a frame
  logic             drop;

  assign drop            = section_q != OperandHead && (drop_q || kill_i);
  assign s_axis_tready_o = drop || (beat_ready_i && !kill_i);
  assign beat_valid_o    = s_axis_tvalid_i && !drop && !kill_i;
  assign discarded_o     = s_axis_tvalid_i && drop;
  assign taken           = s_axis_tvalid_i && s_axis_tready_o;
  assign section_last    = 32'(left_q) <= BeatWords;
  assign words           = section_last ? 5'(left_q) : 5'(BeatWords);

  // --------------------------------------------------------------------- header
  logic [31:0]   magic, kind, order, entries;
  logic          known;  // it is a header and names an operand
  error_t        error;
  operand_head_t head;

  assign {entries, order, kind, magic} = s_axis_tdata_i[StreamWidth-1:0];
  assign known = magic == Magic && kind[7:1] == '0;

  always_comb begin
    error = '0;
    if (magic != Magic) begin
      error = {1'b1, ErrHeader, 32'd0};
    end else if (!known || 32'(kind[31:8]) != Format) begin
      error = {1'b1, ErrHeader, known && kind[0], 31'd1};
    end
  end

  assign head = {error, known, known && kind[0], order, entries};

  // --------------------------------------------------------------------- output
  always_comb begin
    beat_o = {section_q, words, s_axis_tlast_i, s_axis_tdata_i};
    if (section_q == OperandHead) beat_o.data = FeedWidth'(head);
  end

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q <= OperandHead;
      order_q   <= '0;
      left_q    <= '0;
      drop_q    <= 1'b0;
    end else begin
      drop_q <= drop;
      if (taken) begin
        unique case (section_q)
          OperandHead: begin
            order_q <= order[3:0];
            left_q  <= order[3:0];
            if (error.valid) section_q <= OperandArrays;
            else             section_q <= OperandExtents;
          end
          OperandExtents: begin
            left_q <= section_last ? order_q - 1'b1 : left_q - 4'(BeatWords);
            if (section_last && order_q == 4'd1) section_q <= OperandArrays;
            else if (section_last)               section_q <= OperandCounts;
          end
          OperandCounts: begin
            left_q <= left_q - 4'(BeatWords);
            if (section_last) section_q <= OperandArrays;
          end
          default: section_q <= OperandArrays;
        endcase
        if (s_axis_tlast_i) section_q <= OperandHead;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(s_axis, s_axis_tvalid_i, s_axis_tready_o, ({s_axis_tlast_i, s_axis_tdata_i}), FeedWidth + 1)
  `FLAASH_STREAM_CHECK(beat, beat_valid_o || (s_axis_tvalid_i && kill_i), beat_ready_i || kill_i,
                       ({s_axis_tlast_i, s_axis_tdata_i}), FeedWidth + 1)
  `FLAASH_ASSERT(NoneInReset_A, !beat_valid_o || !kill_i, "a beat for a core that is about to be reset")
  `FLAASH_ASSERT(OneBeatOneWay_A, taken == ((beat_valid_o && beat_ready_i) || discarded_o),
                 "a beat was taken and went nowhere, or went both ways")
  `FLAASH_COVER(Withdrawn_C, $past(beat_valid_o && !beat_ready_i) && kill_i)
  `FLAASH_COVER(DropPastReset_C, drop && !kill_i)
  `FLAASH_COVER(LastInCounts_C, taken && s_axis_tlast_i && section_q == OperandCounts)

endmodule : flaash_frame_parser
