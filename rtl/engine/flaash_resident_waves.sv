// SPDX-License-Identifier: Apache-2.0
// Waves: gives parts of the fibers of A to the engines of all groups, and has B stream past them.
//
// A wave gives each engine at most one part, then all lines of B stream past all parts of the wave. It holds as many
// fibers as fit. The parts of a fiber are interleaved: each of n engines gets every n-th line. So all engines have
// about the same number of matches with a line of B, wherever the matches lie. A fiber that is longer than a wave takes
// several waves for each fiber of B; the engines keep their sums from wave to wave.
//
// Guarantees  Each line of each fiber of A goes to one engine for each fiber of B, in ascending order. No part has more
//             than part_lines_i lines. Commands of a group come in order: its parts of a wave, then the run. Engine i
//             is engine i / Groups of group i % Groups. shared_* names each fiber of a wave that several engines have,
//             run_o its fibers of B. portion_o: a part is given of a fiber that has several. busy_o until the last
//             command is accepted.
// Demands     start_i only while not busy_o; sizes, part_lines_i and tables stay until then. The table is a synchronous
//             RAM, read with table_grant_i. AXI handshake rules.
// Emptiness   Without fibers of A or of B nothing happens.
// Latency     4 cycles and the number of parts of the first fiber from start_i to the first command.
// Throughput  A part per cycle; for each fiber 3 cycles more, and one per part.
// Stalls      While a group has no room for its command, or shared_ready_i is low.
// Errors      After a wrong response that counts (for B only with table_both_o) no command follows; busy_o stays until
//             reset.
// Reset       Forgets the contraction.

