# SPDX-License-Identifier: Apache-2.0
"""Netlists as sources of a simulation: a module of rtl/ made of cells, in the place of the RTL.

The cells are models by their functions, without delays; memories that are not synthesised are those of the
RTL. A file called like the module holds its header, so that parameters and types of ports stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tb.common.sources import RTL
from tools.silicon import cells, programs
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library

PREFIX = "flaash_gates_"  # in the place of flaash_: beside RTL of the same names


def _renamed(text: str) -> str:
    return re.sub(r"\bflaash_", PREFIX, text)


def _memories(netlist: Path) -> str:
    """Return the memories of a piece that are not synthesised, as Verilog."""
    found = re.search(r"^module \\\S+_memory\n.*?^end\n", netlist.with_name("memory.il").read_text(),
                      re.MULTILINE | re.DOTALL)
    if not found:
        return ""
    made = netlist.with_name("memory.v")
    netlist.with_name("memories.il").write_text(found[0])
    programs.run("yosys", ["-p", "read_rtlil memories.il; write_verilog -noattr memory.v"],
                 netlist.with_name("memory.log"), netlist.parent)
    return made.read_text()


def header(module: str) -> str:
    """Return a module of rtl/ up to the end of its ports."""
    (path,) = RTL.rglob(f"{module}.sv")
    return re.sub(r"//.*", "", path.read_text()).partition("\n);\n")[0] + "\n);\n"


def ports(piece: Piece) -> list[str]:
    """Return the names of a piece's ports."""
    body = re.search(rf"^module \\{piece.name}\n(.*?)^end\n", piece.text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^  wire .*\b(?:input|output) \d+ \\(\w+)$", body[1] if body else "", re.MULTILINE)


def sources(pieces: Sequence[Piece], library: Library, folder: Path) -> tuple[Path, ...]:
    """Return the files that put a module made of cells in the place of the RTL's.

    Args:
        pieces: the module, then all pieces inside of it.
        library: of the cells.
        folder: where the files are written.
    """
    top = pieces[0]
    made = [cells.synthesise(piece, library).netlist for piece in pieces]
    text = "\n".join(part for netlist in made for part in (netlist.read_text(), _memories(netlist)))
    gates = folder / f"{_renamed(top.module)}.sv"
    folder.mkdir(parents=True, exist_ok=True)
    gates.write_text(_renamed(text) + library.models.read_text())
    wrapper = folder / f"{top.module}.sv"
    connected = ", ".join(f".{port}({port})" for port in ports(top))
    wrapper.write_text(f"{header(top.module)}\n  {_renamed(top.name)} u_gates ({connected});\n\n"
                       f"endmodule : {top.module}\n")
    return wrapper, gates
