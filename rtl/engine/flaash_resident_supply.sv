// SPDX-License-Identifier: Apache-2.0
// Supply: reads the lines of a piece through a group's port of the tensor memory, in the order in which its engines
// need them.
//
// Guarantees  The lines of flaash_resident_fetch, or with spread_i the lines of flaash_resident_parts, each with its
//             tag, in order. start_o describes the fibers, from a tag that opens a piece or a part on.
//             busy_o until the last line has left; why_a_o: the missing line is one of A.
//             A piece waits while keep_i; drop_i withdraws it.
// Demands     As these two modules; a row or column the first time only while not busy_o. Responses in the order of the
//             requests.
// Latency     From the piece to its first line: the memory's latency and 3 cycles.
// Throughput  One line per cycle.
// Stalls      LineDepth lines wait at most.
// Reset       Forgets everything inside.
//
//   u_sets or u_parts -> req_*;  rsp_* -> u_lines -> line_*
//       +----------------- tags -> u_tags -----^

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_resident_supply
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,  // Format*
  parameter int unsigned Lanes      = 4,           // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,          // bits of a contracted coordinate
  parameter int unsigned LineDepth  = 8,           // lines of prefetch, a power of two, 2 or more
  localparam type line_t = `FLAASH_LINE(Lanes, CoordWidth, value_width(Format))
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  // the contraction
  input  logic             spread_i,
  input  logic             row_valid_i,
  input  row_t             row_i,
  input  logic             column_valid_i,
  input  column_t          column_i,
  input  logic             keep_i,   // the contraction of the piece has not started
  input  logic             drop_i,   // and never will
  input  logic             command_valid_i,
  output logic             command_ready_o,
  input  command_t         command_i,
  output logic             busy_o,
  output logic             why_a_o,
  // fiber table of A
  output logic             bound_req_o,
  output fiber_id_t        bound_fiber_o,
  input  logic             bound_grant_i,
  input  table_rsp_t       bound_i,
  // tensor memory
  output logic             req_valid_o,
  input  logic             req_ready_i,
  output line_id_t         req_o,
  input  logic             rsp_valid_i,
  input  line_t            rsp_data_i,
  // lines
  output logic             line_valid_o,
  input  logic             line_ready_i,
  output line_tag_t        tag_o,
  output line_t            line_o,
  output begun_t           start_o
);

  localparam int unsigned CountWidth = $clog2(LineDepth) + 1;

  // ------------------------------------------------------------------------ requests
  logic      set_valid, set_started, set_busy, part_valid, part_started, part_busy;
  begun_t    set_start, part_start;
  request_t  set_request, part_request, req;
  sum_kind_t kind;
  member_t   engine;
  line_tag_t req_tag;
  logic      accept, room_q, started;
  logic [CountWidth-1:0] promised_q, kept;  // requested lines that have not left, and do not leave now

  flaash_resident_fetch u_sets (
    .clk_i, .rst_ni,
    .row_valid_i, .row_i, .column_valid_i, .column_i, .hold_i(keep_i), .drop_i, .busy_o(set_busy),
    .started_o(set_started), .start_o(set_start),
    .bound_req_o, .bound_fiber_o, .bound_grant_i, .bound_i,
    .req_valid_o(set_valid), .req_ready_i, .req_o(set_request), .room_i(room_q)
  );

  flaash_resident_parts u_parts (
    .clk_i, .rst_ni,
    .command_valid_i, .command_ready_o, .command_i, .busy_o(part_busy),
    .started_o(part_started), .start_o(part_start),
    .req_valid_o(part_valid), .req_ready_i, .req_o(part_request), .kind_o(kind), .engine_o(engine), .room_i(room_q)
  );

  assign started     = set_started || part_started;
  assign req_valid_o = set_valid || part_valid;
  assign req         = part_valid ? part_request : set_request;
  assign req_tag     = part_valid ? {kind, engine, req.tag} : {sum_kind_t'(0), member_t'(0), req.tag};
  assign req_o       = {req_tag.tag.operand, req.addr};
  assign accept      = req_valid_o && req_ready_i;

  // ------------------------------------------------ lines, each with its tag
  logic      tags_valid, tags_ready, lines_ready, waiting_valid, waiting_pop, line_pop;
  line_tag_t rsp_tag, waiting_tag;
  line_t     waiting_line;
  logic      start_pop, starts_valid;
  begun_t    start;
  logic [CountWidth-1:0] unused_tags, unused_lines, unused_starts;

  flaash_stream_fifo #(
    .Width($bits(line_tag_t)),
    .Depth(LineDepth)
  ) u_tags (
    .clk_i, .rst_ni,
    .in_valid_i(accept), .in_ready_o(tags_ready), .in_data_i(req_tag),
    .out_valid_o(tags_valid), .out_ready_i(rsp_valid_i), .out_data_o(rsp_tag), .usage_o(unused_tags)
  );

  flaash_stream_fifo #(
    .Width($bits(line_tag_t) + $bits(line_t)),
    .Depth(LineDepth)
  ) u_lines (
    .clk_i, .rst_ni,
    .in_valid_i(rsp_valid_i), .in_ready_o(lines_ready), .in_data_i({rsp_tag, rsp_data_i}),
    .out_valid_o(waiting_valid), .out_ready_i(waiting_pop), .out_data_o({waiting_tag, waiting_line}),
    .usage_o(unused_lines)
  );

  assign line_pop    = line_valid_o && line_ready_i;
  assign waiting_pop = !line_valid_o || line_pop;
  assign kept        = promised_q - CountWidth'(waiting_valid && waiting_pop);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      promised_q   <= '0;
      room_q       <= 1'b1;
      line_valid_o <= 1'b0;
    end else begin
      promised_q <= accept ? kept + 1'b1 : kept;
      room_q     <= accept ? kept != CountWidth'(LineDepth - 1) : kept != CountWidth'(LineDepth);
      if (waiting_pop) line_valid_o <= waiting_valid;
    end
  end

  always_ff @(posedge clk_i) begin
    if (waiting_valid && waiting_pop) {tag_o, line_o} <= {waiting_tag, waiting_line};
    if (start_pop) start_o <= start;
  end

  // ---------------------------------------------------------- pieces and parts on their way
  logic    starts_ready, started_q;
  begun_t  begun_q;
  tag_t    tag;  // of the line that leaves u_lines

  logic unused_tag;
  assign unused_tag = tag.opens;

  assign tag       = waiting_tag.tag;
  assign start_pop = waiting_valid && waiting_pop && !tag.operand && tag.opens_piece;

  // A piece follows from responses of the tables, late in a cycle. Its first line comes two cycles later or more.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) started_q <= 1'b0;
    else         started_q <= started;
  end

  always_ff @(posedge clk_i) begun_q <= part_started ? part_start : set_start;

  flaash_stream_fifo #(
    .Width($bits(begun_t)),
    .Depth(LineDepth)
  ) u_starts (
    .clk_i, .rst_ni,
    .in_valid_i(started_q), .in_ready_o(starts_ready), .in_data_i(begun_q),
    .out_valid_o(starts_valid), .out_ready_i(start_pop), .out_data_o(start),
    .usage_o(unused_starts)
  );

  assign busy_o  = set_busy || part_busy || promised_q != '0 || line_valid_o;
  // A group without a command waits for a line of A.
  assign why_a_o = tags_valid ? !rsp_tag.tag.operand : !(req_tag.tag.operand && (req_valid_o || !spread_i));

  // -------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, {req_o, req_tag}, $bits(line_id_t) + $bits(line_tag_t))
  `FLAASH_STREAM_CHECK(line, line_valid_o, line_ready_i, {tag_o, line_o}, $bits(line_tag_t) + $bits(line_t))
  `FLAASH_ASSERT(AnswerAsked_A, tags_valid || !rsp_valid_i, "a response without a request")
  `FLAASH_ASSERT(RoomForAll_A, (tags_ready || !accept) && (lines_ready || !rsp_valid_i) && (starts_ready || !started_q),
                 "no room for a line")
  `FLAASH_ASSERT(StartKnown_A, !start_pop || starts_valid, "a piece that has not started")
  `FLAASH_ASSERT(OneSource_A, !set_valid || !part_valid, "lines of sets and of parts at a time")

endmodule : flaash_resident_supply
