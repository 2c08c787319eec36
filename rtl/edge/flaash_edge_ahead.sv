// SPDX-License-Identifier: Apache-2.0
// Edge ahead: fetches the next descriptor and asks for its arrays, while the operands of the one before are loaded.
//
// Guarantees  Each slot of the ring is fetched once, in order (begin_o), its levels into the set that the descriptor
//             before does not have (set_o). When that can be used, its operands are asked for (ask_o, but for those
//             that are kept) as soon as those before have been; then it is on offer (next_valid_o), or at once if it
//             can't be used, until the front takes it. While stop_i nothing is begun, asked for, or offered.
// Demands     take_i only with next_valid_o, and when the set of the descriptor before is of no use any more.
//             cancel_i stays until no read is under way.
// Latency     None from fetched_i to the offer.
// Reset       Nothing is fetched; cancel_i does the same.
//
//   idle -> fetch -> offer -> idle

`include "flaash_assert.svh"

module flaash_edge_ahead
  import flaash_edge_pkg::*;
(
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       stop_i,
  input  logic       cancel_i,
  output logic       busy_o,

  input  logic       pending_i,     // the ring has a slot to work on
  input  mem_addr_t  slot_i,
  output logic       begin_o,       // pulse: fetch it
  output logic       fetch_o,       // until it is there
  output logic       set_o,         // of levels: of what is fetched, or on offer
  input  logic       fetched_i,
  input  logic       wrong_i,       // with it: this descriptor can't be used
  input  about_t     about_i,       // what it says

  input  logic [1:0] asked_i,       // all of the operands before has been asked for
  output logic [1:0] ask_o,         // pulse
  output logic       ask_next_o,    // what is asked for is on offer, not yet taken; from ask_o on

  output logic       next_valid_o,
  input  logic       take_i,        // pulse
  // what was taken last
  output about_t     about_o,
  output mem_addr_t  slot_o,
  output logic       taken_set_o
);

  typedef enum logic [1:0] {AheadIdle, AheadFetch, AheadOffer} state_e;

  state_e state_q;
  logic   entered_q;  // the first cycle of this state is over
  logic   set_q, asked_q, there, asks;
  head_t  head;

  assign head = about_i.head;

  logic unused_head;
  assign unused_head = ^head;

  assign there = state_q == AheadOffer || (state_q == AheadFetch && entered_q && fetched_i);
  assign asks  = there && !asked_q && !wrong_i && !stop_i && (&asked_i);

  assign busy_o       = state_q != AheadIdle;
  assign begin_o      = state_q == AheadFetch && !entered_q && !cancel_i;
  assign fetch_o      = state_q == AheadFetch;
  assign set_o        = set_q;
  assign ask_o        = asks ? ~head.keep : '0;
  assign ask_next_o   = asks || asked_q;
  assign next_valid_o = there && !stop_i && (wrong_i || asks || asked_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= AheadIdle;
      entered_q <= 1'b0;
      set_q     <= 1'b0;
      asked_q   <= 1'b0;
    end else begin
      entered_q <= state_q == AheadFetch;
      if (asks) asked_q <= 1'b1;
      unique case (state_q)
        AheadIdle:  if (pending_i && !stop_i) state_q <= AheadFetch;
        AheadFetch: if (there) state_q <= AheadOffer;
        default:    state_q <= AheadOffer;
      endcase
      if (take_i) begin
        state_q <= AheadIdle;
        set_q   <= !set_q;
        asked_q <= 1'b0;
      end
      if (cancel_i) begin
        state_q <= AheadIdle;
        asked_q <= 1'b0;
      end
    end
  end

  // ---------------------------------------------------------------- what was taken
  mem_addr_t slot_q;  // of what is fetched, or on offer

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      slot_q      <= '0;
      about_o     <= '0;
      slot_o      <= '0;
      taken_set_o <= 1'b0;
    end else begin
      if (begin_o) slot_q <= slot_i;
      if (take_i) begin
        about_o     <= about_i;
        slot_o      <= slot_q;
        taken_set_o <= set_q;
      end
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Taken_A, !take_i || next_valid_o, "a descriptor is taken that is not there")
  `FLAASH_COVER(WaitsForFront_C, state_q == AheadOffer && asked_q && !take_i)
  `FLAASH_COVER(WaitsToAsk_C, there && !wrong_i && asked_i != '1)

endmodule : flaash_edge_ahead
