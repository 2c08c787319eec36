// SPDX-License-Identifier: Apache-2.0
// One player with its MAC per format, so that one build tests them all.

module flaash_mac_players
  import flaash_pkg::*;
#(
  parameter int unsigned FloatCountWidth   = 24,  // CountWidth of the MACs
  parameter int unsigned IntegerCountWidth = 24,
  parameter bit          Portions          = 1'b0
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  finish_t    finish_i,   // each MAC gets what its format has
  input  logic [3:0] start_i,
  input  logic [1:0] in_stall_i,
  input  logic [1:0] out_stall_i,
  output logic [3:0] done_o
);

  finish_t finish;

  assign finish = finish_i;

  flaash_mac_player #(
    .Format(0),
    .CountWidth(FloatCountWidth),
    .Portions(Portions),
    .Name("fp32")
  ) u_fp32 (
    .clk_i,
    .rst_ni,
    .finish_i({finish.relu, 1'b0, ShiftWidth'(0)}),
    .start_i(start_i[0]),
    .in_stall_i,
    .out_stall_i,
    .done_o(done_o[0])
  );

  flaash_mac_player #(
    .Format(1),
    .CountWidth(FloatCountWidth),
    .Portions(Portions),
    .Name("bf16")
  ) u_bf16 (
    .clk_i,
    .rst_ni,
    .finish_i({finish.relu, finish.narrow, ShiftWidth'(0)}),
    .start_i(start_i[1]),
    .in_stall_i,
    .out_stall_i,
    .done_o(done_o[1])
  );

  flaash_mac_player #(
    .Format(2),
    .CountWidth(IntegerCountWidth),
    .Portions(Portions),
    .Name("int8")
  ) u_int8 (
    .clk_i,
    .rst_ni,
    .finish_i(finish_i),
    .start_i(start_i[2]),
    .in_stall_i,
    .out_stall_i,
    .done_o(done_o[2])
  );

  flaash_mac_player #(
    .Format(3),
    .CountWidth(IntegerCountWidth),
    .Portions(Portions),
    .Name("int16")
  ) u_int16 (
    .clk_i,
    .rst_ni,
    .finish_i(finish_i),
    .start_i(start_i[3]),
    .in_stall_i,
    .out_stall_i,
    .done_o(done_o[3])
  );

endmodule : flaash_mac_players
