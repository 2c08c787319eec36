// SPDX-License-Identifier: Apache-2.0
// Path walker: the coordinates of a leaf node, found by walking to its ancestors.
//
// Guarantees  After start_i, one cycle after the first ends_o, coords_o[l] holds the coordinate of level l for all l
//             below levels_i. It stays while hold_i. The path before is remembered: the walk ends at the first node
//             that lies on it.
// Demands     start_i only with ends_o and without hold_i; levels_i stays during a contraction. The
//             store is a synchronous RAM.
// Latency     One cycle per node that is not on the path before, at least one. Throughput: the next walk may
//             start in the last cycle of one.
// Stalls      Nothing changes while hold_i.
// Reset       No path is remembered. forget_i does the same and ends a walk.

`include "flaash_assert.svh"

module flaash_path_walker
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter bit Operand = 1'b0  // 0 A, 1 B
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       forget_i,
  input  logic [3:0]                 levels_i,  // upper levels of the operand, 0 to MaxLevels
  input  logic                       start_i,
  output logic                       ends_o,    // the walk ends with this cycle, or has ended
  input  logic                       hold_i,
  output logic [MaxLevels-1:0][31:0] coords_o,
  // operand store
  output node_id_t                   node_addr_o,
  input  walk_rsp_t                  walk_i,        // with start_i the leaf, else about the node asked for
  output fault_t                     fault_o        // the node of the response, where it counts and is wrong
);

  logic                       known_q;   // nodes_q is a whole path
  node_id_t [MaxLevels-1:0]   nodes_q;
  logic [MaxLevels-1:0][31:0] coords_q;
  logic                       walking_q;
  node_id_t                   node_q;    // the node of the store's response
  logic [2:0]                 level_q;   // its level
  logic [2:0]                 leaf_level, level_above;
  node_id_t                   newest_leaf;  // of the path that is known after this cycle
  logic                       leaf_known, parent_known, known;
  logic                       goes_on;      // to the parent
  node_id_t                   next_node;    // of this walk, or the leaf of the next one

  assign leaf_level   = 3'(levels_i - 4'd1);
  assign level_above  = level_q - 3'd1;
  assign newest_leaf  = (walking_q && level_q == leaf_level) ? node_q : nodes_q[leaf_level];
  assign known        = known_q || walking_q;
  assign leaf_known   = levels_i == '0 || (known && newest_leaf == walk_i.leaf);
  assign parent_known = level_q == '0 || (known_q && nodes_q[level_above] == walk_i.parent);

  assign ends_o       = !walking_q || parent_known;
  assign coords_o     = coords_q;

  assign fault_o.valid    = walking_q && walk_i.node_wrong;
  assign fault_o.operand  = Operand;
  assign fault_o.level    = level_q;
  assign fault_o.memory   = 4'd0;
  assign fault_o.position = 24'(node_q);

  // The next node does not wait for start_i, which depends on the walk of the other operand, too.
  assign goes_on     = walking_q && !parent_known;
  assign next_node   = goes_on ? walk_i.parent : walk_i.leaf;
  assign node_addr_o = (walking_q && hold_i) ? node_q : next_node;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      known_q   <= 1'b0;
      nodes_q   <= '0;
      coords_q  <= '0;
      walking_q <= 1'b0;
      node_q    <= '0;
      level_q   <= '0;
    end else if (forget_i) begin
      known_q   <= 1'b0;
      walking_q <= 1'b0;
    end else if (!hold_i) begin
      if (walking_q) begin
        nodes_q[level_q]  <= node_q;
        coords_q[level_q] <= walk_i.coord;
        if (parent_known) begin
          walking_q <= 1'b0;
          known_q   <= 1'b1;
        end
      end
      if (start_i && !leaf_known) walking_q <= 1'b1;
      node_q  <= next_node;
      level_q <= goes_on ? level_above : leaf_level;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenFree_A, !start_i || (ends_o && !hold_i), "a walk begins inside another")
  `FLAASH_COVER(NextAtOnce_C, start_i && walking_q)
  `FLAASH_COVER(Held_C, walking_q && hold_i)
  `FLAASH_COVER(AncestorKnown_C, walking_q && parent_known && level_q != '0)
  `FLAASH_COVER(LeafKnown_C, start_i && leaf_known)

endmodule : flaash_path_walker
