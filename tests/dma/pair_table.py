# SPDX-License-Identifier: Apache-2.0
"""The table of docs/error_codes.md: which of two errors of a descriptor is reported; and who drives each pair."""

from __future__ import annotations

import itertools

from sim.toolchain import ROOT

FIRST, NEVER = "first", "-"
HEADING = "\n## Two errors\n"
NAMES = ("descriptor", "operand", "abort", "parity", "range", "full", "watchdog", "results", "record")
# Where the chip's model can make each error at any time: tests/blocks/dma/dma_pairs_tests.py.
IN_CHIP = ("abort", "parity", "range", "full", "watchdog", "results", "record")


def read_table() -> dict[tuple[str, str], str]:
    """Return the reported error of each pair, in the order of NAMES."""
    text = (ROOT / "docs" / "error_codes.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text[text.index(HEADING) :].splitlines()
        if line.startswith("|") and line.count("|") == len(NAMES) + 2
    ]
    head, _, *body = rows
    assert tuple(head[1:]) == tuple(row[0] for row in body) == NAMES, "the table lacks an error"
    table = {}
    for number, row in enumerate(body):
        assert not any(row[1 : number + 1]), f"{row[0]}: a cell below the diagonal"
        for name, cell in zip(NAMES[number:], row[number + 1 :], strict=True):
            assert cell in (FIRST, NEVER, row[0], name), f"{row[0]} and {name}: {cell!r}"
            table[row[0], name] = cell
    return table


def reported(table: dict[tuple[str, str], str], earlier: str, later: str) -> str:
    """Return the error that is reported of two that come in this order."""
    cell = table[min((earlier, later), (later, earlier), key=lambda pair: NAMES.index(pair[0]))]
    return earlier if cell == FIRST else cell


def pairs(table: dict[tuple[str, str], str], names: tuple[str, ...] = NAMES) -> list[tuple[str, str]]:
    """Return the pairs of different errors that can occur, in both orders."""
    return [
        (a, b)
        for a, b in itertools.permutations(names, 2)
        if table[min((a, b), (b, a), key=lambda pair: NAMES.index(pair[0]))] != NEVER
    ]
