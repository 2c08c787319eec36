// SPDX-License-Identifier: Apache-2.0
// RAM FIFO: a stream FIFO whose beats lie in a RAM that is read with the clock; cycle by cycle as flaash_stream_fifo.
//
// Guarantees  Every beat accepted at in_* leaves at out_* exactly once, in order, unchanged. in_ready_o never depends
//             on out_ready_i.
// Demands     in_valid_i and in_data_i stay until in_ready_o (AXI handshake rule).
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle; a full FIFO accepts again in the cycle after a beat has left.
// Reset       Empties the FIFO; beats inside are lost.
//
// For many beats: a memory that is read without the clock is no RAM macro and no block RAM. The beat that will be first
// in the next cycle is read in this one; if it comes just now, it goes past the RAM.
//
//   in_*  ---+--> RAM --> stored --+--> out_*
//            +--> passing_q -------+

`include "flaash_assert.svh"

module flaash_ram_fifo #(
  parameter int unsigned Width = 32,  // bits of a beat, 1 or more
  parameter int unsigned Depth = 4,   // beats, a power of two, 2 or more
  localparam int unsigned PtrWidth = $clog2(Depth)
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // producer
  input  logic              in_valid_i,
  output logic              in_ready_o,
  input  logic [Width-1:0]  in_data_i,
  // consumer
  output logic              out_valid_o,
  input  logic              out_ready_i,
  output logic [Width-1:0]  out_data_o,
  // beats inside
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
  logic [PtrWidth:0] wr_ptr_q, rd_ptr_q, rd_ptr_d, wr_ptr_next, rd_ptr_next;
  logic              push, pop, full_q, some_q, fills, empties;

  // Valid and ready come from registers. What a beat more or less changes is known before the beat moves.
  assign wr_ptr_next = wr_ptr_q + 1'b1;
  assign rd_ptr_next = rd_ptr_q + 1'b1;
  assign fills       = (wr_ptr_next ^ rd_ptr_q) == {1'b1, {PtrWidth{1'b0}}};
  assign empties     = rd_ptr_next == wr_ptr_q;

  assign push     = in_valid_i && in_ready_o;
  assign pop      = out_valid_o && out_ready_i;
  assign rd_ptr_d = pop ? rd_ptr_next : rd_ptr_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wr_ptr_q <= '0;
      rd_ptr_q <= '0;
      full_q   <= 1'b0;
      some_q   <= 1'b0;
    end else begin
      if (push) wr_ptr_q <= wr_ptr_next;
      rd_ptr_q <= rd_ptr_d;
      full_q   <= (full_q || (push && fills)) && !pop;
      some_q   <= (some_q && !(pop && empties)) || push;
    end
  end

  assign usage_o     = wr_ptr_q - rd_ptr_q;
  assign in_ready_o  = !full_q;
  assign out_valid_o = some_q;

  // ------------------------------------------------------------------- storage
  logic             passes, passed_q;  // the beat that will be first comes just now; came in the cycle before
  logic [Width-1:0] passing_q, stored;

  assign passes = push && (pop ? empties : !some_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      passed_q  <= 1'b0;
      passing_q <= '0;
    end else begin
      passed_q <= passes;
      if (push) passing_q <= in_data_i;
    end
  end

  flaash_memory_bank #(
    .Width(Width),
    .Words(Depth)
  ) u_bank (
    .clk_i,
    .wr_enable_i(push),
    .wr_addr_i  (wr_ptr_q[PtrWidth-1:0]),
    .wr_data_i  (in_data_i),
    .rd_enable_i(1'b1),
    .rd_addr_i  (rd_ptr_d[PtrWidth-1:0]),
    .rd_data_o  (stored)
  );

  assign out_data_o = passed_q ? passing_q : stored;

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, Width)
  `FLAASH_ASSERT(UsageInRange_A, 32'(usage_o) <= Depth, "more beats inside than Depth")
  `FLAASH_ASSERT(Full_A, full_q == usage_o[PtrWidth], "a FIFO without room accepts, or one with room does not")
  `FLAASH_ASSERT(Some_A, some_q == (usage_o != '0), "an empty FIFO offers a beat, or a beat is not offered")
  `FLAASH_COVER(FullThenRead_C, !in_ready_o && pop)
  `FLAASH_COVER(PassesAfterTheLast_C, passes && pop)

endmodule : flaash_ram_fifo
