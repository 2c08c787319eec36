// SPDX-License-Identifier: Apache-2.0
// AXI reads: several readers share the bus in turns, so that no reader waits for the data of another one.
//
// Guarantees  Each beat of a request comes at out_* of its reader once, in order. Readers with requests take
//             turns of a burst; a reader whose consumer accepts no beats holds back no other. From the cycle after
//             kill_i on no burst begins, and beats that still come are discarded.
// Demands     The memory responds in order. kill_i stays for two cycles, and until idle_o.
// Latency     Three cycles from a request to its first address, one for data.
// Throughput  A burst in two cycles, a beat per cycle.
// Reset       rst_ni with the bus; the cycle after kill_i: requests and contents of the readers.
//
//   req_* --> reader --> tree of arbiters --> u_axi_read --> bus
//   out_* <--   |  <-------- whose turn it is <-- FIFO <-- beats

`include "flaash_assert.svh"
`include "flaash_axi.svh"

module flaash_axi_reads
  import flaash_axi_pkg::*;
#(
  parameter int unsigned DataWidth = 128,  // of the bus: 128, 256 or 512
  parameter int unsigned Bursts    = 8,    // outstanding, most
  parameter int unsigned Readers   = 5,    // the last one waits least
  parameter int unsigned Depth     = 64,   // beats that a reader stores: a power of two, 16 or more
  localparam type axi_req_t = `FLAASH_AXI_READ_REQ,
  localparam type axi_rsp_t = `FLAASH_AXI_READ_RSP(DataWidth),
  localparam type beat_t = `FLAASH_AXI_BEAT(DataWidth)
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,
  input  logic                              kill_i,
  output logic                              idle_o,

  input  logic [Readers-1:0]                req_valid_i,
  output logic [Readers-1:0]                req_ready_o,
  input  read_req_t [Readers-1:0]           req_i,
  output logic [Readers-1:0]                out_valid_o,
  input  logic [Readers-1:0]                out_ready_i,
  output beat_t [Readers-1:0]               out_o,

  output axi_req_t                          axi_o,
  input  axi_rsp_t                          axi_i
);

  localparam int unsigned TurnBeats   = (DataWidth < 512) ? 32 : 16;  // 512 bytes or 1 KB
  localparam int unsigned ReaderWidth = (Readers > 1) ? $clog2(Readers) : 1;
  localparam int unsigned TurnWidth   = ReaderWidth + $bits(read_req_t);
  localparam int unsigned TurnsInside = 2 ** $clog2(Bursts + 2);  // outstanding turns, one on offer, one beginning

  logic load_rst_nq;  // the bus is not reset with the readers

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_rst_nq <= 1'b0;
    else         load_rst_nq <= !kill_i;
  end

  // -------------------------------------------------------------------- readers
  logic [Readers-1:0]                turn_valid, turn_ready, reader_idle, to_reader, unused_ready;
  read_req_t [Readers-1:0]           turn;
  logic [Readers-1:0][TurnWidth-1:0] named;  // with the reader's number
  beat_t                             beat;

  for (genvar i = 0; i < int'(Readers); i++) begin : gen_reader
    assign named[i] = {ReaderWidth'(i), turn[i]};

    flaash_axi_reader #(
      .DataWidth(DataWidth), .TurnBeats(TurnBeats), .Depth(Depth)
    ) u_reader (
      .clk_i, .rst_ni(load_rst_nq), .idle_o(reader_idle[i]),
      .req_valid_i(req_valid_i[i]), .req_ready_o(req_ready_o[i]), .req_i(req_i[i]),
      .turn_valid_o(turn_valid[i]), .turn_ready_i(turn_ready[i]), .turn_o(turn[i]),
      .in_valid_i(to_reader[i]), .in_ready_o(unused_ready[i]), .in_i(beat),
      .out_valid_o(out_valid_o[i]), .out_ready_i(out_ready_i[i]), .out_o(out_o[i])
    );
  end

  // ---------------------------------------------------------------------- turns
  logic                   next_valid, next_ready, read_idle;
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

  logic beat_valid;

  flaash_axi_read #(
    .DataWidth(DataWidth), .Bursts(Bursts), .BurstBeats(TurnBeats)
  ) u_axi_read (
    .clk_i, .rst_ni,
    .kill_i(!load_rst_nq), .idle_o(read_idle),
    .req_valid_i(next_valid), .req_ready_o(next_ready), .req_i(next_req),
    .axi_o, .axi_i, .out_valid_o(beat_valid), .out_ready_i(1'b1), .out_o(beat)
  );

  assign idle_o = read_idle && !next_valid && (&reader_idle);

  // ---------------------------------------------------------- whose turn beats are
  logic                         owner_valid, room;
  logic [ReaderWidth-1:0]       owner;
  logic [$clog2(TurnsInside):0] unused_usage;

  flaash_stream_fifo #(
    .Width(ReaderWidth), .Depth(TurnsInside)
  ) u_owners (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(next_valid && next_ready), .in_ready_o(room), .in_data_i(next_reader),
    .out_valid_o(owner_valid), .out_ready_i(beat_valid && axi_i.r_last), .out_data_o(owner), .usage_o(unused_usage)
  );

  for (genvar i = 0; i < int'(Readers); i++) begin : gen_owner
    assign to_reader[i] = beat_valid && owner == ReaderWidth'(i);
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Owned_A, !beat_valid || owner_valid, "a beat without a reader")
  `FLAASH_ASSERT(TurnsInside_A, !next_valid || !next_ready || room, "more outstanding turns than TurnsInside")
  `FLAASH_COVER(InTurns_C, &turn_valid[1:0])

endmodule : flaash_axi_reads
