# SPDX-License-Identifier: Apache-2.0
"""The slowest path with wires: a netlist is placed and globally routed by OpenROAD, then timed by OpenSTA.

There are two rounds. The first keeps the netlist. In the second OpenROAD adds buffers and sizes cells for the
placed wires. No detailed routing is done, so lengths come from the global route.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sim.files import read_json
from tools.silicon import abstracts, join, programs, timing
from tools.silicon.library import Library
from tools.silicon.macros import Macro

DENSITY = 0.65  # that the placer aims at
ADJUSTMENT = 0.3  # of the routing tracks, kept free for supplies and for detailed routing
ITERATIONS = 15  # of the global router at most; nets that still find no track are reported
SECONDS = 3600  # that OpenROAD may take
FAILED = "failed"
COMPARISON = "comparison"  # the step that finds another function
STUBS = "not placed: stubs stand for equal blocks"  # of a chip
_FANOUT = re.compile(r"^\s*(?:default_)?max_fanout\s*:.*$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Wire:
    """A um of wire on any layer in kOhm and fF, and the lowest and the highest layer of routes."""

    resistance: float
    capacitance: float
    lowest: str
    highest: str


# By the family of the library: as OpenROAD's flow scripts take them for signals.
KNOWN = {"sg13g2": Wire(2.07e-3, 0.173, "Metal2", "Metal5"), "asap7": Wire(2.66e-2, 0.166, "M2", "M7")}


@dataclasses.dataclass(frozen=True)
class Process:
    """Files and figures that placement and routing need besides the library."""

    technology: Path
    cells: Path
    wire: Wire
    layers: tuple[abstracts.Layer, ...]


def _wire(text: str, family: str) -> Wire:
    if not text:
        if family not in KNOWN:
            raise ValueError(
                f"the wires of {family} are not known: WIRE=kOhm,fF,LOWEST,HIGHEST of a um and of the routing layers"
            )
        return KNOWN[family]
    try:
        resistance, capacitance, lowest, highest = text.split(",")
        return Wire(float(resistance), float(capacitance), lowest, highest)
    except ValueError:
        raise ValueError(f"WIRE=kOhm,fF,LOWEST,HIGHEST is expected, not '{text}'") from None


def read(lef: str, wire: str, library: Path) -> Process:
    """Return the process of a library.

    Args:
        lef: paths of the technology LEF and of the cells' LEF, with a comma between them.
        wire: kOhm and fF of a um, lowest and highest layer; empty for a known family of libraries.
        library: the Liberty file.

    Raises:
        ValueError: a file is missing or has another content, or the wires are not known.
    """
    paths = [Path(name) for name in lef.split(",") if name]
    if len(paths) != 2:
        raise ValueError("WIRES=1 needs the LEF files of the technology and of the cells: LEF=tech.lef,cells.lef")
    for path in paths:
        if not path.is_file():
            raise ValueError(f"there is no LEF file {path}")
    technology, cells = (path.resolve() for path in paths)
    layers = abstracts.routing(technology.read_text(errors="replace"))
    if len(layers) < abstracts.BLOCKED:
        raise ValueError(f"{paths[0]} has {len(layers)} routing layers: the technology LEF comes first in LEF=")
    if not re.search(r"^MACRO ", cells.read_text(errors="replace"), re.MULTILINE):
        raise ValueError(f"{paths[1]} has no cells: the cells' LEF comes second in LEF=")
    found = _wire(wire, library.stem.partition("_")[0])
    for name in (found.lowest, found.highest):
        if name not in [layer.name for layer in layers]:
            raise ValueError(f"{paths[0]} has no routing layer {name}")
    return Process(technology, cells, found, tuple(layers))


def without(text: str, modules: Iterable[str]) -> str:
    """Return a netlist without the instances of some modules."""
    names = "|".join(map(re.escape, sorted(modules)))
    return re.sub(rf"(?ms)^ +(?:{names}) +(?:\\\S+|\w+) +\(.*?\);\n", "", text) if names else text


def without_fanout(liberty: Path, folder: Path) -> Path:
    """Return a Liberty file without limits of fanout: they stand for wires that are not known, but these are."""
    text = liberty.read_text(errors="replace")
    if not _FANOUT.search(text):
        return liberty
    changed = folder / liberty.name
    changed.write_text(_FANOUT.sub("", text))
    return changed


def commands(wire: Wire, layers: Iterable[abstracts.Layer]) -> list[str]:
    """Return the commands that set resistance and load of wires, in kOhm and pF."""
    rc = f"-resistance {wire.resistance:g} -capacitance {wire.capacitance / 1e3:g}"
    return [
        "set_cmd_units -resistance kohm -distance um",
        f"set_wire_rc -signal {rc}",
        f"set_wire_rc -clock {rc}",
        # The global route has layers, and takes their values instead of the values of set_wire_rc.
        *(f"set_layer_rc -layer {layer.name} {rc}" for layer in layers),
    ]


def repairs(target: float) -> list[tuple[str, list[str]]]:
    """Return the steps of the second round, for a slowest path of some ns.

    Other moves of repair_timing would change inputs of cells, which the comparison of netlists does not follow.
    """
    return [
        ("repair of loads", ["estimate_parasitics -placement", "repair_design"]),
        (
            "repair of the slowest path",
            [
                f"repair_timing -setup -setup_margin {timing.PERIOD - target:g} -repair_tns 0"
                " -skip_pin_swap -skip_gate_cloning"
            ],
        ),
    ]


def job(
    top: str,
    netlist: str,
    process: Process,
    library: Library,
    macros: Mapping[str, Macro],
    areas: Mapping[str, float],
    target: float,
    folder: Path,
) -> dict:
    """Return what place.py reads, but for the Liberty files.

    Args:
        top: the module.
        netlist: its text.
        process: LEF files and wires.
        library: of the cells.
        macros: by name of the cell.
        areas: of the cells.
        target: ns of the slowest path that repair aims at.
        folder: where the files are.
    """
    kinds = [kind for kind, _ in re.findall(r"(?m)^ +(\w+) (\\\S+|\w+) *\(", netlist)]
    memories = [macros[kind] for kind in kinds if kind in macros]
    edge = max(map(abstracts.side, memories), default=0.0)
    width, height, places = abstracts.die(sum(areas.get(kind, 0.0) for kind in kinds), len(memories), edge)
    names = [layer.name for layer in process.layers]
    above = process.layers[names.index(process.wire.lowest) + 1 :]
    rounds = [
        {"of": of, **{kind: str(folder / f"{name}.{ending}") for kind, ending in _FILES.items()}}
        for name, of in _ROUNDS.items()
    ]
    return {
        "top": top,
        "lef": [str(process.technology), str(process.cells), *([str(folder / "memories.lef")] if memories else [])],
        "netlist": str(folder / "netlist.v"),
        "constraints": timing.constraints(library),
        "wires": commands(process.wire, process.layers),
        "cells": len(kinds),
        "before": str(folder / "before.v"),
        "core": [width, height],
        "memories": places,
        "pins": [next(layer.name for layer in above if layer.horizontal == along) for along in (True, False)],
        "layers": [process.wire.lowest, process.wire.highest],
        "density": DENSITY,
        "iterations": ITERATIONS,
        "adjustment": ADJUSTMENT,
        "clock": timing.CLOCK,
        "repairs": repairs(target),
        "rounds": rounds,
        "seconds": SECONDS,
    }


_FILES = {"netlist": "v", "spef": "spef", "figures": "json"}
_ROUNDS = {"wires": "", "repaired": " after repair"}


def _run(made: dict, log: Path) -> str:
    """Return the step that failed, or nothing."""
    begin = time.monotonic()
    try:
        programs.run(programs.PLACE, [str(log.with_name("job.json"))], log, log.parent)
    except programs.Failed:
        steps = re.findall(r"(?m)^step: (.*)$", log.read_text(errors="replace"))
        late = f", no end after {made['seconds'] // 60} minutes"
        return (steps[-1] if steps else "start") + (late if time.monotonic() - begin >= made["seconds"] else "")
    return ""


def placed(
    top: str,
    netlist: str,
    process: Process,
    library: Library,
    macros: Sequence[Macro],
    corners: Mapping[str, list[Path]],
    target: float,
    folder: Path,
) -> dict:
    """Return the record of a placed and globally routed netlist; made once for equal netlists.

    The record has ns by corner, um of wire, the utilisation, and the placed area of cells. `repaired` has the same
    after the second round. Instead of figures there is the step that failed.

    Args:
        top: the module.
        netlist: its text.
        process: LEF files and wires.
        library: of the cells.
        macros: that may be in the netlist.
        corners: Liberty files by corner; OpenROAD reads the files of the first.
        target: ns of the slowest path that repair aims at.
        folder: where files are written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    modules = json.loads((library.folder / "cells.json").read_text())["modules"]
    areas = {name: float(module["attributes"].get("area", 0)) for name, module in modules.items()}
    made = job(top, netlist, process, library, {macro.cell: macro for macro in macros}, areas, target, folder)
    made["liberty"] = [str(without_fanout(path, folder)) for path in next(iter(corners.values()))]
    (folder / "netlist.v").write_text(netlist)
    (folder / "memories.lef").write_text(abstracts.memories(macros, list(process.layers)))
    files = {path for paths in corners.values() for path in paths} | {Path(path) for path in made["lef"]}
    key = hashlib.sha256(json.dumps(made).replace(str(folder), "").encode() + netlist.encode())
    for path in [Path(programs.PLACE_COMMAND[1]), *sorted(files)]:
        key.update(path.read_bytes())
    done = folder / "done.json"
    known = read_json(done)
    if known and known["key"] == key.hexdigest():
        return known["record"]
    for names in made["rounds"]:
        Path(names["figures"]).unlink(missing_ok=True)
    (folder / "job.json").write_text(json.dumps(made))
    wrong = _run(made, folder / "openroad.log")
    found: list[dict] = []
    over = overflow((folder / "openroad.log").read_text(errors="replace"))
    for name, names in zip(_ROUNDS, made["rounds"], strict=True):
        if not Path(names["figures"]).exists():
            found.append({FAILED: wrong})
            break
        found.append(_timed(name, top, made, library, corners, modules, over[len(found)], folder))
    record = found[0] | ({"repaired": found[1]} if len(found) > 1 else {})
    if not wrong:
        done.write_text(json.dumps({"key": key.hexdigest(), "record": record}))
    return record


