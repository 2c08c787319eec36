// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_result_gate: after a stop exactly the results pass that were stored before it.
//
// `late_q` is the specification: the stores, each result with a bit that marks an arrival after the stop.

module flaash_formal_result_gate #(
  parameter int unsigned NumSources = 2,
  parameter int unsigned CountWidth = 3
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  kill_i,
  input logic [NumSources-1:0] stored_i,
  input logic [NumSources-1:0] in_valid_i,
  input logic [NumSources-1:0] out_ready_i
);

  localparam int unsigned Depth = 2 ** CountWidth - 2;  // results in a store, most

  logic [NumSources-1:0] in_ready, out_valid, last, held;
  logic                  stopped_q;

  flaash_formal_producer #(
    .Streams(NumSources)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i ('0)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) stopped_q <= 1'b0;
    else         stopped_q <= kill_i;
  end

  StopStays_M : assume property (@(posedge clk_i) !stopped_q || kill_i);

  flaash_result_gate #(
    .NumSources(NumSources),
    .CountWidth(CountWidth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .kill_i,
    .stored_i,
    .in_valid_i,
    .in_ready_o (in_ready),
    .out_valid_o(out_valid),
    .out_ready_i
  );

  for (genvar s = 0; s < NumSources; s++) begin : gen_source
    logic [Depth:0]        late_q, late;  // the oldest result at bit 0
    logic [CountWidth-1:0] filled_q, filled, early;
    logic                  leaves, waited_q;

    assign leaves = in_valid_i[s] && in_ready[s];
    assign filled = filled_q - CountWidth'(leaves);

    always_comb begin
      late = leaves ? late_q >> 1 : late_q;
      if (stored_i[s]) late[filled] = kill_i;
    end

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        late_q   <= '0;
        filled_q <= '0;
        waited_q <= 1'b0;
      end else begin
        late_q   <= late;
        filled_q <= filled + CountWidth'(stored_i[s]);
        waited_q <= out_valid[s] && !out_ready_i[s];
      end
    end

    Stored_M : assume property (@(posedge clk_i) !in_valid_i[s] || filled_q != '0);
    Fits_M : assume property (@(posedge clk_i) !stored_i[s] || 32'(filled_q) < Depth);

    // It passes if and only if it was stored before the stop, on both sides at once.
    Passes_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        out_valid[s] == (in_valid_i[s] && !late_q[0]));
    Ready_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        leaves == (out_valid[s] && out_ready_i[s]));
    Wire_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        kill_i || in_ready[s] == out_ready_i[s]);
    Stays_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waited_q || out_valid[s]);

    // Results from before the stop are the older ones, and the gate has their number.
    always_comb begin
      early = '0;
      for (int unsigned i = 0; i < Depth; i++) early = early + CountWidth'(i < 32'(filled_q) && !late_q[i]);
    end

    Number_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_dut.gen_count[s].inside_q == early);
    Older_A : assert property (@(posedge clk_i) disable iff (!rst_ni) (late_q & ((Depth + 1)'(1) << filled_q) - 1'b1)
        == (((Depth + 1)'(1) << filled_q) - ((Depth + 1)'(1) << early)));
    NoneLate_A : assert property (@(posedge clk_i) disable iff (!rst_ni) stopped_q || early == filled_q);
    Filled_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(filled_q) <= Depth);

    assign last[s] = leaves && stopped_q && early == 1 && filled_q == 3;
    assign held[s] = in_valid_i[s] && kill_i && !out_valid[s];
  end

  Last_C : cover property (@(posedge clk_i) disable iff (!rst_ni) last[0]);
  HeldBack_C : cover property (@(posedge clk_i) disable iff (!rst_ni) held[1] && out_valid[0]);

endmodule : flaash_formal_result_gate
