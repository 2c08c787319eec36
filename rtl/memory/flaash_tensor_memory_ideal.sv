// SPDX-License-Identifier: Apache-2.0
// Ideal tensor memory: every port reads in every cycle. The reference for comparisons; in hardware
// it would be copied once per port.
//
// Guarantees  A read accepted in cycle t is answered in cycle t + Latency, with the line that was
//             last written there. No read is ever refused; conflicts_o is 0.
// Demands     Addresses below Lines. Only lines that have been written are read, and a line is not
//             written while a read of it is under way. Requesters have room for the answers.
//             Writes of A at element 0, of B at element 1.
// Latency     Latency cycles.
// Throughput  NumPorts reads and one write per operand and cycle.
// Errors      A line of which a bit has flipped is answered as it is, fault_o tells which one a cycle later.
// Reset       Forgets reads that are under way; keeps the lines.
//
// Requests, not lines, wait in the delay line, because they are narrower.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_tensor_memory_ideal
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned NumPorts  = 2,    // read ports, 1 or more
  parameter int unsigned LineWidth = 64,   // bits of a line, 1 or more
  parameter int unsigned Lines     = 256,  // per operand, 1 to 2**LineAddrWidth
  parameter int unsigned Latency   = 2,    // cycles, 1 or more
  parameter int unsigned Banks     = 1,    // ignored; the banked memory has the same parameters
  parameter int unsigned Parity    = 1,    // 1: a parity bit per line, 0: none
  localparam int unsigned CountWidth = $clog2(NumPorts + 1),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  // writes, always taken, of A in element 0
  input  line_write_t [1:0]                  write_i,
  // reads
  input  logic [NumPorts-1:0]                req_valid_i,
  output logic [NumPorts-1:0]                req_ready_o,
  input  line_id_t [NumPorts-1:0]            req_i,
  output logic [NumPorts-1:0]                rsp_valid_o,
  output logic [NumPorts-1:0][LineWidth-1:0] rsp_data_o,
  // performance counters: reads accepted and requests refused in this cycle
  output logic [CountWidth-1:0]              reads_o,
  output logic [CountWidth-1:0]              conflicts_o,
  output fault_t                             fault_o
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

  localparam int unsigned Words       = (Lines > 1) ? Lines : 2;  // of an operand's RAM
  localparam int unsigned WordIdWidth = $clog2(Words);

  // ------------------------------------------------------------------ requests
  line_id_t [NumPorts-1:0] read, answered_q;
  logic [NumPorts-1:0]     read_valid;

  flaash_delay_line #(
    .Channels(NumPorts),
    .Width   (NumPorts * $bits(line_id_t)),
    .Delay   (Latency - 1)
  ) u_delay (
    .clk_i,
    .rst_ni,
    .valid_i(req_valid_i),
    .data_i (req_i),
    .valid_o(read_valid),
    .data_o (read)
  );

  assign req_ready_o = '1;
  assign reads_o     = CountWidth'($countones(req_valid_i));
  assign conflicts_o = '0;

  // ------------------------------------------------------------------- storage
  logic [NumPorts-1:0][WordIdWidth-1:0]    read_word;
  logic [NumPorts-1:0]                     read_b, answered_b;  // of B
  logic [1:0][NumPorts-1:0]                wrongs;
  logic [NumPorts-1:0]                     wrong;
  logic [1:0][NumPorts-1:0][LineWidth-1:0] lines;
  logic [1:0][WordIdWidth-1:0]             wr_word;
  logic [1:0]                              wr_valid;

  for (genvar port = 0; port < NumPorts; port++) begin : gen_word
    line_id_t read_p, answered_p;  // Icarus reads a member of an array's only element as unknown
    logic     unused_addr;

    assign unused_addr      = ^answered_p.addr;
    assign read_p           = read[port];
    assign answered_p       = answered_q[port];
    assign read_word[port]  = WordIdWidth'(read_p.addr);
    assign read_b[port]     = read_p.operand;
    assign answered_b[port] = answered_p.operand;
    assign wrong[port]      = answered_b[port] ? wrongs[1][port] : wrongs[0][port];
    assign rsp_data_o[port] = answered_b[port] ? lines[1][port] : lines[0][port];
  end

  for (genvar i = 0; i < 2; i++) begin : gen_operand
    line_write_t         write;
    line_id_t            wr_id;
    logic [NumPorts-1:0] enable;

    assign write      = write_i[i];
    assign wr_id      = write.id;
    assign enable     = read_valid & (read_b ^ {NumPorts{i == 0}});
    assign wr_valid[i] = write.valid;
    assign wr_word[i] = WordIdWidth'(wr_id.addr);

    flaash_parity_bank #(
      .T(logic [LineWidth-1:0]),
      .Words (Words),
      .Ports (NumPorts),
      .Parity(Parity)
    ) u_lines (
      .clk_i,
      .wr_enable_i(write.valid),
      .wr_addr_i  (wr_word[i]),
      .wr_data_i  (write.line),
      .rd_enable_i(enable),
      .rd_addr_i  (read_word),
      .rd_data_o  (lines[i]),
      .wrong_o    (wrongs[i])
    );

    `FLAASH_ASSERT(WriteInRange_A, !write.valid || (32'(wr_id.addr) < Lines && wr_id.operand == 1'(i)),
                   "a write beyond the memory, or into that of the other operand")
    `FLAASH_COVER(LastLine_C, write.valid && 32'(wr_id.addr) == Lines - 1)
  end

  always_ff @(posedge clk_i) answered_q <= read;

  // -------------------------------------------------------------------- faults
  logic     error;
  line_id_t error_line;

  always_comb begin
    error      = 1'b0;
    error_line = '0;
    for (int port = 0; port < int'(NumPorts); port++) begin
      if (rsp_valid_o[port] && wrong[port]) begin
        error      = 1'b1;
        error_line = answered_q[port];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rsp_valid_o <= '0;
      fault_o     <= '0;
    end else begin
      rsp_valid_o <= read_valid;
      fault_o     <= {error, error_line.operand, PlaceStored, PlaceLine, 24'(error_line.addr)};
    end
  end

  // ---------------------------------------------------------------- properties
  function automatic logic reads_in_range(logic [NumPorts-1:0] valid, line_id_t [NumPorts-1:0] line);
    for (int unsigned port = 0; port < NumPorts; port++) begin
      if (valid[port] && 32'(line[port].addr) >= Lines) return 1'b0;
    end
    return 1'b1;
  endfunction

  `FLAASH_ASSERT(ReadsInRange_A, reads_in_range(req_valid_i, req_i), "a read beyond the memory")
  `FLAASH_COVER(AllPortsRead_C, &req_valid_i)
  `FLAASH_COVER(BothWritten_C, &wr_valid)

endmodule : flaash_tensor_memory_ideal
