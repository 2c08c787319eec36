// SPDX-License-Identifier: Apache-2.0
// Properties that every tool of this project understands.
//
// `FLAASH_ILLEGAL refuses parameters.
// `FLAASH_STREAM_CHECK watches one valid/ready stream on both simulators (flaash_stream_checker).
// Concurrent assertions run under Verilator; Icarus has none, so these macros are empty there. In a proof
// (FORMAL, docs/verified.md) they hold for all inputs, and so do the rules of formal/flaash_stream_checker.sv.
// A property is written once, with the sentence that is printed when it fails.
// (No comment may begin with the word "verilator": it is a pragma.)

`ifndef FLAASH_ASSERT_SVH
`define FLAASH_ASSERT_SVH

`ifndef SYNTHESIS
  // Handshake rules and no X on a valid beat, for one stream of the enclosing module. The width is
  // an argument because Icarus evaluates $bits(data) in a parameter too early, to zero.
  `define FLAASH_STREAM_CHECK(name, valid, ready, data, width) \
    flaash_stream_checker #( \
      .Width(width) \
    ) u_``name``_checker ( \
      .clk_i, \
      .rst_ni, \
      .valid_i(valid), \
      .ready_i(ready), \
      .data_i(data) \
    );
`else
  `define FLAASH_STREAM_CHECK(name, valid, ready, data, width)
`endif

// Stops a build with illegal parameters, as an item of a generate block. Icarus ignores $fatal there and would
// run the simulation; the macro stops that simulation at its beginning.
`ifdef __ICARUS__
  `define FLAASH_ILLEGAL(sentence) initial $fatal(1, sentence);
`else
  `define FLAASH_ILLEGAL(sentence) $fatal(1, sentence);
`endif

`ifdef VERILATOR
  // `prop` holds at every rising edge of clk_i outside reset. A clock and a reset that begin with a random 1 look
  // like such an edge at time 0.
  `define FLAASH_ASSERT(name, prop, sentence) \
    name : assert property (@(posedge clk_i) disable iff (!rst_ni || $time == 0) (prop)) \
      else $fatal(1, "%m: %s", sentence);
  `define FLAASH_COVER(name, prop) \
    name : cover property (@(posedge clk_i) disable iff (!rst_ni) (prop));
`elsif FORMAL
  `define FLAASH_ASSERT(name, prop, sentence) \
    name : assert property (@(posedge clk_i) disable iff (!rst_ni) (prop));
  `define FLAASH_COVER(name, prop)
`else
  `define FLAASH_ASSERT(name, prop, sentence)
  `define FLAASH_COVER(name, prop)
`endif

`endif  // FLAASH_ASSERT_SVH
