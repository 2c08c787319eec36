// SPDX-License-Identifier: Apache-2.0
// Portion trim: cuts the lines of a portion of A to its own lanes, between the memory and the fiber loader.
//
// Guarantees  The response to a request of a whole fiber passes unchanged. The first line of a portion begins with the
//             portion's first lane, moved down to lane 0. The last line ends with the portion's last lane, and is
//             marked as the last of a fiber. Lanes after the entries are zero. A portion that lies after the entries of
//             the fiber's last line is one line without entries.
// Demands     One response per request, in order; at most Depth outstanding.
// Latency     None: combinational from response to line.
// Reset       Drops the outstanding requests.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_portion_trim
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes      = 4,   // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,  // bits of a coordinate, 1 to 32
  parameter int unsigned ValueWidth = 32,  // bits of a value, 1 or more
  parameter int unsigned Depth      = 8,   // outstanding requests, a power of two, 2 or more
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  // accepted requests
  input  logic                 req_i,
  input  pass_t                req_pass_i,
  // their responses
  input  logic                 rsp_valid_i,
  input  logic [LineWidth-1:0] rsp_data_i,
  output logic                 line_valid_o,
  output logic [LineWidth-1:0] line_o
);

  localparam int unsigned CountWidth = $clog2(Lanes) + 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  // ------------------------------------------------------------ cuts of a request
  // Lanes that stay; `ends`: the line is the portion's last one.
  typedef struct packed {
    logic     ends;
    lane_id_t first;
    lane_id_t last;
  } cut_t;

  portion_t               portion;
  cut_t                   req_cut, cut;
  logic                   ends, cut_valid, cut_ready;
  logic [$clog2(Depth):0] usage;
  logic                   unused_slot;  // the slot of the sum is not needed here

  assign portion     = req_pass_i.portion;
  assign unused_slot = ^portion.slot;

  assign ends    = portion.partial && req_pass_i.ends;
  assign req_cut = {ends, (portion.partial && req_pass_i.begins) ? portion.first_lane : lane_id_t'(0),
                    ends ? portion.last_lane : ~lane_id_t'(0)};

  flaash_stream_fifo #(
    .Width($bits(cut_t)),
    .Depth(Depth)
  ) u_cuts (
    .clk_i,
    .rst_ni,
    .in_valid_i (req_i),
    .in_ready_o (cut_ready),
    .in_data_i  (req_cut),
    .out_valid_o(cut_valid),
    .out_ready_i(rsp_valid_i),
    .out_data_o (cut),
    .usage_o    (usage)
  );

  // -------------------------------------------------------------------- the lanes
  line_t                            in_line, out_line;
  logic [CountWidth-1:0]            stop, count;  // lanes up to the end; entries that stay
  logic [Lanes-1:0][ValueWidth-1:0] in_values, values;
  logic [Lanes-1:0][CoordWidth-1:0] in_coords, coords;

  assign in_line   = rsp_data_i;
  assign in_values = in_line.values;
  assign in_coords = in_line.coords;
  assign stop      = (32'(cut.last) + 1 < 32'(in_line.count)) ? CountWidth'(cut.last) + 1'b1 : in_line.count;
  assign count     = (32'(stop) > 32'(cut.first)) ? stop - CountWidth'(cut.first) : '0;

  always_comb begin
    values = '0;
    coords = '0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      for (int unsigned j = i; j < Lanes; j++) begin
        // Lane j moves to lane i if it is that far from the first one.
        if (32'(cut.first) == j - i && 32'(stop) > j) begin
          values[i] = in_values[j];
          coords[i] = in_coords[j];
        end
      end
    end
  end

  assign out_line     = {in_line.last || cut.ends, count, values, coords};
  assign line_valid_o = rsp_valid_i;
  assign line_o       = out_line;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(RoomForCut_A, !req_i || cut_ready, "more requests than there is room for")
  `FLAASH_ASSERT(CutForAnswer_A, !rsp_valid_i || cut_valid, "a response without a request")
  `FLAASH_COVER(Empty_C, rsp_valid_i && count == '0)
  `FLAASH_COVER(Middle_C, rsp_valid_i && cut.first != '0 && cut.ends && !in_line.last)
  `FLAASH_COVER(AllUnderWay_C, 32'(usage) == Depth)

endmodule : flaash_portion_trim
