// SPDX-License-Identifier: Apache-2.0
// Weights: estimates the cost of each row of the plane from the lengths of A's fibers.
//
// An engine multiplies one match per cycle. On average Lanes * Lanes * (lines of the fiber of A) / extent entries of a
// line of B match. The longest fiber of a set decides, and a line takes at least a cycle. Weights are in quarters of a
// cycle, from 4 to 4 * Lanes.
//
// Guarantees  ready_o from its cycle until the next prepare_i. Then skewed_o: it pays to weigh rows, as the longest
//             fiber has a weight of at least SkewWeight and SkewRatio times the average lines. skewed_o is low from
//             prepare_i to ready_o. With skewed_o, total_o is the cost of all rows, and row_o is the row of a set of
//             MaxSize fibers. The first next_i after ready_o or rewind_i brings the first set, each further one the
//             next set.
// Demands     Whenever A is replaced, its lines are written in ascending order from 0 (written_i), at most two at a
//             time, both of one fiber. prepare_i comes only while ready_o or after reset. Inputs of A stay from then
//             on. Its extent is not 0, and no fiber has more lines than extent / Lanes, rounded up. The first next_i
//             comes 4 cycles after ready_o, or 5 after the last rewind_i, at the earliest; further ones every other
//             cycle at most. Inputs of B stay from 4 cycles before the first next_i on.
// Latency     ready_o 2 cycles after prepare_i; if the longest fiber has SkewRatio times the average lines, 7 cycles,
//             and one per bit of Lanes * Lanes * 4096 / extent. With skewed_o, one more per set. row_o one cycle after
//             next_i, total_o 2 cycles after its inputs.
// Reset       Forgets prepared results; written lengths stay.
//
//   u_sets (RAM) --> rd_*_q --> product_*_q --> {weight_q, load_next_q}: the next row --> row_o

