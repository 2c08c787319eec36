// SPDX-License-Identifier: Apache-2.0
// Edge ahead: fetches the next descriptors and requests their arrays, while the operands of an earlier one are
// loaded.
//
// Guarantees  Each slot of the ring is fetched once, in order (begin_o), and has a number of its own. Up to
//             InFlight - 1 slots are ahead of the last accepted descriptor. No fetch begins while the operands of
//             that descriptor are requested, and no fourth fetch before the first operands of a queue are. Each
//             descriptor is parsed when the arrays of its predecessor have been requested (clear_o, fetch_o). A valid
//             descriptor then requests its operands (ask_o, except operands that are kept) and is offered
//             (next_valid_o) until the front accepts it. An invalid descriptor is offered at once. While kill_i
//             nothing is begun, requested or offered. With late_i a descriptor that has not come counts as invalid.
// Demands     take_i only with next_valid_o, and when the number of the descriptor before is no longer used.
//             kill_i stays until no read is outstanding.
// Latency     None from pending_i to begin_o, one cycle from fetched_i to the offer.
// Reset       No descriptor is fetched; kill_i does the same.
//
//   begin --> (memory) --> fetch -> ask --> FIFO of offers --> front

`include "flaash_assert.svh"

module flaash_edge_ahead
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned InFlight = 4,  // descriptors: a power of two, 2 or more
  localparam int unsigned NumberBits = $clog2(InFlight)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        kill_i,
  input  logic        late_i,         // level: the watchdog has ended the queue
  output logic        busy_o,

  // reading
  input  logic        pending_i,      // the ring has a pending slot
  input  mem_addr_t   slot_i,
  input  logic        begin_ready_i,
  output logic        begin_o,        // pulse: read it
  output logic [NumberBits-1:0] begin_number_o,
  output logic        clear_o,        // pulse: a descriptor comes next
  output logic        fetch_o,        // until it has arrived
  // the parsed descriptor, whose arrays are requested next
  output logic [NumberBits-1:0] come_number_o,
  output mem_addr_t   come_slot_o,
  input  logic        fetched_i,
  input  error_t      fault_i,        // with it: the descriptor is invalid
  input  about_t      about_i,        // its contents

  input  logic [1:0]  asked_i,        // all operands of the previous one have been requested
  output logic [1:0]  ask_o,          // pulse

  output logic        next_valid_o,
  output error_t      next_fault_o,
  input  logic        take_i,         // pulse
  // the last accepted descriptor
  output about_t      about_o,
  output mem_addr_t   slot_o,
  output logic [NumberBits-1:0] taken_number_o
);

  if (InFlight < 2 || (InFlight & (InFlight - 1)) != 0) begin : gen_illegal_in_flight
    `FLAASH_ILLEGAL("InFlight must be a power of two, 2 or more")
  end

  localparam int unsigned FirstFetches = 3;

  typedef struct packed {
    error_t fault;
    about_t about;
  } offer_t;

  typedef enum logic [1:0] {AheadIdle, AheadFetch, AheadAsk} state_e;

  state_e state_q;
  logic   entered_q;   // the first cycle of this state is over
  logic   load_rst_nq; // low until the readers are out of their reset
  logic [NumberBits-1:0] begin_q, come_q, taken_q, begun;  // begun: fetches whose descriptors are not parsed
  logic   first_q;     // no operand of this queue has been requested
  logic   there, asks, gives, room, offered, urgent;
  head_t  head;
  offer_t offer, found;
  logic [NumberBits:0] offers;

  assign head = about_i.head;

  logic unused_bits;
  assign unused_bits = ^{head, offers};

  // ------------------------------------------------------------------- reading ahead
  // The number of the accepted descriptor is in use. While its operands are requested the front waits for these
  // operands, not for a descriptor. In an empty machine more descriptors would come before the first arrays.
  assign begun       = begin_q - come_q;
  assign urgent      = (state_q == AheadAsk && come_q == taken_q) || (first_q && 32'(begun) >= FirstFetches);
  assign begin_o     = pending_i && begin_ready_i && !kill_i && load_rst_nq && begin_q != taken_q && !urgent;
  assign begin_number_o = begin_q;
  assign busy_o         = begin_q != NumberBits'(taken_q + 1'b1);

  // -------------------------------------------------------------------------- asking
  assign there   = state_q == AheadFetch && entered_q && (fetched_i || late_i);
  assign gives   = there && !kill_i;
  assign asks    = gives && !fault_i.valid && !late_i;
  assign clear_o = state_q == AheadFetch && !entered_q;
  assign fetch_o = state_q == AheadFetch && entered_q && !fetched_i;
  assign ask_o   = asks ? ~head.keep : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= AheadIdle;
      entered_q <= 1'b0;
      first_q   <= 1'b1;
      load_rst_nq <= 1'b0;
      begin_q   <= NumberBits'(1);
      come_q    <= NumberBits'(1);
      taken_q   <= '0;
    end else begin
      entered_q <= state_q == AheadFetch;
      load_rst_nq <= !kill_i;
      if (!busy_o)                                  first_q <= 1'b1;
      else if (state_q == AheadAsk && (&asked_i)) first_q <= 1'b0;
      if (begin_o) begin_q <= begin_q + 1'b1;
      if (take_i)  taken_q <= taken_q + 1'b1;
      unique case (state_q)
        AheadIdle:  if (begin_q != come_q) state_q <= AheadFetch;
        AheadFetch: if (gives) begin
          if (asks) begin
            state_q <= AheadAsk;
          end else begin
            state_q <= AheadIdle;
            come_q  <= come_q + 1'b1;
          end
        end
        default: if (&asked_i) begin
          state_q <= AheadIdle;
          come_q  <= come_q + 1'b1;
        end
      endcase
      if (kill_i) begin
        state_q <= AheadIdle;
        begin_q <= taken_q + 1'b1;
        come_q  <= taken_q + 1'b1;
      end
    end
  end

  // -------------------------------------------------------------------------- offers
  always_comb begin
    found = {fault_i, about_i};
    if (late_i) begin
      found       = '0;  // also the tag, which may not have arrived
      found.fault = {1'b1, ErrWatchdog, 32'd0};
    end
  end

  flaash_stream_fifo #(
    .Data (offer_t),
    .Depth(InFlight)
  ) u_offers (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(gives), .in_ready_o(room), .in_data_i(found),
    .out_valid_o(offered), .out_ready_i(take_i), .out_data_o(offer), .usage_o(offers)
  );

  assign next_valid_o = offered && !kill_i;
  assign next_fault_o = offer.fault;
  assign taken_number_o = taken_q;

  mem_addr_t slots_q[InFlight];

  always_ff @(posedge clk_i) begin
    if (begin_o) slots_q[begin_q] <= slot_i;
  end

  assign slot_o        = slots_q[taken_q];
  assign come_slot_o   = slots_q[come_q];
  assign come_number_o = come_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)     about_o <= '0;
    else if (take_i) about_o <= offer.about;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Taken_A, !take_i || next_valid_o, "a descriptor is accepted without an offer")
  `FLAASH_ASSERT(Room_A, !gives || room, "more offers than descriptors in flight")
  `FLAASH_COVER(WaitsForFront_C, offers != '0 && begin_q == taken_q)

endmodule : flaash_edge_ahead
