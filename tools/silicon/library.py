# SPDX-License-Identifier: Apache-2.0
"""A library of standard cells: the cells that the flow names, and the reference areas."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import re
from pathlib import Path

from tools.silicon import latches as rows
from tools.silicon import programs

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
        storage: its latch and its gate of clocks, if they are to be used and it has both.
    """

    path: Path
    digest: str
    folder: Path
    buffer: str
    high: tuple[str, str] | None
    low: tuple[str, str] | None
    nand2: float
    flip_flop: float
    storage: rows.Storage | None = None

    @property
    def models(self) -> Path:
        return self.folder / "models.v"

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


def _replace_model(path: Path, storage: rows.Storage) -> None:
    """Add a model of the clock gate to the models: Yosys does not read its state table."""
    module = re.compile(rf"^module {storage.gate}\(.*?^endmodule\n", re.MULTILINE | re.DOTALL)
    path.write_text(module.sub("", path.read_text()) + storage.model)


@functools.cache
def load(path: Path, latches: bool = False) -> Library:
    """Parse a Liberty file.

    Args:
        path: of the file.
        latches: use its latches and clock gates, too.

    Raises:
        ValueError: there is no such file, Yosys can't read it, or a cell is missing that every flow needs.
    """
    if not path.is_file():
        raise ValueError(f"there is no Liberty file {path}")
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
    modules = json.loads((folder / "cells.json").read_text())["modules"]
    cells, texts = _texts(text)
    storage = rows.find(cells, set(texts)) if latches else None
    if latches and not storage:
        raise ValueError(f"{path} has no latch, or no gate of clocks without further pins")
    if storage:
        _replace_model(folder / "models.v", storage)
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
        storage,
    )
