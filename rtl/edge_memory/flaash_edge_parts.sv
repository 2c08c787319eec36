// SPDX-License-Identifier: Apache-2.0
// Edge parts: lists and requests the arrays of an operand, in the order of its frame.
//
// Guarantees  After start_i part_o lists crd, if it has nodes, and pos of every upper level, then crd of the leaf.
//             Parts that are read are also requested at req_o[0], in the same order, and val of the leaf at req_o[1].
//             No array is read beyond the beat of its last element.
// Demands     start_i while idle_o; level_i responds to level_id_o in the same cycle. source_i and the levels
//             stay until idle_o.
// Latency     Three cycles from start_i to the first part.
// Throughput  A part per cycle, two cycles more per level.
// Reset       Idle.

`include "flaash_assert.svh"

module flaash_edge_parts
  import flaash_pkg::*;
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
  output logic            part_valid_o,
  input  logic            part_ready_i,
  output part_t           part_o
);

  localparam int unsigned BeatBytes  = DataWidth / 8;
  localparam int unsigned BeatShift  = $clog2(BeatBytes);
  localparam int unsigned ValueShift = $clog2(value_width(Format) / 8);

  typedef enum logic [2:0] {PartsIdle, PartsRead, PartsLevel, PartsCrd, PartsPos, PartsLeafCrd, PartsLeafVal} state_e;

  state_e     state_q;
  logic [2:0] level_q;
  level_t     read_q;  // the level: its choice takes most of a cycle
  logic       leaf, leaf_level, upper_end, fires, names, empty;

  assign names      = state_q == PartsCrd || state_q == PartsPos || state_q == PartsLeafCrd;
  assign leaf       = state_q == PartsLeafCrd;
  assign leaf_level = 4'(level_q) + 4'd1 == source_i.order;
  assign upper_end  = 4'(level_q) + 4'd2 == source_i.order;
  assign empty      = source_i.entries == '0;
  assign level_id_o = 4'(level_q) + source_i.base;
  assign idle_o     = state_q == PartsIdle;

  always_ff @(posedge clk_i) read_q <= level_i;

  // ---------------------------------------------------------------------- sizes
  logic [35:0] bytes;
  mem_addr_t   base;
  logic        made, last;

  always_comb begin
    bytes = 36'(read_q.count) << 2;
    base  = read_q.first;
    made  = 1'b0;
    last  = 1'b0;
    unique case (state_q)
      PartsCrd: begin
        base = read_q.second;
        made = read_q.dense;
      end
      PartsPos: begin
        bytes = (36'(read_q.count) + 1'b1) << 2;
        last  = upper_end && empty;
      end
      PartsLeafCrd: begin
        bytes = 36'(read_q.count) << (read_q.short_crd ? 2'd1 : 2'd2);
        last  = 1'b1;
      end
      PartsLeafVal: begin
        bytes = 36'(read_q.count) << ValueShift;
        base  = read_q.second;
      end
      default: base = read_q.first;
    endcase
  end

  logic [35:0] beats;
  read_req_t   req;
  logic [3:0]  part;

  assign beats  = (bytes + 36'(BeatBytes - 1)) >> BeatShift;
  assign req    = {base, beats[31:0]};
  assign part   = (state_q == PartsPos) ? PartPos : PartCrd;

  logic unused_bits;
  assign unused_bits = ^{beats[35:32], read_q.extent, source_i.short_crd};

  assign req_o        = {req, req};
  assign req_valid_o  = {state_q == PartsLeafVal, names && part_ready_i && !made};
  assign part_o       = {leaf ? 3'd7 : level_q, part, made, beats[31:0], bytes[5:2], last};
  assign part_valid_o = names && (made || req_ready_i[0]);
  assign fires        = part_valid_o && part_ready_i;

  // -------------------------------------------------------------- state machine
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= PartsIdle;
      level_q <= '0;
    end else begin
      unique case (state_q)
        PartsIdle: begin
          level_q <= '0;
          if (start_i) state_q <= PartsRead;
        end
        PartsRead: state_q <= PartsLevel;
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
  `FLAASH_STREAM_CHECK(part, part_valid_o, part_ready_i, part_o, 45)
  `FLAASH_ASSERT(StartWhenIdle_A, !start_i || idle_o, "started while parts are to come")
  `FLAASH_COVER(Made_C, fires && made)

endmodule : flaash_edge_parts
