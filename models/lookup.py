# SPDX-License-Identifier: Apache-2.0
"""The least cycles of the lookup machine: the best cut of the plane (sets of A) x (fibers of B).

Groups of engines process the plane row by row, each in a contiguous piece of whole pairs of a set and a fiber
of B (docs/blocks/lookup.md). The bound is the best of all cuts, found by search: within a limit of cycles
each group takes as many pairs as it can. The model includes
- one line per cycle and group, of A or of B: a set's lines precede its run of B, and the lines of the next
  set follow after 8 lines of the run;
- a cycle for each word of a table that a line of A goes to, before the fiber can be looked up;
- one multiplication per match and engine; 7 lines with matches may wait while another one arrives;
- the last line that arrived is multiplied only after the fiber's next line, or the fiber's end;
- the latencies of the plan, whose groups begin one cycle after another, of memory, engine and MAC.
Bank conflicts, rounding and full result stores are left out. Arbiters begin as after a reset.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from itertools import accumulate

from models.constants import package_constants
from models.lookup_group import LEAST_END, TO_MAC, Group
from models.work import Lookups

# When the plan weighs rows, and when it cuts the last set separately.
_RULES = package_constants("flaash_lookup_pkg")
_PLANNED = 4  # cycles from the start to the first piece
_FIRST_LINE = 3  # from a piece to the first line at the engines, beyond the memory's latency
_WALK = 5  # cycles more until the first piece of a plan that weighs the rows
_CUT = 8  # from one of its pieces to the next


def least_lookup(lookups: Lookups, groups: int, size: int, latency: int, after: int, multiplies: bool) -> int:
    """Return the least cycles from the start until every result is stored.

    Args:
        lookups: the work; fibers on both sides.
        groups, size: of engines, and engines of a group.
        latency: of the memory.
        after: cycles from a match in the MAC until the contraction is done.
        multiplies: matches are multiplied one by one; otherwise they cost nothing.
    """
    before = _PLANNED + latency + _FIRST_LINE
    late = 1
    if _is_skewed(lookups, groups, size):
        before, late = before + _WALK, _CUT
    best = None
    for fibers in range(size, 0, -1) if groups > 1 else [size]:
        least = _average(lookups, groups, fibers)
        if best is not None and before + least + LEAST_END >= best:
            continue
        plane = _Plane(lookups, fibers, late, after, multiplies)
        cycles = before + (plane.alone().done if groups == 1 else _search(plane, groups, least))
        if _has_tail(lookups, groups, fibers):
            cycles = min(cycles, before + plane.even(groups))
        best = cycles if best is None else min(best, cycles)
    return best or 0


def _is_skewed(lookups: Lookups, groups: int, size: int) -> bool:
    """Return whether the plan weighs all rows: some fiber of A is long, and others are not.

    As in flaash_lookup_weights, in quarters of cycles per line of B. With fewer fibers sets may be smaller.
    """
    fibers, lines, most = len(lookups.lines_a), sum(lookups.lines_a), max(lookups.lines_a)
    scale = (4 * lookups.lanes**2 << 10) // lookups.extent
    return (
        groups > 1
        and fibers >= groups * size
        and most * fibers >= _RULES["SkewRatio"] * lines
        and most * scale >> 10 >= _RULES["SkewWeight"]
    )


def _sets(lookups: Lookups, fibers: int) -> list[int]:
    """Return the lines of each set of `fibers` neighbouring fibers of A."""
    return [sum(lookups.lines_a[first : first + fibers]) for first in range(0, len(lookups.lines_a), fibers)]


def _average(lookups: Lookups, groups: int, fibers: int) -> int:
    """Return the lines of the busiest group if the work could be divided evenly; each one loads a set."""
    loads, row = _sets(lookups, fibers), sum(lookups.lines_b)
    return min(-(-(len(loads) * row + max(sum(loads), busy * min(loads))) // busy) for busy in range(1, groups + 1))


def _has_tail(lookups: Lookups, groups: int, fibers: int) -> bool:
    """Return whether the last, smaller set may be cut separately, so that each group has two pieces.

    As in flaash_lookup_share: B has lines enough for each group.
    """
    return (
        len(lookups.lines_a) % fibers > 0
        and groups * fibers <= len(lookups.lines_a)
        and sum(lookups.lines_b) >= _RULES["TailLines"] * groups
    )


def _search(plane: _Plane, groups: int, least: int) -> int:
    """Return the fewest cycles in which the groups reach the end of the plane."""
    step, low = 1, least - 1  # low: not enough
    while not plane.fits(low + step, groups):
        low += step
        step *= 2
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if plane.fits(middle, groups) else (middle, high)
    return high


def _table(words: Sequence[Sequence[int]]) -> int:
    """Return the cycles after a set's last line until all its fibers can be looked up.

    A line takes a cycle per word of the table that it goes to; its engine accepts lines meanwhile.
    """
    time = ready = 0
    for fiber in words:
        written = 0  # cycle in which the engine has written all lines so far
        for line in fiber:
            written = max(written, time) + line
            time += 1
        ready = max(ready, written + 1)
    return max(ready - time, 1)


class _Plane:
    """The rows of the plane, for sets of a size.

    Args:
        lookups, after, multiplies: see least_lookup().
        fibers: of a set.
        late: cycles from a group's piece to the next one's, at least.
    """

    def __init__(self, lookups: Lookups, fibers: int, late: int, after: int, multiplies: bool):
        self._late = late
        self._tables = [
            _table(lookups.words_a[first : first + fibers]) for first in range(0, len(lookups.lines_a), fibers)
        ]
        self._loads = _sets(lookups, fibers)
        self._ends = list(accumulate(lookups.lines_b))  # the line after each fiber of B
        self._after = after
        self._events = [
            list(_events(lookups.hits[first : first + fibers], multiplies))
            for first in range(0, len(lookups.lines_a), fibers)
        ]
        self._fibers = fibers

    def alone(self) -> Group:
        """Return a group after all its work."""
        group = self._begin(0)
        for row, events in enumerate(self._events):
            group.run(events, 0, self._ends, *self._next(row))
        return group

    def _begin(self, row: int) -> Group:
        """Return a group that has loaded its first set."""
        group = Group(self._fibers, self._after)
        group.load(self._loads[row], self._loads[row] + self._tables[row])
        return group

    def _next(self, row: int) -> tuple[int, int]:
        """Return the lines of the next row's set, and the cycles until its tables are written; or 0."""
        return (self._loads[row + 1], self._tables[row + 1]) if row + 1 < len(self._loads) else (0, 0)

    def even(self, groups: int) -> int:
        """Return the cycles if the groups could share the time of one evenly, and each loads the last set.

        One group alone would take no longer than the sum of all: between two pieces it never waits for a
        table or for its last matches.
        """
        busy = -(-(self.alone().busy + (groups - 1) * self._loads[-1]) // groups)
        # Matches that come this long before a group's end need not be late.
        gaps = []
        for events in self._events:
            lines = [-1, *(line for line, _ in events), self._ends[-1]]
            gaps += [after - before for before, after in itertools.pairwise(lines)]
        return busy + max(LEAST_END, 1 + TO_MAC + self._after - 2 * max(gaps))

    def fits(self, limit: int, groups: int) -> bool:
        """Return whether the groups reach the end within `limit` cycles; they begin one after the other."""
        row = pair = 0
        for group in range(groups):
            row, pair = self._piece(row, pair, limit - group * self._late)
            if row == len(self._loads):
                return True
        return False

    def _piece(self, row: int, pair: int, limit: int) -> tuple[int, int]:
        """Return the place that a group reaches within `limit` cycles."""
        group = self._begin(row)
        while True:
            kept = group.copy()
            reached = group.run(self._events[row], pair, self._ends, limit=limit)
            if reached < len(self._ends):
                return row, reached
            if row + 1 == len(self._loads):
                return row + 1, 0
            # The row ends in time. The next set is loaded within it if the piece goes on.
            kept.run(self._events[row], pair, self._ends, *self._next(row))
            row, pair = row + 1, 0
            if kept.done > limit:
                return row, 0
            group = kept


def _events(hits: Sequence[dict[int, int]], multiplies: bool) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the lines of B with matches, in order, and which engine has how many."""
    for line in sorted(set().union(*hits)):
        yield line, [(engine, fiber[line] if multiplies else 0) for engine, fiber in enumerate(hits) if line in fiber]
