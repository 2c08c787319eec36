# SPDX-License-Identifier: Apache-2.0
"""Flat netlists: area, and the proof that two of them differ in buffers and sizes of cells only.

Both netlists are followed from each input of a cell back to its driver, through all buffers. They compute
the same if each cell has the same function in both, and each input has the same driver.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tools.silicon import loads
from tools.silicon.gates import functions

_CELL = re.compile(r"^ (\w+) (\\\S+|\w+) *\((.*?)\);$", re.MULTILINE | re.DOTALL)
_PIN = re.compile(r"\.(\w+) ?\(([^()]*)\)")
_ASSIGN = re.compile(r"^ assign (\\\S+|\w+)(?: ?\[(\d+)\])? += ([^;]+);$", re.MULTILINE)
_DECLARED = re.compile(r"^ (input|output|wire) (?:\[(\d+):(\d+)\] )?(\\\S+|\w+) ?;$", re.MULTILINE)
_MODEL = re.compile(r"^module (\w+)(\(.*?\);\n.*?)^endmodule\n", re.MULTILINE | re.DOTALL)
_NOT_LOGIC = ("module", "input", "output", "wire", "assign")
Bit = tuple[str, int] | None


class Flat:
    """The cells of a flat netlist, and the driver of each net."""

    def __init__(
        self, path: Path, outputs: Mapping[str, Iterable[str]], buffers: Mapping[str, tuple[str, str]]
    ) -> None:
        """Read a netlist.

        Args:
            path: of the netlist, as OpenROAD writes it.
            outputs: the outputs of each cell.
            buffers: input and output of each cell that is a buffer.
        """
        text = path.read_text()
        self._ranges = {name: (int(high or 0), int(low or 0)) for _, high, low, name in _DECLARED.findall(text)}
        self.ports = {name: kind for kind, _, _, name in _DECLARED.findall(text) if kind != "wire"}
        self.cells: dict[str, str] = {}
        self.inputs: dict[tuple[str, str], list[Bit]] = {}
        self._driver: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._behind: dict[tuple[str, int], Bit] = {}
        for name, bit, source in _ASSIGN.findall(text):
            for number, of in enumerate(self._bits(source)):
                self._behind[(name, int(bit) if bit else self._ranges.get(name, (0, 0))[1] + number)] = of
        for kind, name, pins in _CELL.findall(text):
            if kind in _NOT_LOGIC:
                continue
            connected = {pin: self._bits(net) for pin, net in _PIN.findall(pins)}
            self.cells[name] = kind
            if kind in buffers and connected.get(buffers[kind][1]):
                self._behind[connected[buffers[kind][1]][0]] = connected[buffers[kind][0]][0]
                continue
            for pin, nets in connected.items():
                if pin in outputs.get(kind, ()):
                    self._driver |= {net: (name, pin, number) for number, net in enumerate(nets) if net}
                else:
                    self.inputs[name, pin] = nets

    def _bits(self, connected: str) -> list[Bit]:
        return loads.bits(connected, self._ranges)

    def driver(self, net: Bit) -> tuple:
        """Return the cell, pin and bit that drives a net through buffers, or the port or net itself."""
        seen = set()
        while net in self._behind and net not in seen:
            seen.add(net)
            net = self._behind[net]
        return self._driver.get(net, ("", net)) if net else ("", None)


def kinds(models: str) -> dict[str, str]:
    """Return the function of each cell as a text that is equal for cells of the same function."""
    known = functions(models)
    return {
        name: str(sorted(known[name].items())) if name in known else re.sub(r"\s+", " ", body)
        for name, body in _MODEL.findall(models)
    }


def differences(before: Flat, after: Flat, same: Callable[[str], str], is_buffer: Callable[[str], bool]) -> list[str]:
    """Return a line for each difference of function between two netlists.

    Args:
        before, after: the netlists.
        same: returns a text that is equal for cells of the same function.
        is_buffer: returns whether a cell is a buffer.
    """
    logic = [
        {name: same(kind) for name, kind in netlist.cells.items() if not is_buffer(kind)} for netlist in (before, after)
    ]
    found = [
        f"{name}: {before.cells.get(name, 'nothing')} became {after.cells.get(name, 'nothing')}"
        for name in sorted(logic[0].keys() | logic[1].keys())
        if logic[0].get(name) != logic[1].get(name)
    ]
    for place in sorted(before.inputs.keys() | after.inputs.keys()):
        drivers = [[netlist.driver(net) for net in netlist.inputs.get(place, [])] for netlist in (before, after)]
        if drivers[0] != drivers[1]:
            found.append(f"{place[0]}/{place[1]}: another driver")
    for port, kind in before.ports.items():
        if kind == "output" and [before.driver(bit) for bit in before._bits(port)] != [
            after.driver(bit) for bit in after._bits(port)
        ]:
            found.append(f"{port}: another driver")
    return found
