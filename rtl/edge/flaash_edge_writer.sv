// SPDX-License-Identifier: Apache-2.0
// Edge writer: writes the records of a result frame, and completion records, to memory.
//
// Guarantees  After start_i the records of result frames go to the result buffer of the descriptor, after record_i what
//             send_i brings to the completion record of its slot; nothing is written elsewhere. written_o after
//             flush_i: all of it was written and answered. While none of both is wanted, result frames are taken and
//             thrown away.
// Demands     start_i and record_i only behind written_o or a reset; flush_i until written_o. head_i, slot_i and
//             completion_i are steady from these on. stop_i stays until idle_o.
// Latency     Two cycles from the last record of a burst to its address.
// Throughput  128 bits of records per cycle.
// Reset       rst_ni with the bus; stop_i: everything but bursts under way.

`include "flaash_assert.svh"

module flaash_edge_writer
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
#(
  parameter int unsigned Format    = FormatFp32,
  parameter int unsigned DataWidth = 128,
  parameter int unsigned Bursts    = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // orders
  input  logic                   start_i,       // pulse: results follow
  input  logic                   record_i,      // pulse: a completion record follows
  input  logic                   send_i,        // pulse: this one
  input  logic                   recording_i,   // from record_i until it is written
  input  logic                   drop_i,        // records that begin go nowhere
  input  logic                   flush_i,
  input  logic                   stop_i,
  output logic                   idle_o,        // no write is under way
  output logic                   written_o,
  output edge_fault_t            fault_o,       // pulse

  input  head_t                  head_i,
  input  mem_addr_t              slot_i,
  input  completion_t            completion_i,  // results and bytes are of no concern
  output logic                   full_o,        // a record did not fit
  output logic [31:0]            results_o,     // so many came, or more than can be told

  // result frames
  input  logic                   in_valid_i,
  output logic                   in_ready_o,
  input  logic [StreamWidth-1:0] in_data_i,
  input  logic                   in_last_i,
  output logic                   trailer_o,       // pulse: the frame has ended
  output logic [7:0]             trailer_code_o,

  // memory
  output logic                   aw_valid_o,
  input  logic                   aw_ready_i,
  output burst_t                 aw_o,
  output logic                   w_valid_o,
  input  logic                   w_ready_i,
  output logic [DataWidth-1:0]   w_data_o,
  output logic [DataWidth/8-1:0] w_strb_o,
  output logic                   w_last_o,
  input  logic                   b_valid_i,
  output logic                   b_ready_o,
  input  logic [1:0]             b_resp_i
);

  localparam int unsigned WordBits    = $clog2(DataWidth / 32) + 1;
  localparam int unsigned ValueWords  = (Format == FormatInt16) ? 2 : 1;
  localparam int unsigned RecordWords = CompletionBytes / 4;

  // ---------------------------------------------------------------- what goes in
  logic                   collecting_q;  // results are wanted
  logic                   record_valid, record_ready, record_idle, in_valid, in_ready;
  logic [StreamWidth-1:0] record_data, in_data;
  logic [1:0][3:0]        orders;
  logic [4:0]             result_words, words;
  completion_t            completion;
  logic [63:0]            results, bytes, results_q, bytes_q;

  assign orders       = head_i.orders;
  assign result_words = 5'(ValueWords) + (head_i.coordinates ? 5'(orders[0]) + 5'(orders[1]) - 5'd2 : 5'd2);
  assign words        = recording_i ? 5'(RecordWords) : result_words;
  assign in_valid     = recording_i ? record_valid : (in_valid_i && collecting_q && !in_last_i);
  assign in_data      = recording_i ? record_data : in_data_i;
  assign record_ready = in_ready && recording_i;
  assign in_ready_o   = !collecting_q || in_last_i || (in_ready && !recording_i);

  assign trailer_o      = in_valid_i && in_ready_o && in_last_i;
  assign trailer_code_o = in_data_i[39:32];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                  collecting_q <= 1'b0;
    else if (stop_i || trailer_o) collecting_q <= 1'b0;
    else if (start_i)             collecting_q <= 1'b1;
  end

  // The packer counts anew for the completion record.
  logic collected_q;  // it has counted results of this descriptor

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      collected_q <= 1'b0;
      results_q   <= '0;
      bytes_q     <= '0;
    end else begin
      if (start_i) collected_q <= 1'b1;
      if (record_i) begin
        collected_q <= 1'b0;
        results_q   <= collected_q ? results : '0;
        bytes_q     <= collected_q ? bytes : '0;
      end
      if (stop_i) collected_q <= 1'b0;
    end
  end

  always_comb begin
    completion         = completion_i;
    completion.results = results_q;
    completion.bytes   = bytes_q;
  end

  flaash_edge_completion u_completion (
    .clk_i, .rst_ni,
    .clear_i(stop_i), .start_i(send_i), .record_i(completion), .idle_o(record_idle),
    .out_valid_o(record_valid), .out_ready_i(record_ready), .out_data_o(record_data)
  );

  // -------------------------------------------------------------------- what leaves
  logic                 empty, flush, packed_valid, packed_ready, writes_idle;
  logic [DataWidth-1:0] packed_data;
  logic [WordBits-1:0]  packed_words;
  mem_addr_t            addr;
  answer_t              answer;
  logic [23:0]          offset;

  logic unused_head;
  assign unused_head = ^head_i;

  assign flush = flush_i && record_idle;
  assign addr  = recording_i ? slot_i + 64'(CompletionAt) : head_i.results;

  flaash_edge_packer #(
    .DataWidth(DataWidth)
  ) u_packer (
    .clk_i, .rst_ni,
    .clear_i(stop_i), .start_i(start_i || record_i),
    .capacity_i(recording_i ? 64'(CompletionBytes) : head_i.capacity), .words_i(words), .drop_i, .flush_i(flush),
    .empty_o(empty), .full_o, .results_o(results), .bytes_o(bytes),
    .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data),
    .out_valid_o(packed_valid), .out_ready_i(packed_ready), .out_data_o(packed_data), .out_words_o(packed_words)
  );

  flaash_axi_write #(
    .DataWidth(DataWidth), .Bursts(Bursts)
  ) u_axi_write (
    .clk_i, .rst_ni,
    .start_i(start_i || record_i), .addr_i(addr), .flush_i(flush && empty), .stop_i, .idle_o(writes_idle),
    .answer_o(answer), .offset_o(offset),
    .in_valid_i(packed_valid), .in_ready_o(packed_ready), .in_data_i(packed_data), .in_words_i(packed_words),
    .aw_valid_o, .aw_ready_i, .aw_o, .w_valid_o, .w_ready_i, .w_data_o, .w_strb_o, .w_last_o,
    .b_valid_i, .b_ready_o, .b_resp_i
  );

  assign idle_o    = writes_idle;
  assign results_o = (results[63:32] != '0) ? '1 : results[31:0];
  assign written_o = flush && empty && writes_idle;
  assign fault_o   = {answer.wrong, answer.decode ? ErrWriteDecode : ErrWriteSlave,
                      bus_place(1'b0, 3'd0, recording_i ? PartCompletion : PartResult, offset)};

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(OneOrder_A, !(start_i && record_i), "results and a completion record at once")
  `FLAASH_COVER(ThrownAway_C, in_valid_i && !collecting_q)

endmodule : flaash_edge_writer
