// SPDX-License-Identifier: Apache-2.0
// Memory of an AXI4 master, for measurements: a latency, one beat per cycle in each direction, gaps.
//
// Guarantees  Bursts get their responses in order; reads and writes are independent of each other. Beats at or
//             above size_i get DECERR and change nothing. When load_i rises the memory reads the file
//             memory_in.hex of the working folder, a beat per line from address 0 on. When dump_i rises its first
//             size_i beats go to memory_out.hex. read_o and written_o count beats since the last reset.
// Demands     Incrementing bursts of whole beats; no load_i or dump_i while a burst is outstanding.
// Latency     latency_i cycles from the address of a read to its first beat, and from the last beat of a write to
//             its response, if no earlier burst is outstanding; at least 1.
// Throughput  A beat per cycle; with gap_i other than 0 each data channel pauses for a cycle after gap_i beats.
// Stalls      Addresses wait while Bursts are outstanding; data of a write waits for its address.
// Reset       rst_ni ends all bursts; the memory keeps its contents.

module flaash_bench_memory #(
  parameter int unsigned DataWidth = 512,
  parameter int unsigned Beats     = 65536,  // the memory has
  parameter int unsigned Bursts    = 256     // outstanding in each direction, a power of two
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  input  logic                   load_i,
  input  logic                   dump_i,
  input  logic [31:0]            size_i,     // beats
  input  logic [31:0]            latency_i,
  input  logic [31:0]            gap_i,
  output logic [31:0]            read_o,
  output logic [31:0]            written_o,

  input  logic                   awvalid_i,
  output logic                   awready_o,
  input  logic [63:0]            awaddr_i,
  input  logic                   wvalid_i,
  output logic                   wready_o,
  input  logic [DataWidth-1:0]   wdata_i,
  input  logic [DataWidth/8-1:0] wstrb_i,
  input  logic                   wlast_i,
  output logic                   bvalid_o,
  input  logic                   bready_i,
  output logic [1:0]             bresp_o,
  input  logic                   arvalid_i,
  output logic                   arready_o,
  input  logic [63:0]            araddr_i,
  input  logic [7:0]             arlen_i,
  output logic                   rvalid_o,
  input  logic                   rready_i,
  output logic [DataWidth-1:0]   rdata_o,
  output logic [1:0]             rresp_o,
  output logic                   rlast_o
);

  localparam int unsigned PlaceWidth = $clog2(Bursts);
  localparam int unsigned ByteWidth  = $clog2(DataWidth / 8);
  localparam logic [1:0]  Okay = 2'b00, DecErr = 2'b11;

  logic [DataWidth-1:0] mem [Beats];
  logic [31:0]          now_q;

  // ---------------------------------------------------------------------------- reading
  logic [63:0]           read_beat [Bursts];  // number of the first beat
  logic [7:0]            read_len  [Bursts];
  logic [31:0]           read_due  [Bursts];
  logic [PlaceWidth:0]   ar_q, r_q;           // bursts that have begun and ended
  logic [7:0]            r_index_q;
  logic [31:0]           r_run_q;
  logic [63:0]           r_beat;
  logic [PlaceWidth-1:0] r_at;
  logic                  r_pause, r_good;

  assign r_at      = r_q[PlaceWidth-1:0];
  assign r_beat    = read_beat[r_at] + 64'(r_index_q);
  assign r_good    = r_beat < 64'(size_i);
  assign r_pause   = gap_i != '0 && r_run_q == gap_i;
  assign arready_o = ar_q - r_q != (PlaceWidth+1)'(Bursts);
  assign rvalid_o  = ar_q != r_q && now_q >= read_due[r_at] && !r_pause;
  assign rdata_o   = r_good ? mem[r_beat[31:0]] : '0;
  assign rresp_o   = r_good ? Okay : DecErr;
  assign rlast_o   = r_index_q == read_len[r_at];

  always_ff @(posedge clk_i) begin
    if (arvalid_i && arready_o) begin
      read_beat[ar_q[PlaceWidth-1:0]] <= araddr_i >> ByteWidth;
      read_len[ar_q[PlaceWidth-1:0]]  <= arlen_i;
      read_due[ar_q[PlaceWidth-1:0]]  <= now_q + latency_i;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {ar_q, r_q, r_index_q, r_run_q, read_o} <= '0;
    end else begin
      if (arvalid_i && arready_o) ar_q <= ar_q + 1'b1;
      if (rvalid_o && rready_i) begin
        r_index_q <= rlast_o ? '0 : r_index_q + 1'b1;
        r_q       <= r_q + (PlaceWidth+1)'(rlast_o);
        r_run_q   <= r_run_q + 1'b1;
        read_o    <= read_o + 1'b1;
      end
      if (r_pause) r_run_q <= '0;
    end
  end

  // ---------------------------------------------------------------------------- writing
  logic [63:0]           write_beat [Bursts];
  logic [31:0]           write_due  [Bursts];
  logic [1:0]            write_resp [Bursts];
  logic [PlaceWidth:0]   aw_q, w_q, b_q;
  logic [7:0]            w_index_q;
  logic [31:0]           w_run_q;
  logic [63:0]           w_beat;
  logic [PlaceWidth-1:0] w_at, b_at;
  logic                  w_pause, w_bad_q, w_good;

  assign w_at      = w_q[PlaceWidth-1:0];
  assign b_at      = b_q[PlaceWidth-1:0];
  assign w_beat    = write_beat[w_at] + 64'(w_index_q);
  assign w_good    = w_beat < 64'(size_i);
  assign w_pause   = gap_i != '0 && w_run_q == gap_i;
  assign awready_o = aw_q - b_q != (PlaceWidth+1)'(Bursts);
  assign wready_o  = aw_q != w_q && !w_pause;
  assign bvalid_o  = w_q != b_q && now_q >= write_due[b_at];
  assign bresp_o   = write_resp[b_at];

  always_ff @(posedge clk_i) begin
    if (awvalid_i && awready_o) write_beat[aw_q[PlaceWidth-1:0]] <= awaddr_i >> ByteWidth;
    if (wvalid_i && wready_o && wlast_i) begin
      write_due[w_at]  <= now_q + latency_i;
      write_resp[w_at] <= w_bad_q || !w_good ? DecErr : Okay;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      {aw_q, w_q, b_q, w_index_q, w_run_q, w_bad_q, written_o} <= '0;
    end else begin
      if (awvalid_i && awready_o) aw_q <= aw_q + 1'b1;
      if (wvalid_i && wready_o) begin
        w_index_q <= wlast_i ? '0 : w_index_q + 1'b1;
        w_q       <= w_q + (PlaceWidth+1)'(wlast_i);
        w_run_q   <= w_run_q + 1'b1;
        w_bad_q   <= !wlast_i && (w_bad_q || !w_good);
        written_o <= written_o + 1'b1;
      end
      if (bvalid_o && bready_i) b_q <= b_q + 1'b1;
      if (w_pause) w_run_q <= '0;
    end
  end

  // ------------------------------------------------------------------------- the memory
  task automatic dump();
    int file;
    file = $fopen("memory_out.hex", "w");
    for (int unsigned beat = 0; beat < size_i; beat++) $fwrite(file, "%h\n", mem[beat]);
    $fclose(file);
  endtask

  always @(posedge dump_i) dump();

  always @(posedge load_i) $readmemh("memory_in.hex", mem);

  always @(posedge clk_i) begin
    if (wvalid_i && wready_o && w_good) begin
      for (int unsigned lane = 0; lane < DataWidth / 8; lane++) begin
        if (wstrb_i[lane]) mem[w_beat[31:0]][8*lane +: 8] <= wdata_i[8*lane +: 8];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) now_q <= '0;
    else         now_q <= now_q + 1'b1;
  end

endmodule : flaash_bench_memory
