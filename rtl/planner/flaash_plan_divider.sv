// SPDX-License-Identifier: Apache-2.0
// Divider: the quotient of two integers, one bit per cycle.
//
// Guarantees  done_o from its cycle until the next start; quotient_o is then floor(dividend_i / divisor_i).
// Demands     divisor_i not 0; start_i not between a start and its done_o.
// Latency     From start_i to done_o: 2 cycles and one per bit of the quotient.
// Reset       Forgets a division in progress; done_o is low.

`include "flaash_assert.svh"

module flaash_plan_divider #(
  parameter int unsigned Width = 22  // bits of all numbers, 2 or more
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             start_i,
  input  logic [Width-1:0] dividend_i,
  input  logic [Width-1:0] divisor_i,
  output logic             done_o,
  output logic [Width-1:0] quotient_o
);

  if (Width < 2) begin : gen_illegal_width
    `FLAASH_ILLEGAL("Width must be 2 or more")
  end

  localparam int unsigned CountWidth = $clog2(Width);

  // Number of the highest bit that is set.
  function automatic logic [CountWidth-1:0] top_bit(logic [Width-1:0] number);
    logic [CountWidth-1:0] top;
    top = '0;
    for (int unsigned i = 0; i < Width; i++) begin
      if (number[i]) top = CountWidth'(i);
    end
    return top;
  endfunction

  typedef enum logic [1:0] {StIdle, StAlign, StStep} state_e;
  state_e state_q;

  logic [Width-1:0]      rest_q, divisor_q, quotient_q;
  logic [CountWidth-1:0] steps_q;    // steps left after this one
  logic [CountWidth-1:0] rest_top_q, divisor_top_q, shift;
  logic                  fits;

  // The divisor begins under the dividend's highest bit.
  assign shift = (rest_top_q > divisor_top_q) ? rest_top_q - divisor_top_q : '0;
  assign fits  = rest_q >= divisor_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      done_o  <= 1'b0;
    end else begin
      done_o <= !start_i && (done_o || (state_q == StStep && steps_q == '0));
      if (start_i)                                 state_q <= StAlign;
      else if (state_q == StAlign)                 state_q <= StStep;
      else if (state_q == StStep && steps_q == '0) state_q <= StIdle;
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      rest_q        <= dividend_i;
      divisor_q     <= divisor_i;
      rest_top_q    <= top_bit(dividend_i);
      divisor_top_q <= top_bit(divisor_i);
    end else if (state_q == StAlign) begin
      divisor_q  <= divisor_q << shift;
      steps_q    <= shift;
      quotient_q <= '0;
    end else if (state_q == StStep) begin
      if (fits) rest_q <= rest_q - divisor_q;
      quotient_q <= {quotient_q[Width-2:0], fits};
      divisor_q  <= divisor_q >> 1;
      steps_q    <= steps_q - 1'b1;
    end
  end

  assign quotient_o = quotient_q;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(NotByZero_A, !start_i || divisor_i != '0, "division by zero")
  `FLAASH_ASSERT(OneAtATime_A, !start_i || state_q == StIdle, "a division while another is under way")
  `FLAASH_COVER(ByOne_C, start_i && divisor_i == 1)
  `FLAASH_COVER(StartsAtOnce_C, start_i && done_o && !$past(done_o))

endmodule : flaash_plan_divider
