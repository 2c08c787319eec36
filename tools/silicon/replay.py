# SPDX-License-Identifier: Apache-2.0
"""The values of each net of a netlist in a run of the RTL, computed from registers and inputs.

A flip-flop has the name of its register's bit; nets from memories and from pieces inside have such names,
too. Their values come from the trace. A flip-flop that Yosys has added holds the previous value of its input.
All other nets follow from the functions of the cells, for all cycles of the run at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import CodeType

import numpy as np

from tools.silicon import timing
from tools.silicon.switching import Bits, Recording
from tools.silicon.verilog import CELL, PIN

_DECLARED = re.compile(r"^  (?:wire|input|output) \[(\d+):(\d+)\] (\\\S+|\w+) ?;$", re.MULTILINE)
_ASSIGNED = re.compile(r"^  assign (.*?) = (.*);$", re.MULTILINE)
_CONSTANT = re.compile(r"(\d+)'h([0-9a-f]+)")
# Kinds of flip-flops that are 1 in reset. If a library has none of these, the inverse is stored.
_SET = re.compile(r"\$_DFFE?_[NP][NP]1[NP]?_$")
_PART = re.compile(r"(.*)\[(\d+)(?::(\d+))?\]")

Functions = dict[str, dict[str, str]]  # of each output of the cells without memory, by cell and pin


def plain(name: str) -> str:
    """Return a name of a netlist without escapes and blanks: `\\u.x_q [3]` is u.x_q[3]."""
    return name.replace("\\", "").replace(" ", "")


class Netlist:
    """The cells and nets of a netlist.

    Attributes:
        kinds: the kind of each cell of the library.
        inputs, outputs: the net of each pin of a cell, by `cell/pin`.
        names: other names of an output's net in the RTL.
    """

    def __init__(self, text: str, functions: Functions, outputs: dict[str, list[str]]) -> None:
        """Read a netlist.

        Args:
            text: Verilog, as cells.synthesise() writes it.
            functions: of the library's cells.
            outputs: pins of each cell that are outputs.
        """
        self._widths = {plain(name): (int(high), int(low)) for high, low, name in _DECLARED.findall(text)}
        self._drivers: dict[str, tuple[CodeType, dict[str, str]]] = {}
        self._aliases: dict[str, str] = {}
        self._cells: dict[str, str] = {}  # with memory, by the net that each drives
        self.kinds: dict[str, str] = {}
        self.inputs: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        self.names: dict[str, list[str]] = {}
        cells = CELL.findall(text)
        codes = {
            (cell, pin): compile(_CONSTANT.sub(r"constant_\2", function), cell, "eval")
            for cell in {kind for kind, _, _ in cells} & functions.keys()
            for pin, function in functions[cell].items()
        }
        for kind, instance, body in cells:
            connected = {pin: plain(net) for pin, net in PIN.findall(body)}
            name = plain(instance)
            if kind not in outputs:
                for port, nets in connected.items():
                    for number, net in enumerate(self.bits(nets)):
                        self.names.setdefault(net, []).append(f"{name}.{port}[{number}]")
                continue
            self.kinds[name] = kind
            for pin, net in connected.items():
                (self.outputs if pin in outputs[kind] else self.inputs)[f"{name}/{pin}"] = net
            for pin in outputs[kind]:
                net = connected.get(pin, "")
                if net and (kind, pin) in codes:
                    self._drivers[net] = codes[kind, pin], connected
                elif net:
                    self._cells[net] = name
        for left, right in _ASSIGNED.findall(text):
            for one, other in zip(self.bits(plain(left)), self.bits(plain(right)), strict=True):
                self._aliases[one] = other
                self.names.setdefault(other, []).append(one)

    def bits(self, expression: str) -> list[str]:
        """Return the bits of a net, of a part of one, of a constant or of several in braces, lowest first."""
        if expression.startswith("{"):
            return [bit for part in reversed(expression[1:-1].split(",")) for bit in self.bits(part)]
        if expression in self._widths:
            high, low = self._widths[expression]
            return [f"{expression}[{bit}]" for bit in range(low, high + 1)]
        if constant := _CONSTANT.fullmatch(expression):
            value = int(constant[2], 16)
            return [f"1'h{value >> bit & 1}" for bit in range(int(constant[1]))]
        part = _PART.fullmatch(expression)
        if part and part[3]:
            return [f"{part[1]}[{bit}]" for bit in range(int(part[3]), int(part[2]) + 1)]
        return [expression] if expression else []

    def values(self, paths: Sequence[str], recording: Recording) -> tuple[Callable[[str], Bits], set[str]]:
        """Return a function that gives the values of a net, and the nets without a record so far.

        Args:
            paths: of instances of the netlist in the chip; the values of a net have a row for each.
            recording: of a run of it.
        """
        known = {"1'h0": recording.constant(False), "1'h1": recording.constant(True)}
        constants = {"constant_0": known["1'h0"], "constant_1": known["1'h1"]}
        unknown: set[str] = set()

        def value(net: str) -> Bits:
            if net not in known:
                if net in self._drivers:
                    code, connected = self._drivers[net]
                    inputs = {pin: value(connected[pin]) for pin in code.co_names if pin in connected}
                    known[net] = eval(code, {**constants, **inputs})
                elif net in self._aliases:
                    known[net] = value(self._aliases[net])
                else:
                    found = self._recorded(net, paths, recording)
                    known[net] = recording.constant(False) if found is None else found
                    if found is None and (before := self.inputs.get(f"{self._cells.get(net)}/D")):
                        known[net] = recording.later(value(before))
                    elif found is None:
                        unknown.add(net)
            return known[net]

        return value, unknown

    def _recorded(self, net: str, paths: Sequence[str], recording: Recording) -> Bits | None:
        """Return the trace of a net, by its names or by the name of the flip-flop that drives it."""

        def rows(name: str) -> Bits | None:
            found = [recording.bit(f"{path}.{name}") for path in paths]
            return None if any(row is None for row in found) else np.stack(found)

        for name in [net, *self.names.get(net, ())]:
            found = rows(name)
            if found is not None:
                return found
        cell = self._cells.get(net, "")
        found = rows(timing.name(cell)) if cell else None
        return ~found if found is not None and _SET.search(cell) else found
