// SPDX-License-Identifier: Apache-2.0
// Chunks: stores the coordinates of every other chunk of a slot's fibers of A, in two copies.
//
// Each line of a chunk lies in a bank of its own. The compared chunk is in registers, and the next chunk is already at
// the outputs of the banks; the first chunk follows the last one. So a fiber of B takes one cycle per step, and one
// more only if it ends before the last chunk is compared.
//
// Guarantees  chunk_valid_o: chunk_o is the first chunk of the wanted copy, or the chunk that next_i and back_i have
//             selected since. number_o and entries_o are its number and entries; it has none after the last chunk, and
//             in a copy without a line. last_o: chunk_o is the last chunk.
// Demands     A fiber begins with begin_i; its lines come in order, while nothing of their copy is wanted. A copy is
//             wanted two cycles after its last line, or later. next_i, back_i only with chunk_valid_o.
// Latency     A copy that is wanted anew: two cycles. next_i: none. back_i: none from the last chunk on or at the first
//             one, else one cycle.
// Errors      With Parity each line has a parity bit. A line that differs from the stored line is reported a cycle
//             after its chunk was taken.
// Reset       No chunk is valid, and written lines are forgotten.

`include "flaash_assert.svh"

module flaash_resident_chunks
  import flaash_pkg::*;
#(
  parameter int unsigned Chunk      = 8,    // entries of a chunk, a power of two, Lanes or more
  parameter int unsigned Lanes      = 4,    // entries of a line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,   // bits of a coordinate
  parameter int unsigned Lines      = 64,   // of a copy, a power of two, two chunks or more
  parameter int unsigned Parity     = 1,    // a parity bit per line, 0 or 1
  localparam int unsigned PlaceWidth  = $clog2(Chunk),
  localparam int unsigned CountWidth  = $clog2(Lanes) + 1,
  localparam int unsigned LineWidth   = $clog2(Lines),
  localparam int unsigned NumberWidth = $clog2(Lines * Lanes / Chunk)
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // a line of A
  input  logic                             begin_i,   // a fiber begins
  input  logic                             write_i,
  input  logic                             copy_i,
  input  logic [CountWidth-1:0]            count_i,
  input  logic [Lanes-1:0][CoordWidth-1:0] coords_i,  // in the next cycle
  // the chunk
  input  logic                             want_i,    // one of this copy
  input  logic                             wanted_i,
  input  logic                             next_i,
  input  logic                             back_i,    // to the first one, also with next_i
  output logic                             chunk_valid_o,
  output logic [NumberWidth-1:0]           number_o,
  output logic                             last_o,
  output logic [PlaceWidth:0]              entries_o,
  output logic [Chunk-1:0][CoordWidth-1:0] chunk_o,
  output logic                             parity_error_o
);

  localparam int unsigned Banks     = Chunk / Lanes;  // lines of a chunk
  localparam int unsigned BankWidth = (Banks > 1) ? $clog2(Banks) : 1;
  localparam int unsigned CoordBits = Lanes * CoordWidth;
  localparam int unsigned WordWidth = CoordBits + Parity;

  if (Chunk < Lanes || 2 ** $clog2(Chunk) != Chunk) begin : gen_illegal_chunk
    `FLAASH_ILLEGAL("Chunk must be a power of two, Lanes or more")
  end
  if (2 ** $clog2(Lines) != Lines || Lines < 2 * Banks) begin : gen_illegal_lines
    `FLAASH_ILLEGAL("Lines must be a power of two, two chunks or more")
  end

  // ------------------------------------------------------------- how long the fibers are
  logic                       copy_q;        // the copy in use
  logic [1:0][LineWidth-1:0]  last_line_q;   // per copy
  logic [1:0][CountWidth-1:0] last_count_q;  // entries of that line

  logic [1:0]                 some_q;        // the copy has a line
  logic [LineWidth-1:0]       line;          // that is written

  assign line = (begin_i || !some_q[copy_i]) ? '0 : last_line_q[copy_i] + 1'b1;

  always_ff @(posedge clk_i) begin
    if (begin_i || write_i) some_q[copy_i] <= write_i;
    if (write_i) begin
      last_line_q[copy_i]  <= line;
      last_count_q[copy_i] <= count_i;
    end
  end

  logic [BankWidth-1:0]   bank, last_bank;  // of the line that is written; of the last one of the copy in use
  logic [Banks-1:0]       write_q;
  logic [NumberWidth:0]   place_q;          // copy and chunk

  assign bank      = (Banks > 1) ? BankWidth'(line) : '0;
  assign last_bank = (Banks > 1) ? BankWidth'(last_line_q[copy_q]) : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) write_q <= '0;
    else         write_q <= write_i ? Banks'(1) << bank : '0;
  end

  always_ff @(posedge clk_i) place_q <= {copy_i, NumberWidth'(line >> $clog2(Banks))};

  // ------------------------------------------------------------------- which chunk
  logic                   valid_q;
  logic                   opened_q;  // the first chunk is ahead, none in registers
  logic                   spent_q;   // the last one has gone by
  logic                   at_last, reach, open, rewrites, take, jump;
  logic [NumberWidth-1:0] number_q, ahead_q, after, last;  // ahead: at the outputs of the banks
  logic                   rd_copy;
  logic [NumberWidth-1:0] rd_number;

  // The chunk ahead is taken, or the first one is fetched.
  assign reach     = (valid_q || opened_q) && copy_q == wanted_i;
  assign open      = want_i && !reach;
  assign rewrites  = begin_i && copy_i == copy_q;
  assign last      = NumberWidth'(last_line_q[copy_q] >> $clog2(Banks));
  assign after     = (ahead_q == last) ? '0 : ahead_q + 1'b1;
  assign at_last   = number_q == last;
  assign take      = opened_q || (back_i ? number_q != '0 && ahead_q == '0 : next_i && !at_last);
  assign jump      = open || (back_i && number_q != '0 && ahead_q != '0);
  assign rd_copy   = open ? wanted_i : copy_q;
  assign rd_number = jump ? '0 : after;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q  <= 1'b0;
      opened_q <= 1'b0;
      spent_q  <= 1'b0;
    end else begin
      opened_q <= jump;
      if (take || jump || back_i) spent_q <= 1'b0;
      else if (next_i)            spent_q <= 1'b1;
      if (jump || rewrites) valid_q <= 1'b0;
      else if (take)        valid_q <= 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (open) copy_q <= wanted_i;
    if (take) number_q <= ahead_q;
    if (take || jump) ahead_q <= rd_number;
  end

  // ------------------------------------------------------------------------- banks
  logic [Banks-1:0][CoordBits-1:0] ahead;
  logic [Banks-1:0][WordWidth-1:0] words;
  logic [Banks-1:0]                stored;     // lines that the chunk ahead has
  logic                            ahead_last;

  assign ahead_last = ahead_q == last;

  for (genvar b = 0; b < int'(Banks); b++) begin : gen_bank
    assign stored[b] = some_q[copy_q] && (!ahead_last || (BankWidth + 1)'(b) < (BankWidth + 1)'(last_bank) + 1'b1);
    assign ahead[b]  = words[b][CoordBits-1:0];

    flaash_memory_bank #(
      .Width(WordWidth),
      .Words(2 * Lines / Banks)
    ) u_bank (
      .clk_i,
      .wr_enable_i(write_q[b]),
      .wr_addr_i  (place_q),
      .wr_data_i  (WordWidth'({~^coords_i, coords_i})),  // odd parity; without Parity the bit falls off
      .rd_enable_i(take || jump),
      .rd_addr_i  ({rd_copy, rd_number}),
      .rd_data_o  (words[b])
    );
  end

  // ---------------------------------------------------------------------- the chunk
  logic [PlaceWidth:0] entries_q;

  always_ff @(posedge clk_i) begin
    if (take) begin
      chunk_o   <= ahead;
      entries_q <= (PlaceWidth + 1)'(Chunk);
      if (ahead_last) begin
        entries_q <= (PlaceWidth + 1)'(last_bank) * (PlaceWidth + 1)'(Lanes)
                     + (PlaceWidth + 1)'(last_count_q[copy_q]);
      end
    end
  end

  assign last_o        = at_last;
  assign entries_o     = (some_q[copy_q] && !spent_q) ? entries_q : '0;
  assign chunk_valid_o = valid_q && copy_q == wanted_i;
  assign number_o      = number_q;

  if (Parity == 1) begin : gen_parity
    flaash_parity_watch #(
      .Channels  (Banks),
      .Width     (WordWidth),
      .PlaceWidth(1)
    ) u_watch (
      .clk_i, .rst_ni,
      .valid_i(stored & {Banks{take}}), .word_i(words), .place_i('0),
      .error_o(parity_error_o), .place_o()
    );
  end else begin : gen_no_parity
    logic unused_stored;
    assign unused_stored  = ^stored;
    assign parity_error_o = 1'b0;
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_ASSERT(MovesWithChunk_A, valid_q || !(next_i || back_i), "a step without a chunk")
  `FLAASH_COVER(JumpsBack_C, back_i && jump)
  `FLAASH_COVER(GoesRound_C, back_i && take)

endmodule : flaash_resident_chunks
