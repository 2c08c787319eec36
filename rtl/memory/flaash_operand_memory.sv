// SPDX-License-Identifier: Apache-2.0
// Operand memory: the tensor memory of the chosen kind, with the buffers of both operands in it.
//
// Guarantees  A line is written to buffer fill_i of its operand and read from buffer use_i; otherwise as the
//             tensor memory. fault_o names a line by its number in its buffer, written_o names written lines.
// Demands     As the tensor memory. use_i changes only while no read is outstanding; with owned_i the buffers
//             that are read are not written.
// Latency     As the tensor memory; fault_o a cycle later.
// Throughput  As the tensor memory.
// Reset       Drops outstanding reads; keeps the lines.
//
// The second buffer begins at a power of two, so that a bit of the address selects the buffer.

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_operand_memory
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned Memory    = MemoryBanked,  // Memory*
  parameter int unsigned NumPorts  = 2,             // read ports, 1 or more
  parameter int unsigned LineWidth = 64,            // bits of a line, 1 or more
  parameter int unsigned Lines     = 256,           // per operand and buffer
  parameter int unsigned Buffers   = 1,             // of an operand, 1 or 2
  parameter int unsigned Latency   = 2,             // cycles, 1 or more
  parameter int unsigned Banks     = 1,             // of the banked memory, a power of two
  parameter int unsigned Parity    = 1,             // 1: a parity bit per line, 0: none
  parameter int unsigned LineWrites = 1,            // lines of an operand written in a cycle: 1 or 2
  parameter bit          LastFirst = 1'b0,          // order of ports, see flaash_tensor_memory_banked
  localparam int unsigned CountWidth = $clog2(NumPorts + 1),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // buffers, of A in element 0
  input  logic [1:0]                         fill_i,
  input  logic [1:0]                         use_i,
  input  logic                               owned_i,

  // writes, of A in element 0, always taken
  input  line_write_t [1:0]                  write_i,
  output line_written_t [1:0]                written_o,
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

  localparam int unsigned Shift    = $clog2(Lines);
  localparam int unsigned AllLines = (Buffers == 1) ? Lines : 2 ** Shift + Lines;

  if (Buffers < 1 || Buffers > 2) begin : gen_illegal_buffers
    `FLAASH_ILLEGAL("Buffers must be 1 or 2")
  end
  if (AllLines > 2 ** LineAddrWidth) begin : gen_illegal_lines
    `FLAASH_ILLEGAL("the buffers of an operand have at most 2**LineAddrWidth lines")
  end

  // ---------------------------------------------------------------------- places
  function automatic line_id_t placed(line_id_t line, logic buffer);
    return {line.operand, line.addr | (line_addr_t'(buffer) << Shift)};
  endfunction

  line_write_t [1:0]       write;
  logic [1:0]              wr_valid;
  line_id_t [1:0]          wr_last;  // the last one that is written, as the loader says
  line_id_t [NumPorts-1:0] req;
  fault_t                  fault;

  for (genvar i = 0; i < 2; i++) begin : gen_write
    line_write_t          loaded;
    line_id_t             id;
    logic                 pair;
    logic [LineWidth-1:0] line;  // the last one that is written; its top bit is `last`

    assign loaded       = write_i[i];
    assign id           = loaded.id;
    assign pair         = LineWrites == 2 && loaded.pair;
    assign line         = pair ? loaded.lines[LineWrites-1] : loaded.lines[0];
    assign wr_valid[i]  = loaded.valid;
    assign wr_last[i]   = {id.operand, id.addr + line_addr_t'(pair)};

    assign write[i].valid = wr_valid[i];
    assign write[i].pair  = pair;
    assign write[i].id    = placed(id, fill_i[i]);
    assign write[i].lines = loaded.lines;

    assign written_o[i].valid  = wr_valid[i];
    assign written_o[i].filled = fill_i[i];
    assign written_o[i].id     = wr_last[i];
    assign written_o[i].pair   = pair;
    assign written_o[i].last   = line[LineWidth-1];
    assign written_o[i].begins = id.addr == '0;
  end

  for (genvar p = 0; p < int'(NumPorts); p++) begin : gen_port
    line_id_t req_p;  // Icarus reads a member of an array's only element as unknown

    assign req_p  = req_i[p];
    assign req[p] = placed(req_p, use_i[req_p.operand]);
  end

  always_comb begin
    fault_o = fault;
    if (Buffers > 1) fault_o.position[Shift] = 1'b0;
  end

  // ---------------------------------------------------------------------- memory
  if (Memory == MemoryIdeal) begin : gen_ideal
    flaash_tensor_memory_ideal #(
      .NumPorts(NumPorts), .LineWidth(LineWidth), .Lines(AllLines), .Latency(Latency), .Banks(Banks), .Parity(Parity),
      .LineWrites(LineWrites)
    ) u_memory (
      .clk_i, .rst_ni,
      .write_i(write), .req_valid_i, .req_ready_o, .req_i(req), .rsp_valid_o, .rsp_data_o,
      .reads_o, .conflicts_o, .fault_o(fault)
    );
  end else if (Memory == MemoryBanked) begin : gen_banked
    flaash_tensor_memory_banked #(
      .NumPorts(NumPorts), .LineWidth(LineWidth), .Lines(AllLines), .Latency(Latency), .Banks(Banks), .Parity(Parity),
      .LineWrites(LineWrites), .LastFirst(LastFirst)
    ) u_memory (
      .clk_i, .rst_ni,
      .write_i(write), .req_valid_i, .req_ready_o, .req_i(req), .rsp_valid_o, .rsp_data_o,
      .reads_o, .conflicts_o, .fault_o(fault)
    );
  end else begin : gen_illegal_memory
    `FLAASH_ILLEGAL("Memory must be one of flaash_pkg::Memory*")
  end

`ifndef SYNTHESIS
  flaash_region_checker #(
    .NumPorts(NumPorts)
  ) u_region_checker (
    .clk_i, .rst_ni,
    .wr_valid_i(wr_valid), .wr_last_i(wr_last), .fill_i, .use_i, .owned_i, .req_valid_i, .req_i
  );
`else
  logic unused_owner;
  assign unused_owner = owned_i;
`endif

endmodule : flaash_operand_memory
