// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_portion_trim: each line keeps the entries of its portion, moved down, and no others.
//
// A marked request stands for each of them. `kept` is the specification: it goes through the entries of the
// response one by one and puts the entries of the portion side by side.

`include "flaash_line.svh"

module flaash_formal_portion_trim
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes      = 4,
  parameter int unsigned CoordWidth = 3,
  parameter int unsigned ValueWidth = 2,
  parameter int unsigned Depth      = 4,
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth)
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 req_i,
  input pass_t                req_pass_i,
  input logic                 rsp_valid_i,
  input logic [LineWidth-1:0] rsp_data_i,
  input logic                 mark_i
);

  localparam int unsigned CountWidth = $clog2(Depth) + 1;

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  // -------------------------------------------------------------------- assumptions
  line_t in_line;

  assign in_line = rsp_data_i;

  flaash_formal_producer u_reset (
    .clk_i,
    .rst_ni,
    .valid_i(1'b0),
    .ready_i(1'b0),
    .data_i (1'b0)
  );

  Room_M : assume property (@(posedge clk_i) !req_i || 32'(u_order.inside_q) < Depth);
  Answers_M : assume property (@(posedge clk_i) !rsp_valid_i || u_order.inside_q != '0);
  Line_M : assume property (@(posedge clk_i) 32'(in_line.count) <= Lanes);

  // -------------------------------------------------------------------------- block
  logic  line_valid;
  line_t line;

  flaash_portion_trim #(
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth),
    .ValueWidth(ValueWidth),
    .Depth     (Depth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .req_i,
    .req_pass_i,
    .rsp_valid_i,
    .rsp_data_i,
    .line_valid_o(line_valid),
    .line_o (line)
  );

  // ------------------------------------------------------------- the marked request
  pass_t    pass_q;
  portion_t portion_q;
  logic     begins_q, ends_q, its_line;

  assign {begins_q, ends_q, portion_q} = pass_q;

  assign its_line = rsp_valid_i && u_order.marked_q && u_order.ahead_q == '0;

  always_ff @(posedge clk_i) begin
    if (u_order.mark) pass_q <= req_pass_i;
  end

  logic  belongs;
  line_t kept;

  always_comb begin
    kept    = '0;
    belongs = 1'b0;
    for (int unsigned i = 0; i < Lanes; i++) begin
      belongs = i < 32'(in_line.count)
                && !(portion_q.partial && begins_q && i < 32'(portion_q.first_lane))
                && !(portion_q.partial && ends_q && i > 32'(portion_q.last_lane));
      if (belongs) begin
        kept.coords = kept.coords | (Lanes * CoordWidth)'(in_line.coords[i]) << (32'(kept.count) * CoordWidth);
        kept.values = kept.values | (Lanes * ValueWidth)'(in_line.values[i]) << (32'(kept.count) * ValueWidth);
        kept.count  = kept.count + 1'b1;
      end
    end
    kept.last = in_line.last || (portion_q.partial && ends_q);
  end

  Kept_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !its_line || line == kept);
  Valid_A : assert property (@(posedge clk_i) disable iff (!rst_ni) line_valid == rsp_valid_i);
  // A whole fiber passes as it is; lanes above its count are zero in the memory.
  logic above_zero, is_whole;

  always_comb begin
    above_zero = 1'b1;
    for (int unsigned i = 0; i < Lanes; i++) begin
      if (i >= 32'(in_line.count) && (in_line.coords[i] != '0 || in_line.values[i] != '0)) above_zero = 1'b0;
    end
  end

  assign is_whole = its_line && !portion_q.partial && above_zero;
  Whole_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !is_whole || line == in_line);

  // ------------------------------------------------------------------ order of cuts
  localparam int unsigned CutWidth = 1 + 2 * LaneIdWidth;

  function automatic logic [CutWidth-1:0] cut_of(pass_t at);
    return {at.portion.partial && at.ends,
            (at.portion.partial && at.begins) ? at.portion.first_lane : lane_id_t'(0),
            (at.portion.partial && at.ends) ? at.portion.last_lane : ~lane_id_t'(0)};
  endfunction

  logic [Depth-1:0]               slot_valid;
  logic [Depth-1:0][CutWidth-1:0] slot_data;

  for (genvar i = 0; i < Depth; i++) begin : gen_slot
    assign slot_valid[i] = u_dut.usage > CountWidth'(i);
    assign slot_data[i]  = u_dut.u_cuts.mem_q[(CountWidth-1)'(u_dut.u_cuts.rd_ptr_q + CountWidth'(i))];
  end

  flaash_formal_order #(
    .Width(CutWidth),
    .Slots(Depth)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (req_i),
    .push_data_i (cut_of(req_pass_i)),
    .pop_i       (rsp_valid_i),
    .pop_data_i  (u_dut.cut),
    .slot_valid_i(slot_valid),
    .slot_data_i (slot_data)
  );

  Cut_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !u_order.marked_q || u_order.data_q == cut_of(pass_q));

  Middle_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      its_line && line.count == 2 && portion_q.first_lane == 1 && in_line.count == 4 && u_order.inside_q == 2);
  Empty_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      its_line && line.count == '0 && in_line.count != '0 && line.last);

endmodule : flaash_formal_portion_trim
