// SPDX-License-Identifier: Apache-2.0
// Parts: requests the lines of the commands that flaash_resident_waves gives to a group.
//
// Guarantees  Commands in order, the lines of each in order. tag.opens: the first line of a run, or of the first part
//             since a run. tag.opens_piece: the first line of a part; started_o with its request, start_o names its
//             fibers. kind_o and engine_o of the command. busy_o until the last request is accepted.
// Demands     AXI handshake rules. Each command has a line.
// Latency     One cycle from a command to its first request.
// Throughput  One request per cycle.
// Stalls      Requests wait for room_i, which may not fall before one is accepted. Four commands wait at most.
// Reset       Forgets the commands.

`include "flaash_assert.svh"

module flaash_resident_parts
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
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
  output fibers_t   start_o,
  // tensor memory
  output logic      req_valid_o,
  input  logic      req_ready_i,
  output request_t  req_o,
  output sum_kind_t kind_o,
  output member_t   engine_o,
  input  logic      room_i        // for the response
);

  command_t   command;
  logic       valid, pop, accept, begun_q, fresh_q, opens;  // begun: a line has been requested; fresh: after a run
  line_addr_t next_q, line;
  line_sum_t  next;
  logic [2:0] unused_usage;

  flaash_stream_fifo #(
    .Data (command_t),
    .Depth(4)
  ) u_commands (
    .clk_i, .rst_ni,
    .in_valid_i(command_valid_i), .in_ready_o(command_ready_o), .in_data_i(command_i),
    .out_valid_o(valid), .out_ready_i(pop), .out_data_o(command), .usage_o(unused_usage)
  );

  assign line   = begun_q ? next_q : command.first;
  assign next   = line_sum_t'(line) + line_sum_t'(command.stride);
  assign accept = req_valid_o && req_ready_i;
  assign pop    = accept && next >= line_sum_t'(command.stop);
  assign opens  = !begun_q && (command.run || fresh_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     {begun_q, fresh_q} <= 2'b01;
    else if (accept) {begun_q, fresh_q} <= {!pop, command.run};
  end

  always_ff @(posedge clk_i) begin
    if (accept) next_q <= line_addr_t'(next);
  end

  assign busy_o      = valid;
  assign started_o   = accept && !begun_q && !command.run;
  assign start_o     = command.fibers;
  assign req_valid_o = valid && room_i;
  assign req_o       = {command.run, opens, !begun_q && !command.run, line};  // operand, opens, opens_piece; address
  assign kind_o      = command.kind;
  assign engine_o    = command.engine;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o, req_ready_i, req_o, $bits(request_t))
  `FLAASH_ASSERT(HasLine_A, !valid || command.first < command.stop, "a command without a line")
  `FLAASH_COVER(PartAfterPart_C, started_o && !fresh_q)

endmodule : flaash_resident_parts
