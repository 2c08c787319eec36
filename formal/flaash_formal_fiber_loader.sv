// SPDX-License-Identifier: Apache-2.0
// Proof of flaash_fiber_loader: it requests only the lines of its jobs, and has room for the responses.
//
// The memory responds at any time, in order, to the requests. `current_q` and `waiting_q` are the specification:
// the accepted jobs whose lines are not yet all requested, the older one with the number of lines and repeats so
// far.

module flaash_formal_fiber_loader
  import flaash_pkg::*;
#(
  parameter int unsigned LineWidth = 4,
  parameter int unsigned Depth     = 4
) (
  input logic                 clk_i,
  input logic                 rst_ni,
  input logic                 job_valid_i,
  input fetch_t               job_i,
  input logic                 req_ready_i,
  input logic                 rsp_valid_i,
  input logic [LineWidth-1:0] rsp_data_i,
  input logic                 line_ready_i,
  input logic                 mark_i
);

  typedef struct packed {
    logic   valid;
    fetch_t load;
  } accepted_t;

  localparam int unsigned CountWidth = $clog2(Depth) + 1;

  logic                  job_ready, accepted, req_valid, asked, line_valid;
  line_addr_t            req_addr;
  logic [LineWidth-1:0]  line_data;
  logic [CountWidth-1:0] under_way_q;  // reads without their responses

  assign accepted = job_valid_i && job_ready;
  assign asked    = req_valid && req_ready_i;

  flaash_formal_producer #(
    .Width($bits(fetch_t))
  ) u_producer (
    .clk_i,
    .rst_ni,
    .valid_i(job_valid_i),
    .ready_i(job_ready),
    .data_i (job_i)
  );

  NotEmpty_M : assume property (@(posedge clk_i) job_i.lines != '0 && job_i.repeats != '0);
  Answers_M : assume property (@(posedge clk_i) !rsp_valid_i || under_way_q != '0);

  flaash_fiber_loader #(
    .LineWidth(LineWidth),
    .Depth    (Depth)
  ) u_dut (
    .clk_i,
    .rst_ni,
    .job_valid_i,
    .job_ready_o (job_ready),
    .job_i,
    .req_valid_o (req_valid),
    .req_ready_i,
    .req_addr_o  (req_addr),
    .rsp_valid_i,
    .rsp_data_i,
    .line_valid_o(line_valid),
    .line_ready_i,
    .line_o (line_data)
  );

  // ----------------------------------------------------------------- specification
  accepted_t  current_q, waiting_q, offered;
  line_addr_t line_q;    // requested lines of this pass
  fiber_id_t  pass_q;    // passes so far
  logic       line_last, pass_ends, job_ends;

  assign offered   = {accepted, job_i};
  assign line_last = line_q == current_q.load.lines - 1'b1;
  assign pass_ends = asked && line_last;
  assign job_ends  = pass_ends && pass_q == current_q.load.repeats - 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      current_q   <= '0;
      waiting_q   <= '0;
      line_q      <= '0;
      pass_q      <= '0;
      under_way_q <= '0;
    end else begin
      under_way_q <= under_way_q + CountWidth'(asked) - CountWidth'(rsp_valid_i);
      if (!current_q.valid || job_ends) begin
        current_q <= waiting_q.valid ? waiting_q : offered;
        waiting_q <= '0;
      end else if (accepted) begin
        waiting_q <= offered;
      end
      if (asked) begin
        line_q <= pass_ends ? '0 : line_q + 1'b1;
        if (pass_ends) pass_q <= job_ends ? '0 : pass_q + 1'b1;
      end
    end
  end

  // ----------------------------------------------------------------------- requests
  OnlyForJobs_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !req_valid || current_q.valid);
  Region_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !req_valid || line_addr_t'(req_addr - current_q.load.first) < current_q.load.lines);
  Address_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      !req_valid || req_addr == line_addr_t'(current_q.load.first + line_q));
  // A region at the end of the address range is not left by wrapping either.
  Bounds_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !req_valid
      || 32'(current_q.load.first) + 32'(current_q.load.lines) > 2 ** LineAddrWidth
      || (req_addr >= current_q.load.first && 32'(req_addr) < 32'(current_q.load.first) + 32'(current_q.load.lines)));
  // While a job is left, a request waits only for room; a job waits only for another job.
  Asks_A : assert property (@(posedge clk_i) disable iff (!rst_ni) req_valid
      == (current_q.valid && 32'(under_way_q) + 32'(u_order.inside_q) < Depth));
  Accepts_A : assert property (@(posedge clk_i) disable iff (!rst_ni) job_ready == !waiting_q.valid);
  NoOverflow_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(under_way_q) + 32'(u_order.inside_q) <= Depth);

  // ----------------------------------------------------------- order of the lines
  logic [Depth-1:0]                slot_valid;
  logic [Depth-1:0][LineWidth-1:0] slot_data;

  for (genvar i = 0; i < Depth; i++) begin : gen_slot
    assign slot_valid[i] = u_dut.fifo_usage > CountWidth'(i);
    assign slot_data[i]  = u_dut.u_fifo.mem_q[(CountWidth-1)'(u_dut.u_fifo.rd_ptr_q + CountWidth'(i))];
  end

  flaash_formal_order #(
    .Width(LineWidth),
    .Slots(Depth)
  ) u_order (
    .clk_i,
    .rst_ni,
    .mark_i,
    .push_i      (rsp_valid_i),
    .push_data_i (rsp_data_i),
    .pop_i       (line_valid && line_ready_i),
    .pop_data_i  (line_data),
    .slot_valid_i(slot_valid),
    .slot_data_i (slot_data)
  );

  // -------------------------------------------------------------------------- state
  Credits_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      32'(u_dut.credits_q) + 32'(under_way_q) + 32'(u_order.inside_q) == Depth);
  Valids_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      u_dut.active_q == current_q.valid && u_dut.hold_valid_q == waiting_q.valid
      && (current_q.valid || !waiting_q.valid));
  Held_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !waiting_q.valid
      || (u_dut.hold_q == waiting_q.load
          && waiting_q.load.lines != '0 && waiting_q.load.repeats != '0));
  Current_A : assert property (@(posedge clk_i) disable iff (!rst_ni) !current_q.valid
      || (u_dut.first_q == current_q.load.first && u_dut.lines_q == current_q.load.lines
          && u_dut.addr_q == line_addr_t'(current_q.load.first + line_q)
          && u_dut.left_q == line_addr_t'(current_q.load.lines - line_q)
          && u_dut.passes_q == fiber_id_t'(current_q.load.repeats - pass_q)
          && line_q < current_q.load.lines && pass_q < current_q.load.repeats));
  Idle_A : assert property (@(posedge clk_i) disable iff (!rst_ni)
      current_q.valid || (line_q == '0 && pass_q == '0));

  Repeats_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      job_ends && current_q.load.lines == 2 && current_q.load.repeats == 2 && waiting_q.valid);
  Single_C : cover property (@(posedge clk_i) disable iff (!rst_ni)
      asked && current_q.load.lines == 1 && job_ends && waiting_q.valid);

endmodule : flaash_formal_fiber_loader
