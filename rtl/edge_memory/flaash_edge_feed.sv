// SPDX-License-Identifier: Apache-2.0
// Edge feed: reads the arrays of an operand and passes the operand to the core.
//
// Guarantees  ask_i requests the arrays of an operand. load_i passes the operand to the core as data arrives: loaded_o
//             once the core has the last of it. fault_o stays until kill_i: an error response of the memory ends the
//             operand. With kill_i an operand in progress is abandoned, and none begins.
// Demands     ask_i while asked_o, load_i while loaded_o, for the same operands in the same order; no load_i before its
//             ask_i. The description of an operand stays while its arrays are requested, and while the operand is
//             loaded. kill_i stays for two cycles, until loaded_o and until the readers are idle. The core takes a head
//             in the cycle in which it is offered: the loader is idle when an operand begins.
// Latency     Two cycles from ask_i to the first request, one from load_i to the head.
// Throughput  A beat per cycle.
// Reset       rst_ni with the chip; the cycle after kill_i: the reads of an operand.
//
//   req_*           <-- parts --> FIFO of levels ------+
//   beat_* pos, crd --> register --+--> upper levels --+--> operand_o
//          val      --> register --+--> leaf ----------+

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_edge_feed
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned DataWidth  = 128,         // of the bus: 128, 256 or 512
  parameter bit          Operand    = 1'b0,         // A 0, B 1
  parameter int unsigned LevelsAhead = 32,          // levels that are requested and not loaded: a power of two
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, DataWidth, 2),
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth),
  localparam type leaf_t = `FLAASH_LEAF(Entries, CoordWidth, value_width(Format)),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth, Entries, CoordWidth, value_width(Format))
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      ask_i,
  output logic                      asked_o,
  input  logic                      load_i,
  output logic                      loaded_o,
  output error_t                    fault_o,
  input  logic                      kill_i,

  // the operand that is requested in element 0, the operand that is loaded in 1
  input  source_t [1:0]             source_i,
  output logic [3:0]                level_id_o,  // of the requested operand, in the descriptor
  input  level_t                    level_i,

  // its arrays: pos and crd in element 0, val in 1
  output logic [1:0]                req_valid_o,
  input  logic [1:0]                req_ready_i,
  output read_req_t [1:0]           req_o,
  input  logic [1:0]                beat_valid_i,
  output logic [1:0]                beat_ready_o,
  input  read_beat_t [1:0]          beat_i,

  output operand_t                  operand_o,
  input  operand_ready_t            ready_i,
  input  operand_state_t            state_i
);

  localparam logic [2:0]  LeafLevel = 3'd7;
  localparam int unsigned WordBits  = $clog2(DataWidth / 32);
  localparam int unsigned UnitShift = $clog2(DataWidth / StreamWidth);  // units of places in a beat

  logic load_rst_nq;  // the state of the operand at the core is not reset with the reads

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_rst_nq <= 1'b0;
    else         load_rst_nq <= !kill_i;
  end

  // --------------------------------------------------------------------- requests
  logic                           listed, room, level_valid, unused_room;
  operand_level_t                 listed_level, level;
  logic [$clog2(LevelsAhead):0]   levels;

  if (LevelsAhead < MaxOrder) begin : gen_illegal_levels
    `FLAASH_ILLEGAL("LevelsAhead must be MaxOrder or more")
  end

  // For all levels of an operand.
  assign room = 32'(levels) + MaxOrder <= LevelsAhead;

  flaash_edge_parts #(
    .Format(Format), .DataWidth(DataWidth)
  ) u_parts (
    .clk_i, .rst_ni(load_rst_nq),
    .start_i(ask_i), .idle_o(asked_o),
    .source_i(source_i[0]), .level_id_o, .level_i, .req_valid_o, .req_ready_i, .req_o,
    .room_i(room), .listed_o(listed), .level_o(listed_level)
  );

  flaash_stream_fifo #(
    .Width($bits(operand_level_t)), .Data(operand_level_t), .Depth(LevelsAhead)
  ) u_levels (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(listed), .in_ready_o(unused_room), .in_data_i(listed_level),
    .out_valid_o(level_valid), .out_ready_i(ready_i.level), .out_data_o(level), .usage_o(levels)
  );

  // ------------------------------------------------------------------------ beats
  // The beats come out of RAMs. From the registers on, the loader's checks have a whole cycle.
  logic [1:0]           valid, ready;
  read_beat_t [1:0]     beat;
  answer_t [1:0]        answer;
  logic [DataWidth-1:0] upper;

  for (genvar i = 0; i < 2; i++) begin : gen_array
    read_beat_t beat_q;

    flaash_stream_register #(
      .Width($bits(read_beat_t))
    ) u_register (
      .clk_i, .rst_ni(load_rst_nq),
      .in_valid_i(beat_valid_i[i]), .in_ready_o(beat_ready_o[i]), .in_data_i(beat_i[i]),
      .out_valid_o(valid[i]), .out_ready_i(ready[i]), .out_data_o(beat_q)
    );

    assign beat[i]   = beat_q;
    assign answer[i] = beat_q.answer;
    if (i == 0) begin : gen_upper
      assign upper = beat_q.data;
    end
  end

  // ------------------------------------------------------------------- the operand
  source_t    source;
  logic       head_q;       // it is to be offered
  logic       busy_q;       // it is at the core
  logic       is_upper, is_leaf, leaf_q, upper_valid, leaf_valid;  // leaf_q: its entries have begun
  logic [1:0] leaf_ready, leaf_wrong;
  leaf_t      leaf;
  logic [1:0][23:0] leaf_at;

  assign source   = source_i[1];
  assign is_upper = state_i.part == OperandCoords || state_i.part == OperandPointers;
  assign is_leaf  = state_i.part == OperandEntries || leaf_q;
  assign loaded_o = !head_q && (!busy_q || state_i.idle);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q <= 1'b0;
      busy_q <= 1'b0;
      leaf_q <= 1'b0;
    end else begin
      leaf_q <= is_leaf && !load_i && !kill_i;
      head_q <= !kill_i && (load_i || (head_q && !ready_i.head));
      busy_q <= (head_q && ready_i.head && !kill_i) || (busy_q && !state_i.idle);
    end
  end

  flaash_edge_leaf #(
    .Format(Format), .CoordWidth(CoordWidth), .DataWidth(DataWidth)
  ) u_leaf (
    .clk_i, .rst_ni(load_rst_nq),
    .start_i(load_i), .count_i(source.entries), .short_crd_i(source.short_crd),
    .beat_valid_i({valid[1], valid[0] && is_leaf}), .beat_ready_o(leaf_ready), .beat_i(beat),
    .leaf_valid_o(leaf_valid), .leaf_ready_i(ready_i.leaf), .leaf_o(leaf), .wrong_o(leaf_wrong), .at_o(leaf_at)
  );

  answer_t first;

  assign first       = answer[0];
  assign upper_valid = is_upper && valid[0] && !first.wrong;
  assign ready       = {leaf_ready[1], leaf_ready[0] || ready_i.upper};
  assign operand_o   = {kill_i, 1'b0, $bits(error_t)'(0), head_q, 1'b1, Operand, level_valid, level,
                        1'b0, upper_valid, 1'b0, upper, leaf_valid, leaf};

  // ----------------------------------------------------------------------- faults
  answer_t    second;
  logic [3:0] part;

  assign second = answer[1];
  assign part   = (state_i.part == OperandPointers) ? PartPos : PartCrd;

  always_comb begin
    fault_o = {leaf_wrong[1], second.decode ? ErrReadDecode : ErrReadSlave,
               bus_place(Operand, LeafLevel, PartVal, leaf_at[1] << UnitShift)};
    if (leaf_wrong[0]) begin
      fault_o = {1'b1, first.decode ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, LeafLevel, PartCrd, leaf_at[0] << UnitShift)};
    end
    if (is_upper && valid[0] && first.wrong) begin
      fault_o = {1'b1, first.decode ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, state_i.level, part, 24'(state_i.position >> WordBits) << UnitShift)};
    end
  end

  logic unused_source;
  assign unused_source = ^{source, second};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(HeadIsTaken_A, !head_q || kill_i || ready_i.head, "the core did not take a head")
  `FLAASH_ASSERT(LoadWhenLoaded_A, !load_i || loaded_o, "an operand is loaded while another one is")
  `FLAASH_ASSERT(Room_A, !listed || unused_room, "a level without room")
  `FLAASH_COVER(GivenUp_C, kill_i && busy_q)
  `FLAASH_COVER(WrongInLeaf_C, leaf_wrong != '0)

endmodule : flaash_edge_feed
