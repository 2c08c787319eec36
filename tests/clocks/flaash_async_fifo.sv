// SPDX-License-Identifier: Apache-2.0
// Purpose:      An asynchronous FIFO with Gray pointers, as clock converters of libraries have one per channel.
// Parameters:   Width; Depth, a power of two from 4 on.
// Handshake:    valid/ready on both sides, each in its clock.
// Latency:      two cycles of the reader's clock and more.
// Demands:      limit_i is from 1 to Depth and constant while there is an entry; both resets fall together.
// Guarantees:   entries leave in their order; at most limit_i are in the FIFO.

module flaash_async_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 4,
  localparam int unsigned PointerWidth = $clog2(Depth) + 1
) (
  input  logic                    in_clk_i,
  input  logic                    in_rst_ni,
  input  logic [PointerWidth-1:0] limit_i,
  input  logic                    in_valid_i,
  output logic                    in_ready_o,
  input  logic [Width-1:0]        in_i,

  input  logic                    out_clk_i,
  input  logic                    out_rst_ni,
  output logic                    out_valid_o,
  input  logic                    out_ready_i,
  output logic [Width-1:0]        out_o
);

  typedef logic [PointerWidth-1:0] pointer_t;

  function automatic pointer_t gray(pointer_t binary);
    return binary ^ (binary >> 1);
  endfunction

  function automatic pointer_t binary(pointer_t code);
    pointer_t value;
    value = code;
    for (int unsigned shift = 1; shift < PointerWidth; shift *= 2) value ^= value >> shift;
    return value;
  endfunction

  logic [Width-1:0] memory_q [Depth];
  pointer_t write_q, write_gray_q, write_sync_q, write_seen_q;
  pointer_t read_q, read_gray_q, read_sync_q, read_seen_q;

  // writer
  pointer_t level;
  assign level      = write_q - binary(read_seen_q);
  assign in_ready_o = level < limit_i;

  always_ff @(posedge in_clk_i or negedge in_rst_ni) begin
    if (!in_rst_ni) begin
      write_q      <= '0;
      write_gray_q <= '0;
      read_sync_q  <= '0;
      read_seen_q  <= '0;
    end else begin
      if (in_valid_i && in_ready_o) begin
        write_q      <= write_q + 1'b1;
        write_gray_q <= gray(write_q + 1'b1);
      end
      read_sync_q <= read_gray_q;
      read_seen_q <= read_sync_q;
    end
  end

  always_ff @(posedge in_clk_i) begin
    if (in_valid_i && in_ready_o) memory_q[write_q[PointerWidth-2:0]] <= in_i;
  end

  // reader
  assign out_valid_o = read_gray_q != write_seen_q;
  assign out_o       = memory_q[read_q[PointerWidth-2:0]];

  always_ff @(posedge out_clk_i or negedge out_rst_ni) begin
    if (!out_rst_ni) begin
      read_q       <= '0;
      read_gray_q  <= '0;
      write_sync_q <= '0;
      write_seen_q <= '0;
    end else begin
      if (out_valid_o && out_ready_i) begin
        read_q      <= read_q + 1'b1;
        read_gray_q <= gray(read_q + 1'b1);
      end
      write_sync_q <= write_gray_q;
      write_seen_q <= write_sync_q;
    end
  end

endmodule
