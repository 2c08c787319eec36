// SPDX-License-Identifier: Apache-2.0
// The events of the machine, and the watchdog, joined as in flaash_chip and flaash_registers.

module flaash_work_bench
  import flaash_pkg::*;
  import flaash_reg_pkg::*;
  import flaash_host_pkg::*;
#(
  parameter int unsigned NumSources = 5,
  localparam int unsigned ReadWidth = $clog2(2 * NumSources + 1)
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  sdpe_events_t [NumSources-1:0] events_i,
  input  dispatch_t                     dispatch_i,
  input  logic [ReadWidth-1:0]          reads_i,
  input  logic [ReadWidth-1:0]          conflicts_i,
  input  load_report_t                  load_i,
  input  taken_t                        sent_i,
  input  logic [31:0]                   limit_i,
  output logic                          expired_o
);

  sums_t sums;
  logic  work;

  flaash_perf_sum #(
    .NumSdpe(NumSources), .NumSources(NumSources)
  ) u_perf_sum (
    .clk_i, .rst_ni,
    .events_i, .dispatch_i, .reads_i, .conflicts_i, .load_i, .sent_i,
    .start_i(1'b0), .select_i('0), .sums_o(sums), .work_o(work)
  );

  flaash_watchdog u_watchdog (
    .clk_i, .rst_ni,
    .limit_i, .in_progress_i(1'b1), .progress_i(work), .expired_o
  );

  logic unused_sums;
  assign unused_sums = ^sums;

endmodule : flaash_work_bench
