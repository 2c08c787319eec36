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
    """Return the power of each block, where a run was recorded."""
    rows = []
    for name, one in record["configurations"].items():
        power = one.get("power")
        if not power:
            continue
        of = {
            block: [
                sum(
                    piece["count"] * power["pieces"][key][kind]
                    for key, piece in one["pieces"].items()
                    if piece["block"] == block
                )
                for kind in KINDS
            ]
            for block in BLOCKS
        }
        run = f"{name}, {power['sequence']}"
        of = {block: numbers for block, numbers in of.items() if sum(numbers)}
        of["all"] = [sum(numbers) for numbers in zip(*of.values(), strict=True)]
        rows += [
            [run, block, *(f"{number:.3f}" for number in (*numbers, sum(numbers)))] for block, numbers in of.items()
        ]
    return POWER, ["configuration, sequence", "block", *KINDS, "all"], rows


def energies(record: dict) -> Table:
    """Return the energy of a contraction, where queues were recorded."""
    rows = []
    for name, one in record["configurations"].items():
        for workload, run in one.get("energy", {}).items():
            of = [run[kind] for kind in KINDS]
            rows.append([name, workload, f"{run['cycles']:,.1f}", *(f"{number:.2f}" for number in (*of, sum(of)))])
    return ENERGY, ["configuration", "workload", "cycles", *KINDS, "all"], rows
