// SPDX-License-Identifier: Apache-2.0
// Banked tensor memory: one access per bank and cycle, in turns among the ports that want it, or the last one first.
//
// Guarantees  A read accepted in cycle t gets its response in cycle t + Latency, with the line that was last written
//             there; a port's responses keep the order of its requests. Each bank accepts a read in every cycle in
//             which one wants it. In turns a request waits for at most NumPorts - 1 others. With LastFirst it waits
//             for all later ports. With Shared one access responds to all ports that want this line.
// Demands     Addresses below Lines. Only lines that have been written are read, and a line is not written while a
//             read of the line is outstanding. Requests stay until accepted (AXI rule), never waiting for ready.
//             Requesters have room for the responses. Writes of A at element 0, of B at element 1; a second line is
//             the next one.
// Latency     Latency cycles from the accepted request.
// Throughput  One read per bank and cycle, one read per port and cycle, LineWrites lines of each operand per cycle,
//             in different banks; a write has its own port and disturbs no read.
// Stalls      req_ready_o is low for a port whose bank serves another one: a conflict, counted.
// Errors      A line with a flipped bit is returned unchanged; fault_o names the line a cycle later.
// Reset       Drops outstanding reads; keeps the lines.
//
//   ports --> [bank number] --> u_pick per bank --> u_delay --> [choice] --> u_lines of A, of B --> ports

`include "flaash_assert.svh"
`include "flaash_line.svh"

