// SPDX-License-Identifier: Apache-2.0
// Portioner: splits dot products with a long fiber of A into portions, for different SDPEs.
//
// Guarantees  A job whose lines of A have room for at most length_i entries passes unchanged; while length_i is 0 all
//             jobs do. Any other job becomes the portions of a dot product, as few as cover its lines of A. Portion i
//             has the entries i * length_i to (i + 1) * length_i - 1. The last one may have no entries, as the last
//             line need not be full. All portions name the slot that the combiner gave for this dot product. close_o
//             gives their number to the combiner when the last one is accepted.
// Demands     While length_i is not 0, jobs have one fiber of B each. length_i changes only while no job is offered.
//             The AXI handshake rule on all sides.
// Latency     None for a job that passes; one cycle for one that is split, to get the slot.
// Throughput  One job or portion per cycle, and a cycle per dot product that is split.
// Stalls      Before a dot product that is to be split, while no slot is free. A slot becomes free without any further
//             job, so this wait ends: see flaash_combiner.
// Reset       The next job begins with its first portion.

`include "flaash_assert.svh"

module flaash_portioner
  import flaash_pkg::*;
#(
  parameter int unsigned Lanes = 4  // entries per line: 1, 2, 4, 8
) (
  input  logic      clk_i,
  input  logic      rst_ni,
  input  entry_id_t length_i,   // most entries of A in a portion, 0: nothing is split
  // job generator
  input  logic      job_valid_i,
  output logic      job_ready_o,
  input  job_t      job_i,
  // a slot of the combiner for the dot product
  output logic      open_valid_o,
  input  logic      open_ready_i,
  output fibers_t   open_o,
  input  slot_t     open_slot_i,
  output close_t    close_o,      // how many portions it has
  // scheduler
  output logic      job_valid_o,
  input  logic      job_ready_i,
  output job_t      job_o,
  output logic      portion_o     // a portion was taken
);

  if (Lanes != 1 && Lanes != 2 && Lanes != 4 && Lanes != 8) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1, 2, 4 or 8")
  end

  localparam int unsigned LaneBits   = $clog2(Lanes);
  localparam int unsigned PositionWidth = EntryIdWidth + 1;

  typedef logic [PositionWidth-1:0] position_t;

  // --------------------------------------------------------------- positions in the fiber
  // The portion goes from entry begin_q up to, without, entry stop.
  logic   open_q, taken, whole, is_last;
  position_t begin_q, total, left, stop;
  slot_t  slot_q;
  entry_id_t count_q, count;  // portions before this one, with it

  assign total   = position_t'(job_i.a_lines) << LaneBits;  // entries, if all lines are full
  assign whole   = !(job_valid_i && length_i != '0 && total > position_t'(length_i));
  assign left    = total - begin_q;
  assign is_last = left <= position_t'(length_i);
  assign stop    = is_last ? total : begin_q + position_t'(length_i);
  assign count   = count_q + 1'b1;
  assign taken   = open_q && job_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                           open_q <= 1'b0;
    else if (open_valid_o && open_ready_i) open_q <= 1'b1;
    else if (taken && is_last)             open_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (open_valid_o) begin
      slot_q  <= open_slot_i;
      begin_q <= '0;
      count_q <= '0;
    end else if (taken) begin
      begin_q <= stop;
      count_q <= count;
    end
  end

  assign open_valid_o = job_valid_i && !whole && !open_q;
  assign open_o       = {job_i.a_id, job_i.b_id};
  assign close_o      = {taken && is_last, slot_q, count};

  // ----------------------------------------------------------------------- jobs
  position_t  last;  // the portion's last entry
  line_addr_t first_line, last_line;

  assign last       = stop - 1'b1;
  assign first_line = line_addr_t'(begin_q >> LaneBits);
  assign last_line  = line_addr_t'(last >> LaneBits);

  always_comb begin
    job_o = job_i;
    if (!whole) begin
      job_o.portion.partial    = 1'b1;
      job_o.portion.slot       = slot_q;
      job_o.portion.first_lane = lane_id_t'(begin_q & position_t'(Lanes - 1));
      job_o.portion.last_lane  = lane_id_t'(last & position_t'(Lanes - 1));
      job_o.a_first            = job_i.a_first + first_line;
      job_o.a_lines            = last_line - first_line + 1'b1;
    end
  end

  assign job_valid_o = job_valid_i && (whole || open_q);
  assign job_ready_o = job_ready_i && (whole || (open_q && is_last));
  assign portion_o   = taken;

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(job, job_valid_o, job_ready_i, job_o, $bits(job_t))
  `FLAASH_STREAM_CHECK(open, open_valid_o, open_ready_i, open_o, $bits(fibers_t))
  `FLAASH_ASSERT(SingleFibers_A, !job_valid_i || length_i == '0 || job_i.b_count == 1,
                 "a run of B while dot products are split")
  `FLAASH_ASSERT(JobWhileOpen_A, !open_q || (job_valid_i && !whole), "a job was withdrawn between its portions")
  `FLAASH_COVER(NoSlot_C, open_valid_o && !open_ready_i)
  `FLAASH_COVER(SameLine_C, taken && !is_last && first_line == last_line)

endmodule : flaash_portioner
