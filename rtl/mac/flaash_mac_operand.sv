// SPDX-License-Identifier: Apache-2.0
// MAC operand: splits one operand into sign, magnitude, exponent and class. Combinational.
//
// Guarantees  sign_o and significand_o, times 2 ** exponent_o and a constant of the format, are the value of a
//             finite operand; significand_o is 0 for others. exponent_o is 1 or more: a subnormal number has the
//             exponent of the smallest normal number. Integers: exponent_o is 1, only zero_o of the classes can
//             be set.

module flaash_mac_operand
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format = FormatFp32,  // Format* of flaash_pkg
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned SigWidth   = significand_width(Format)
) (
  input  logic [ValueWidth-1:0] value_i,
  output logic                  sign_o,
  output logic [SigWidth-1:0]   significand_o,
  output logic [7:0]            exponent_o,
  output logic                  zero_o,
  output logic                  inf_o,
  output logic                  nan_o,
  output logic                  signalling_o  // a NaN that raises invalid
);

  assign sign_o = value_i[ValueWidth-1];

  if (Format == FormatFp32 || Format == FormatBf16) begin : gen_float
    localparam int unsigned FractionWidth = SigWidth - 1;
    logic [FractionWidth-1:0] fraction;
    logic [7:0]               exponent;
    logic                     lowest, highest;  // exponent field all zeros, all ones

    assign {exponent, fraction} = value_i[ValueWidth-2:0];
    assign lowest  = exponent == '0;
    assign highest = &exponent;

    assign significand_o = {!lowest, fraction} & {SigWidth{!highest}};
    assign exponent_o    = {exponent[7:1], exponent[0] || lowest};
    assign zero_o        = lowest && (fraction == '0);
    assign inf_o         = highest && (fraction == '0);
    assign nan_o         = highest && (fraction != '0);
    assign signalling_o  = nan_o && !fraction[FractionWidth-1];
  end else begin : gen_integer
    // The magnitude of the most negative number fits, being unsigned.
    assign significand_o = sign_o ? SigWidth'(-value_i) : value_i;
    assign exponent_o    = 8'd1;
    assign zero_o        = value_i == '0;
    assign inf_o         = 1'b0;
    assign nan_o         = 1'b0;
    assign signalling_o  = 1'b0;
  end

endmodule : flaash_mac_operand
