# SPDX-License-Identifier: Apache-2.0
"""Plots of measured cycles: the table of docs/performance.md, whose rows `make bench` measures; several chips."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from bench.many_chips import CHIPS, curves
from sim.toolchain import ROOT
from tools.figures.picture import Picture

PAGE = ROOT / "docs" / "performance.md"
HEAD = "| workload | engines | cycles | target | lower bound | paper's machine | times faster |"
LEFT, RIGHT, TOP, BOTTOM = 60, 420, 40, 330  # of the axes
Points = Sequence[tuple[float, float]]
Scale = Callable[[float], float]
SPEEDUP = ("7x7x512_d0.1", "7x7x512_d0.005", "10x10x100_d0.1", "3x3x1024_d0.05")
SHAPES = ("7x7x512", "10x10x100", "3x3x1024")


def table(page: str) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Return cycles, lower bound and cycles of the paper's machine by workload and engines."""
    (body,) = re.findall(rf"^{re.escape(HEAD)}\n\|[-: |]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = [[cell.strip().replace(",", "") for cell in line.strip("|").split("|")] for line in body.splitlines()]
    return {(row[0], int(row[1])): (int(row[2]), int(row[4]), int(row[5])) for row in rows}


def share(workload: str) -> float:
    """Return the density in the name of a workload, in percent."""
    return 100 * float(workload.rpartition("_d")[2])


def log(least: float, most: float, first: float, last: float) -> Scale:
    """Return the scale of an axis from `first` to `last` pixels."""
    return lambda value: first + (last - first) * math.log(value / least) / math.log(most / least)


def linear(least: float, most: float, first: float, last: float) -> Scale:
    """Return the scale of an axis from `first` to `last` pixels."""
    return lambda value: first + (last - first) * (value - least) / (most - least)


def axes(
    drawing: Picture,
    x: tuple[Scale, Mapping[float, str], str],
    y: tuple[Scale, Mapping[float, str], str],
) -> None:
    """Draw both axes: the scale, the marks and the name of each."""
    for value, label in x[1].items():
        drawing.add(f'<path class="grid" d="M{x[0](value):.1f} {TOP} V{BOTTOM}"/>')
        drawing.write(x[0](value), BOTTOM + 20, label)
    for value, label in y[1].items():
        drawing.add(f'<path class="grid" d="M{LEFT} {y[0](value):.1f} H{RIGHT}"/>')
        drawing.write(LEFT - 6, y[0](value) + 5, label, anchor="end")
    drawing.add(f'<path class="axis" d="M{LEFT} {TOP} V{BOTTOM} H{RIGHT}"/>')
    drawing.write((LEFT + RIGHT) / 2, BOTTOM + 42, x[2])
    drawing.write(10, 22, y[2], anchor="start")


def line(drawing: Picture, points: Points, x: Scale, y: Scale, colour: int, dashed: bool = False) -> None:
    """Draw a line with its points."""
    places = [f"{x(a):.1f} {y(b):.1f}" for a, b in points]
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    path = " L".join(places)
    drawing.add(f'<path class="line{colour}" style="fill:none" stroke-width="2"{dashes} d="M{path}"/>')
    for place in places:
        across, down = place.split()
        drawing.add(f'<circle class="line{colour}" cx="{across}" cy="{down}" r="3.5"/>')


def legend(drawing: Picture, entries: Sequence[tuple[str, int, bool]]) -> None:
    """Name the lines at the right."""
    for row, (words, colour, dashed) in enumerate(entries):
        down = TOP + 14 + 26 * row
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        drawing.add(f'<path class="line{colour}" stroke-width="2"{dashes} d="M{RIGHT + 14} {down} h26"/>')
        drawing.write(RIGHT + 46, down + 5, words, anchor="start")


def speedup() -> str:
    """Return speed-up over engines, of our machine and of the paper's, each over itself with one engine."""
    rows = table(PAGE.read_text())
    engines = sorted({number for _, number in rows})
    drawing = Picture("Speed-up over the number of engines, of the resident and of the paper's machine", 390)
    x, y = log(1, 32, LEFT, RIGHT - 10), log(1, 32, BOTTOM, TOP + 6)
    marks = {number: str(number) for number in (1, 2, 4, 8, 16, 32)}
    axes(drawing, (x, marks, "engines"), (y, marks, "speed-up over one engine of the same machine"))
    line(drawing, [(1, 1), (32, 32)], x, y, 4)
    for colour, workload in enumerate(SPEEDUP):
        for part, dashed in ((0, False), (2, True)):
            one = rows[workload, 1][part]
            line(drawing, [(n, one / rows[workload, n][part]) for n in engines], x, y, colour, dashed)
    names = [(f"{name.partition('_')[0]}, {share(name):g}%", colour, False) for colour, name in enumerate(SPEEDUP)]
    legend(drawing, [*names, ("dashed: the paper's", 4, True), ("equal to engines", 4, False)])
    return drawing.svg()


def utilisation() -> str:
    """Return lower bound over cycles against density."""
    rows = table(PAGE.read_text())
    drawing = Picture("Utilisation over density: the lower bound of cycles over the measured cycles", 390)
    x, y = log(0.5, 10, LEFT + 20, RIGHT - 10), linear(0, 100, BOTTOM, TOP + 6)
    axes(
        drawing,
        (x, {0.5: "0.5%", 1: "1%", 2: "2%", 5: "5%", 10: "10%"}, "density of both operands"),
        (y, {value: str(value) for value in range(0, 101, 20)}, "lower bound over cycles, percent"),
    )
    entries = []
    for colour, shape in enumerate(SHAPES):
        names = sorted({name for name, _ in rows if name.startswith(f"{shape}_d")}, key=share)
        for number, dashed in ((8, False), (32, True)):
            points = [(share(name), 100 * rows[name, number][1] / rows[name, number][0]) for name in names]
            line(drawing, points, x, y, colour, dashed)
            entries.append((f"{shape}, {number} engines", colour, dashed))
    legend(drawing, entries)
    return drawing.svg()


def many_chips() -> str:
    """Return speed-up over the number of chips, by bytes a cycle of the memory that they share."""
    drawing = Picture("Speed-up over the number of chips, for three widths of the shared memory", 390)
    x, y = log(1, 64, LEFT, RIGHT - 10), log(1, 64, BOTTOM, TOP + 6)
    marks = {number: str(number) for number in CHIPS}
    axes(drawing, (x, marks, "chips"), (y, marks, "speed-up over one chip"))
    line(drawing, [(1, 1), (64, 64)], x, y, 4)
    entries = []
    for colour, (width, cycles) in enumerate(curves().items()):
        points = [(chips, cycles[0] / each) for chips, each in zip(CHIPS, cycles, strict=True)]
        line(drawing, points, x, y, colour)
        entries.append((f"{width:,} bytes a cycle", colour, False))
    legend(drawing, [*entries, ("equal to chips", 4, False)])
    return drawing.svg()
