# SPDX-License-Identifier: Apache-2.0
"""The pieces of a contraction, exactly as the resident machine must make them (rtl/planner, docs/blocks/plan.md).

Each group of engines gets whole sets of fibers of A with all of B, unless it is alone. The fibers that are left form a
grid: rows (parts of these fibers) times columns (parts of B), one cell per group. A grid can leave a group without a
cell. Another candidate gives this group the last fibers with all of B, and full sets to the rows. The cheapest
candidate counts.
Averages follow from entries, which the hardware knows before lines. They are as rough as the hardware makes them, with
five significant bits of a divisor, since costs need no more.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from collections.abc import Iterator, Sequence

ONE = 16  # of matches and cycles per line
INVERSE = 2**16  # of a part's size


@dataclasses.dataclass(frozen=True)
class Machine:
    """Groups of engines, engines of a group, fibers of a set at most, entries of a line."""

    groups: int
    engines: int
    limit: int
    lanes: int = 4


@dataclasses.dataclass(frozen=True)
class Operand:
    """The lines of each fiber, and the entries of all."""

    lines: Sequence[int]
    entries: int


@dataclasses.dataclass(frozen=True)
class Piece:
    """Fibers of A, in sets of a size, with fibers of B; lines are those at which the fibers begin."""

    group: int
    empty: int
    set_size: int
    a_id: int
    a_line: int
    a_end: int
    a_end_line: int
    b_id: int
    b_line: int
    b_end_line: int


@dataclasses.dataclass(frozen=True)
class Choice:
    """Whole sets of a group, fibers that are left, rows and columns of their grid, cycles by ONE times a line."""

    sets: int
    rest: int
    rows: int
    columns: int
    cost: int
    alone: int = 0  # fibers of the group that has no cell


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)


def _part(number: int, parts: int) -> int:
    """Return the fibers of the largest of some parts, or one more."""
    return ((number - 1) * _ceil(INVERSE, parts) // INVERSE) + 1 if number else 0


def _over(number: int, divisor: int, scale: int) -> int:
    """Return number * scale / divisor, with five bits of the divisor, scale a power of two."""
    top = divisor.bit_length() - 1
    inverse = 2048 * 16 // (divisor * 2 ** (4 - top)) if top <= 4 else 4096 // (2 * (divisor >> (top - 4)) + 1)
    inverse = inverse // 16 if top <= 4 else inverse
    return number * inverse * scale >> 7 + top


def _average(entries: int, fibers: int, lanes: int) -> int:
    """Return quarters of lines of a fiber. The last line is half full."""
    return max(_over(entries, fibers, 4) // lanes + (2 if lanes > 1 else 0), 4)


def _rough(lines: int) -> int:
    """Return lines with two significant bits."""
    low = max(lines.bit_length() - 2, 0)
    return lines >> low << low


class _Averages:
    """What the costs are made of: quarters of lines, and matches of a line of B with a fiber of A."""

    def __init__(self, a: Operand, b: Operand, extent: int, lanes: int):
        most, pairs = lanes * ONE, lanes * lanes * ONE
        extent = min(extent, 2**20 - 1)
        self.a, self.b = (_average(operand.entries, len(operand.lines), lanes) for operand in (a, b))
        self.meets = min(_over(self.a, extent, pairs // 4), most)
        self.even = self.meets >= ONE // 2  # multipliers decide
        self.longest = max(ONE, min(_over(_rough(max(a.lines)), extent, pairs), most))


def shapes(groups: int) -> list[tuple[int, int]]:
    """Return the rows and columns of the grids, fewest columns first; of equally many rows with most columns."""
    return sorted({(rows := groups // columns, groups // rows) for columns in range(1, groups + 1)}, reverse=True)


def candidates(a: Operand, b: Operand, extent: int, machine: Machine) -> Iterator[Choice]:
    """Yield how the contraction can be cut, with costs; see plan()."""
    averages = _Averages(a, b, extent, machine.lanes)
    fibers_a, fibers_b = len(a.lines), len(b.lines)
    sets = 0 if machine.groups == 1 else fibers_a // (machine.groups * machine.limit)
    rest = fibers_a - sets * machine.groups * machine.limit

    def lines_of(columns: int) -> int:
        return max(_part(fibers_b, columns) * averages.b // 4, _rough(max(b.lines)))

    def cost(fibers: int, lines: int) -> int:
        streams = _ceil(fibers, machine.limit)
        busy = streams * ONE, _ceil(fibers, machine.engines) * averages.meets
        least = (streams - 1) * ONE + averages.longest if not sets and streams else 0
        work = max(*busy, least) + (min(busy) >> 2)
        return lines * work + (fibers * averages.a // 4) * ONE

    for rows, columns in shapes(machine.groups)[: None if rest else 1]:
        yield Choice(sets, rest, rows, columns, cost(_part(rest, rows), lines_of(columns)))
        alone = rest % (rows * machine.limit)
        if rows * columns < machine.groups and 0 < alone < min(rest, machine.engines + 1) and not averages.even:
            cell = cost((rest - alone) // rows, lines_of(columns))
            yield Choice(sets, rest, rows, columns, max(cell, cost(machine.engines, lines_of(1))), alone)


def _cuts(lengths: Sequence[int], begin: int, parts: int, half: int) -> list[int]:
    """Return the fibers that begin next to the ends of all parts but the last one, of equally many lines."""
    first = [0, *itertools.accumulate(lengths)]
    share = (first[-1] - first[begin]) * _ceil(INVERSE, parts) // (INVERSE // 256)
    lines = [min(first[begin] + part * share // 256 + half, first[-1] - 1) for part in range(1, parts)]
    return [bisect.bisect_right(first, line) - 1 for line in lines]


def plan(operand_a: Operand, operand_b: Operand, extent: int, machine: Machine) -> list[Piece]:
    """Return the pieces: whole sets by group, then the grid by group.

    Args:
        operand_a, operand_b: the operands.
        extent: of the contracted mode.
        machine: that contracts them.
    """
    choice = min(candidates(operand_a, operand_b, extent, machine), key=lambda candidate: candidate.cost)
    averages = _Averages(operand_a, operand_b, extent, machine.lanes)
    a, b = operand_a.lines, operand_b.lines
    first_a, first_b = ([0, *itertools.accumulate(lengths)] for lengths in (a, b))

    def piece(group: int, size: int, rows: tuple[int, int], columns: tuple[int, int]) -> Piece:
        (a_id, a_end), (b_id, b_end) = rows, columns
        empty = int(a_id == a_end or b_id == b_end)
        return Piece(
            group, empty, size, a_id, first_a[a_id], a_end, first_a[a_end], b_id, first_b[b_id], first_b[b_end]
        )

    each = choice.sets * machine.limit
    begin = each * machine.groups
    whole = [(group * each, (group + 1) * each) for group in range(machine.groups if each else 0)]
    pieces = [piece(group, machine.limit, fibers, (0, len(b))) for group, fibers in enumerate(whole)]
    if not choice.rest:
        return pieces
    end_a = len(a) - choice.alone
    most = _ceil(_part(end_a - begin, choice.rows), machine.limit) * machine.limit
    rows = [begin]
    for left, end in zip(range(choice.rows - 1, 0, -1), _cuts(a, begin, choice.rows, averages.a >> 3), strict=True):
        rows.append(max(min(end, rows[-1] + most), end_a - left * most))
    columns = [0, *_cuts(b, 0, choice.columns, averages.b >> 3), len(b)]
    cells = list(itertools.product(itertools.pairwise([*rows, end_a]), itertools.pairwise(columns)))
    if choice.alone:
        cells.append(((end_a, len(a)), (0, len(b))))
    for group, (row, column) in enumerate(cells):
        sets = _ceil(row[1] - row[0], machine.limit)
        step = machine.engines if averages.even else 1
        size = next(s for s in range(step, 64, step) if s * sets >= row[1] - row[0])
        pieces.append(piece(group, min(size, machine.limit), row, column))
    return pieces
