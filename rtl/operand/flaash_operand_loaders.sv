// SPDX-License-Identifier: Apache-2.0
// Operand loaders: one for both operands, or one for each of them, side by side.
//
// Guarantees  As flaash_operand_loader, per feed. Writes of A come at element 0, of B at element 1. report_o joins the
//             reports of all feeds: all errors of a cycle are counted; code and place come from A, if A has an error.
// Demands     One feed carries both operands; of two, the first carries A, the second B.
// Latency     As flaash_operand_loader.
// Throughput  As flaash_operand_loader, per feed; of two, each reads a beat of pointers per cycle.
// Reset       Forgets the operands in progress.

`include "flaash_assert.svh"
`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_operand_loaders
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MemLines   = 1024,  // lines per operand, below 2**LineAddrWidth
  parameter int unsigned NodeDepth  = 1024,  // nodes per operand, 1 to 2**NodeIdWidth
  parameter int unsigned FiberDepth = 1024,  // fibers per operand, below 2**FiberIdWidth
  parameter int unsigned Feeds      = 1,     // 1 or 2
  parameter int unsigned FeedWidth  = StreamWidth,  // bits of a beat: StreamWidth, twice or four times that
  parameter int unsigned LineWrites = 1,     // lines of an operand written in a cycle: 1 or 2
  localparam int unsigned LineWidth = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, value_width(Format)),
  localparam int unsigned Entries = leaf_entries(Format, CoordWidth, FeedWidth, Feeds),
  localparam type operand_t = `FLAASH_OPERAND(FeedWidth, Entries, CoordWidth, value_width(Format)),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  // operands
  input  operand_t [Feeds-1:0]       operand_i,
  output operand_ready_t [Feeds-1:0] ready_o,
  output operand_state_t [Feeds-1:0] state_o,
  input  logic                       enable_i,
  // tensor memory and stores, A in element 0
  output line_write_t [1:0]          write_o,
  output store_write_t [1:0]         store_o,
  output load_report_t               report_o
);

  if (Feeds != 1 && Feeds != 2) begin : gen_illegal_feeds
    `FLAASH_ILLEGAL("Feeds must be 1 or 2")
  end

  localparam int unsigned PointerWords = (Feeds == 2) ? FeedWidth / 32 : 1;  // pointers read in a cycle

  // -------------------------------------------------------------------- loaders
  line_write_t [Feeds-1:0]  writes;
  store_write_t [Feeds-1:0] stores;
  load_report_t [Feeds-1:0] reports;
  logic [1:0]               written;  // a line is, of A in element 0

  for (genvar f = 0; f < int'(Feeds); f++) begin : gen_feed
    flaash_operand_loader #(
      .Format(Format), .Lanes(Lanes), .CoordWidth(CoordWidth), .MemLines(MemLines), .NodeDepth(NodeDepth),
      .FiberDepth(FiberDepth), .FeedWidth(FeedWidth), .LeafEntries(Entries), .PointerWords(PointerWords),
      .LineWrites(LineWrites)
    ) u_loader (
      .clk_i, .rst_ni,
      .operand_i(operand_i[f]), .ready_o(ready_o[f]), .state_o(state_o[f]), .enable_i,
      .write_o(writes[f]), .store_o(stores[f]), .report_o(reports[f])
    );
  end

  for (genvar i = 0; i < 2; i++) begin : gen_operand
    localparam int unsigned Feed = (Feeds == 2) ? i : 0;  // that carries this operand
    line_write_t  write;
    line_id_t     id;
    store_write_t store;

    assign write      = writes[Feed];
    assign id         = write.id;
    assign store      = stores[Feed];
    assign written[i] = write.valid && id.operand == 1'(i);
    assign write_o[i] = {written[i], write.pair, 1'(i), id.addr, write.lines};
    assign store_o[i] = store;

    `FLAASH_ASSERT(OwnFeed_A, Feeds == 1 || !store.begins || store.operand == 1'(i),
                   "an operand came with the feed of the other one")
  end

  // --------------------------------------------------------------------- report
  load_report_t one, all;
  error_t       one_error;

  always_comb begin
    all       = '0;
    one       = '0;
    one_error = '0;
    for (int f = int'(Feeds) - 1; f >= 0; f--) begin
      one           = reports[f];
      one_error     = one.error;
      all.loading   = all.loading || one.loading;
      all.step      = all.step || one.step;
      all.waits     = all.waits || one.waits;
      all.discarded = all.discarded + one.discarded;
      all.errors    = all.errors + one.errors;
      if (one_error.valid) all.error = one_error;
    end
  end

  assign report_o = all;

  // ---------------------------------------------------------------- properties
  `FLAASH_COVER(BothWrite_C, &written)

endmodule : flaash_operand_loaders
