// SPDX-License-Identifier: Apache-2.0
// AXI read: splits requests into bursts, and joins the responses to one stream.
//
// Guarantees  Each beat of a request comes at out_* once, in order. No burst crosses 4 KB or has more than
//             BurstBeats beats; at most Bursts are outstanding. An offered address stays. After kill_i no burst
//             begins, and beats that still come are accepted and discarded.
// Demands     Responses keep the order of the bursts. kill_i stays until idle_o.
// Latency     One cycle from a request to its first address; none for data.
// Throughput  A burst per cycle, also of different requests; a beat per cycle.
// Stalls      A beat that is not accepted holds back the memory.
// Reset       No burst is outstanding: the bus is reset, too.

`include "flaash_assert.svh"
`include "flaash_axi.svh"

module flaash_axi_read
  import flaash_axi_pkg::*;
#(
  parameter int unsigned DataWidth  = 128,  // 128, 256 or 512
  parameter int unsigned Bursts     = 8,    // outstanding, most: 1 to 255
  parameter int unsigned BurstBeats = 16,   // of a burst, most: a power of two up to 64
  localparam type req_t = `FLAASH_AXI_READ_REQ,
  localparam type rsp_t = `FLAASH_AXI_READ_RSP(DataWidth),
  localparam type beat_t = `FLAASH_AXI_BEAT(DataWidth)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,

  input  logic                 kill_i,
  output logic                 idle_o,     // no burst is outstanding

  input  logic                 req_valid_i,
  output logic                 req_ready_o,
  input  read_req_t            req_i,

  output req_t                 axi_o,
  input  rsp_t                 axi_i,

  // beats of the requests
  output logic                 out_valid_o,
  input  logic                 out_ready_i,
  output beat_t                out_o
);

  localparam int unsigned BeatBytes = DataWidth / 8;
  localparam int unsigned ByteBits  = $clog2(BeatBytes);
  localparam int unsigned PageBits  = 12;  // 4 KB
  localparam int unsigned CountBits = $clog2(BurstBeats) + 1;

  if (DataWidth != 128 && DataWidth != 256 && DataWidth != 512) begin : gen_illegal_width
    `FLAASH_ILLEGAL("DataWidth must be 128, 256 or 512")
  end
  if (Bursts < 1 || Bursts > 255) begin : gen_illegal_bursts
    `FLAASH_ILLEGAL("Bursts must be 1 to 255")
  end
  if (BurstBeats < 1 || BurstBeats > 64 || (BurstBeats & (BurstBeats - 1)) != 0) begin : gen_illegal_beats
    `FLAASH_ILLEGAL("BurstBeats must be a power of two, 1 to 64")
  end

  // --------------------------------------------------------------------- bursts
  // After a whole burst the next one begins at a multiple of BurstBeats, so it cannot cross 4 KB.
  mem_addr_t            addr_q;
  logic [31:0]          left_q;    // beats of that request that are in no burst yet
  logic                 some_q;    // there are such beats
  mem_addr_t            addr;      // of this request, or of the next one
  logic [31:0]          left;
  logic [7:0]           inside_q;  // outstanding bursts, with the one on offer
  logic                 ar_valid_q;
  burst_t               ar_q;
  logic [CountBits-1:0] room, beats;
  logic                 some, whole;  // some: beats are left; whole: the burst has all beats up to a multiple
  logic                 begins, ends, r_ready;
  logic                 free_q;       // another burst may be outstanding
  logic [7:0]           waiting;

  localparam int unsigned IndexBits = (BurstBeats == 1) ? 1 : $clog2(BurstBeats);
  logic [IndexBits-1:0] index;  // of the first beat, counted from a multiple of BurstBeats

  always_comb begin
    addr = addr_q;
    left = left_q;
    some = some_q;
    if (req_valid_i && !some_q) begin
      addr = req_i.addr;
      left = req_i.beats;
      some = req_i.beats != '0;
    end
  end

  assign index  = (BurstBeats == 1) ? '0 : addr[ByteBits +: IndexBits];
  assign room   = CountBits'(BurstBeats) - CountBits'(index);
  assign whole  = left >> (CountBits - 1) != '0 || left[CountBits-1:0] >= room;
  assign beats  = whole ? room : left[CountBits-1:0];
  assign begins = some && !kill_i && free_q && (!ar_valid_q || axi_i.ar_ready);
  assign ends   = axi_i.r_valid && r_ready && axi_i.r_last;

  assign waiting      = inside_q + 8'(begins) - 8'(ends);
  assign req_ready_o = !some_q && !kill_i;
  assign idle_o      = inside_q == '0 && !some_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      addr_q     <= '0;
      left_q     <= '0;
      some_q     <= 1'b0;
      inside_q   <= '0;
      free_q     <= 1'b1;
      ar_valid_q <= 1'b0;
      ar_q       <= '0;
    end else begin
      inside_q <= waiting;
      free_q   <= 32'(waiting) < Bursts;
      if (axi_i.ar_ready) ar_valid_q <= 1'b0;
      addr_q <= addr;
      left_q <= left;
      some_q <= some;
      if (begins) begin
        ar_valid_q <= 1'b1;
        ar_q       <= {addr, 8'(beats) - 8'd1};
        // After a burst that is not whole nothing is left, and the address does not matter.
        addr_q     <= {addr[63:ByteBits+CountBits-1] + 1'b1, (ByteBits+CountBits-1)'(0)};
        left_q     <= left - 32'(beats);
        some_q     <= left != 32'(beats);
      end
      if (kill_i) left_q <= '0;
      if (kill_i) some_q <= 1'b0;
    end
  end

  // ----------------------------------------------------------------------- data
  assign r_ready     = kill_i || out_ready_i;
  assign axi_o       = {ar_valid_q, ar_q, r_ready};
  assign out_valid_o = axi_i.r_valid && !kill_i;
  assign out_o       = {axi_i.r_resp[1], axi_i.r_resp[0], axi_i.r_data};

  // ---------------------------------------------------------------- properties
  logic [PageBits:0] page_end;  // offset in its page of the first byte after the burst
  assign page_end = (PageBits+1)'(ar_q.addr[PageBits-1:0]) + (((PageBits+1)'(ar_q.len) + 1'b1) << ByteBits);

  `FLAASH_STREAM_CHECK(ar, ar_valid_q, axi_i.ar_ready, ar_q, 72)
  `FLAASH_STREAM_CHECK(r, axi_i.r_valid, r_ready, ({axi_i.r_data, axi_i.r_resp, axi_i.r_last}), DataWidth + 3)
  `FLAASH_STREAM_CHECK(out, out_valid_o || (kill_i && axi_i.r_valid), out_ready_i || kill_i, out_o, DataWidth + 2)
  `FLAASH_ASSERT(InsideAPage_A, !ar_valid_q || page_end <= 13'd4096, "a burst crosses 4 KB")
  `FLAASH_ASSERT(Asked_A, !axi_i.r_valid || inside_q != '0, "data without a request")
  `FLAASH_ASSERT(Some_A, some_q == (left_q != '0), "beats that are left are not requested")
  `FLAASH_ASSERT(Free_A, free_q == (32'(inside_q) < Bursts), "a burst waits that may begin, or begins too early")
  `FLAASH_ASSERT(Bounded_A, 32'(inside_q) <= Bursts, "more outstanding bursts than Bursts")
  `FLAASH_COVER(StopInBurst_C, kill_i && axi_i.r_valid)
  `FLAASH_COVER(AtOnce_C, begins && req_valid_i && req_ready_o)
  `FLAASH_COVER(AllOutstanding_C, 32'(inside_q) == Bursts)

endmodule : flaash_axi_read
