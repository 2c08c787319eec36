// SPDX-License-Identifier: Apache-2.0
// MAC: exact dot products, rounded once.
//
// Guarantees  One result per beat with in_i.last, in order, with the fibers of in_name_i of that beat. It is the exact
//             sum of a * b over the beats with in_i.product since the previous `last`, rounded once. The result
//             therefore does not depend on the order of the beats. fp32, bf16: binary32, zero-extended, to nearest,
//             ties to even, with subnormal numbers, infinities, one canonical NaN and the flags of IEEE 754. int8:
//             int32, int16: int48, sign-extended; a sum that does not fit is reported (range), not wrapped. finish_i
//             changes this: with relu a negative sum counts as 0. With narrow bf16 gives the number of bfloat16 that
//             is nearest to the sum, as binary32. Integers are shifted right, rounded and saturated to the operands'
//             width. in_ready_o does not depend on out_ready_i. A dot product that is a portion by its name (Portions
//             only) gives no result. It gives the words of its exact sum at part_*, as flaash_mac_export does, in the
//             order of the portions, with its slot. With Sums above 1, name.slot of each beat, below Sums, selects the
//             dot product of the beat; beats of different slots alternate freely. Beats with a partial name belong to
//             the sum of slot 0. Results come in the order of the `last` beats.
// Demands     AXI handshake rule; finish_i changes only while no sum is inside; at most 2 ** CountWidth products per
//             dot product, its portions counted together.
// Latency     From a `last` beat to its result, fp32 and bf16: 17 + n cycles for a sum over n words of 48 bits;
//             integers: 6 cycles.
// Throughput  One beat per cycle, also from one dot product to the next. Results: one per max(beats, n) cycles, n
//             = 1 for empty sums, lone products and integers, 2 or so for sums. The smallest lone products
//             (flaash_mac_align) can take n = 2.
// Stalls      With two finished sums waiting to be resolved; resolving needs room for one of 16 results.
// Emptiness   `last` without a product in the dot product costs its beat and gives +0 with empty.
// Reset       Drops all sums.
//
//   in_* --> multiply --> float: align, accumulate, resolve, round --> FIFO --> out_*
//                    \--> integer: accumulate, check range --------------/

`include "flaash_assert.svh"
`include "flaash_dot_types.svh"

