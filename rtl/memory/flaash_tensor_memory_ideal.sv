// SPDX-License-Identifier: Apache-2.0
// Ideal tensor memory: every port reads in every cycle. The reference for comparisons; in hardware
// each port would need a copy of the RAM.
//
// Guarantees  A read accepted in cycle t gets its response in cycle t + Latency, with the line that was
//             last written there. No read is ever refused; conflicts_o is 0.
// Demands     Addresses below Lines. Only lines that have been written are read, and a line is not
//             written while a read of the line is outstanding. Requesters have room for the responses.
//             Writes of A at element 0, of B at element 1; a second line is the next one.
// Latency     Latency cycles.
// Throughput  NumPorts reads and LineWrites lines of each operand per cycle.
// Errors      A line with a flipped bit is returned unchanged; fault_o names the line a cycle later.
// Reset       Drops outstanding reads; keeps the lines.
//
// Requests, not lines, wait in the delay line, because they are narrower. Where two lines are written at a time,
// those with even numbers lie in one RAM and the others in another.

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
  parameter int unsigned LineWrites = 1,   // lines of an operand written in a cycle: 1 or 2
  localparam int unsigned CountWidth = $clog2(NumPorts + 1),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
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
  // performance counters: reads accepted and requests refused in the previous cycle
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

  if (LineWrites < 1 || LineWrites > 2) begin : gen_illegal_writes
    `FLAASH_ILLEGAL("LineWrites must be 1 or 2")
  end

  localparam int unsigned Rows        = (Lines + LineWrites - 1) / LineWrites;
  localparam int unsigned Words       = (Rows > 1) ? Rows : 2;  // of a RAM
  localparam int unsigned WordIdWidth = $clog2(Words);
  localparam int unsigned RamShift    = $clog2(LineWrites);  // lines go to the RAMs of an operand in turn

  // ------------------------------------------------------------------ requests
  line_id_t [NumPorts-1:0] read, rsp_id_q;
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
  logic [NumPorts-1:0] accepted_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) accepted_q <= '0;
    else         accepted_q <= req_valid_i;
  end

  assign reads_o     = CountWidth'($countones(accepted_q));
  assign conflicts_o = '0;

  // ------------------------------------------------------------------- storage
  logic [NumPorts-1:0][WordIdWidth-1:0]    read_word;
  logic [NumPorts-1:0]                     read_b, rsp_of_b;  // of B
  logic [NumPorts-1:0]                     read_odd, rsp_odd;  // of the second RAM, if there are two
  logic [1:0][NumPorts-1:0]                wrongs;
  logic [NumPorts-1:0]                     wrong;
  logic [1:0][NumPorts-1:0][LineWidth-1:0] lines;
  logic [1:0]                              wr_valid;

  for (genvar port = 0; port < NumPorts; port++) begin : gen_word
    line_id_t read_p, rsp_id_p;  // Icarus reads a member of an array's only element as unknown

    assign read_p           = read[port];
    assign rsp_id_p         = rsp_id_q[port];
    assign read_word[port]  = WordIdWidth'(read_p.addr >> RamShift);
    assign read_b[port]     = read_p.operand;
    assign read_odd[port]     = LineWrites == 2 && read_p.addr[0];
    assign rsp_odd[port] = LineWrites == 2 && rsp_id_p.addr[0];
    assign rsp_of_b[port] = rsp_id_p.operand;
    assign wrong[port]      = rsp_of_b[port] ? wrongs[1][port] : wrongs[0][port];
    assign rsp_data_o[port] = rsp_of_b[port] ? lines[1][port] : lines[0][port];
  end

  for (genvar i = 0; i < 2; i++) begin : gen_operand
    line_write_t         write;
    line_id_t            wr_id;
    line_addr_t          last;    // that is written
    logic [NumPorts-1:0] enable;

    logic [LineWrites-1:0][NumPorts-1:0][LineWidth-1:0] ram_lines;
    logic [LineWrites-1:0][NumPorts-1:0]                ram_wrongs;

    assign write       = write_i[i];
    assign wr_id       = write.id;
    assign last        = wr_id.addr + line_addr_t'(write.pair);
    assign enable      = read_valid & (read_b ^ {NumPorts{i == 0}});
    assign wr_valid[i] = write.valid;

    for (genvar r = 0; r < int'(LineWrites); r++) begin : gen_ram
      logic                 second;  // of the lines that are written is the one for this RAM
      logic [NumPorts-1:0]  here;    // reads
      line_addr_t           addr;
      logic [LineWidth-1:0] written;

      assign second  = LineWrites == 2 && wr_id.addr[0] != 1'(r);
      assign addr    = second ? last : wr_id.addr;
      assign written = second ? write.lines[LineWrites-1] : write.lines[0];
      assign here    = (LineWrites == 1) ? enable : enable & (read_odd ^ {NumPorts{r == 0}});

      flaash_parity_bank #(
        .T(logic [LineWidth-1:0]),
        .Words (Words),
        .Ports (NumPorts),
        .Parity(Parity)
      ) u_lines (
        .clk_i,
        .wr_enable_i(write.valid && (!second || write.pair)),
        .wr_addr_i  (WordIdWidth'(addr >> RamShift)),
        .wr_data_i  (written),
        .rd_enable_i(here),
        .rd_addr_i  (read_word),
        .rd_data_o  (ram_lines[r]),
        .wrong_o    (ram_wrongs[r])
      );
    end

    for (genvar port = 0; port < NumPorts; port++) begin : gen_port
      assign lines[i][port]  = rsp_odd[port] ? ram_lines[LineWrites-1][port] : ram_lines[0][port];
      assign wrongs[i][port] = rsp_odd[port] ? ram_wrongs[LineWrites-1][port] : ram_wrongs[0][port];
    end

    `FLAASH_ASSERT(WriteInRange_A, !write.valid || (32'(last) < Lines && wr_id.operand == 1'(i)),
                   "a write beyond the memory, or into that of the other operand")
    `FLAASH_COVER(LastLine_C, write.valid && 32'(last) == Lines - 1)
  end

  always_ff @(posedge clk_i) rsp_id_q <= read;

  // -------------------------------------------------------------------- faults
  logic     error;
  line_id_t error_line;

  always_comb begin
    error      = 1'b0;
    error_line = '0;
    for (int port = 0; port < int'(NumPorts); port++) begin
      if (rsp_valid_o[port] && wrong[port]) begin
        error      = 1'b1;
        error_line = rsp_id_q[port];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rsp_valid_o <= '0;
      fault_o     <= '0;
    end else begin
      rsp_valid_o <= read_valid;
      fault_o     <= stored_fault(error, error_line.operand, PlaceLine, 24'(error_line.addr));
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
