// SPDX-License-Identifier: Apache-2.0
// DMA level: checks the words of a descriptor's levels.
//
// Guarantees  Each row that comes appears at level_o, with check_o. fault_o reports the first wrong word of a level
//             that the orders name. It comes with check_o, or one cycle later for a dense upper level, whose nodes are
//             a product.
// Demands     Rows of the levels in order, from the first one on after clear_i. orders_i is steady by then. extent_i is
//             the extent of A's leaf from the cycle after its check_o on.
// Latency     One cycle, two for a dense upper level.
// Throughput  A level per cycle.
// Reset       clear_i and rst_ni: the next row is the first one.

`include "flaash_assert.svh"

module flaash_dma_level
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,     // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries = 32768,  // entries of an operand, most
  parameter int unsigned NodeDepth  = 16384   // upper-level nodes of an operand, most
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,

  input  logic             in_valid_i,
  input  logic [7:0][31:0] words_i,    // of a level
  input  logic [3:0]       id_i,       // its number in the descriptor
  input  logic [1:0][3:0]  orders_i,
  input  logic [31:0]      extent_i,   // of A's leaf

  output logic             check_o,    // pulse
  output level_t           level_o,
  output logic [3:0]       id_o,
  output logic             used_o,     // it is in the orders
  output logic             leaf_o,
  output logic             operand_o,
  output logic             last_o,     // of the descriptor
  output error_t           fault_o
);

  localparam logic [1:0] ValueShift = 2'($clog2(value_width(Format) / 8));

  // ---------------------------------------------------------------------- fields
  logic [4:0]           levels;       // of both orders
  logic                 operand, above_leaf;  // above_leaf: the last upper level
  level_t               level_q;
  logic                 check_q, rest_q, kind_wrong_q;
  logic                 leaf_q, operand_q, used_q, last_q;
  logic [3:0]           id_q;
  logic [2:0]           mode_q;       // number of the level in its operand
  logic [31:0]          above_q;      // nodes of the level above, 1 for the first one
  logic [NodeIdWidth:0] nodes_q;      // of the levels above
  logic                 first_top_q, second_top_q;  // the upper bits of the addresses are all 1
  logic                 first_odd_q, second_odd_q;  // the addresses are not aligned

  assign levels  = 5'(orders_i[0]) + 5'(orders_i[1]);
  assign operand = 5'(id_i) >= 5'(orders_i[0]);
  assign above_leaf = 5'(id_i) + 5'd2 == 5'(orders_i[0]) || (operand && 5'(id_i) + 5'd2 == levels);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      level_q <= '0;
      {check_q, rest_q, kind_wrong_q} <= '0;
      {id_q, mode_q} <= '0;
      {operand_q, used_q, last_q, leaf_q, first_top_q, second_top_q, first_odd_q, second_odd_q} <= '0;
      above_q <= '0;
      nodes_q <= '0;
    end else begin
      check_q <= in_valid_i && !clear_i;
      if (in_valid_i) begin
        level_q.first     <= {words_i[1], words_i[0]};
        level_q.second    <= {words_i[3], words_i[2]};
        level_q.extent    <= words_i[4];
        level_q.count     <= words_i[5];
        level_q.loose     <= words_i[6][2];
        level_q.short_crd <= words_i[6][1];
        level_q.dense     <= words_i[6][0];

        id_q         <= id_i;
        operand_q    <= operand;
        mode_q       <= 3'(id_i - (operand ? orders_i[0] : 4'd0));
        used_q       <= 5'(id_i) < levels;
        last_q       <= 5'(id_i) + 5'd1 == levels;
        leaf_q       <= 5'(id_i) + 5'd1 == 5'(orders_i[0]) || 5'(id_i) + 5'd1 == levels;
        first_top_q  <= &words_i[1][31:5];
        second_top_q <= &words_i[3][31:5];
        first_odd_q  <= words_i[0][5:0] != '0;
        second_odd_q <= words_i[2][5:0] != '0;
        rest_q       <= words_i[7] != '0;
        kind_wrong_q <= words_i[6][31:3] != '0 || (words_i[6][2] && !above_leaf);
      end
      if (clear_i) above_q <= 32'd1;
      else if (check_q) above_q <= leaf_q ? 32'd1 : level_q.count;
      if (clear_i) nodes_q <= '0;
      else if (check_q) nodes_q <= leaf_q ? '0 : nodes_q + (NodeIdWidth+1)'(level_q.count);
    end
  end

  assign {check_o, level_o, id_o}            = {check_q, level_q, id_q};
  assign {used_o, leaf_o, operand_o, last_o} = {used_q, leaf_q, operand_q, last_q};

  // ---------------------------------------------------------------------- errors
  logic [9:0]  base_place;
  logic [36:0] first_size, second_size;
  logic [32:0] room_needed;              // the pairs of a node take the room of two pointers
  logic [37:0] first_end, second_end;    // lower bits of the ends, with a carry
  logic        first_over, second_over;  // they exceed the address space
  error_e      level_error;
  logic [4:0]  level_place;   // the wrong word
  logic [31:0] level_report;  // the place to report

  assign room_needed = (!leaf_q && level_q.loose) ? {level_q.count, 1'b0} : 33'(level_q.count);

  assign base_place = 10'(HeadBytes) + {1'b0, id_q, 5'd0};

  always_comb begin
    // And 4 for the last pointer: in an aligned address they need no carry.
    first_size  = 37'(level_q.count) << (level_q.loose ? 3 : 2);
    second_size = level_q.dense ? '0 : 37'(level_q.count) << 2;
    if (leaf_q) begin
      first_size  = 37'(level_q.count) << (level_q.short_crd ? 1 : 2);
      second_size = 37'(level_q.count) << ValueShift;
    end
  end

  assign first_end   = {1'b0, level_q.first[36:0] | ((leaf_q || level_q.loose) ? 37'd0 : 37'd4)} + 38'(first_size);
  assign second_end  = 38'(level_q.second[36:0]) + 38'(second_size);
  assign first_over  = first_top_q && first_end[37] && first_end[36:0] != '0;
  assign second_over = second_top_q && second_end[37] && second_end[36:0] != '0;

  // From the last word to the first, so that the first error stays; of errors of one word the last assignment counts.
  always_comb begin
    level_error = ErrNone;
    level_place = '0;
    if (rest_q) {level_error, level_place} = {ErrDescriptor, 5'd28};
    if (kind_wrong_q || (leaf_q ? level_q.dense : level_q.short_crd)) begin
      {level_error, level_place} = {ErrDescriptor, 5'd24};
    end
    if (room_needed > (leaf_q ? 33'(MaxEntries) : 33'(NodeDepth) - 33'(nodes_q))) begin
      {level_error, level_place} = {ErrMemoryFull, 5'd20};
    end
    if (above_q == '0 && level_q.count != '0) {level_error, level_place} = {ErrCount, 5'd20};
    if (leaf_q && operand_q && level_q.extent != extent_i) {level_error, level_place} = {ErrExtentsDiffer, 5'd16};
    if (level_q.extent == '0 || (leaf_q && 33'(level_q.extent) > (33'd1 << CoordWidth))) begin
      {level_error, level_place} = {ErrExtent, 5'd16};
    end
    if (second_over) {level_error, level_place} = {ErrSpan, 5'd8};
    if (second_odd_q) {level_error, level_place} = {ErrAlign, 5'd8};
    if (!leaf_q && level_q.dense && level_q.second != '0) {level_error, level_place} = {ErrDescriptor, 5'd8};
    if (first_over) {level_error, level_place} = {ErrSpan, 5'd0};
    if (first_odd_q) {level_error, level_place} = {ErrAlign, 5'd0};
  end

  // Errors that an operand frame can have, too, have its places.
  always_comb begin
    level_report = 32'(base_place) | 32'(level_place);
    if (level_error == ErrExtentsDiffer) level_report = extent_i;
    if (level_error == ErrExtent)        level_report = {operand_q, 28'd0, mode_q};
    if (level_error == ErrCount)         level_report = {operand_q, 28'd0, leaf_q ? mode_q - 3'd1 : mode_q};
    if (level_error == ErrMemoryFull)    level_report = {operand_q, 28'd0, leaf_q ? 3'd3 : mode_q};
  end

  logic        product, product_q;     // this level is dense; the one in the cycle before was
  logic [63:0] product_nodes_q;        // its product
  logic [31:0] count_q, base_place_q;  // its count, the place of its first word
  error_e      own_error_q, error;     // the error of its other words; its error
  logic [4:0]  own_place_q;
  logic [31:0] own_report_q, report;

  assign product = check_q && used_q && !leaf_q && level_q.dense;

  always_ff @(posedge clk_i) begin
    {product_nodes_q, count_q}               <= {64'(above_q) * 64'(level_q.extent), level_q.count};
    {own_error_q, own_place_q, own_report_q} <= {level_error, level_place, level_report};
    base_place_q                             <= 32'(base_place);
  end

  always_comb begin
    {error, report} = {ErrLevelCount, base_place_q | 32'd20};  // words before it have priority
    if (64'(count_q) == product_nodes_q || (own_error_q != ErrNone && own_place_q < 5'd20)) begin
      {error, report} = {own_error_q, own_report_q};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) product_q <= 1'b0;
    else         product_q <= product && !clear_i;
  end

  always_comb begin
    fault_o = {check_q && used_q && !product && level_error != ErrNone, level_error, level_report};
    if (product_q && error != ErrNone) fault_o = {1'b1, error, report};
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(DenseLevel_C, product)
  `FLAASH_COVER(Extent_C, check_q && used_q && level_error == ErrExtent)

endmodule : flaash_dma_level
