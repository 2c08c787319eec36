// SPDX-License-Identifier: Apache-2.0
// Loader description: registers the sizes in the head, extents and counts of an operand, and checks them.
//
// Guarantees  The head or word that is read is in frame_o one cycle later, and flaw_o judges it. frame_o shows the
//             announced sizes from the current level on. In SecLevel it has the fields for SecLevel, from the next
//             cycle on the fields for the words of the level.
// Demands     Sections in this order: head, extents, counts.
// Latency     Verdict in the same cycle; registers and flaw_o one cycle after the step.
// Throughput  A head, an extent or a count in a cycle.
// Reset       Nothing is announced.

`include "flaash_assert.svh"

module flaash_loader_description
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries = 1024,  // entries that the tensor memory can hold
  parameter int unsigned NodeDepth  = 1024   // upper-level nodes that the store can hold
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  reading_t      reading_i,
  input  operand_head_t head_i,    // of this beat, if it is one
  output verdict_t      verdict_o,
  output flaw_t         flaw_o,
  output frame_t        frame_o
);

  logic        head_step, extent_step, count_step;
  logic [2:0]  index;  // of the extent or count
  logic [31:0] word;
  logic        final_word;  // of its section
  logic [3:0]  order_q;

  assign head_step   = reading_i.valid && reading_i.section == SecHead;
  assign extent_step = reading_i.valid && reading_i.section == SecExtents;
  assign count_step  = reading_i.valid && reading_i.section == SecCounts;
  assign index       = reading_i.position[2:0];
  assign word        = reading_i.word;
  assign final_word  = order_q - 4'(reading_i.section == SecCounts) == 4'(index) + 4'd1;

  // ----------------------------------------------------------------------- head
  localparam logic [3:0] EntriesWord = 4'd3;  // of a frame's header

  error_e head_error;

  always_comb begin
    head_error = ErrNone;
    if (head_i.order == '0 || head_i.order > MaxOrder) head_error = ErrOrder;
    else if (head_i.entries > MaxEntries)              head_error = ErrMemoryFull;
  end

  logic unused_head;
  assign unused_head = ^head_i;

  // -------------------------------------------------------------------- extents
  logic      begins_q, operand_q;
  entry_id_t entries_q;
  error_e    extent_error;

  always_comb begin
    extent_error = ErrNone;
    if (word == '0 || (final_word && 33'(word) > (33'd1 << CoordWidth))) extent_error = ErrExtent;
  end

  // --------------------------------------------------------------------- counts
  logic [NodeIdWidth:0] nodes_q;  // of the levels read so far
  logic [NodeIdWidth:0] above_q;  // of the level before
  error_e               count_error;

  always_comb begin
    count_error = ErrNone;
    if (word > NodeDepth - 32'(nodes_q)) count_error = ErrMemoryFull;
    // Nodes or entries need a node above them.
    if (index != '0 && above_q == '0 && word != '0) count_error = ErrCount;
    if (final_word && word == '0 && entries_q != '0) count_error = ErrCount;
  end

  // -------------------------------------------------------------------- verdict
  error_e error, error_q;  // ErrNone: the head or word is right
  logic   head_q, flawed_q;

  assign verdict_o = {1'b1, 5'd1, reading_i.section == SecHead || final_word, reading_i.section == SecHead, 1'b0};

  always_comb begin
    error = ErrNone;
    if (head_step)   error = head_error;
    if (extent_step) error = extent_error;
    if (count_step)  error = count_error;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      error_q  <= ErrNone;
      head_q   <= 1'b0;
      flawed_q <= 1'b0;
    end else begin
      error_q  <= error;
      head_q   <= head_step;
      flawed_q <= error != ErrNone;
    end
  end

  assign flaw_o = {flawed_q, error_q, head_q ? EntriesWord : 4'd0, 1'b0};

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
      begins_q <= head_step && head_i.known;
      if (head_step) begin
        operand_q <= head_i.operand;
        order_q   <= head_i.order[3:0];
        entries_q <= head_i.entries[EntryIdWidth-1:0];
        nodes_q   <= '0;
      end
      if (extent_step) extents_q[index] <= word;
      if (count_step) begin
        counts_q[index] <= (NodeIdWidth+1)'(word);
        bases_q[index]  <= node_id_t'(nodes_q);
        nodes_q         <= nodes_q + (NodeIdWidth+1)'(word);
        above_q         <= (NodeIdWidth+1)'(word);
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

  // Many registers to choose from, and a check of the chosen word, would be too much for one cycle.
  logic [31:0] contracted_q, extent_q;
  entry_id_t   level_nodes_q, pointers_q, below_q;
  node_id_t    base_q, above_base_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      contracted_q  <= '0;
      extent_q      <= '0;
      level_nodes_q <= '0;
      pointers_q    <= '0;
      below_q       <= '0;
      base_q        <= '0;
      above_base_q  <= '0;
    end else if (reading_i.section == SecLevel) begin
      contracted_q  <= extents_q[3'(order_q - 4'd1)];
      extent_q      <= extents_q[level];
      level_nodes_q <= level_nodes;
      pointers_q    <= level_nodes + 1'b1;
      below_q       <= below;
      base_q        <= bases_q[level];
      above_base_q  <= above_base;
    end
  end

  assign frame_o = {begins_q, operand_q, order_q, entries_q, level_nodes != '0, level_nodes, parents,
                    contracted_q, extent_q, level_nodes_q, pointers_q, below_q, base_q, above_base_q};

endmodule : flaash_loader_description
