// SPDX-License-Identifier: Apache-2.0
// Weights: how many cycles a line of B keeps a set of fibers of A, as far as their lengths tell.
//
// An engine multiplies one match per cycle. A line of B has Lanes entries, of which those match that meet
// an entry of A: Lanes * Lanes * (lines of the fiber) / extent on average. The longest fiber of a set decides,
// and no line takes less than a cycle. Weights are in quarters of a cycle, from 4 to 4 * Lanes.
//
// Guarantees  weight_o belongs to set set_i of the cycle before, if ask_i was high there; sets have MaxSize
//             fibers. skewed_o, from done_o until the next start: the longest fiber has at least twice
//             the lines of one on average, and a weight of 6 or more.
// Demands     The lines of A are written in ascending order from 0, whenever A is replaced. extent_i and the
//             counts stay from start_i on.
// Latency     done_o at most 7 cycles after start_i. Throughput: a set per cycle.
// Reset       Forgets a division under way; what was written stays.

module flaash_lookup_weights
  import flaash_pkg::*;
  import flaash_lookup_pkg::*;
#(
  parameter int unsigned MaxSize  = 4,     // fibers of a set, 1 to 8
  parameter int unsigned Lanes    = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192   // lines of the operand
) (
  input  logic       clk_i,
  input  logic       rst_ni,

  // lines of A on their way to the memory
  input  logic       wr_valid_i,
  input  line_addr_t wr_addr_i,
  input  logic       wr_last_i,  // the line ends a fiber

  // the contraction
  input  logic       start_i,
  input  fiber_id_t  a_fibers_i,
  input  line_addr_t a_lines_i,
  input  line_addr_t extent_i,
  output logic       skewed_o,

  input  logic       ask_i,
  input  fiber_id_t  set_i,
  output weight_t    weight_o
);

  localparam int unsigned LinesWidth = 13;  // of a fiber: coordinates have 12 bits at most
  localparam int unsigned Sets       = (MemLines / MaxSize < 2) ? 2 : MemLines / MaxSize + 1;
  localparam int unsigned SetWidth   = $clog2(Sets);
  localparam int unsigned MemberWidth = $clog2(MaxSize + 1);
  localparam int unsigned Fraction   = 10;
  localparam int unsigned Scale      = (4 * Lanes * Lanes) << Fraction;

  typedef logic [LinesWidth-1:0] lines_t;

  // ------------------------------------------------------- the longest fibers, as they come
  logic                       first;           // line of the operand
  lines_t                     lines_q, lines;  // of the fiber so far
  lines_t                     longest_q, longest, most_q;
  logic [MemberWidth-1:0]     member_q, member;  // fiber of the set
  logic [SetWidth-1:0]        set_q, set;

  assign member  = first ? '0 : member_q;
  assign set     = first ? '0 : set_q;
  assign first   = wr_addr_i == '0;
  assign lines   = first ? lines_t'(1) : lines_q + 1'b1;
  assign longest = (member == '0 || lines > longest_q) ? lines : longest_q;

  always_ff @(posedge clk_i) begin
    if (wr_valid_i) begin
      lines_q  <= wr_last_i ? '0 : lines;
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
    .Width(LinesWidth),
    .Words(Sets)
  ) u_longest (
    .clk_i,
    .wr_enable_i(wr_valid_i && wr_last_i),
    .wr_addr_i  (set),
    .wr_data_i  (longest),
    .rd_enable_i(ask_i),
    .rd_addr_i  (SetWidth'(set_i)),
    .rd_data_o  (rd_lines)
  );

  // ----------------------------------------------------------------- from lines to weight
  logic                     divided, asked_q;
  logic [LineAddrWidth-1:0] scale;
  logic [LinesWidth+LineAddrWidth-1:0] product;

  flaash_lookup_divider #(
    .Width (LineAddrWidth),
    .Digits(5)
  ) u_divider (
    .clk_i, .rst_ni,
    .start_i,
    .dividend_i(LineAddrWidth'(Scale)),
    .divisor_i (extent_i),
    .done_o    (divided),
    .quotient_o(scale)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) asked_q <= 1'b0;
    else         asked_q <= ask_i;
  end

  // Without a question it is the longest fiber of all.
  assign product = ($bits(product))'(asked_q ? rd_lines : most_q) * ($bits(product))'(scale) >> Fraction;

  always_comb begin
    weight_o = weight_t'(product);
    if (product < 4)         weight_o = weight_t'(4);
    if (product > 4 * Lanes) weight_o = weight_t'(4 * Lanes);
  end

  localparam int unsigned TotalWidth = LinesWidth + FiberIdWidth;

  assign skewed_o = divided && !asked_q && weight_o >= weight_t'(6)
                    && TotalWidth'(most_q) * TotalWidth'(a_fibers_i) >= TotalWidth'({a_lines_i, 1'b0});

endmodule : flaash_lookup_weights
