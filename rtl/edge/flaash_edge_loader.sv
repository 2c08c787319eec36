// SPDX-License-Identifier: Apache-2.0
// Edge loader: reads descriptors and operands from memory, and makes operand frames of these.
//
// Guarantees  begin_i reads the descriptor of a slot: fetched_o with what it says or fetch_fault_o. load_i makes the
//             frame of operand_i: loaded_o when its last beat was taken; frame_fault_o stays until load_rst_ni is low.
//             cancel_i ends a frame that was begun; idle_o then tells that no read is under way.
// Demands     One order at a time. cancel_i, with load_rst_ni low, stays until loaded_o and idle_o.
// Latency     Two cycles from begin_i to the address; one from load_i to the header.
// Throughput  128 bits per cycle.
// Reset       rst_ni with the bus; load_rst_ni: what is inside of an operand.
//
//   axi_read --> pieces --+--> descriptor
//      ^                  +--> frame --> closer --> out_*
//      +---- parts ---- parts FIFO ^

`include "flaash_assert.svh"

module flaash_edge_loader
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter bit          CanSplit   = 1'b0,
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned Bursts     = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   load_rst_ni,

  // descriptors
  input  logic                   begin_i,
  input  mem_addr_t              slot_i,
  input  logic                   fetch_i,      // what is read is a descriptor; from begin_i until fetched_o
  output logic                   fetched_o,
  output edge_fault_t            fetch_fault_o,
  output head_t                  head_o,
  output logic [31:0]            extent_o,     // of the contracted mode

  // operands
  input  logic                   load_i,
  input  logic                   operand_i,
  output logic                   loaded_o,
  output edge_fault_t            frame_fault_o,
  input  logic                   cancel_i,
  input  logic                   hold_i,       // the chip takes no new frame
  output logic                   idle_o,
  output logic                   read_o,       // a beat was read

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [StreamWidth-1:0] out_data_o,
  output logic                   out_last_o,

  // memory
  output logic                   ar_valid_o,
  input  logic                   ar_ready_i,
  output burst_t                 ar_o,
  input  logic                   r_valid_i,
  output logic                   r_ready_o,
  input  logic [DataWidth-1:0]   r_data_i,
  input  logic [1:0]             r_resp_i,
  input  logic                   r_last_i
);

  localparam int unsigned FetchBeats = (HeadBytes + MaxEdgeLevels * LevelBytes) * 8 / DataWidth;
  localparam int unsigned PartsAhead = 16;  // parts that are asked for and not used up, most

  // ---------------------------------------------------------------------- reading
  logic                 req_ready, parts_req_valid;
  read_req_t            req, parts_req;
  logic                 beat_valid, beat_ready, piece_valid, frame_piece_ready, frame_piece_end;
  logic [DataWidth-1:0] beat;
  answer_t              beat_answer, answer;
  piece_t               piece;
  logic [StreamWidth-1:0] piece_data;

  assign req        = begin_i ? {slot_i, 32'(FetchBeats)} : parts_req;
  assign read_o     = r_valid_i && r_ready_o;
  assign answer     = piece.answer;
  assign piece_data = piece.data;

  flaash_axi_read #(
    .DataWidth(DataWidth), .Bursts(Bursts)
  ) u_axi_read (
    .clk_i, .rst_ni,
    .stop_i(!load_rst_ni), .idle_o,
    .req_valid_i(begin_i || parts_req_valid), .req_ready_o(req_ready), .req_i(req),
    .ar_valid_o, .ar_ready_i, .ar_o, .r_valid_i, .r_ready_o, .r_data_i, .r_resp_i, .r_last_i,
    .out_valid_o(beat_valid), .out_ready_i(beat_ready), .out_data_o(beat), .out_answer_o(beat_answer)
  );

  flaash_edge_pieces #(
    .DataWidth(DataWidth)
  ) u_pieces (
    .clk_i, .rst_ni(load_rst_ni),
    .in_valid_i(beat_valid), .in_ready_o(beat_ready), .in_data_i(beat), .in_answer_i(beat_answer),
    .out_valid_o(piece_valid), .out_ready_i(fetch_i || frame_piece_ready), .end_i(!fetch_i && frame_piece_end),
    .out_o(piece)
  );

  // ------------------------------------------------------------------- descriptor
  logic [1:0][3:0]  orders, level_id;
  level_t [1:0]     level;
  level_t           parts_level, frame_level;
  logic [1:0][31:0] entries;
  logic [1:0]       short_crd;
  logic             described;
  edge_fault_t      slot_fault;

  flaash_edge_descriptor #(
    .Format(Format), .CanSplit(CanSplit)
  ) u_descriptor (
    .clk_i, .rst_ni,
    .clear_i(begin_i), .in_valid_i(piece_valid && fetch_i), .in_data_i(piece_data),
    .done_o(described), .fault_o(slot_fault), .head_o, .extent_o, .entries_o(entries), .short_crd_o(short_crd),
    .level_id_i(level_id), .level_o(level)
  );

  flaash_edge_fetch u_fetch (
    .clk_i, .rst_ni,
    .begin_i, .piece_valid_i(piece_valid && fetch_i), .answer_i(answer),
    .described_i(described), .fault_i(slot_fault), .fetched_o, .fault_o(fetch_fault_o)
  );

  assign orders      = head_o.orders;
  assign parts_level = level[0];
  assign frame_level = level[1];

  // --------------------------------------------------------------------- operands
  logic                        parts_idle, part_in_valid, part_in_ready, part_valid, part_ready;
  part_t                       part_in, part;
  logic [$clog2(PartsAhead):0] parts_inside;
  logic                        frame_idle, closer_idle, made_valid, made_ready, made_last;
  logic [StreamWidth-1:0]      made_data;

  flaash_edge_parts #(
    .Format(Format), .DataWidth(DataWidth)
  ) u_parts (
    .clk_i, .rst_ni(load_rst_ni),
    .start_i(load_i), .idle_o(parts_idle),
    .operand_i, .orders_i(orders), .empty_i(entries[operand_i] == '0), .level_id_o(level_id[0]),
    .level_i(parts_level),
    .req_valid_o(parts_req_valid), .req_ready_i(req_ready && !begin_i), .req_o(parts_req),
    .part_valid_o(part_in_valid), .part_ready_i(part_in_ready), .part_o(part_in)
  );

  flaash_stream_fifo #(
    .Width($bits(part_t)),
    .Depth(PartsAhead)
  ) u_parts_ahead (
    .clk_i, .rst_ni(load_rst_ni),
    .in_valid_i(part_in_valid), .in_ready_o(part_in_ready), .in_data_i(part_in),
    .out_valid_o(part_valid), .out_ready_i(part_ready), .out_data_o(part), .usage_o(parts_inside)
  );

  flaash_edge_frame #(
    .Format(Format), .CoordWidth(CoordWidth), .DataWidth(DataWidth)
  ) u_frame (
    .clk_i, .rst_ni(load_rst_ni),
    .start_i(load_i), .idle_o(frame_idle),
    .operand_i, .orders_i(orders), .entries_i(entries[operand_i]), .short_crd_i(short_crd[operand_i]),
    .level_id_o(level_id[1]), .level_i(frame_level),
    .part_valid_i(part_valid), .part_ready_o(part_ready), .part_i(part),
    .piece_valid_i(piece_valid && !fetch_i), .piece_ready_o(frame_piece_ready), .piece_end_o(frame_piece_end),
    .piece_i(piece),
    .out_valid_o(made_valid), .out_ready_i(made_ready), .out_data_o(made_data), .out_last_o(made_last),
    .fault_o(frame_fault_o)
  );

  flaash_edge_closer u_closer (
    .clk_i, .rst_ni,
    .cancel_i, .hold_i, .idle_o(closer_idle),
    .in_valid_i(made_valid), .in_ready_o(made_ready), .in_data_i(made_data), .in_last_i(made_last),
    .out_valid_o, .out_ready_i, .out_data_o, .out_last_o
  );

  assign loaded_o = frame_idle && closer_idle;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneOrder_A, !(begin_i && (load_i || !frame_idle)), "a descriptor is fetched inside an operand")
  `FLAASH_ASSERT(AllUsed_A, !(loaded_o && load_rst_ni && parts_idle) || load_i || parts_inside == '0 || cancel_i,
                 "parts are left behind a frame")
  `FLAASH_COVER(ManyAhead_C, parts_inside > ($clog2(PartsAhead)+1)'(PartsAhead / 2))

endmodule : flaash_edge_loader
