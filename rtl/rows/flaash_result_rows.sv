// SPDX-License-Identifier: Apache-2.0
// Result rows: makes the arrays of a result with rows from the results of all engines.
//
// Guarantees  After start_i with layout_i.valid each result taken at in_* is written once at beat_*: its value and its
//             column, in its row, in order. Then the bounds of all rows follow; report_o says which rows are complete.
//             done_o is low from the cycle after start_i until the last beat has left. Results beyond the pitch of
//             their row are taken and dropped. A dense result has an element per column, and no bounds. taken_o
//             counts the results that are taken in this cycle. After kill_i results are taken and dropped, rows that
//             have not ended are left as they are, and no bounds begin; beats that are on their way leave.
// Demands     layout_i, desc_i and extents stay from start_i to done_o. start_i only with done_o. all_taken_i: every
//             result of the contraction has been taken, after kill_i every result that comes; low in the cycle after
//             start_i. kill_i comes before all_taken_i if results are missing. Results of a slot of an
//             engine come fiber by fiber of A, ascending by fiber of B.
// Latency     As flaash_row_packer, and four cycles.
// Throughput  A result per lane and cycle; a beat per way and cycle.
// Errors      fault_o as flaash_row_numbers. Beats of open rows and lengths of rows have no parity.
// Reset       Results and beats inside are lost.
//
//   engines 0, Lanes .. --> tree --> packer 0 --+-- beats --> tree of a way --> offset --> beat_*
//   engines 1, Lanes + 1 .. -> tree --> packer 1 --+-- lengths --> tree of a way --> bounds --^ (way Lanes % Ways)
//                                        ^-- numbers of rows and columns

`include "flaash_assert.svh"
`include "flaash_rows.svh"

