// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_resident_step: a fiber of A in any chunks and a fiber of B in any lines meet in all equal
// coordinates, each once.
//
// A step per cycle, from the first two chunks and the first line on, as next_o and done_o request. `sought_q` is
// any coordinate. It is reported when both have it, and never twice; the proof follows the chunks and lines that
// have passed.

module flaash_formal_resident_step #(
  parameter int unsigned Chunk      = 2,
  parameter int unsigned Lanes      = 2,
  parameter int unsigned CoordWidth = 5,
  localparam int unsigned PlaceWidth = $clog2(Chunk),
  localparam int unsigned CountWidth = $clog2(Lanes) + 1,
  localparam type chunk_t = logic [Chunk-1:0][CoordWidth-1:0],
  localparam type row_t   = logic [Lanes-1:0][CoordWidth-1:0]
) (
  input logic                     clk_i,
  input logic                     rst_ni,
  // the next two chunks and line
  input chunk_t [1:0]             chunk_i,
  input logic [1:0][PlaceWidth:0] entries_i,
  input logic [1:0]               final_i,
  input row_t                     row_i,
  input logic [CountWidth-1:0]    count_i,
  input logic                     last_i,
  input logic [CoordWidth-1:0]    sought_i
);

  typedef logic [CoordWidth-1:0] coord_t;

  // ---------------------------------------------------- two chunks, a line, a step per cycle
  // Chunk `first_q` of the two comes before the other one.
  logic                           begun_q, ended_q, first_q, other, step, done, leaves_line;
  logic [1:0]                     next, leaves;
  chunk_t [1:0]                   chunk_q;
  row_t                           row_q;
  logic [1:0][PlaceWidth:0]       entries_q;
  logic [CountWidth-1:0]          count_q;
  logic                           final_q, last_q;
  coord_t                         sought_q;
  logic [Lanes-1:0]               hits;
  logic [Lanes-1:0][PlaceWidth:0] places;

  flaash_resident_step #(
    .Chunk     (Chunk),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth)
  ) u_dut (
    .chunks_i(chunk_q), .entries_i(entries_q), .final_i(final_q), .line_i(row_q), .count_i(count_q),
    .hits_o(hits), .places_o(places), .next_o(next), .done_o(done)
  );

  // The last line ends it.
  assign other       = !first_q;
  assign step        = begun_q && !ended_q;
  assign leaves      = !begun_q ? '1 : step ? next : '0;
  assign leaves_line = !begun_q || (step && done && !last_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q <= 1'b0;
      ended_q <= 1'b0;
      first_q <= 1'b0;
    end else begin
      begun_q <= 1'b1;
      if (step && done && last_q) ended_q <= 1'b1;
      if (leaves[first_q] && !leaves[other]) first_q <= other;
    end
  end

  // The first of two new chunks may be the fiber's last: then the other one is empty.
  always_ff @(posedge clk_i) begin
    if (!begun_q)    sought_q <= sought_i;
    if (leaves_line) {row_q, count_q, last_q} <= {row_i, count_i, last_i};
    if (leaves[first_q]) begin
      chunk_q[first_q]   <= chunk_i[0];
      entries_q[first_q] <= entries_i[0];
      final_q            <= final_i[0];
    end
    if (leaves[first_q] && leaves[other]) begin
      chunk_q[other]   <= chunk_i[1];
      entries_q[other] <= final_i[0] ? '0 : entries_i[1];
      final_q          <= final_i != '0;
    end
  end

  logic started_q = 1'b0;

  always_ff @(posedge clk_i) started_q <= 1'b1;

  ResetFirst_M : assume property (@(posedge clk_i) started_q || !rst_ni);

  // ------------------------------------------------------------------- what the module demands
  function automatic logic ascends(chunk_t chunk, logic [PlaceWidth:0] entries);
    ascends = 1'b1;
    for (int unsigned i = 1; i < Chunk; i++) begin
      if ((PlaceWidth + 1)'(i) < entries && chunk[i] <= chunk[i-1]) ascends = 1'b0;
    end
  endfunction

  function automatic logic row_ascends(row_t row, logic [CountWidth-1:0] count);
    row_ascends = 1'b1;
    for (int unsigned i = 1; i < Lanes; i++) begin
      if (CountWidth'(i) < count && row[i] <= row[i-1]) row_ascends = 1'b0;
    end
  endfunction

  function automatic coord_t top_of(row_t row, logic [CountWidth-1:0] count);
    top_of = row[0];
    for (int unsigned i = 1; i < Lanes; i++) begin
      if (CountWidth'(i) < count) top_of = row[i];
    end
  endfunction

  for (genvar c = 0; c < 2; c++) begin : gen_new
    Chunk_M : assume property (@(posedge clk_i)
        entries_i[c] != '0 && 32'(entries_i[c]) <= Chunk && (final_i[c] || 32'(entries_i[c]) == Chunk)
        && ascends(chunk_i[c], entries_i[c]));
  end

  Behind_M : assume property (@(posedge clk_i)
      !(step && leaves[first_q]) || chunk_i[0][0] > chunk_q[other][Chunk-1]);
  Ordered_M : assume property (@(posedge clk_i) final_i[0] || chunk_i[1][0] > chunk_i[0][Chunk-1]);
  Row_M : assume property (@(posedge clk_i)
      count_i != '0 && 32'(count_i) <= Lanes && row_ascends(row_i, count_i)
      && (!(step && leaves_line) || row_i[0] > top_of(row_q, count_q)));

  // --------------------------------------------------------------- where the sought one is
  logic [1:0] in_chunk;
  logic       in_row, reported;
  logic       a_gone_q, b_gone_q, met_q;  // its chunk, its line has passed; it has been reported
  coord_t     bottom, top;                // least and greatest coordinate of the chunks

  assign bottom = (entries_q[first_q] != '0) ? chunk_q[first_q][0] : chunk_q[other][0];
  assign top    = chunk_q[other][Chunk-1];

  always_comb begin
    in_chunk = '0;
    in_row   = 1'b0;
    reported = 1'b0;
    for (int unsigned i = 0; i < Chunk; i++) begin
      if ((PlaceWidth + 1)'(i) < entries_q[0] && chunk_q[0][i] == sought_q) in_chunk[0] = 1'b1;
      if ((PlaceWidth + 1)'(i) < entries_q[1] && chunk_q[1][i] == sought_q) in_chunk[1] = 1'b1;
    end
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      if (CountWidth'(lane) < count_q && row_q[lane] == sought_q) in_row = 1'b1;
      if (hits[lane] && row_q[lane] == sought_q) reported = 1'b1;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      a_gone_q <= 1'b0;
      b_gone_q <= 1'b0;
      met_q    <= 1'b0;
    end else if (step) begin
      if ((in_chunk & next) != '0) a_gone_q <= 1'b1;
      if (in_row && done)          b_gone_q <= 1'b1;
      if (reported)                met_q <= 1'b1;
    end
  end

  // ------------------------------------------------------------------ properties
  for (genvar lane = 0; lane < int'(Lanes); lane++) begin : gen_hit
    logic                  c;
    logic [PlaceWidth-1:0] at;
    assign {c, at} = places[lane];
    Right_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && hits[lane])
        || (CountWidth'(lane) < count_q && (PlaceWidth + 1)'(at) < entries_q[c] && chunk_q[c][at] == row_q[lane]));
  end

  All_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(a_gone_q && b_gone_q) || met_q);
  AllAtTheEnd_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(ended_q && b_gone_q && (a_gone_q || in_chunk != '0)) || met_q);
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && reported) || !met_q);
  StepsOn_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !step || next == '1 || done);
  NextExists_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && next != '0) || !final_q);
  InOrder_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && next[other]) || next[first_q]);
  for (genvar c = 0; c < 2; c++) begin : gen_both
    Both_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(step && !final_q && chunk_q[c][Chunk-1] == top_of(row_q, count_q)) || (next[c] && done));
  end

  // Invariants for the induction: where the sought coordinate can be.
  Stored_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !begun_q
      || (32'(entries_q[0]) <= Chunk && 32'(entries_q[1]) <= Chunk && entries_q != '0
          && (final_q || (32'(entries_q[0]) == Chunk && 32'(entries_q[1]) == Chunk))
          && ascends(chunk_q[0], entries_q[0]) && ascends(chunk_q[1], entries_q[1])
          && count_q != '0 && 32'(count_q) <= Lanes && row_ascends(row_q, count_q)));
  Neighbours_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !begun_q || entries_q[first_q] == '0 || entries_q[other] == '0
      || (32'(entries_q[first_q]) == Chunk && chunk_q[first_q][Chunk-1] < chunk_q[other][0]));
  Begin_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      begun_q || !(a_gone_q || b_gone_q || met_q || ended_q));
  AGone_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(begun_q && a_gone_q) || bottom > sought_q);
  BGone_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !ended_q) || row_q[0] > sought_q);
  Met_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !met_q || a_gone_q || b_gone_q);
  // A chunk goes when a line reaches its top: so a line with the sought coordinate comes before or is the current one.
  AFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && a_gone_q && !b_gone_q && in_row) || met_q);
  ALeft_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && a_gone_q && !b_gone_q && !met_q) || top_of(row_q, count_q) >= sought_q);
  BFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !a_gone_q && in_chunk != '0) || met_q);
  BLeft_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !a_gone_q && !met_q) || final_q || top >= sought_q);

  Both_C : cover property (@(posedge clk_i) disable iff (!rst_ni) step && (&next) && done && met_q && hits != '0);
  OneLeaves_C : cover property (@(posedge clk_i) disable iff (!rst_ni) step && ^next && met_q && !a_gone_q);
  ThirdChunk_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      step && final_q && (&hits) && a_gone_q && met_q);

endmodule : flaash_formal_resident_step
