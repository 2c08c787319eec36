// SPDX-License-Identifier: Apache-2.0
// AXI4 join: an interconnect of two masters and one memory.
//
//   s_*[0], s_*[1] --> taking turns --> m_*     m_b, m_r --> by m_*_from_i --> s_*[0], s_*[1]
//
// Guarantees  Each burst reaches the memory whole, with the number of its master; each response reaches that master.
//             A master that waits has the next turn after the other's burst.
// Demands     The AXI handshake rules on all ports; the memory returns the number of the master with each response.
// Latency     One cycle for an address, none for data and responses.
// Throughput  A beat per cycle and direction. Bursts of writes follow each other with a cycle between them.
// Stalls      A master waits for the burst of writes, or the address, of the other one.
// Reset       The turns begin anew.

module flaash_axi_join
  import flaash_memory_system_pkg::*;
(
  input  logic         clk_i,
  input  logic         rst_ni,

  // masters
  input  logic [1:0]   s_aw_valid_i,
  output logic [1:0]   s_aw_ready_o,
  input  axi_a_t [1:0] s_aw_i,
  input  logic [1:0]   s_w_valid_i,
  output logic [1:0]   s_w_ready_o,
  input  axi_w_t [1:0] s_w_i,
  output logic [1:0]   s_b_valid_o,
  input  logic [1:0]   s_b_ready_i,
  output axi_b_t       s_b_o,
  input  logic [1:0]   s_ar_valid_i,
  output logic [1:0]   s_ar_ready_o,
  input  axi_a_t [1:0] s_ar_i,
  output logic [1:0]   s_r_valid_o,
  input  logic [1:0]   s_r_ready_i,
  output axi_r_t       s_r_o,

  // memory
  output logic         m_aw_valid_o,
  input  logic         m_aw_ready_i,
  output logic         m_aw_from_o,
  output axi_a_t       m_aw_o,
  output logic         m_w_valid_o,
  input  logic         m_w_ready_i,
  output axi_w_t       m_w_o,
  input  logic         m_b_valid_i,
  output logic         m_b_ready_o,
  input  logic         m_b_from_i,
  input  axi_b_t       m_b_i,
  output logic         m_ar_valid_o,
  input  logic         m_ar_ready_i,
  output logic         m_ar_from_o,
  output axi_a_t       m_ar_o,
  input  logic         m_r_valid_i,
  output logic         m_r_ready_o,
  input  logic         m_r_from_i,
  input  axi_r_t       m_r_i
);

  function automatic logic [1:0] only(logic master);
    return {master, !master};
  endfunction

  // The other master than last time goes first, if it waits.
  function automatic logic next_turn(logic [1:0] waiting, logic last);
    return waiting[!last] ? !last : last;
  endfunction

  // --------------------------------------------------------------------- writes
  logic writing_q, write_from_q, aw_sent_q, w_sent_q, aw_goes, w_ends;

  assign m_aw_valid_o = writing_q && !aw_sent_q && s_aw_valid_i[write_from_q];
  assign m_aw_from_o  = write_from_q;
  assign m_aw_o       = s_aw_i[write_from_q];
  assign m_w_valid_o  = writing_q && !w_sent_q && s_w_valid_i[write_from_q];
  assign m_w_o        = s_w_i[write_from_q];
  assign s_aw_ready_o = only(write_from_q) & {2{writing_q && !aw_sent_q && m_aw_ready_i}};
  assign s_w_ready_o  = only(write_from_q) & {2{writing_q && !w_sent_q && m_w_ready_i}};
  assign aw_goes      = m_aw_valid_o && m_aw_ready_i;
  assign w_ends       = m_w_valid_o && m_w_ready_i && m_w_o.last;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      writing_q    <= 1'b0;
      write_from_q <= 1'b0;
      aw_sent_q    <= 1'b0;
      w_sent_q     <= 1'b0;
    end else if (!writing_q) begin
      writing_q    <= |s_aw_valid_i;
      write_from_q <= next_turn(s_aw_valid_i, write_from_q);
      aw_sent_q    <= 1'b0;
      w_sent_q     <= 1'b0;
    end else begin
      aw_sent_q <= aw_sent_q || aw_goes;
      w_sent_q  <= w_sent_q || w_ends;
      writing_q <= !((aw_sent_q || aw_goes) && (w_sent_q || w_ends));
    end
  end

  assign s_b_valid_o = only(m_b_from_i) & {2{m_b_valid_i}};
  assign s_b_o       = m_b_i;
  assign m_b_ready_o = s_b_ready_i[m_b_from_i];

  // ---------------------------------------------------------------------- reads
  logic asking_q, ask_from_q;

  assign m_ar_valid_o = asking_q;
  assign m_ar_from_o  = ask_from_q;
  assign m_ar_o       = s_ar_i[ask_from_q];
  assign s_ar_ready_o = only(ask_from_q) & {2{asking_q && m_ar_ready_i}};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      asking_q   <= 1'b0;
      ask_from_q <= 1'b0;
    end else if (!asking_q) begin
      asking_q   <= |s_ar_valid_i;
      ask_from_q <= next_turn(s_ar_valid_i, ask_from_q);
    end else if (m_ar_ready_i) begin
      asking_q <= 1'b0;
    end
  end

  assign s_r_valid_o = only(m_r_from_i) & {2{m_r_valid_i}};
  assign s_r_o       = m_r_i;
  assign m_r_ready_o = s_r_ready_i[m_r_from_i];

endmodule : flaash_axi_join
