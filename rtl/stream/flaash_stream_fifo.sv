// SPDX-License-Identifier: Apache-2.0
// Stream FIFO: decouples a producer from a consumer by up to Depth beats.
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, in order, unchanged.
//             in_ready_o never depends on out_ready_i, so there is no combinational path through.
// Demands     in_valid_i and in_data_i stay until in_ready_o (AXI handshake rule).
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle; a full FIFO accepts again in the cycle after a beat has left.
// Reset       Empties the FIFO; beats inside are lost.
//
//   in_*  --->  | wr_ptr_q            rd_ptr_q |  --->  out_*
//               [ 3 ][ 2 ][ 1 ][ 0 ] ...  mem_q

`include "flaash_assert.svh"

module flaash_stream_fifo #(
  parameter int unsigned Width = 32,  // bits of a beat, 1 or more
  parameter type         Data  = logic [Width-1:0],  // its type, if it has one of its own
  parameter int unsigned Depth = 4,   // beats, a power of two, 2 or more
  parameter int unsigned OutputRegister = 0,  // 1: out_data_o is a register, not a word of the storage; 0 or 1
  localparam int unsigned PtrWidth = $clog2(Depth)
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // producer
  input  logic              in_valid_i,
  output logic              in_ready_o,
  input  Data               in_data_i,
  // consumer
  output logic              out_valid_o,
  input  logic              out_ready_i,
  output Data               out_data_o,
  // beats inside, for performance counters and drain detection
  output logic [PtrWidth:0] usage_o
);

  if (Width < 1) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Width must be 1 or more")
  end
  if (Depth < 2 || (Depth & (Depth - 1)) != 0) begin : gen_illegal_depth
    `FLAASH_ILLEGAL("Depth must be a power of two, 2 or more")
  end

  // ------------------------------------------------------------------ pointers
  // One bit more than an index, so that full and empty differ in the top bit only.
  logic [PtrWidth:0] wr_ptr_q, rd_ptr_q;
  logic              push, pop;

  assign push = in_valid_i && in_ready_o;
  assign pop  = out_valid_o && out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
    end else begin
      if (push) wr_ptr_q <= wr_ptr_q + 1'b1;
      if (pop)  rd_ptr_q <= rd_ptr_q + 1'b1;
    end
  end

  assign usage_o     = wr_ptr_q - rd_ptr_q;
  // Compared, not counted: nothing need be subtracted on the way to a ready.
  assign in_ready_o  = (wr_ptr_q ^ rd_ptr_q) != {1'b1, {PtrWidth{1'b0}}};
  assign out_valid_o = wr_ptr_q != rd_ptr_q;

  // ------------------------------------------------------------------- storage
  Data mem_q[Depth];

  always_ff @(posedge clk_i) begin
    if (push) mem_q[wr_ptr_q[PtrWidth-1:0]] <= in_data_i;
  end

  Data oldest;

  assign oldest = mem_q[rd_ptr_q[PtrWidth-1:0]];

  if (OutputRegister == 1) begin : gen_register
    // A copy of the oldest beat. The next one is selected before it is known whether the oldest one leaves.
    Data               out_q, next;
    logic [PtrWidth:0] next_ptr;

    assign next_ptr = rd_ptr_q + 1'b1;
    assign next     = (!out_valid_o || wr_ptr_q == next_ptr) ? in_data_i : mem_q[next_ptr[PtrWidth-1:0]];

    always_ff @(posedge clk_i) begin
      if (pop || !out_valid_o) out_q <= next;
    end

    assign out_data_o = out_q;

    `FLAASH_ASSERT(OldestBeat_A, !out_valid_o || out_q == oldest, "the register is not the oldest beat")
  end else begin : gen_no_register
    assign out_data_o = oldest;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, $bits(Data))
  `FLAASH_ASSERT(UsageInRange_A, 32'(usage_o) <= Depth, "more beats inside than Depth")
  `FLAASH_COVER(FullThenRead_C, !in_ready_o && pop)

endmodule : flaash_stream_fifo
