// SPDX-License-Identifier: Apache-2.0
// DMA descriptor: parses the pieces of a descriptor, and checks its fields.
//
// Guarantees  write_o has the fields of the descriptor as they come. done_o with the last piece of a valid descriptor;
//             the levels then stay until the next first piece. Otherwise fault_o reports the first wrong word, from
//             then on until clear_i. Both come once per descriptor. The checks ensure that nothing is read or written
//             outside of the arrays that the descriptor announces, and that extents and counts suit the chip.
// Demands     Pieces in order, from the first one on after clear_i. Pieces after the fault are ignored. descriptor_i
//             has the fields from the cycle after write_o on.
// Latency     Two cycles.
// Throughput  A piece per cycle.
// Reset       clear_i and rst_ni: the next piece is the first one.

`include "flaash_assert.svh"

module flaash_dma_descriptor
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned CoordWidth  = 16,          // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MaxEntries  = 32768,       // entries of an operand, most
  parameter int unsigned NodeDepth   = 16384,       // upper-level nodes of an operand, most
  parameter bit          CanSplit    = 1'b0,        // the build has portions
  parameter bit          CanRows     = 1'b0,        // results can go to rows
  parameter int unsigned FirstLevels = 6,           // that come before beyond_o counts
  parameter int unsigned PieceWidth  = StreamWidth  // bits of a piece: StreamWidth or twice that
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  logic                   in_valid_i,
  input  logic [PieceWidth-1:0]  in_data_i,

  output logic                   beyond_o,    // level, until clear_i: it has more than FirstLevels levels
  output logic                   done_o,      // likewise
  output error_t                 fault_o,     // likewise
  output descriptor_write_t      write_o,
  input  descriptor_t            descriptor_i,

  input  logic [1:0][3:0]        level_id_i,  // two readers
  output level_t [1:0]           level_o
);

  localparam int unsigned RowBits  = 8 * LevelBytes;          // of a row: a level, or half of the head
  localparam int unsigned HeadRows = HeadBytes / LevelBytes;  // 2
  localparam bit          Float    = Format == FormatFp32 || Format == FormatBf16;

  if (PieceWidth != StreamWidth && PieceWidth != 2 * StreamWidth) begin : gen_illegal_piece
    `FLAASH_ILLEGAL("PieceWidth must be StreamWidth or twice that")
  end

  head_t           head;
  logic [1:0][3:0] orders;

  assign head   = descriptor_i.head;
  assign orders = head.orders;

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
  assign levels     = 5'(orders[0]) + 5'(orders[1]);
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
  logic            first_q, magic_wrong_q, form_wrong_q;  // the first row has come; what its words 0 and 1 are
  logic            second, head_check, shift_wrong, layout_wrong;

  assign second     = row_valid && in_head && row_q[0];
  assign head_check = first_q || second;
  // Only integers are shifted.
  assign shift_wrong = words[2][31:ShiftWidth] != '0 || (words[2] != '0 && (Float || !head.narrow));

  // A layout that there is none of, or that does not go with the names of results, or with the width of columns.
  assign layout_wrong = &words[1][23:22] || (words[1][23:22] != '0 && (words[1][17] || !CanRows))
                        || (words[1][27] && !words[1][22]);

  // From the last word to the first, so that the first error stays.
  always_comb begin
    head_error = ErrNone;
    head_place = '0;
    if (second) begin
      if (head.layout != LayoutRecords) begin
        for (int i = 7; i >= 4; i--) begin
          if (head.layout == LayoutDense && words[i] != '0) begin
            {head_error, head_place} = {ErrDescriptor, 6'(LevelBytes + 4 * i)};
          end
        end
        if (head.layout == LayoutRows && words[6][5:0] != '0) {head_error, head_place} = {ErrAlign, 6'd56};
        if (head.layout == LayoutRows && words[4][5:0] != '0) {head_error, head_place} = {ErrAlign, 6'd48};
        if (words[3] == '0 || words[3][5:0] != '0) {head_error, head_place} = {ErrDescriptor, 6'd44};
      end else begin
        for (int i = 7; i >= 3; i--) begin
          if (words[i] != '0) {head_error, head_place} = {ErrDescriptor, 6'(LevelBytes + 4 * i)};
        end
      end
      if (shift_wrong) {head_error, head_place} = {ErrDescriptor, 6'(LevelBytes + 8)};
    end
    if (first_q) begin
      if (head.portion != '0 && (!CanSplit || head.layout != LayoutRecords)) begin
        {head_error, head_place} = {ErrDescriptor, 6'd28};
      end
      if (65'(head.results) + 65'(head.capacity) > {1'b1, 64'd0}) {head_error, head_place} = {ErrSpan, 6'd8};
      if (head.results[5:0] != '0) {head_error, head_place} = {ErrAlign, 6'd8};
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
      form_wrong_q  <= words[1][31:28] != '0 || 32'(words[1][15:8]) != Format
                       || (words[1][26] && Format == FormatFp32) || layout_wrong;
    end
  end

  // --------------------------------------------------------------------- levels
  logic       check, used, leaf, operand, last;
  level_t     level;
  logic [3:0] id;
  error_t     level_fault;

  flaash_dma_level #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MaxEntries), .NodeDepth(NodeDepth)
  ) u_level (
    .clk_i, .rst_ni, .clear_i,
    .in_valid_i(level_ends), .words_i(words), .id_i(4'(row_q - 6'(HeadRows))), .orders_i(orders),
    .extent_i(descriptor_i.extent),
    .check_o(check), .level_o(level), .id_o(id), .used_o(used), .leaf_o(leaf), .operand_o(operand), .last_o(last),
    .fault_o(level_fault)
  );

  level_t mem_q[MaxDmaLevels];

  for (genvar i = 0; i < 2; i++) begin : gen_reader
    assign level_o[i] = mem_q[level_id_i[i]];
  end

  always_ff @(posedge clk_i) begin
    if (check) mem_q[id] <= level;
  end

  // ------------------------------------------------------------ rows of the result
  row_range_t range;
  logic       rows_done;
  error_t     rows_fault;

  flaash_dma_rows #(
    .Format(Format)
  ) u_rows (
    .clk_i, .rst_ni, .clear_i,
    .head_i(head), .check_i(check && used), .level_i(level), .leaf_i(leaf), .operand_i(operand), .last_i(last),
    .range_o(range), .done_o(rows_done), .fault_o(rows_fault)
  );

  // The second row has the rest of the head.
  head_t      head_in;
  logic [4:0] fields;

  assign head_in.orders        = {words[1][7:4], words[1][3:0]};
  assign head_in.dense         = words[1][16];
  assign head_in.coordinates   = words[1][17];
  assign head_in.wants_irq     = words[1][18];
  assign head_in.keep          = words[1][20:19];
  assign head_in.prompt        = words[1][21];
  assign head_in.layout        = layout_e'(words[1][23:22]);
  assign head_in.short_columns = words[1][27];
  assign head_in.fence         = words[1][24];
  assign head_in.relu          = words[1][25];
  assign head_in.narrow        = words[1][26];
  assign head_in.results       = {words[3], words[2]};
  assign head_in.capacity      = {words[5], words[4]};
  assign head_in.run_length    = words[6];
  assign head_in.portion       = words[7];
  assign head_in.pitch         = words[3];
  assign head_in.columns       = {words[5], words[4]};
  assign head_in.bounds        = {words[7], words[6]};
  assign head_in.long_lines    = words[0];
  assign head_in.tag           = words[1];
  assign head_in.shift         = words[2][ShiftWidth-1:0];

  assign fields = {check && used && last, check && used && leaf && operand, check && used && leaf && !operand, second,
                   row_valid && in_head && !row_q[0]};

  assign write_o.fields               = fields;
  assign write_o.descriptor.head      = head_in;
  assign write_o.descriptor.extent    = level.extent;
  assign write_o.descriptor.entries   = {2{level.count}};
  assign write_o.descriptor.short_crd = {2{level.short_crd}};
  assign write_o.descriptor.range     = range;
  assign write_o.extent_valid         = check && used && operand && !leaf;
  assign write_o.level                = 3'(id - orders[0]);
  assign write_o.extent               = level.extent;

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
      if (level_fault.valid) begin
        fault_o <= level_fault;
      end else if (check && last) begin
        done_o <= head.layout == LayoutRecords;
      end
      if (rows_done) begin
        if (rows_fault.valid) fault_o <= rows_fault;
        else                  done_o  <= 1'b1;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneStatus_A, !(done_o && fault_o.valid), "a descriptor is both valid and faulty")

endmodule : flaash_dma_descriptor
