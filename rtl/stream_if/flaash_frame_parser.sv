// SPDX-License-Identifier: Apache-2.0
// Frame parser: parses an operand frame, checks its description, and passes it on in the channels of an operand.
//
// Guarantees  A head per frame, once the loader is idle. Then, if header, extents and counts are right, a level per
//             extent, and the beats of the arrays for the part that state_i names. Otherwise operand_o.fault: the first
//             wrong word, or a frame that ends before or after its description. A frame whose operand has ended is
//             discarded: the rest of the beat with the error without a count, then a beat per cycle. When kill_i rises
//             within a frame, the rest of the frame is discarded, too. A frame without an accepted beat then waits
//             until kill_i falls. With kill_i the operand in progress is abandoned, and none begins.
// Demands     s_axis_* by the AXI rules; kill_i stays until the core has left its reset.
// Latency     None for a head, one cycle for arrays, one for a level after the last count.
// Throughput  An extent or count per cycle, a beat of arrays per cycle.
// Reset       The next beat is a header.
//
//   s_axis_* -> header -> extents -> counts -> arrays -> header
//                  |         |          |        |
//                  v         +--> levels <       +-> register -> upper, leaf
//                 head

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_frame_parser
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries = 4096,  // of an operand
  parameter int unsigned NodeDepth  = 1024,  // upper-level nodes of an operand
  parameter int unsigned FeedWidth  = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned EntryWidth = entry_width(Format, CoordWidth),
  localparam int unsigned Entries    = FeedWidth / EntryWidth,  // of a beat
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, ValueWidth)
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
  output operand_t             operand_o,
  input  operand_ready_t       ready_i,
  input  operand_state_t       state_i,
  output logic                 moves_o,      // a word or a beat was read
  output logic                 discarded_o   // a beat was discarded
);

  localparam logic [31:0] Magic     = 32'h4641_4c46;
  localparam int unsigned BeatWords = FeedWidth / 32;
  localparam int unsigned WordBits  = $clog2(BeatWords);

  typedef enum logic [1:0] {FrameHeader, FrameExtents, FrameCounts, FrameArrays} section_e;

  section_e   section_q;
  logic [3:0] order_q;
  logic [2:0] index_q;     // of the extent or count
  entry_id_t  entries_q;
  logic       operand_q;
  logic       taken;       // a beat of the frame
  logic       describes;   // extents or counts are read
  logic       section_last, beat_end;
  logic       head_valid, killed_q, killed;  // the rest of the frame is discarded; has no meaning outside a frame
  logic       wrong;       // the description is
  error_t     error, fault_q;

  assign killed    = section_q != FrameHeader && (killed_q || kill_i);
  assign describes = section_q == FrameExtents || section_q == FrameCounts;

  // --------------------------------------------------------------------- header
  logic [31:0] magic, kind, order, entries;
  logic        known;  // it is a header and names an operand
  error_t      header_error;

  assign {entries, order, kind, magic} = s_axis_tdata_i[StreamWidth-1:0];
  assign known = magic == Magic && kind[7:1] == '0;

  always_comb begin
    header_error = '0;
    if (s_axis_tlast_i)                      header_error = error_at(ErrShort, {kind[0], 31'd4});
    if (entries > MaxEntries)                header_error = error_at(ErrMemoryFull, {kind[0], 31'd3});
    if (order == '0 || order > MaxOrder)     header_error = error_at(ErrOrder, order);
    if (!known || 32'(kind[31:8]) != Format) header_error = error_at(ErrHeader, {known && kind[0], 31'd1});
    if (magic != Magic)                      header_error = error_at(ErrHeader, 32'd0);
  end

  // ------------------------------------------------------------ extents and counts
  logic [MaxOrder-1:0][31:0]            extents_q;
  logic [MaxLevels-1:0][NodeIdWidth:0]  counts_q;
  logic [NodeIdWidth:0]                 nodes_q, above_q;  // of the levels read so far; of the level before
  logic [BeatWords-1:0][31:0]           words;
  logic [WordBits-1:0]                  word_q;  // of the beat: the next one
  logic [31:0]                          word;
  error_e                               word_error;
  logic                                 reads, complete, announced;  // announced: the frame ends with this word

  assign words        = s_axis_tdata_i;
  assign word         = words[word_q];
  assign reads        = describes && s_axis_tvalid_i && !killed;
  assign section_last = 4'(index_q) + ((section_q == FrameCounts) ? 4'd2 : 4'd1) == order_q;
  assign beat_end     = section_last || (&word_q);
  assign complete     = section_last && (section_q == FrameCounts || order_q == 4'd1);
  assign announced    = section_last && order_q == 4'd1 && entries_q == '0;

  always_comb begin
    word_error = ErrNone;
    if (section_q == FrameExtents) begin
      if (word == '0 || (section_last && 33'(word) > (33'd1 << CoordWidth))) word_error = ErrExtent;
    end else begin
      if (word > NodeDepth - 32'(nodes_q)) word_error = ErrMemoryFull;
      // Nodes or entries need a node above them.
      if (index_q != '0 && above_q == '0 && word != '0) word_error = ErrCount;
      if (section_last && word == '0 && entries_q != '0) word_error = ErrCount;
    end
  end

  always_comb begin
    error = '0;
    if (section_q == FrameHeader) begin
      error = header_error;
    end else if (word_error != ErrNone) begin
      error = error_at(word_error, {operand_q, 28'd0, index_q});
    end else if (beat_end && s_axis_tlast_i != announced) begin
      // The place is the number of words of the section that have come.
      if (s_axis_tlast_i) error = error_at(ErrShort, {operand_q, 31'(index_q) + 31'd1});
      else if (announced) error = error_at(ErrLong, {operand_q, 31'(index_q) + 31'd1});
    end
    error.valid = error.valid && ((head_valid && ready_i.head && !kill_i) || reads);
  end

  assign wrong = error.valid;

  always_ff @(posedge clk_i) begin
    if (reads && section_q == FrameExtents) extents_q[index_q] <= word;
    if (reads && section_q == FrameCounts)  counts_q[index_q] <= (NodeIdWidth+1)'(word);
    if (section_q == FrameHeader) begin
      nodes_q <= '0;
    end else if (reads && section_q == FrameCounts) begin
      nodes_q <= nodes_q + (NodeIdWidth+1)'(word);
      above_q <= (NodeIdWidth+1)'(word);
    end
  end

  // --------------------------------------------------------------------- arrays
  // Beats of the arrays wait in a register, so no path leads from the loader's checks to the pins.
  logic beats_valid, beats_ready, beat_valid, beat_ready, beat_last, drops;
  logic [FeedWidth-1:0] beat;

  assign beats_valid = s_axis_tvalid_i && section_q == FrameArrays;

  flaash_stream_register #(
    .Width(FeedWidth + 1)
  ) u_register (
    .clk_i, .rst_ni,
    .in_valid_i(beats_valid), .in_ready_o(beats_ready), .in_data_i({s_axis_tlast_i, s_axis_tdata_i}),
    .out_valid_o(beat_valid), .out_ready_i(beat_ready), .out_data_o({beat_last, beat})
  );

  // An idle loader while beats come: the operand has ended, but not its frame.
  assign drops       = kill_i || state_i.idle;
  assign beat_ready  = drops || ready_i.upper || ready_i.leaf;

  // ------------------------------------------------------------------- channels
  logic           open, level_valid, upper_valid, leaf_valid;
  logic           levels_q;  // levels are announced
  logic [2:0]     level_q;   // the next one
  operand_level_t level;
  logic           leaf_level;
  logic [Entries-1:0][CoordWidth-1:0] coords;
  logic [Entries-1:0][ValueWidth-1:0] values;

  for (genvar i = 0; i < int'(Entries); i++) begin : gen_entry
    assign coords[i] = beat[EntryWidth*i +: CoordWidth];
    assign values[i] = beat[EntryWidth*i+CoordWidth +: ValueWidth];
  end

  // After a kill the rest of a frame belongs to no operand.
  assign open        = !kill_i && ((section_q == FrameHeader) ? beat_valid && !killed_q : !killed);
  assign head_valid  = s_axis_tvalid_i && section_q == FrameHeader && !beat_valid;
  assign leaf_level  = 4'(level_q) + 4'd1 == order_q;
  assign level_valid = levels_q && !state_i.idle;
  assign upper_valid = beat_valid && (state_i.part == OperandCoords || state_i.part == OperandPointers);
  assign leaf_valid  = beat_valid && state_i.part == OperandEntries;

  assign level.leaf   = leaf_level;
  assign level.dense  = 1'b0;
  assign level.loose  = 1'b0;
  assign level.extent = extents_q[level_q];
  assign level.count  = leaf_level ? entries_q : entry_id_t'(counts_q[level_q]);

  assign operand_o.flush        = kill_i;
  assign operand_o.open         = open;
  assign operand_o.fault        = fault_q;
  assign operand_o.head_valid   = head_valid;
  assign operand_o.head.known   = known;
  assign operand_o.head.operand = known && kind[0];
  assign operand_o.level_valid  = level_valid;
  assign operand_o.level        = level;
  assign operand_o.framed       = 1'b1;
  assign operand_o.upper_valid  = upper_valid;
  assign operand_o.upper_last   = beat_last;
  assign operand_o.upper        = beat;
  assign operand_o.leaf_valid   = leaf_valid;
  assign operand_o.leaf.last    = beat_last;
  assign operand_o.leaf.over    = Entries'(0);
  assign operand_o.leaf.values  = values;
  assign operand_o.leaf.coords  = coords;

  // ----------------------------------------------------------------------- pins
  always_comb begin
    unique case (section_q)
      FrameHeader: s_axis_tready_o = ready_i.head && !kill_i && !beat_valid;
      FrameArrays: s_axis_tready_o = beats_ready;
      default:     s_axis_tready_o = killed || (reads && (beat_end || wrong));
    endcase
  end

  assign taken   = s_axis_tvalid_i && s_axis_tready_o;
  assign moves_o = taken || reads;

  // What the register held when a kill came was accepted before: it is lost with the operand.
  assign discarded_o = killed ? taken : beat_valid && state_i.idle && !kill_i && !killed_q;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      section_q <= FrameHeader;
      order_q   <= '0;
      entries_q <= '0;
      operand_q <= 1'b0;
      index_q   <= '0;
      word_q    <= '0;
      killed_q  <= 1'b0;
      fault_q   <= '0;
      levels_q  <= 1'b0;
      level_q   <= '0;
    end else begin
      killed_q <= killed;
      fault_q  <= wrong ? error : '0;
      if (reads) begin
        index_q <= section_last ? '0 : index_q + 1'b1;
        word_q  <= beat_end ? '0 : word_q + 1'b1;
      end
      if (taken) begin
        unique case (section_q)
          FrameHeader: begin
            order_q   <= order[3:0];
            entries_q <= entries[EntryIdWidth-1:0];
            operand_q <= known && kind[0];
            index_q   <= '0;
            word_q    <= '0;
            section_q <= FrameExtents;
          end
          FrameExtents: if (section_last) section_q <= (order_q == 4'd1) ? FrameArrays : FrameCounts;
          FrameCounts:  if (section_last) section_q <= FrameArrays;
          default:      section_q <= FrameArrays;
        endcase
        if (wrong || killed)  section_q <= FrameArrays;
        if (s_axis_tlast_i)   section_q <= FrameHeader;
      end
      if (reads && complete && !wrong) begin
        levels_q <= 1'b1;
        level_q  <= '0;
      end else if (ready_i.level || drops) begin
        levels_q <= levels_q && !leaf_level && !drops;
        level_q  <= level_q + 1'b1;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(s_axis, s_axis_tvalid_i, s_axis_tready_o, ({s_axis_tlast_i, s_axis_tdata_i}), FeedWidth + 1)
  `FLAASH_COVER(Withdrawn_C, $past(head_valid && !ready_i.head) && kill_i)
  `FLAASH_COVER(DropPastReset_C, killed && !kill_i)
  `FLAASH_COVER(LastInCounts_C, taken && s_axis_tlast_i && section_q == FrameCounts)

endmodule : flaash_frame_parser
