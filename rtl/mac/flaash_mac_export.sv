// SPDX-License-Identifier: Apache-2.0
// Sends the words of a portion's sum, to be added to the words of other portions.
//
// Guarantees  For each sum, in order: its touched words from the lowest to the highest, one beat each,
//             the last one marked; for a sum that touched none, one beat without a word. Each beat
//             carries the status of the whole sum.
// Demands     room_i: room for one more beat, taken with launch_o; valid_o has no ready. While read_o
//             the read port is its own; it never is in the cycle after another sum was taken.
//             The words of a sum stay until one cycle after sum_ready_o.
// Latency     One cycle from a word's turn to its beat.
// Throughput  One word per cycle from the lowest touched word to the highest, none between sums.
// Stalls      While room_i is low. Reset forgets the sum inside.

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_mac_export
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Width     = 73,  // bits of a word
  parameter int unsigned SideWidth = 1,   // bits of a side
  localparam int unsigned AddrWidth = SideWidth + BankAddrWidth,
  localparam type word_t = `FLAASH_WORD(Width)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // finished sums
  input  logic                   sum_valid_i,
  output logic                   sum_ready_o,
  input  mac_sum_t               sum_i,
  input  logic [SideWidth-1:0]   sum_side_i,

  // their words, in pairs
  output logic                   read_o,
  output logic [AddrWidth-1:0]   read_addr_o,   // {side, pair}
  input  logic [1:0][Width-1:0]  read_words_i,  // {odd, even}

  // beats
  input  logic                   room_i,
  output logic                   launch_o,
  output logic                   valid_o,
  output word_t                  part_o
);

  // ----------------------------------------------------------------- whose turn it is
  logic                  busy_q, step, step_last, touched;
  logic [IndexWidth-1:0] index_q, index;
  logic [NumWords-1:0]   sum_touched;

  assign sum_touched = sum_i.touched;
  assign step        = sum_valid_i && room_i;
  assign index       = busy_q ? index_q : sum_i.low;
  assign step_last   = index == sum_i.high;
  assign sum_ready_o = step && step_last;

  always_comb begin
    touched = 1'b0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (index == IndexWidth'(i)) touched = sum_touched[i];
    end
  end

  assign launch_o = step && (touched || step_last);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) busy_q <= 1'b0;
    else if (step) busy_q <= !step_last;
  end

  always_ff @(posedge clk_i) begin
    if (step) index_q <= index + 1'b1;
  end

  // -------------------------------------------------------------------- read the word
  logic                 valid_q;
  logic [SideWidth-1:0] side_q;
  part_head_t           head_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= 1'b0;
    else valid_q <= launch_o;
  end

  always_ff @(posedge clk_i) begin
    side_q        <= sum_side_i;
    head_q.last   <= step_last;
    head_q.touch  <= touched;
    head_q.index  <= index;
    head_q.status <= sum_i.status;
  end

  assign read_o      = valid_q;
  assign read_addr_o = {side_q, head_q.index[IndexWidth-1:1]};
  assign valid_o     = valid_q;
  // A word that is not touched may be unknown.
  assign part_o      = {head_q, read_words_i[head_q.index[0]] & {Width{head_q.touch}}};

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(EndIsTouched_A, !(sum_valid_i && sum_ready_o) || touched || sum_i.touched == '0,
                 "the last word of a portion is not touched")
  `FLAASH_COVER(Gap_C, step && !touched && !step_last)
  `FLAASH_COVER(Waits_C, busy_q && !room_i)

endmodule : flaash_mac_export
