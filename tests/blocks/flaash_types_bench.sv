// SPDX-License-Identifier: Apache-2.0
// Splits structs into members and joins members to structs, for the bench of sim/rtl_types.py. There is a
// member for each form of type that a port of rtl/ has.

`include "flaash_line.svh"

module flaash_types_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
#(
    parameter int unsigned Lanes = 4,
    parameter int unsigned CoordWidth = 9,
    localparam int unsigned CountWidth = $clog2(Lanes) + 1,
    localparam type sample_t = struct packed {
      store_write_t                     write;   // a struct with structs inside
      sdpe_events_t [1:0]               events;  // an array of structs
      error_e                           code;    // an enum
      logic signed [6:0]                delta;   // signed
      logic [Lanes-1:0][CoordWidth-1:0] coords;  // as large as parameters say
      logic [CountWidth-1:0]            count;
    }
) (
    input  logic clk_i,  // unused

    input  sample_t               sample_i,
    output logic [3:0]            order_o,
    output fiber_id_t             fiber_o,
    output logic [1:0]            busy_o,
    output logic [7:0]            code_o,
    output logic [6:0]            delta_o,
    output logic [CoordWidth-1:0] coord1_o,
    output logic [CountWidth-1:0] count_o,

    input  logic [3:0]            order_i,
    input  fiber_id_t             fiber_i,
    input  logic [1:0]            busy_i,
    input  logic [7:0]            code_i,
    input  logic [6:0]            delta_i,
    input  logic [CoordWidth-1:0] coord1_i,
    input  logic [CountWidth-1:0] count_i,
    output sample_t               sample_o,

    // the type that a macro declares inside the module
    input  logic [`FLAASH_LINE_WIDTH(Lanes, CoordWidth, 5)-1:0] line_i,
    output logic [CountWidth-1:0] line_count_o,
    output logic [4:0]            line_value1_o
);

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, 5)

  line_t line;
  assign line = line_i;
  assign line_count_o = line.count;
  assign line_value1_o = line.values[1];

  assign order_o = sample_i.write.desc.order;
  assign fiber_o = sample_i.write.fiber.id;
  for (genvar s = 0; s < 2; s++) begin : gen_busy
    assign busy_o[s] = sample_i.events[s].busy;
  end
  assign code_o = sample_i.code;
  assign delta_o = sample_i.delta;
  assign coord1_o = sample_i.coords[1];
  assign count_o = sample_i.count;

  always_comb begin
    sample_o = '0;
    sample_o.write.desc.order = order_i;
    sample_o.write.fiber.id = fiber_i;
    sample_o.events[0].busy = busy_i[0];
    sample_o.events[1].busy = busy_i[1];
    sample_o.code = error_e'(code_i);
    sample_o.delta = delta_i;
    sample_o.coords[1] = coord1_i;
    sample_o.count = count_i;
  end

  logic unused;
  assign unused = &{clk_i, sample_i, line};

endmodule : flaash_types_bench
