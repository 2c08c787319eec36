// SPDX-License-Identifier: Apache-2.0
// Frame gate: remembers across a soft reset that the host is inside an operand frame.
//
// Guarantees  While resetting_i is low, frames pass unchanged. A frame of which a beat had passed when
//             resetting_i rises does not pass any further: the rest of it is taken from the host, up to
//             tlast, and thrown away, one beat per cycle. A frame that had not begun waits. out_* keeps the AXI
//             rules with one exception: when resetting_i rises a beat that waits is withdrawn, for the core must not
//             take it any more. Nothing is offered from then until resetting_i falls.
// Demands     in_*, with beat_i, by the AXI rules; resetting_i stays until the core is back from its reset.
// Latency     None; combinational.
// Reset       The next beat begins a frame.

`include "flaash_assert.svh"
`include "flaash_beat.svh"

module flaash_frame_gate #(
  parameter int unsigned Width = 128,  // bits of a beat, 1 or more
  localparam type beat_t = `FLAASH_BEAT(Width)
) (
  input  logic  clk_i,
  input  logic  rst_ni,
  input  logic  resetting_i,
  // from the host
  input  logic  in_valid_i,
  output logic  in_ready_o,
  input  beat_t beat_i,
  // the same beats to the core
  output logic  out_valid_o,
  input  logic  out_ready_i,
  output logic  discarded_o  // a beat was thrown away
);

  if (Width < 1) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Width must be 1 or more")
  end

  logic inside_q;  // a frame has begun and not ended
  logic drop_q;    // what is left of it goes nowhere; has no meaning outside a frame
  logic drop;

  assign drop        = inside_q && (drop_q || resetting_i);
  assign in_ready_o  = drop || (out_ready_i && !resetting_i);
  assign out_valid_o = in_valid_i && !drop && !resetting_i;
  assign discarded_o = in_valid_i && drop;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      inside_q <= 1'b0;
      drop_q   <= 1'b0;
    end else begin
      if (in_valid_i && in_ready_o) inside_q <= !beat_i.last;
      drop_q <= drop;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(in, in_valid_i, in_ready_o, beat_i, Width + 1)
  `FLAASH_STREAM_CHECK(out, out_valid_o || (in_valid_i && resetting_i), out_ready_i || resetting_i, beat_i, Width + 1)
  `FLAASH_ASSERT(NoneInReset_A, !out_valid_o || !resetting_i, "a beat for a core that is about to be reset")
  `FLAASH_ASSERT(OneBeatOneWay_A,
                 (in_valid_i && in_ready_o) == ((out_valid_o && out_ready_i) || discarded_o),
                 "a beat was taken and went nowhere, or went both ways")
  `FLAASH_COVER(Withdrawn_C, $past(out_valid_o && !out_ready_i) && resetting_i)
  `FLAASH_COVER(DropPastReset_C, drop && !resetting_i)

endmodule : flaash_frame_gate
