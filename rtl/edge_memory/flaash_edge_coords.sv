// SPDX-License-Identifier: Apache-2.0
// Edge coordinates: makes the coordinates of a dense level, a beat of them at a time.
//
// Guarantees  After start_i coords_o counts 0, 1 .. extent - 1, 0, 1 .. from word to word and from beat to beat; step_i
//             moves on by a beat.
// Demands     extent_i with start_i, 1 or more. step_i after a start_i.
// Latency     One cycle from start_i and step_i to coords_o.
// Throughput  A beat per cycle.
// Reset       None: start_i begins.
//
// An extent of Words or more ends within a beat at most once: the words from left_q on begin anew, the others follow
// on first_q. With a lesser extent each word has a counter of its own, of few bits.

module flaash_edge_coords #(
  parameter int unsigned Words = 4  // of a beat: a power of two, 2 or more
) (
  input  logic                   clk_i,

  input  logic                   start_i,
  input  logic [31:0]            extent_i,
  input  logic                   step_i,
  output logic [Words-1:0][31:0] coords_o
);

  localparam int unsigned Bits = $clog2(Words);

  // ------------------------------------------------------- extents of Words or more
  logic [31:0]      extent_q, first_q, left_q;  // left: from first to the end of the extent
  logic [31-Bits:0] above;                      // upper bits of the words after a carry
  logic             near;                       // the extent ends in this beat, or with it
  logic [Bits-1:0]  over;                       // then: words after the end

  assign above  = first_q[31:Bits] + 1'b1;
  assign near   = left_q[31:Bits] == '0 || left_q == 32'(Words);
  assign over   = Bits'(0) - left_q[Bits-1:0];

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      extent_q <= extent_i;
      first_q  <= '0;
      left_q   <= extent_i;
    end else if (step_i) begin
      first_q  <= near ? 32'(over) : {above, first_q[Bits-1:0]};
      left_q   <= near ? extent_q - 32'(over) : left_q - 32'(Words);
    end
  end

  // --------------------------------------------------------------- lesser extents
  logic [Bits-1:0]            round, round_q;  // Words modulo extent: the step of each word
  logic [Words-1:0][Bits-1:0] begins, few_q;
  logic                       few;

  always_comb begin
    round  = '0;
    begins = '0;
    for (int e = 1; e < int'(Words); e++) begin
      if (extent_i[Bits-1:0] == Bits'(e)) begin
        round = Bits'(int'(Words) % e);
        for (int i = 0; i < int'(Words); i++) begins[i] = Bits'(i % e);
      end
    end
  end

  assign few = extent_q[31:Bits] == '0;

  always_ff @(posedge clk_i) begin
    if (start_i) round_q <= round;
  end

  for (genvar i = 0; i < int'(Words); i++) begin : gen_word
    logic [Bits:0]   sum;    // without the end of the extent
    logic            wraps, carry;
    logic [Bits-1:0] low, anew;  // anew: after the end of the extent

    assign sum = {1'b0, few_q[i]} + {1'b0, round_q};

    always_ff @(posedge clk_i) begin
      if (start_i)     few_q[i] <= begins[i];
      else if (step_i) few_q[i] <= (sum >= {1'b0, extent_q[Bits-1:0]}) ? sum[Bits-1:0] - extent_q[Bits-1:0]
                                                                         : sum[Bits-1:0];
    end

    assign wraps        = near && left_q[Bits:0] <= (Bits+1)'(i);
    assign anew         = Bits'(i) + over;
    assign {carry, low} = {1'b0, first_q[Bits-1:0]} + (Bits+1)'(i);

    always_comb begin
      coords_o[i] = {carry ? above : first_q[31:Bits], low};
      if (wraps) coords_o[i] = 32'(anew);
      if (few) coords_o[i] = 32'(few_q[i]);
    end
  end

endmodule : flaash_edge_coords
