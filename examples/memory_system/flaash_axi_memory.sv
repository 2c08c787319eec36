// SPDX-License-Identifier: Apache-2.0
// AXI4 memory: MemoryBytes from address 0 on, for simulation.
//
// Guarantees  Reads and writes by AXI4 with incrementing bursts of any size. A beat outside gets DECERR and
//             changes nothing; any other kind of burst gets SLVERR.
// Demands     The AXI handshake rules.
// Latency     One cycle from an address to its first beat, and from the last data to the response.
// Throughput  A beat per cycle and direction; one burst per direction at a time.
// Stalls      The next address waits until the previous burst has ended.
// Reset       Drops the bursts; the stored data stay. They are undefined at first.

module flaash_axi_memory
  import flaash_memory_system_pkg::*;
(
  input  logic   clk_i,
  input  logic   rst_ni,

  input  logic   aw_valid_i,
  output logic   aw_ready_o,
  input  logic   aw_from_i,  // number of the master, returned with the response
  input  axi_a_t aw_i,
  input  logic   w_valid_i,
  output logic   w_ready_o,
  input  axi_w_t w_i,
  output logic   b_valid_o,
  input  logic   b_ready_i,
  output logic   b_from_o,
  output axi_b_t b_o,
  input  logic   ar_valid_i,
  output logic   ar_ready_o,
  input  logic   ar_from_i,
  input  axi_a_t ar_i,
  output logic   r_valid_o,
  input  logic   r_ready_i,
  output logic   r_from_o,
  output axi_r_t r_o
);

  localparam int unsigned Bytes = DataWidth / 8;
  localparam int unsigned Words = MemoryBytes / Bytes;
  localparam int unsigned Lsb   = $clog2(Bytes);
  localparam int unsigned Width = $clog2(Words);
  localparam logic [1:0]  Okay = 2'b00, SlvErr = 2'b10, DecErr = 2'b11;

  logic [DataWidth-1:0] mem_q [Words];

  initial for (int word = 0; word < int'(Words); word++) mem_q[word] = {Bytes{8'h5a}};

  function automatic logic [1:0] answer(logic [63:0] addr, logic [1:0] burst);
    if (burst != 2'b01) return SlvErr;
    return (addr < 64'(MemoryBytes)) ? Okay : DecErr;
  endfunction

  function automatic logic [63:0] following(logic [63:0] addr, logic [2:0] size);
    return ((addr >> size) + 64'd1) << size;
  endfunction

  // --------------------------------------------------------------------- writes
  logic                 writing_q, b_valid_q, write_from_q;
  id_t                  write_id_q;
  logic [63:0]          write_addr_q;
  logic [2:0]           write_size_q;
  logic [1:0]           write_burst_q, worst_q, write_answer;
  logic [DataWidth-1:0] mask, old;

  logic [7:0] unused_len;
  assign unused_len = aw_i.len;  // w_i.last marks the end

  assign aw_ready_o   = !writing_q && !b_valid_q;
  assign w_ready_o    = writing_q;
  assign b_valid_o    = b_valid_q;
  assign b_from_o     = write_from_q;
  assign b_o          = {write_id_q, worst_q};
  assign write_answer = answer(write_addr_q, write_burst_q);
  assign old          = mem_q[write_addr_q[Lsb +: Width]];

  for (genvar b = 0; b < int'(Bytes); b++) begin : gen_mask
    assign mask[8*b +: 8] = {8{w_i.strb[b]}};
  end

  always_ff @(posedge clk_i) begin
    if (w_valid_i && w_ready_o && write_answer == Okay) begin
      mem_q[write_addr_q[Lsb +: Width]] <= (old & ~mask) | (w_i.data & mask);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writing_q     <= 1'b0;
      b_valid_q     <= 1'b0;
      write_from_q  <= 1'b0;
      write_id_q    <= '0;
      write_addr_q  <= '0;
      write_size_q  <= '0;
      write_burst_q <= '0;
      worst_q       <= Okay;
    end else begin
      if (b_valid_q && b_ready_i) b_valid_q <= 1'b0;
      if (aw_valid_i && aw_ready_o) begin
        writing_q     <= 1'b1;
        write_from_q  <= aw_from_i;
        write_id_q    <= aw_i.id;
        write_addr_q  <= aw_i.addr;
        write_size_q  <= aw_i.size;
        write_burst_q <= aw_i.burst;
        worst_q       <= Okay;
      end
      if (w_valid_i && w_ready_o) begin
        write_addr_q <= following(write_addr_q, write_size_q);
        if (write_answer > worst_q) worst_q <= write_answer;
        if (w_i.last) begin
          writing_q <= 1'b0;
          b_valid_q <= 1'b1;
        end
      end
    end
  end

  // ---------------------------------------------------------------------- reads
  logic       r_valid_q, read_from_q;
  axi_a_t     read_q;
  logic [1:0] read_answer;

  assign ar_ready_o  = !r_valid_q;
  assign r_valid_o   = r_valid_q;
  assign r_from_o    = read_from_q;
  assign read_answer = answer(read_q.addr, read_q.burst);
  assign r_o         = {read_q.id, mem_q[read_q.addr[Lsb +: Width]], read_answer, read_q.len == 8'd0};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      r_valid_q   <= 1'b0;
      read_from_q <= 1'b0;
      read_q      <= '0;
    end else if (!r_valid_q) begin
      r_valid_q   <= ar_valid_i;
      read_from_q <= ar_from_i;
      read_q      <= ar_i;
    end else if (r_ready_i) begin
      r_valid_q    <= read_q.len != 8'd0;
      read_q.addr  <= following(read_q.addr, read_q.size);
      read_q.len   <= read_q.len - 8'd1;
    end
  end

endmodule : flaash_axi_memory
