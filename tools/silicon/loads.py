# SPDX-License-Identifier: Apache-2.0
"""Loads of a netlist's inputs, from the capacitances of the pins in the Liberty file.

A chip of many equal engines is joined from one engine and from stubs of the others. A stub has the inputs of
the engine with their loads, so that the nets which drive all engines are buffered for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tools.silicon.verilog import CELL, PIN

Pins = Mapping[str, Mapping[str, float]]  # capacitance of each input, by cell
Ports = dict[str, list[float]]  # capacitance of each bit of each input, bit 0 first

_PIN = re.compile(r'\bpin\s*\(\s*"?(\w+)"?\s*\)\s*\{')
_CAPACITANCE = re.compile(r'\bcapacitance\s*:\s*"?([\d.eE+-]+)')
_INPUT = re.compile(r'\bdirection\s*:\s*"?input')
_DECLARED = re.compile(r"^  (input|output|wire)(?: \[(\d+):(\d+)\])? (\\\S+|\w+) ?;$", re.MULTILINE)
_PART = re.compile(r"(\d+)'[bdh][0-9a-fxz]+|(\\\S+|[A-Za-z_]\w*)(?: ?\[(\d+)(?::(\d+))?\])?")


def of_cells(texts: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Return the capacitance of each input by cell, from the Liberty text of each cell."""
    found: dict[str, dict[str, float]] = {}
    for cell, text in texts.items():
        starts = list(_PIN.finditer(text))
        ends = [start.start() for start in starts[1:]] + [len(text)]
        found[cell] = {}
        for start, end in zip(starts, ends, strict=False):
            body = text[start.end() : end]
            load = _CAPACITANCE.search(body)
            if load and _INPUT.search(body):
                found[cell][start[1]] = float(load[1])
    return found


def ports(netlist: str) -> dict[str, tuple[str, int]]:
    """Return direction and width of each port of a module."""
    return {
        name.removeprefix("\\"): (kind, int(high or 0) - int(low or 0) + 1)
        for kind, high, low, name in _DECLARED.findall(netlist)
        if kind != "wire"
    }


def bits(connected: str, ranges: Mapping[str, tuple[int, int]]) -> list[tuple[str, int] | None]:
    """Return the bits of a connection, bit 0 first; None for a constant."""
    found: list[tuple[str, int] | None] = []
    for constant, name, high, low in _PART.findall(connected):
        if constant:
            found += [None] * int(constant)
            continue
        first, last = (int(high), int(low or high)) if high else ranges.get(name, (0, 0))
        found += [(name, bit) for bit in range(first, last - 1, -1)]
    return found[::-1]


def of_inputs(netlist: str, cells: Pins, inside: Mapping[str, Ports]) -> Ports:
    """Return the load of each input of a module.

    Args:
        netlist: of the module.
        cells: the inputs of the cells.
        inside: the inputs of the pieces that the module contains.
    """
    ranges = {name: (int(high or 0), int(low or 0)) for _, high, low, name in _DECLARED.findall(netlist)}
    inputs = {name: width for name, (kind, width) in ports(netlist).items() if kind == "input"}
    found: Ports = {name: [0.0] * width for name, width in inputs.items()}

    def add(connected: str, loads: Iterable[float]) -> None:
        for bit, load in zip(bits(connected, ranges), loads, strict=False):
            if bit and bit[0] in found:
                found[bit[0]][bit[1] - ranges[bit[0]][1]] += load

    for kind, _, connections in CELL.findall(netlist):
        for pin, connected in PIN.findall(connections):
            if kind in cells:
                add(connected, [cells[kind].get(pin, 0.0)])
            elif kind in inside and pin in inside[kind]:
                add(connected, inside[kind][pin])
    return found
