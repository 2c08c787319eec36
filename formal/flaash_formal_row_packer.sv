// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_row_packer: each result of a row leaves once, in its row, ascending, within the pitch; a dense row
// has zeros in between. The length of the row is that of all its results. No beat lies outside of the rows.
//
// row_i is any fiber of A, element_i any element of its row: what comes for it is what leaves for it. Other fibers of A
// come in any order. The number of a fiber is the fiber, or a response: the fiber with some bits inverted.

module flaash_formal_row_packer
  import flaash_pkg::*;
#(
  parameter int unsigned DataWidth = 128,
  localparam int unsigned Keys      = MaxSlots,  // of one engine
  localparam int unsigned KeyBits   = $clog2(Keys),
  localparam int unsigned BeatBytes = DataWidth / 8,
  localparam int unsigned ValueBytes  = 4,
  localparam int unsigned NarrowBytes = 2
) (
  input logic                clk_i,
  input logic                rst_ni,
  // steady
  input logic                dense_i,
  input logic                narrow_i,
  input logic                short_crd_i,
  input logic [1:0]          plain_i,
  input fiber_id_t [1:0]     inverts_i,
  input logic [NodeIdWidth:0] rows_i,
  input logic [3:0]          columns_i,
  input fiber_id_t           row_i,
  input logic [KeyBits-1:0]  key_i,
  input logic [3:0]          element_i,
  // per cycle
  input logic                in_valid_i,
  input logic [KeyBits-1:0]  in_key_i,
  input fiber_id_t           a_id_i,
  input fiber_id_t           b_id_i,
  input logic [31:0]         value_i,
  input logic                flush_i,
  input logic                req_ready_i,
  input logic                beat_ready_i,
  input logic                length_ready_i
);

  localparam int unsigned Pitch = 8;  // elements: a beat at least

  typedef struct packed {
    logic                 columns;
    node_id_t             row;
    logic [31:0]          index;
    logic [6:0]           bytes;
    logic [DataWidth-1:0] data;
  } beat_t;

  typedef struct packed {
    node_id_t              row;
    logic [FiberIdWidth:0] length;
  } length_t;

  layout_t  layout;
  result_t  result;
  logic     in_ready, flushed, wrote, req_valid, req_fires, rsp_valid_q, beat_valid, length_valid;
  line_id_t req;
  logic [31:0] rsp_q;
  beat_t    beat;
  length_t  length;

  function automatic logic [31:0] number_of(fiber_id_t id, logic operand);
    return 32'(plain_i[operand] ? id : id ^ inverts_i[operand]);
  endfunction

  assign layout.valid     = 1'b1;
  assign layout.dense     = dense_i;
  assign layout.narrow    = narrow_i;
  assign layout.short_crd = short_crd_i;
  assign layout.pitch     = Pitch;
  assign layout.rows      = rows_i;
  assign layout.first     = '0;
  assign layout.columns   = 33'(columns_i);

  assign result.slot  = '0;
  assign result.a_id  = a_id_i;
  assign result.b_id  = b_id_i;
  assign result.value = ResultWidth'($signed(value_i));

  flaash_row_packer #(
    .Sources(1), .ValueBytes(ValueBytes), .NarrowBytes(NarrowBytes), .DataWidth(DataWidth)
  ) u_dut (
    .clk_i, .rst_ni,
    .layout_i(layout), .in_valid_i, .in_ready_o(in_ready), .in_i({in_key_i, result}),
    .flush_i, .drop_i(1'b0), .flushed_o(flushed), .wrote_o(wrote),
    .plain_i, .filled_i('1),
    .req_valid_o(req_valid), .req_ready_i, .req_o(req), .rsp_valid_i(rsp_valid_q), .rsp_i(rsp_q),
    .beat_valid_o(beat_valid), .beat_ready_i, .beat_o(beat),
    .length_valid_o(length_valid), .length_ready_i, .length_o(length)
  );

  assign req_fires = req_valid && req_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rsp_valid_q <= 1'b0;
    else         rsp_valid_q <= req_fires;
  end

  always_ff @(posedge clk_i) rsp_q <= number_of(fiber_id_t'(req.addr), req.operand);

  // -------------------------------------------------------------------- demands
  localparam int unsigned SteadyBits = 9 + 3 * FiberIdWidth + NodeIdWidth + 1 + KeyBits + 4;

  logic [SteadyBits-1:0] steady, steady_q;
  logic                  started_q = 1'b0;
  logic                  takes, of_row, begun_q, over_q, flush_q;
  logic [31:0]           row, column;          // numbers
  logic [Keys-1:0]       open_q;               // slots that had a result,
  fiber_id_t [Keys-1:0]  ids_q;                // the last one of this fiber
  logic [Keys-1:0][31:0] lasts_q;              // in this column
  logic [4:0]            came_q;               // results of the row
  logic [31:0]           value_q, column_q;    // of the element
  logic                  element_q;            // it has come

  assign steady = {dense_i, narrow_i, short_crd_i, plain_i, columns_i, inverts_i, rows_i, row_i, key_i, element_i};
  assign takes  = in_valid_i && in_ready;
  assign of_row = a_id_i == row_i;
  assign row    = number_of(row_i, 1'b0);
  assign column = number_of(b_id_i, 1'b1);

  flaash_formal_producer #(
    .Width(KeyBits + 2 * FiberIdWidth + 32)
  ) u_results (
    .clk_i, .rst_ni,
    .valid_i(in_valid_i), .ready_i(in_ready), .data_i({in_key_i, a_id_i, b_id_i, value_i})
  );

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    steady_q  <= steady;
  end

  Steady_M : assume property (@(posedge clk_i) !started_q || steady == steady_q);
  // All fibers have a number, `filled_i` is above them.
  Ids_M : assume property (@(posedge clk_i) a_id_i != '1 && b_id_i != '1 && row_i != '1);
  Columns_M : assume property (@(posedge clk_i) columns_i != '0 && 32'(columns_i) <= Pitch);
  // A fiber of A belongs to a slot, and comes once.
  Row_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !in_valid_i || !of_row || (in_key_i == key_i && !over_q));
  // Results of a dense row ascend, in each slot.
  Ascending_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !in_valid_i || !dense_i || (column < 32'(columns_i)
                                  && (!open_q[in_key_i] || ids_q[in_key_i] != a_id_i || column > lasts_q[in_key_i])));
  Flush_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      flush_q ? flush_i && !in_valid_i : !(flush_i && in_valid_i));
  Few_M : assume property (@(posedge clk_i) disable iff (!rst_ni) came_q != '1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {begun_q, over_q, flush_q, element_q, open_q} <= '0;
      came_q <= '0;
    end else begin
      flush_q <= flush_i;
      if (takes) open_q[in_key_i] <= 1'b1;
      if (takes && of_row) begin
        begun_q <= 1'b1;
        came_q  <= came_q + 1'b1;
        if (dense_i ? column == 32'(element_i) : came_q == 5'(element_i)) element_q <= 1'b1;
      end
      if (in_valid_i && in_key_i == key_i && !of_row && begun_q) over_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (takes) begin
      ids_q[in_key_i]   <= a_id_i;
      lasts_q[in_key_i] <= column;
    end
    if (takes && of_row) begin
      if (dense_i ? column == 32'(element_i) : came_q == 5'(element_i)) {value_q, column_q} <= {value_i, column};
    end
  end

  // ----------------------------------------------------------------- what leaves
  logic         beat_fires, of_beat, covered, in_row;
  logic [2:0]   shift;                    // of bytes to an element
  logic [31:0]  first, count, limit, found;  // elements of the beat; that a row can have; the element as it leaves
  logic [1:0]   seen_q;                   // the element has left, as a value, as a column
  logic [1:0][31:0] next_q;               // first element that has not left
  logic         length_q;

  assign beat_fires = beat_valid && beat_ready_i;
  assign in_row     = row < 32'(rows_i);
  assign of_beat    = 32'(beat.row) == row && in_row;
  assign shift      = beat.columns ? (short_crd_i ? 3'd1 : 3'd2) : (narrow_i ? 3'd1 : 3'd2);
  assign first      = beat.index << (3'($clog2(BeatBytes)) - shift);
  assign count      = 32'(beat.bytes) >> shift;
  assign limit      = dense_i ? 32'(columns_i) : 32'(Pitch);
  assign covered     = 32'(element_i) >= first && 32'(element_i) < first + count;
  assign found      = 32'(beat.data >> ((32'(element_i) - first) << (3'd3 + shift)));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {seen_q, length_q} <= '0;
      next_q <= '0;
    end else begin
      if (beat_fires && of_beat) begin
        next_q[beat.columns] <= first + count;
        if (covered) seen_q[beat.columns] <= 1'b1;
      end
      if (length_valid && length_ready_i && 32'(length.row) == row && in_row) length_q <= 1'b1;
    end
  end

  // ------------------------------------------------------------------ properties
  logic [31:0] is_value, is_column;

  assign is_value  = element_q ? (narrow_i ? 32'(value_q[15:0]) : value_q) : '0;
  assign is_column = short_crd_i ? 32'(column_q[15:0]) : column_q;

  Within_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !beat_valid || (32'(beat.row) < 32'(rows_i) && beat.bytes != '0 && first + count <= limit
                      && 32'(beat.bytes) <= BeatBytes && !(dense_i && beat.columns)));
  Value_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !beat_valid || !of_beat || !covered || beat.columns
      || (begun_q && (dense_i || element_q) && (narrow_i ? 32'(found[15:0]) : found) == is_value));
  Column_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !beat_valid || !of_beat || !covered || !beat.columns
      || (element_q && (short_crd_i ? 32'(found[15:0]) : found) == is_column));
  // Beats of a row come one after the other: so each element leaves once.
  Ascending_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !beat_valid || !of_beat || first == next_q[beat.columns]);
  Length_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !length_valid || !(32'(length.row) == row && in_row)
      || (!length_q && begun_q && 32'(length.length) == (dense_i ? 32'd1 : 32'(came_q))));
  All_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(flush_q && flushed) || !begun_q || !in_row
      || (length_q && (!(dense_i ? 32'(element_i) < 32'(columns_i) : element_q && 32'(element_i) < Pitch)
                       || (seen_q[0] && (dense_i || seen_q[1])))));
  Drops_A : assert property (@(posedge clk_i) disable iff (!rst_ni) in_row || seen_q == '0);

  Full_C : cover property (@(posedge clk_i) disable iff (!rst_ni) flush_q && flushed && came_q > 5'(Pitch) && in_row);
  Zeros_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      flush_q && flushed && dense_i && seen_q[0] && !element_q && columns_i > 4'd4);
  Others_C : cover property (@(posedge clk_i) disable iff (!rst_ni) over_q && seen_q == 2'b11 && !plain_i[1]);

endmodule : flaash_formal_row_packer
