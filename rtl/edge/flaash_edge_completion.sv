// SPDX-License-Identifier: Apache-2.0
// Edge completion: sends a completion record as beats.
//
// Guarantees  After start_i the four beats of the record, as docs/memory_edge.md lays it out.
// Demands     start_i while idle; record_i stays until idle_o.
// Latency     One cycle.
// Throughput  A beat per cycle.
// Reset       Idle. clear_i does the same.

`include "flaash_assert.svh"

module flaash_edge_completion
  import flaash_pkg::*;
  import flaash_edge_pkg::*;
(
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   clear_i,
  input  logic                   start_i,
  input  completion_t            record_i,
  output logic                   idle_o,

  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [StreamWidth-1:0] out_data_o
);

  logic       busy_q;
  logic [1:0] index_q;
  logic [3:0][StreamWidth-1:0] beats;

  // Layout: code, place, tag, 0 | results, bytes | cycles, computing | bytes read, 0, magic
  assign beats = {CompletionMagic, 32'd0, record_i.bytes_read,
                  record_i.computing, record_i.cycles,
                  record_i.bytes, record_i.results,
                  32'd0, record_i.tag, record_i.place, 24'd0, record_i.code};

  assign idle_o      = !busy_q;
  assign out_valid_o = busy_q;
  assign out_data_o  = beats[index_q];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q  <= 1'b0;
      index_q <= '0;
    end else if (clear_i) begin
      busy_q  <= 1'b0;
      index_q <= '0;
    end else if (start_i) begin
      busy_q  <= 1'b1;
    end else if (out_valid_o && out_ready_i) begin
      busy_q  <= index_q != 2'd3;
      index_q <= index_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(out, out_valid_o, out_ready_i || clear_i, out_data_o, StreamWidth)

endmodule : flaash_edge_completion