module flaash_mac
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,    // Format* of flaash_pkg
  parameter int unsigned CountWidth = EntryIdWidth,  // log2 of the products in a sum, 1 (integers: 16) to 40
  parameter int unsigned Sums       = 1,             // dot products in progress, a power of two, 1 to 8
  parameter bit          Portions   = 1'b0,          // dot products can be portions
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned PartWidth  = word_width(Format, CountWidth),
  localparam type match_t = `FLAASH_MATCH(ValueWidth),
  localparam type part_t = `FLAASH_PART(PartWidth)
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  finish_t   finish_i,

  // products
  input  logic      in_valid_i,
  output logic      in_ready_o,
  input  match_t    in_i,
  input  dot_name_t in_name_i,    // of the dot product; undefined unless the beat is its last, or for Sums

  // results
  output logic      out_valid_o,
  input  logic      out_ready_i,
  output dot_t      out_o,

  // words of portions
  output logic      part_valid_o,
  input  logic      part_ready_i,
  output part_t     part_o
);

  if (Format > FormatInt16) begin : gen_illegal_format
    `FLAASH_ILLEGAL("Format must be one of Format* of flaash_pkg")
  end
  if (Sums < 1 || Sums > 8 || 2 ** $clog2(Sums) != Sums) begin : gen_illegal_sums
    `FLAASH_ILLEGAL("Sums must be a power of two from 1 to 8")
  end
  if (CountWidth < 1 || CountWidth > 40) begin : gen_illegal_count
    `FLAASH_ILLEGAL("CountWidth must be 1 to 40")
  end

  localparam int unsigned SigWidth     = significand_width(Format);
  localparam int unsigned ProductWidth = 2 * SigWidth;
  localparam int          LsbExponent  = lsb_exponent(Format);
  // Above the latency from launch to out_*, so that results never wait for room. Floating-point numbers wait in the
  // eight stages after the words of a sum, too: half of the places are enough.
  localparam int unsigned ResultDepth  = 16;
  localparam int unsigned PartDepth    = 4;
  localparam bit          Float        = Format == FormatFp32 || Format == FormatBf16;
  localparam bit          Bf16         = Format == FormatBf16;
  localparam int unsigned ResultPlaces = Float ? ResultDepth / 2 : ResultDepth;
  localparam int unsigned WaitingWidth = Float ? $bits(mac_waiting_t) : $bits(mac_result_t);

  // -------------------------------------------------------------- exact products
  typedef `FLAASH_PRODUCT(ProductWidth) product_t;
  typedef `FLAASH_WORD(PartWidth) word_t;

  logic     product_valid, product_ready;
  product_t product;

  dot_name_t in_name;

  // Undefined payload bits are not stored.
  assign in_name.partial = Portions && in_name_i.partial;
  assign in_name.slot    = (Portions || Sums > 1) ? in_name_i.slot : slot_t'(0);
  assign in_name.a_id    = in_name_i.a_id;
  assign in_name.b_id    = in_name_i.b_id;

  flaash_mac_multiply #(
    .Format(Format),
    .Sums  (Sums)
  ) u_multiply (
    .clk_i, .rst_ni,
    .in_valid_i, .in_ready_o, .in_i, .in_name_i(in_name),
    .out_valid_o(product_valid), .out_ready_i(product_ready), .out_o(product)
  );

  // --------------------------------------------------------------- sum and round
  dot_name_t   launch_name;
  logic        room, launch, result_valid, result_ready, part_room, part_launch, part_valid;
  mac_result_t result;
  word_t       word;

  if (Float) begin : gen_float
    localparam int unsigned SideWidth = $clog2(sum_sides(Sums));
    localparam int unsigned AddrWidth = SideWidth + BankAddrWidth;

    // ------------------------------------------------------- align, accumulate
    logic                      aligned_valid, aligned_ready;
    mac_aligned_t              aligned;
    logic                      sum_valid, sum_ready;
    logic [SideWidth-1:0]      sum_side;
    mac_sum_t                  sum;
    logic [AddrWidth-1:0]      read_addr, finish_addr;
    logic [1:0][PartWidth-1:0] read_words;

    flaash_mac_align #(
      .ProductWidth(ProductWidth)
    ) u_align (
      .clk_i, .rst_ni,
      .in_valid_i(product_valid), .in_ready_o(product_ready), .in_i(product),
      .out_valid_o(aligned_valid), .out_ready_i(aligned_ready), .out_o(aligned)
    );

    flaash_mac_accumulate #(
      .CountWidth(CountWidth),
      .Sums      (Sums)
    ) u_accumulate (
      .clk_i, .rst_ni,
      .in_valid_i(aligned_valid), .in_ready_o(aligned_ready), .in_i(aligned),
      .sum_valid_o(sum_valid), .sum_ready_i(sum_ready), .sum_o(sum), .sum_name_o(launch_name),
      .sum_side_o(sum_side),
      .read_addr_i(read_addr), .read_words_o(read_words)
    );

    // --------------------------------------------- export portions, finish the others
    logic partial, finish_valid, finish_ready;

    assign partial = Portions && launch_name.partial;

    if (Portions) begin : gen_portions
      logic                 export_ready, export_reads;
      logic [AddrWidth-1:0] export_addr;

      flaash_mac_export #(
        .Width    (PartWidth),
        .SideWidth(SideWidth)
      ) u_export (
        .clk_i, .rst_ni,
        .sum_valid_i(sum_valid && partial), .sum_ready_o(export_ready),
        .sum_i(sum), .sum_side_i(sum_side),
        .read_o(export_reads), .read_addr_o(export_addr), .read_words_i(read_words),
        .room_i(part_room), .launch_o(part_launch), .valid_o(part_valid), .part_o(word)
      );

      assign finish_valid = sum_valid && !partial;
      assign sum_ready    = partial ? export_ready : finish_ready;
      assign read_addr    = export_reads ? export_addr : finish_addr;
    end else begin : gen_whole
      logic unused_portions;

      assign finish_valid    = sum_valid;
      assign sum_ready       = finish_ready;
      assign read_addr       = finish_addr;
      assign part_launch     = 1'b0;
      assign part_valid      = 1'b0;
      assign word            = '0;
      assign unused_portions = part_room ^ partial;
    end

    // ---------------------------------------------------- resolve, round
    logic        window_valid, window_ready, narrow;
    mac_window_t window;

    assign narrow       = Bf16 && finish_i.narrow;

    flaash_mac_resolve #(
      .CountWidth(CountWidth),
      .SetWidth  (SideWidth)
    ) u_resolve (
      .clk_i, .rst_ni,
      .sum_valid_i(finish_valid), .sum_ready_o(finish_ready), .sum_i(sum), .sum_set_i(sum_side),
      .read_addr_o(finish_addr), .read_words_i(read_words), .room_i(room), .launch_o(launch),
      .window_valid_o(window_valid), .window_ready_i(window_ready), .window_o(window)
    );

    flaash_mac_round #(
      .LsbExponent(LsbExponent)
    ) u_round (
      .clk_i, .rst_ni, .relu_i(finish_i.relu), .narrow_i(narrow),
      .window_valid_i(window_valid), .window_ready_o(window_ready), .window_i(window),
      .result_valid_o(result_valid), .result_ready_i(result_ready), .result_o(result)
    );
  end else begin : gen_integer
    logic unused_ready;

    assign unused_ready = result_ready;

    flaash_mac_integer #(
      .ProductWidth(ProductWidth),
      .SumWidth    (integer_width(Format)),
      .NarrowWidth (ValueWidth),
      .CountWidth  (CountWidth),
      .Sums        (Sums),
      .Portions    (Portions)
    ) u_integer (
      .clk_i, .rst_ni, .finish_i,
      .in_valid_i(product_valid), .in_ready_o(product_ready), .in_i(product), .launch_name_o(launch_name),
      .room_i(room), .launch_o(launch), .result_valid_o(result_valid), .result_o(result),
      .part_room_i(part_room), .part_launch_o(part_launch), .part_valid_o(part_valid), .part_o(word)
    );
  end

  // --------------------------------------------------------------------- results
  // Room is reserved when a sum launches: after its words no stage could stall the sum.
  localparam int unsigned SumBits = (Sums > 1) ? $clog2(Sums) : 1;

  typedef struct packed {
    logic [SumBits-1:0] slot;
    fiber_id_t          a_id;
    fiber_id_t          b_id;
  } ids_t;
  typedef logic [WaitingWidth-1:0] waiting_t;

  ids_t        ids;
  flags_t      result_flags;
  waiting_t    waiting_in, waiting;
  mac_result_t out_result;

  assign result_flags = result.flags;
  assign waiting_in   = Float ? WaitingWidth'({result.value[31:0], result_flags.inexact,
                                               result_flags.invalid || result_flags.underflow, result.empty})
                              : WaitingWidth'(result);
  assign out_result   = Float ? whole_result(mac_waiting_t'(waiting)) : mac_result_t'(waiting);

  flaash_mac_queue #(
    .Name  (ids_t),
    .Beat  (waiting_t),
    .Depth (ResultDepth),
    .Places(ResultPlaces)
  ) u_results (
    .clk_i, .rst_ni,
    .room_o(room), .launch_i(launch),
    .launch_name_i({SumBits'((Sums > 1) ? launch_name.slot : '0), launch_name.a_id, launch_name.b_id}),
    .in_valid_i(result_valid), .in_ready_o(result_ready), .in_data_i(waiting_in),
    .out_valid_o, .out_ready_i, .out_name_o(ids), .out_data_o(waiting), .empty_o()
  );

  assign out_o.name.partial = 1'b0;
  assign out_o.name.slot    = slot_t'(ids.slot);
  assign out_o.name.a_id    = ids.a_id;
  assign out_o.name.b_id    = ids.b_id;
  assign out_o.result       = out_result;

  // -------------------------------------------------------------------- portions
  if (Portions) begin : gen_parts
    slot_t slot;
    word_t word_out;

    flaash_mac_queue #(
      .Name (slot_t),
      .Beat (word_t),
      .Depth(PartDepth)
    ) u_parts (
      .clk_i, .rst_ni,
      .room_o(part_room), .launch_i(part_launch), .launch_name_i(launch_name.slot),
      .in_valid_i(part_valid), .in_ready_o(), .in_data_i(word),
      .out_valid_o(part_valid_o), .out_ready_i(part_ready_i), .out_name_o(slot), .out_data_o(word_out),
      .empty_o()
    );

    assign part_o = {slot, word_out};
  end else begin : gen_no_parts
    logic unused_parts;

    assign part_room    = 1'b0;
    assign part_valid_o = 1'b0;
    assign part_o       = '0;
    assign unused_parts = ^{part_launch, part_valid, word, part_ready_i};
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(Finish_A, (Format != FormatFp32 || !finish_i.narrow)
                           && (finish_i.shift == '0 || (!Float && finish_i.narrow)), "a finish that the format has not")
  `FLAASH_ASSERT(PortionsAreBuilt_A, Portions || !(in_valid_i && in_i.last && in_name_i.partial),
                 "a portion that this build can't do")
  `FLAASH_COVER(ResultEveryCycle_C, result_valid && launch)

endmodule : flaash_mac