module flaash_tensor_memory_banked
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
  parameter int unsigned NumPorts  = 2,    // read ports, 1 or more
  parameter int unsigned LineWidth = 64,   // bits of a line, 1 or more
  parameter int unsigned Lines     = 256,  // per operand, 1 to 2**LineAddrWidth
  parameter int unsigned Latency   = 2,    // cycles, 1 or more
  parameter int unsigned Banks     = 4,    // a power of two, 1 to 256
  parameter int unsigned Parity    = 1,    // 1: a parity bit per line, 0: none
  parameter int unsigned LineWrites = 1,   // lines of an operand written in a cycle: 1, or 2 with 2 banks or more
  parameter bit          LastFirst = 1'b0, // of ports that want a bank, the last one has it: 0 in turns
  parameter bit          Shared    = 1'b0, // ports that want the line of the winner have it, too
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
  if (Latency < 1) begin : gen_illegal_latency
    `FLAASH_ILLEGAL("Latency must be 1 or more")
  end
  if (Banks < 1 || Banks > 256 || (Banks & (Banks - 1)) != 0) begin : gen_illegal_banks
    `FLAASH_ILLEGAL("Banks must be a power of two, 1 to 256")
  end
  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end
  if (LineWrites < 1 || LineWrites > 2 || LineWrites > Banks) begin : gen_illegal_writes
    `FLAASH_ILLEGAL("LineWrites must be 1, or 2 with 2 banks or more")
  end

  if (Shared && Latency > 1) begin : gen_illegal_shared
    `FLAASH_ILLEGAL("Shared needs a Latency of 1")
  end

  localparam int unsigned BankWidth = Banks > 1 ? $clog2(Banks) : 1;
  localparam int unsigned BankShift = $clog2(Banks);
  localparam int unsigned PortWidth = NumPorts > 1 ? $clog2(NumPorts) : 1;
  localparam int unsigned Rows      = (Lines + Banks - 1) / Banks;  // lines of an operand in a bank
  localparam int unsigned Words     = (Rows > 1) ? Rows : 2;
  localparam int unsigned RowWidth  = $clog2(Words);

  // Operand B is rotated by half the banks, because jobs begin with both operands at line 0.
  function automatic logic [BankWidth-1:0] bank_of(line_id_t line);
    return BankWidth'((32'(line.addr) + (line.operand ? Banks / 2 : 0)) % Banks);
  endfunction

  // Row within the bank; each operand has its own RAM there.
  function automatic logic [RowWidth-1:0] row_of(line_addr_t line);
    return RowWidth'(line >> BankShift);
  endfunction

  // --------------------------------------------------------- who wants which bank
  logic [NumPorts-1:0] wanted[Banks];

  always_comb begin
    for (int unsigned bank = 0; bank < Banks; bank++) wanted[bank] = '0;
    for (int unsigned port = 0; port < NumPorts; port++) begin
      wanted[bank_of(req_i[port])][port] = req_valid_i[port];
    end
  end

  // ----------------------------------------------------------- one winner per bank
  logic [Banks-1:0][NumPorts-1:0]  granted;
  logic [Banks-1:0][PortWidth-1:0] winner;
  logic [Banks-1:0]                taken;

  for (genvar bank = 0; bank < Banks; bank++) begin : gen_arbiter
    if (LastFirst) begin : gen_last_first
      flaash_last_first #(.NumPorts(NumPorts)) u_pick (
        .request_i(wanted[bank]), .grant_o(granted[bank]), .index_o(winner[bank])
      );
    end else begin : gen_turns
      flaash_round_robin #(.NumPorts(NumPorts)) u_pick (
        .clk_i, .rst_ni,
        .request_i(wanted[bank]), .accept_i(1'b1), .grant_o(granted[bank]), .index_o(winner[bank])
      );
    end
    assign taken[bank] = wanted[bank] != '0;
  end

  // -------------------------------------------------------- who gets the line of a bank
  logic [Banks-1:0][NumPorts-1:0] served;

  for (genvar bank = 0; bank < int'(Banks); bank++) begin : gen_served
    if (Shared) begin : gen_shared
      line_id_t            won;
      logic [NumPorts-1:0] same;

      assign won = req_i[winner[bank]];
      for (genvar port = 0; port < int'(NumPorts); port++) begin : gen_same
        assign same[port] = req_i[port] == won;
      end

      assign served[bank] = granted[bank] | (wanted[bank] & same);
    end else begin : gen_alone
      assign served[bank] = granted[bank];
    end
  end

  // Grants come late in a cycle: synthesis makes a tree of each reduction, but a chain of a loop.
  for (genvar port = 0; port < int'(NumPorts); port++) begin : gen_ready
    logic [Banks-1:0] by;
    for (genvar bank = 0; bank < int'(Banks); bank++) begin : gen_by
      assign by[bank] = served[bank][port];
    end

    assign req_ready_o[port] = by != '0;
  end

  logic [NumPorts-1:0] accepted_q, refused_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {accepted_q, refused_q} <= '0;
    else         {accepted_q, refused_q} <= {req_ready_o, req_valid_i & ~req_ready_o};
  end

  assign reads_o     = CountWidth'($countones(accepted_q));
  assign conflicts_o = CountWidth'($countones(refused_q));

  // ------------------------------------------- accepted requests wait, not their lines
  // The choice of a bank's request comes after the delay, as little time is left after the grant.
  logic [Banks-1:0]                read_valid;
  logic [Banks-1:0][PortWidth-1:0] read_port;
  line_id_t [NumPorts-1:0]         asked;

  flaash_delay_line #(
    .Channels(Banks),
    .Width   (Banks * PortWidth + NumPorts * $bits(line_id_t)),
    .Delay   (Latency - 1)
  ) u_delay (
    .clk_i,
    .rst_ni,
    .valid_i(taken),
    .data_i ({winner, req_i}),
    .valid_o(read_valid),
    .data_o ({read_port, asked})
  );

  // ------------------------------------------------------------------------ banks
  logic [1:0][BankWidth-1:0]       wr_bank;  // of the first line
  logic [1:0][1:0][RowWidth-1:0]   wr_row;   // of the first line, and of the second
  logic [1:0]                      wr_valid;
  logic [Banks-1:0]                data_valid_q, wrong;
  logic [Banks-1:0][NumPorts-1:0]  to, to_q;  // ports of a response
  line_id_t [Banks-1:0]            read_line, line_q;
  logic [Banks-1:0][LineWidth-1:0] data;

  for (genvar i = 0; i < 2; i++) begin : gen_write
    line_write_t write;
    line_id_t    wr_id;
    line_addr_t  last;  // that is written

    assign write       = write_i[i];
    assign wr_id       = write.id;
    assign last        = wr_id.addr + line_addr_t'(write.pair);
    assign wr_valid[i] = write.valid;
    assign wr_bank[i]  = bank_of(wr_id);
    assign wr_row[i]   = {row_of(wr_id.addr + 1'b1), row_of(wr_id.addr)};

    `FLAASH_ASSERT(WriteInRange_A, !write.valid || (32'(last) < Lines && wr_id.operand == 1'(i)),
                   "a write beyond the memory, or into that of the other operand")
    `FLAASH_COVER(LastLine_C, write.valid && 32'(last) == Lines - 1)
  end

  for (genvar bank = 0; bank < Banks; bank++) begin : gen_bank
    line_id_t                  line;    // Icarus reads a member of an array's only element as unknown
    logic                      operand_q;
    logic [1:0][LineWidth-1:0] lines;
    logic [1:0]                wrongs;

    assign line            = asked[read_port[bank]];
    assign read_line[bank] = line;
    assign to[bank]        = Shared ? served[bank] : read_valid[bank] ? NumPorts'(1) << read_port[bank] : '0;
    assign data[bank]      = lines[operand_q];
    assign wrong[bank]     = wrongs[operand_q];

    always_ff @(posedge clk_i) operand_q <= line.operand;

    for (genvar i = 0; i < 2; i++) begin : gen_operand
      line_write_t          write;
      logic                 first, second;  // that line belongs to this bank
      logic [RowWidth-1:0]  row;
      logic [LineWidth-1:0] written;

      assign write          = write_i[i];
      assign {row, written} = second ? {wr_row[i][1], write.lines[LineWrites-1]} : {wr_row[i][0], write.lines[0]};
      assign first          = wr_bank[i] == BankWidth'(bank);
      assign second         = LineWrites == 2 && wr_bank[i] + 1'b1 == BankWidth'(bank);

      flaash_parity_bank #(
        .T     (logic [LineWidth-1:0]),
        .Words (Words),
        .Parity(Parity)
      ) u_lines (
        .clk_i,
        .wr_enable_i(write.valid && (first || (second && write.pair))),
        .wr_addr_i  (row),
        .wr_data_i  (written),
        .rd_enable_i(read_valid[bank] && line.operand == 1'(i)),
        .rd_addr_i  (row_of(line.addr)),
        .rd_data_o  (lines[i]),
        .wrong_o    (wrongs[i])
      );
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {data_valid_q, to_q} <= '0;
    else         {data_valid_q, to_q} <= {read_valid, to};
  end

  always_ff @(posedge clk_i) line_q <= read_line;

  // --------------------------------------------------------- back to the requesters
  // A port has one request accepted per cycle, so at most one bank responds. The responses need neither a choice by
  // number nor a priority, so little logic follows the access to a RAM macro.
  for (genvar port = 0; port < int'(NumPorts); port++) begin : gen_rsp
    logic [Banks-1:0]     from;
    logic [LineWidth-1:0] rsp_data;

    for (genvar bank = 0; bank < int'(Banks); bank++) begin : gen_from
      assign from[bank] = to_q[bank][port];
    end

    always_comb begin
      rsp_data = '0;
      for (int unsigned bank = 0; bank < Banks; bank++) begin
        if (from[bank]) rsp_data = rsp_data | data[bank];
      end
    end

    assign rsp_valid_o[port] = from != '0;
    assign rsp_data_o[port]  = rsp_data;
  end

  // The last bank with a wrong line counts. The choice comes after the registers, for the access
  // to a RAM macro and its parity fill a cycle.
  logic [Banks-1:0]     wrong_q;
  line_id_t [Banks-1:0] wrong_line_q;
  logic                 error;
  line_id_t             error_line;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wrong_q <= '0;
    else         wrong_q <= data_valid_q & wrong;
  end

  always_ff @(posedge clk_i) wrong_line_q <= line_q;

  always_comb begin
    error      = 1'b0;
    error_line = '0;
    for (int unsigned bank = 0; bank < Banks; bank++) begin
      if (wrong_q[bank]) begin
        error      = 1'b1;
        error_line = wrong_line_q[bank];
      end
    end
  end

  assign fault_o = stored_fault(error, error_line.operand, PlaceLine, 24'(error_line.addr));

  // -------------------------------------------------------------------- properties
  function automatic logic reads_in_range(logic [NumPorts-1:0] valid, line_id_t [NumPorts-1:0] line);
    for (int unsigned port = 0; port < NumPorts; port++) begin
      if (valid[port] && 32'(line[port].addr) >= Lines) return 1'b0;
    end
    return 1'b1;
  endfunction

  `FLAASH_ASSERT(ReadsInRange_A, reads_in_range(req_valid_i, req_i), "a read beyond the memory")
  `FLAASH_COVER(Conflict_C, conflicts_o != '0)
  `FLAASH_COVER(BothWritten_C, &wr_valid)
  `FLAASH_COVER(Shares_C, !$onehot0(served[0]))

endmodule : flaash_tensor_memory_banked
