// SPDX-License-Identifier: Apache-2.0
// Loader description: what the header, extents and counts of a frame announce, and whether it can be.
//
// Guarantees  verdict_o is about the header or word that is read; frame_o takes it over one cycle later.
//             frame_o shows what has been announced from the level that is read: in SecLevel what that needs, from
//             the cycle after it on what the words of the level need.
// Demands     Sections in the order of the frame: header, extents, counts.
// Latency     Verdict in the same cycle; registers one cycle after the step.
// Throughput  A header, or Words extents or counts, in a cycle.
// Reset       Nothing is announced.

`include "flaash_assert.svh"

module flaash_loader_description
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,  // value format of this build
  parameter int unsigned CoordWidth = 16,          // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries = 1024,        // entries that the tensor memory can hold
  parameter int unsigned NodeDepth  = 1024,        // upper-level nodes that the store can hold
  parameter int unsigned BeatWords  = StreamWords, // of a beat: 4, 8 or 16
  parameter int unsigned Words      = 1,           // read in a cycle: 1 or 4
  localparam int unsigned WordBits  = $clog2(BeatWords)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  reading_t               reading_i,
  input  logic [BeatWords-1:0][31:0] beat_i,
  output verdict_t               verdict_o,
  output frame_t                 frame_o
);

  localparam logic [31:0] Magic = 32'h4641_4c46;

  logic                   header_step, extent_step, count_step;
  logic [2:0]             index;      // of the first extent or count
  logic                   word_last;  // the last of these words ends the beat
  logic [Words-1:0][31:0] words;
  logic [Words-1:0]       there;      // belongs to the section
  logic [3:0]             left;       // words of the section from the first of these on
  logic [4:0]             taken;
  logic [3:0]             order_q;

  if (Words != 1 && Words != 4) begin : gen_illegal_words
    `FLAASH_ILLEGAL("Words must be 1 or 4")
  end

  assign header_step = reading_i.valid && reading_i.section == SecHeader;
  assign extent_step = reading_i.valid && reading_i.section == SecExtents;
  assign count_step  = reading_i.valid && reading_i.section == SecCounts;
  assign index       = reading_i.position[2:0];
  assign word_last   = reading_i.position[WordBits-1:0] == WordBits'(BeatWords - Words);
  assign left        = order_q - 4'(reading_i.section == SecCounts) - 4'(index);
  assign taken       = (32'(left) < Words) ? 5'(left) : 5'(Words);

  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    assign words[i] = (i == 0) ? reading_i.word : beat_i[reading_i.position[WordBits-1:0] + WordBits'(i)];
    assign there[i] = 32'(left) > i;
  end

  // --------------------------------------------------------------------- header
  logic [31:0] magic, kind, order, entries;
  logic        known;           // it is a header and names an operand
  logic        header_operand;  // that operand, A if none is named
  error_e      header_error;
  logic [3:0]  header_word;

  assign {entries, order, kind, magic} = beat_i[StreamWords-1:0];
  assign known          = magic == Magic && kind[7:1] == '0;
  assign header_operand = known && kind[0];

  always_comb begin
    header_error = ErrNone;
    header_word  = '0;
    if (magic != Magic) begin
      header_error = ErrHeader;
    end else if (!known || 32'(kind[31:8]) != Format) begin
      header_error = ErrHeader;
      header_word  = 4'd1;
    end else if (order == '0 || order > MaxOrder) begin
      header_error = ErrOrder;
      header_word  = 4'd2;
    end else if (entries > MaxEntries) begin
      header_error = ErrMemoryFull;
      header_word  = 4'd3;
    end
  end

  // -------------------------------------------------------------------- extents
  // Of the words of a cycle the first error counts.
  logic       begins_q, operand_q;
  entry_id_t  entries_q;
  error_e     extent_error;
  logic [3:0] extent_word;

  always_comb begin
    extent_error = ErrNone;
    extent_word  = '0;
    for (int i = int'(Words) - 1; i >= 0; i--) begin
      if (there[i] && (words[i] == '0 || (left == 4'(i + 1) && 33'(words[i]) > (33'd1 << CoordWidth)))) begin
        extent_error = ErrExtent;
        extent_word  = 4'(i);
      end
    end
  end

  // --------------------------------------------------------------------- counts
  logic [NodeIdWidth:0]            nodes_q;  // of the levels read so far
  logic [NodeIdWidth:0]            above_q;  // of the level before
  logic [Words:0][NodeIdWidth:0]   nodes;    // before each of these words
  logic [Words-1:0][NodeIdWidth:0] above;
  error_e                          count_error, found;
  logic [3:0]                      count_word;

  always_comb begin
    nodes    = '0;
    nodes[0] = nodes_q;
    above[0] = above_q;
    for (int i = 0; i < int'(Words); i++) begin
      nodes[i+1] = nodes[i] + (NodeIdWidth+1)'(words[i]);
      if (i > 0) above[i] = (NodeIdWidth+1)'(words[i-1]);
    end
  end

  always_comb begin
    count_error = ErrNone;
    count_word  = '0;
    for (int i = int'(Words) - 1; i >= 0; i--) begin
      found = ErrNone;
      if (words[i] > NodeDepth - 32'(nodes[i])) found = ErrMemoryFull;
      // Nodes or entries need a node above them.
      if ((index != '0 || i > 0) && above[i] == '0 && words[i] != '0) found = ErrCount;
      if (left == 4'(i + 1) && words[i] == '0 && entries_q != '0) found = ErrCount;
      if (there[i] && found != ErrNone) begin
        count_error = found;
        count_word  = 4'(i);
      end
    end
  end

  // -------------------------------------------------------------------- verdict
  always_comb begin
    verdict_o = {1'b1, header_error, header_word, 5'd1, 1'b1};
    if (reading_i.section == SecExtents) verdict_o = {1'b1, extent_error, extent_word, taken, word_last};
    if (reading_i.section == SecCounts)  verdict_o = {1'b1, count_error, count_word, taken, word_last};
  end

  // ------------------------------------------------------------------ registers
  logic [MaxOrder-1:0][31:0]           extents_q;
  logic [MaxLevels-1:0][NodeIdWidth:0] counts_q;
  node_id_t [MaxLevels-1:0]            bases_q;    // first node of each level

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begins_q  <= 1'b0;
      operand_q <= 1'b0;
      order_q   <= '0;
      entries_q <= '0;
      extents_q <= '0;
      counts_q  <= '0;
      bases_q   <= '0;
      nodes_q   <= '0;
      above_q   <= '0;
    end else begin
      begins_q <= header_step && known;
      if (header_step) begin
        operand_q <= header_operand;
        order_q   <= order[3:0];
        entries_q <= entries[EntryIdWidth-1:0];
        nodes_q   <= '0;
      end
      for (int i = 0; i < int'(Words); i++) begin
        if (extent_step && there[i]) extents_q[index + 3'(i)] <= words[i];
        if (count_step && there[i]) begin
          counts_q[index + 3'(i)] <= (NodeIdWidth+1)'(words[i]);
          bases_q[index + 3'(i)]  <= node_id_t'(nodes[i]);
          nodes_q                 <= nodes[i+1];
          above_q                 <= (NodeIdWidth+1)'(words[i]);
        end
      end
    end
  end

  // ----------------------------------------------------------- seen from the level
  logic [2:0] level, level_above;
  logic       root;  // nothing above: one span for all
  entry_id_t  level_nodes, below, parents;
  node_id_t   above_base;

  assign level       = reading_i.level;
  assign level_above = level - 3'd1;
  assign root        = level == '0;
  assign above_base  = root ? '0 : bases_q[level_above];

  always_comb begin
    level_nodes = entry_id_t'(counts_q[level]);
    below       = entry_id_t'(counts_q[level + 3'd1]);
    parents     = entry_id_t'(counts_q[root ? '0 : level_above]);
    if (4'(level) + 4'd1 == order_q) level_nodes = entries_q;
    if (4'(level) + 4'd2 == order_q) below       = entries_q;
    if (order_q == 4'd1) parents = entries_q;
  end

  // Many registers to choose from, and the check of a word behind that choice, would be too much for a cycle.
  logic [31:0] contracted_q, extent_q;
  entry_id_t   level_nodes_q, below_q;
  node_id_t    base_q, above_base_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      contracted_q  <= '0;
      extent_q      <= '0;
      level_nodes_q <= '0;
      below_q       <= '0;
      base_q        <= '0;
      above_base_q  <= '0;
    end else if (reading_i.section == SecLevel) begin
      contracted_q  <= extents_q[3'(order_q - 4'd1)];
      extent_q      <= extents_q[level];
      level_nodes_q <= level_nodes;
      below_q       <= below;
      base_q        <= bases_q[level];
      above_base_q  <= above_base;
    end
  end

  assign frame_o = {begins_q, operand_q, header_operand, order_q, entries_q, level_nodes != '0, parents,
                    contracted_q, extent_q, level_nodes_q, below_q, base_q, above_base_q};

endmodule : flaash_loader_description
