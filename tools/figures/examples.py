# SPDX-License-Identifier: Apache-2.0
"""Examples: the way of a descriptor, an operand in memory and on the chip, and a step of two chunks with a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.csf import Csf
from models.tensor import SparseTensor
from tools.figures.picture import Kind, Picture

LETTERS = {(0, 1): "p", (0, 3): "q", (2, 0): "r"}  # of the operand: values by row and column
SHAPE = (3, 4)
FIBER = ((2, 5, 7, 9), (12, 13, 20, 21), (25, 30, 31, 40))  # chunks of a fiber of A
LINES = ((7, 13, 18, 19), (22, 31, 38, 44))  # of B


def descriptor() -> str:
    """Return the way of a descriptor between host, memory and chip."""
    drawing = Picture("The way of a descriptor: host, ring in memory, chip, completion, interrupt", 350)
    drawing.box(10, 40, 110, 270, "host", "flaash.driver", kind="quiet")
    drawing.shape(240, 40, 160, 270, "quiet", 6)
    drawing.write(320, 64, "memory", "name")
    drawing.box(250, 76, 140, 84, "ring", "descriptors,", "completions")
    drawing.box(250, 178, 140, 46, "arrays of A, B")
    drawing.box(250, 240, 140, 46, "result buffer")
    drawing.box(520, 40, 110, 270, "chip", "5 compute", kind="core")
    for down, right, words in (
        (106, True, "1 descriptor"),
        (142, False, "9 completion"),
        (200, True, "1 arrays"),
        (262, False, "9 results"),
    ):
        drawing.way(f"M120 {down} H248" if right else f"M250 {down} H122")
        drawing.write(184, down - 6, words)
    for down, right, words in (
        (106, True, "3 descriptor"),
        (142, False, "7 completion"),
        (200, True, "4 operands"),
        (262, False, "6 results"),
    ):
        drawing.way(f"M390 {down} H518" if right else f"M520 {down} H392")
        drawing.write(458, down - 6, words)
    drawing.way("M65 310 V334 H575 V312")
    drawing.write(320, 328, "2 doorbell: write RegRingTail")
    drawing.way("M575 40 V20 H65 V38")
    drawing.write(320, 16, "8 interrupt")
    return drawing.svg()


def cells(drawing: Picture, x: float, y: float, size: float, words: Sequence[str], kinds: Sequence[Kind]) -> None:
    """Draw a row of cells."""
    for place, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        drawing.shape(x + size * place, y, size, 30, kind)
        if word:
            drawing.write(x + size * place + size / 2, y + 20, word, "name")


def operand() -> str:
    """Return an operand, its Compressed Sparse Fiber form, and its place on the chip."""
    tensor = SparseTensor(SHAPE, np.array(sorted(LETTERS)), np.ones(len(LETTERS)))
    csf = Csf.from_tensor(tensor)
    drawing = Picture("A matrix, its Compressed Sparse Fiber form in a frame, and its lines in the tensor memory", 316)
    drawing.write(94, 26, "operand, 3 x 4", "name")
    for column in range(SHAPE[1]):
        drawing.write(54 + 30 * column, 58, str(column))
    for row in range(SHAPE[0]):
        words = [LETTERS.get((row, column), "") for column in range(SHAPE[1])]
        drawing.write(28, 86 + 30 * row, str(row))
        cells(drawing, 39, 66 + 30 * row, 30, words, ["core" if word else "quiet" for word in words])
    drawing.write(98, 182, "row 1 has no entry:")
    drawing.write(98, 200, "it is no fiber")

    pointers = [str(int(number)) for number in csf.pointers[0]]
    nodes = [str(int(number)) for number in csf.coords[0]]
    entries = [f"{column}, {LETTERS[row, column]}" for row, column in sorted(LETTERS)]
    drawing.write(300, 26, "sections of the frame", "name")
    drawing.write(300, 58, "level 0: coordinates")
    cells(drawing, 300 - 22 * len(nodes), 66, 44, nodes, ["box"] * len(nodes))
    drawing.write(300, 124, "pointers to entries")
    cells(drawing, 300 - 22 * len(pointers), 132, 44, pointers, ["box"] * len(pointers))
    cells(drawing, 300 - 27 * len(entries), 204, 54, entries, ["core"] * len(entries))
    drawing.write(300, 252, "entries: coordinate, value")
    drawing.way("M256 162 L246 202")
    drawing.way("M300 162 L352 202")
    drawing.way("M166 112 H208")
    drawing.write(186, 104, "host")

    bounds = csf.fiber_bounds()
    first = [str(number) for number in range(len(bounds) + 1)]  # a line for each fiber, then the first free one
    drawing.write(526, 26, "on the chip", "name")
    drawing.write(526, 58, "fiber table: first lines")
    cells(drawing, 526 - 22 * len(first), 66, 44, first, ["box"] * len(first))
    drawing.write(526, 124, "memory, 4 lanes")
    for line, (begin, end) in enumerate(bounds):
        words = [*entries[int(begin) : int(end)], *[""] * 4][:4]
        drawing.write(440, 152 + 30 * line, f"line {line}")
        cells(drawing, 464, 132 + 30 * line, 42, words, ["core" if word else "quiet" for word in words])
    drawing.write(540, 216, "a fiber begins a line")
    drawing.way("M394 112 H436")
    drawing.write(414, 104, "loader")
    drawing.write(320, 296, "The last mode is contracted: each row that has an entry is a fiber.")
    return drawing.svg()


def chunk_step() -> str:
    """Return two chunks of a fiber of A with a line of B."""
    line = LINES[0]
    matches = set(line) & {number for chunk in FIBER[:2] for number in chunk}
    drawing = Picture("A chunk step: two chunks of a fiber of A are compared with a line of B", 330)
    drawing.write(20, 26, "resident fiber of A, in chunks of sorted coordinates", "name", "start")
    drawing.shape(12, 40, 322, 68, "frame", 6)
    for place, (chunk, name) in enumerate(zip(FIBER, ("first chunk", "second chunk", "next chunk"), strict=True)):
        kind: Kind = "box" if place < 2 else "quiet"
        drawing.write(96 + 158 * place, 58, name)
        kinds: list[Kind] = ["core" if number in matches else kind for number in chunk]
        cells(drawing, 24 + 158 * place, 68, 36, [str(number) for number in chunk], kinds)
    for place, (some, name) in enumerate(zip(LINES, ("line of B", "next line"), strict=True)):
        kinds = ["core" if number in matches else "quiet" if place else "box" for number in some]
        cells(drawing, 104 + 204 * place, 182, 36, [str(number) for number in some], kinds)
        drawing.write(176 + 204 * place, 232, name)
    for number in sorted(matches):
        chunk = next(place for place, some in enumerate(FIBER) if number in some)
        up, down = 42 + 158 * chunk + 36 * FIBER[chunk].index(number), 122 + 36 * line.index(number)
        drawing.way(f"M{down} 180 L{up} 100")
    drawing.write(250, 146, f"all with all: {' and '.join(map(str, sorted(matches)))} match", anchor="start")
    ends = FIBER[0][-1], FIBER[1][-1], line[-1]
    assert ends[0] <= ends[2] <= ends[1]
    for row, words in enumerate(
        (
            f"{ends[0]}, the last of the first chunk, is not above {ends[2]}, the last of the line:",
            "the slot leaves the first chunk.",
            f"{ends[2]} is not above {ends[1]}, the last of the second chunk: the slot finishes the line.",
        )
    ):
        drawing.write(20, 268 + 20 * row, words, anchor="start")
    return drawing.svg()