module flaash_result_rows
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned NumSdpe    = 8,      // engines
  parameter int unsigned Lanes      = 4,      // 1 to NumSdpe, and MaxTaken
  parameter int unsigned DataWidth  = 128,    // of a beat: 128, 256 or 512
  parameter int unsigned NodeDepth  = 16384,
  parameter int unsigned FiberDepth = 8192,
  parameter int unsigned Parity     = 1,
  localparam int unsigned Ways      = row_ways(Lanes),
  localparam type row_beat_t = `FLAASH_ROW_BEAT(DataWidth)
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  input  logic                  start_i,
  input  layout_t               layout_i,
  input  desc_t [1:0]           desc_i,          // A in element 0
  output logic [2:0]            extent_level_o,  // as flaash_row_numbers
  input  logic [31:0]           extent_i,
  output walk_req_t [1:0]       walk_o,
  input  walk_rsp_t [1:0]       walk_i,
  output fault_t                fault_o,

  input  logic [NumSdpe-1:0]    in_valid_i,
  output logic [NumSdpe-1:0]    in_ready_o,
  input  result_t [NumSdpe-1:0] in_result_i,
  output taken_t                taken_o,
  input  logic                  all_taken_i,
  input  logic                  kill_i,          // results are missing, or wrong
  output logic                  done_o,
  output rows_report_t          report_o,

  output logic [Ways-1:0]       beat_valid_o,
  input  logic [Ways-1:0]       beat_ready_i,
  output row_beat_t [Ways-1:0]  beat_o
);

  localparam int unsigned ValueBytes = (Format == FormatInt16) ? 8 : 4;
  localparam int unsigned ByteBits   = $clog2(DataWidth / 8);
  localparam int unsigned LengthBits = FiberIdWidth + 1;
  localparam int unsigned InLane     = (NumSdpe + Lanes - 1) / Lanes;  // engines of a lane, most
  localparam int unsigned LaneBits   = (InLane > 1) ? $clog2(InLane) : 1;

  if (Lanes < 1 || Lanes > NumSdpe || Lanes > MaxTaken) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1 to NumSdpe, and at most MaxTaken")
  end

  typedef struct packed {
    logic                  columns;
    node_id_t              row;
    logic [31:0]           index;
    logic [6:0]            bytes;
    logic [DataWidth-1:0]  data;
  } lane_beat_t;

  typedef struct packed {
    row_array_e            array;
    node_id_t              row;
    logic [31:0]           index;
    logic [6:0]            bytes;
    logic [DataWidth-1:0]  data;
  } beat_t;

  typedef struct packed {
    node_id_t              row;
    logic [LengthBits-1:0] length;
  } length_t;

  typedef struct packed {
    logic                 values;
    node_id_t             row;
    logic [31:0]          index;
    logic [6:0]           bytes;
    logic [DataWidth-1:0] data;
  } bounds_beat_t;

  // -------------------------------------------------------------------------- phases
  typedef enum logic [2:0] {RowsIdle, RowsClear, RowsPack, RowsFlush, RowsSend, RowsDrain} state_e;

  state_e           state_q;
  logic             begins, cleared, sends, sent, ends;
  logic             kill_q;    // kill_i comes late in a cycle
  logic [Lanes-1:0] flushed;
  logic [6:0]       inside_q;  // beats before the output
  logic [6:0]       lengths_q; // lengths before the bounds

  assign begins = start_i && layout_i.valid;
  assign done_o = state_q == RowsIdle;
  assign ends   = state_q == RowsFlush && (&flushed) && lengths_q == '0;
  assign sends  = ends && !kill_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) kill_q <= 1'b0;
    else         kill_q <= (kill_q && !begins) || (kill_i && !done_o);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= RowsIdle;
    else begin
      unique case (state_q)
        RowsIdle:  if (begins) state_q <= RowsClear;
        RowsClear: if (cleared) state_q <= RowsPack;
        RowsPack:  if (all_taken_i) state_q <= RowsFlush;
        RowsFlush: if (ends) state_q <= kill_q ? RowsDrain : RowsSend;
        RowsSend:  if (sent) state_q <= RowsDrain;
        default:   if (inside_q == '0) state_q <= RowsIdle;
      endcase
    end
  end

  // ------------------------------------------------------------------------- numbers
  logic [1:0]             plain;
  fiber_id_t [1:0]        filled;
  logic [Lanes-1:0]       req_valid, req_ready, rsp_valid;
  line_id_t [Lanes-1:0]   req;
  logic [Lanes-1:0][31:0] rsp;

  flaash_row_numbers #(
    .Ports(Lanes), .FiberDepth(FiberDepth), .Parity(Parity)
  ) u_numbers (
    .clk_i, .rst_ni,
    .start_i(begins), .stop_i(done_o), .layout_i, .desc_i, .extent_level_o, .extent_i, .walk_o, .walk_i, .fault_o,
    .plain_o(plain), .filled_o(filled),
    .req_valid_i(req_valid), .req_ready_o(req_ready), .req_i(req), .rsp_valid_o(rsp_valid), .rsp_o(rsp)
  );

  // --------------------------------------------------------------------------- lanes
  logic [Lanes-1:0]             taken, wrote, lane_valid, lane_ready, ended_valid, ended_ready;
  beat_t [Lanes:0]              lane_out;
  length_t [Lanes-1:0]          ended;

  for (genvar l = 0; l < int'(Lanes); l++) begin : gen_lane
    localparam int unsigned Sources = (NumSdpe - l + Lanes - 1) / Lanes;

    typedef struct packed {
      logic [LaneBits-1:0] source;
      result_t             result;
    } from_t;

    logic [Sources-1:0]  valid, ready;
    from_t [Sources-1:0] from;
    from_t               next;
    result_t             result;
    logic                next_valid, next_ready;
    logic [$clog2(Sources*MaxSlots)-1:0] key;
    lane_beat_t          lane;

    for (genvar s = 0; s < int'(Sources); s++) begin : gen_source
      assign valid[s]                  = in_valid_i[l + s * Lanes] && state_q == RowsPack;
      assign from[s]                   = {LaneBits'(s), in_result_i[l + s * Lanes]};
      assign in_ready_o[l + s * Lanes] = ready[s] && state_q == RowsPack;
    end

    flaash_stream_tree #(
      .Width($bits(from_t)), .Inputs(Sources)
    ) u_tree (
      .clk_i, .rst_ni,
      .in_valid_i(valid), .in_ready_o(ready), .in_data_i(from),
      .out_valid_o(next_valid), .out_ready_i(next_ready), .out_data_o(next)
    );

    assign result   = next.result;
    assign key      = ($clog2(Sources*MaxSlots))'({next.source, result.slot});
    assign taken[l] = next_valid && next_ready;

    flaash_row_packer #(
      .Sources(Sources), .ValueBytes(ValueBytes), .NarrowBytes(value_width(Format) / 8), .DataWidth(DataWidth)
    ) u_packer (
      .clk_i, .rst_ni,
      .layout_i, .in_valid_i(next_valid), .in_ready_o(next_ready), .in_i({key, result}),
      .flush_i(state_q == RowsFlush), .drop_i(kill_q), .flushed_o(flushed[l]), .wrote_o(wrote[l]),
      .plain_i(plain), .filled_i(filled),
      .req_valid_o(req_valid[l]), .req_ready_i(req_ready[l]), .req_o(req[l]),
      .rsp_valid_i(rsp_valid[l]), .rsp_i(rsp[l]),
      .beat_valid_o(lane_valid[l]), .beat_ready_i(lane_ready[l]), .beat_o(lane),
      .length_valid_o(ended_valid[l]), .length_ready_i(ended_ready[l]), .length_o(ended[l])
    );

    assign lane_out[l].array = lane.columns ? RowColumns : RowValues;
    assign lane_out[l].row   = lane.row;
    assign lane_out[l].index = lane.index;
    assign lane_out[l].bytes = lane.bytes;
    assign lane_out[l].data  = lane.data;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) taken_o <= '0;
    else         taken_o <= taken_t'($countones(taken));
  end

  // -------------------------------------------------------------------------- bounds
  logic [Ways-1:0]    length_valid, length_ready;
  length_t [Ways-1:0] length;
  logic               bounds_valid, bounds_ready;
  bounds_beat_t       bounds;
  logic               full;
  logic [31:0]        complete;
  logic [Lanes-1:0]   ended_taken;
  logic [4:0]         lengths;
  logic [3:0]         stored;

  for (genvar w = 0; w < int'(Ways); w++) begin : gen_lengths
    localparam int unsigned Inputs = (Lanes + Ways - 1 - w) / Ways;  // lanes w, w + Ways ..

    logic [Inputs-1:0]    valid, ready;
    length_t [Inputs-1:0] data;

    for (genvar i = 0; i < int'(Inputs); i++) begin : gen_input
      assign valid[i]                  = ended_valid[w + i * Ways];
      assign data[i]                   = ended[w + i * Ways];
      assign ended_ready[w + i * Ways] = ready[i];
    end

    flaash_stream_tree #(
      .Width($bits(length_t)), .Inputs(Inputs)
    ) u_tree (
      .clk_i, .rst_ni,
      .in_valid_i(valid), .in_ready_o(ready), .in_data_i(data),
      .out_valid_o(length_valid[w]), .out_ready_i(length_ready[w]), .out_data_o(length[w])
    );
  end

  assign ended_taken = ended_valid & ended_ready;
  assign lengths     = 5'($countones(ended_taken));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) lengths_q <= '0;
    else         lengths_q <= lengths_q + 7'(lengths) - 7'(stored);
  end

  flaash_row_bounds #(
    .NodeDepth(NodeDepth), .ValueBytes(ValueBytes), .NarrowBytes(value_width(Format) / 8), .DataWidth(DataWidth),
    .Inputs(Ways)
  ) u_bounds (
    .clk_i, .rst_ni,
    .layout_i, .clear_i(begins), .cleared_o(cleared), .length_valid_i(length_valid),
    .length_ready_o(length_ready), .length_i(length), .stored_o(stored),
    .send_i(sends), .stop_i(kill_q), .sent_o(sent), .full_o(full), .complete_o(complete),
    .beat_valid_o(bounds_valid), .beat_ready_i(bounds_ready), .beat_o(bounds)
  );

  assign lane_out[Lanes].array = bounds.values ? RowValues : RowBounds;
  assign lane_out[Lanes].row   = bounds.row;
  assign lane_out[Lanes].index = bounds.index;
  assign lane_out[Lanes].bytes = bounds.bytes;
  assign lane_out[Lanes].data  = bounds.data;

  // --------------------------------------------------------------------------- beats
  // A beat gets the offset of its row, then its own.
  typedef struct packed {
    row_array_e           array;
    logic [35:0]          row;    // elements, then bytes, to its row
    logic [35:0]          index;  // bytes from there
    logic [6:0]           bytes;
    logic [DataWidth-1:0] data;
  } placed_t;

  logic [Lanes:0]  merge_valid, merge_ready;
  logic [Lanes:0]  merge_taken;
  logic [Ways-1:0] beat_taken;
  logic [4:0]      enters, leaves;

  assign merge_valid                = {bounds_valid, lane_valid};
  assign {bounds_ready, lane_ready} = merge_ready;

  for (genvar w = 0; w < int'(Ways); w++) begin : gen_way
    localparam int unsigned Inputs = (Lanes + Ways - w) / Ways;  // lanes w, w + Ways ..

    logic [Inputs-1:0]  valid, ready;
    beat_t [Inputs-1:0] beats;
    logic               merged_valid, merged_ready, placed_valid, placed_ready;
    beat_t              merged;
    placed_t            placing, placed;
    row_beat_t          offset;
    logic [35:0]        row_bytes;

    for (genvar i = 0; i < int'(Inputs); i++) begin : gen_input
      assign valid[i]                  = merge_valid[w + i * Ways];
      assign beats[i]                  = lane_out[w + i * Ways];
      assign merge_ready[w + i * Ways] = ready[i];
    end

    flaash_stream_tree #(
      .Width($bits(beat_t)), .Inputs(Inputs)
    ) u_beats (
      .clk_i, .rst_ni,
      .in_valid_i(valid), .in_ready_o(ready), .in_data_i(beats),
      .out_valid_o(merged_valid), .out_ready_i(merged_ready), .out_data_o(merged)
    );

    assign placing.array = merged.array;
    assign placing.row   = 36'(32'(merged.row) * layout_i.pitch);
    assign placing.index = 36'(merged.index) << ByteBits;
    assign placing.bytes = merged.bytes;
    assign placing.data  = merged.data;

    flaash_stream_register #(
      .Width($bits(placed_t))
    ) u_place (
      .clk_i, .rst_ni,
      .in_valid_i(merged_valid), .in_ready_o(merged_ready), .in_data_i(placing),
      .out_valid_o(placed_valid), .out_ready_i(placed_ready), .out_data_o(placed)
    );

    always_comb begin
      row_bytes = placed.row << (layout_i.narrow ? $clog2(value_width(Format) / 8) : $clog2(ValueBytes));
      if (placed.array == RowColumns) row_bytes = layout_i.short_crd ? placed.row << 1 : placed.row << 2;
      if (placed.array == RowBounds)  row_bytes = '0;
    end

    assign offset.array  = placed.array;
    assign offset.offset = row_bytes + placed.index;
    assign offset.bytes  = placed.bytes;
    assign offset.data   = placed.data;

    flaash_stream_register #(
      .Width($bits(row_beat_t))
    ) u_offset (
      .clk_i, .rst_ni,
      .in_valid_i(placed_valid), .in_ready_o(placed_ready), .in_data_i(offset),
      .out_valid_o(beat_valid_o[w]), .out_ready_i(beat_ready_i[w]), .out_data_o(beat_o[w])
    );

    `FLAASH_STREAM_CHECK(beat, beat_valid_o[w], beat_ready_i[w], beat_o[w], $bits(row_beat_t))
  end

  // Icarus counts the ones of an expression wrong within a sum, so a signal holds each expression.
  assign merge_taken = merge_valid & merge_ready;
  assign beat_taken  = beat_valid_o & beat_ready_i;
  assign enters      = 5'($countones(merge_taken));
  assign leaves      = 5'($countones(beat_taken));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) inside_q <= '0;
    else         inside_q <= inside_q + 7'(enters) - 7'(leaves);
  end

  // -------------------------------------------------------------------------- report
  taken_t      wrote_q;
  logic [63:0] elements_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {wrote_q, elements_q} <= '0;
    else begin
      wrote_q    <= taken_t'($countones(wrote));
      elements_q <= begins ? '0 : elements_q + 64'(wrote_q);
    end
  end

  assign report_o = {full, complete, elements_q};

  // -------------------------------------------------------------------- properties
  `FLAASH_ASSERT(StartWhenDone_A, !start_i || done_o, "a contraction begins while rows are written")
  `FLAASH_COVER(KilledInRow_C, state_q == RowsFlush && kill_q && !(&flushed))
  `FLAASH_COVER(KilledInBounds_C, state_q == RowsSend && kill_q)
  `FLAASH_COVER(LanesWait_C, (lane_valid & ~lane_ready) != '0)

endmodule : flaash_result_rows
