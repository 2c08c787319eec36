// SPDX-License-Identifier: Apache-2.0
// Ideal tensor memory: every port reads in every cycle. The reference for comparisons; in hardware
// it would be copied once per port.
//
// Guarantees  A read accepted in cycle t is answered in cycle t + Latency, with the line that was
//             last written there. No read is ever refused; conflicts_o is 0.
// Demands     Addresses below Lines. Only lines that have been written are read, and a line is not
//             written while a read of it is under way. Requesters have room for the answers.
// Latency     Latency cycles.
// Throughput  NumPorts reads and one write per cycle.
// Errors      A line of which a bit has flipped is answered as it is, parity_error_o tells a cycle later.
// Reset       Forgets reads that are under way; keeps the lines.
//
// Requests, not lines, wait in the delay line, because they are narrower.

`include "flaash_assert.svh"

module flaash_tensor_memory_ideal
  import flaash_pkg::*;
#(
  parameter int unsigned NumPorts  = 2,    // read ports, 1 or more
  parameter int unsigned LineWidth = 64,   // bits of a line, 1 or more
  parameter int unsigned Lines     = 256,  // per operand, 1 to 2**LineAddrWidth
  parameter int unsigned Latency   = 2,    // cycles, 1 or more
  parameter int unsigned Banks     = 1,    // ignored; the banked memory has the same parameters
  parameter int unsigned Parity    = 1,    // 1: a parity bit per line, 0: none
  localparam int unsigned CountWidth = $clog2(NumPorts + 1)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // writes, always taken
  input  logic                               wr_valid_i,
  input  logic                               wr_operand_i,  // 0 A, 1 B
  input  line_addr_t                         wr_addr_i,
  input  logic [LineWidth-1:0]               wr_data_i,

  // reads
  input  logic [NumPorts-1:0]                req_valid_i,
  output logic [NumPorts-1:0]                req_ready_o,
  input  logic [NumPorts-1:0]                req_operand_i,
  input  line_addr_t [NumPorts-1:0]          req_addr_i,
  output logic [NumPorts-1:0]                rsp_valid_o,
  output logic [NumPorts-1:0][LineWidth-1:0] rsp_data_o,

  // performance counters
  output logic [CountWidth-1:0]              reads_o,
  output logic [CountWidth-1:0]              conflicts_o,

  // a line whose parity is wrong was delivered in the cycle before
  output logic                               parity_error_o,
  output logic                               parity_operand_o,
  output line_addr_t                         parity_addr_o
);

  if (NumPorts < 1 || LineWidth < 1) begin : gen_illegal_ports
    `FLAASH_ILLEGAL("NumPorts and LineWidth must be 1 or more")
  end
  if (Lines < 1 || Lines > 2 ** LineAddrWidth) begin : gen_illegal_lines
    `FLAASH_ILLEGAL("Lines must be 1 to 2**LineAddrWidth")
  end
  if (Latency < 1 || Banks < 1) begin : gen_illegal_latency
    `FLAASH_ILLEGAL("Latency and Banks must be 1 or more")
  end

  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end

  localparam int unsigned WordWidth  = LineWidth + Parity;
  localparam int unsigned PlaceWidth = $clog2(2 * Lines);

  // Where a line is stored. The operands alternate, so that 2 * Lines words are enough.
  function automatic logic [PlaceWidth-1:0] place_of(line_addr_t addr, logic operand);
    return PlaceWidth'({addr, operand});
  endfunction

  // ------------------------------------------------------------------ requests
  logic [NumPorts-1:0][PlaceWidth-1:0] req_place, read_place;
  logic [NumPorts-1:0]                 read_valid;

  for (genvar port = 0; port < NumPorts; port++) begin : gen_place
    assign req_place[port] = place_of(req_addr_i[port], req_operand_i[port]);
  end

  flaash_delay_line #(
    .Channels(NumPorts),
    .Width   (NumPorts * PlaceWidth),
    .Delay   (Latency - 1)
  ) u_delay (
    .clk_i,
    .rst_ni,
    .valid_i(req_valid_i),
    .data_i (req_place),
    .valid_o(read_valid),
    .data_o (read_place)
  );

  assign req_ready_o = '1;
  assign reads_o     = CountWidth'($countones(req_valid_i));
  assign conflicts_o = '0;

  // ------------------------------------------------------------------- storage
  logic [WordWidth-1:0] mem_q[2 * Lines];
  logic [WordWidth-1:0] wr_word;

  assign wr_word = WordWidth'({~^wr_data_i, wr_data_i});  // odd parity; without Parity the bit falls off

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) mem_q[place_of(wr_addr_i, wr_operand_i)] <= wr_word;
  end

  // --------------------------------------------------------------------- reads
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) rsp_valid_o <= '0;
    else         rsp_valid_o <= read_valid;
  end

  logic [NumPorts-1:0][WordWidth-1:0] data;

  for (genvar port = 0; port < NumPorts; port++) begin : gen_read
    logic [WordWidth-1:0] data_q;
    always_ff @(posedge clk_i) begin
      if (read_valid[port]) data_q <= mem_q[read_place[port]];
    end
    assign data[port]       = data_q;
    assign rsp_data_o[port] = data_q[LineWidth-1:0];
  end

  // -------------------------------------------------------------------- parity
  if (Parity == 1) begin : gen_parity
    logic [NumPorts-1:0][PlaceWidth-1:0] place_q;
    logic [PlaceWidth-1:0]               place;

    always_ff @(posedge clk_i) place_q <= read_place;

    flaash_parity_watch #(
      .Channels  (NumPorts),
      .Width     (WordWidth),
      .PlaceWidth(PlaceWidth)
    ) u_watch (
      .clk_i,
      .rst_ni,
      .valid_i(rsp_valid_o),
      .word_i (data),
      .place_i(place_q),
      .error_o(parity_error_o),
      .place_o(place)
    );

    assign parity_operand_o = place[0];
    assign parity_addr_o    = line_addr_t'(32'(place) >> 1);
  end else begin : gen_no_parity
    logic unused_data;

    assign unused_data      = ^data;
    assign parity_error_o   = 1'b0;
    assign parity_operand_o = 1'b0;
    assign parity_addr_o    = '0;
  end

  // ---------------------------------------------------------------- properties
  function automatic logic reads_in_range(logic [NumPorts-1:0] valid, line_addr_t [NumPorts-1:0] addr);
    for (int unsigned port = 0; port < NumPorts; port++) begin
      if (valid[port] && 32'(addr[port]) >= Lines) return 1'b0;
    end
    return 1'b1;
  endfunction

  `FLAASH_ASSERT(WriteInRange_A, !wr_valid_i || 32'(wr_addr_i) < Lines, "a write beyond the memory")
  `FLAASH_ASSERT(ReadsInRange_A, reads_in_range(req_valid_i, req_addr_i), "a read beyond the memory")
  `FLAASH_COVER(AllPortsRead_C, &req_valid_i)

endmodule : flaash_tensor_memory_ideal
