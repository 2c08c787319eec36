// SPDX-License-Identifier: Apache-2.0
// Result store: takes the MAC's results, drops those that are zero, and keeps the rest until the
// result network takes them.
//
// Guarantees  Every result that is kept leaves once, in order. With dense_i all results are kept, otherwise those
//             that are not zero of either sign; a result out of range is never kept. With bf16_i the value that leaves
//             is the upper half of the binary32 number that came. events_o reports outcomes, as an
//             engine does. Each result raises dot_done in the cycle in which it is accepted, together with exactly
//             one of result, zero_*, range_error. events_o.flags are 0 in all other cycles.
// Demands     dense_i and bf16_i change only while no result is offered. AXI handshake rule.
// Latency     One cycle from an accepted result to out_valid_o.
// Throughput  One result per cycle.
// Stalls      Without room a result that is to be kept waits (stall_result); others pass.
// Errors      With Parity each stored result has a parity bit. A result of which a bit has flipped leaves as it is,
//             result_parity reports a flipped bit a cycle later.
// Reset       The results inside are lost.

`include "flaash_assert.svh"

module flaash_result_store
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Depth  = 16,  // results, a power of two, 2 or more
  parameter int unsigned Parity = 1    // 1: a parity bit per result, 0: none
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         dense_i,  // keep zeros
  input  logic         bf16_i,   // values are numbers of bfloat16
  // results of the MAC
  input  logic         in_valid_i,
  output logic         in_ready_o,
  input  dot_t         in_i,
  // results that are kept
  output logic         out_valid_o,
  input  logic         out_ready_i,
  output result_t      out_result_o,
  // what happens in this cycle
  output sdpe_events_t events_o
);

  if (Parity > 1) begin : gen_illegal_parity
    `FLAASH_ILLEGAL("Parity must be 0 or 1")
  end

  localparam int unsigned StoredWidth = $bits(result_t) + Parity;

  // ---------------------------------------------------------------- keep or drop
  mac_result_t fate;
  dot_name_t   name;
  logic        keep, drop_zero, room, taken;

  assign fate       = in_i.result;
  assign name       = in_i.name;
  assign drop_zero  = fate.zero && !dense_i && !fate.range;
  assign keep       = !fate.range && !drop_zero;
  // Without a result there is nothing to say about keeping it, and its fields may be unknown.
  assign in_ready_o = room || (in_valid_i && !keep);
  assign taken      = in_valid_i && in_ready_o;

  // --------------------------------------------------------------------- storage
  result_t                in_result;
  logic [ResultWidth-1:0] value;
  logic                   parity_error;
  logic [StoredWidth-1:0] in_word, out_word;

  assign value        = bf16_i ? ResultWidth'(fate.value[31:16]) : fate.value;

  assign in_result.slot  = name.slot[$clog2(MaxSlots)-1:0];
  assign in_result.a_id  = name.a_id;
  assign in_result.b_id  = name.b_id;
  assign in_result.value = value;

  assign in_word      = StoredWidth'({~^in_result, in_result});  // odd parity; without Parity the bit falls off
  assign out_result_o = out_word[$bits(result_t)-1:0];

  flaash_ram_fifo #(
    .Width(StoredWidth),
    .Depth(Depth)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .in_valid_i (in_valid_i && keep),
    .in_ready_o (room),
    .in_data_i  (in_word),
    .out_valid_o,
    .out_ready_i,
    .out_data_o (out_word),
    .usage_o    ()
  );

  if (Parity == 1) begin : gen_parity
    flaash_parity_watch #(
      .Channels  (1),
      .Width     (StoredWidth),
      .PlaceWidth(1)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(out_valid_o && out_ready_i), .word_i(out_word), .place_i(1'b0),
      .error_o(parity_error), .place_o()
    );
  end else begin : gen_no_parity
    assign parity_error = 1'b0;
  end

  // ---------------------------------------------------------------------- events
  always_comb begin
    events_o                = '0;
    events_o.flags          = taken ? fate.flags : '0;
    events_o.result_parity  = parity_error;
    events_o.stall_result   = in_valid_i && !in_ready_o;
    events_o.dot_done       = taken;
    events_o.result         = taken && keep;
    events_o.zero_empty     = taken && drop_zero && fate.empty;
    events_o.zero_cancel    = taken && drop_zero && !fate.empty && fate.exact;
    events_o.zero_underflow = taken && drop_zero && !fate.exact;
    events_o.range_error    = taken && fate.range;
  end

  // ------------------------------------------------------------------ properties
  `FLAASH_ASSERT(OneFate_A, !taken || $onehot({events_o.result, events_o.zero_empty, events_o.zero_cancel,
                                               events_o.zero_underflow, events_o.range_error}),
                 "a result with two fates or none")
  `FLAASH_ASSERT(NoPortion_A, !in_valid_i || !name.partial, "a portion with a result of its own")
  `FLAASH_ASSERT(EmptyIsExactZero_A, !in_valid_i || !fate.empty || (fate.zero && fate.exact),
                 "an empty sum that is not exactly zero")
  `FLAASH_COVER(DropWhileFull_C, taken && !keep && !room)
  `FLAASH_COVER(DenseZero_C, events_o.result && fate.zero)

endmodule : flaash_result_store
