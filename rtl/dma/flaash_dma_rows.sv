// SPDX-License-Identifier: Apache-2.0
// DMA rows: checks the size of a result as rows or a dense matrix, and finds its rows and columns.
//
// Guarantees  range_o has the number of rows, the first row's node and the number of columns, from the last level's
//             check_i on. done_o follows the last level of a descriptor with such a result. With it fault_o reports
//             the first wrong word. Too many columns have the place 4, in a dense row 44. `val` beyond the capacity
//             has 16, and more elements than a word can count 44. `crd` and `pos` beyond the last address have 48, 56.
// Demands     Levels in order, from the first one on after clear_i. The head is complete before them.
// Latency     Three cycles.
// Reset       clear_i and rst_ni: the next level is the first one.

module flaash_dma_rows
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format = FormatFp32
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       clear_i,

  input  head_t      head_i,
  input  logic       check_i,    // a level, of the orders
  input  level_t     level_i,
  input  logic       leaf_i,
  input  logic       operand_i,
  input  logic       last_i,     // of the descriptor

  output row_range_t range_o,
  output logic       done_o,     // pulse
  output error_t     fault_o     // with done_o
);

  localparam int unsigned WideShift   = (Format == FormatInt16) ? 3 : 2;  // of a result
  localparam int unsigned NarrowShift = $clog2(value_width(Format) / 8);

  logic [NodeIdWidth:0] above_q;     // nodes of the levels of A so far
  row_range_t           range_q;
  logic                 over_q;      // more than 2^32 columns
  logic [31:0]          top_q;       // upper bits of the last product, compared a cycle later
  logic [64:0]          columns;
  logic [2:0]           steps_q;
  logic [52:0]          elements_q;  // of an array
  logic [33:0]          elements;    // likewise, where they can be counted
  logic [64:0]          columns_end_q, bounds_end_q;
  logic [55:0]          value_bytes_q;
  logic                 many_q;
  error_e               code;
  logic [5:0]           place;

  assign columns = 65'(range_q.columns) * 65'(level_i.extent);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      above_q <= '0;
      range_q <= '0;
      over_q  <= 1'b0;
      top_q   <= '0;
      steps_q <= '0;
    end else if (clear_i) begin
      above_q <= '0;
      range_q <= {(NodeIdWidth+1)'(1), node_id_t'(0), 33'd1};
      over_q  <= 1'b0;
      top_q   <= '0;
      steps_q <= '0;
    end else begin
      steps_q <= {steps_q[1:0], check_i && last_i && head_i.layout != LayoutRecords};
      if (check_i && !leaf_i && !operand_i) begin
        above_q <= above_q + (NodeIdWidth+1)'(level_i.count);
        range_q <= {(NodeIdWidth+1)'(level_i.count), node_id_t'(above_q), range_q.columns};
      end
      if (check_i && !leaf_i && operand_i) begin
        range_q <= {range_q.rows, range_q.first, columns[32:0]};
        top_q   <= columns[64:33];
      end
      over_q <= over_q || top_q != '0 || range_q.columns > 33'h1_0000_0000;
    end
  end

  // The end of each row is a word of 32 bits.
  assign elements = {elements_q[52:33] != '0, elements_q[32:0]};

  always_ff @(posedge clk_i) begin
    elements_q    <= 53'(range_q.rows) * 53'(head_i.pitch);
    many_q        <= elements > 34'h0_ffff_ffff;
    value_bytes_q <= head_i.narrow ? 56'(elements_q) << NarrowShift : 56'(elements_q) << WideShift;
    columns_end_q <= 65'(head_i.columns) + (head_i.short_columns ? 65'(elements) << 1 : 65'(elements) << 2);
    bounds_end_q  <= 65'(head_i.bounds) + (65'(range_q.rows) << 3);
  end

  always_comb begin
    {code, place} = {ErrNone, 6'd0};
    if (head_i.layout == LayoutRows) begin
      if (bounds_end_q > {1'b1, 64'd0})  {code, place} = {ErrSpan, 6'd56};
      if (columns_end_q > {1'b1, 64'd0}) {code, place} = {ErrSpan, 6'd48};
    end
    if (many_q)                        {code, place} = {ErrSpan, 6'd44};
    if (64'(value_bytes_q) > head_i.capacity) {code, place} = {ErrSpan, 6'd16};
    if (head_i.layout == LayoutDense && 33'(head_i.pitch) < range_q.columns) {code, place} = {ErrDescriptor, 6'd44};
    if (over_q || (head_i.short_columns && range_q.columns > 33'h1_0000)) {code, place} = {ErrDescriptor, 6'd4};
  end

  assign range_o = range_q;
  assign done_o  = steps_q[1];
  assign fault_o = {code != ErrNone, code, 32'(place)};

endmodule : flaash_dma_rows
