// SPDX-License-Identifier: Apache-2.0
// Edge feed: reads the arrays of an operand and passes the operand to the core.
//
// Guarantees  ask_i requests the arrays of an operand. load_i passes the operand to the core as data arrives: loaded_o
//             after its last beat. fault_o stays until kill_i. With kill_i an operand in progress is abandoned, also in
//             place of a waiting beat, and none begins.
// Demands     ask_i while asked_o, load_i while loaded_o, for the same operands in the same order; no load_i before its
//             ask_i. The description of an operand stays while its arrays are requested, and while the operand is
//             loaded. kill_i stays for two cycles, until loaded_o and until the readers are idle. The core
//             takes a head in the cycle in which it is offered: the loader is idle when an operand begins.
// Latency     Two cycles from ask_i to the first request, one from load_i to the head.
// Throughput  A beat per cycle.
// Reset       rst_ni with the chip; the cycle after kill_i: the reads of an operand.
//
//   req_* <-- parts --> levels ------+
//   beat_* (pos, crd; val) ----------+--> operand --> beat_*

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
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth)
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

  output logic                      beat_valid_o,
  input  logic                      beat_ready_i,
  output operand_t                  beat_o
);

  logic load_rst_nq;  // the state of the operand at the core is not reset with the reads

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_rst_nq <= 1'b0;
    else         load_rst_nq <= !kill_i;
  end

  // ---------------------------------------------------------------------- asking
  logic            shape_valid, room, done;
  shape_t          shape;
  source_t         load_source;  // of the operand that is loaded
  logic [1:0][2:0] index;
  logic [1:0]      there;
  shape_t [1:0]    level;

  assign load_source = source_i[1];

  flaash_edge_parts #(
    .Format(Format), .DataWidth(DataWidth)
  ) u_parts (
    .clk_i, .rst_ni(load_rst_nq),
    .start_i(ask_i), .idle_o(asked_o),
    .source_i(source_i[0]), .level_id_o, .level_i, .req_valid_o, .req_ready_i, .req_o,
    .room_i(room), .shape_valid_o(shape_valid), .shape_o(shape)
  );

  flaash_edge_levels #(
    .Depth(LevelsAhead)
  ) u_levels (
    .clk_i, .rst_ni(load_rst_nq),
    .room_o(room), .in_valid_i(shape_valid), .in_i(shape),
    .index_i(index), .there_o(there), .level_o(level), .pop_i(done), .order_i(load_source.order)
  );

  // --------------------------------------------------------------------- operand
  logic     operand_idle, beat_valid, beat_ready, taken;
  logic     inside_q;  // the core has taken a head, and not the last beat
  operand_t beat;

  flaash_edge_operand #(
    .Format(Format), .CoordWidth(CoordWidth), .FeedWidth(DataWidth), .Operand(Operand)
  ) u_operand (
    .clk_i, .rst_ni(load_rst_nq),
    .start_i(load_i), .idle_o(operand_idle),
    .source_i(load_source), .index_o(index), .there_i(there), .level_i(level), .done_o(done),
    .beat_valid_i, .beat_ready_o, .beat_i,
    .beat_valid_o(beat_valid), .beat_ready_i(beat_ready), .beat_o(beat),
    .fault_o
  );

  assign beat_valid_o = inside_q ? beat_valid || kill_i : beat_valid && !kill_i;
  assign beat_o       = kill_i ? {OperandForget, 5'd0, 1'b1, DataWidth'(0)} : beat;
  assign taken       = beat_valid_o && beat_ready_i;
  assign beat_ready  = taken && !kill_i;
  assign loaded_o    = operand_idle && !inside_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    inside_q <= 1'b0;
    else if (taken) inside_q <= !beat_o.last;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(beat, beat_valid_o || kill_i, beat_ready_i || kill_i || !inside_q, (beat_valid ? beat : '0),
                       DataWidth + 9)
  `FLAASH_ASSERT(HeadIsTaken_A, !beat_valid_o || inside_q || beat_ready_i, "the core did not take a head")
  `FLAASH_COVER(GivenUp_C, kill_i && taken)

endmodule : flaash_edge_feed