`include "flaash_assert.svh"

module flaash_plan_weights
  import flaash_pkg::*;
  import flaash_plan_pkg::*;
#(
  parameter int unsigned MaxSize  = 4,    // fibers of a set, 1 to 32
  parameter int unsigned Lanes    = 4,    // entries per line: 1, 2, 4, 8
  parameter int unsigned MemLines = 8192, // lines of the operand
  parameter int unsigned Buffers  = 1     // for it: 1 or 2
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  line_written_t written_i,
  // the contraction
  input  logic          buffer_i,  // in which A lies
  input  logic          prepare_i,
  input  sizes_t        sizes_i,
  input  line_addr_t    extent_i,  // of the contracted mode
  output logic          ready_o,
  output logic          skewed_o,
  output all_quarters_t total_o,
  input  logic          rewind_i,  // the walk is over
  input  logic          next_i,
  output row_t          row_o
);

  localparam int unsigned LinesWidth  = $clog2(MemLines + 1);  // of a fiber
  localparam int unsigned LoadWidth   = LinesWidth + $clog2(MaxSize);  // of a set
  localparam int unsigned Sets        = (MemLines / MaxSize < 2) ? 2 : MemLines / MaxSize + 1;
  localparam int unsigned SetWidth    = $clog2(Sets);
  localparam int unsigned MemberWidth = $clog2(MaxSize + 1);
  localparam int unsigned Fraction    = 10;
  localparam int unsigned Scale       = (4 * Lanes * Lanes) << Fraction;

  typedef logic [LinesWidth-1:0] lines_t;
  typedef logic [LoadWidth-1:0]  load_t;
  typedef logic [SetWidth+5:0]   weights_t;  // of all sets

  // ------------------------------------------- the longest fibers and all lines, as they come
  line_id_t               written;
  logic                   wr, begins;            // the first line of A
  lines_t                 more;                  // lines that are written, 1 or 2
  lines_t                 lines_q, lines;        // of the fiber so far
  lines_t                 longest_q, longest;
  lines_t [1:0]           most_q;                // per buffer
  lines_t                 most;                  // of A
  lines_t                 gap_q;                 // from lines_q to the longest fiber so far
  logic                   grows;                 // no earlier fiber has as many lines as this one
  load_t                  load_q, load;          // of the set so far
  logic [MemberWidth-1:0] member_q, member;      // fiber of the set
  logic [SetWidth-1:0]    wr_set_q, wr_set;

  logic unused_bits;
  assign unused_bits = ^{sizes_i.b_fibers, written.addr};

  assign written = written_i.id;
  assign wr      = written_i.valid && !written.operand;
  assign more    = lines_t'(written_i.pair) + 1'b1;
  assign begins  = written_i.begins;
  assign member  = begins ? '0 : member_q;
  assign wr_set  = begins ? '0 : wr_set_q;
  assign lines   = begins ? more : lines_q + more;
  assign longest = (member == '0 || lines > longest_q) ? lines : longest_q;
  assign grows   = begins || gap_q < more;
  assign most    = most_q[buffer_i];
  assign load    = (member == '0 && lines == more) ? load_t'(more) : load_q + load_t'(more);

  always_ff @(posedge clk_i) begin
    if (wr) begin
      lines_q  <= written_i.last ? '0 : lines;
      load_q   <= load;
      member_q <= member;
      wr_set_q <= wr_set;
      gap_q    <= grows ? '0 : gap_q - more;
      if (grows) most_q[written_i.filled] <= lines;
      if (written_i.last) begin
        longest_q <= longest;
        gap_q     <= grows ? lines : most_q[written_i.filled];
        member_q  <= (32'(member) == MaxSize - 1) ? '0 : member + 1'b1;
        if (32'(member) == MaxSize - 1) wr_set_q <= wr_set + 1'b1;
      end
    end
  end

  // ------------------------------------------------------------------- weight of a line
  typedef enum logic [2:0] {StIdle, StCompare, StDivide, StWeigh, StJudge, StSum} state_e;
  state_e state_d, state_q;

  logic       unequal, divided, skewed, summing_q, all_asked;
  weight_t    weight_q;       // of the next row
  logic [SetWidth-1:0] rd_set_q;
  line_addr_t scale;
  weight_t    most_weight_q;  // of the longest fiber
  fiber_id_t  sum_fiber_q;    // first fiber of the set whose weight is added

  flaash_plan_divider #(
    .Width(LineAddrWidth)
  ) u_divider (
    .clk_i, .rst_ni,
    .start_i(state_q == StCompare && unequal), .dividend_i(LineAddrWidth'(Scale)), .divisor_i(extent_i),
    .done_o(divided), .quotient_o(scale)
  );

  // The longest fiber has extent / Lanes lines, rounded up: 4 * Lanes, and at most 4 * Lanes * Lanes / extent more.
  localparam int unsigned ProductWidth = $clog2(4 * Lanes * (Lanes + 1) + 1) + Fraction;

  typedef logic [ProductWidth-1:0] product_t;

  product_t   most_product_q;

  function automatic weight_t weight_of(product_t product);
    product_t quarters;
    quarters  = product >> Fraction;
    weight_of = weight_t'(quarters);
    if (32'(quarters) < 4)               weight_of = weight_t'(4);
    else if (32'(quarters) >= 4 * Lanes) weight_of = weight_t'(4 * Lanes);
  endfunction

  logic unused_scale;
  assign unused_scale = ^scale[LineAddrWidth-1:ProductWidth];

  localparam int unsigned CountWidth = $clog2(MemLines + 1);  // of fibers: each has a line
  localparam int unsigned TotalWidth = LinesWidth + FiberIdWidth;

  weights_t              weights_q;  // of all sets
  logic [TotalWidth-1:0] longest_all_q, average_all_q;  // lines, if all fibers were as the longest, or as they are

  // Most operands have fibers of much the same length: nothing is divided then.
  assign unequal = longest_all_q >= average_all_q;
  assign skewed  = most_weight_q >= weight_t'(SkewWeight);

  assign all_asked = sum_fiber_q >= sizes_i.a_fibers;

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle:   if (prepare_i) state_d = StCompare;
      StCompare: begin
        state_d = StIdle;
        if (unequal) state_d = StDivide;
      end
      StDivide: if (divided) state_d = StWeigh;
      StWeigh:  state_d = StJudge;
      StJudge: begin
        state_d = StIdle;
        if (skewed) state_d = StSum;
      end
      default:  if (all_asked && !summing_q) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      summing_q <= 1'b0;
      ready_o   <= 1'b0;
    end else begin
      state_q   <= state_d;
      summing_q <= state_q == StSum && !all_asked;
      ready_o   <= !prepare_i && (ready_o || (state_q != StIdle && state_d == StIdle));
    end
  end

  always_ff @(posedge clk_i) begin
    most_product_q <= product_t'(most) * product_t'(scale);
    most_weight_q  <= weight_of(most_product_q);
    longest_all_q <= TotalWidth'(most) * TotalWidth'(CountWidth'(sizes_i.a_fibers));
    average_all_q <= TotalWidth'(sizes_i.a_lines) * TotalWidth'(SkewRatio);
    if (prepare_i) skewed_o <= 1'b0;
    if (state_q == StJudge) begin
      skewed_o    <= skewed;
      sum_fiber_q <= '0;
      weights_q   <= '0;
    end else if (state_q == StSum && !all_asked) begin
      sum_fiber_q <= sum_fiber_q + fiber_id_t'(MaxSize);
      weights_q   <= weights_q + weights_t'(weight_q);
    end
  end

  // ------------------------------------------------------------------------------ rows
  // The RAM's access, a weight's product and its limits, and the product with B's lines take a cycle each. So rows are
  // read before next_i.
  // Each stage before row_o has a valid bit. During a division no weight is right.
  logic [3:0] valid_q;  // RAM, rd_*_q, product_*_q, weight_q and load_next_q
  logic       ram_moves, rd_moves, product_moves, row_moves;  // that stage accepts its input
  logic       over;
  lines_t     rd_lines_q;
  product_t   product_q;
  load_t      rd_load_q, product_load_q, load_next_q;
  lines_t     rd_lines;
  load_t      rd_load;

  logic [Buffers-1:0][LinesWidth+LoadWidth-1:0] found;

  assign {rd_lines, rd_load} = found[buffer_i];

  for (genvar b = 0; b < int'(Buffers); b++) begin : gen_buffer
    flaash_memory_bank #(
      .Width(LinesWidth + LoadWidth),
      .Words(Sets)
    ) u_sets (
      .clk_i,
      .wr_enable_i(wr && written_i.last && written_i.filled == 1'(b)), .wr_addr_i(wr_set), .wr_data_i({longest, load}),
      .rd_enable_i(ram_moves), .rd_addr_i(rd_set_q),
      .rd_data_o(found[b])
    );
  end

  assign over          = rewind_i || prepare_i || (state_q == StSum && state_d == StIdle);
  assign row_moves     = !valid_q[3] || next_i || state_q == StSum;
  assign product_moves = (!valid_q[2] || row_moves) && state_q != StCompare && state_q != StDivide;
  assign rd_moves      = !valid_q[1] || product_moves;
  assign ram_moves     = !valid_q[0] || rd_moves;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= '0;
      rd_set_q <= '0;
    end else if (over) begin
      valid_q  <= '0;
      rd_set_q <= '0;
    end else begin
      if (ram_moves) {valid_q[0], rd_set_q} <= {1'b1, rd_set_q + 1'b1};
      if (rd_moves) valid_q[1] <= valid_q[0];
      if (product_moves) valid_q[2] <= valid_q[1];
      if (row_moves) valid_q[3] <= valid_q[2];
    end
  end

  always_ff @(posedge clk_i) begin
    if (rd_moves) {rd_lines_q, rd_load_q} <= {rd_lines, rd_load};
    if (product_moves) {product_q, product_load_q} <= {product_t'(rd_lines_q) * product_t'(scale), rd_load_q};
    if (row_moves) {weight_q, load_next_q} <= {weight_of(product_q), product_load_q};
  end

  quarters_t load_quarters;

  assign load_quarters = quarters_t'({load_next_q, 2'b00});

  always_ff @(posedge clk_i) begin
    if (next_i) row_o <= {weight_q, load_quarters,
                          quarters_t'(sizes_i.b_lines) * quarters_t'(weight_q) + load_quarters};
  end

  // ------------------------------------------------------------------------- all rows
  // A long product, of halves of both factors.
  localparam int unsigned Half  = $bits(weights_t) / 2;
  localparam int unsigned HalfB = LinesWidth / 2;

  all_quarters_t [3:0] parts_q;  // of halves of weights and of lines of B: low and low, low and high, ..
  all_quarters_t       weights_low, weights_high, b_low, b_high;

  assign weights_low  = all_quarters_t'(weights_q[Half-1:0]);
  assign weights_high = all_quarters_t'(weights_q[$bits(weights_t)-1:Half]);
  assign b_low        = all_quarters_t'(sizes_i.b_lines[HalfB-1:0]);
  assign b_high       = all_quarters_t'(sizes_i.b_lines) >> HalfB;

  always_ff @(posedge clk_i) begin
    parts_q <= {weights_low * b_low, weights_low * b_high, weights_high * b_low, weights_high * b_high};
    total_o <= parts_q[3] + (parts_q[2] << HalfB) + (parts_q[1] << Half) + (parts_q[0] << (Half + HalfB))
               + all_quarters_t'({sizes_i.a_lines, 2'b00});
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(Gap_A, !wr || begins || most_q[written_i.filled] == lines_q + gap_q,
                 "the gap to the longest fiber is wrong")
  `FLAASH_ASSERT(NextIsThere_A, !next_i || valid_q[3], "a row is asked for too early")

endmodule : flaash_plan_weights
