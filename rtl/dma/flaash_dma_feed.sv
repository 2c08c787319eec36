// SPDX-License-Identifier: Apache-2.0
// DMA feed: reads the arrays of an operand and passes the operand to the core.
//
// Guarantees  ask_i requests the arrays of an operand, none beyond the beat of its last element. load_i passes the
//             operand to the core as data arrives: loaded_o once the core has the last of it. Elements of crd and val
//             leave side by side, Entries per beat; after the last one they are undefined. fault_o stays until kill_i:
//             an error response of the memory ends the operand. With kill_i an operand in progress is abandoned, and
//             none begins.
// Demands     ask_i while asked_o, load_i while loaded_o, for the same operands in the same order; no load_i before its
//             ask_i. level_i responds to level_id_o in the same cycle. The description of an operand stays while its
//             arrays are requested, and while the operand is loaded. kill_i stays for two cycles, until loaded_o and
//             until the readers are idle. The core takes a head in the cycle in which it is offered: the loader is idle
//             when an operand begins.
// Latency     Three cycles from ask_i to the first request, if there is room for the levels; one from load_i to the
//             head.
// Throughput  A beat per cycle. A request per cycle, two cycles more per level.
// Reset       rst_ni with the chip; the cycle after kill_i: the reads of an operand.
//
//   req_*         <-- requests --> FIFO of levels -----+
//   beat_* pos, crd --> register --+--> upper levels --+--> operand_o
//          val      --> register --+--> entries -------+

