// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_resident_step: a fiber of A in any chunks and a fiber of B in any lines meet in all equal coordinates,
// each once, in ascending order.
//
// A step per cycle, from the first chunk and the first line on, as its next_o and done_o say. `sought_q` is any
// coordinate. That it is reported when both have it, and never twice, is proven by what has gone by.

module flaash_formal_resident_step #(
  parameter int unsigned Chunk      = 4,
  parameter int unsigned Lanes      = 2,
  parameter int unsigned CoordWidth = 5,
  localparam int unsigned PlaceWidth = $clog2(Chunk),
  localparam int unsigned CountWidth = $clog2(Lanes) + 1,
  localparam type chunk_t = logic [Chunk-1:0][CoordWidth-1:0],
  localparam type row_t   = logic [Lanes-1:0][CoordWidth-1:0]
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  // what comes next
  input chunk_t                chunk_i,
  input logic [PlaceWidth:0]   entries_i,
  input logic                  final_i,
  input row_t                  row_i,
  input logic [CountWidth-1:0] count_i,
  input logic                  last_i,
  input logic [CoordWidth-1:0] sought_i
);

  typedef logic [CoordWidth-1:0] coord_t;

  // ---------------------------------------------------------- a chunk, a line, a step per cycle
  logic                             begun_q, ended_q, step, next, done, leaves_chunk, leaves_line;
  chunk_t                           chunk_q;
  row_t                             row_q;
  logic [PlaceWidth:0]              entries_q;
  logic [CountWidth-1:0]            count_q;
  logic                             final_q, last_q;
  coord_t                           sought_q;
  logic [Lanes-1:0]                 hits;
  logic [Lanes-1:0][PlaceWidth-1:0] places;

  flaash_resident_step #(
    .Chunk     (Chunk),
    .Lanes     (Lanes),
    .CoordWidth(CoordWidth)
  ) u_dut (
    .chunk_i(chunk_q), .entries_i(entries_q), .final_i(final_q), .line_i(row_q), .count_i(count_q),
    .hits_o(hits), .places_o(places), .next_o(next), .done_o(done)
  );

  // The last line that is done ends it.
  assign step         = begun_q && !ended_q;
  assign leaves_chunk = !begun_q || (step && next);
  assign leaves_line  = !begun_q || (step && done && !last_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q <= 1'b0;
      ended_q <= 1'b0;
    end else begin
      begun_q <= 1'b1;
      if (step && done && last_q) ended_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!begun_q)     sought_q <= sought_i;
    if (leaves_chunk) {chunk_q, entries_q, final_q} <= {chunk_i, entries_i, final_i};
    if (leaves_line)  {row_q, count_q, last_q} <= {row_i, count_i, last_i};
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

  Chunk_M : assume property (@(posedge clk_i)
      entries_i != '0 && 32'(entries_i) <= Chunk && (final_i || 32'(entries_i) == Chunk) && ascends(chunk_i, entries_i)
      && (!(step && next) || chunk_i[0] > chunk_q[Chunk-1]));
  Row_M : assume property (@(posedge clk_i)
      count_i != '0 && 32'(count_i) <= Lanes && row_ascends(row_i, count_i)
      && (!(step && leaves_line) || row_i[0] > top_of(row_q, count_q)));

  // --------------------------------------------------------------- where the sought one is
  logic   in_chunk, in_row, reported;
  logic   a_gone_q, b_gone_q, met_q;  // its chunk, its line has gone by; it has been reported
  logic   any_q;                      // something has been reported; the greatest of all
  coord_t greatest_q, least, most;

  always_comb begin
    in_chunk = 1'b0;
    in_row   = 1'b0;
    reported = 1'b0;
    least    = '1;
    most     = '0;
    for (int unsigned i = 0; i < Chunk; i++) begin
      if ((PlaceWidth + 1)'(i) < entries_q && chunk_q[i] == sought_q) in_chunk = 1'b1;
    end
    for (int unsigned lane = 0; lane < Lanes; lane++) begin
      if (CountWidth'(lane) < count_q && row_q[lane] == sought_q) in_row = 1'b1;
      if (hits[lane] && row_q[lane] == sought_q) reported = 1'b1;
      if (hits[lane] && row_q[lane] <= least) least = row_q[lane];
      if (hits[lane] && row_q[lane] >= most) most = row_q[lane];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {a_gone_q, b_gone_q, met_q, any_q} <= '0;
    end else if (step) begin
      if (in_chunk && leaves_chunk)    a_gone_q <= 1'b1;
      if (in_row && (done || ended_q)) b_gone_q <= 1'b1;
      if (reported)                    met_q <= 1'b1;
      if (hits != '0)                  any_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (step && hits != '0) greatest_q <= most;
  end

  // ------------------------------------------------------------------ properties
  for (genvar lane = 0; lane < int'(Lanes); lane++) begin : gen_hit
    Right_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && hits[lane])
        || (CountWidth'(lane) < count_q && (PlaceWidth + 1)'(places[lane]) < entries_q
            && chunk_q[places[lane]] == row_q[lane]));
  end

  All_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(a_gone_q && b_gone_q) || met_q);
  AllAtTheEnd_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(ended_q && b_gone_q && (a_gone_q || in_chunk)) || met_q);
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && reported) || !met_q);
  Order_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && hits != '0 && any_q) || least > greatest_q);
  StepsOn_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !step || next || done);
  Both_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(step && !final_q && chunk_q[Chunk-1] == top_of(row_q, count_q)) || (next && done));
  NextExists_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && next) || !final_q);

  // What makes them inductive: where the sought one can be, and what has been reported lies behind.
  Stored_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !begun_q
      || (entries_q != '0 && 32'(entries_q) <= Chunk && (final_q || 32'(entries_q) == Chunk)
          && ascends(chunk_q, entries_q) && count_q != '0 && 32'(count_q) <= Lanes && row_ascends(row_q, count_q)));
  Begin_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      begun_q || !(a_gone_q || b_gone_q || met_q || any_q || ended_q));
  AGone_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(begun_q && a_gone_q) || chunk_q[0] > sought_q);
  BGone_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !ended_q) || row_q[0] > sought_q);
  Behind_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !(step && any_q)
      || chunk_q[0] > greatest_q || row_q[0] > greatest_q);
  Met_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !met_q || a_gone_q || b_gone_q);
  // A chunk goes when a line reaches its top: so a line that has the sought one comes before, or is there.
  AFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && a_gone_q && !b_gone_q && in_row) || met_q);
  ALeft_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && a_gone_q && !b_gone_q && !met_q) || top_of(row_q, count_q) >= sought_q);
  BFirst_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !a_gone_q && in_chunk) || met_q);
  BLeft_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !(begun_q && b_gone_q && !a_gone_q && !met_q) || final_q || chunk_q[Chunk-1] >= sought_q);

  Both_C : cover property (@(posedge clk_i) disable iff (!rst_ni) step && next && done && met_q && hits != '0);
  ThreeChunks_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      step && final_q && (&hits) && a_gone_q && any_q && met_q);

endmodule : flaash_formal_resident_step
