// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_result_network: an SDPE that offers a result is served before more than
// 2**Levels + Registers - 1 others have left; of three levels one has registers.

module flaash_formal_result_turns
  import flaash_pkg::*;
#(
  parameter int unsigned NumSources = 4,  // 2 or more
  localparam int unsigned Levels    = $clog2(NumSources),
  localparam int unsigned Registers = (Levels + 2) / 3,
  localparam int unsigned Bound     = (1 << Levels) + Registers - 1
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic [NumSources-1:0]    in_valid_i,
  input logic                  out_ready_i
);

  localparam int unsigned CountWidth = $clog2(Bound + 2);

  logic [NumSources-1:0]    in_ready;
  logic                  out_valid;
  result_t               unused_result;

  flaash_formal_producer #(
    .Streams(NumSources)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i ('0)
  );

  flaash_result_network #(
    .NumSources(NumSources)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o  (in_ready),
    .in_result_i ('0),
    .out_valid_o (out_valid),
    .out_ready_i,
    .out_result_o(unused_result)
  );

  // --------------------------------------------------------------------- per SDPE
  for (genvar i = 0; i < NumSources; i++) begin : gen_sdpe
    logic [CountWidth-1:0] left_q;  // results that left while this SDPE waits

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                             left_q <= '0;
      else if (!in_valid_i[i] || in_ready[i])  left_q <= '0;
      else if (left_q <= CountWidth'(Bound))   left_q <= left_q + CountWidth'(out_valid && out_ready_i);
    end

    Served_A : assert property (@(posedge clk_i) disable iff (!rst_ni) left_q <= CountWidth'(Bound));
    ServedLate_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
        left_q == CountWidth'(Bound) && in_valid_i[i] && in_ready[i]);
  end

endmodule : flaash_formal_result_turns