`include "flaash_assert.svh"
`include "flaash_axi.svh"
`include "flaash_beat.svh"

module flaash_dma_feed
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
  import flaash_axi_pkg::*;
  import flaash_dma_pkg::*;
#(
  parameter int unsigned Format     = FormatFp32,
  parameter int unsigned CoordWidth = 16,
  parameter int unsigned DataWidth  = 128,         // of the bus: 128, 256 or 512
  parameter bit          Operand    = 1'b0,         // A 0, B 1
  parameter int unsigned LevelsAhead = 32,          // levels that are requested and not loaded: a power of two
  localparam int unsigned ValueWidth = value_width(Format),
  localparam int unsigned Entries    = leaf_entries(Format, CoordWidth, DataWidth, 2),
  localparam type read_beat_t = `FLAASH_AXI_BEAT(DataWidth),
  localparam type operand_t = `FLAASH_OPERAND(DataWidth, Entries, CoordWidth, ValueWidth)
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      ask_i,
  output logic                      asked_o,
  input  logic                      load_i,
  output logic                      loaded_o,
  output error_t                    fault_o,
  input  logic                      kill_i,

  // the operand that is requested in element 0, the operand that is loaded in 1
  input  source_t [1:0]             source_i,
  output logic [3:0]                level_id_o,  // of the requested operand, in the descriptor
  input  level_t                    level_i,

  // its arrays: pos and crd in element 0, val in 1
  output logic [1:0]                req_valid_o,
  input  logic [1:0]                req_ready_i,
  output read_req_t [1:0]           req_o,
  input  logic [1:0]                beat_valid_i,
  output logic [1:0]                beat_ready_o,
  input  read_beat_t [1:0]          beat_i,

  output operand_t                  operand_o,
  input  operand_ready_t            ready_i,
  input  operand_state_t            state_i
);

  localparam logic [2:0]  LeafLevel = 3'd7;
  localparam int unsigned WordBits  = $clog2(DataWidth / 32);
  localparam int unsigned UnitShift = $clog2(DataWidth / StreamWidth);  // units of places in a beat
  // Groups of Entries elements in a beat of an array of the leaf.
  localparam int unsigned LongGroups  = DataWidth / 32 / Entries;
  localparam int unsigned ShortGroups = DataWidth / 16 / Entries;
  localparam int unsigned ValueGroups = DataWidth / ValueWidth / Entries;
  localparam int unsigned GroupBits   = 5;  // of their numbers

  logic load_rst_nq;  // the state of the operand at the core is not reset with the reads

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) load_rst_nq <= 1'b0;
    else         load_rst_nq <= !kill_i;
  end

  // --------------------------------------------------------------------- requests
  // crd, if it has nodes and is not dense, and pos of every upper level, then crd and val of the leaf. A loose level
  // has a table of pairs in place of pos, and none without nodes.
  localparam int unsigned BeatBytes  = DataWidth / 8;
  localparam int unsigned BeatShift  = $clog2(BeatBytes);
  localparam int unsigned ValueShift = $clog2(ValueWidth / 8);

  source_t                      asked;
  logic                         listed, room, level_valid, unused_room;
  operand_level_t               listed_level, level;
  logic [$clog2(LevelsAhead):0] levels;

  assign asked = source_i[0];

  if (LevelsAhead < MaxOrder) begin : gen_illegal_levels
    `FLAASH_ILLEGAL("LevelsAhead must be MaxOrder or more")
  end

  // For all levels of an operand.
  assign room = 32'(levels) + MaxOrder <= LevelsAhead;

  typedef enum logic [2:0] {PartsIdle, PartsRead, PartsLevel, PartsCrd, PartsPos, PartsLeafCrd, PartsLeafVal} state_e;

  state_e     state_q;
  logic [2:0] level_q;
  level_t     read_q;  // the level: its choice takes most of a cycle
  logic       leaf_level, fires, reads, empty;
  logic       lists_q;  // levels are to be listed; in each cycle that does not read a level for requests
  logic [2:0] list_q;   // the next one
  logic       list_last;

  assign reads      = state_q == PartsPos || state_q == PartsLeafCrd || (state_q == PartsCrd && !read_q.dense);
  assign leaf_level = 4'(level_q) + 4'd1 == asked.order;
  assign empty      = asked.entries == '0;
  assign listed     = lists_q && state_q != PartsRead;
  assign level_id_o = 4'(listed ? list_q : level_q) + asked.base;
  assign asked_o    = state_q == PartsIdle;

  always_ff @(posedge clk_i) begin
    if (state_q == PartsRead) read_q <= level_i;
  end

  logic [35:0] bytes;
  mem_addr_t   base;

  always_comb begin
    bytes = 36'(read_q.count) << 2;
    base  = read_q.first;
    unique case (state_q)
      PartsCrd:     base  = read_q.second;
      PartsPos:     bytes = read_q.loose ? 36'(read_q.count) << 3 : (36'(read_q.count) + 1'b1) << 2;
      PartsLeafCrd: bytes = 36'(read_q.count) << (read_q.short_crd ? 2'd1 : 2'd2);
      PartsLeafVal: begin
        bytes = 36'(read_q.count) << ValueShift;
        base  = read_q.second;
      end
      default: base = read_q.first;
    endcase
  end

  logic [35:0] beats;
  read_req_t   req;

  assign beats = (bytes + 36'(BeatBytes - 1)) >> BeatShift;
  assign req   = {base, beats[31:0]};

  assign req_o        = {req, req};
  assign req_valid_o  = {state_q == PartsLeafVal, reads};
  assign fires        = req_ready_i[0] || !reads;
  assign list_last    = 4'(list_q) + 4'd1 == asked.order;

  assign listed_level.leaf   = list_last;
  assign listed_level.dense  = level_i.dense;
  assign listed_level.loose  = level_i.loose;
  assign listed_level.extent = level_i.extent;
  assign listed_level.count  = entry_id_t'(level_i.count);

  always_ff @(posedge clk_i or negedge load_rst_nq) begin
    if (!load_rst_nq) begin
      state_q <= PartsIdle;
      level_q <= '0;
      lists_q <= 1'b0;
      list_q  <= '0;
    end else begin
      if (ask_i)                    lists_q <= 1'b1;
      else if (listed && list_last) lists_q <= 1'b0;
      if (ask_i)       list_q <= '0;
      else if (listed) list_q <= list_q + 1'b1;
      unique case (state_q)
        PartsIdle: begin
          level_q <= '0;
          if (ask_i) state_q <= PartsRead;
        end
        PartsRead: if (room || level_q != '0) state_q <= PartsLevel;
        PartsLevel: begin
          if (leaf_level) begin
            if (empty) state_q <= PartsIdle;
            else state_q <= PartsLeafCrd;
          end else if (read_q.count == '0) begin
            state_q <= PartsPos;
            if (read_q.loose) begin
              state_q <= PartsRead;
              level_q <= level_q + 1'b1;
            end
          end else begin
            state_q <= PartsCrd;
          end
        end
        PartsCrd: if (fires) state_q <= PartsPos;
        PartsPos: if (fires) begin
          state_q <= PartsRead;
          level_q <= level_q + 1'b1;
        end
        PartsLeafCrd: if (fires) state_q <= PartsLeafVal;
        default: if (req_ready_i[1]) state_q <= PartsIdle;
      endcase
    end
  end

  // Levels are listed also while a request waits: the operand's beats are accepted only after all of its levels.
  flaash_stream_fifo #(
    .Width($bits(operand_level_t)), .Data(operand_level_t), .Depth(LevelsAhead)
  ) u_levels (
    .clk_i, .rst_ni(load_rst_nq),
    .in_valid_i(listed), .in_ready_o(unused_room), .in_data_i(listed_level),
    .out_valid_o(level_valid), .out_ready_i(ready_i.level), .out_data_o(level), .usage_o(levels)
  );

  // ------------------------------------------------------------------------ beats
  // The beats come out of RAMs. From the registers on, the loader's checks have a whole cycle.
  logic [1:0]                valid, ready;
  resp_t [1:0]             resp;
  logic [1:0][DataWidth-1:0] data;

  for (genvar i = 0; i < 2; i++) begin : gen_array
    read_beat_t beat_q;

    flaash_stream_register #(
      .Width($bits(read_beat_t))
    ) u_register (
      .clk_i, .rst_ni(load_rst_nq),
      .in_valid_i(beat_valid_i[i]), .in_ready_o(beat_ready_o[i]), .in_data_i(beat_i[i]),
      .out_valid_o(valid[i]), .out_ready_i(ready[i]), .out_data_o(beat_q)
    );

    assign resp[i] = beat_q.resp;
    assign data[i]   = beat_q.data;
  end

  // ------------------------------------------------------------------- the operand
  source_t    source;
  resp_t      first, second;
  logic       head_q;       // it is to be offered
  logic       busy_q;       // it is at the core
  logic       is_upper, is_leaf, leaf_q, upper_valid, leaf_valid;  // leaf_q: its entries have begun

  assign source   = source_i[1];
  assign first    = resp[0];
  assign second   = resp[1];
  assign is_upper = state_i.part == OperandCoords || state_i.part == OperandPointers;
  assign is_leaf  = state_i.part == OperandEntries || leaf_q;
  assign loaded_o = !head_q && (!busy_q || state_i.idle);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q <= 1'b0;
      busy_q <= 1'b0;
      leaf_q <= 1'b0;
    end else begin
      leaf_q <= is_leaf && !load_i && !kill_i;
      head_q <= !kill_i && (load_i || (head_q && !ready_i.head));
      busy_q <= (head_q && ready_i.head && !kill_i) || (busy_q && !state_i.idle);
    end
  end

  // --------------------------------------------------------------- crd, val --> entries
  // Groups of Entries elements of both arrays, side by side; a beat of an array has one or more.
  logic [31:0]               left_q;     // groups that are to come
  logic [1:0][GroupBits-1:0] group_q;    // of the beat: the next one
  logic [1:0][23:0]          leaf_at_q;  // beats of an array that are used up
  logic [1:0]                leaf_offered, leaf_wrong, leaf_ends;
  logic                      some, last, moves;

  assign some         = left_q != '0;
  assign last         = left_q == 32'd1;
  assign leaf_offered = {valid[1], valid[0] && is_leaf};
  assign leaf_wrong   = {some && leaf_offered[1] && second.wrong, some && leaf_offered[0] && first.wrong};
  assign leaf_valid   = some && (&(leaf_offered & ~leaf_wrong));
  assign moves        = leaf_valid && ready_i.leaf;
  assign leaf_ends    = {last || group_q[1] == GroupBits'(ValueGroups - 1),
                         last || group_q[0] == GroupBits'((source.short_crd ? ShortGroups : LongGroups) - 1)};

  always_ff @(posedge clk_i or negedge load_rst_nq) begin
    if (!load_rst_nq) begin
      left_q    <= '0;
      group_q   <= '0;
      leaf_at_q <= '0;
    end else if (load_i) begin
      left_q    <= 32'((33'(source.entries) + 33'(Entries - 1)) >> $clog2(Entries));
      group_q   <= '0;
      leaf_at_q <= '0;
    end else if (moves) begin
      left_q <= left_q - 1'b1;
      for (int i = 0; i < 2; i++) begin
        group_q[i]   <= leaf_ends[i] ? '0 : group_q[i] + 1'b1;
        leaf_at_q[i] <= leaf_at_q[i] + 24'(leaf_ends[i]);
      end
    end
  end

  logic [DataWidth-1:0]               crd, val;
  logic [Entries-1:0]                 over;
  logic [Entries-1:0][CoordWidth-1:0] coords;
  logic [Entries-1:0][ValueWidth-1:0] values;

  assign {val, crd} = data;

  for (genvar e = 0; e < int'(Entries); e++) begin : gen_entry
    logic [LongGroups-1:0][31:0]            longs;   // by the group
    logic [ShortGroups-1:0][15:0]           shorts;
    logic [ValueGroups-1:0][ValueWidth-1:0] choices;
    logic [31:0]                            coord;

    for (genvar g = 0; g < int'(LongGroups); g++) begin : gen_long
      assign longs[g] = crd[32*(g*Entries+e) +: 32];
    end
    for (genvar g = 0; g < int'(ShortGroups); g++) begin : gen_short
      assign shorts[g] = crd[16*(g*Entries+e) +: 16];
    end
    for (genvar g = 0; g < int'(ValueGroups); g++) begin : gen_value
      assign choices[g] = val[ValueWidth*(g*Entries+e) +: ValueWidth];
    end

    assign coord     = source.short_crd ? 32'(shorts[group_q[0][$clog2(ShortGroups)-1:0]])
                                        : longs[(LongGroups > 1) ? 32'(group_q[0]) % LongGroups : 0];
    assign coords[e] = coord[CoordWidth-1:0];
    assign over[e]   = (33'(coord) >> CoordWidth) != '0;
    assign values[e] = choices[(ValueGroups > 1) ? 32'(group_q[1]) % ValueGroups : 0];
  end

  assign upper_valid = is_upper && valid[0] && !first.wrong;
  assign ready       = (moves ? leaf_ends : '0) | {1'b0, ready_i.upper};

  assign operand_o.flush        = kill_i;
  assign operand_o.open         = 1'b0;
  assign operand_o.fault        = '0;
  assign operand_o.head_valid   = head_q;
  assign operand_o.head.known   = 1'b1;
  assign operand_o.head.operand = Operand;
  assign operand_o.level_valid  = level_valid;
  assign operand_o.level        = level;
  assign operand_o.framed       = 1'b0;
  assign operand_o.upper_valid  = upper_valid;
  assign operand_o.upper_last   = 1'b0;
  assign operand_o.upper        = data[0];
  assign operand_o.leaf_valid   = leaf_valid;
  assign operand_o.leaf.last    = last;
  assign operand_o.leaf.over    = over;
  assign operand_o.leaf.values  = values;
  assign operand_o.leaf.coords  = coords;

  // ----------------------------------------------------------------------- faults
  logic [3:0] part;

  assign part = (state_i.part == OperandPointers) ? PartPos : PartCrd;

  always_comb begin
    fault_o = {leaf_wrong[1], second.decode ? ErrReadDecode : ErrReadSlave,
               bus_place(Operand, LeafLevel, PartVal, leaf_at_q[1] << UnitShift)};
    if (leaf_wrong[0]) begin
      fault_o = {1'b1, first.decode ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, LeafLevel, PartCrd, leaf_at_q[0] << UnitShift)};
    end
    if (is_upper && valid[0] && first.wrong) begin
      fault_o = {1'b1, first.decode ? ErrReadDecode : ErrReadSlave,
                 bus_place(Operand, state_i.level, part, 24'(state_i.position >> WordBits) << UnitShift)};
    end
  end

  // ------------------------------------------------------------------- properties
  `FLAASH_STREAM_CHECK(req, req_valid_o[0], req_ready_i[0] || kill_i, req, 96)
  `FLAASH_STREAM_CHECK(val, req_valid_o[1], req_ready_i[1] || kill_i, req, 96)
  `FLAASH_STREAM_CHECK(leaf, leaf_valid, ready_i.leaf || kill_i, ({last, over, values, coords}),
                       Entries * (1 + CoordWidth + ValueWidth) + 1)
  `FLAASH_ASSERT(AskWhenAsked_A, !ask_i || asked_o, "asked for while requests are to come")
  `FLAASH_ASSERT(Listed_A, !asked_o || !lists_q, "levels are not listed before the requests have ended")
  `FLAASH_COVER(Made_C, state_q == PartsCrd && !reads)
  `FLAASH_COVER(WaitsForRoom_C, state_q == PartsRead && level_q == '0 && !room)
  `FLAASH_ASSERT(HeadIsTaken_A, !head_q || kill_i || ready_i.head, "the core did not take a head")
  `FLAASH_ASSERT(LoadWhenLoaded_A, !load_i || loaded_o, "an operand is loaded while another one is")
  `FLAASH_ASSERT(Room_A, !listed || unused_room, "a level without room")
  `FLAASH_ASSERT(LoadWhenEmpty_A, !load_i || !some, "another leaf while entries are to come")
  `FLAASH_COVER(BothEnd_C, moves && (&leaf_ends) && !last)
  `FLAASH_COVER(Abandoned_C, kill_i && busy_q)
  `FLAASH_COVER(WrongInLeaf_C, leaf_wrong != '0)

endmodule : flaash_dma_feed
