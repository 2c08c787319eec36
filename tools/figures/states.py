# SPDX-License-Identifier: Apache-2.0
"""The life of a descriptor: the states of flaash_dma_issue, compared with the RTL."""

from __future__ import annotations

import re

from sim.sources import RTL
from tools.figures.picture import Kind, Picture

SOURCE = RTL / "dma" / "flaash_dma_issue.sv"
PLACES: dict[str, tuple[int, int, Kind]] = {
    "Free": (10, 40, "quiet"),
    "Fetch": (146, 40, "box"),
    "Fence": (214, 112, "box"),
    "Ready": (282, 40, "box"),
    "Load": (418, 40, "box"),
    "Settle": (554, 40, "box"),
    "Fail": (418, 174, "bad"),
    "Start": (554, 262, "box"),
    "Command": (418, 262, "core"),
    "Run": (282, 262, "core"),
    "Write": (146, 262, "quiet"),
    "Record": (10, 262, "quiet"),
}
# Each way: from, to, path, and a label with its place. Red ways follow an error or an abort.
WAYS: list[tuple[str, str, str, str, int, int]] = [
    ("Free", "Fetch", "M86 58 H144", "read", 115, 50),
    ("Fetch", "Ready", "M222 58 H280", "parsed", 251, 50),
    ("Fetch", "Fence", "M184 76 V130 H212", "fence", 180, 146),
    ("Fence", "Ready", "M290 130 H320 V78", "", 0, 0),
    ("Ready", "Load", "M358 58 H416", "buffer", 387, 50),
    ("Load", "Settle", "M494 58 H552", "sent", 523, 50),
    ("Ready", "Settle", "M320 40 V24 H592 V38", "both operands are kept", 456, 18),
    ("Settle", "Start", "M592 76 V260", "loaded", 564, 240),
    ("Start", "Command", "M554 280 H496", "command", 525, 272),
    ("Command", "Run", "M418 280 H360", "begins", 389, 272),
    ("Command", "Write", "M456 298 V322 H184 V300", "refused: no contraction", 320, 338),
    ("Run", "Write", "M282 280 H224", "trailer", 253, 272),
    ("Write", "Record", "M146 280 H88", "written", 117, 272),
    ("Record", "Free", "M48 262 V78", "record", 76, 220),
    ("Fail", "Command", "M456 210 V260", "empty", 480, 240),
]
FAILS = ("Fetch", "Fence", "Ready", "Load", "Settle", "Start")
DROPS = ("Fetch", "Fence", "Ready", "Start", "Fail")


def states(text: str) -> set[str]:
    """Return the names of the states in the RTL."""
    (body,) = re.findall(r"typedef enum[^{]*\{([^}]*)\} entry_state_e;", text)
    return set(re.findall(r"\bEntry(\w+)", re.sub(r"//.*", "", body)))


def steps(text: str) -> set[tuple[str, str]]:
    """Return the steps of the case statements over the states, from and to."""
    found = set()
    for block in re.findall(r"unique case \((?:load|work)_state\)(.*?)endcase", text, re.DOTALL):
        items = re.split(r"^ {6}Entry(\w+): ", block, flags=re.MULTILINE)[1:]
        for name, body in zip(items[::2], items[1::2], strict=True):
            found |= {(name, target) for target in re.findall(r"\bEntry(\w+)", body)}
    return found


def drawn() -> set[tuple[str, str]]:
    """Return the steps of the drawing."""
    ways = {(first, second) for first, second, *_ in WAYS}
    return ways | {(name, "Fail") for name in FAILS} | {(name, "Free") for name in DROPS}


def check(text: str) -> None:
    """Compare the drawing with the RTL.

    Raises:
        ValueError: it has a state that the RTL has not, or lacks one, or a step.
    """
    if states(text) != set(PLACES):
        raise ValueError(f"the drawing has other states than {SOURCE.name}: {sorted(states(text) ^ set(PLACES))}")
    if missing := steps(text) - drawn():
        raise ValueError(f"the drawing lacks steps of {SOURCE.name}: {sorted(missing)}")


def draw() -> str:
    """Return the drawing."""
    check(SOURCE.read_text())
    drawing = Picture("The states of a descriptor, from its read to its completion record", 350)
    for first, second, path, label, x, y in WAYS:
        drawing.way(path)
        if label:
            drawing.write(x, y, label)
        assert {first, second} <= set(PLACES)
    drawing.way("M456 78 V172", "end")
    for row, words in enumerate(("error or abort,", "in each state", "up to Start")):
        drawing.write(464, 102 + 17 * row, words, anchor="start")
    for row, words in enumerate(("earlier results", "are written")):
        drawing.write(328, 126 + 17 * row, words, anchor="start")
    drawing.way("M418 192 H64 V78", "end")
    drawing.write(240, 186, "the queue has ended: dropped")
    for name, (x, y, kind) in PLACES.items():
        drawing.box(x, y, 76, 36, name, kind=kind, round=16)
    return drawing.svg()
