// SPDX-License-Identifier: Apache-2.0
// AXI write: writes a stream of beats to memory, from an address on, and lines of 64 bytes between its bursts.
//
// Guarantees  Each beat of in_* is written once, in order, to consecutive addresses from the address of start_i
//             on; of a beat the lowest in_words_i words. A line is written as one burst, before any burst that
//             begins after the line. A burst is whole, except the last one after flush_i. A burst also begins
//             early while no burst has data to send, no beat comes and few responses are missing. A single beat is a
//             burst with an address of its own; its lowest bytes are written. No burst crosses 4 KB or has over
//             BurstBeats beats; at most Bursts wait for a response. A burst begins only when its data are complete,
//             so it never stalls the bus; its address precedes its data, during the data of the previous burst.
//             Offered beats stay. After kill_i no burst begins, and beats outside of bursts are discarded.
// Demands     start_i only while begun_o, and kill_i is low. Beats with fewer than all words only as the last
//             ones before flush_i. kill_i stays until idle_o. Responses keep the order of the bursts.
// Latency     Two cycles from flush_i, or from the last beat of a whole burst, to its address, one more to its
//             data.
// Throughput  A beat per cycle, also with a memory that accepts data only after their address; a burst of one
//             beat in two cycles; a single beat in one.
// Reset       No burst is outstanding: the bus is reset, too.
//
//   in_* --> fifo --+--> w                               (flush_i: the beats in the FIFO leave at once)
//   line_* ---------+--> aw, when a burst is whole --> next burst --> this burst

`include "flaash_assert.svh"
`include "flaash_axi.svh"

