# SPDX-License-Identifier: Apache-2.0
"""The pieces of a chip put together, and buffered and sized again with the loads of the whole chip.

Yosys sizes each piece alone, with one buffer at each input and a small load at each output. Only the joined
chip has the nets between pieces. OpenROAD removes the buffers of the pieces. Its repair_design then buffers each
net of the joined chip and sizes each driver, by its load. Nothing is placed, so there are no wires.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sim.files import is_whole, read_json
from tools.silicon import flat, loads, physical, programs, timing
from tools.silicon.gates import functions
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library
from tools.silicon.macros import Macro

AGAIN = "_again"  # ends the name of a stub
CHANGES = ("remove_buffers", "repair_design -pre_placement")
_MEMORY = re.compile(r"^module \\(\w+_memory)\n(.*?)^end\n", re.MULTILINE | re.DOTALL)
_MEMORY_PORT = re.compile(r"^  wire (?:width (\d+) )?(?:offset \d+ )?(input|output) \d+ \\(\S+)$", re.MULTILINE)
_PIN = re.compile(r"^    \.\\?(\S+?) ?\(", re.MULTILINE)
Shape = tuple[dict[str, tuple[str, int]], loads.Ports]  # ports and loads of a stub


@dataclasses.dataclass(frozen=True)
class Joined:
    """A buffered chip.

    Attributes:
        before: flat, without the changes.
        netlist: flat, buffered; of several equal pieces one is in it, and stubs of the others.
        instances: piece by path of its instance; the top has the empty path.
        stubs: Liberty file of the stubs, for OpenSTA.
        buffers: how many more cells it has.
        sized: how many cells have another size.
        added: area that this took, in the unit of the library.
    """

    before: Path
    netlist: Path
    instances: dict[str, str]
    stubs: tuple[Path, ...]
    buffers: int
    sized: int
    added: float


def with_one_of_each(text: str, inside: Iterable[str]) -> str:
    """Return a netlist in which all but the first instance of each piece inside are stubs.

    Equal engines have equal paths, and a chip of 32 of them would take OpenROAD and OpenSTA gigabytes.
    """
    for name in inside:
        first, *others = re.split(rf"(?m)^  {name} ", text)
        if len(others) > 1:
            text = f"{first}  {name} {f'  {name}{AGAIN} '.join(others)}"
    return text


def instances(top: str, netlists: Mapping[str, str]) -> dict[str, str]:
    """Return the piece of each instance by its path, from the netlists of the pieces by name."""
    found = {"": top}

    def visit(path: str, name: str) -> None:
        for kind, instance, _ in re.findall(r"(?m)^  (flaash_\w+) (\\\S+|\w+) +(\()$", netlists[name]):
            if kind in netlists:
                below = f"{path}{'/' if path else ''}{instance.removeprefix(chr(92))}"
                found[below] = kind
                visit(below, kind)

    visit("", top)
    return found


def memories_of(netlist: Path) -> dict[str, dict[str, tuple[str, int]]]:
    """Return the ports of the memories of a piece that are not synthesised, by name of the memory."""
    return {
        name: {port: (kind, int(width or 1)) for width, kind, port in _MEMORY_PORT.findall(body)}
        for name, body in _MEMORY.findall(netlist.with_name("memory.il").read_text())
    }


def with_plain_ports(text: str, memories: Mapping[str, Mapping[str, object]]) -> str:
    """Return a netlist in which the ports of memories are numbered: their names are paths of nets."""
    for name, ports in memories.items():
        plain = {port: f"p{number}" for number, port in enumerate(ports)}
        text = re.sub(
            rf"(?ms)^  {name} .*?^  \);$",
            lambda found, plain=plain: _PIN.sub(lambda pin: f"    .{plain[pin[1]]}(", found[0]),
            text,
        )
    return text


def _shapes(pieces: Sequence[Piece], netlists: Mapping[str, Path], cells: loads.Pins, buffer: str) -> dict[str, Shape]:
    """Return the stubs: of repeated pieces, and of memories that are not synthesised.

    A buffer takes each input of such a memory. Without a load OpenROAD would leave nets to it without buffers.
    repair_design first groups the pins that no path ends at. It ends when a buffer would be a larger load.
    """
    found: dict[str, Shape] = {}
    inside: dict[str, loads.Ports] = {}
    (load,) = cells[buffer].values()
    repeated = {name for piece in pieces for name, count in piece.inside.items() if count > 1}
    for piece in reversed(pieces):
        memories = memories_of(netlists[piece.name])
        text = with_plain_ports(netlists[piece.name].read_text(), memories)
        for name, named in memories.items():
            ports = {f"p{number}": port for number, port in enumerate(named.values())}
            inside[name] = {port: [load] * width for port, (kind, width) in ports.items() if kind == "input"}
            found[name] = (ports, inside[name])
        inside[piece.name] = loads.of_inputs(text, cells, inside)
        if piece.name in repeated:
            found[f"{piece.name}{AGAIN}"] = (loads.ports(text), inside[piece.name])
    return found


def _written(folder: Path, files: Mapping[str, str]) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in files}


def buffered(
    pieces: Sequence[Piece],
    netlists: Mapping[str, Path],
    library: Library,
    macros: Sequence[Macro],
    liberties: Sequence[Path],
    folder: Path,
) -> Joined:
    """Return a chip of pieces with buffers; made once for equal netlists.

    Args:
        pieces: all of the chip, the top first and each after those it is inside of.
        netlists: of the pieces, by name.
        library: of the cells.
        macros: in the netlists.
        liberties: at the corner for which the cells are sized.
        folder: where files are written.

    Raises:
        ValueError: OpenROAD failed, or its netlist has another function.
    """
    texts = {
        piece.name: with_plain_ports(
            with_one_of_each(netlists[piece.name].read_text(), piece.inside), memories_of(netlists[piece.name])
        )
        for piece in pieces
    }
    cells = library.texts()
    shapes = _shapes(pieces, netlists, loads.of_cells(cells), library.buffer)
    modules = json.loads((library.folder / "cells.json").read_text())["modules"]
    files = _written(
        folder,
        {
            "technology.lef": physical.TECHNOLOGY,
            "cells.lef": physical.HEAD
            + physical.cells(modules, cells)
            + physical.memories(macros)
            + "".join(physical.stub_lef(name, ports) for name, (ports, _) in shapes.items())
            + "END LIBRARY\n",
            "stubs.lib": physical.stubs_liberty(shapes, library.path.read_text(errors="replace")),
            "joined.v": "".join(texts.values()),
        },
    )
    stubs = (files["stubs.lib"],) if shapes else ()  # OpenROAD crashes at a file without a cell
    job = {
        "lef": [str(files["technology.lef"]), str(files["cells.lef"])],
        "liberty": [*map(str, liberties), *map(str, stubs)],
        "netlist": str(files["joined.v"]),
        "top": pieces[0].name,
        "constraints": timing.constraints(library),
        "before": str(folder / "before.v"),
        "changes": list(CHANGES),
        "after": str(folder / "after.v"),
    }
    key = hashlib.sha256(json.dumps(job).replace(str(folder), "").encode())
    for path in (*files.values(), *liberties):
        key.update(path.read_bytes())
    done = folder / "buffered.json"
    known = read_json(done)
    if not known or known["key"] != key.hexdigest() or not is_whole(folder / "after.v"):
        (folder / "job.json").write_text(json.dumps(job))
        programs.run(programs.OPENROAD, [str(folder / "job.json")], folder / "openroad.log")
        found = compared(folder / "before.v", folder / "after.v", library, modules, shapes)
        done.write_text(json.dumps({"key": key.hexdigest(), **found}))
    found = json.loads(done.read_text())
    del found["key"]
    made = instances(pieces[0].name, texts)
    return Joined(folder / "before.v", folder / "after.v", made, stubs, **found)


def compared(
    before: Path, after: Path, library: Library, modules: Mapping[str, dict], shapes: Mapping[str, Shape]
) -> dict[str, float]:
    """Return what the second netlist has more than the first.

    Raises:
        ValueError: it has another function.
    """
    models = library.models.read_text()
    buffers = {
        name: (next(iter(outputs.values())), next(iter(outputs)))
        for name, outputs in functions(models).items()
        if len(outputs) == 1 and next(iter(outputs.values())) in modules[name]["ports"]
    }
    outputs = {
        name: [port for port, of in module["ports"].items() if of["direction"] == "output"]
        for name, module in modules.items()
    } | {name: [port for port, (kind, _) in ports.items() if kind == "output"] for name, (ports, _) in shapes.items()}
    known = flat.kinds(models)
    netlists = [flat.Flat(path, outputs, buffers) for path in (before, after)]
    wrong = flat.differences(*netlists, lambda cell: known.get(cell, cell), lambda cell: cell in buffers)
    if wrong:
        raise ValueError(f"OpenROAD changed the function of {after}: {wrong[0]}, {len(wrong)} differences")
    areas = [
        sum(float(modules[kind]["attributes"].get("area", 0)) for kind in netlist.cells.values() if kind in modules)
        for netlist in netlists
    ]
    old, new = (netlist.cells for netlist in netlists)
    return {
        "buffers": len(new) - len(old),
        "sized": sum(old[name] != kind for name, kind in new.items() if name in old),
        "added": areas[1] - areas[0],
    }
