// SPDX-License-Identifier: Apache-2.0
// Loader window: holds the beats of an operand, and shows two of them.
//
// Guarantees  Every accepted beat leaves at out_* exactly once, in order, unchanged. next_data_o is the beat after it.
//             in_ready_o never depends on out_ready_i.
// Demands     Nothing of the producer.
// Latency     One cycle from an accepted beat to out_valid_o.
// Throughput  One beat per cycle; two beats are shown all the time if the producer is fast enough.
// Reset       Empties the window; beats inside are lost.
//
//   in_* ---> [ 2 ] -> [ 1 ] -> [ 0 ] ---> out_*        A beat takes the first free place.
//                        |
//                        +---------------> next_*

`include "flaash_assert.svh"

module flaash_loader_window #(
  parameter type Data = logic [31:0]
) (
  input  logic clk_i,
  input  logic rst_ni,
  // producer
  input  logic in_valid_i,
  output logic in_ready_o,
  input  Data  in_data_i,
  // consumer
  output logic out_valid_o,
  input  logic out_ready_i,
  output Data  out_data_o,
  output logic next_valid_o,  // only with out_valid_o
  output Data  next_data_o
);

  // With two places no beat would come in the cycle in which one leaves.
  localparam int unsigned Places = 3;

  logic [Places-1:0] valid_q, kept;  // from place 0 on; kept after a beat has left
  Data               beats_q[Places];
  logic              push, pop;

  assign push = in_valid_i && in_ready_o;
  assign pop  = out_valid_o && out_ready_i;
  assign kept = pop ? valid_q >> 1 : valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) valid_q <= '0;
    else         valid_q <= push ? {kept[Places-2:0], 1'b1} : kept;
  end

  for (genvar i = 0; i < Places; i++) begin : gen_place
    Data after;  // the beat that moves here

    if (i + 1 < Places) begin : gen_after
      assign after = kept[i] ? beats_q[i+1] : in_data_i;
    end else begin : gen_last
      assign after = in_data_i;
    end

    always_ff @(posedge clk_i) begin
      if (pop || !valid_q[i]) beats_q[i] <= after;
    end
  end

  assign in_ready_o   = !valid_q[Places-1];
  assign out_valid_o  = valid_q[0];
  assign out_data_o   = beats_q[0];
  assign next_valid_o = valid_q[1];
  assign next_data_o  = beats_q[1];

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i, out_data_o, $bits(Data))
  `FLAASH_COVER(FullThenRead_C, !in_ready_o && pop)

endmodule : flaash_loader_window
