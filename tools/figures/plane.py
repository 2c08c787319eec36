# SPDX-License-Identifier: Apache-2.0
"""The plane of fibers: which group computes which pairs, for a stored workload, by models/plan.py."""

from __future__ import annotations

from bench.workloads import csf_pair
from models.csf import Csf
from models.plan import Machine, Operand, Piece, plan
from sim import configs
from tools.figures.facts import MEMORY_TOP, chip
from tools.figures.picture import Picture

WORKLOAD = "7x7x512_d0.005"
LEFT, TOP, SIDE = 70, 56, 360  # of the plane


def machine() -> Machine:
    """Return the groups and engines of the default chip."""
    memory = chip(configs.DEFAULT, MEMORY_TOP)
    numbers = {name: int(memory("plan", name)) for name in ("Groups", "Engines", "MaxSize", "Lanes")}
    return Machine(numbers["Groups"], numbers["Engines"], numbers["MaxSize"], numbers["Lanes"])


def lengths(operand: Csf, lanes: int) -> list[int]:
    """Return the lines of each fiber."""
    return [-(-int(last - first) // lanes) for first, last in operand.fiber_bounds()]


def pieces() -> tuple[int, int, list[Piece]]:
    """Return the fibers of A and of B, and the pieces that are not empty."""
    a, b = csf_pair(WORKLOAD)
    here = machine()
    lines = [lengths(operand, here.lanes) for operand in (a, b)]
    found = plan(Operand(lines[0], a.nnz), Operand(lines[1], b.nnz), a.shape[-1], here)
    return len(lines[0]), len(lines[1]), [piece for piece in found if not piece.empty]


def draw() -> str:
    """Return the drawing."""
    rows, columns, found = pieces()
    drawing = Picture(f"The plan of {WORKLOAD}: tiles of fibers of A and fibers of B, by group of engines", 460)
    drawing.write(LEFT + SIDE / 2, 24, f"{columns} fibers of B")
    drawing.way(f"M{LEFT} 36 H{LEFT + SIDE}")
    drawing.write(60, TOP - 12, f"{rows} of A", anchor="end")
    drawing.way(f"M60 {TOP} V{TOP + SIDE}")
    ends: dict[tuple[int, int], int] = {}
    for piece in found:  # a column begins where the one before ends
        ends[piece.a_id, piece.b_id] = min(
            [other.b_id for other in found if other.a_id == piece.a_id and other.b_id > piece.b_id], default=columns
        )
    for piece in found:
        stop = ends[piece.a_id, piece.b_id]
        x, y = LEFT + SIDE * piece.b_id / columns, TOP + SIDE * piece.a_id / rows
        wide, tall = SIDE * (stop - piece.b_id) / columns, SIDE * (piece.a_end - piece.a_id) / rows
        drawing.shape(x, y, wide, tall, ("box", "core", "bad", "quiet")[piece.group % 4])
        for first in range(piece.a_id + piece.set_size, piece.a_end, piece.set_size):
            down = TOP + SIDE * first / rows
            drawing.add(f'<path class="axis" stroke-dasharray="3 4" d="M{x:.1f} {down:.1f} H{x + wide:.1f}"/>')
        drawing.write(x + wide / 2, y + tall / 2 + 5, f"group {piece.group}", "name")
    most = max(piece.set_size for piece in found)
    words = (
        "The plane: a tile of A",
        "times a tile of B, as",
        "the chip's memory holds.",
        "",
        "A box: a piece of the",
        "plan. A group has one",
        "or two.",
        "",
        f"Its set: at most {most} fibers",
        "of A, which its engines",
        "hold at a time.",
        "",
        "Its run: the fibers of B",
        "that stream past a set.",
    )
    for row, line in enumerate(words):
        drawing.write(LEFT + SIDE + 16, TOP + 24 + 22 * row, line, anchor="start")
    here = machine()
    drawing.write(LEFT + SIDE / 2, TOP + SIDE + 30, f"{WORKLOAD}, {here.groups} groups of {here.engines} engines")
    return drawing.svg()
