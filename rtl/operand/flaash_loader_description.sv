// SPDX-License-Identifier: Apache-2.0
// Loader description: what the header, extents and counts of a frame announce, and whether it can be.
//
// Guarantees  *_error_o is the verdict on the header beat or the word that is offered, ErrNone if it
//             is right; the registers take it over with the step.
// Demands     Steps in the order of the frame: header, extents, counts.
// Latency     Verdict in the same cycle; registers one cycle after the step.
// Reset       Nothing is announced.

module flaash_loader_description
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,  // value format of this build
  parameter int unsigned CoordWidth = 16,          // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries = 1024,        // entries that the tensor memory can hold
  parameter int unsigned NodeDepth  = 1024         // upper-level nodes that the store can hold
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  // header beat
  input  logic                    header_step_i,
  input  logic [StreamWidth-1:0]  header_i,
  output logic                    header_known_o,    // it is a header and names an operand
  output logic                    header_operand_o,  // that operand, A if none is named
  output error_e                  header_error_o,
  output logic [1:0]              header_word_o,     // which word of it is wrong

  // words of extents and counts
  input  logic                    extent_step_i,
  input  logic                    count_step_i,
  input  logic [31:0]             word_i,
  input  logic [2:0]              position_i,        // of the word in its section
  input  logic                    section_last_i,    // it is the last of it
  output error_e                  extent_error_o,
  output error_e                  count_error_o,

  // the operand of this frame
  output logic                    operand_o,
  output logic [3:0]              order_o,
  output logic [EntryIdWidth-1:0] entries_o,
  output logic [MaxOrder-1:0][31:0]           extents_o,
  output logic [MaxLevels-1:0][NodeIdWidth:0] counts_o,
  output node_id_t [MaxLevels-1:0]            bases_o    // first node of each level
);

  localparam logic [31:0] Magic = 32'h4641_4c46;

  // --------------------------------------------------------------------- header
  logic [31:0] magic, kind, order, entries;

  assign {entries, order, kind, magic} = header_i;
  assign header_known_o   = magic == Magic && kind[7:1] == '0;
  assign header_operand_o = header_known_o && kind[0];

  always_comb begin
    header_error_o = ErrNone;
    header_word_o  = '0;
    if (magic != Magic) begin
      header_error_o = ErrHeader;
    end else if (!header_known_o || 32'(kind[31:8]) != Format) begin
      header_error_o = ErrHeader;
      header_word_o  = 2'd1;
    end else if (order == '0 || order > MaxOrder) begin
      header_error_o = ErrOrder;
      header_word_o  = 2'd2;
    end else if (entries > MaxEntries) begin
      header_error_o = ErrMemoryFull;
      header_word_o  = 2'd3;
    end
  end

  // -------------------------------------------------------------------- extents
  always_comb begin
    extent_error_o = ErrNone;
    if (word_i == '0) extent_error_o = ErrExtent;
    if (section_last_i && 33'(word_i) > (33'd1 << CoordWidth)) extent_error_o = ErrExtent;
  end

  // --------------------------------------------------------------------- counts
  logic [NodeIdWidth:0] nodes_q;  // of the levels read so far
  logic [NodeIdWidth:0] above_q;  // of the level before

  always_comb begin
    count_error_o = ErrNone;
    if (word_i > NodeDepth - 32'(nodes_q)) count_error_o = ErrMemoryFull;
    // Nodes or entries need a node above them.
    if (position_i != '0 && above_q == '0 && word_i != '0) count_error_o = ErrCount;
    if (section_last_i && word_i == '0 && entries_o != '0) count_error_o = ErrCount;
  end

  // ------------------------------------------------------------------ registers
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      operand_o <= 1'b0;
      order_o   <= '0;
      entries_o <= '0;
      extents_o <= '0;
      counts_o  <= '0;
      bases_o   <= '0;
      nodes_q   <= '0;
      above_q   <= '0;
    end else begin
      if (header_step_i) begin
        operand_o <= header_operand_o;
        order_o   <= order[3:0];
        entries_o <= entries[EntryIdWidth-1:0];
        nodes_q   <= '0;
      end
      if (extent_step_i) extents_o[position_i] <= word_i;
      if (count_step_i) begin
        counts_o[position_i] <= word_i[NodeIdWidth:0];
        bases_o[position_i]  <= nodes_q[NodeIdWidth-1:0];
        nodes_q              <= nodes_q + word_i[NodeIdWidth:0];
        above_q              <= word_i[NodeIdWidth:0];
      end
    end
  end

endmodule : flaash_loader_description
