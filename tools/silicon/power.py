# SPDX-License-Identifier: Apache-2.0
"""The power of a piece, by OpenSTA, with the switching that a run of the RTL has shown.

OpenSTA reports the power of each cell if nothing switches, and if each of its pins changes once per cycle.
The power is interpolated between the two by the changes of the cell's output. These follow from the registers
and inputs of the run (tools/silicon/replay.py), once per cycle: glitches are not counted. Wires, clock tree
and macros are not included.

With gated clocks a third report has all gates closed. The share of the cycles in which a gate is open interpolates
between the first report and the third. A gated flip-flop sees more changes of its input than it stores. OpenSTA gives
the power of such changes in a module with a flip-flop of each kind.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.silicon import programs, timing
from tools.silicon.clocks import Gate
from tools.silicon.gates import functions
from tools.silicon.hierarchy import Piece
from tools.silicon.library import Library
from tools.silicon.replay import Netlist, plain
from tools.silicon.switching import Recording
from tools.silicon.verilog import CELL

SOME = 8  # instances of a piece whose nets are computed: together, so of an engine they take up to 6 GB
PERIOD = 10.0  # ns of the clock at which power is reported: 100 MHz
KINDS = ("internal", "switching", "leakage")
_CELL = re.compile(r"^ *([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) +[\d.e+-]+ (\S+)$", re.MULTILINE)
_RUN = "every activity is "
# OpenSTA takes half of the power at either level of the clock; a clock that is gated off stays low.
_LOW = 2.0

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


@dataclasses.dataclass(frozen=True)
class Rates:
    """What happens per cycle at each cell, the mean of some instances.

    Attributes:
        changes: of the cell's outputs; of a clock gate's enable.
        opened: the share of the cycles in which the clock gate, or the one of the flip-flop, is open.
        unstored: changes of a gated flip-flop's input beyond the changes of its output.
    """

    changes: dict[str, float]
    opened: dict[str, float] = dataclasses.field(default_factory=dict)
    unstored: dict[str, float] = dataclasses.field(default_factory=dict)


def rates(netlist: Netlist, at: Sequence[str], recording: Recording, library: Library) -> Rates:
    """Return the rates of each cell of a netlist, the mean of the instances at these paths."""
    value, gate = netlist.values(at, recording)[0], library.gate
    gates = {cell for cell, kind in netlist.kinds.items() if gate and kind == gate.cell}
    outputs = {pin: net for pin, net in netlist.outputs.items() if pin.rpartition("/")[0] not in gates}
    nets = {net: recording.changes(value(net)) for net in dict.fromkeys(outputs.values())}
    found: dict[str, list[float]] = {}
    for pin, net in outputs.items():
        found.setdefault(pin.rpartition("/")[0], []).append(nets[net])
    result = Rates({cell: sum(numbers) / len(numbers) for cell, numbers in found.items()})
    pulses = {}
    for cell in gates:
        enable = value(netlist.inputs[f"{cell}/{gate.enable}"])
        result.changes[cell], result.opened[cell] = recording.changes(enable), recording.share(enable)
        pulses[netlist.outputs[f"{cell}/{gate.pulse}"]] = cell
    for pin, net in netlist.inputs.items():
        cell = pin.rpartition("/")[0]
        if net in pulses:
            result.opened[cell] = result.opened[pulses[net]]
            _, data = library.flip_flops[netlist.kinds[cell]]
            seen = recording.changes(value(netlist.inputs[f"{cell}/{data}"]))
            result.unstored[cell] = max(0.0, seen - result.changes.get(cell, 0.0))
    return result


def _reading(top: str, liberties: Sequence[Path], netlist: Path) -> list[str]:
    """Return OpenSTA's commands that read a module with its clock."""
    return [
        *(f"read_liberty {path}" for path in liberties),
        f"read_verilog {netlist}",
        f"link_design {top}",
        "set_cmd_units -time ns",  # the period would count in the unit of the library
        f"create_clock -name clock -period {PERIOD:g} [get_ports {timing.CLOCK}]",
    ]


def _report(name: str) -> list[str]:
    """Return OpenSTA's commands that print the power of each cell."""
    return [f"puts {{{_RUN}{name}}}", "report_power -instances [get_cells *] -digits 6"]


