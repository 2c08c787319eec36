// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_edge_coords: the words of each beat continue the count of the word before them, and the count
// begins anew at the extent.

module flaash_formal_edge_coords #(
  parameter int unsigned Words = 4
) (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        start_i,
  input logic [31:0] extent_i,
  input logic        step_i
);

  logic                   begun_q;
  logic [Words-1:0][31:0] coords;

  flaash_edge_coords #(
    .Words(Words)
  ) u_dut (
    .clk_i,
    .start_i, .extent_i, .step_i(step_i && begun_q), .coords_o(coords)
  );

  // -------------------------------------------------------------------- demands
  logic started_q = 1'b0;

  always_ff @(posedge clk_i) started_q <= 1'b1;

  ResetFirst_M : assume property (@(posedge clk_i) started_q || !rst_ni);
  Extent_M : assume property (@(posedge clk_i) !start_i || extent_i != '0);

  // ------------------------------------------------------------------ the count
  logic [31:0] extent_q, next_q;  // next: the first word of the beat

  function automatic logic [31:0] after(logic [31:0] word, logic [31:0] extent);
    return (word + 32'd1 == extent) ? '0 : word + 32'd1;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q  <= 1'b0;
      extent_q <= '0;
      next_q   <= '0;
    end else if (start_i) begin
      begun_q  <= 1'b1;
      extent_q <= extent_i;
      next_q   <= '0;
    end else if (step_i && begun_q) begin
      next_q <= after(coords[Words-1], extent_q);
    end
  end

  // ------------------------------------------------------------------ properties
  First_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !begun_q || coords[0] == next_q);

  for (genvar i = 1; i < int'(Words); i++) begin : gen_word
    Next_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !begun_q || coords[i] == after(coords[i-1], extent_q));
  end

  // Invariants for the induction.
  localparam int unsigned Bits = $clog2(Words);

  logic few;
  assign few = extent_q < 32'(Words);

  Extent_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || (u_dut.extent_q == extent_q && extent_q != '0 && next_q < extent_q));
  Many_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || few || (u_dut.first_q == next_q && u_dut.left_q == extent_q - next_q));
  Few_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || !few || (32'(u_dut.round_q) < extent_q && 32'(u_dut.round_q) == 32'(Words) % extent_q));

  Wraps_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      begun_q && !few && coords[Words-1] < coords[0]);
  Few_C : cover property (@(posedge clk_i) disable iff (!rst_ni) begun_q && few && next_q != '0 && extent_q == 32'd3);

endmodule : flaash_formal_edge_coords
