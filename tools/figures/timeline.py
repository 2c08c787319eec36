# SPDX-License-Identifier: Apache-2.0
"""The timeline of two queued contractions, from bench/timeline.json, which tests/dma/timeline_tests.py measures."""

from __future__ import annotations

import json

from sim.toolchain import ROOT
from tools.figures.picture import Picture

RECORD = ROOT / "bench" / "timeline.json"
State = tuple[str, int]  # its name, and the cycle after the first fetch in which it begins
LEFT, RIGHT, ROW = 92, 620, 30
# States by row of the drawing, and their colours.
ROWS = {
    "read, check": (("Fetch", "Fence"), "quiet"),
    "wait": (("Ready", "Settle", "Start"), "quiet"),
    "load": (("Load",), "box"),
    "compute": (("Command", "Run"), "core"),
    "results": (("Write",), "box"),
    "record": (("Record",), "quiet"),
}


def problems(measured: list[list[State]], recorded: list[list[State]]) -> list[str]:
    """Return a sentence for each state that begins at another time, by more than 2% or two cycles."""
    found = []
    for number, (one, other) in enumerate(zip(measured, recorded, strict=True)):
        if [name for name, _ in one] != [name for name, _ in other]:
            found.append(f"descriptor {number}: the states are {[name for name, _ in one]}")
            continue
        found += [
            f"descriptor {number}: {name} begins in cycle {at}, recorded {was}"
            for (name, at), (_, was) in zip(one, other, strict=True)
            if abs(at - was) > max(2, 0.02 * was)
        ]
    return found


def draw() -> str:
    """Return the drawing."""
    record = json.loads(RECORD.read_text())
    last = max(at for states in record["states"] for _, at in states)
    step = 100 if last <= 1500 else 200
    end = -(-last // step) * step
    tall = ROW * len(ROWS) + 34
    height = 60 + tall * len(record["states"])
    drawing = Picture(f"Two queued contractions of {record['workload']}: the cycles of each state", height + 40)
    shown = f"{record['workload']}, memory with a latency of {record['latency']} cycles; cycles after the first fetch"
    drawing.write(10, 22, shown, anchor="start")

    def x(cycle: float) -> float:
        return LEFT + (RIGHT - LEFT) * cycle / end

    for mark in range(0, end + 1, step):
        drawing.add(f'<path class="grid" d="M{x(mark):.1f} 36 V{height}"/>')
        if mark % (2 * step) == 0 or end <= 6 * step:
            drawing.write(x(mark), height + 22, str(mark))
    for number, states in enumerate(record["states"]):
        top = 40 + tall * number
        drawing.write(LEFT, top + 16, f"descriptor {number}", "name", "start")
        for row, (label, (names, kind)) in enumerate(ROWS.items()):
            down = top + 26 + ROW * row
            drawing.write(LEFT - 6, down + 16, label, anchor="end")
            for (name, first), (_, stop) in zip(states, states[1:], strict=False):
                if name in names:
                    drawing.shape(x(first), down, max(x(stop) - x(first), 2), ROW - 8, kind)
    return drawing.svg()
