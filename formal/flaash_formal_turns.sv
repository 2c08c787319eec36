// SPDX-License-Identifier: Apache-2.0
// Turns of a proof: no port that keeps requesting at a flaash_round_robin starves.
//
// Guarantees  A port that keeps requesting sees at most Ports - 1 accepted grants to others. The property is
//             inductive because each of these grants brings the port's turn nearer: the mask gives the distance.
// Demands     mask_i is the register of the flaash_round_robin, grant_i its grant where it is accepted.

module flaash_formal_turns #(
  parameter int unsigned Ports = 4  // 1 or more
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic [Ports-1:0] asks_i,
  input logic [Ports-1:0] grant_i,
  input logic [Ports-1:0] mask_i
);

  localparam int unsigned CountWidth = $clog2(Ports + 1) + 1;

  // ------------------------------------------------------------------- next in turn
  logic [CountWidth-1:0] next;  // the port with the highest priority, Ports for port 0

  always_comb begin
    next = '0;
    for (int unsigned i = 0; i < Ports; i++) begin
      if (!mask_i[i]) next = next + 1'b1;
    end
  end

  Mask_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (~mask_i & (~mask_i + 1'b1)) == '0);

  // -------------------------------------------------------------------- every port
  for (genvar i = 0; i < Ports; i++) begin : gen_port
    logic [CountWidth-1:0] overtaken_q;  // grants to others since this port requests
    logic [CountWidth-1:0] away;         // ports that have their turn before it

    assign away = (next <= CountWidth'(i)) ? CountWidth'(i) - next : CountWidth'(Ports + i) - next;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni)                         overtaken_q <= '0;
      else if (!asks_i[i] || grant_i[i])   overtaken_q <= '0;
      else if (grant_i != '0)              overtaken_q <= overtaken_q + 1'b1;
    end

    Bound_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        32'(overtaken_q) + 32'(grant_i != '0 && !grant_i[i] && asks_i[i]) <= Ports - 1);
    TurnComes_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        32'(overtaken_q) + 32'(away) <= Ports - 1);
    WaitsLongest_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
        32'(overtaken_q) == Ports - 1 && grant_i[i]);
  end

endmodule : flaash_formal_turns