def overflow(log: str) -> list[float]:
    """Return the share of the demand for tracks that a global route leaves without tracks, for each route in a log."""
    return [
        round(int(over) / max(1, int(demand)), 4)
        for demand, over in re.findall(r"(?m)^Total +\d+ +(\d+) +[\d.]+% .* / +(\d+)$", log)
    ]


def _timed(
    name: str,
    top: str,
    made: dict,
    library: Library,
    corners: Mapping[str, list[Path]],
    modules: Mapping[str, dict],
    over: float,
    folder: Path,
) -> dict:
    """Return the figures of a round; its SPEF file, which may be large, is deleted."""
    netlist, spef = folder / f"{name}.v", folder / f"{name}.spef"
    result = {**json.loads((folder / f"{name}.json").read_text()), "over": over}
    try:
        changed = join.compared(Path(made["before"]), netlist, library, modules, {})
    except ValueError:
        return {FAILED: COMPARISON}
    for corner, liberties in corners.items():
        found = timing.slowest(top, library, liberties, [netlist], folder / f"{name}_{corner}", spef)
        result[corner] = found.nanoseconds
    spef.unlink()
    return result | ({kind: changed[kind] for kind in ("buffers", "sized")} if name == "repaired" else {})


def of_piece(netlist: Path, inside: Iterable[str]) -> str:
    """Return the netlist of a piece without the pieces and the counted memories in it: no path ends there."""
    return without(netlist.read_text(), {*inside, *join.memories_of(netlist)})


def of_chip(made: join.Joined, netlists: Iterable[Path]) -> str | None:
    """Return the netlist of a chip without counted memories; nothing if stubs stand for equal pieces in it."""
    text = made.netlist.read_text()
    if re.search(rf"(?m)^ \w+{join.AGAIN} ", text):
        return None
    return without(text, {name for path in netlists for name in join.memories_of(path)})
