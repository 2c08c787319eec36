# SPDX-License-Identifier: Apache-2.0
"""The records of `make silicon RECORD=1`: a bench/silicon*.json per library, and bench/cost.json for the MACs."""

from __future__ import annotations

import json
from pathlib import Path

from sim.toolchain import ROOT
from tools.silicon import elaborate
from tools.silicon.clock_tables import GATED
from tools.silicon.measure import Technology

FILE = ROOT / "bench" / "silicon.json"
MACS = ROOT / "bench" / "cost.json"
CYCLES = ROOT / "bench" / "recorded.json"  # of the runs of make bench-record
TOLERANCE = 0.03
KINDS = ("cells", "ecp5", "wires")
_HELD = (
    "area",
    "sequential",
    "macro_area",
    "counted_bits",
    "ns",
    "slow_ns",
    "lut4",
    "flip_flops",
    "block_rams",
    "multipliers",
)
_SAME = ("area", "ns", "slow_ns")  # figures of one netlist
_CHIP = ("ns", "slow_ns", "buffers", "added")  # figures of one chip
_ROUND = {"area": 1, "sequential": 1, "macro_area": 1, "seconds": 1, "megabytes": 0, "added": 1}


def empty(technology: Technology | None) -> dict:
    """Return a record without configurations."""
    if not technology:
        return {"library": None, "configurations": {}}
    cells = technology.library
    return {
        "library": {
            "name": cells.path.stem,
            "slow": technology.slow.stem if technology.slow else None,
            "nand2": cells.nand2,
            "flip_flop": cells.flip_flop,
            "macros": sorted(macro.cell for macro in technology.macros),
        },
        "configurations": {},
    }


def of(library: str | None) -> Path:
    """Return the record of a library: that of its family if there is one, such as silicon_asap7.json.

    All other libraries share silicon.json, which holds the last of them.
    """
    own = FILE.with_name(f"silicon_{(library or '').partition('_')[0]}.json")
    return own if own.exists() else FILE


def read(path: Path = FILE) -> dict:
    """Return the record."""
    return json.loads(path.read_text())


def key(name: str, technology: Technology | None) -> str:
    """Return the name under which a configuration is recorded."""
    return f"{name}{GATED}" if technology and technology.library.gate else name


def rounded(numbers: dict) -> dict:
    """Return numbers without insignificant digits."""
    return {name: round(value, _ROUND[name]) if name in _ROUND else value for name, value in numbers.items()}


def _recorded(name: str, configurations: dict[str, dict]) -> dict:
    """Return the record of a configuration, or else of one with the same parameters: fast8 is default."""
    if name in configurations:
        return configurations[name]

    def machine(name: str) -> tuple:
        return elaborate.machine(name.removesuffix(GATED)), name.endswith(GATED)

    same = (one for other, one in configurations.items() if machine(other) == machine(name))
    return next(same, {"pieces": {}})


def differences(results: dict, recorded: dict) -> list[str]:
    """Return a line for each number of the results that differs from the record by more than TOLERANCE.

    Clocks of an ECP5 are not compared: clocks of other seeds differ by more.
    """
    found = []

    def compare(what: str, new: dict, old: dict) -> None:
        for name in _HELD:
            if name in new and name in old and abs(new[name] - old[name]) > TOLERANCE * abs(old[name]):
                found.append(f"{what}: {name} is {new[name]:g}, recorded is {old[name]:g}")

    for name, one in results["configurations"].items():
        old = _recorded(name, recorded["configurations"])
        compare(name, one.get("chip", {}), old.get("chip", {}))
        compare(f"{name} with wires", *(of.get("chip", {}).get("wires", {}) for of in (one, old)))
        for piece, made in one["pieces"].items():
            for kind in KINDS:
                if kind not in made:
                    continue
                if kind in old["pieces"].get(piece, {}):
                    compare(f"{name}/{piece}", made[kind], old["pieces"][piece][kind])
                else:
                    found.append(f"{name}/{piece}: {kind} is not recorded")
    return found


def cycles(config: str, path: Path = CYCLES) -> dict[str, int]:
    """Return the recorded cycles of a configuration by workload, if any."""
    known = (name.split() for name in json.loads(path.read_text()))
    return {workload: json.loads(path.read_text())[f"{workload} {name}"] for workload, name in known if name == config}


def with_cycles(results: dict) -> dict:
    """Return results with the recorded cycles of each configuration, from which the tables compute rates."""
    return results | {
        "configurations": {
            name: one | {"cycles": cycles(name.removesuffix(GATED))} for name, one in results["configurations"].items()
        }
    }


def keep(results: dict, macs: dict[str, dict], path: Path = FILE, macs_path: Path = MACS) -> None:
    """Write the results into the record; a technology that was not measured keeps its record.

    Raises:
        ValueError: the record is of another library, or a configuration lacks pieces.
    """
    before = read(path) if path.exists() else {"library": None, "configurations": {}}
    if results["library"] and before["library"] and results["library"] != before["library"]:
        before["configurations"] = {}
    for name, one in results["configurations"].items():
        old = before["configurations"].get(name, {"pieces": {}})
        if "chip" in one:
            one["chip"] = rounded(one["chip"])
            known = old.get("chip", {})
            if any(one["chip"].get(figure) != known.get(figure) for figure in _CHIP):
                for run in ("power", "energy"):
                    old.pop(run, None)  # of netlists that no longer exist
            elif "wires" in known:
                one["chip"].setdefault("wires", known["wires"])
            if "energy" in one:
                one["energy"] = {**old.get("energy", {}), **one["energy"]}
        for piece, new in one["pieces"].items():
            kept = old["pieces"].get(piece, {})
            parts = {kind: rounded(new[kind]) for kind in KINDS if kind in new}
            cells, known = parts.get("cells"), kept.get("cells", {})
            if cells and any(cells.get(figure) != known.get(figure) for figure in _SAME):
                kept.pop("wires", None)  # of a netlist that no longer exists
            one["pieces"][piece] = {**kept, "block": new["block"], "count": new["count"], **parts}
        if one.pop("part", False):
            one["pieces"] = {**old["pieces"], **one["pieces"]}
        before["configurations"][name] = {**old, **one}
    before["library"] = results["library"] or before["library"]
    path.write_text(json.dumps(before, indent=1) + "\n")
    if macs:
        known = json.loads(macs_path.read_text()) if macs_path.exists() else {}
        macs_path.write_text(json.dumps(known | macs, indent=2) + "\n")
