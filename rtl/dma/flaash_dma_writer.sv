// SPDX-License-Identifier: Apache-2.0
// DMA writer: writes the records of result frames, and completion records, to memory.
//
// Guarantees  After start_i the records of the next result frame go to the result buffer of head_i, in bursts
//             that are named by turn_i; a line goes to its address; nothing is written elsewhere. sent_o[t]: all
//             results of turn t are in bursts, so a line now follows them. written_o[t]: these bursts also have
//             their responses. start_i for the next frame may come while results of the previous frame are
//             written; the next frame then waits until these results are in bursts. A frame without start_i is
//             accepted and discarded.
// Demands     start_i only with or after the trailer of the previous frame, refused_i or a reset; turn_i and
//             head_i are steady from the next cycle on to the trailer. kill_i stays until idle_o.
// Latency     Two cycles from the last record of a burst to its address.
// Throughput  A beat of the bus per cycle; of coordinates 128 bits.
// Reset       rst_ni with the bus; kill_i: everything but outstanding bursts.

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"
`include "flaash_rows.svh"

module flaash_dma_writer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,
  parameter int unsigned ResultLanes = 1,    // results of a batch, most
  parameter int unsigned DataWidth   = 128,
  parameter int unsigned Bursts      = 8,
  parameter int unsigned BeatsBuffered = 128,  // beats of results before the bus, most: a power of two, 32 or more
  parameter int unsigned RowWays     = 1,    // beats of rows that can come in a cycle
  parameter int unsigned RowsBuffered = 64,   // likewise, beats of rows of each way: a power of two
  localparam type beat_t = `FLAASH_BEAT(StreamWidth),
  localparam type batch_t = `FLAASH_BATCH(ResultLanes),
  localparam type row_beat_t = `FLAASH_ROW_BEAT(DataWidth),
  localparam type axi_req_t = `FLAASH_AXI_WRITE_REQ(DataWidth),
  localparam type axi_rsp_t = `FLAASH_AXI_WRITE_RSP
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  // orders
  input  logic                      start_i,    // pulse: a result frame follows
  input  head_t                     head_i,
  input  turn_t                     turn_i,
  input  logic                      refused_i,  // pulse: no result frame follows
  input  logic                      drop_i,     // records that begin now are dropped
  input  logic                      kill_i,
  output logic                      idle_o,     // no write is outstanding
  output logic [Turns-1:0]          sent_o,
  output logic [Turns-1:0]          written_o,
  output refusal_t                  fault_o,    // pulse
  output passed_t                   passed_o,   // of the last frame that was begun
  output logic                      full_o,     // level, until the trailer: a record of the frame did not fit

  // result frames
  input  logic                      in_valid_i,
  output logic                      in_ready_o,
  input  beat_t                     beat_i,

  // batches of results with fiber numbers, before the trailer, or accepted with it
  input  logic                      batch_valid_i,
  output logic                      batch_ready_o,
  input  batch_t                    batch_i,

  // beats of rows, likewise, and the report about the rows
  input  logic [RowWays-1:0]        row_valid_i,
  output logic [RowWays-1:0]        row_ready_o,
  input  row_beat_t [RowWays-1:0]   row_i,
  input  rows_report_t              report_i,

  // completion records
  input  logic                      line_valid_i,
  output logic                      line_ready_o,
  input  line_t                     line_i,

  // memory
  output axi_req_t                  axi_o,
  input  axi_rsp_t                  axi_i
);

  localparam int unsigned WordBits   = $clog2(DataWidth / 32) + 1;
  localparam int unsigned ValueWords = (Format == FormatInt16) ? 2 : 1;
  localparam int unsigned BatchWords = 2 + ValueWords;  // of a record
  localparam int unsigned FromBatch  = ResultLanes * BatchWords;
  localparam int unsigned InWords    = (FromBatch > StreamWords) ? FromBatch : StreamWords;

  // ---------------------------------------------------------------------- frames
  logic  wanted_q;   // the next frame is to be written
  logic  collect_q;  // its records are accepted
  logic  flush_q;    // the frame has ended, but not all of it is in bursts
  turn_t turn_q;     // of the frame that is collected or flushed
  logic  begins, ends, ended, empty, begun, flushed;  // ended: the trailer has come

  assign begins  = wanted_q && !collect_q && !flush_q && !refused_i && !kill_i;
  assign ends    = ended || refused_i;
  assign flushed = flush_q && empty && begun;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wanted_q  <= 1'b0;
      collect_q <= 1'b0;
      flush_q   <= 1'b0;
      turn_q    <= '0;
    end else if (kill_i) begin
      wanted_q  <= 1'b0;
      collect_q <= 1'b0;
      flush_q   <= 1'b0;
    end else begin
      if (start_i) wanted_q <= 1'b1;
      if (begins || refused_i) wanted_q <= 1'b0;
      if (begins) begin
        collect_q <= 1'b1;
        turn_q    <= turn_i;
      end
      if (collect_q && ends) begin
        collect_q <= 1'b0;
        flush_q   <= 1'b1;
      end
      if (flushed) flush_q <= 1'b0;
    end
  end

  // ---------------------------------------------------------------- inputs
  logic                     in_ready, takes;
  logic [1:0][3:0]          orders;
  logic [4:0]               words_q;   // of a record, from the cycle after begins on
  logic [5:0]               kept;
  logic [InWords-1:0][31:0] batch_words, data;

  assign orders        = head_i.orders;
  assign takes         = (in_valid_i && collect_q && !beat_i.last) || (batch_valid_i && collect_q);
  assign in_ready_o    = collect_q ? beat_i.last || in_ready : !(wanted_q || flush_q);
  assign batch_ready_o = collect_q ? in_ready : !(wanted_q || flush_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) words_q <= '0;
    else words_q <= 5'(ValueWords) + (head_i.coordinates ? 5'(orders[0]) + 5'(orders[1]) - 5'd2 : 5'd2);
  end

  passed_t                   records, row_report;
  batch_count_t              count;
  result_t [ResultLanes-1:0] results;

  assign {count, results} = batch_i;

  // A batch as records: fiber of A, fiber of B, value.
  for (genvar i = 0; i < int'(ResultLanes); i++) begin : gen_record
    result_t     result;
    logic [63:0] value;

    assign result = results[i];
    assign value  = 64'($signed(result.value));
    assign batch_words[i*BatchWords +: BatchWords] = {value[32*ValueWords-1:0], 32'(result.b_id), 32'(result.a_id)};
  end
  for (genvar i = int'(FromBatch); i < int'(InWords); i++) begin : gen_after
    assign batch_words[i] = '0;
  end

  assign data = (ResultLanes > 1 && !head_i.coordinates) ? batch_words : (32*InWords)'(beat_i.data);

  assign ended  = in_valid_i && in_ready_o && beat_i.last;
  assign full_o = collect_q && records.full;

  // -------------------------------------------------------------------- outputs
  localparam int unsigned PairWidth = 2 * DataWidth;  // the packer gives two beats in a cycle
  localparam int unsigned PairBits  = WordBits + 1;

  logic                 rows_empty;
  logic                 pair_valid, pair_ready, beat_valid, beat_ready, packer_empty, backlog_empty, bus_idle;
  logic [PairWidth-1:0] pair;
  logic [PairBits-1:0]  pair_words;
  logic [DataWidth-1:0] beat;
  logic [WordBits-1:0]  beat_words;
  logic [Turns-1:0]     waits;
  resp_t                resp;
  burst_name_t          resp_burst;

  flaash_dma_quota u_quota (
    .clk_i, .rst_ni,
    .start_i(begins), .capacity_i(head_i.capacity), .words_i(words_q), .drop_i,
    .step_i(takes && in_ready), .whole_i(batch_valid_i), .count_i(count), .kept_o(kept),
    .passed_o(records)
  );

  flaash_stream_packer #(
    .DataWidth(PairWidth), .InWords(InWords)
  ) u_packer (
    .clk_i, .rst_ni,
    .clear_i(kill_i), .flush_i(flush_q), .empty_o(packer_empty),
    .in_valid_i(takes), .in_ready_o(in_ready), .in_data_i(data), .in_words_i(kept),
    .out_valid_o(pair_valid), .out_ready_i(pair_ready), .out_data_o(pair), .out_words_o(pair_words)
  );

  flaash_dma_backlog #(
    .DataWidth(DataWidth), .Beats(BeatsBuffered)
  ) u_backlog (
    .clk_i, .rst_ni,
    .clear_i(kill_i), .empty_o(backlog_empty),
    .in_valid_i(pair_valid), .in_ready_o(pair_ready), .in_data_i(pair), .in_words_i(pair_words),
    .out_valid_o(beat_valid), .out_ready_i(beat_ready), .out_data_o(beat), .out_words_o(beat_words)
  );

  assign empty  = packer_empty && backlog_empty && rows_empty;
  assign idle_o = bus_idle && backlog_empty && rows_empty;

  // ------------------------------------------------------------------------- rows
  // Single beats wait here for the bus. The arrays' addresses stay until all of them are in bursts.
  typedef `FLAASH_AXI_SINGLE(DataWidth) single_t;

  logic [RowWays-1:0]         row_takes, row_room, fifo_valid, fifo_ready;
  logic                       row_valid, row_ready, single_valid, single_ready;
  row_beat_t [RowWays-1:0]    fifo_row;
  logic [RowWays-1:0][6:0]    taken_bytes;
  row_beat_t                  row;
  mem_addr_t                  row_addr;
  mem_addr_t                  values_q, columns_q, bounds_q;
  single_t                    single_in, single;
  logic [8:0]                 taken_sum, taken_q;  // bytes
  logic [63:0]                row_bytes_q;
  logic                       rows_q;

  for (genvar w = 0; w < int'(RowWays); w++) begin : gen_way
    row_beat_t                   way_row;

    assign way_row        = row_i[w];
    assign row_takes[w]   = row_valid_i[w] && collect_q && !drop_i;
    assign row_ready_o[w] = collect_q ? drop_i || row_room[w] : !(wanted_q || flush_q);
    assign taken_bytes[w] = (row_takes[w] && row_room[w]) ? way_row.bytes : '0;

    flaash_ram_fifo #(
      .Width($bits(row_beat_t)), .Depth(RowsBuffered)
    ) u_rows (
      .clk_i, .rst_ni,
      .in_valid_i(row_takes[w]), .in_ready_o(row_room[w]), .in_data_i(way_row),
      .out_valid_o(fifo_valid[w]), .out_ready_i(fifo_ready[w]), .out_data_o(fifo_row[w]), .usage_o()
    );
  end

  always_comb begin
    taken_sum = '0;
    for (int w = 0; w < int'(RowWays); w++) taken_sum += 9'(taken_bytes[w]);
  end

  flaash_stream_tree #(
    .Width($bits(row_beat_t)), .Inputs(RowWays)
  ) u_ways (
    .clk_i, .rst_ni,
    .in_valid_i(fifo_valid), .in_ready_o(fifo_ready), .in_data_i(fifo_row),
    .out_valid_o(row_valid), .out_ready_i(row_ready), .out_data_o(row)
  );

  always_comb begin
    row_addr = values_q;
    if (row.array == RowColumns) row_addr = columns_q;
    if (row.array == RowBounds)  row_addr = bounds_q;
  end

  assign single_in.addr   = row_addr + 64'(row.offset);
  assign single_in.turn   = turn_q;
  assign single_in.array  = row.array;
  assign single_in.offset = 24'(row.offset >> 4);
  assign single_in.bytes  = row.bytes;
  assign single_in.data   = row.data;

  flaash_stream_register #(
    .Width($bits(single_t))
  ) u_single (
    .clk_i, .rst_ni,
    .in_valid_i(row_valid), .in_ready_o(row_ready), .in_data_i(single_in),
    .out_valid_o(single_valid), .out_ready_i(single_ready), .out_data_o(single)
  );

  assign rows_empty = fifo_valid == '0 && !row_valid && !single_valid;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rows_q      <= 1'b0;
      taken_q     <= '0;
      row_bytes_q <= '0;
      {values_q, columns_q, bounds_q} <= '0;
    end else if (begins) begin
      rows_q      <= head_i.layout != LayoutRecords;
      taken_q     <= '0;
      row_bytes_q <= '0;
      {values_q, columns_q, bounds_q} <= {head_i.results, head_i.columns, head_i.bounds};
    end else begin
      taken_q     <= taken_sum;
      row_bytes_q <= row_bytes_q + 64'(taken_q);
    end
  end

  assign row_report.full     = report_i.full;
  assign row_report.rows     = 1'b1;
  assign row_report.complete = report_i.complete;
  assign row_report.results  = report_i.elements;
  assign row_report.bytes    = row_bytes_q;

  assign passed_o = rows_q ? row_report : records;

  flaash_axi_write #(
    .DataWidth(DataWidth), .Bursts(Bursts)
  ) u_axi_write (
    .clk_i, .rst_ni,
    .start_i(begins), .addr_i(head_i.results), .turn_i, .flush_i(flush_q && empty), .kill_i, .begun_o(begun),
    .idle_o(bus_idle),
    .waits_o(waits), .resp_o(resp), .resp_burst_o(resp_burst),
    .in_valid_i(beat_valid), .in_ready_o(beat_ready), .in_data_i(beat), .in_words_i(beat_words),
    .line_valid_i, .line_ready_o, .line_i,
    .single_valid_i(single_valid), .single_ready_o(single_ready), .single_i(single), .axi_o, .axi_i
  );

  for (genvar t = 0; t < int'(Turns); t++) begin : gen_written
    assign sent_o[t]    = !((collect_q || (flush_q && !flushed)) && turn_q == turn_t'(t))
                            && !(wanted_q && turn_i == turn_t'(t));
    assign written_o[t] = sent_o[t] && !waits[t];
  end

  logic [3:0] part;

  always_comb begin
    part = resp_burst.line ? PartCompletion : PartResult;
    if (resp_burst.array == RowColumns) part = PartResultCrd;
    if (resp_burst.array == RowBounds)  part = PartResultPos;
  end

  assign fault_o.error.valid = resp.wrong;
  assign fault_o.error.code  = resp.decode ? ErrWriteDecode : ErrWriteSlave;
  assign fault_o.error.place = bus_place(1'b0, 3'd0, part, resp_burst.offset);
  assign fault_o.turn        = resp_burst.turn;

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneFrame_A, !start_i || !(wanted_q || (collect_q && !ended)),
                 "a frame is wanted inside another")
  `FLAASH_ASSERT(OneWay_A, !batch_valid_i || !collect_q || !in_valid_i || (beat_i.last && in_ready),
                 "a batch and a beat at once")
  `FLAASH_ASSERT(BatchHasNumbers_A, !batch_valid_i || !collect_q || !head_i.coordinates,
                 "a batch in a frame with coordinates")
  `FLAASH_COVER(EndsWithBatch_C, batch_valid_i && ended && collect_q)
  `FLAASH_COVER(Dropped_C, in_valid_i && in_ready_o && !collect_q)
  `FLAASH_COVER(WaitsForBursts_C, wanted_q && flush_q)

endmodule : flaash_dma_writer
