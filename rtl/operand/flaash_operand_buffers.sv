// SPDX-License-Identifier: Apache-2.0
// Operand buffers: two buffers per operand, so that the next operand can be loaded while a contraction uses the
// last.
//
// A buffer is an operand store and a region of the tensor memory. A start takes the newest operand. From the
// start on its buffer belongs to the contraction, until the last record of the contraction has left.
//
// Guarantees  With two buffers a frame goes to the buffer that the last contraction did not use (fill_o); one
//             buffer takes every frame. walk_o, work_desc_o and table_o concern the operand of the contraction
//             (use_o), from start_i on; with table_next_i table_o concerns the operand of plan_desc_o.
//             desc_o concerns the newest operand. plan_desc_o concerns the operand of the contraction while
//             planning_i and in the next cycle, else the newest. When plan_desc_o changes to another buffer, it is not
//             `loaded` for one cycle.
// Demands     owned_i from start_i until the last record has left. Meanwhile with one buffer no frame begins,
//             with two buffers no second frame. start_i only outside frames, and two cycles after
//             planning_i at the earliest. planning_i only while owned_i.
// Latency     One cycle per read, as flaash_operand_store.
// Throughput  One read per port and cycle.
// Reset       No operand is loaded.

`include "flaash_assert.svh"

module flaash_operand_buffers
  import flaash_pkg::*;
#(
  parameter int unsigned Operand    = 0,     // 0 A, 1 B
  parameter int unsigned Buffers    = 1,     // 1 or 2
  parameter int unsigned NodeDepth  = 1024,  // nodes, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers, below 2**FiberIdWidth
  parameter int unsigned Parity     = 1,     // 1: a parity bit per word, 0: none
  parameter int unsigned NodeWrites = 1      // nodes that are written in a cycle, most: 1, 4 or 8
) (
  input  logic         clk_i,
  input  logic         rst_ni,

  input  logic         start_i,       // pulse: a contraction begins
  input  logic         owned_i,       // the contraction needs its operands
  input  logic         planning_i,    // the compute machine is still planning the contraction
  input  store_write_t write_i,
  output logic         fill_o,        // the buffer of the frame that is read, or of the next one
  output logic         use_o,         // the buffer of the contraction

  // fiber -> its first line, for the compute machine
  input  fiber_id_t    table_addr_i,
  input  logic         table_next_i,  // of the operand of plan_desc_o, else of the contraction's
  output table_rsp_t   table_o,
  // fiber -> its leaf, node -> its coordinate and parent, for the unloader
  input  walk_req_t    walk_i,
  output walk_rsp_t    walk_o,

  output desc_t        desc_o,
  output desc_t        work_desc_o,
  output desc_t        plan_desc_o
);

  if (Buffers < 1 || Buffers > 2) begin : gen_illegal_buffers
    `FLAASH_ILLEGAL("Buffers must be 1 or 2")
  end

  // --------------------------------------------------------------------- choice
  logic         newest_q, newest, use_q, table_q, mine, writes;
  logic         plan_q, before_q;  // the buffer of plan_desc_o, in the cycle before
  node_write_t  to_nodes;  // Icarus warns where a member of a member is used
  fiber_write_t to_table;

  assign to_nodes = write_i.node;
  assign to_table = write_i.fiber;
  assign mine     = 32'(write_i.operand) == Operand;
  assign writes   = mine && (write_i.begins || to_nodes.valid || to_table.valid);
  assign use_o    = Buffers == 2 && (start_i ? newest_q : use_q);
  assign fill_o   = Buffers == 2 && !use_o;
  assign newest   = (mine && write_i.begins) ? fill_o : newest_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      newest_q <= 1'b0;
      use_q    <= 1'b0;
      plan_q   <= 1'b0;
      before_q <= 1'b0;
      table_q  <= 1'b0;
    end else begin
      table_q  <= table_next_i ? plan_q : use_o;
      use_q    <= use_o;
      newest_q <= newest;
      plan_q   <= Buffers == 2 && (planning_i ? use_o : newest);
      before_q <= plan_q;
    end
  end

  // --------------------------------------------------------------------- stores
  table_rsp_t [Buffers-1:0] tables;
  walk_rsp_t [Buffers-1:0]  walks;
  desc_t [Buffers-1:0]      descs;

  for (genvar b = 0; b < int'(Buffers); b++) begin : gen_buffer
    store_write_t to_store;

    assign to_store = (fill_o == 1'(b)) ? write_i : '0;

    flaash_operand_store #(
      .Operand(Operand), .NodeDepth(NodeDepth), .FiberDepth(FiberDepth), .Parity(Parity),
      .NodeWrites(NodeWrites)
    ) u_store (
      .clk_i, .rst_ni,
      .write_i(to_store), .table_addr_i, .table_o(tables[b]),
      .walk_i, .walk_o(walks[b]), .desc_o(descs[b])
    );
  end

  assign table_o = tables[table_q];
  assign walk_o  = walks[use_q];

  always_comb begin
    desc_o             = descs[newest_q];
    work_desc_o        = descs[use_o];
    plan_desc_o        = descs[plan_q];
    desc_o.buffer      = newest_q;
    work_desc_o.buffer = use_o;
    plan_desc_o.buffer = plan_q;
    if (plan_q != before_q) plan_desc_o.loaded = 1'b0;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NotInUse_A, !(owned_i && writes && fill_o == use_o), "an operand in use is replaced")
  `FLAASH_ASSERT(NotWritten_A, !start_i || !writes, "a contraction begins while its operand is written")
  `FLAASH_ASSERT(PlannedBefore_A, !start_i || !$past(planning_i), "a contraction begins right behind the last plan")
  `FLAASH_ASSERT(PlanIsSteady_A, !($past(planning_i) && $past(planning_i, 2)) || plan_q == before_q,
                 "the plan's operand changes")
  `FLAASH_COVER(FrameInPlan_C, planning_i && mine && write_i.begins)
  `FLAASH_COVER(WhileInUse_C, owned_i && writes)
  `FLAASH_COVER(Kept_C, start_i && newest_q == use_q)

endmodule : flaash_operand_buffers
