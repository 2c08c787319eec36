// SPDX-License-Identifier: Apache-2.0
// Spread: has the engines of all groups work at fibers of A that are longer than a part.
//
// Guarantees  The groups get the commands of flaash_resident_waves, and with Portions the engines get the slots of
//             flaash_resident_combine. So each pair of fibers gives one dot product: in an engine, or here from the
//             words of several. busy_o until the last command is accepted, idle_o as flaash_resident_combine.
// Demands     As these two modules. slot_*, part_*: of engine e of group g at [g][e].
// Latency     As these two modules.
// Emptiness   Without Portions one engine gets all parts of a fiber, and no result comes from here.
// Reset       Forgets everything inside.
//
//   u_waves -> commands -> groups -> words -> u_combine -> result_*
//      +-> shared sums --> slots -----------------^

`include "flaash_dot_types.svh"

module flaash_resident_spread
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
  import flaash_plan_pkg::sizes_t;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Format      = FormatFp32,  // Format*
  parameter int unsigned Groups      = 4,           // 1 to 64
  parameter int unsigned Engines     = 2,           // of a group, 1 to 8
  parameter int unsigned Portions    = 8,           // dot products that engines share at a time, 0 to 64
  parameter int unsigned ResultDepth = 16,          // results, a power of two, 2 or more
  parameter int unsigned Parity      = 1,           // a parity bit per stored result, 0 or 1
  localparam type part_t = `FLAASH_PART(word_width(Format, EntryIdWidth))
) (
  input  logic                             clk_i,
  input  logic                             rst_ni,
  // the contraction
  input  logic                             start_i,
  input  logic                             dense_i,       // keep results that are zero
  input  sizes_t                           sizes_i,
  input  line_addr_t                       part_lines_i,  // of a part, most; 1 or more
  output logic                             busy_o,
  output logic                             portion_o,     // a part is given of a fiber that several engines have
  // fiber tables, A in element 0
  output logic                             table_req_o,
  output logic                             table_both_o,  // the response of B counts, too
  input  logic                             table_grant_i,
  output fiber_id_t [1:0]                  table_addr_o,
  input  table_rsp_t [1:0]                 table_i,
  // groups
  output logic [Groups-1:0]                command_valid_o,
  input  logic [Groups-1:0]                command_ready_i,
  output command_t                         command_o,
  output logic [Groups-1:0][Engines-1:0]   slot_push_o,
  input  logic [Groups-1:0][Engines-1:0]   slot_room_i,
  output slot_t                            slot_o,
  input  logic [Groups-1:0][Engines-1:0]   part_valid_i,
  output logic [Groups-1:0][Engines-1:0]   part_ready_o,
  input  part_t [Groups-1:0][Engines-1:0]  part_i,
  // results
  output logic                             result_valid_o,
  input  logic                             result_ready_i,
  output result_t                          result_o,
  output sdpe_events_t                     events_o,
  output logic                             idle_o
);

  localparam int unsigned All = Groups * Engines;

  logic      shared_valid, shared_ready, run;
  shared_t   shared;
  fiber_id_t b_first, b_count;

  flaash_resident_waves #(
    .Groups (Groups),
    .Engines(Engines),
    .Shares (Portions > 0)
  ) u_waves (
    .clk_i, .rst_ni,
    .start_i, .sizes_i, .part_lines_i, .busy_o, .portion_o,
    .table_req_o, .table_both_o, .table_grant_i, .table_addr_o, .table_i,
    .command_valid_o, .command_ready_i, .command_o,
    .shared_valid_o(shared_valid), .shared_ready_i(shared_ready), .shared_o(shared),
    .run_o(run), .b_first_o(b_first), .b_count_o(b_count)
  );

  if (Portions > 0) begin : gen_combine
    logic [All-1:0]  slot_push, slot_room, part_valid, part_ready;
    part_t [All-1:0] part;

    // The waves count engines across groups.
    for (genvar i = 0; i < int'(All); i++) begin : gen_order
      assign slot_push_o[i%Groups][i/Groups] = slot_push[i];
      assign slot_room[i]                    = slot_room_i[i%Groups][i/Groups];
      assign part_valid[i]                    = part_valid_i[i%Groups][i/Groups];
      assign part_ready_o[i%Groups][i/Groups] = part_ready[i];
      assign part[i]                          = part_i[i%Groups][i/Groups];
    end

    flaash_resident_combine #(
      .Format     (Format),
      .Engines    (All),
      .Slots      (Portions),
      .ResultDepth(ResultDepth),
      .Parity     (Parity)
    ) u_combine (
      .clk_i, .rst_ni, .dense_i,
      .shared_valid_i(shared_valid), .shared_ready_o(shared_ready), .shared_i(shared),
      .run_i(run), .b_first_i(b_first), .b_count_i(b_count),
      .slot_push_o(slot_push), .slot_room_i(slot_room), .slot_o,
      .part_valid_i(part_valid), .part_ready_o(part_ready), .part_i(part),
      .result_valid_o, .result_ready_i, .result_o, .events_o, .idle_o
    );
  end else begin : gen_alone
    logic unused_shares;

    assign {slot_push_o, slot_o, part_ready_o, shared_ready, result_valid_o, result_o, events_o} = '0;
    assign idle_o        = 1'b1;
    assign unused_shares = ^{dense_i, slot_room_i, part_valid_i, part_i, result_ready_i, shared_valid, shared, run,
                             b_first, b_count};
  end

endmodule : flaash_resident_spread
