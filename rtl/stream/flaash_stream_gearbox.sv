// SPDX-License-Identifier: Apache-2.0
// Stream gearbox: converts beats of an array to its elements, Group at a time.
//
// Guarantees  Elements leave in order, Group at a time, each zero-extended to a word. A group is offered as soon
//             as need_i of its elements have arrived; later elements are undefined. flush_i discards the
//             contents.
// Demands     shift_i, the size of an element, is steady while elements are stored: 1, 2 or 4 bytes. take_i only
//             with out_valid_o. With the take_i of a group that has not all of its elements comes flush_i. No beat
//             comes with flush_i.
// Latency     One cycle.
// Throughput  A group per cycle, as fast as beats come; groups of two beats take three cycles.
// Reset       No element is stored.

`include "flaash_assert.svh"

module flaash_stream_gearbox
  import flaash_pkg::*;
#(
  parameter int unsigned Group     = 2,           // elements: 2, 4, 8, 16 or 32, in two beats at most
  parameter int unsigned FeedWidth = StreamWidth  // bits of a beat
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic [1:0]             shift_i,  // log2 of the bytes of an element: 0, 1 or 2
  input  logic                   flush_i,

  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [FeedWidth-1:0]   in_data_i,

  input  logic [5:0]             need_i,       // elements that the next group must have: 1 to Group
  output logic                   out_valid_o,  // the elements have arrived
  input  logic                   take_i,       // the elements are accepted, and the next Group - need_i, too
  output logic [Group-1:0][31:0] out_o
);

  localparam int unsigned InBytes = FeedWidth / 8;

  if (Group < 2 || (Group & (Group - 1)) != 0 || 32 * Group > 2 * FeedWidth) begin : gen_illegal_group
    `FLAASH_ILLEGAL("Group must be a power of two, 2 or more, and fit into two beats")
  end

  typedef logic [$clog2(2*InBytes):0] bytes_t;

  logic [2*FeedWidth-1:0] buffer_q, rest;
  bytes_t                 inside_q, left, group_bytes, need_bytes;  // from the lowest on
  logic                   put;

  // Groups and beats are multiples of Group bytes, and so is every place: the shifts have few distances.
  localparam int unsigned GroupShift = $clog2(Group);
  localparam int unsigned PlaceWidth = $bits(bytes_t) - GroupShift;

  logic [PlaceWidth-1:0] place;  // of the next beat, in Group bytes

  assign place = left[$bits(bytes_t)-1:GroupShift];

  assign group_bytes = bytes_t'(Group) << shift_i;
  assign need_bytes  = bytes_t'(need_i) << shift_i;
  assign out_valid_o = inside_q >= need_bytes;
  assign in_ready_o  = inside_q <= bytes_t'(InBytes);
  assign put         = in_valid_i && in_ready_o;

  always_comb begin
    left = inside_q;
    rest = buffer_q;
    if (take_i) begin
      left = inside_q - group_bytes;
      unique case (shift_i)
        2'd0:    rest = buffer_q >> (8 * Group);
        2'd1:    rest = buffer_q >> (16 * Group);
        default: rest = buffer_q >> (32 * Group);
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      buffer_q <= '0;
      inside_q <= '0;
    end else if (flush_i) begin
      buffer_q <= '0;
      inside_q <= '0;
    end else begin
      inside_q <= left + (put ? bytes_t'(InBytes) : '0);
      buffer_q <= put ? (rest | ((2*FeedWidth)'(in_data_i) << (32'(place) * (8 * Group)))) : rest;
    end
  end

  for (genvar i = 0; i < int'(Group); i++) begin : gen_element
    logic [31:0] word, half, octet;  // the element, if it has four, two or one bytes

    assign word  = buffer_q[32*i +: 32];
    assign half  = 32'(buffer_q[16*i +: 16]);
    assign octet = 32'(buffer_q[8*i +: 8]);
    assign out_o[i] = (shift_i == 2'd2) ? word : (shift_i == 2'd1) ? half : octet;
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(TakenWhenThere_A, !take_i || out_valid_o, "elements are accepted before they have arrived")
  `FLAASH_ASSERT(PartIsLast_A, !take_i || flush_i || inside_q >= group_bytes, "elements follow a part of a group")
  `FLAASH_ASSERT(Flush_A, !flush_i || !in_valid_i, "a beat comes while the contents are discarded")
  `FLAASH_ASSERT(Places_A, left[GroupShift-1:0] == '0, "elements between two places")
  `FLAASH_ASSERT(Room_A, !put || left <= bytes_t'(InBytes), "more bytes than the buffer holds")

endmodule : flaash_stream_gearbox
