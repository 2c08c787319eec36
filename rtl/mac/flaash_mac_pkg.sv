// SPDX-License-Identifier: Apache-2.0
// Types that the modules of the MAC share. docs/blocks/mac.md shows how they work together.

package flaash_mac_pkg;

  import flaash_pkg::*;

  // ----------------------------------------------------------------- number formats
  // Bits of an operand's magnitude: significand with the hidden bit, or absolute value.
  function automatic int unsigned significand_width(int unsigned format);
    if (format == FormatFp32) return 24;
    if (format == FormatInt16) return 16;
    return 8;
  endfunction

  // Binary exponent of bit 0 of the accumulator: the weight of the smallest product's last bit.
  function automatic int lsb_exponent(int unsigned format);
    return (format == FormatFp32) ? -298 : -266;
  endfunction

  // Bits of an integer result.
  function automatic int unsigned integer_width(int unsigned format);
    return (format == FormatInt8) ? 32 : 48;
  endfunction

  // -------------------------------------------------------------------- accumulator
  localparam int unsigned WordWidth  = 48;  // weight bits of a word: 2 ** 48 of one are 1 of the next
  localparam int unsigned NumWords   = 12;
  localparam int unsigned BankWords  = NumWords / 2;  // words 0, 2, .. in one bank, 1, 3, .. in the other
  localparam int unsigned BankAddrWidth = $clog2(BankWords);
  localparam int unsigned IndexWidth = $clog2(NumWords + 1);  // a word, or the carry above the last one
  localparam int unsigned PosWidth   = 9;  // position of a product's last bit in the accumulator, 0 to 506

  // Lowest and highest word of those that are touched, 0 if there is none.
  function automatic logic [IndexWidth-1:0] lowest_word(logic [NumWords-1:0] touched);
    lowest_word = '0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (touched[NumWords-1-i]) lowest_word = IndexWidth'(NumWords - 1 - i);
    end
  endfunction

  function automatic logic [IndexWidth-1:0] highest_word(logic [NumWords-1:0] touched);
    highest_word = '0;
    for (int unsigned i = 0; i < NumWords; i++) begin
      if (touched[i]) highest_word = IndexWidth'(i);
    end
  endfunction

  // Bits of an accumulator word: exact products and room for 2 ** count_width of them.
  function automatic int unsigned word_width(int unsigned format, int unsigned count_width);
    if (format == FormatFp32 || format == FormatBf16) return WordWidth + count_width + 1;
    return 2 * significand_width(format) + count_width + 1;
  endfunction

  // Sides of an accumulator, by the number of sums in progress.
  function automatic int unsigned sum_sides(int unsigned sums);
    return (sums > 1) ? sums : 2;
  endfunction

  // Which of several sums in progress a beat belongs to. Portions have a slot of the combiner in their names, and share
  // the first sum.
  function automatic slot_t sum_of(logic partial, slot_t slot);
    return partial ? '0 : slot;
  endfunction

  // Bits that a window holds below its top word, enough to round to 24 bits.
  localparam int unsigned TailWidth  = 24;

  // ------------------------------------------------------------------- what travels
  // With one product, or with the end of a dot product.
  typedef struct packed {
    logic      first;    // first beat of its dot product
    logic      last;     // last beat of its dot product
    logic      product;  // there is a product
    logic      sign;     // it is negative (also of an infinite one)
    logic      nan;      // it is not a number
    logic      invalid;  // by an invalid operation, or from a signalling NaN
    logic      inf;      // it is infinite
    dot_name_t name;     // of the dot product
  } mac_tag_t;

  // The addend of one word of a bank.
  typedef struct packed {
    logic [BankWords-1:0]     touch;  // the word's bit, unless nothing is to be added
    logic [BankAddrWidth-1:0] addr;   // the word's number in the bank
    logic [WordWidth-1:0]     part;   // inverted if the product is negative
  } mac_addend_t;

  // A product, brought to its words.
  typedef struct packed {
    mac_tag_t            tag;
    logic                alone;  // it is all of its dot product and stands in word 0, unshifted
    logic [PosWidth-1:0] pos;    // of its bit 0
    mac_addend_t         odd;
    mac_addend_t         even;
  } mac_aligned_t;

  // Special products of a sum.
  typedef struct packed {
    logic product;  // there was at least one
    logic nan;
    logic invalid;
    logic pos_inf;
    logic neg_inf;
  } mac_status_t;

  // A finished sum: all but its words.
  typedef struct packed {
    logic [NumWords-1:0]   touched;  // words that are not zero for sure
    logic [IndexWidth-1:0] low;      // lowest and highest of them, 0 if there is none
    logic [IndexWidth-1:0] high;
    mac_status_t           status;
    logic                  alone;    // as in mac_aligned_t
    logic [PosWidth-1:0]   pos;
  } mac_sum_t;

  // The input of the rounder: |sum| is top, with tail under it.
  typedef struct packed {
    mac_status_t           status;
    logic                  alone;   // as in mac_aligned_t
    logic [PosWidth-1:0]   pos;
    logic                  negate;  // top and tail belong to a negative sum in two's complement
    logic [IndexWidth-1:0] index;   // word number of top; 12: above the last
    logic [WordWidth-1:0]  top;
    logic [TailWidth-1:0]  tail;
    logic                  below;   // anything under tail is not zero
  } mac_window_t;

  // With one word of the sum of a portion.
  typedef struct packed {
    logic                  last;    // last word of the portion
    logic                  touch;   // there is a word; a portion without products has none
    logic [IndexWidth-1:0] index;   // which word, 0 for integers
    mac_status_t           status;  // of the whole portion
  } part_head_t;

  // After the last word of a portion, one cycle long.
  typedef struct packed {
    logic        valid;
    slot_t       slot;
    mac_status_t status;
  } part_end_t;

  // A dot product whose portions are all complete.
  typedef struct packed {
    slot_t       slot;
    mac_status_t status;
  } full_t;

  // The outcome of a dot product.
  typedef struct packed {
    logic [ResultWidth-1:0] value;  // a narrow float: as binary32
    flags_t                 flags;
    logic                   empty;  // no product at all
    logic                   zero;   // the value is zero, of either sign
    logic                   exact;  // the exact sum equals the value
    logic                   range;  // an integer does not fit; the value is 0
  } mac_result_t;

  typedef struct packed {
    dot_name_t   name;
    mac_result_t result;
  } dot_t;

  // Integers: a result takes two steps. The first one shifts the exact sum, the second one rounds the shifted sum.
  localparam int unsigned MaxSumWidth = 80;  // of integers, or more

  typedef struct packed {
    logic signed [MaxSumWidth-1:0] sum;    // without the bits that the shift takes
    logic                          half;   // the highest of these
    logic                          below;  // another one is set
    logic                          empty;  // no product at all
  } mac_shifted_t;

  function automatic mac_shifted_t shifted_sum(logic signed [MaxSumWidth-1:0] sum, logic empty, logic relu,
                                               logic [ShiftWidth-1:0] shift);
    logic signed [MaxSumWidth-1:0] kept;
    logic signed [MaxSumWidth:0]   moved;  // with the highest of the bits that the shift takes
    kept              = (relu && sum[MaxSumWidth-1]) ? '0 : sum;
    moved             = $signed({kept, 1'b0}) >>> shift;
    shifted_sum.sum   = moved[MaxSumWidth:1];
    shifted_sum.half  = moved[0];
    shifted_sum.below = (kept & ~({MaxSumWidth{1'b1}} << shift) >> 1) != '0;
    shifted_sum.empty = empty;
  endfunction

  // The sum if it fits `width` bits, else 0 and a report. With `narrow` it is rounded to nearest, ties to even, and the
  // nearest number of `narrow_width` bits replaces a sum that does not fit.
  function automatic mac_result_t integer_result(mac_shifted_t shifted, logic narrow, int unsigned width,
                                                 int unsigned narrow_width);
    logic signed [MaxSumWidth-1:0] sum;
    logic        [MaxSumWidth-1:0] upper, narrow_upper, narrow_max;  // sign and all higher bits
    logic signed [15:0]            low;                        // enough for a narrow number
    logic                          up, fits;
    sum                  = shifted.sum;
    up                   = shifted.half && (shifted.below || sum[0]);
    upper                = sum >>> (width - 1);
    narrow_upper         = sum >>> (narrow_width - 1);
    narrow_max           = ~({MaxSumWidth{1'b1}} << (narrow_width - 1));
    low                  = 16'(sum) + 16'(up);
    fits                 = narrow ? narrow_upper == '0 || (&narrow_upper) : upper == '0 || (&upper);
    integer_result       = '0;
    integer_result.empty = shifted.empty;
    integer_result.range = !narrow && !fits;
    integer_result.exact = fits && !shifted.half && !shifted.below;
    if (narrow && (!fits || (up && sum == narrow_max))) begin
      integer_result.value = ResultWidth'(sum[MaxSumWidth-1] ? ~narrow_max : narrow_max);
    end else if (narrow) begin
      integer_result.value = ResultWidth'(low);
    end else if (fits) begin
      integer_result.value = ResultWidth'(sum);
    end
    integer_result.zero = integer_result.value == '0;
  endfunction

  // The same of floating-point numbers while it waits: the other members follow from these.
  typedef struct packed {
    logic [31:0] value;
    logic        inexact;
    logic        special;  // inexact: underflow; else: an invalid operation
    logic        empty;
  } mac_waiting_t;

  function automatic mac_result_t whole_result(mac_waiting_t waiting);
    whole_result                 = '0;
    whole_result.value           = ResultWidth'(waiting.value);
    whole_result.flags.inexact   = waiting.inexact;
    whole_result.flags.invalid   = waiting.special && !waiting.inexact;
    whole_result.flags.underflow = waiting.special && waiting.inexact;
    whole_result.flags.overflow  = waiting.inexact && waiting.value[30:23] == '1;
    whole_result.empty           = waiting.empty;
    whole_result.zero            = waiting.value[30:0] == '0;
    whole_result.exact           = !waiting.inexact;
  endfunction

endpackage : flaash_mac_pkg
