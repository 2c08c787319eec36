# SPDX-License-Identifier: Apache-2.0
"""A piece in standard cells: Yosys and its abc make a netlist, and count the areas of it.

Memories of up to SMALL words become flip-flops and multiplexers, or rows of a library's latches (latches.py).
A larger one becomes macros if it is read at the clock edge and a table of macros is given. Otherwise it is
not synthesised; its bits are counted as flip-flops. That is less than the real area, because the logic that
addresses and reads them is not counted.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path

from sim import files
from tools.silicon import programs
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library
from tools.silicon.macros import Macro, libmap, techmap

SMALL = 64  # words
TARGET = 2500  # ps for which abc sizes its cells; 5000 gives the same netlists
LOAD = 10  # fF at each output of a piece
# Technology mapping with choices, then buffers for nets of many sinks, then sizes. Without `topo` the sizes
# follow the order in which nets were made. Then the MAC has 8.1 ns instead of 4.0 at the same area.
ABC = (
    "strash",
    "&get -n",
    "&st",
    "&dch",
    "&nf",
    "&put",
    "buffer -N 16",
    "topo",
    "upsize {D}",
    "dnsize {D}",
    "stime -p",
)
# With latches: more rounds for area, and less effort for time.
AREA_ABC = (
    "strash",
    "&get -n",
    "&st",
    "&dch -f",
    "&nf -p -R 10 -F 20 -A 20",
    "&put",
    "buffer -N 32",
    "topo",
    "upsize {D}",
    "dnsize {D}",
    "stime -p",
)
AREA_TARGET = 3500
_MEMORY = re.compile(r"^ *cell \$mem_v2 (\S+)\n(.*?)^ *end$", re.MULTILINE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Cells:
    """A piece's netlist and its cost; areas in the unit of the library.

    Attributes:
        area: of all standard cells.
        sequential: of the flip-flops among them.
        macros: how often each macro is in it.
        macro_area: of these.
        counted_bits: of memories that are not synthesised.
        seconds, megabytes: Yosys' processor time and memory.
        netlist: Verilog; memory.il beside it holds the memories that are not synthesised.
    """

    area: float
    sequential: float
    macros: dict[str, int]
    macro_area: float
    counted_bits: int
    seconds: float
    megabytes: float
    netlist: Path


def script(piece: Piece, library: Library, macros: tuple[Macro, ...]) -> str:
    """Return Yosys' commands; they read and write in the folder where they run."""
    top, liberty = piece.name, library.path
    mapped = "memory_libmap -lib macros.txt; techmap -map macros_map.v; " if macros else ""
    small = gated = booth = ""
    adders = "kogge-stone"
    if library.gate:
        gated = library.gate.command
    if library.storage:
        small = "opt_mem; memory_collect; opt_clean; techmap -map latches.v t:$mem_v2; memory_unpack; opt_clean; "
        gated += "techmap -map latch.v t:$_DLATCH_P_; "
        booth, adders = "-booth ", "sklansky"
    ties = " ".join(
        f"-{option} {cell[0]} {cell[1]}" for option, cell in (("hicell", library.high), ("locell", library.low)) if cell
    )
    return (
        f"read_rtlil piece.il; {'read_verilog -lib macros.v; ' if macros else ''}"
        f"{'read_verilog -lib gate.v; ' if library.gate else ''}"
        f"hierarchy -check -top {top}; flatten; opt; {small}memory_dff; "
        f"synth {booth}-flatten -top {top} -run begin:fine; "
        f"{mapped}"
        f"select -set large t:$mem_v2 r:SIZE>{SMALL} %i; dump -n -o memories.il @large; "
        f"submod -name {top}_memory @large; cd; select -set kept {top}_memory; "
        "write_rtlil -selected memory.il; setattr -mod -set blackbox 1 @kept; "
        f"synth -run fine:check -extra-map +/choices/{adders}.v; setundef -zero; {gated}"
        # A flip-flop has the name of its register's bit, so that a path names its beginning.
        f"rename -wire t:$_*FF*; dfflibmap -liberty {liberty}; "
        f"abc -liberty {liberty} -constr drive -D {AREA_TARGET if library.storage else TARGET} -script abc; "
        "opt_clean -purge; "
        f"{f'hilomap -singleton {ties}; ' if ties else ''}opt_clean -purge; "
        f"read_liberty -lib {liberty}; check -assert; "
        f"tee -o stat stat -liberty {liberty}; tee -o stat.json stat -json; "
        "write_verilog -noattr -noexpr -nohex -nodec -simple-lhs netlist.v"
    )


