// SPDX-License-Identifier: Apache-2.0
// Edge parts: requests the arrays of an operand, in the order of its frame.
//
// Guarantees  After start_i req_o[0] requests crd, if it has nodes and is not dense, and pos of every upper level, then
//             crd of the leaf; req_o[1] requests val of the leaf. level_o lists the levels, also while a request
//             waits: the operand's beats are accepted only after all of its levels. No array is read beyond the beat
//             of its last element.
// Demands     start_i while idle_o; level_i responds to level_id_o in the same cycle. source_i and the levels
//             stay until idle_o. room_i stays until the levels of an operand have come.
// Latency     Three cycles from start_i to the first request, if there is room for the levels.
// Throughput  A request per cycle, two cycles more per level.
// Reset       Idle.

`include "flaash_assert.svh"

module flaash_edge_parts
  import flaash_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format    = FormatFp32,
  parameter int unsigned DataWidth = 128         // of the bus: 128, 256 or 512
) (
  input  logic            clk_i,
  input  logic            rst_ni,

  input  logic            start_i,
  output logic            idle_o,

  input  source_t         source_i,    // the operand
  output logic [3:0]      level_id_o,  // in the descriptor
  input  level_t          level_i,

  output logic [1:0]      req_valid_o,
  input  logic [1:0]      req_ready_i,
  output read_req_t [1:0] req_o,
  input  logic            room_i,      // for the levels of an operand
  output logic            listed_o,
  output operand_level_t  level_o
);

  localparam int unsigned BeatBytes  = DataWidth / 8;
  localparam int unsigned BeatShift  = $clog2(BeatBytes);
  localparam int unsigned ValueShift = $clog2(value_width(Format) / 8);

  typedef enum logic [2:0] {PartsIdle, PartsRead, PartsLevel, PartsCrd, PartsPos, PartsLeafCrd, PartsLeafVal} state_e;

  state_e     state_q;
  logic [2:0] level_q;
  level_t     read_q;  // the level: its choice takes most of a cycle
  logic       leaf_level, fires, reads, empty;
  logic       lists_q;  // levels are to be listed; in each cycle that does not read a level for requests
  logic [2:0] list_q;   // the next one
  logic       lists, list_last;

  assign reads      = state_q == PartsPos || state_q == PartsLeafCrd || (state_q == PartsCrd && !read_q.dense);
  assign leaf_level = 4'(level_q) + 4'd1 == source_i.order;
  assign empty      = source_i.entries == '0;
  assign lists      = lists_q && state_q != PartsRead;
  assign level_id_o = 4'(lists ? list_q : level_q) + source_i.base;
  assign idle_o     = state_q == PartsIdle;

  always_ff @(posedge clk_i) begin
    if (state_q == PartsRead) read_q <= level_i;
  end

  // ---------------------------------------------------------------------- sizes
  logic [35:0] bytes;
  mem_addr_t   base;

  always_comb begin
    bytes = 36'(read_q.count) << 2;
    base  = read_q.first;
    unique case (state_q)
      PartsCrd:     base  = read_q.second;
      PartsPos:     bytes = (36'(read_q.count) + 1'b1) << 2;
      PartsLeafCrd: bytes = 36'(read_q.count) << (read_q.short_crd ? 2'd1 : 2'd2);
      PartsLeafVal: begin
        bytes = 36'(read_q.count) << ValueShift;
        base  = read_q.second;
      end
      default: base = read_q.first;
    endcase
  end

  logic [35:0] beats;
  read_req_t   req;

  assign beats = (bytes + 36'(BeatBytes - 1)) >> BeatShift;
  assign req   = {base, beats[31:0]};

  logic unused_bits;
  assign unused_bits = ^{beats[35:32], read_q.extent, source_i.short_crd};

  assign req_o         = {req, req};
  assign req_valid_o   = {state_q == PartsLeafVal, reads};
  assign fires         = req_ready_i[0] || !reads;
  assign list_last     = 4'(list_q) + 4'd1 == source_i.order;
  assign level_o       = {list_last, level_i.dense, level_i.extent, entry_id_t'(level_i.count)};
  assign listed_o      = lists;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= PartsIdle;
      level_q <= '0;
      lists_q <= 1'b0;
      list_q  <= '0;
    end else begin
      if (start_i)                 lists_q <= 1'b1;
      else if (lists && list_last) lists_q <= 1'b0;
      if (start_i)    list_q <= '0;
      else if (lists) list_q <= list_q + 1'b1;
      unique case (state_q)
        PartsIdle: begin
          level_q <= '0;
          if (start_i) state_q <= PartsRead;
        end
        PartsRead: if (room_i || level_q != '0) state_q <= PartsLevel;
        PartsLevel: begin
          if (leaf_level) begin
            if (empty) state_q <= PartsIdle;
            else state_q <= PartsLeafCrd;
          end else if (read_q.count == '0) begin
            state_q <= PartsPos;
          end else begin
            state_q <= PartsCrd;
          end
        end
        PartsCrd: if (fires) state_q <= PartsPos;
        PartsPos: if (fires) begin
          state_q <= PartsRead;
          level_q <= level_q + 1'b1;
        end
        PartsLeafCrd: if (fires) state_q <= PartsLeafVal;
        default: if (req_ready_i[1]) state_q <= PartsIdle;
      endcase
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o[0], req_ready_i[0], req, 96)
  `FLAASH_STREAM_CHECK(val, req_valid_o[1], req_ready_i[1], req, 96)
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || idle_o, "started while parts are to come")
  `FLAASH_COVER(Made_C, state_q == PartsCrd && !reads)
  `FLAASH_ASSERT(Listed_A, !idle_o || !lists_q, "levels are not listed before the requests have ended")
  `FLAASH_COVER(WaitsForRoom_C, state_q == PartsRead && level_q == '0 && !room_i)

endmodule : flaash_edge_parts
