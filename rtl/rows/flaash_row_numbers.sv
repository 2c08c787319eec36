// SPDX-License-Identifier: Apache-2.0
// Row numbers: knows for each fiber of A the row of a result, and for each fiber of B the column.
//
// A row is the place of the fiber's node in the last upper level of A. A column is the row-major index of the fiber's
// coordinates. If all rows (columns) have a fiber, it is the number of the fiber.
//
// Guarantees  After start_i the numbers of both operands are found, fiber by fiber; filled_o[i]: numbers of fibers
//             below this one can be requested. plain_o[i], from the cycle after start_i on: no request is needed, since
//             fibers and numbers agree. A response comes in the cycle after its request, in order per port. From the
//             cycle after stop_i on nothing is read, until start_i.
// Demands     desc_i, layout_i and extents stay from start_i to the last request, which precedes stop_i; start_i may
//             come with stop_i. extent_i is the extent of the level extent_level_o of B, in the same cycle. The stores
//             are synchronous RAMs. No request while start_i.
// Latency     From start_i four cycles to the first row, six to the first column of a matrix.
// Throughput  A request per port and cycle, if no two want different numbers of a bank. A row per cycle; a column per
//             cycle among fibers that differ in the last coordinate only, otherwise two cycles more per level of B.
// Errors      fault_o names a stored word that was used and is wrong, one cycle later; of requests three cycles later.
// Reset       No number is known.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_row_numbers
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Ports      = 4,
  parameter int unsigned FiberDepth = 8192,  // fibers of an operand
  parameter int unsigned Parity     = 1      // a parity bit per stored number, 0 or 1
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,

  input  logic                    start_i,
  input  logic                    stop_i,          // no number is needed any more, or none yet
  input  layout_t                 layout_i,
  input  desc_t [1:0]             desc_i,          // A in element 0
  output logic [2:0]              extent_level_o,
  input  logic [31:0]             extent_i,
  // operand stores, A in element 0
  output walk_req_t [1:0]         walk_o,
  input  walk_rsp_t [1:0]         walk_i,
  output fault_t                  fault_o,
  // requests
  output logic [1:0]              plain_o,
  output fiber_id_t [1:0]         filled_o,
  input  logic [Ports-1:0]        req_valid_i,
  output logic [Ports-1:0]        req_ready_o,
  input  line_id_t [Ports-1:0]    req_i,
  output logic [Ports-1:0]        rsp_valid_o,
  output logic [Ports-1:0][31:0]  rsp_o
);

  typedef `FLAASH_LINE_WRITE(32, 1) number_write_t;

  desc_t               a, b;
  walk_rsp_t           walk_a, walk_b;
  logic [1:0]          plain;
  number_write_t [1:0] write;
  fault_t              leaf_fault, node_fault, leaf_a_fault, memory_fault, number_fault, fault;

  assign {b, a}           = desc_i;
  assign {walk_b, walk_a} = walk_i;
  assign plain            = {33'(b.fibers) == layout_i.columns, 33'(a.fibers) == 33'(layout_i.rows)};

  always_ff @(posedge clk_i) plain_o <= plain;

  // ---------------------------------------------------------------------------- rows
  logic      read_q, leaf_q;  // the leaf of fiber read_id_q is read; that of leaf_id_q has come
  fiber_id_t read_id_q, leaf_id_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {read_q, leaf_q} <= '0;
    else begin
      read_q <= start_i || (read_q && read_id_q != a.fibers && !stop_i);
      leaf_q <= read_q && read_id_q != a.fibers && !start_i && !stop_i;
    end
  end

  always_ff @(posedge clk_i) begin
    read_id_q <= start_i ? '0 : read_id_q + 1'b1;
    leaf_id_q <= read_id_q;
  end

  assign walk_o[0]    = {read_id_q, node_id_t'(0)};
  assign leaf_a_fault = stored_fault(leaf_q && walk_a.leaf_wrong, 1'b0, PlacePath, 24'(leaf_id_q));

  logic        row_write_q;
  fiber_id_t   row_id_q;
  logic [31:0] row_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) row_write_q <= 1'b0;
    else         row_write_q <= leaf_q && !start_i && !stop_i;
  end

  always_ff @(posedge clk_i) begin
    row_id_q <= leaf_id_q;
    row_q    <= 32'(walk_a.leaf) - 32'(layout_i.first);
  end

  assign write[0].valid = row_write_q;
  assign write[0].pair  = 1'b0;
  assign write[0].id    = {1'b0, line_addr_t'(row_id_q)};
  assign write[0].lines = row_q;

  // ------------------------------------------------------------------------- columns
  // The walk of a fiber begins once its leaf has come; its coordinates are complete when the walk has ended.
  logic                       run_q, known_q, starts, ends, walks_q, walked, held, path_q, hold;
  fiber_id_t                  fiber_q, walk_id_q, path_id_q;
  logic [3:0]                 levels;
  logic [MaxLevels-1:0][31:0] coords, before_q;
  node_id_t                   node_addr;

  assign levels = (b.order == '0) ? '0 : b.order - 4'd1;
  assign starts = run_q && known_q && fiber_q != b.fibers && (!walks_q || walked) && !hold;
  assign walked = walks_q && ends && !hold;
  assign hold   = path_q && !held;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {run_q, known_q, walks_q, path_q} <= '0;
    else if (start_i) begin
      run_q                      <= !plain[1];
      {known_q, walks_q, path_q} <= '0;
    end else if (stop_i) {run_q, known_q, walks_q, path_q} <= '0;
    else begin
      known_q <= run_q;
      if (starts)      walks_q <= 1'b1;
      else if (walked) walks_q <= 1'b0;
      if (walked)    path_q <= 1'b1;
      else if (held) path_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    fiber_q <= start_i ? '0 : fiber_q + fiber_id_t'(starts);
    if (starts) walk_id_q <= fiber_q;
    if (!hold)  path_id_q <= walk_id_q;
  end

  assign walk_o[1]  = {starts ? fiber_q + 1'b1 : fiber_q, node_addr};
  assign leaf_fault = stored_fault(starts && walk_b.leaf_wrong, 1'b1, PlacePath, 24'(fiber_q));

  flaash_path_walker #(
    .Operand(1'b1)
  ) u_walker (
    .clk_i, .rst_ni,
    .forget_i(start_i || stop_i), .levels_i(levels), .start_i(starts), .ends_o(ends), .hold_i(hold), .coords_o(coords),
    .node_addr_o(node_addr), .walk_i(walk_b), .fault_o(node_fault)
  );

  // The index of a parent times the last extent is kept for its children. It is found level by level, from the root on.
  logic        based_q, multiplies_q, product_ready_q, same;
  logic [2:0]  level_q, leaf_level;
  logic [31:0] base_q, index_q, product_q;
  logic [31:0] extent_q;  // of level_q: its choice and the product would take more than a cycle

  assign leaf_level = 3'(levels - 4'd1);
  assign held       = path_q && (same || leaf_level == '0);

  always_comb begin
    extent_level_o = level_q;
    if (product_ready_q) extent_level_o = level_q + 1'b1;
    if (!multiplies_q)   extent_level_o = 3'd1;
  end

  always_comb begin
    same = based_q;
    for (int l = 0; l < MaxLevels; l++) begin
      if (3'(l) < leaf_level && before_q[l] != coords[l]) same = 1'b0;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {based_q, multiplies_q, product_ready_q} <= '0;
    else if (start_i || stop_i) {based_q, multiplies_q, product_ready_q} <= '0;
    else begin
      product_ready_q <= multiplies_q && !product_ready_q;
      if (path_q && !held && !multiplies_q) multiplies_q <= 1'b1;
      if (product_ready_q && level_q == leaf_level) begin
        multiplies_q <= 1'b0;
        based_q      <= 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    product_q <= index_q * extent_q;
    extent_q  <= extent_i;
    level_q   <= extent_level_o;
    if (!multiplies_q) begin
      index_q <= coords[0];
    end else if (product_ready_q) begin
      if (level_q == leaf_level) begin
        base_q   <= product_q;
        before_q <= coords;
      end
      index_q <= product_q + coords[level_q];
    end
  end

  logic        column_write_q;
  fiber_id_t   column_id_q;
  logic [31:0] column_base_q, column_coord_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) column_write_q <= 1'b0;
    else         column_write_q <= held && !start_i && !stop_i;
  end

  always_ff @(posedge clk_i) begin
    column_id_q    <= path_id_q;
    column_base_q  <= (leaf_level == '0) ? '0 : base_q;
    column_coord_q <= coords[leaf_level];
  end

  assign write[1].valid = column_write_q;
  assign write[1].pair  = 1'b0;
  assign write[1].id    = {1'b1, line_addr_t'(column_id_q)};
  assign write[1].lines = column_base_q + column_coord_q;

  // -------------------------------------------------------------------------- memory

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) filled_o <= '0;
    else if (start_i) filled_o <= '0;
    else begin
      if (row_write_q)    filled_o[0] <= row_id_q + 1'b1;
      if (column_write_q) filled_o[1] <= column_id_q + 1'b1;
    end
  end

  flaash_tensor_memory_banked #(
    .NumPorts(Ports), .LineWidth(32), .Lines(FiberDepth), .Latency(1), .Banks(2 ** $clog2(Ports)), .Parity(Parity),
    .Shared(1'b1)  // engines that work on one line of B have results in the same columns
  ) u_memory (
    .clk_i, .rst_ni,
    .write_i(write), .req_valid_i, .req_ready_o, .req_i, .rsp_valid_o, .rsp_data_o(rsp_o),
    .reads_o(), .conflicts_o(), .fault_o(memory_fault)
  );

  // ---------------------------------------------------------------------------- faults
  assign number_fault = stored_fault(memory_fault.valid, memory_fault.operand, PlacePath, memory_fault.position);

  always_comb begin
    fault = number_fault;
    if (leaf_fault.valid)   fault = leaf_fault;
    if (node_fault.valid)   fault = node_fault;
    if (leaf_a_fault.valid) fault = leaf_a_fault;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fault_o <= '0;
    else         fault_o <= fault;
  end

  // ---------------------------------------------------------------------- properties
  `FLAASH_ASSERT(NotAtStart_A, !start_i || req_valid_i == '0, "a number is requested while none is known")
  `FLAASH_COVER(SameParent_C, held && same && leaf_level != '0)
  `FLAASH_COVER(Multiplies_C, product_ready_q && level_q != leaf_level)

endmodule : flaash_row_numbers