module flaash_axi_write
  import flaash_axi_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,  // 128, 256 or 512
  parameter int unsigned Bursts     = 8,    // bursts without a response, most: a power of two, 2 to 128
  parameter int unsigned BurstBeats = 16,   // of a burst, most: a power of two, 2 to 64, and a line or more
  localparam int unsigned Words     = DataWidth / 32,
  localparam int unsigned WordBits  = $clog2(Words) + 1,
  localparam type single_t = `FLAASH_AXI_SINGLE(DataWidth),
  localparam type req_t = `FLAASH_AXI_WRITE_REQ(DataWidth),
  localparam type rsp_t = `FLAASH_AXI_WRITE_RSP
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   start_i,
  input  mem_addr_t              addr_i,     // a multiple of 64
  input  turn_t                  turn_i,     // the name of its bursts
  input  logic                   flush_i,    // no beats follow
  input  logic                   kill_i,
  output logic                   begun_o,    // every accepted beat is in a burst
  output logic                   idle_o,     // every write has its response
  output logic [Turns-1:0]       waits_o,    // a burst of this turn has no response yet
  output resp_t                  resp_o,   // wrong: one cycle long
  output burst_name_t            resp_burst_o,  // the burst of resp_o

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [DataWidth-1:0]   in_data_i,
  input  logic [WordBits-1:0]    in_words_i,  // 1 to Words

  input  logic                   line_valid_i,
  output logic                   line_ready_o,
  input  line_t                  line_i,

  input  logic                   single_valid_i,
  output logic                   single_ready_o,
  input  single_t                single_i,

  output req_t                   axi_o,
  input  rsp_t                   axi_i
);

  localparam int unsigned BeatBytes  = DataWidth / 8;
  localparam int unsigned ByteBits   = $clog2(BeatBytes);
  localparam int unsigned CountBits  = $clog2(BurstBeats) + 1;
  localparam int unsigned IndexBits  = $clog2(BurstBeats);
  localparam int unsigned Depth      = 2 * BurstBeats;
  localparam int unsigned EarlyBeats = (BurstBeats < 8) ? 2 : BurstBeats / 4;
  localparam int unsigned BeatBits   = DataWidth + DataWidth / 8 + 1;
  localparam int unsigned LineBits   = 8 * LineBytes;
  localparam int unsigned LineBeats  = LineBits / DataWidth;

  if (DataWidth != 128 && DataWidth != 256 && DataWidth != 512) begin : gen_illegal_width
    `FLAASH_ILLEGAL("DataWidth must be 128, 256 or 512")
  end
  if (Bursts < 2 || Bursts > 128 || (Bursts & (Bursts - 1)) != 0) begin : gen_illegal_bursts
    `FLAASH_ILLEGAL("Bursts must be a power of two, 2 to 128")
  end
  if (BurstBeats < 2 || BurstBeats > 64 || (BurstBeats & (BurstBeats - 1)) != 0) begin : gen_illegal_beats
    `FLAASH_ILLEGAL("BurstBeats must be a power of two, 2 to 64")
  end
  if (BurstBeats < LineBeats) begin : gen_illegal_line
    `FLAASH_ILLEGAL("BurstBeats must be 64 bytes or more")
  end

  // ------------------------------------------------------------------------ beats
  logic                          fifo_valid, fifo_pop, taken, drops;
  logic [WordBits+DataWidth-1:0] fifo_data;
  logic [DataWidth-1:0]          beat;
  logic [WordBits-1:0]           words;
  logic [DataWidth/8-1:0]        strobes;
  logic                          w_valid;
  logic [BeatBits-1:0]           w;  // data, strobes, last
  logic [$clog2(Depth):0]        usage;

  flaash_ram_fifo #(
    .Width(WordBits + DataWidth),
    .Depth(Depth)
  ) u_fifo (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_data_i({in_words_i, in_data_i}),
    .out_valid_o(fifo_valid), .out_ready_i(fifo_pop), .out_data_o(fifo_data), .usage_o(usage)
  );

  // ----------------------------------------------------------------------- bursts
  mem_addr_t                    addr_q;
  turn_t                        turn_q;
  logic [23:0]                  offset_q;  // of that address
  logic                         next_q;    // the next burst has begun: its address is out, its data wait
  logic [CountBits-1:0]         next_beats_q;
  logic                         next_line_q;  // it is a line
  logic [CountBits-1:0]         left_q;    // beats of this burst that have not left
  logic                         lines_q;   // it is a line
  logic [LineBits-1:0]          line_q;    // rest of a line
  logic                         next_single_q, single_q;  // the next burst, this burst is a single beat
  logic [DataWidth-1:0]         next_data_q, data_q;      // its data
  logic [ByteBits:0]            next_bytes_q, bytes_q;    // its bytes, from the lowest one on
  logic                         began_single, launched;
  logic                         aw_valid_q, may_begin, began, began_line, moves;
  burst_t                       aw_q;
  burst_name_t                  name;
  logic [CountBits-1:0]         room, beats;
  logic [$clog2(Depth):0]       there_q;   // beats in the FIFO that belong to no burst
  logic                         some, whole;  // there are such beats; all up to a multiple of BurstBeats
  logic [IndexBits:0]           index;     // of the first beat after the burst, counted from such a multiple
  logic                         slots_ready, few, early;
  logic                         waiting;   // a burst waits for its response

  assign room       = CountBits'(BurstBeats) - CountBits'(addr_q[ByteBits +: IndexBits]);
  assign some       = there_q != '0;
  assign whole      = 32'(there_q) >= 32'(room);
  assign beats      = whole ? room : there_q[CountBits-1:0];
  assign index      = {1'b0, addr_q[ByteBits +: IndexBits]} + (IndexBits+1)'(beats);
  assign may_begin  = !kill_i && slots_ready && !next_q && (!aw_valid_q || axi_i.aw_ready);
  assign began_line = may_begin && line_valid_i && (left_q == '0 || !lines_q);
  assign began      = may_begin && !began_line && (whole || (some && flush_i) || early);
  // While no burst has data to send and no beat comes, the bus writes the stored beats. Then fewer are left
  // when the last beat has come.
  assign early      = left_q == '0 && !in_valid_i && few && 32'(there_q) >= EarlyBeats;
  // Single beats have an address each, so one begins in every cycle.
  assign began_single = single_valid_i && !kill_i && slots_ready && (!next_q || moves)
                        && (!aw_valid_q || axi_i.aw_ready) && !line_valid_i && !began;
  assign launched   = began || began_line || began_single;
  assign moves      = next_q && (left_q == '0 || (left_q == CountBits'(1) && taken));
  assign drops      = kill_i && left_q == '0 && !next_q;  // beats of no burst
  assign w_valid    = left_q != '0;
  assign taken      = w_valid && axi_i.w_ready;

  assign line_ready_o = began_line;
  assign single_ready_o = began_single || kill_i;
  assign begun_o      = !some;
  assign fifo_pop     = (taken && !lines_q && !single_q) || drops;
  assign {words, beat} = fifo_data;
  for (genvar i = 0; i < int'(Words); i++) begin : gen_strobe
    for (genvar b = 0; b < 4; b++) begin : gen_byte
      assign strobes[4*i+b] = single_q ? 32'(bytes_q) > 4 * i + b : lines_q || 32'(words) > i;
    end
  end
  assign w = {single_q ? data_q : lines_q ? line_q[DataWidth-1:0] : beat, strobes, left_q == CountBits'(1)};

  assign axi_o.aw_valid = aw_valid_q;
  assign axi_o.aw       = aw_q;
  assign axi_o.w_valid  = w_valid;
  assign axi_o.b_ready  = 1'b1;
  assign {axi_o.w_data, axi_o.w_strb, axi_o.w_last} = w;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q       <= '0;
      turn_q       <= '0;
      offset_q     <= '0;
      there_q      <= '0;
      left_q       <= '0;
      lines_q      <= 1'b0;
      line_q       <= '0;
      aw_valid_q   <= 1'b0;
      aw_q         <= '0;
      next_q       <= 1'b0;
      next_beats_q <= '0;
      next_line_q  <= 1'b0;
      {next_single_q, single_q} <= '0;
      {next_bytes_q, bytes_q}   <= '0;
      {next_data_q, data_q}     <= '0;
    end else begin
      there_q <= there_q + ($clog2(Depth)+1)'(in_valid_i && in_ready_o) - (began ? ($clog2(Depth)+1)'(beats) : '0)
                         - ($clog2(Depth)+1)'(drops && fifo_valid);
      if (taken) left_q <= left_q - 1'b1;
      if (taken && lines_q) line_q <= LineBits'({{DataWidth{1'b0}}, line_q} >> DataWidth);
      if (moves) begin
        next_q  <= 1'b0;
        left_q  <= next_beats_q;
        lines_q <= next_line_q;
        single_q <= next_single_q;
        bytes_q  <= next_bytes_q;
        if (next_single_q) data_q <= next_data_q;
      end
      if (axi_i.aw_ready) aw_valid_q <= 1'b0;
      if (launched) begin
        aw_valid_q   <= 1'b1;
        aw_q         <= began_single ? {single_i.addr, 8'd0}
                                     : began_line ? {line_i.addr, 8'(LineBeats - 1)} : {addr_q, 8'(beats) - 8'd1};
        next_q       <= 1'b1;
        next_beats_q <= began_single ? CountBits'(1) : began_line ? CountBits'(LineBeats) : beats;
        next_line_q  <= began_line;
        next_single_q <= began_single;
        next_bytes_q  <= single_i.bytes[ByteBits:0];
      end
      if (began_single) next_data_q <= single_i.data;
      if (began_line) line_q <= line_i.data;
      if (began) begin
        addr_q   <= {addr_q[63:ByteBits+IndexBits] + (64-ByteBits-IndexBits)'(index[IndexBits]),
                     index[IndexBits-1:0], ByteBits'(0)};
        offset_q <= offset_q + (24'(beats) << (ByteBits - 4));
      end
      if (start_i) begin
        addr_q   <= addr_i;
        turn_q   <= turn_i;
        offset_q <= '0;
      end
    end
  end

  // -------------------------------------------------------------------- responses
  // A response belongs to the oldest burst that waits.
  localparam int unsigned WaitBits = $clog2(Bursts) + 1;

  logic [1:0]          b_resp;
  logic [WaitBits-1:0] waits;

  assign name.line   = !began_single && began_line;
  assign name.turn   = began_single ? single_i.turn : began_line ? line_i.turn : turn_q;
  assign name.array  = began_single ? single_i.array : 2'd0;
  assign name.offset = began_single ? single_i.offset : began_line ? 24'd0 : offset_q;

  assign b_resp   = axi_i.b_resp;
  assign few      = 32'(waits) < Bursts / 2;
  assign resp_o = {axi_i.b_valid && b_resp[1], b_resp[0]};
  assign idle_o   = !fifo_valid && !waiting;

  flaash_stream_fifo #(
    .Data (burst_name_t),
    .Depth(Bursts)
  ) u_names (
    .clk_i, .rst_ni,
    .in_valid_i(launched), .in_ready_o(slots_ready), .in_data_i(name),
    .out_valid_o(waiting), .out_ready_i(axi_i.b_valid), .out_data_o(resp_burst_o), .usage_o(waits)
  );

  for (genvar t = 0; t < int'(Turns); t++) begin : gen_turn
    logic [WaitBits-1:0] count_q;
    logic                comes, goes;

    assign comes      = launched && name.turn == turn_t'(t);
    assign goes       = axi_i.b_valid && resp_burst_o.turn == turn_t'(t);
    assign waits_o[t] = count_q != '0;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) count_q <= '0;
      else         count_q <= count_q + WaitBits'(comes) - WaitBits'(goes);
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(aw, aw_valid_q, axi_i.aw_ready, aw_q, 72)
  `FLAASH_STREAM_CHECK(w, w_valid, axi_i.w_ready, w, BeatBits)
  `FLAASH_ASSERT(DataIsThere_A, !w_valid || lines_q || single_q || fifo_valid, "a burst without data")
  `FLAASH_ASSERT(There_A, there_q == usage - ((lines_q || single_q) ? '0 : ($clog2(Depth)+1)'(left_q))
                                           - ((next_q && !next_line_q && !next_single_q)
                                              ? ($clog2(Depth)+1)'(next_beats_q) : '0),
                 "beats of a burst belong to another one, too")
  `FLAASH_ASSERT(StartWhenBegun_A, !start_i || (begun_o && !kill_i), "a new address while beats wait")
  `FLAASH_ASSERT(LineWhole_A, !line_valid_i || line_i.addr[5:0] == '0, "a line that is not aligned to 64 bytes")
  `FLAASH_STREAM_CHECK(b, axi_i.b_valid, 1'b1, b_resp, 2)
  `FLAASH_ASSERT(Room_A, !launched || slots_ready, "more bursts than can wait")
  `FLAASH_ASSERT(Asked_A, !axi_i.b_valid || waiting, "a response without a burst")
  `FLAASH_ASSERT(SingleAligned_A, !single_valid_i || single_i.addr[ByteBits-1:0] == '0, "a beat that is not aligned")
  `FLAASH_COVER(SingleAfterSingle_C, began_single && next_q && next_single_q && moves)
  `FLAASH_COVER(AllWait_C, 32'(waits) == Bursts)
  `FLAASH_COVER(StopInBurst_C, kill_i && w_valid)
  `FLAASH_COVER(LineBetween_C, began_line && some)
  `FLAASH_COVER(Early_C, began && early && beats != room)
  `FLAASH_COVER(Ahead_C, began && left_q != '0)

endmodule : flaash_axi_write
