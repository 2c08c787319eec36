// SPDX-License-Identifier: Apache-2.0
// Edge descriptor: parses the pieces of a descriptor, stores its fields and checks them.
//
// Guarantees  done_o with the last piece of a valid descriptor. about_o then stays until the next first piece, the
//             levels until the next first piece of their set. Otherwise fault_o reports the first wrong word, from
//             then on until clear_i. Both come once per descriptor. The checks ensure that nothing is read or written
//             outside of the arrays that the descriptor announces.
// Demands     Pieces in order, from the first one on after clear_i. Pieces after the fault are ignored.
// Latency     Two cycles.
// Throughput  A piece per cycle.
// Reset       clear_i and rst_ni: the next piece is the first one.

`include "flaash_assert.svh"

module flaash_edge_descriptor
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter bit          CanSplit    = 1'b0,        // the build has portions
  parameter int unsigned FirstLevels = 6,           // that come before beyond_o counts
  parameter int unsigned PieceWidth  = StreamWidth  // bits of a piece: StreamWidth or twice that
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  set_t                   set_i,       // the set for its levels; steady
  input  logic                   in_valid_i,
  input  logic [PieceWidth-1:0]  in_data_i,

  output logic                   beyond_o,    // level, until clear_i: it has more than FirstLevels levels
  output logic                   done_o,      // likewise
  output error_t                 fault_o,     // likewise
  output about_t                 about_o,

  input  logic [3:0][$clog2(Sets)+3:0] level_id_i,  // four readers: set, level
  output level_t [3:0]           level_o
);

  localparam int unsigned RowBits  = 8 * LevelBytes;          // of a row: a level, or half of the head
  localparam int unsigned HeadRows = HeadBytes / LevelBytes;  // 2
  localparam logic [1:0]  ValueShift = 2'($clog2(value_width(Format) / 8));

  if (PieceWidth != StreamWidth && PieceWidth != 2 * StreamWidth) begin : gen_illegal_piece
    `FLAASH_ILLEGAL("PieceWidth must be StreamWidth or twice that")
  end

  head_t            head_q;
  logic [1:0][31:0] entries_q;
  logic [1:0]       short_crd_q;
  logic [31:0]      extent_q;  // of A's leaf

  assign about_o = {head_q, extent_q, entries_q, short_crd_q};

  // ----------------------------------------------------------------------- rows
  logic [4:0]       levels;  // of both orders
  logic [5:0]       row_q;   // the next one
  logic             row_valid, in_head, level_ends;
  logic [7:0][31:0] words;   // of this row

  if (PieceWidth == RowBits) begin : gen_whole
    assign row_valid = in_valid_i;
    assign words     = in_data_i;
  end else begin : gen_halves
    logic                  half_q;    // the lower half has come
    logic [PieceWidth-1:0] before_q;  // that half

    assign row_valid = in_valid_i && half_q;
    assign words     = {in_data_i, before_q};

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        half_q   <= 1'b0;
        before_q <= '0;
      end else if (clear_i) begin
        half_q   <= 1'b0;
      end else if (in_valid_i) begin
        half_q   <= !half_q;
        before_q <= in_data_i;
      end
    end
  end

  assign in_head    = row_q < 6'(HeadRows);
  assign level_ends = row_valid && !in_head;
  assign levels     = 5'(head_q.orders[0]) + 5'(head_q.orders[1]);
  assign beyond_o   = !in_head && !fault_o.valid && 32'(levels) > FirstLevels;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)        row_q <= '0;
    else if (clear_i)   row_q <= '0;
    else if (row_valid) row_q <= row_q + 1'b1;
  end

  // ----------------------------------------------------------------------- head
  // The first row is checked one cycle after it came, before the second one is stored. The second row is checked at
  // once: it decides whether more levels are read.
  error_e          head_error;
  logic [5:0]      head_place;
  logic [31:0]     order_place;
  logic [1:0][3:0] orders;
  logic            first_q, magic_wrong_q, form_wrong_q;  // the first row has come; what its words 0 and 1 are
  logic            second, head_check;

  assign orders     = head_q.orders;
  assign second     = row_valid && in_head && row_q[0];
  assign head_check = first_q || second;

  // From the last word to the first, so that the first error stays.
  always_comb begin
    head_error = ErrNone;
    head_place = '0;
    if (second) begin
      for (int i = 7; i >= 2; i--) begin
        if (words[i] != '0) {head_error, head_place} = {ErrDescriptor, 6'(LevelBytes + 4 * i)};
      end
    end
    if (first_q) begin
      if (head_q.portion != '0 && !CanSplit) {head_error, head_place} = {ErrDescriptor, 6'd28};
      if (65'(head_q.results) + 65'(head_q.capacity) > {1'b1, 64'd0}) {head_error, head_place} = {ErrSpan, 6'd8};
      if (head_q.results[5:0] != '0) {head_error, head_place} = {ErrAlign, 6'd8};
      if (form_wrong_q) {head_error, head_place} = {ErrDescriptor, 6'd4};
      if (orders[1] == '0 || orders[1] > 4'(MaxOrder)) {head_error, head_place} = {ErrOrder, 6'd1};
      if (orders[0] == '0 || orders[0] > 4'(MaxOrder)) {head_error, head_place} = {ErrOrder, 6'd0};
      if (magic_wrong_q) {head_error, head_place} = {ErrDescriptor, 6'd0};
    end

    // For a wrong order the place is the order itself.
    order_place = 32'(head_place);
    if (head_error == ErrOrder) order_place = 32'(head_place[0] ? orders[1] : orders[0]);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {first_q, magic_wrong_q, form_wrong_q} <= '0;
    end else begin
      first_q       <= row_valid && in_head && !row_q[0] && !clear_i;
      magic_wrong_q <= words[0] != DescriptorMagic;
      form_wrong_q  <= words[1][31:22] != '0 || 32'(words[1][15:8]) != Format;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q <= '0;
    end else if (row_valid && in_head) begin
      if (row_q[0]) begin
        head_q <= {head_q[$bits(head_t)-1 -: 206], words[0], words[1]};
      end else begin
        head_q <= {words[1][7:4], words[1][3:0], words[1][16], words[1][17], words[1][18], words[1][20:19],
                   words[1][21], words[3], words[2], words[5], words[4], words[6], words[7], 64'd0};
      end
    end
  end

  // --------------------------------------------------------------------- levels
  // A level is checked one cycle after it, an upper level that is dense two cycles: its nodes are a product.
  level_t      level_q;
  logic        check_q, rest_q;
  logic        leaf_q, operand_q, used_q, last_q;  // the level is a leaf, is of B, is in the orders, is the last one
  logic [3:0]  id, id_q;
  logic [9:0]  base_place;
  logic [31:0] above_q;    // nodes of the level above, 1 for the first one
  logic [36:0] first_size, second_size;
  logic [37:0] first_end, second_end;      // lower bits of the ends, with a carry
  logic        first_over, second_over;    // they exceed the address space
  logic        first_top_q, second_top_q;  // the upper bits of the addresses are all 1
  logic        first_odd_q, second_odd_q;  // the addresses are not aligned
  error_e      level_error;
  logic [9:0]  level_place;
  logic        kind_wrong_q;

  assign id         = 4'(row_q - 6'(HeadRows));
  assign base_place = 10'(HeadBytes) + {1'b0, id_q, 5'd0};

  always_comb begin
    first_size  = 37'(level_q.count) << 2;  // and 4 for the last pointer: in an aligned address they need no carry
    second_size = level_q.dense ? '0 : 37'(level_q.count) << 2;
    if (leaf_q) begin
      first_size  = 37'(level_q.count) << (level_q.short_crd ? 1 : 2);
      second_size = 37'(level_q.count) << ValueShift;
    end
  end

  assign first_end   = {1'b0, level_q.first[36:0] | (leaf_q ? 37'd0 : 37'd4)} + 38'(first_size);
  assign second_end  = 38'(level_q.second[36:0]) + 38'(second_size);
  assign first_over  = first_top_q && first_end[37] && first_end[36:0] != '0;
  assign second_over = second_top_q && second_end[37] && second_end[36:0] != '0;

  always_comb begin
    level_error = ErrNone;
    level_place = '0;
    if (rest_q) {level_error, level_place} = {ErrDescriptor, 10'd28};
    if (kind_wrong_q || (leaf_q ? level_q.dense : level_q.short_crd)) begin
      {level_error, level_place} = {ErrDescriptor, 10'd24};
    end
    if (leaf_q && operand_q && level_q.extent != extent_q) begin
      {level_error, level_place} = {ErrExtentsDiffer, 10'd16};
    end
    if (second_over) {level_error, level_place} = {ErrSpan, 10'd8};
    if (second_odd_q) {level_error, level_place} = {ErrAlign, 10'd8};
    if (!leaf_q && level_q.dense && level_q.second != '0) {level_error, level_place} = {ErrDescriptor, 10'd8};
    if (first_over) {level_error, level_place} = {ErrSpan, 10'd0};
    if (first_odd_q) {level_error, level_place} = {ErrAlign, 10'd0};
  end

  logic        product, product_q;  // this level is dense; the one in the cycle before was
  logic [63:0] nodes_q;             // its product
  logic [31:0] count_q, place_q;    // its count, the place of its first word
  error_e      own_error_q, error;  // the error of its other words; its error
  logic [4:0]  own_place_q, place;

  assign product = check_q && used_q && !leaf_q && level_q.dense;

  always_ff @(posedge clk_i) begin
    {nodes_q, count_q} <= {64'(above_q) * 64'(level_q.extent), level_q.count};
    {own_error_q, own_place_q, place_q} <= {level_error, level_place[4:0], 32'(base_place)};
  end

  always_comb begin
    {error, place} = {ErrLevelCount, 5'd20};  // words before it have priority
    if (64'(count_q) == nodes_q || (own_error_q != ErrNone && own_place_q < 5'd20)) begin
      {error, place} = {own_error_q, own_place_q};
    end
  end

  level_t mem_q[Sets*MaxEdgeLevels];

  for (genvar i = 0; i < 4; i++) begin : gen_reader
    assign level_o[i] = mem_q[level_id_i[i]];
  end

  always_ff @(posedge clk_i) begin
    if (check_q) mem_q[{set_i, id_q}] <= level_q;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      level_q      <= '0;
      {check_q, product_q, rest_q, kind_wrong_q} <= '0;
      id_q         <= '0;
      {operand_q, used_q, last_q, leaf_q, first_top_q, second_top_q, first_odd_q, second_odd_q} <= '0;
      above_q      <= '0;
      extent_q     <= '0;
      {entries_q, short_crd_q} <= '0;
    end else begin
      check_q   <= level_ends && !clear_i;
      product_q <= product && !clear_i;
      if (level_ends) begin
        level_q      <= {words[1], words[0], words[3], words[2], words[4], words[5], words[6][1], words[6][0]};
        id_q         <= id;
        operand_q    <= 5'(id) >= 5'(orders[0]);
        used_q       <= 5'(id) < levels;
        last_q       <= 5'(id) + 5'd1 == levels;
        leaf_q       <= 5'(id) + 5'd1 == 5'(orders[0]) || 5'(id) + 5'd1 == levels;
        first_top_q  <= &words[1][31:5];
        second_top_q <= &words[3][31:5];
        first_odd_q  <= words[0][5:0] != '0;
        second_odd_q <= words[2][5:0] != '0;
        rest_q       <= words[7] != '0;
        kind_wrong_q <= words[6][31:2] != '0;
      end
      if (clear_i) above_q <= 32'd1;
      else if (check_q) above_q <= leaf_q ? 32'd1 : level_q.count;
      if (check_q && used_q && leaf_q) begin
        entries_q[operand_q]   <= level_q.count;
        short_crd_q[operand_q] <= level_q.short_crd;
        if (!operand_q) extent_q <= level_q.extent;
      end
    end
  end

  // -------------------------------------------------------------------- outcome
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      done_o  <= 1'b0;
      fault_o <= '0;
    end else if (clear_i) begin
      done_o  <= 1'b0;
      fault_o <= '0;
    end else if (!fault_o.valid && !done_o) begin
      if (head_check && head_error != ErrNone) fault_o <= {1'b1, head_error, order_place};
      if (product_q && error != ErrNone) begin
        fault_o <= {1'b1, error, place_q | 32'(place)};
      end else if (check_q && used_q && !product && level_error != ErrNone) begin
        fault_o <= {1'b1, level_error,
                    (level_error == ErrExtentsDiffer) ? extent_q : 32'(base_place | level_place)};
      end else if (check_q && last_q) begin
        done_o <= 1'b1;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneOutcome_A, !(done_o && fault_o.valid), "a descriptor is both valid and faulty")
  `FLAASH_COVER(DenseLevel_C, product)

endmodule : flaash_edge_descriptor
