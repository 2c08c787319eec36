// SPDX-License-Identifier: Apache-2.0
// DMA loader: reads descriptors and operands from memory, and passes the operands to the core.
//
// Guarantees  begin_i reads the first part of the descriptor of a slot. begin_ready_o comes when that read has been
//             requested, and this needs room for it in Depth beats; parsing the earlier descriptors makes room.
//             While parse_i is valid the next descriptor is parsed: its fields leave as they come, and parse_o is ready
//             when it is valid, or faulty. ask_valid_i with ask_ready_o reads the arrays of its operands. load_i passes
//             operands to the core in the same order; load_o is ready after the last beat. The fault in load_o stays
//             until kill_i; if both operands have an error, it is the error of A. kill_i abandons the operands in
//             progress; then idle_o shows that no read is outstanding. From the cycle after kill_i on no burst begins,
//             and beats that still come are discarded.
// Demands     As flaash_dma_feed. begin_i only with begin_ready_o. parse_i is no longer valid after parse_o is ready,
//             and is valid for the next descriptor after all requests of this one. Its fields are in parse_i in the
//             next cycle. kill_i stays for two cycles, and until load_o is ready and idle_o.
// Latency     Three cycles from begin_i to the address; one from load_i to the head.
// Throughput  A beat per cycle and operand if its data has arrived, in total a beat of the bus.
// Reset       rst_ni with the bus; the cycle after kill_i: all reads.
//
//   bus --> readers --+--> fetch --> descriptor
//    ^                +--> feed of A --> operand_o[0]
//    |                +--> feed of B --> operand_o[1]
//    +-- turns <-- requests ---+

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_dma_loader
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned MaxEntries = 32768, // of an operand
  parameter int unsigned NodeDepth  = 16384, // upper-level nodes of an operand
  parameter bit          CanSplit   = 1'b0,
  parameter bit          CanRows    = 1'b0,
  parameter int unsigned DataWidth  = 128,
  parameter int unsigned Bursts     = 8,
  parameter int unsigned Depth      = 256,   // beats that a reader buffers: a power of two
  parameter int unsigned LevelsAhead = 32,   // of an operand, that are requested and not loaded: a power of two
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, DataWidth, 2),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth, Entries, CoordWidth, value_width(Format)),
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth),
  localparam type axi_req_t = `FLAASH_AXI_READ_REQ,
  localparam type axi_rsp_t = `FLAASH_AXI_READ_RSP(DataWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // descriptors
  input  logic                      begin_i,
  input  mem_addr_t                 slot_i,
  output logic                      begin_ready_o,
  input  parse_req_t                parse_i,
  output parse_rsp_t                parse_o,

  // operands, A in element 0
  input  logic [1:0]                ask_valid_i,
  output logic [1:0]                ask_ready_o,
  output asks_t                     asks_o,
  input  load_req_t                 load_i,
  output load_rsp_t                 load_o,
  input  logic                      kill_i,
  output logic                      idle_o,

  output operand_t [1:0]            operand_o,
  input  operand_ready_t [1:0]      ready_i,
  input  operand_state_t [1:0]      state_i,

  // memory
  output axi_req_t                  axi_o,
  input  axi_rsp_t                  axi_i
);

  localparam int unsigned FirstBytes = HeadBytes + first_levels(DataWidth) * LevelBytes;
  localparam int unsigned FirstBeats = FirstBytes * 8 / DataWidth;
  localparam int unsigned RestBeats  = (MaxDmaLevels - first_levels(DataWidth)) * LevelBytes * 8 / DataWidth;
  // pos and crd of A, val of A, the same of B, the rest of descriptors if they have one, descriptors
  localparam int unsigned Readers    = (RestBeats == 0) ? 5 : 6;
  localparam int unsigned Slots      = Readers - 1;
  localparam int unsigned Rests      = 4;   // or Slots, where there are none
  localparam int unsigned TurnBeats   = (DataWidth < 512) ? 32 : 16;  // 512 bytes or 1 KB
  localparam int unsigned ReaderWidth = $clog2(Readers);
  localparam int unsigned TurnWidth   = ReaderWidth + $bits(read_req_t);
  localparam int unsigned TurnsInside = 2 ** $clog2(Bursts + 2);  // outstanding turns, one on offer, one beginning
  // A level of a descriptor fills a piece, or two.
  localparam int unsigned PieceWidth = (DataWidth < 2 * StreamWidth) ? StreamWidth : 2 * StreamWidth;

  // ---------------------------------------------------------------------- reading
  logic [Readers-1:0]       req_valid, req_ready, beat_valid, beat_ready;
  read_req_t [Readers-1:0]  req;
  read_beat_t [Readers-1:0] beat;

  assign req_valid[Slots] = begin_i;
  assign req[Slots]       = {slot_i, 32'(FirstBeats)};
  assign begin_ready_o    = req_ready[Slots];

  logic load_rst_nq;  // the bus is not reset with the readers

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_rst_nq <= 1'b0;
    else         load_rst_nq <= !kill_i;
  end

  // Each reader stores beats of its own, so a reader whose consumer accepts no beats holds back no other.
  logic [Readers-1:0]                turn_valid, turn_ready, reader_idle, to_reader;
  read_req_t [Readers-1:0]           turn;   // a burst
  logic [Readers-1:0][TurnWidth-1:0] named;  // with the reader's number
  read_beat_t                        bus_beat;

  for (genvar i = 0; i < int'(Readers); i++) begin : gen_reader
    assign named[i] = {ReaderWidth'(i), turn[i]};

    flaash_axi_reader #(
      .DataWidth(DataWidth), .TurnBeats(TurnBeats), .Depth(Depth)
    ) u_reader (
      .clk_i, .rst_ni(load_rst_nq), .idle_o(reader_idle[i]),
      .req_valid_i(req_valid[i]), .req_ready_o(req_ready[i]), .req_i(req[i]),
      .turn_valid_o(turn_valid[i]), .turn_ready_i(turn_ready[i]), .turn_o(turn[i]),
      .in_valid_i(to_reader[i]), .in_ready_o(), .in_i(bus_beat),
      .out_valid_o(beat_valid[i]), .out_ready_i(beat_ready[i]), .out_o(beat[i])
    );
  end

  // Readers take turns; a tree of arbiters picks the next turn.
  logic                   next_valid, next_ready, read_idle, bus_beat_valid;
  logic [TurnWidth-1:0]   next;
  logic [ReaderWidth-1:0] next_reader;
  read_req_t              next_req;

  assign {next_reader, next_req} = next;

  flaash_stream_tree #(
    .Width(TurnWidth), .Inputs(Readers)
  ) u_tree (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(turn_valid), .in_ready_o(turn_ready), .in_data_i(named),
    .out_valid_o(next_valid), .out_ready_i(next_ready), .out_data_o(next)
  );

  flaash_axi_read #(
    .DataWidth(DataWidth), .Bursts(Bursts), .BurstBeats(TurnBeats)
  ) u_axi_read (
    .clk_i, .rst_ni,
    .kill_i(!load_rst_nq), .idle_o(read_idle),
    .req_valid_i(next_valid), .req_ready_o(next_ready), .req_i(next_req),
    .axi_o, .axi_i, .out_valid_o(bus_beat_valid), .out_ready_i(1'b1), .out_o(bus_beat)
  );

  assign idle_o = read_idle && !next_valid && (&reader_idle);

  // Bursts come back in order: the reader whose beats come is the oldest one here.
  logic                         owner_valid, room;
  logic [ReaderWidth-1:0]       owner;

  flaash_stream_fifo #(
    .Width(ReaderWidth), .Depth(TurnsInside)
  ) u_owners (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(next_valid && next_ready), .in_ready_o(room), .in_data_i(next_reader),
    .out_valid_o(owner_valid), .out_ready_i(bus_beat_valid && axi_i.r_last), .out_data_o(owner),
    .usage_o()
  );

  for (genvar i = 0; i < int'(Readers); i++) begin : gen_owner
    assign to_reader[i] = bus_beat_valid && owner == ReaderWidth'(i);
  end

  // ------------------------------------------------------------------- descriptor
  logic                         piece_valid, beyond, described, from_rest, slot_valid, slot_ready;
  logic [PieceWidth-1:0]        piece;
  logic [1:0][3:0]              level_id;
  level_t [1:0]                 level;  // of requested operands: A, B
  logic                         rest;   // further levels are requested
  read_beat_t                   slot_beat;  // of the first levels, or of the rest
  error_t                       slot_fault, parse_fault;
  logic                         parse_ready;
  descriptor_write_t            parse_write;
  descriptor_t                  parse_descriptor;
  mem_addr_t                    parse_slot;

  assign parse_descriptor = parse_i.descriptor;
  assign parse_slot  = parse_i.slot;
  assign parse_o     = {parse_ready, parse_fault, parse_write};

  flaash_dma_fetch #(
    .DataWidth(DataWidth), .PieceWidth(PieceWidth)
  ) u_fetch (
    .clk_i, .rst_ni,
    .fetch_i(parse_i.valid), .beat_valid_i(slot_valid), .beat_ready_o(slot_ready), .beat_i(slot_beat),
    .piece_valid_o(piece_valid), .piece_o(piece),
    .beyond_i(beyond), .described_i(described), .fault_i(slot_fault),
    .rest_o(rest), .from_rest_o(from_rest), .fetched_o(parse_ready), .fault_o(parse_fault)
  );

  flaash_dma_descriptor #(
    .Format(Format), .CoordWidth(CoordWidth), .MaxEntries(MaxEntries), .NodeDepth(NodeDepth), .CanSplit(CanSplit),
    .CanRows(CanRows), .FirstLevels(first_levels(DataWidth)), .PieceWidth(PieceWidth)
  ) u_descriptor (
    .clk_i, .rst_ni,
    .clear_i(!parse_i.valid), .in_valid_i(piece_valid), .in_data_i(piece),
    .beyond_o(beyond), .done_o(described), .fault_o(slot_fault), .write_o(parse_write), .descriptor_i(parse_descriptor),
    .level_id_i(level_id), .level_o(level)
  );

  if (RestBeats == 0) begin : gen_whole
    assign slot_valid        = beat_valid[Slots];
    assign beat_ready[Slots] = slot_ready;
    assign slot_beat         = beat[Slots];

    logic unused_rest;
    assign unused_rest = ^{from_rest, parse_slot};
  end else begin : gen_rest
    assign req_valid[Rests]  = rest;
    assign req[Rests]        = {parse_slot + 64'(FirstBytes), 32'(RestBeats)};
    assign slot_valid        = from_rest ? beat_valid[Rests] : beat_valid[Slots];
    assign beat_ready[Slots] = slot_ready && !from_rest;
    assign beat_ready[Rests] = slot_ready && from_rest;
    assign slot_beat         = from_rest ? beat[Rests] : beat[Slots];
  end

  // ----------------------------------------------------------- requests and loads
  ask_t [3:0] arrays;

  assign asks_o = {arrays, rest};

  for (genvar i = 0; i < 4; i++) begin : gen_asks
    read_req_t req_i;

    assign req_i     = req[i];
    assign arrays[i] = {req_valid[i] && req_ready[i], req_i.beats};
  end

  // --------------------------------------------------------------------- operands
  error_t [1:0] fault;
  error_t       load_fault;
  logic [1:0]   load_valid, load_ready;
  descriptor_t  load_descriptor;

  assign {load_valid, load_descriptor} = load_i;
  assign load_o                   = {load_ready, load_fault};

  for (genvar i = 0; i < 2; i++) begin : gen_feed
    flaash_dma_feed #(
      .Format(Format), .CoordWidth(CoordWidth), .DataWidth(DataWidth), .Operand(1'(i)),
      .LevelsAhead(LevelsAhead)
    ) u_feed (
      .clk_i, .rst_ni,
      .ask_i(ask_valid_i[i]), .asked_o(ask_ready_o[i]), .load_i(load_valid[i]), .loaded_o(load_ready[i]),
      .fault_o(fault[i]),
      .kill_i,
      .source_i({source_of(load_descriptor, 1'(i)), source_of(parse_descriptor, 1'(i))}),
      .level_id_o(level_id[i]), .level_i(level[i]),
      .req_valid_o(req_valid[2*i +: 2]), .req_ready_i(req_ready[2*i +: 2]), .req_o(req[2*i +: 2]),
      .beat_valid_i(beat_valid[2*i +: 2]), .beat_ready_o(beat_ready[2*i +: 2]), .beat_i(beat[2*i +: 2]),
      .operand_o(operand_o[i]), .ready_i(ready_i[i]), .state_i(state_i[i])
    );
  end

  error_t fault_a;

  assign fault_a      = fault[0];
  assign load_fault = fault_a.valid ? fault_a : fault[1];

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(Owned_A, !bus_beat_valid || owner_valid, "a beat without a reader")
  `FLAASH_ASSERT(TurnsInside_A, !next_valid || !next_ready || room, "more outstanding turns than TurnsInside")
  `FLAASH_COVER(InTurns_C, &turn_valid[1:0])
  `FLAASH_ASSERT(OneCommand_A, !begin_i || req_ready[Slots], "a descriptor while another one is being read")
  `FLAASH_ASSERT(OneRest_A, !rest || req_ready[Rests], "the rest of a descriptor while another one is being read")

endmodule : flaash_dma_loader
