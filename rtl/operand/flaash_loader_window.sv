// SPDX-License-Identifier: Apache-2.0
// Loader window: holds the beats of an operand, and shows two of them.
//
// Guarantees  Every accepted beat leaves at out_* exactly once, in order, unchanged. next_data_o is the beat after it;
//             next_valid_o if that beat has come, and is an inner one. in_ready_o never depends on out_ready_i.
// Demands     Nothing of the producer.
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle; two beats are shown all the time if the producer is fast enough.
// Reset       Empties the window; beats inside are lost.
//
//   in_* --> [ 0 ] [ 1 ] [ 2 ] --> out_*   write_q names the place of the next beat to come, read_q that of out_*.
//                              --> next_*  from the place after read_q

`include "flaash_assert.svh"

module flaash_loader_window #(
  parameter int unsigned Width = 32  // bits of a beat
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  // producer
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic             in_inner_i,  // may be read together with the beat before
  input  logic [Width-1:0] in_data_i,
  // consumer
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o,
  output logic             next_valid_o,  // only with out_valid_o; a register: long paths begin here
  output logic [Width-1:0] next_data_o
);

  // With two places no beat could come in the cycle in which one leaves. That costs 4% (docs/blocks/operand_loader.md).
  localparam int unsigned Places = 3;

  // A beat stays in its place: out_ready_i comes late, and would otherwise have to move all bits.
  logic [Places-1:0] write_q, read_q, after_read, after_next;  // one bit each
  logic [Places-1:0] valid_q;
  logic [Places-1:0] inner_q, inner;  // inner beats; with the one that comes
  logic [Width-1:0]  beats_q[Places];
  logic              push, pop;

  assign push       = in_valid_i && in_ready_o;
  assign pop        = out_valid_o && out_ready_i;
  assign after_read = {read_q[Places-2:0], read_q[Places-1]};
  assign after_next = {after_read[Places-2:0], after_read[Places-1]};
  assign inner      = inner_q | ((push && in_inner_i) ? write_q : '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= Places'(1);
      read_q  <= Places'(1);
      valid_q <= '0;
      inner_q <= '0;
      next_valid_o <= 1'b0;
    end else begin
      if (push) write_q <= {write_q[Places-2:0], write_q[Places-1]};
      if (pop)  read_q  <= after_read;
      valid_q <= (valid_q & ~(pop ? read_q : '0)) | (push ? write_q : '0);
      inner_q <= inner & ~(pop ? read_q : '0);
      next_valid_o <= (inner & (pop ? after_next : after_read)) != '0;
    end
  end

  always_ff @(posedge clk_i) begin
    for (int i = 0; i < int'(Places); i++) begin
      if (push && write_q[i]) beats_q[i] <= in_data_i;
    end
  end

  always_comb begin
    out_data_o  = '0;
    next_data_o = '0;
    for (int i = 0; i < int'(Places); i++) begin
      if (read_q[i])     out_data_o  = out_data_o | beats_q[i];
      if (after_read[i]) next_data_o = next_data_o | beats_q[i];
    end
  end

  assign in_ready_o  = (valid_q & write_q) == '0;
  assign out_valid_o = (valid_q & read_q) != '0;

  // ---------------------------------------------------------------- properties
  // The places from read_q on are filled, up to write_q.
  `FLAASH_ASSERT(Places_A, $onehot(read_q) && $onehot(write_q)
      && ((valid_q == '0 || valid_q == '1) ? write_q == read_q
          : (valid_q == read_q) ? write_q == after_read
                                : valid_q == (read_q | after_read) && write_q == ~valid_q), "a hole between beats")
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, Width)
  `FLAASH_COVER(FullThenRead_C, !in_ready_o && pop)

endmodule : flaash_loader_window