def memory_bits(text: str) -> int:
    """Return the bits of the memories of an RTLIL text."""
    total = 0
    for _, body in _MEMORY.findall(text):
        size, width = (int(re.search(rf"parameter \\{name} (\d+)", body)[1]) for name in ("SIZE", "WIDTH"))
        total += size * width
    return total


def _black_boxes(macros: tuple[Macro, ...]) -> str:
    return "\n".join(
        f"module {macro.cell}(input WCLK, WEN, RCLK, REN, input [{macro.address - 1}:0] WADDR, RADDR,\n"
        f"  input [{macro.bits - 1}:0] WDATA, output [{macro.bits - 1}:0] RDATA);\nendmodule"
        for macro in macros
    )


def _areas(text: str) -> tuple[float, float]:
    """Return area and sequential area of the piece's own module from the output of `stat -liberty`."""
    area = re.search(r"Chip area for (?:top )?module .*: ([\d.]+)", text)
    sequential = re.search(r"used for sequential elements: ([\d.]+)", text)
    return float(area[1]) if area else 0.0, float(sequential[1]) if sequential else 0.0


def synthesise(piece: Piece, library: Library, macros: tuple[Macro, ...] = ()) -> Cells:
    """Return a piece in the cells of a library; made once for equal pieces.

    Raises:
        ValueError: Yosys failed, or its `check` reports a problem of the netlist.
    """
    commands = script(piece, library, macros)
    # The path of the library does not matter.
    abc = AREA_ABC if library.storage else ABC
    made_of = [
        piece.name,
        piece.digest,
        commands.replace(str(library.path), ""),
        library.digest,
        abc,
        LOAD,
        *map(str, macros),
    ]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]
    folder = programs.FOLDER / "cells" / f"{piece.name}-{digest}"
    done = folder / "cells.json"
    netlist = folder / "netlist.v"
    if files.read_json(done) is None or not files.is_whole(netlist):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "piece.il").write_text(piece.text)
        (folder / "drive").write_text(f"set_driving_cell {library.buffer}\nset_load {LOAD}\n")
        (folder / "abc").write_text("\n".join(abc) + "\n")
        (folder / "macros.txt").write_text(libmap(macros, library.flip_flop) + "\n")
        if library.gate:
            (folder / "gate.v").write_text(library.gate.black_box)
        if library.storage:
            (folder / "latches.v").write_text(library.storage.memory_map)
            (folder / "latch.v").write_text(library.storage.latch_map)
        (folder / "macros_map.v").write_text(techmap(macros) + "\n")
        (folder / "macros.v").write_text(_black_boxes(macros) + "\n")
        _, usage = programs.run("yosys", ["-p", commands], folder / "yosys.log", folder)
        area, sequential = _areas((folder / "stat").read_text())
        types = json.loads((folder / "stat.json").read_text())["modules"][f"\\{piece.name}"]
        counts = types["num_cells_by_type"]
        used = {macro.cell: counts[macro.cell] for macro in macros if macro.cell in counts}
        sizes = {macro.cell: macro.area for macro in macros}
        done.write_text(
            json.dumps(
                {
                    "area": area,
                    "sequential": sequential,
                    "macros": used,
                    "macro_area": sum(sizes[cell] * count for cell, count in used.items()),
                    "counted_bits": memory_bits((folder / "memories.il").read_text()),
                    "seconds": usage.seconds,
                    "megabytes": usage.megabytes,
                }
            )
        )
    return Cells(**json.loads(done.read_text()), netlist=netlist)
