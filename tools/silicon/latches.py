# SPDX-License-Identifier: Apache-2.0
"""Small memories as latches, from the cells of a library.

A memory that is written at the rising edge of a clock and read without one holds each word in latches. One
row of flip-flops captures the written word at the edge. In the following half cycle, while the clock is high,
the latches of the addressed word are open. A clock gate passes the pulse if the enable was set at the edge. So
a read in the same cycle sees the word, later by the delay of a latch. Cycle by cycle the memory behaves like
flip-flops. The row changes only at rising edges, half a cycle after the latches have closed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from tools.silicon import liberty
from tools.silicon.clocks import Gate
from tools.silicon.liberty import says

MOST = 64  # words; more are RAM macros or are counted
LEAST = 3  # words; fewer are not smaller as latches


@dataclasses.dataclass(frozen=True)
class Storage:
    """The smallest latch that is open while its enable is high, with the gate of its enable's pulses.

    Attributes:
        latch: its cell; data, enable, output: pins of it.
        tied: a pin of it that resets, and the value at which it does not.
        gate: of the clock.
    """

    latch: str
    data: str
    enable: str
    output: str
    tied: tuple[str, int] | None
    gate: Gate

    @property
    def latch_map(self) -> str:
        """Return the Verilog that replaces Yosys' latch by the library's."""
        tied = f", .{self.tied[0]}(1'b{self.tied[1]})" if self.tied else ""
        return (
            f"module \\$_DLATCH_P_ (input E, D, output Q);\n  {self.latch} _TECHMAP_REPLACE_ "
            f"(.{self.enable}(E), .{self.data}(D), .{self.output}(Q){tied});\nendmodule\n"
        )

    @property
    def memory_map(self) -> str:
        """Return the Verilog that makes rows of latches of a memory."""
        gate = self.gate
        return _MEMORY.format(
            least=LEAST,
            most=MOST,
            gate=gate.cell,
            clock=gate.clock,
            enable=gate.enable,
            pulse=gate.pulse,
            tied=gate.tied,
        )


def find(usable: Mapping[str, str], gate: Gate) -> Storage | None:
    """Return a library's smallest latch that is open while its enable is high, None without one; it may have a reset.

    Args:
        usable: the text of each cell that is not marked as not to be used.
        gate: of the clock.
    """
    found = []
    for name, body in usable.items():
        group = re.search(r"\blatch\s*\(\s*\"?(\w+)\"?\s*,\s*\"?\w+\"?\s*\)\s*\{(.*?)\}", body, re.DOTALL)
        if not group or says(group[2], "preset"):
            continue
        pins = liberty.pins(body)
        data, enable, clear = (says(group[2], key) for key in ("data_in", "enable", "clear"))
        outputs = [pin for pin, text in pins.items() if says(text, "function") == group[1]]
        reset = clear.strip("!() ")
        wanted = {data, enable, *([reset] if clear else []), *outputs}
        if data in pins and enable in pins and len(outputs) == 1 and wanted == set(pins):
            tied = (reset, int(clear.startswith("!"))) if clear else None
            found.append((liberty.area(body), name, data, enable, outputs[0], tied))
    return Storage(*min(found, key=lambda one: one[:2])[1:], gate) if found else None


_MEMORY = r"""(* techmap_celltype = "$mem_v2" *)
module latches (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
  parameter MEMID = "";
  parameter SIZE = 1;
  parameter OFFSET = 0;
  parameter ABITS = 1;
  parameter WIDTH = 1;
  parameter INIT = 1'bx;
  parameter RD_PORTS = 1;
  parameter RD_CLK_ENABLE = 1'b0;
  parameter RD_CLK_POLARITY = 1'b1;
  parameter RD_TRANSPARENCY_MASK = 1'b0;
  parameter RD_COLLISION_X_MASK = 1'b0;
  parameter RD_WIDE_CONTINUATION = 1'b0;
  parameter RD_CE_OVER_SRST = 1'b0;
  parameter RD_ARST_VALUE = 1'b0;
  parameter RD_SRST_VALUE = 1'b0;
  parameter RD_INIT_VALUE = 1'b0;
  parameter WR_PORTS = 1;
  parameter WR_CLK_ENABLE = 1'b1;
  parameter WR_CLK_POLARITY = 1'b1;
  parameter WR_PRIORITY_MASK = 1'b0;
  parameter WR_WIDE_CONTINUATION = 1'b0;
  parameter _TECHMAP_CONNMAP_WR_EN_ = 0;
  parameter _TECHMAP_BITS_CONNMAP_ = 0;

  input  [RD_PORTS-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
  input  [RD_PORTS*ABITS-1:0] RD_ADDR;
  output [RD_PORTS*WIDTH-1:0] RD_DATA;
  input  [WR_PORTS-1:0] WR_CLK;
  input  [WR_PORTS*WIDTH-1:0] WR_EN;
  input  [WR_PORTS*ABITS-1:0] WR_ADDR;
  input  [WR_PORTS*WIDTH-1:0] WR_DATA;

  localparam ONE = {{WIDTH{{_TECHMAP_CONNMAP_WR_EN_[_TECHMAP_BITS_CONNMAP_-1:0]}}}};
  wire _TECHMAP_FAIL_ = SIZE < {least} || SIZE > {most} || OFFSET != 0 || WR_PORTS != 1 || !WR_CLK_ENABLE
                        || !WR_CLK_POLARITY || RD_CLK_ENABLE != 0 || _TECHMAP_CONNMAP_WR_EN_ != ONE;

  wire [SIZE-1:0] pulse;
  wire [WIDTH-1:0] row;
  wire [SIZE*WIDTH-1:0] words;
  genvar w, r, b;

  generate
    for (b = 0; b < WIDTH; b = b + 1) begin : held
      \$_DFFE_PP_ flip_flop (.C(WR_CLK[0]), .E(WR_EN[0]), .D(WR_DATA[b]), .Q(row[b]));
    end
    for (w = 0; w < SIZE; w = w + 1) begin : word
      {gate} gate (.{clock}(WR_CLK[0]), .{enable}(WR_EN[0] && WR_ADDR == w), .{pulse}(pulse[w]){tied});
      for (b = 0; b < WIDTH; b = b + 1) begin : cell
        \$_DLATCH_P_ latch (.E(pulse[w]), .D(row[b]), .Q(words[w*WIDTH+b]));
      end
    end
    for (r = 0; r < RD_PORTS; r = r + 1) begin : read
      wire [SIZE-1:0] chosen;
      for (w = 0; w < SIZE; w = w + 1) assign chosen[w] = RD_ADDR[r*ABITS+:ABITS] == w;
      for (b = 0; b < WIDTH; b = b + 1) begin : bits
        wire [SIZE-1:0] column;
        for (w = 0; w < SIZE; w = w + 1) assign column[w] = chosen[w] && words[w*WIDTH+b];
        assign RD_DATA[r*WIDTH+b] = |column;
      end
    end
  endgenerate
endmodule
"""
