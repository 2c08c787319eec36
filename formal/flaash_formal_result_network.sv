// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_result_network: no result is lost, doubled, changed, or overtaken by a later one of its
// SDPE, for any traffic and any reset.
//
// a_id of a result is the number of the SDPE that it came from; the network does not look at it.

module flaash_formal_result_network
  import flaash_pkg::*;
#(
  parameter int unsigned NumSources = 3  // 2 or more
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic [NumSources-1:0]    in_valid_i,
  input result_t [NumSources-1:0] in_result_i,
  input logic                  out_ready_i,
  input logic                  mark_i
);

  localparam int unsigned Width  = $bits(result_t);
  localparam int unsigned Levels = $clog2(NumSources);

  logic [NumSources-1:0]    in_ready;
  result_t [NumSources-1:0] in_result;
  logic                  out_valid;
  result_t               out_result;

  for (genvar i = 0; i < NumSources; i++) begin : gen_tag
    assign in_result[i] = {fiber_id_t'(i), in_result_i[i].b_id, in_result_i[i].value};
  end

  flaash_formal_producer #(
    .Streams(NumSources),
    .Width  (Width)
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(in_valid_i),
    .ready_i(in_ready),
    .data_i (in_result)
  );

  flaash_result_network #(
    .NumSources(NumSources)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .in_valid_i,
    .in_ready_o  (in_ready),
    .in_result_i (in_result),
    .out_valid_o (out_valid),
    .out_ready_i,
    .out_result_o(out_result)
  );

  // ------------------------------------------------------- registers of the network
  // Two slots per arbiter with a register, those nearest to the output first.
  localparam int unsigned PerLevel = (NumSources + 1) / 2;  // arbiters of the widest level
  localparam int unsigned Slots    = 2 * PerLevel * Levels;
  logic [Slots-1:0]    held;
  result_t [Slots-1:0] results;

  function automatic logic belongs(fiber_id_t sdpe, int unsigned level, int unsigned stream);
    return sdpe < fiber_id_t'(NumSources) && sdpe >> level == fiber_id_t'(stream);
  endfunction

  for (genvar level = 1; level <= Levels; level++) begin : gen_level
    localparam int unsigned Below = (NumSources + (1 << (level - 1)) - 1) >> (level - 1);
    for (genvar i = 0; i < PerLevel; i++) begin : gen_stream
      localparam int unsigned First = 2 * (PerLevel * (Levels - level) + i);
      if (2 * i + 1 < Below && (Levels - level) % 3 == 0) begin : gen_pair
        assign held[First]      = u_dut.u_tree.gen_tree.gen_level[level].gen_arbiters.gen_stream[i]
                                      .gen_pair.u_arbiter.gen_register.u_register.out_valid_q;
        assign results[First]   = u_dut.u_tree.gen_tree.gen_level[level].gen_arbiters.gen_stream[i]
                                      .gen_pair.u_arbiter.gen_register.u_register.out_q;
        assign held[First+1]    = u_dut.u_tree.gen_tree.gen_level[level].gen_arbiters.gen_stream[i]
                                      .gen_pair.u_arbiter.gen_register.u_register.skid_valid_q;
        assign results[First+1] = u_dut.u_tree.gen_tree.gen_level[level].gen_arbiters.gen_stream[i]
                                      .gen_pair.u_arbiter.gen_register.u_register.skid_q;
      end else begin : gen_none
        assign held[First+:2]    = '0;
        assign results[First+:2] = '0;
      end
      // Only results of the SDPEs that an arbiter serves get into it.
      RightPath_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
          (!held[First] || belongs(results[First].a_id, level, i))
          && (!held[First+1] || belongs(results[First+1].a_id, level, i)));
    end
  end

  // --------------------------------------------------------------------- per SDPE
  for (genvar i = 0; i < NumSources; i++) begin : gen_sdpe
    logic [Slots-1:0] slot_valid;

    for (genvar slot = 0; slot < Slots; slot++) begin : gen_slot
      assign slot_valid[slot] = held[slot] && results[slot].a_id == fiber_id_t'(i);
    end

    flaash_formal_order #(
      .Width(Width),
      .Slots(Slots)
    ) u_order (
      .clk_i,
      .rst_ni,
      .mark_i,
      .push_i      (in_valid_i[i] && in_ready[i]),
      .push_data_i (in_result[i]),
      .pop_i       (out_valid && out_ready_i && out_result.a_id == fiber_id_t'(i)),
      .pop_data_i  (out_result),
      .slot_valid_i(slot_valid),
      .slot_data_i (results)
    );
  end

  NoOther_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !out_valid || out_result.a_id < fiber_id_t'(NumSources));

endmodule : flaash_formal_result_network
