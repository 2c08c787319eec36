// SPDX-License-Identifier: Apache-2.0
// The plan of the resident machine with fiber tables.

module flaash_plan_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::fault_t;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned Groups   = 8,
  parameter int unsigned MaxSize  = 4,
  parameter int unsigned Engines  = MaxSize,
  parameter int unsigned Lanes    = 4,
  parameter int unsigned Fibers   = 4096,
  parameter int unsigned MemLines = 2 * Fibers,
  parameter int unsigned Buffers  = 1,
  parameter int unsigned Parity   = 1
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  line_written_t     written_i,
  input  logic              fiber_valid_i,
  input  logic              fiber_operand_i,
  input  fiber_id_t         fiber_id_i,
  input  table_rsp_t        fiber_i,

  input  logic              one_column_i,
  input  set_size_t         limit_i,
  input  logic              table_wanted_i,
  input  logic              start_i,
  input  logic              early_i,
  input  desc_t [1:0]       desc_i,
  output logic              hold_o,
  output logic              drop_o,
  output logic              busy_o,
  output dispatch_t         dispatch_o,
  output fault_t            rank_fault_o,
  output logic [Groups-1:0] row_valid_o,
  output row_t              row_o,
  output logic [Groups-1:0] column_valid_o,
  output column_t           column_o
);

  localparam int unsigned FiberWidth = $clog2(Fibers);

  // One line of either operand per cycle.
  line_id_t      line;
  line_written_t of_a, of_b;

  assign line = written_i.id;

  always_comb begin
    of_a       = written_i;
    of_b       = written_i;
    of_a.valid = written_i.valid && !line.operand;
    of_b.valid = written_i.valid && line.operand;
  end

  table_rsp_t a_table[Fibers], b_table[Fibers];
  table_rsp_t a, b;
  fiber_id_t [1:0] addr;
  logic            unused_use;
  logic [1:0]      unused_answered;

  always_ff @(posedge clk_i) begin
    if (fiber_valid_i && !fiber_operand_i) a_table[FiberWidth'(fiber_id_i)] <= fiber_i;
    if (fiber_valid_i && fiber_operand_i)  b_table[FiberWidth'(fiber_id_i)] <= fiber_i;
    a <= a_table[FiberWidth'(addr[0])];
    b <= b_table[FiberWidth'(addr[1])];
  end

  flaash_plan #(
    .Groups  (Groups),
    .Engines (Engines),
    .MaxSize (MaxSize),
    .Lanes   (Lanes),
    .MemLines(MemLines),
    .Buffers (Buffers),
    .Parity  (Parity)
  ) u_plan (
    .clk_i, .rst_ni,
    .start_i, .early_i, .hold_o, .drop_o,
    .desc_i, .written_i({of_b, of_a}), .one_column_i, .limit_i, .busy_o, .dispatch_o,
    .table_wanted_i, .table_use_o(unused_use), .table_addr_o(addr), .rsp_used_o(unused_answered), .table_i({b, a}),
    .rank_fault_o,
    .row_valid_o, .row_o, .column_valid_o, .column_o
  );

endmodule : flaash_plan_bench
