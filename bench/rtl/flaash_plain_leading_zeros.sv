// SPDX-License-Identifier: Apache-2.0
// Counts the zeros above the highest one of 48 bits. Combinational.
//
// Guarantees  count_o is 0 to 47, undefined if zero_o reports that all bits are 0.
//
// Three groups of four nibbles: each level picks the first part that is not zero, in parallel.

module flaash_plain_leading_zeros (
  input  logic [47:0] data_i,
  output logic        zero_o,
  output logic [5:0]  count_o
);

  // Zeros above the highest one of a nibble, by its upper bits: without any of them it is the last.
  function automatic logic [1:0] nibble_zeros(logic [3:1] upper);
    return {!(upper[3] || upper[2]), !upper[3] && (upper[2] || !upper[1])};
  endfunction

  logic [2:0]      group_used;
  logic [2:0][3:0] group_zeros;

  for (genvar g = 0; g < 3; g++) begin : gen_group
    logic [3:0]      used;
    logic [3:0][1:0] zeros;

    for (genvar n = 0; n < 4; n++) begin : gen_nibble
      assign used[n]  = data_i[16*g+4*n+:4] != '0;
      assign zeros[n] = nibble_zeros(data_i[16*g+4*n+1+:3]);
    end

    assign group_used[g] = used != '0;
    always_comb begin
      if (used[3])      group_zeros[g] = {2'd0, zeros[3]};
      else if (used[2]) group_zeros[g] = {2'd1, zeros[2]};
      else if (used[1]) group_zeros[g] = {2'd2, zeros[1]};
      else              group_zeros[g] = {2'd3, zeros[0]};
    end
  end

  assign zero_o = group_used == '0;

  always_comb begin
    if (group_used[2])      count_o = {2'd0, group_zeros[2]};
    else if (group_used[1]) count_o = {2'd1, group_zeros[1]};
    else                    count_o = {2'd2, group_zeros[0]};
  end

endmodule : flaash_plain_leading_zeros
