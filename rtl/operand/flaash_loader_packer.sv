// SPDX-License-Identifier: Apache-2.0
// Loader packer: packs the entries of an operand into lines; each fiber begins with a new line.
//
// Guarantees  Entries keep their order and fibers theirs; a line that is not the last of its fiber is full; lanes
//             above `count` are zero. A fiber is announced (number, first line, leaf node) in the cycle after its
//             first entry; SecFinish announces the first free line. No line at MemLines or above and no fiber at
//             FiberDepth or above is written. Entries of gaps are neither checked nor written. Two lines that leave
//             together are of one fiber. The first of them is never the last line of the fiber.
// Demands     A head before the entries of an operand. Spans cover every entry. clear_i with an error; then no entries
//             are read until the next head and SecLevel.
// Latency     Step response in the same cycle; lines, fibers and check_err_o one cycle later.
// Throughput  Per cycle up to min(LeafEntries, LineWrites * Lanes) entries of one fiber, also across lines and beats.
//             In the last cycle of a fiber at most LineWrites lines are filled.
// Reset       No line is in flight; beats inside are lost. clear_i loses these, too.
//
//   beat_i -> after_q -> beat_q -+-> entries of this step -+--> lines
//                 |               |         line_q (rest) --+
//                 +---------------+

`include "flaash_assert.svh"
`include "flaash_beat.svh"
`include "flaash_line.svh"

module flaash_loader_packer
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_loader_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned Lanes      = 4,     // entries per line: 1, 2, 4, 8
  parameter int unsigned CoordWidth = 16,    // bits of a contracted coordinate, 1 to 32
  parameter int unsigned MemLines   = 1024,  // lines per operand, below 2**LineAddrWidth
  parameter int unsigned FiberDepth = 1024,  // fibers per operand, below 2**FiberIdWidth
  parameter int unsigned LeafEntries = 2,    // entries of a beat: a power of two, 2 to 32
  parameter int unsigned LineWrites = 1,     // lines written in a cycle: 1 or 2, with less than 8 lanes
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned EntryBits  = CoordWidth + ValueWidth,
  localparam int unsigned LineWidth  = `FLAASH_LINE_WIDTH(Lanes, CoordWidth, ValueWidth),
  localparam type leaf_t = `FLAASH_LEAF(LeafEntries, CoordWidth, ValueWidth),
  localparam type line_write_t = `FLAASH_LINE_WRITE(LineWidth, LineWrites)
) (
  input  logic         clk_i,
  input  logic         rst_ni,
  input  logic         clear_i,
  // entries
  input  logic         beat_valid_i,
  output logic         beat_ready_o,
  input  leaf_t        beat_i,
  output logic [1:0]   held_o,       // a beat has come; the beat after it, too
  input  reading_t     reading_i,
  output logic         beat_last_o,  // the beat is the last one of its frame
  output step_rsp_t     step_rsp_o,
  output check_err_t        check_err_o,
  input  frame_t       frame_i,
  // fibers, from the pointers of the last upper level
  input  logic         span_valid_i,
  output logic         span_ready_o,
  input  span_t        span_i,
  // lines and the fiber table
  output line_write_t  write_o,
  output fiber_write_t fiber_o,
  output fiber_id_t    fibers_o,  // fibers so far
  output line_addr_t   lines_o,   // lines so far
  output entry_id_t    entries_o  // entries of fibers so far
);

  localparam int unsigned Room  = LineWrites * Lanes;  // entries of the lines that leave in a cycle
  localparam int unsigned Group = (LeafEntries < Room) ? LeafEntries : Room;  // entries of a step, most
  localparam int unsigned OffsetBits = $clog2(LeafEntries);

  `FLAASH_LINE_T(line_t, Lanes, CoordWidth, ValueWidth)

  if (LeafEntries < 2 || LeafEntries > 32 || (LeafEntries & (LeafEntries - 1)) != 0) begin : gen_illegal_entries
    `FLAASH_ILLEGAL("LeafEntries must be a power of two, 2 to 32")
  end
  if ((Room != 1 && Room != 2 && Room != 4 && Room != 8) || LineWrites > 2) begin : gen_illegal_lanes
    `FLAASH_ILLEGAL("Lanes must be 1, 2, 4 or 8; LineWrites 1, or 2 with less than 8 lanes")
  end
  if (MemLines < 1 || MemLines >= 2 ** LineAddrWidth) begin : gen_illegal_lines
    `FLAASH_ILLEGAL("MemLines must be 1 to 2**LineAddrWidth - 1")
  end
  if (FiberDepth < 1 || FiberDepth >= 2 ** FiberIdWidth) begin : gen_illegal_fibers
    `FLAASH_ILLEGAL("FiberDepth must be 1 to 2**FiberIdWidth - 1")
  end

  logic                  header, begins;  // an operand begins, a level does
  logic [OffsetBits-1:0] offset;          // of the step's first entry within the beat

  assign header = reading_i.valid && reading_i.section == SecHead;
  assign begins = reading_i.section == SecLevel;
  assign offset = reading_i.position[OffsetBits-1:0];

  leaf_t beat_q, after_q;  // the beat that is read; the beat after it
  logic  valid_q, after_valid_q, inner_q;  // inner: the beat after it has come, and is not the last one

  // ------------------------------------------------------------ how many entries
  logic       fresh_q;  // no entry of this fiber has come
  entry_id_t  left_q, left;  // entries that are to come; left_q if some have
  logic       few_q, few, more;  // less than FewEntries of them, and not so after the step
  logic [3:0] fill_q;   // entries in line_q, below Lanes
  logic [5:0] room;     // entries of the beat from the offset on
  logic [3:0] most, taken, filled;
  logic       rest, waits, fiber_end;  // the step can take all that is left; but waits, since too few lines leave
  logic       uses, crosses;           // the rest of the beat; entries of the next one

  // Whether few are left is known before how many: comparing and subtracting all bits would come before all checks.
  assign left = fresh_q ? span_i.count : left_q;
  assign few  = fresh_q ? span_i.few : few_q;
  assign more = !few && !(left[EntryIdWidth-1:4] == 1 && left[3:0] < taken);

  always_comb begin
    room = 6'(LeafEntries) - 6'(offset);
    // A constant for each offset, since a difference would come later. So would sums and comparisons with taken.
    most = 4'(Group);
    for (int unsigned p = 0; p < LeafEntries; p++) begin
      if (!inner_q && LeafEntries - p < Group && 32'(offset) == p) most = 4'(LeafEntries - p);
    end
    rest      = few && left[3:0] <= most;
    waits     = rest && fill_q + left[3:0] > 4'(Room);
    taken     = waits ? 4'(Room) - fill_q : rest ? left[3:0] : most;
    filled    = waits ? 4'(Room) : rest ? fill_q + left[3:0] : fill_q + most;
    uses      = waits ? 6'(Room) - 6'(fill_q) >= room : rest ? 6'(left[3:0]) >= room : 6'(Group) >= room;
    crosses   = waits ? 6'(Room) - 6'(fill_q) > room : rest ? 6'(left[3:0]) > room : inner_q && 6'(Group) > room;
    fiber_end = rest && !waits;
  end

  // ---------------------------------------------------------- entries of the step
  localparam int unsigned Shown = 2 * LeafEntries;

  logic [Shown-1:0][EntryBits:0]    both, shifted;  // both beats; from the offset on
  logic [Group-1:0][EntryBits-1:0]  entries;  // of which the first ones are taken
  logic [Group-1:0][CoordWidth-1:0] coords;
  logic [Group-1:0]                 later;    // it is from the next beat
  logic [Group-1:0]                 over;     // its coordinate has too many bits

  for (genvar p = 0; p < int'(LeafEntries); p++) begin : gen_shown
    assign both[p]             = {beat_q.over[p], beat_q.values[p], beat_q.coords[p]};
    assign both[LeafEntries+p] = {after_q.over[p], after_q.values[p], after_q.coords[p]};
  end

  // A choice per bit of the offset takes fewer gates than one among all places.
  always_comb begin
    shifted = both;
    for (int b = OffsetBits - 1; b >= 0; b--) begin
      if (offset[b]) shifted = shifted >> ((EntryBits + 1) << b);
    end
  end

  for (genvar i = 0; i < int'(Group); i++) begin : gen_entry
    assign {over[i], entries[i]} = shifted[i];
    assign coords[i]             = entries[i][CoordWidth-1:0];
    assign later[i]              = 6'(i) >= room;
  end

  // --------------------------------------------------------------------- checks
  logic [CoordWidth-1:0] coord_q;      // the coordinate before
  line_addr_t            next_line_q;  // lines on their way at write_o not counted
  line_addr_t            free_line;    // first one that is neither written nor filled
  fiber_id_t             fibers_q;     // fiber on its way at fiber_o not counted
  logic                  line_valid_q, pair_q, begun_q, full;
  logic [Group-1:0]      repeats, outside, homeless;  // entries that do not ascend, are too large, have no room
  logic [Group-1:0]      repeats_q, outside_q, no_room_q, later_q;
  logic                  failed_q, step, last;  // last: of the operand
  logic                  puts;  // the entries of the step belong to a fiber, not to a gap

  assign free_line = next_line_q + line_addr_t'(line_valid_q) + line_addr_t'(pair_q) + line_addr_t'(fill_q != '0);
  assign full      = fibers_q + fiber_id_t'(begun_q) == fiber_id_t'(FiberDepth);

  always_comb begin
    {repeats, outside, homeless} = '0;
    for (int i = 0; i < Group; i++) begin
      if (puts && i < 32'(taken)) begin
        if (32'(fill_q) + i == ((fill_q == '0) ? 0 : Lanes)) homeless[i] = 32'(free_line) >= MemLines;
        if (LineWrites == 2 && 32'(fill_q) + i == ((fill_q == '0) ? Lanes : Room)) begin
          homeless[i] = 32'(free_line) + 1 >= MemLines;
        end
        if (i == 0 && fresh_q && full) homeless[i] = 1'b1;
        repeats[i] = (i != 0 || !fresh_q) && coords[i] <= ((i == 0) ? coord_q : coords[(i == 0) ? 0 : i-1]);
        outside[i] = over[i] || 32'(coords[i]) >= frame_i.extent;
      end
    end
  end

  assign step         = reading_i.valid && reading_i.section == SecEntries && span_valid_i && valid_q;
  assign puts         = step && !span_i.gap;
  assign span_ready_o = step && fiber_end;
  assign last         = fiber_end && reading_i.left == entry_id_t'(left[3:0]);

  assign step_rsp_o.ready    = span_valid_i && valid_q;
  assign step_rsp_o.taken    = 5'(taken);
  assign step_rsp_o.last     = last;
  assign step_rsp_o.beat_end = uses || last;
  assign step_rsp_o.crosses  = crosses;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {repeats_q, outside_q, no_room_q, later_q, failed_q} <= '0;
    else {repeats_q, outside_q, no_room_q, later_q, failed_q}
           <= {repeats, outside, homeless, later, |(repeats | outside | homeless)};
  end

  always_comb begin
    check_err_o = check_error(failed_q, ErrMemoryFull, 4'd0, 1'b0);
    // From the last entry to the first, so that the first error stays.
    for (int i = Group - 1; i >= 0; i--) begin
      if (no_room_q[i]) check_err_o = check_error(failed_q, ErrMemoryFull, 4'(i), later_q[i]);
      if (repeats_q[i])  check_err_o = check_error(failed_q, ErrCoordOrder, 4'(i), later_q[i]);
      if (outside_q[i])  check_err_o = check_error(failed_q, ErrCoordRange, 4'(i), later_q[i]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fresh_q <= 1'b1;
      left_q  <= '0;
      few_q   <= 1'b1;
      coord_q <= '0;
    end else if (begins) begin
      fresh_q <= 1'b1;
    end else if (step) begin
      fresh_q <= fiber_end;
      left_q  <= left - entry_id_t'(taken);
      few_q   <= !more;
      coord_q <= coords[taken - 4'd1];
    end
  end

  // ---------------------------------------------------------------------- beats
  // A step takes the entries of a fiber across beats. The last beat is never read together with the beat before, so an
  // operand of the announced length ends in its last beat.
  logic moves;  // the beat is used up, or there is none

  assign moves        = !valid_q || (step && (uses || last));
  assign beat_ready_o = beat_valid_i && reading_i.section == SecEntries && !clear_i && (!after_valid_q || moves);
  assign held_o       = {after_valid_q, valid_q};
  assign beat_last_o  = beat_q.last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q        <= 1'b0;
      after_valid_q <= 1'b0;
      inner_q        <= 1'b0;
    end else begin
      if (moves || clear_i) valid_q <= after_valid_q && !clear_i;
      after_valid_q <= beat_ready_o || (after_valid_q && !moves && !clear_i);
      inner_q        <= beat_ready_o ? !beat_i.last : inner_q && !moves && !clear_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (moves)        beat_q   <= after_q;
    if (beat_ready_o) after_q <= beat_i;
  end

  // ---------------------------------------------------------------------- lines
  // The entries of line_q and of the step, side by side. Full lines leave, and the last line of a fiber.
  localparam int unsigned Staged = Room + Lanes;

  logic [Lanes-1:0][EntryBits-1:0]       line_q, remaining;  // the last: what stays, if anything
  logic [Staged-1:0][EntryBits-1:0]      shown, line;     // with all entries that are shown, with those taken
  logic                                  emit, pair;
  logic [3:0]                            leaving;        // places of the lines that leave
  logic [LineWrites-1:0][LineWidth-1:0]  lines, lines_q;

  // A choice per bit of fill_q: a shift by fill_q * EntryBits would need a multiplier. It comes before taken is known.
  logic [Staged-1:0][EntryBits-1:0] placed;  // the entries of the step, after the entries of line_q

  always_comb begin
    placed = (Staged*EntryBits)'(entries);
    for (int b = 0; b < $clog2(Lanes); b++) begin
      if (fill_q[b]) placed = placed << (EntryBits << b);
    end
    shown = (Staged*EntryBits)'(line_q) | placed;
    for (int s = 0; s < int'(Staged); s++) line[s] = (s < int'(filled)) ? shown[s] : '0;
  end

  assign emit    = fiber_end || filled >= 4'(Lanes);
  assign pair    = LineWrites == 2 && (filled >= 4'(Room) || (fiber_end && filled > 4'(Lanes)));
  assign leaving = pair ? 4'(Room) : 4'(Lanes);
  assign remaining = pair ? line[Room +: Lanes] : line[Lanes +: Lanes];

  for (genvar w = 0; w < int'(LineWrites); w++) begin : gen_line
    logic [Lanes-1:0][CoordWidth-1:0] line_coords;
    logic [Lanes-1:0][ValueWidth-1:0] line_values;
    logic [$clog2(Lanes):0]           line_count;
    line_t                            made;

    for (genvar l = 0; l < Lanes; l++) begin : gen_lane
      assign line_coords[l] = line[w*Lanes+l][CoordWidth-1:0];
      assign line_values[l] = line[w*Lanes+l][CoordWidth +: ValueWidth];
    end

    assign line_count = ($clog2(Lanes) + 1)'((filled > 4'((w + 1) * Lanes)) ? 4'(Lanes) : filled - 4'(w * Lanes));

    assign made.last   = fiber_end && pair == (w == 1);
    assign made.count  = line_count;
    assign made.values = line_values;
    assign made.coords = line_coords;

    assign lines[w] = made;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      fill_q  <= '0;
      line_q <= '0;
    end else if (begins) begin
      fill_q  <= '0;
      line_q <= '0;
    end else if (puts) begin
      fill_q  <= !emit ? filled : (filled > leaving) ? filled - leaving : '0;
      line_q <= emit ? remaining : line[Lanes-1:0];
    end
  end

  // Lines and fibers are counted when they leave. After an error they do not.
  logic line_valid, begun;
  assign {line_valid, begun} = check_err_o.valid ? '0 : {line_valid_q, begun_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      line_valid_q <= 1'b0;
      pair_q       <= 1'b0;
      lines_q      <= '0;
      next_line_q  <= '0;
    end else begin
      line_valid_q <= puts && emit;
      pair_q       <= puts && pair;
      if (puts && emit) lines_q <= lines;
      if (header || line_valid) next_line_q <= header ? '0 : next_line_q + line_addr_t'(pair_q) + 1'b1;
    end
  end

  assign write_o.valid      = line_valid;
  assign write_o.pair       = pair_q;
  assign write_o.id.operand = frame_i.operand;
  assign write_o.id.addr    = next_line_q;
  assign write_o.lines      = lines_q;

  assign lines_o = next_line_q;

  // --------------------------------------------------------------------- fibers
  logic     fiber_begin, sentinel_q;
  node_id_t leaf_q;

  assign fiber_begin = puts && fresh_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      begun_q    <= 1'b0;
      sentinel_q <= 1'b0;
      leaf_q     <= '0;
      fibers_q   <= '0;
      entries_o  <= '0;
    end else begin
      begun_q    <= fiber_begin;
      sentinel_q <= reading_i.valid && reading_i.section == SecFinish;
      leaf_q     <= fiber_begin ? frame_i.above_base + span_i.node : '0;
      if (header || begun) fibers_q <= header ? '0 : fibers_q + 1'b1;
      if (header)    entries_o <= '0;
      else if (puts) entries_o <= entries_o + entry_id_t'(taken);
    end
  end

  assign fiber_o.valid = begun || sentinel_q;
  assign fiber_o.id    = fibers_q;
  assign fiber_o.first = next_line_q;
  assign fiber_o.leaf  = leaf_q;

  assign fibers_o = fibers_q;

  // ---------------------------------------------------------------- properties
  `FLAASH_ASSERT(LineInRange_A, !line_valid || 32'(next_line_q) + 32'(pair_q) < MemLines, "line outside the region")
  `FLAASH_ASSERT(FiberInRange_A, !fiber_o.valid || 32'(fiber_o.id) <= FiberDepth, "fiber outside the table")
  `FLAASH_ASSERT(FiberOnFreshLine_A, !fiber_begin || fill_q == '0, "a fiber begins inside a line")
  `FLAASH_ASSERT(GapOnFreshLine_A, !step || puts || fill_q == '0, "a gap inside a fiber")
  `FLAASH_COVER(Gap_C, step && !puts && !fiber_end)
  `FLAASH_COVER(StepAcrossLines_C, step && filled > 4'(Lanes))
  `FLAASH_COVER(EndWaits_C, step && taken != most)

endmodule : flaash_loader_packer
