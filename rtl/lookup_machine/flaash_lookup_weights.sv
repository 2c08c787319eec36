// SPDX-License-Identifier: Apache-2.0
// Weights: how many cycles a line of B keeps a set of fibers of A, as far as their lengths tell.
//
// An engine multiplies one match per cycle. A line of B has Lanes entries, of which those match that meet
// an entry of A: Lanes * Lanes * (lines of the fiber) / extent on average. The longest fiber of a set decides,
// and no line takes less than a cycle. Weights are in quarters of a cycle, from 4 to 4 * Lanes.
//
// Guarantees  weight_o and load_o, the lines, belong to set set_i of the cycle before, if ask_i was high there;
//             sets have MaxSize fibers. While ready_o: most_o is the weight of the longest fiber of all; skewed_o
//             tells that it has at least twice the lines of one on average, and a weight of 6 or more.
// Demands     The lines of A are written in ascending order from 0, whenever A is replaced. extent_i is not 0
//             while somebody waits for ready_o.
// Latency     ready_o at most 16 cycles after the last change of extent_i, which is divided by without being asked.
//             most_o and skewed_o count from 2 cycles after the last line of A on. Throughput: a set per cycle.
// Reset       Forgets the division, which begins again; what was written stays.

`include "flaash_assert.svh"

module flaash_lookup_weights
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned MaxSize  = 4,     // fibers of a set, 1 to 8
  parameter int unsigned Lanes    = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192,  // lines of the operand
  localparam int unsigned LinesWidth = 13,  // of a fiber: coordinates have 12 bits at most
  localparam int unsigned LoadWidth  = LinesWidth + $clog2(MaxSize)  // of a set
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  // lines of A on their way to the memory
  input  logic       wr_valid_i,
  input  line_addr_t wr_addr_i,
  input  logic       wr_last_i,  // the line ends a fiber

  // the contraction
  input  fiber_id_t  a_fibers_i,
  input  line_addr_t a_lines_i,
  input  line_addr_t extent_i,
  output logic       ready_o,
  output weight_t    most_o,
  output logic       skewed_o,

  input  logic                 ask_i,
  input  fiber_id_t            set_i,
  output weight_t              weight_o,
  output logic [LoadWidth-1:0] load_o
);

  localparam int unsigned Sets       = (MemLines / MaxSize < 2) ? 2 : MemLines / MaxSize + 1;
  localparam int unsigned SetWidth   = $clog2(Sets);
  localparam int unsigned MemberWidth = $clog2(MaxSize + 1);
  localparam int unsigned Fraction   = 10;
  localparam int unsigned Scale      = (4 * Lanes * Lanes) << Fraction;

  typedef logic [LinesWidth-1:0] lines_t;
  typedef logic [LoadWidth-1:0]  load_t;

  // ------------------------------------------- the longest fibers and all lines, as they come
  logic                       first;           // line of the operand
  lines_t                     lines_q, lines;  // of the fiber so far
  lines_t                     longest_q, longest, most_q;
  load_t                      load_q, load;      // of the set so far
  logic [MemberWidth-1:0]     member_q, member;  // fiber of the set
  logic [SetWidth-1:0]        set_q, set;

  assign member  = first ? '0 : member_q;
  assign set     = first ? '0 : set_q;
  assign first   = wr_addr_i == '0;
  assign lines   = first ? lines_t'(1) : lines_q + 1'b1;
  assign longest = (member == '0 || lines > longest_q) ? lines : longest_q;
  assign load    = (member == '0 && lines == lines_t'(1)) ? load_t'(1) : load_q + 1'b1;

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      lines_q  <= wr_last_i ? '0 : lines;
      load_q   <= load;
      member_q <= member;
      set_q    <= set;
      if (first || lines > most_q) most_q <= lines;
      if (wr_last_i) begin
        longest_q <= longest;
        member_q  <= (32'(member) == MaxSize - 1) ? '0 : member + 1'b1;
        if (32'(member) == MaxSize - 1) set_q <= set + 1'b1;
      end
    end
  end

  lines_t rd_lines;
  logic   unused_set;

  assign unused_set = ^set_i;

  flaash_memory_bank #(
    .Width(LinesWidth + LoadWidth),
    .Words(Sets)
  ) u_sets (
    .clk_i,
    .wr_enable_i(wr_valid_i && wr_last_i),
    .wr_addr_i  (set),
    .wr_data_i  ({longest, load}),
    .rd_enable_i(ask_i),
    .rd_addr_i  (SetWidth'(set_i)),
    .rd_data_o  ({rd_lines, load_o})
  );

  // ------------------------------------------------------------------- weight of a line
  line_addr_t extent_q;  // that was divided by
  logic       divide, dividing_q, divided;
  line_addr_t scale;

  // Extents change long before a contraction starts, so the division costs it nothing.
  assign divide = extent_i != extent_q && extent_i != '0 && !dividing_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      extent_q   <= '0;
      dividing_q <= 1'b0;
    end else begin
      if (divide) extent_q <= extent_i;
      dividing_q <= divide || (dividing_q && !divided);
    end
  end

  flaash_lookup_divider #(
    .Width (LineAddrWidth),
    .Digits(5)
  ) u_divider (
    .clk_i, .rst_ni,
    .start_i   (divide),
    .dividend_i(LineAddrWidth'(Scale)),
    .divisor_i (extent_i),
    .done_o    (divided),
    .quotient_o(scale)
  );

  // ----------------------------------------------------------------- from lines to weight
  function automatic weight_t weight_of(lines_t fiber, line_addr_t per_line);
    logic [LinesWidth+LineAddrWidth-1:0] product;
    product = ($bits(product))'(fiber) * ($bits(product))'(per_line) >> Fraction;
    weight_of = weight_t'(product);
    if (product < 4)              weight_of = weight_t'(4);
    else if (product > 4 * Lanes) weight_of = weight_t'(4 * Lanes);
  endfunction

  logic ready_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) ready_q <= 1'b0;
    else         ready_q <= divided && !divide;
  end

  always_ff @(posedge clk_i) begin
    most_o <= weight_of(most_q, scale);
  end

  assign weight_o = weight_of(rd_lines, scale);
  assign ready_o  = ready_q && extent_i == extent_q;

  localparam int unsigned TotalWidth = LinesWidth + FiberIdWidth;

  assign skewed_o = most_o >= weight_t'(6)
                    && TotalWidth'(most_q) * TotalWidth'(a_fibers_i) >= TotalWidth'({a_lines_i, 1'b0});

  // ------------------------------------------------------------------------- properties
  `FLAASH_COVER(AnotherExtent_C, divide && ready_q)

endmodule : flaash_lookup_weights
