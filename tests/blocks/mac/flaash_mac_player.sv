// SPDX-License-Identifier: Apache-2.0
// Feeds one flaash_mac from a file and writes its results to another, without Python in between.
//
// A line of `<Name>.beats` is, in hex: how often to offer the beat, {last, product}, a, b.
// A line of `<Name>.results` is: value, {flags, empty, zero, exact, range} (hex), cycle (decimal);
// the last line is "end", cycles of the first and of the last accepted beat.
// start_i begins both files anew; done_o when all beats are in and all results out.

`include "flaash_dot_types.svh"

module flaash_mac_player
  import flaash_pkg::*;
  import flaash_mac_pkg::*;
#(
  parameter int unsigned Format     = 0,
  parameter int unsigned CountWidth = 20,
  parameter bit          Portions   = 1'b0,  // a MAC that could do portions; it is given none
  parameter string       Name       = "mac"
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  finish_t    finish_i,
  input  logic       start_i,
  input  logic [1:0] in_stall_i,   // 0 never, 1 every second cycle, 2 half of all, 3 long
  input  logic [1:0] out_stall_i,
  output logic       done_o
);

  localparam int unsigned ValueWidth = value_width(Format);

  // --------------------------------------------------------------------- stalls
  logic [31:0] lfsr_q, cycle_q;
  logic        in_go, out_go;

  function automatic logic go(logic [1:0] mode, logic [31:0] random, logic [31:0] cycle);
    case (mode)
      2'd0:    return 1'b1;
      2'd1:    return cycle[0];
      2'd2:    return random[7] ^ random[12];
      default: return cycle[5:4] != random[31:30];
    endcase
  endfunction

  assign in_go  = go(in_stall_i, lfsr_q, cycle_q);
  assign out_go = go(out_stall_i, ~{lfsr_q[15:0], lfsr_q[31:16]}, cycle_q + 32'd1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lfsr_q  <= 32'h1234_5679 + Format;
      cycle_q <= '0;
    end else begin
      lfsr_q  <= {lfsr_q[30:0], lfsr_q[31] ^ lfsr_q[21] ^ lfsr_q[1] ^ lfsr_q[0]};
      cycle_q <= cycle_q + 32'd1;
    end
  end

  // ------------------------------------------------------------------------ MAC
  typedef `FLAASH_MATCH(ValueWidth) match_t;
  typedef `FLAASH_PART(word_width(Format, CountWidth)) part_t;

  logic                   in_valid, in_ready, out_valid, out_ready, unused_part_valid;
  logic [1:0]             kind_q;
  logic [ValueWidth-1:0]  a_q, b_q;
  logic [FiberIdWidth-1:0] sent_q, received_q;  // dot products
  match_t                 in_beat;
  dot_name_t              in_name, out_name;
  dot_t                   out;
  mac_result_t            out_result;
  part_t                  unused_part;

  // Each dot product has its own name; beats that are not its last have another.
  assign in_beat    = {kind_q[0], kind_q[1], a_q, b_q};
  assign in_name    = {1'b0, slot_t'(0), kind_q[1] ? sent_q : ~sent_q, ~sent_q};
  assign out_name   = out.name;
  assign out_result = out.result;

  flaash_mac #(
    .Format    (Format),
    .CountWidth(CountWidth),
    .Portions  (Portions)
  ) u_mac (
    .clk_i, .rst_ni, .finish_i,
    .in_valid_i(in_valid), .in_ready_o(in_ready), .in_i(in_beat), .in_name_i(in_name),
    .out_valid_o(out_valid), .out_ready_i(out_ready), .out_o(out),
    .part_valid_o(unused_part_valid), .part_ready_i(1'b0), .part_o(unused_part)
  );

  // ---------------------------------------------------------------------- files
  int          beats, results;
  logic        running_q, ended_q, begun_q, offered_q;
  logic [31:0] repeat_q, pending_q, first_q, last_q;
  logic [31:0] next_repeat;
  logic [1:0]  next_kind;
  logic [31:0] next_a, next_b;
  logic        end_of_dot;

  // Once offered, a beat stays; a pause only comes before.
  assign in_valid   = running_q && (repeat_q != '0) && (offered_q || in_go);
  assign out_ready  = out_go;
  assign end_of_dot = in_valid && in_ready && kind_q[1];
  assign done_o     = !running_q && ended_q;

  always @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q <= 1'b0;
      ended_q   <= 1'b0;
      begun_q   <= 1'b0;
      offered_q <= 1'b0;
      repeat_q  <= '0;
      pending_q <= '0;
      sent_q    <= '0;
      received_q <= '0;
      first_q   <= '0;
      last_q    <= '0;
      kind_q    <= '0;
      a_q       <= '0;
      b_q       <= '0;
    end else if (start_i) begin
      beats     <= $fopen({Name, ".beats"}, "r");
      results   <= $fopen({Name, ".results"}, "w");
      running_q <= 1'b1;
      ended_q   <= 1'b0;
      begun_q   <= 1'b0;
    end else if (running_q) begin
      offered_q <= in_valid && !in_ready;
      pending_q <= pending_q + 32'(end_of_dot) - 32'(out_valid && out_ready);
      if (in_valid && in_ready) begin
        begun_q <= 1'b1;
        last_q  <= cycle_q;
        if (!begun_q) first_q <= cycle_q;
      end
      if (repeat_q == '0 || (in_valid && in_ready && repeat_q == 32'd1)) begin
        repeat_q <= '0;
        if (!ended_q) begin
          if ($fscanf(beats, "%h %h %h %h", next_repeat, next_kind, next_a, next_b) == 4) begin
            repeat_q <= next_repeat;
            kind_q   <= next_kind;
            a_q      <= next_a[ValueWidth-1:0];
            b_q      <= next_b[ValueWidth-1:0];
          end else begin
            ended_q <= 1'b1;
          end
        end
      end else if (in_valid && in_ready) begin
        repeat_q <= repeat_q - 32'd1;
      end
      sent_q     <= sent_q + FiberIdWidth'(end_of_dot);
      received_q <= received_q + FiberIdWidth'(out_valid && out_ready);
      if (out_valid && out_ready) begin
        if (out_name != {1'b0, slot_t'(0), received_q, ~received_q}) $fatal(1, "%m: a result with a wrong name");
        $fdisplay(results, "%h %h %0d", out_result.value,
                  {out_result.flags, out_result.empty, out_result.zero, out_result.exact, out_result.range}, cycle_q);
      end
      if (ended_q && repeat_q == '0 && pending_q == '0) begin
        running_q <= 1'b0;
        $fdisplay(results, "end %0d %0d", first_q, last_q);
        $fclose(beats);
        $fclose(results);
      end
    end
  end

endmodule : flaash_mac_player
