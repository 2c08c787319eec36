// SPDX-License-Identifier: Apache-2.0
// Parts: requests the lines of the commands that flaash_resident_waves gives to a group.
//
// Guarantees  Commands in order, the lines of each in order. tag.opens: the first line of a run, or of the first part
//             since a run. tag.opens_piece: the first line of a part; started_o with its request, start_o names its
//             fibers. kind_o and engine_o of the command. busy_o until the last request is accepted.
// Demands     AXI handshake rules. Each command has a line.
// Latency     Two cycles from a command to its first request.
// Throughput  One request per cycle.
// Stalls      Requests wait for room_i, which may not fall before one is accepted. Five commands wait at most.
// Reset       Forgets the commands.

`include "flaash_assert.svh"

module flaash_resident_parts
  import flaash_pkg::*;
  import flaash_plan_pkg::set_size_t;
  import flaash_resident_pkg::*;
(
  input  logic      clk_i,
  input  logic      rst_ni,
  // commands
  input  logic      command_valid_i,
  output logic      command_ready_o,
  input  command_t  command_i,
  output logic      busy_o,
  output logic      started_o,
  output begun_t    start_o,
  // tensor memory
  output logic      req_valid_o,
  input  logic      req_ready_i,
  output request_t  req_o,
  output sum_kind_t kind_o,
  output member_t   engine_o,
  input  logic      room_i        // for the response
);

  command_t   waiting, command_q;                      // the next one; the one whose lines are requested
  logic       waits, valid_q, take, pop, accept, opens;
  logic       begun_q, fresh_q;                        // a line has been requested; a part after a run
  line_addr_t line_q;
  line_sum_t  next;
  logic [2:0] unused_usage;

  flaash_stream_fifo #(
    .Data (command_t),
    .Depth(4)
  ) u_commands (
    .clk_i, .rst_ni,
    .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(waits), .out_ready_i(take), .out_data_o(waiting), .usage_o(unused_usage)
  );

  // Requests come from registers, as the memory needs most of a cycle to accept one.
  assign take   = !valid_q || pop;
  assign next   = line_sum_t'(line_q) + line_sum_t'(command_q.stride);
  assign accept = req_valid_o && req_ready_i;
  assign pop    = accept && next >= line_sum_t'(command_q.stop);
  assign opens  = !begun_q && (command_q.run || fresh_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q            <= 1'b0;
      {begun_q, fresh_q} <= 2'b01;
    end else begin
      if (take)   valid_q            <= waits;
      if (accept) {begun_q, fresh_q} <= {!pop, command_q.run};
    end
  end

  always_ff @(posedge clk_i) begin
    if (take)        {command_q, line_q} <= {waiting, waiting.first};
    else if (accept) line_q              <= line_addr_t'(next);
  end

  assign busy_o      = waits || valid_q;
  assign started_o   = accept && !begun_q && !command_q.run;
  assign start_o     = {set_size_t'(0), command_q.fibers};
  assign req_valid_o = valid_q && room_i;
  // Operand, opens, opens_piece; address.
  assign req_o       = {command_q.run, opens, !begun_q && !command_q.run, line_q};
  assign kind_o      = command_q.kind;
  assign engine_o    = command_q.engine;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, req_o, $bits(request_t))
  `FLAASH_ASSERT(HasLine_A, !valid_q || command_q.first < command_q.stop, "a command without a line")
  `FLAASH_COVER(PartAfterPart_C, started_o && !fresh_q)

endmodule : flaash_resident_parts
