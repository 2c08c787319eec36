// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_dma_quota and flaash_stream_packer, joined as in flaash_dma_writer. For any batches, beats,
// capacity and memory, no word leaves for which the result buffer has no room. Each word of a record that fits
// leaves once, in order, unchanged.
//
// index_q is any place in the buffer: the word that is put there is the word that leaves for it.

module flaash_formal_dma_packing
  import flaash_pkg::*;
  import flaash_dma_pkg::passed_t;
#(
  parameter int unsigned DataWidth = 128,
  parameter int unsigned InWords   = 6,
  localparam int unsigned Words    = DataWidth / 32,
  localparam int unsigned WordBits = $clog2(Words) + 1
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  start_i,
  input logic [63:0]           capacity_i,
  input logic [4:0]            words_i,
  input logic                  drop_i,
  input logic                  flush_i,
  input logic                  in_valid_i,
  input logic                  whole_i,
  input batch_count_t          count_i,
  input logic [InWords*32-1:0] in_data_i,
  input logic                  out_ready_i,
  input logic [63:0]           index_i
);

  logic                 in_ready, empty, full, out_valid, step;
  passed_t              told;
  logic [5:0]           kept;
  logic [63:0]          results, bytes;
  logic [DataWidth-1:0] out_data;
  logic [WordBits-1:0]  out_words;

  assign step = in_valid_i && in_ready;

  flaash_formal_producer #(
    .Width(1 + $bits(batch_count_t) + 32 * InWords)
  ) u_records (
    .clk_i, .rst_ni,
    .valid_i(in_valid_i), .ready_i(in_ready), .data_i({whole_i, count_i, in_data_i})
  );

  flaash_dma_quota u_quota (
    .clk_i, .rst_ni,
    .start_i, .capacity_i, .words_i, .drop_i, .step_i(step), .whole_i, .count_i, .kept_o(kept),
    .passed_o(told)
  );

  assign full    = told.full;
  assign results = told.results;
  assign bytes   = told.bytes;

  flaash_stream_packer #(
    .DataWidth(DataWidth), .InWords(InWords)
  ) u_packer (
    .clk_i, .rst_ni,
    .clear_i(1'b0), .flush_i, .empty_o(empty),
    .in_valid_i, .in_ready_o(in_ready), .in_data_i, .in_words_i(kept),
    .out_valid_o(out_valid), .out_ready_i, .out_data_o(out_data), .out_words_o(out_words)
  );

  // -------------------------------------------------------------------- demands
  logic       begun_q;  // a buffer was given
  logic [4:0] words_q;
  logic       flush_q;

  // Buffers of less than 4 KB: the bits above are 0.
  localparam int unsigned Bits = 12;

  Capacity_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      capacity_i[63:Bits] == '0 && index_i[63:Bits] == '0);
  Start_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !start_i || (empty && !in_valid_i && u_quota.come_q == '0));
  Records_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      !in_valid_i || (begun_q && !flush_i && (!whole_i || (u_quota.come_q == '0 && count_i != '0
                      && 32'(count_i) * 32'(words_i) <= InWords && count_i <= 4'(MaxBatch)))));
  Words_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      words_i >= 5'd1 && words_i <= 5'd16 && (start_i || words_i == words_q));
  // A flush comes between records, and stays until all has left.
  Flush_M : assume property (@(posedge clk_i) disable iff (!rst_ni)
      (!flush_i || u_quota.come_q == '0) && (!flush_q || empty || flush_i));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q <= 1'b0;
      words_q <= 5'd1;
      flush_q <= 1'b0;
    end else begin
      if (start_i) begun_q <= 1'b1;
      words_q <= words_i;
      flush_q <= flush_i;
    end
  end

  // ------------------------------------------------------------------ the buffer
  logic [63:0] capacity_q, index_q, gone_q, came, kept_words, out_count;
  logic [31:0] value_q, put, left;
  logic        marked_q, dropped_q;

  assign came       = gone_q + 64'(u_packer.fill_q);
  assign kept_words = step ? 64'(kept) : '0;
  assign out_count  = (out_valid && out_ready_i) ? 64'(out_words) : '0;
  assign put        = 32'(in_data_i >> {index_q - came, 5'd0});
  assign left       = 32'(out_data >> {index_q - gone_q, 5'd0});

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      capacity_q <= '0;
      index_q    <= '0;
      gone_q     <= '0;
      value_q    <= '0;
      marked_q   <= 1'b0;
      dropped_q  <= 1'b0;
    end else if (start_i) begin
      capacity_q <= capacity_i;
      index_q    <= index_i;
      gone_q     <= '0;
      marked_q   <= 1'b0;
      dropped_q  <= 1'b0;
    end else begin
      gone_q    <= gone_q + out_count;
      dropped_q <= dropped_q || (step && drop_i);
      if (index_q >= came && index_q - came < kept_words) begin
        marked_q <= 1'b1;
        value_q  <= put;
      end
    end
  end

  // ------------------------------------------------------------------ properties
  logic [63:0] coming;  // words of the record that has begun and passes

  assign coming = (u_quota.come_q != '0 && u_quota.keep_q) ? 64'(words_i) - 64'(u_quota.come_q) : '0;

  Within_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      gone_q + out_count <= capacity_q >> 2);
  Same_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_count == '0 || index_q < gone_q || index_q - gone_q >= out_count || (marked_q && left == value_q));
  AllPass_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !step || drop_i || full || u_quota.overflows
        || kept == (whole_i ? 6'(count_i) * 6'(words_i) : 6'(u_quota.beat))
        || (u_quota.come_q != '0 && dropped_q));
  FullIsFull_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !full || dropped_q || u_quota.left_q < 64'({words_q, 2'd0}));

  // Invariants for the induction.
  Counted_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      bytes >> 2 == came + coming && bytes[1:0] == '0 && bytes + u_quota.left_q == capacity_q && bytes <= capacity_q);
  Narrow_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      capacity_q[63:Bits] == '0 && index_q[63:Bits] == '0 && gone_q[63:Bits] == '0 && bytes[63:Bits] == '0
      && u_quota.left_q[63:Bits] == '0);
  Begun_A : assert property (@(posedge clk_i) disable iff (!rst_ni) u_quota.come_q == '0 || u_quota.come_q < words_i);
  Passing_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_quota.come_q == '0 || u_quota.keep_q || full || dropped_q);
  Nothing_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      begun_q || (gone_q == '0 && u_packer.fill_q == '0 && u_quota.come_q == '0 && bytes == '0 && !full));
  Marked_A : assert property (@(posedge clk_i) disable iff (!rst_ni) marked_q == (index_q < came));
  Fits_A : assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(u_packer.fill_q) <= u_packer.Places);
  for (genvar i = 0; i < int'(Words - 1 + InWords); i++) begin : gen_place
    Place_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        32'(u_packer.fill_q) > i ? (index_q != gone_q + 64'(i) || u_packer.stage_q[i] == value_q)
                                 : u_packer.stage_q[i] == '0);
  end

endmodule : flaash_formal_dma_packing
