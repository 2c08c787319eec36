# SPDX-License-Identifier: Apache-2.0
"""The tables of gated clocks: flip-flops without a gate, and a chip with gated clocks beside the same one without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tools.silicon.blocks import BLOCKS
from tools.silicon.clocks import FEWEST
from tools.silicon.power import KINDS
from tools.silicon.power_tables import Table

GATED = ", gated"  # ends the name of a chip with gated clocks
CLOCKED = ("flip_flops", "gates", "gated", "few", "always")
SHOWN = 2  # registers of a block
LEAST = 0.01  # of the flip-flops of a chip: a block with a line of its own
HEADS = ("flip-flops", "gates", "gated", f"enable of fewer than {FEWEST}", "no enable", "gated, %")
NONE = "-"


def clocks(record: dict) -> Table:
    """Return how many flip-flops of each block have a gated clock, and why the others have none.

    Blocks with less than LEAST of a chip's flip-flops share a line.
    """
    rows = []
    for name, one in record["configurations"].items():
        pieces = [
            (piece["block"], piece["count"], piece["cells"]["clocks"])
            for piece in one["pieces"].values()
            if "clocks" in piece.get("cells", {})
        ]
        flip_flops = Counter[str]()
        for block, count, of in pieces:
            flip_flops[block] += count * of["flip_flops"]
        small = {block for block, number in flip_flops.items() if number < LEAST * flip_flops.total()}
        lines = [(block, {block}) for block in BLOCKS if block not in small] + [("others", small)]
        for line, blocks in lines:
            found = [(count, of) for block, count, of in pieces if block in blocks]
            sums = {key: sum(count * of[key] for count, of in found) for key in CLOCKED}
            if not sums["flip_flops"]:
                continue
            bits = {register: bits for _, of in found for register, bits in of["largest"]}
            largest = sorted(bits.items(), key=lambda pair: -pair[1])
            rows.append(
                [
                    name,
                    line,
                    *(f"{number:,}" for number in sums.values()),
                    f"{100 * sums['gated'] / sums['flip_flops']:.1f}",
                    ", ".join(f"`{register}` ({bits})" for register, bits in largest[:SHOWN]) or NONE,
                ]
            )
    return (
        "Flip-flops with a gated clock, and flip-flops without one",
        ["configuration", "block", *HEADS, "largest registers without enable (bits in one instance)"],
        rows,
    )


def _both(record: dict) -> Iterator[tuple[str, dict, dict]]:
    """Give the chips of which the same pieces are recorded without and with gated clocks."""
    for name, one in record["configurations"].items():
        gated = record["configurations"].get(f"{name}{GATED}")
        if gated and gated["pieces"].keys() == one["pieces"].keys():
            yield name, one, gated


def _pair(numbers: Iterable[float | None], digits: int) -> list[str]:
    """Return two numbers and the change from one to the other in percent."""
    before, after = numbers
    shown = [NONE if number is None else f"{number:,.{digits}f}" for number in (before, after)]
    return [*shown, NONE if None in (before, after) else f"{100 * (after / before - 1):+.1f}"]


def chips(record: dict) -> Table:
    """Return area and clock of each chip without and with gated clocks."""
    rows = []
    for name, *of in _both(record):
        areas = [sum(piece["count"] * piece["cells"]["area"] for piece in one["pieces"].values()) / 1e6 for one in of]
        times = [[one.get("chip", {}).get(corner) for one in of] for corner in ("ns", "slow_ns")]
        rows.append([name, *_pair(areas, 4), *(part for pair in times for part in _pair(pair, 3))])
    heads = ["logic, mm2", "gated", "%", "ns, typical", "gated", "%", "ns, slow", "gated", "%"]
    return "Area and clock without and with gated clocks, no wires", ["configuration", *heads], rows


def runs(record: dict) -> Table:
    """Return power or energy of each run that is recorded without and with gated clocks."""
    rows = []
    for name, *of in _both(record):
        sequences = {one["power"]["sequence"] for one in of if "power" in one}
        if len(sequences) == 1 and all("power" in one for one in of):
            rows.append([name, f"{sequences.pop()}, mW at 100 MHz", *_ratio(map(_power, of))])
        for workload in of[0].get("energy", {}):
            if workload in of[1].get("energy", {}):
                energies = [sum(one["energy"][workload][kind] for kind in KINDS) for one in of]
                rows.append([name, f"{workload}, nJ", *_ratio(energies)])
    heads = ["configuration", "run", "without", "gated", "times less"]
    return (
        "Power, and energy per contraction, without and with gated clocks, cells alone",
        heads,
        rows,
    )


def _power(one: dict) -> float:
    """Return the milliwatts of a chip."""
    found = one["power"]["pieces"]
    return sum(piece["count"] * found[name][kind] for name, piece in one["pieces"].items() for kind in KINDS)


def _ratio(numbers: Iterable[float]) -> list[str]:
    before, after = numbers
    return [f"{before:,.2f}", f"{after:,.2f}", f"{before / after:.2f}"]


def all_tables(record: dict) -> list[Table]:
    """Return the tables of the page of gated clocks, those with rows."""
    return [table for table in (chips(record), runs(record), clocks(record)) if table[2]]
