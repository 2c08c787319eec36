# SPDX-License-Identifier: Apache-2.0
"""The power of a piece, by OpenSTA, with the switching that a run of the RTL has shown.

OpenSTA reports the power of each cell if nothing switches, and if each of its pins changes once per cycle.
The power is interpolated between the two by the changes of the cell's output. These follow from the registers
and inputs of the run (tools/silicon/replay.py), once per cycle: glitches are not counted. Wires, clock tree
and macros are not included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.silicon import programs, timing
from tools.silicon.gates import CELL, functions
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library
from tools.silicon.replay import Netlist, plain
from tools.silicon.switching import Recording

SOME = 8  # instances of a piece whose nets are computed: together, so of an engine they take up to 6 GB
PERIOD = 10.0  # ns of the clock at which power is reported: 100 MHz
KINDS = ("internal", "switching", "leakage")
_CELL = re.compile(r"^ *([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) +[\d.e+-]+ (\S+)$", re.MULTILINE)
_RUN = "every activity is "

Watts = dict[str, tuple[float, float, float]]  # of each cell, of KINDS


def outputs(library: Library) -> dict[str, list[str]]:
    """Return the output pins of each cell."""
    modules = json.loads((library.folder / "cells.json").read_text())["modules"]
    return {
        name: [pin for pin, port in module["ports"].items() if port["direction"] == "output"]
        for name, module in modules.items()
    }


def instances(netlist: str, inside: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of the instances of each piece in a netlist."""
    found: dict[str, list[str]] = {name: [] for name in inside}
    for kind, instance, _ in CELL.findall(netlist):
        if kind in found:
            found[kind].append(plain(instance))
    return found


def paths(top: str, chip: str, netlists: dict[str, str], inside: dict[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return the paths of all instances of each piece; `chip` is the path of the top."""
    found: dict[str, list[str]] = {name: [] for name in netlists}
    within = {name: instances(text, inside[name]) for name, text in netlists.items()}

    def add(name: str, path: str) -> None:
        found[name].append(path)
        for piece, names in within[name].items():
            for instance in names:
                add(piece, f"{path}.{instance}")

    add(top, chip)
    return found


def spread(at: Sequence[str]) -> list[str]:
    """Return at most SOME of the instances of a piece, evenly spread."""
    return [at[number * len(at) // min(SOME, len(at))] for number in range(min(SOME, len(at)))]


def changes(netlist: Netlist, at: Sequence[str], recording: Recording) -> dict[str, float]:
    """Return the changes per cycle of each cell's outputs, the mean of these and of the instances."""
    value = netlist.values(at, recording)[0]
    nets = {net: recording.changes(value(net)) for net in dict.fromkeys(netlist.outputs.values())}
    found: dict[str, list[float]] = {}
    for pin, net in netlist.outputs.items():
        found.setdefault(pin.rpartition("/")[0], []).append(nets[net])
    return {cell: sum(numbers) / len(numbers) for cell, numbers in found.items()}


def commands(top: str, liberties: Sequence[Path], netlist: Path) -> str:
    """Return OpenSTA's commands that print the power of each cell of a module without and with changes."""
    return "\n".join(
        [
            *(f"read_liberty {path}" for path in liberties),
            f"read_verilog {netlist}",
            f"link_design {top}",
            "set_cmd_units -time ns",  # the period would count in the unit of the library
            f"create_clock -name clock -period {PERIOD:g} [get_ports {timing.CLOCK}]",
            *(
                line
                for activity in (0, 1)
                for line in (
                    f"puts {{{_RUN}{activity}}}",
                    f"set_power_activity -global -activity {activity}",
                    "report_power -instances [get_cells *] -digits 6",
                )
            ),
            "exit",
            "",
        ]
    )


def parsed(text: str) -> tuple[Watts, Watts]:
    """Return OpenSTA's power of each cell: without changes, and with one change of each pin per cycle.

    Raises:
        ValueError: the reports are missing.
    """
    reports = [
        {
            plain(name): (float(internal), float(switching), float(leakage))
            for internal, switching, leakage, name in _CELL.findall(part)
        }
        for part in text.split(_RUN)[1:]
    ]
    if len(reports) != 2 or not reports[0] or reports[0].keys() != reports[1].keys():
        raise ValueError("OpenSTA: no power")
    return reports[0], reports[1]


def total(still: Watts, moving: Watts, rates: dict[str, float]) -> dict[str, float]:
    """Return milliwatts of each of KINDS of all cells, with the changes per cycle of their outputs."""
    sums = [0.0] * len(KINDS)
    for cell, least in still.items():
        for number, (low, high) in enumerate(zip(least, moving[cell], strict=True)):
            sums[number] += 1e3 * (low + rates.get(cell, 0.0) * (high - low))
    return dict(zip(KINDS, sums, strict=True))


def energy(watts: dict[str, float], cycles: float, nanoseconds: float) -> dict[str, float]:
    """Return the nJ of each of KINDS in some cycles.

    Args:
        watts: milliwatts of each of KINDS at the clock of PERIOD.
        cycles: of one contraction.
        nanoseconds: of a cycle. Only leakage depends on it: all other energy is per change.
    """
    of = {kind: watts[kind] * (nanoseconds if kind == "leakage" else PERIOD) for kind in KINDS}
    return {kind: picojoules * cycles / 1e3 for kind, picojoules in of.items()}


class Meter:
    """The netlists of a chip, read once for several runs."""

    def __init__(
        self, pieces: Sequence[Piece], netlists: dict[str, Path], library: Library, liberties: Sequence[Path]
    ) -> None:
        """Read the netlists.

        Args:
            pieces: all of a chip, the top first.
            netlists: of each.
            library: of their cells.
            liberties: the files to read.
        """
        self._top, self._inside = pieces[0].name, {piece.name: piece.inside for piece in pieces}
        self._files, self._liberties = netlists, liberties
        self._texts = {name: path.read_text() for name, path in netlists.items()}
        known, pins = functions(library.models.read_text()), outputs(library)
        self._netlists = {name: Netlist(text, known, pins) for name, text in self._texts.items()}
        self._watts: dict[str, tuple[Watts, Watts]] = {}

    def of(self, recording: Recording) -> dict[str, dict[str, float]]:
        """Return milliwatts of one instance of each piece in a run of the chip.

        Raises:
            ValueError: OpenSTA failed.
        """
        where = paths(self._top, recording.chip, self._texts, self._inside)
        result = {}
        for name, netlist in self._netlists.items():
            rates = changes(netlist, spread(where[name]), recording)
            result[name] = total(*self._of_cells(name), rates) if rates else dict.fromkeys(KINDS, 0.0)  # wires alone
        return result

    def _of_cells(self, name: str) -> tuple[Watts, Watts]:
        """Return the power of each cell of a piece, see parsed()."""
        if name not in self._watts:
            folder = self._files[name].parent
            script = folder / "power.tcl"
            script.write_text(commands(name, self._liberties, self._files[name]))
            told, _ = programs.run("sta", ["-no_splash", "-exit", str(script)], folder / "power.log", folder)
            self._watts[name] = parsed(told)
        return self._watts[name]
