# SPDX-License-Identifier: Apache-2.0
"""Gated clocks: the gates of a library, and which flip-flops of a netlist have a gated clock.

A gate passes the high pulses of a clock whose enable was set at the rising edge. Flip-flops with one enable share
it, so they need no multiplexer each and see no edge while they keep their value. A gate may have pins for tests.
These pins are tied to 0.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Container, Mapping

from tools.silicon import liberty
from tools.silicon.liberty import says
from tools.silicon.verilog import CELL, PIN

FEWEST = 4  # flip-flops with one enable that get a gated clock
LARGEST = 3  # registers that are named
_KINDS = re.compile(r"latch_posedge(_precontrol|_postcontrol)?")
_ADDED = re.compile(r"_\d+_")  # the name of a flip-flop that Yosys has added
_TYPE = re.compile(r"\$_(\w+)_ ?$")  # ends the name of a flip-flop


@dataclasses.dataclass(frozen=True)
class Gate:
    """A gate of a clock's high pulses.

    Attributes:
        cell: its name; clock, enable, pulse: pins of it.
        tests: further pins, which open it.
    """

    cell: str
    clock: str
    enable: str
    pulse: str
    tests: tuple[str, ...] = ()

    @property
    def _header(self) -> str:
        inputs = ", ".join((self.clock, self.enable, *self.tests))
        return f"module {self.cell}(input {inputs}, output {self.pulse});\n"

    @property
    def black_box(self) -> str:
        """Return the gate's ports in Verilog."""
        return f"{self._header}endmodule\n"

    @property
    def model(self) -> str:
        """Return the gate in Verilog, by its function."""
        opens = " || ".join((self.enable, *self.tests))
        return (
            f"{self._header}  reg open;\n  always @* if (!{self.clock}) open = {opens};\n"
            f"  assign {self.pulse} = {self.clock} && open;\nendmodule\n"
        )

    @property
    def ports(self) -> dict[str, dict]:
        """Return the gate's ports in the form of Yosys' JSON."""
        pins = (self.clock, self.enable, *self.tests, self.pulse)
        return {
            pin: {"direction": "output" if pin == self.pulse else "input", "bits": [number]}
            for number, pin in enumerate(pins, 2)
        }

    @property
    def tied(self) -> str:
        """Return the connections of the further pins in Verilog."""
        return "".join(f", .{pin}(1'b0)" for pin in self.tests)

    @property
    def command(self) -> str:
        """Return Yosys' command that gates clocks."""
        ties = "".join(f" -tie_lo {pin}" for pin in self.tests)
        return f"clockgate -pos {self.cell} {self.enable}:{self.clock}:{self.pulse}{ties} -min_net_size {FEWEST}; "


def find(cells: Mapping[str, str]) -> list[Gate]:
    """Return the gates of a library, those with the fewest further pins first and of these the smallest first.

    Args:
        cells: the text of each cell. Libraries mark gates as not to be used, so that synthesis of logic does not
            choose them; this flow names them.
    """
    found = []
    for name, body in cells.items():
        if not _KINDS.fullmatch(says(body, "clock_gating_integrated_cell")):
            continue
        pins = {pin: text for pin, text in liberty.pins(body).items() if says(text, "direction") != "internal"}
        ways = [
            tuple(pin for pin, text in pins.items() if says(text, f"clock_gate_{way}_pin") == "true")
            for way in ("clock", "enable", "out", "test")
        ]
        if [len(way) for way in ways[:3]] == [1, 1, 1] and sum(map(len, ways)) == len(pins):
            gate = Gate(name, *(way[0] for way in ways[:3]), tests=ways[3])
            found.append(((len(gate.tests), liberty.area(body), name), gate))
    return [gate for _, gate in sorted(found, key=lambda pair: pair[0])]


def register(instance: str) -> str:
    """Return the register in rtl/ of a flip-flop: its name without kind and index."""
    return re.sub(r"(\[\d+\])*$", "", _TYPE.sub("", instance.replace("\\", "").strip()))


def counts(netlist: str, gate: Gate, flip_flops: Container[str]) -> dict:
    """Return how many flip-flops of a netlist have a gated clock, and why the others have none.

    Args:
        netlist: Verilog, as cells.synthesise() writes it.
        gate: of the clocks.
        flip_flops: the cells that are flip-flops.

    Returns:
        `flip_flops`, `gates`, `gated`; `few`: they share an enable with less than FEWEST; `always`: they have no
        enable; `largest`: of these the registers with the most bits, each with its bits.
    """
    found = [(kind, name, dict(PIN.findall(body))) for kind, name, body in CELL.findall(netlist)]
    pulses = {pins[gate.pulse] for kind, _, pins in found if kind == gate.cell and gate.pulse in pins}
    total = gated = few = 0
    always: Counter[str] = Counter()
    for kind, name, pins in found:
        if kind not in flip_flops:
            continue
        total += 1
        shown = _TYPE.search(name)
        if not pulses.isdisjoint(pins.values()):
            gated += 1
        elif shown and "FFE" in shown[1]:
            few += 1
        else:
            always[register(name)] += 1
    return {
        "flip_flops": total,
        "gates": sum(kind == gate.cell for kind, _, _ in found),
        "gated": gated,
        "few": few,
        "always": always.total(),
        "largest": [[name, bits] for name, bits in always.most_common() if not _ADDED.fullmatch(name)][:LARGEST],
    }
