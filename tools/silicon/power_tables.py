# SPDX-License-Identifier: Apache-2.0
"""The tables of `make silicon` with power and energy."""

from __future__ import annotations

from tools.silicon.blocks import BLOCKS
from tools.silicon.power import KINDS

Table = tuple[str, list[str], list[list[str]]]  # caption, heads, rows

ENERGY = (
    "Energy of a contraction from memory to memory at the typical corner, nJ, without macros, wires and the tree of "
    "the clock"
)
POWER = "Power at 100 MHz and the typical corner, mW, without macros, wires and the tree of the clock"


def powers(record: dict) -> Table:
    """Return the power of each block, where a run was recorded: a column per run."""
    runs = {
        f"{name}, {one['power']['sequence']}": {
            block: [
                sum(
                    piece["count"] * one["power"]["pieces"][key][kind]
                    for key, piece in one["pieces"].items()
                    if piece["block"] == block
                )
                for kind in KINDS
            ]
            for block in BLOCKS
        }
        for name, one in record["configurations"].items()
        if "power" in one
    }
    rows = [
        [block, *(f"{sum(of[block]):.3f}" for of in runs.values())]
        for block in BLOCKS
        if any(sum(of[block]) for of in runs.values())
    ]
    for number, kind in enumerate(KINDS):
        rows.append(
            [f"all, {kind}", *(f"{sum(numbers[number] for numbers in of.values()):.3f}" for of in runs.values())]
        )
    return POWER, ["block", *runs], rows if runs else []


def energies(record: dict) -> Table:
    """Return the energy of a contraction, where queues were recorded."""
    rows = []
    for name, one in record["configurations"].items():
        for workload, run in one.get("energy", {}).items():
            of = [run[kind] for kind in KINDS]
            rows.append([name, workload, f"{run['cycles']:,.1f}", *(f"{number:.2f}" for number in (*of, sum(of)))])
    return ENERGY, ["configuration", "workload", "cycles", *KINDS, "all"], rows
