# SPDX-License-Identifier: Apache-2.0
"""A library of standard cells: the cells that the flow names, and the reference areas."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from tools.silicon import clocks, liberty, programs
from tools.silicon import latches as rows

_CELL = re.compile(r'^\s*cell\s*\(\s*"?(\w+)"?\s*\)\s*\{', re.MULTILINE)
_DRIVES = re.compile(r'\bmax_capacitance\s*:\s*"?([\d.]+)')
_DONT_USE = re.compile(r'\bdont_use\s*:\s*"?true', re.IGNORECASE)
# Mapped to measure the two reference areas.
_NAND = "module nand2(input a, b, output y); assign y = ~(a & b); endmodule"
_FLIP_FLOP = "module flip_flop(input clk, d, output reg q); always @(posedge clk) q <= d; endmodule"


@dataclasses.dataclass(frozen=True)
class Library:
    """A parsed Liberty file.

    Attributes:
        path: of the file.
        digest: of its content.
        folder: of derived files: models.v, the cells as Verilog modules by their functions.
        buffer: the cell that drives inputs, of middle size.
        high: cell and pin that give a 1, None without such a cell; low: a 0.
        nand2: area of a two-input NAND, in the unit of the library, as a rule um2.
        flip_flop: area of a flip-flop.
        flip_flops: clock and data of each flip-flop that stores one pin at a rising edge.
        gates: of clocks, the one to be used first; none, if clocks are not to be gated.
        storage: its latch, if small memories are to be latches.
    """

    path: Path
    digest: str
    folder: Path
    buffer: str
    high: tuple[str, str] | None
    low: tuple[str, str] | None
    nand2: float
    flip_flop: float
    flip_flops: dict[str, tuple[str, str]]
    gates: tuple[clocks.Gate, ...] = ()
    storage: rows.Storage | None = None

    @property
    def models(self) -> Path:
        return self.folder / "models.v"

    @property
    def gate(self) -> clocks.Gate | None:
        """Return the gate of clocks, None if they are not to be gated."""
        return self.gates[0] if self.gates else None

    def texts(self) -> dict[str, str]:
        """Return the Liberty text of each cell."""
        return _texts(self.path.read_text(errors="replace"))[0]


def _texts(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return a library's text of each cell, and the same without the cells that are not to be used."""
    starts = list(_CELL.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    cells = {start[1]: text[start.end() : end] for start, end in zip(starts, ends, strict=True)}
    return cells, {name: body for name, body in cells.items() if not _DONT_USE.search(body)}


def _pins(module: dict, direction: str) -> dict[str, list]:
    return {name: port["bits"] for name, port in module["ports"].items() if port["direction"] == direction}


def _constant(modules: dict[str, dict], value: str) -> tuple[str, str] | None:
    """Return a cell without inputs and its pin that gives a constant."""
    for name, module in modules.items():
        outputs = _pins(module, "output")
        if not _pins(module, "input") and list(outputs.values()) == [[value]]:
            return name, next(iter(outputs))
    return None


def _buffer(modules: dict[str, dict], texts: dict[str, str]) -> str:
    """Return the buffer that drives the middle load; of several the smallest, as those only delay."""
    found: dict[float, tuple[float, str]] = {}
    for name, module in modules.items():
        inputs, outputs = _pins(module, "input"), _pins(module, "output")
        if not module["cells"] and len(inputs) == 1 and list(inputs.values()) == list(outputs.values()):
            load = max(map(float, _DRIVES.findall(texts[name])), default=0.0)
            candidate = (float(module["attributes"]["area"]), name)
            found[load] = min(found.get(load, candidate), candidate)
    if not found:
        raise ValueError("the library has no buffer")
    return found[sorted(found)[len(found) // 2]][1]


def area(path: Path, folder: Path, source: str, top: str) -> float:
    """Return the area of a small Verilog module in the cells of a library."""
    (folder / f"{top}.v").write_text(source + "\n")
    script = (
        f"read_verilog {top}.v; synth -flatten -top {top}; dfflibmap -liberty {path}; "
        f"abc -liberty {path}; stat -liberty {path}"
    )
    text = programs.run("yosys", ["-p", script], folder / f"{top}.log", folder)[0]
    found = re.findall(r"Chip area for module .*: ([\d.]+)", text)
    if not found:
        raise ValueError(f"the library has no cell for a {top}")
    return float(found[-1])


def _with_gates(folder: Path, gates: Iterable[clocks.Gate], cells: dict[str, str]) -> dict[str, dict]:
    """Add the clock gates to the cells as Yosys read them, which leaves them out: their functions have states.

    Returns:
        All modules.
    """
    path = folder / "cells.json"
    read = json.loads(path.read_text())
    for gate in gates:
        area_ = {"area": f"{liberty.area(cells[gate.cell]):g}"}
        read["modules"][gate.cell] = {"attributes": area_, "ports": gate.ports, "cells": {}}
    path.write_text(json.dumps(read))
    with (folder / "models.v").open("a") as models:
        models.writelines(gate.model for gate in gates)
    return read["modules"]


def _storage(path: Path, usable: dict[str, str], gate: clocks.Gate) -> rows.Storage:
    """Return a library's latch.

    Raises:
        ValueError: it has none.
    """
    storage = rows.find(usable, gate)
    if not storage:
        raise ValueError(f"LATCHES=1: {path} has no latch that is open while its enable is 1")
    return storage


@functools.cache
def load(path: Path, latches: bool = False, gated: bool = False) -> Library:
    """Parse a Liberty file.

    Args:
        path: of the file.
        latches: use its latches and clock gates, too.
        gated: use its clock gates, too.

    Raises:
        ValueError: Yosys can't read it, or a cell is missing.
    """
    path = path.resolve()
    text = path.read_text(errors="replace")
    digest = hashlib.sha256(text.encode()).hexdigest()
    folder = programs.FOLDER / "libraries" / digest[:16]
    folder.mkdir(parents=True, exist_ok=True)
    programs.run(
        "yosys",
        [
            "-p",
            f"read_liberty -ignore_miss_func -ignore_miss_dir {path}; "
            "write_json cells.json; write_verilog -noattr models.v",
        ],
        folder / "read.log",
        folder,
    )
    cells, texts = _texts(text)
    gates = clocks.find(cells)
    modules = _with_gates(folder, gates, cells)
    if (latches or gated) and not gates:
        raise ValueError(
            f"{'LATCHES' if latches else 'GATED'}=1: {path} has no clock gate, a cell with "
            "clock_gating_integrated_cell latch_posedge, latch_posedge_precontrol or latch_posedge_postcontrol"
        )
    storage = _storage(path, texts, gates[0]) if latches else None
    used = {name: module for name, module in modules.items() if name in texts}
    return Library(
        path,
        digest,
        folder,
        _buffer(used, texts),
        _constant(used, "1"),
        _constant(used, "0"),
        area(path, folder, _NAND, "nand2"),
        area(path, folder, _FLIP_FLOP, "flip_flop"),
        liberty.flip_flops(texts),
        tuple(gates if latches or gated else ()),
        storage,
    )