`include "flaash_assert.svh"

module flaash_resident_waves
  import flaash_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Groups  = 4,  // 1 to 64
  parameter int unsigned Engines = 2,  // of a group, 1 to 8
  parameter bit          Shares  = 1'b1  // engines can share a dot product
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // the contraction
  input  logic              start_i,
  input  sizes_t            sizes_i,
  input  line_addr_t        part_lines_i,   // 1 or more
  output logic              busy_o,
  output logic              portion_o,
  // where fibers end, from the fiber tables, A in element 0
  output logic              table_req_o,
  output logic              table_both_o,   // the response of B counts, too
  input  logic              table_grant_i,
  output fiber_id_t [1:0]   table_addr_o,
  input  table_rsp_t [1:0]  table_i,
  // commands, per group
  output logic [Groups-1:0] command_valid_o,
  input  logic [Groups-1:0] command_ready_i,
  output command_t          command_o,
  // what engines share
  output logic              shared_valid_o,
  input  logic              shared_ready_i,
  output shared_t           shared_o,
  output logic              run_o,
  output fiber_id_t         b_first_o,
  output fiber_id_t         b_count_o
);

  localparam int unsigned All  = Groups * Engines;
  localparam int unsigned Most = Shares ? All : 1;  // engines of a fiber

  typedef logic [LineAddrWidth+6:0] room_t;  // lines that engines can hold

  typedef enum logic [3:0] {
    StIdle, StAskA, StA, StFit, StAskB, StB, StCount, StCut, StShare, StRun, StWave, StLost
  } state_e;
  state_e state_d, state_q;

  table_rsp_t a, b;
  assign {b, a} = table_i;

  // ------------------------------------------------------------------- which fibers
  fiber_id_t  a_id_q, b_id_q;
  line_addr_t a_first_q, a_stop_q, b_first_q, b_stop_q, line_q;  // line: first one of the fiber in this wave
  logic       long_q;                                            // the fiber takes several waves per fiber of B
  logic       a_ends, b_ends, b_done, fiber_done, wave_ends, fits, whole;
  logic       again_q;  // a further wave follows for the same fiber of B; from the count of parts on
  room_t      room_q, all, most;                                 // of engines that have no part yet; of all; of Most
  room_t      lines, left, cover_q, ahead_q;                     // cover: lines of the parts; ahead: of those given

  assign all    = room_t'(part_lines_i) * room_t'(All);
  assign most   = Shares ? all : room_t'(part_lines_i);
  assign lines  = room_t'(a_stop_q) - room_t'(a_first_q);
  assign left   = room_t'(a_stop_q) - room_t'(line_q);
  assign whole  = lines <= most;
  assign fits   = whole && lines <= room_q;
  assign a_ends = a_id_q + 1'b1 == sizes_i.a_fibers;
  assign b_ends = b_id_q + 1'b1 == sizes_i.b_fibers;

  // ----------------------------------------------------------------- which engines
  parts_t            next_q, first_q, count_q, given_q;  // next engine; first one of the fiber; parts, and given
  member_t           member_q;
  logic [Groups-1:0] turn_q;                             // the group of the next engine
  logic [Groups-1:0] has_q, sent_q;                      // groups with a part; to which the run was sent
  logic              give, last_part, begin_count, counted, sent, several, shares, shared_q;

  assign give      = state_q == StCut && (turn_q & command_ready_i) != '0;
  assign last_part = given_q + 1'b1 == count_q;
  assign counted   = cover_q >= left || count_q == parts_t'(Most);
  assign several   = Shares && (long_q ? All > 1 : count_q > parts_t'(1));  // engines have parts of the fiber
  assign shares    = several && (!long_q || line_q == a_first_q);           // and this is their first wave
  assign sent      = state_q == StRun && (sent_q | command_ready_i | ~has_q) == '1;

  assign wave_ends  = state_q == StWave;
  assign b_done     = wave_ends && long_q && !again_q;
  assign fiber_done = (give && last_part && !shares && !long_q) || (state_q == StShare && shared_ready_i && !long_q)
                      || (b_done && b_ends);

  always_comb begin
    state_d = state_q;
    case (state_q)
      StIdle: if (start_i && sizes_i.a_fibers != '0 && sizes_i.b_fibers != '0) state_d = StAskA;
      StAskA: if (table_grant_i) state_d = StA;
      StA: begin
        state_d = StFit;
        if (a.wrong) state_d = StLost;
      end
      StFit: begin
        if (fits)              state_d = StCount;
        else if (next_q != '0) state_d = StRun;
        else                   state_d = StAskB;
      end
      StAskB:  if (table_grant_i) state_d = StB;
      StB: begin
        state_d = StCount;
        if (a.wrong || b.wrong) state_d = StLost;
      end
      StCount: if (counted) state_d = StCut;
      StCut: begin
        if (give && last_part) begin
          if (shares)                state_d = StShare;
          else if (long_q || a_ends) state_d = StRun;
          else                       state_d = StAskA;
        end
      end
      StShare: begin
        if (shared_ready_i && (long_q || a_ends)) state_d = StRun;
        else if (shared_ready_i)                  state_d = StAskA;
      end
      StRun:   if (sent) state_d = StWave;
      StWave: begin
        if (again_q)                                   state_d = StCount;
        else if (long_q && !b_ends)                    state_d = StAskB;
        else if (long_q && !a_ends)                    state_d = StAskA;
        else if (long_q || a_id_q == sizes_i.a_fibers) state_d = StIdle;
        else                                           state_d = StFit;
      end
      default: ;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= StIdle;
    else         state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StIdle) {a_id_q, a_first_q} <= '0;
    else if (fiber_done)   {a_id_q, a_first_q} <= {a_id_q + 1'b1, a_stop_q};
    // Between fibers that take several waves these registers are 0.
    if (state_q == StIdle || (b_done && b_ends)) {b_id_q, b_first_q, long_q} <= '0;
    else if (b_done)                             {b_id_q, b_first_q}         <= {b_id_q + 1'b1, b_stop_q};
    else if (state_q == StFit)                   long_q                      <= state_d == StAskB;
    again_q <= long_q && left > cover_q;
    if (state_q == StA) a_stop_q <= a.first;
    if (state_q == StB) b_stop_q <= b.first;
    if (state_q == StFit || state_q == StB) line_q <= a_first_q;
    else if (wave_ends)                     line_q <= line_q + line_addr_t'(cover_q);
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StIdle || wave_ends) begin
      {next_q, member_q, has_q, shared_q} <= '0;
      {room_q, turn_q}                    <= {all, Groups'(1)};
    end else if (give) begin
      next_q   <= next_q + 1'b1;
      room_q   <= room_q - room_t'(part_lines_i);
      has_q    <= has_q | turn_q;
      turn_q   <= Groups'({turn_q, turn_q[Groups-1]});
      member_q <= turn_q[Groups-1] ? member_q + 1'b1 : member_q;
    end else if (state_q == StShare) begin
      shared_q <= 1'b1;
    end
    if (begin_count) begin
      {count_q, given_q} <= {parts_t'(1), parts_t'(0)};
      {cover_q, ahead_q} <= {room_t'(part_lines_i), room_t'(0)};
      first_q            <= wave_ends ? '0 : next_q;
    end else if (state_q == StCount && !counted) begin
      count_q <= count_q + 1'b1;
      cover_q <= cover_q + room_t'(part_lines_i);
    end else if (give) begin
      given_q <= given_q + 1'b1;
      ahead_q <= ahead_q + room_t'(part_lines_i);
    end
    sent_q <= (state_q == StRun) ? sent_q | command_ready_i : '0;
  end

  // A wrong response, which comes late in a cycle, may begin a count, too. This count is never used.
  assign begin_count = (state_q == StFit && fits) || state_q == StB || (wave_ends && again_q);

  // ----------------------------------------------------------------------- commands
  logic       more;
  line_addr_t stop;

  // Engine i gets a part in the next wave, too, if that many parts leave lines for it.
  assign more = again_q && left - cover_q > ahead_q;
  assign stop = again_q ? line_q + line_addr_t'(cover_q) : a_stop_q;

  always_comb begin
    command_o        = '0;
    command_o.run    = 1'b1;
    command_o.stride = parts_t'(1);
    command_o.first  = b_first_q;
    command_o.stop   = long_q ? b_stop_q : sizes_i.b_lines;
    if (state_q == StCut) begin
      command_o.run         = 1'b0;
      command_o.kind.more   = more;
      command_o.kind.shared = several;
      command_o.engine      = member_q;
      command_o.fibers.a_id = a_id_q;
      command_o.fibers.b_id = b_id_q;
      command_o.stride      = count_q;
      command_o.first       = line_q + line_addr_t'(given_q);
      command_o.stop        = stop;
    end
  end

  assign command_valid_o = (state_q == StCut) ? turn_q : (state_q == StRun) ? has_q & ~sent_q : '0;
  assign portion_o       = give && several;
  assign busy_o          = state_q != StIdle;
  assign table_req_o     = state_q == StAskA || state_q == StAskB;
  assign table_both_o    = state_q == StAskB;
  assign table_addr_o    = {b_id_q + 1'b1, a_id_q + 1'b1};
  assign shared_valid_o  = state_q == StShare;
  assign shared_o        = {a_id_q, first_q, count_q};
  assign run_o           = wave_ends && shared_q;
  assign b_first_o       = b_id_q;
  assign b_count_o       = long_q ? fiber_id_t'(1) : sizes_i.b_fibers;

  // ------------------------------------------------------------------- properties
  for (genvar g = 0; g < int'(Groups); g++) begin : gen_check
    `FLAASH_STREAM_CHECK(command, command_valid_o[g], command_ready_i[g], command_o, $bits(command_t))
  end

  `FLAASH_STREAM_CHECK(shared, shared_valid_o, shared_ready_i, shared_o, $bits(shared_t))
  `FLAASH_ASSERT(PartHasLines_A, part_lines_i != '0 || !busy_o, "parts without lines")
  `FLAASH_ASSERT(EngineFree_A, !give || next_q != parts_t'(All), "a part for an engine that has one")
  `FLAASH_ASSERT(FiberFits_A, state_q != StAskB || (next_q == '0 && !whole), "several waves for a fiber that fits")
  `FLAASH_COVER(FibersShareWave_C, state_q == StShare && shared_q)
  `FLAASH_COVER(SeveralWaves_C, wave_ends && again_q)

endmodule : flaash_resident_waves
