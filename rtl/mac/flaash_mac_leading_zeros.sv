// SPDX-License-Identifier: Apache-2.0
// Counts the zeros above the highest one of 16 bits. Combinational.
//
// Guarantees  count_o is 0 to 15, or undefined if zero_o says that all bits are 0.
//
// Four nibbles: each level picks the first part that is not zero, in parallel.

module flaash_mac_leading_zeros (
  input  logic [15:0] data_i,
  output logic        zero_o,
  output logic [3:0]  count_o
);

  // Zeros above the highest one of a nibble, by its upper bits: without any of them it is the last.
  function automatic logic [1:0] nibble_zeros(logic [3:1] upper);
    return {!(upper[3] || upper[2]), !upper[3] && (upper[2] || !upper[1])};
  endfunction

  logic [3:0]      used;
  logic [3:0][1:0] zeros;

  for (genvar n = 0; n < 4; n++) begin : gen_nibble
    assign used[n]  = data_i[4*n+:4] != '0;
    assign zeros[n] = nibble_zeros(data_i[4*n+1+:3]);
  end

  assign zero_o = used == '0;

  always_comb begin
    if (used[3])      count_o = {2'd0, zeros[3]};
    else if (used[2]) count_o = {2'd1, zeros[2]};
    else if (used[1]) count_o = {2'd2, zeros[1]};
    else              count_o = {2'd3, zeros[0]};
  end

endmodule : flaash_mac_leading_zeros
