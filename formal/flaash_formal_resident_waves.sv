// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_resident_waves: each line of each fiber of A meets each fiber of B in one engine, once.
//
// The contraction is any of up to Fibers fibers of each operand, with parts of any length. A line of A and a fiber of B
// are watched, which are arbitrary. The watched line meets the fiber if a part with the line goes to a group, and the
// next run of that group has the lines of the fiber. Groups take their commands at any time.

module flaash_formal_resident_waves
  import flaash_pkg::*;
  import flaash_resident_pkg::*;
#(
  parameter int unsigned Groups  = 2,
  parameter int unsigned Engines = 1,
  parameter bit          Shares  = 1'b1,
  parameter int unsigned Fibers  = 2
) (
  input logic              clk_i,
  input logic              rst_ni,
  input logic              start_i,
  input logic              table_grant_i,
  input logic [Groups-1:0] command_ready_i,
  input logic              shared_ready_i
);

  localparam int unsigned All = Groups * Engines;

  // --------------------------------------------------------------- the contraction
  // Symbolic: any values at first, kept for ever.
  line_addr_t [Fibers:0] a_table_q, b_table_q;  // first line of each fiber
  fiber_id_t             a_fibers_q, b_fibers_q;
  line_addr_t            part_lines_q, line_q;  // the watched line
  fiber_id_t             a_id_q, b_id_q;        // its fiber, and the watched fiber of B

  always_ff @(posedge clk_i) begin
    {a_table_q, b_table_q}   <= {a_table_q, b_table_q};
    {a_fibers_q, b_fibers_q} <= {a_fibers_q, b_fibers_q};
    {part_lines_q, line_q}   <= {part_lines_q, line_q};
    {a_id_q, b_id_q}         <= {a_id_q, b_id_q};
  end

  function automatic line_addr_t line_of(line_addr_t [Fibers:0] lines, fiber_id_t fiber);
    line_addr_t line;
    line = '0;
    for (int unsigned i = 0; i <= Fibers; i++) begin
      if (fiber == fiber_id_t'(i)) line = lines[i];
    end
    return line;
  endfunction

  for (genvar i = 0; i < Fibers; i++) begin : gen_ascending
    Table_M : assume property (@(posedge clk_i) a_table_q[i] < a_table_q[i+1] && b_table_q[i] < b_table_q[i+1]);
  end
  Sizes_M : assume property (@(posedge clk_i) a_table_q[0] == '0 && b_table_q[0] == '0 && part_lines_q != '0
      && 32'(a_fibers_q) <= Fibers && 32'(b_fibers_q) <= Fibers && a_fibers_q != '0 && b_fibers_q != '0);
  Watched_M : assume property (@(posedge clk_i) a_id_q < a_fibers_q && b_id_q < b_fibers_q
      && line_q >= line_of(a_table_q, a_id_q) && line_q < line_of(a_table_q, a_id_q + 1'b1));

  // ------------------------------------------------------------------- assumptions
  logic              busy, portion, table_req, table_both, shared_valid, run, granted_q, started_q;
  fiber_id_t [1:0]   asked, asked_q;
  logic [Groups-1:0] command_valid;
  command_t          command;
  shared_t           shared;
  fiber_id_t         b_first, b_count;
  sizes_t            sizes;

  flaash_formal_producer u_reset (
    .clk_i, .rst_ni, .valid_i(1'b0), .ready_i(1'b0), .data_i(1'b0)
  );

  Start_M : assume property (@(posedge clk_i) !start_i || !started_q);
  Grant_M : assume property (@(posedge clk_i) !table_grant_i || table_req);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) {granted_q, started_q} <= '0;
    else         {granted_q, started_q} <= {table_grant_i, started_q || start_i};
  end

  always_ff @(posedge clk_i) asked_q <= asked;

  // ------------------------------------------------------------------------- block
  assign sizes = {a_fibers_q, line_of(a_table_q, a_fibers_q), b_fibers_q, line_of(b_table_q, b_fibers_q)};

  flaash_resident_waves #(
    .Groups (Groups),
    .Engines(Engines),
    .Shares (Shares)
  ) u_dut (
    .clk_i, .rst_ni,
    .start_i, .sizes_i(sizes), .part_lines_i(part_lines_q), .busy_o(busy), .portion_o(portion),
    .table_req_o(table_req), .table_both_o(table_both), .table_grant_i, .table_addr_o(asked),
    .table_i({1'b0, granted_q ? line_of(b_table_q, asked_q[1]) : line_addr_t'(0),
              1'b0, granted_q ? line_of(a_table_q, asked_q[0]) : line_addr_t'(0)}),
    .command_valid_o(command_valid), .command_ready_i, .command_o(command),
    .shared_valid_o(shared_valid), .shared_ready_i, .shared_o(shared),
    .run_o(run), .b_first_o(b_first), .b_count_o(b_count)
  );

  // ------------------------------------------------------------------ how often they meet
  logic [Groups-1:0] taken, held_q, runs;                // held: the group has the watched line
  logic              part, has_line, has_fiber;
  logic [1:0]        met_q;
  line_addr_t        of_line, length;
  logic [Groups-1:0][Engines-1:0] given_q;               // engines with a part of this wave
  logic [Groups-1:0][Engines-1:0] more_q;                // that must get a further part of the same dot product
  fiber_id_t         part_a_q, part_b_q;                 // of the latest part

  assign taken     = command_valid & command_ready_i;
  assign part      = taken != '0 && !command.run;
  assign runs      = taken & {Groups{command.run}};
  assign of_line   = line_q - command.first;
  assign has_line  = part && line_q >= command.first && line_q < command.stop
                     && of_line % line_addr_t'(command.stride) == '0;
  assign has_fiber = command.first <= line_of(b_table_q, b_id_q)
                     && line_of(b_table_q, b_id_q + 1'b1) <= command.stop;
  assign length    = (command.stop - command.first + line_addr_t'(command.stride) - 1'b1)
                     / line_addr_t'(command.stride);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q  <= '0;
      met_q   <= '0;
      given_q <= '0;
      more_q  <= '0;
    end else begin
      for (int unsigned g = 0; g < Groups; g++) begin
        if (has_line && taken[g]) held_q[g] <= 1'b1;
        else if (runs[g])         held_q[g] <= 1'b0;
        if (runs[g])              given_q[g] <= '0;
        else if (part && taken[g]) begin
          given_q[g][command.engine] <= 1'b1;
          more_q[g][command.engine]  <= command.kind.more;
        end
      end
      if ((runs & held_q) != '0 && has_fiber && met_q != '1) met_q <= met_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) if (part) {part_a_q, part_b_q} <= command.fibers;

  // --------------------------------------------------------------------------- proof
  Once_A : assert property (@(posedge clk_i) disable iff (!rst_ni) met_q <= 2'd1);
  All_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !started_q || busy || met_q == 2'd1);
  OneGroup_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !command_valid || command.run
      || (command_valid & (command_valid - 1'b1)) == '0);
  // Parts are of one fiber, have lines, and not too many; so an engine holds them.
  Part_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !part
      || (command.first < command.stop && length <= part_lines_q && 32'(command.engine) < Engines
          && command.first >= line_of(a_table_q, command.fibers.a_id)
          && command.stop <= line_of(a_table_q, command.fibers.a_id + 1'b1)));
  for (genvar g = 0; g < Groups; g++) begin : gen_group
    // An engine has one part at a time, and a group runs only with one.
    Free_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(part && taken[g]) || !given_q[g][command.engine]);
    Given_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !runs[g] || given_q[g] != '0);
    // A sum that goes on does so with the same dot product.
    More_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(part && taken[g] && more_q[g][command.engine]) || command.fibers == {part_a_q, part_b_q});
    Ended_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
        !(part && taken[g]) || more_q == '0 || command.fibers == {part_a_q, part_b_q});
  end
  NoneOpen_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !started_q || busy || more_q == '0);
  // Engines that share are those that got parts.
  Shared_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !shared_valid
      || (32'(shared.first) + 32'(shared.number) <= All && 32'(shared.number) > 1 && shared.a_id == part_a_q));

  Long_C : cover property (@(posedge clk_i) disable iff (!rst_ni) started_q && !busy && met_q == 2'd1 && b_fibers_q == 1
      && line_of(a_table_q, fiber_id_t'(1)) > line_addr_t'(All) && part_lines_q == 1);
  Several_C : cover property (@(posedge clk_i) disable iff (!rst_ni) shared_valid && a_fibers_q == 2);

  logic unused_outputs;
  assign unused_outputs = ^{table_both, run, b_first, b_count};

endmodule : flaash_formal_resident_waves
