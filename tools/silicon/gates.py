# SPDX-License-Identifier: Apache-2.0
"""Netlists as sources of a simulation: a module of rtl/ made of cells replaces the RTL.

The cells are models by their functions, without delays. Memories that are not synthesised come from the RTL.
A file with the module's name holds its header, so that parameters and types of ports stay the same.

On Verilator they are simulated with the options that verilator() returns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.sources import RTL
from tools.silicon import cells, programs
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library
from tools.silicon.verilog import CELL, PIN

_MODULE = re.compile(r"^module (\w+)\((.*?)\);\n(.*?)^endmodule\n", re.MULTILINE | re.DOTALL)
_ASSIGN = re.compile(r"^  assign (\w+) = (.*);$", re.MULTILINE)
_ESCAPED = re.compile(r"(?<!\.)\\\S+ ")
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
PREFIX = "flaash_gates{}_"  # replaces flaash_: the RTL of the same name is in the simulation, too


def _renamed(text: str, number: int) -> str:
    return re.sub(r"\bflaash_", PREFIX.format(number), text)


def memories(netlist: Path) -> str:
    """Return the memories of a piece that are not synthesised, as Verilog."""
    found = re.search(
        r"^module \\\S+_memory\n.*?^end\n", netlist.with_name("memory.il").read_text(), re.MULTILINE | re.DOTALL
    )
    if not found:
        return ""
    made = netlist.with_name("memory.v")
    netlist.with_name("memories.il").write_text(found[0])
    programs.run(
        "yosys",
        ["-p", "read_rtlil memories.il; write_verilog -noattr memory.v"],
        netlist.with_name("memory.log"),
        netlist.parent,
    )
    return made.read_text()


def functions(models: str) -> dict[str, dict[str, str]]:
    """Return the function of each output of a cell without memory, by cell and pin."""
    found = {}
    for name, _, body in _MODULE.findall(models):
        if "always" in body or "initial" in body:
            continue
        wires = dict(_ASSIGN.findall(body))

        def expression(text: str, wires: dict[str, str] = wires) -> str:
            return _NAME.sub(lambda wire: f"({expression(wires[wire[0]])})" if wire[0] in wires else wire[0], text)

        outputs = re.findall(r"^  output (\w+);$", body, re.MULTILINE)
        if all(output in wires for output in outputs):
            found[name] = {output: expression(wires[output]) for output in outputs}
    return found


def inlined(netlist: str, cells_: dict[str, dict[str, str]]) -> str:
    """Return a netlist with functions in place of the cells without memory, and with short names.

    A simulator needs minutes and gigabytes for a hundred thousand instances of modules; so does a compiler
    for names that each hold the path of a register.
    """
    short: dict[str, str] = {}

    def replaced(cell: re.Match) -> str:
        if cell[1] not in cells_:
            return cell[0]
        pins = dict(PIN.findall(cell[3]))
        return "".join(
            f"  assign {pins[output]} = {_NAME.sub(lambda pin: pins.get(pin[0], pin[0]), function)};\n"
            for output, function in cells_[cell[1]].items()
            if pins.get(output)
        )

    text = CELL.sub(replaced, netlist)
    return _ESCAPED.sub(lambda name: short.setdefault(name[0], f"_e{len(short)}_ "), text)


def header(module: str) -> str:
    """Return a module of rtl/ up to the end of its ports."""
    (path,) = RTL.rglob(f"{module}.sv")
    return re.sub(r"//.*", "", path.read_text()).partition("\n);\n")[0] + "\n);\n"


def ports(piece: Piece) -> list[str]:
    """Return the names of a piece's ports."""
    body = re.search(rf"^module \\{piece.name}\n(.*?)^end\n", piece.text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^  wire .*\b(?:input|output) \d+ \\(\w+)$", body[1] if body else "", re.MULTILINE)


def sources(variants: Mapping[str, Sequence[Piece]], library: Library, folder: Path) -> tuple[Path, ...]:
    """Return the files that replace a module of the RTL by a module made of cells.

    Args:
        variants: the module, then all pieces inside of it, by the condition on its parameters, in
            SystemVerilog, under which these cells are taken.
        library: of the cells.
        folder: where the files are written.
    """
    known, texts = functions(library.models.read_text()), {}
    for condition, pieces in variants.items():
        made = [cells.synthesise(piece, library).netlist for piece in pieces]
        texts[condition] = [
            part for netlist in made for part in (inlined(netlist.read_text(), known), memories(netlist))
        ]
    return written({condition: pieces[0] for condition, pieces in variants.items()}, texts, library, folder)


def written(
    tops: Mapping[str, Piece], texts: Mapping[str, Sequence[str]], library: Library, folder: Path
) -> tuple[Path, ...]:
    """Return the files that replace a module of the RTL by netlists.

    Args:
        tops: the module as a piece, by the condition under which its netlist is taken, see sources().
        texts: the netlists of each condition, inlined().
        library, folder: as for sources().
    """
    (module,) = {top.module for top in tops.values()}
    renamed, choices = [library.models.read_text()], []
    for number, (condition, top) in enumerate(tops.items()):
        renamed += [_renamed(text, number) for text in texts[condition]]
        connected = ", ".join(f".{port}({port})" for port in ports(top))
        choices.append(
            f"if ({condition}) begin : gen_{number}\n    {_renamed(top.name, number)} u_gates ({connected});\n  end"
        )
    folder.mkdir(parents=True, exist_ok=True)
    wrapper, gates = folder / f"{module}.sv", folder / f"{_renamed(module, 0)}.sv"
    gates.write_text("\n".join(renamed))
    wrapper.write_text(f"{header(module)}\n  {' else '.join(choices)}\n\nendmodule : {module}\n")
    return wrapper, gates


def verilator(top: str, folder: Path) -> tuple[str | Path, ...]:
    """Return the options with which Verilator builds a bench of netlists.

    Args:
        top: of the bench; its inside can't be seen.
        folder: of the files of sources(), which are no RTL, so that the lint rules do not apply.
    """
    path = folder / "gates.vlt"
    path.write_text(
        f'`verilator_config\nlint_off -file "*/{folder.name}/*"\nlint_off -rule UNOPTFLAT\n'
        f'public_flat_rw -module "{top}" -var "*"\n'
    )
    return "--no-public-flat-rw", path