def commands(top: str, liberties: Sequence[Path], netlist: Path, gate: Gate | None = None) -> list[str]:
    """Return OpenSTA's commands that print the power of each cell of a module, without and with changes.

    With a clock gate, also without changes while all gates are closed.
    """
    found = _reading(top, liberties, netlist)
    for activity in "01":
        found += [f"set_power_activity -global -activity {activity}", *_report(activity)]
    if gate:
        found += [
            "foreach cell [get_cells *] {",
            f'  if {{[get_property $cell ref_name] eq "{gate.cell}"}} {{',
            f"    set_case_analysis 0 [get_pins [get_property $cell full_name]/{gate.pulse}]",
            "  }",
            "}",
            "set_power_activity -global -activity 0",
            *_report("0, gates are closed"),
        ]
    return found


def _run(script: Sequence[str], folder: Path, name: str) -> str:
    """Return what OpenSTA prints at commands."""
    path = folder / f"{name}.tcl"
    path.write_text("\n".join([*script, "exit", ""]))
    return programs.run("sta", ["-no_splash", "-exit", str(path)], folder / f"{name}.log", folder)[0]


def parsed(text: str) -> list[Watts]:
    """Return OpenSTA's power of each cell: without changes, with one change of each pin per cycle, with closed gates.

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
    if len(reports) < 2 or not reports[0] or any(report.keys() != reports[0].keys() for report in reports):
        raise ValueError("OpenSTA: no power")
    return reports


def total(reports: Sequence[Watts], of: Rates, unstored: float = 0.0) -> dict[str, float]:
    """Return milliwatts of each of KINDS of all cells.

    Args:
        reports: see parsed().
        of: the rates of the cells.
        unstored: watts of changes that gated flip-flops do not store.
    """
    still, moving, closed = reports if len(reports) > 2 else [*reports, reports[0]]
    sums = [0.0] * len(KINDS)
    for cell, least in still.items():
        opened, changes = of.opened.get(cell, 1.0), of.changes.get(cell, 0.0)
        for number, (off, low, high) in enumerate(zip(closed[cell], least, moving[cell], strict=True)):
            sums[number] += 1e3 * (off + opened * (low - off) + changes * (high - low))
    sums[KINDS.index("internal")] += 1e3 * unstored
    return dict(zip(KINDS, sums, strict=True))


def of_inputs(library: Library, liberties: Sequence[Path]) -> dict[str, float]:
    """Return the watts of one change per cycle at the input of each kind of flip-flop while its clock is gated off.

    Raises:
        ValueError: OpenSTA failed.
    """
    kinds, netlist = library.flip_flops, library.folder / "flip_flops.v"
    netlist.write_text(
        f"module flip_flops(input {timing.CLOCK}, input [{len(kinds) - 1}:0] data);\n"
        + "".join(
            f"  {kind} one_{kind} (.{clock}({timing.CLOCK}), .{data}(data[{number}]));\n"
            for number, (kind, (clock, data)) in enumerate(kinds.items())
        )
        + "endmodule\n"
    )
    script = [
        *_reading("flip_flops", liberties, netlist),
        "set_power_activity -input -activity 0",
        *_report("0"),
        "set_power_activity -input_ports [get_ports data*] -activity 1",
        *_report("1"),
    ]
    still, moving = parsed(_run(script, library.folder, "flip_flops"))
    return {kind: _LOW * (moving[f"one_{kind}"][0] - still[f"one_{kind}"][0]) for kind in kinds}


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
        self._files, self._liberties, self._library = netlists, liberties, library
        self._texts = {name: path.read_text() for name, path in netlists.items()}
        known, pins = functions(library.models.read_text()), outputs(library)
        self._netlists = {name: Netlist(text, known, pins) for name, text in self._texts.items()}
        self._watts: dict[str, list[Watts]] = {}
        self._of_inputs = of_inputs(library, liberties) if library.gate else {}

    def of(self, recording: Recording) -> dict[str, dict[str, float]]:
        """Return milliwatts of one instance of each piece in a run of the chip.

        Raises:
            ValueError: OpenSTA failed.
        """
        where = paths(self._top, recording.chip, self._texts, self._inside)
        result = {}
        for name, netlist in self._netlists.items():
            found = rates(netlist, spread(where[name]), recording, self._library)
            if not found.changes:  # wires alone
                result[name] = dict.fromkeys(KINDS, 0.0)
                continue
            unstored = sum(rate * self._of_inputs[netlist.kinds[cell]] for cell, rate in found.unstored.items())
            result[name] = total(self._of_cells(name), found, unstored)
        return result

    def _of_cells(self, name: str) -> list[Watts]:
        """Return the power of each cell of a piece, see parsed()."""
        if name not in self._watts:
            path = self._files[name]
            script = commands(name, self._liberties, path, self._library.gate)
            self._watts[name] = parsed(_run(script, path.parent, "power"))
        return self._watts[name]
