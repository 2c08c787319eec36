# SPDX-License-Identifier: Apache-2.0
"""A group of lookup engines, stepped from one line with matches to the next."""

from __future__ import annotations

import bisect
from collections import deque
from collections.abc import Sequence

from models.constants import package_constants

_AHEAD = package_constants("flaash_lookup_pkg")["AheadLines"]  # lines of B before those of the next set
# Lines with matches that can be in an engine while another one arrives: six in its queue and one that is held
# back. That line waits until it is known whether its fiber has more matches (flaash_lookup_matches).
_WAITING = 7
TO_MAC = 3  # from a line that leaves the queue to its last match in the MAC, and the last cycle itself
LEAST_END = 3  # from a line that ends a fiber without a match until it is counted


class Group:
    """A group of engines that accepts a line per cycle, unless an engine stalls it.

    Attributes:
        done: cycles, counted from the first line, until all results so far are stored and counted.
    """

    def __init__(self, engines: int, after: int):
        self.done = 0
        self._time = 0  # cycle of the next line
        self._ready = 0  # cycle in which the tables of the next run are written
        self._after = after
        self._free = [0] * engines  # cycle in which the multiplier is free
        # The line with matches that is held back: the cycle of its arrival, and its matches.
        self._held: list[tuple[int, int] | None] = [None] * engines
        # Cycles in which the last lines with matches leave the queue.
        self._left: list[deque[int]] = [deque(maxlen=_WAITING + 1) for _ in range(engines)]

    def copy(self) -> Group:
        """Return a group in the same state."""
        other = Group(len(self._free), self._after)
        other.done, other._time, other._ready = self.done, self._time, self._ready
        other._free = list(self._free)
        other._held = list(self._held)
        other._left = [deque(left, left.maxlen) for left in self._left]
        return other

    @property
    def busy(self) -> int:
        """Cycles until no line and no match is left."""
        return max(self._time, *self._free)

    def load(self, cycles: int, written: int) -> None:
        """Load the first set's lines and then write its tables, with these numbers of cycles."""
        self._time, self._ready = cycles, written

    def run(
        self,
        events: Sequence[tuple[int, list[tuple[int, int]]]],
        pair: int,
        ends: Sequence[int],
        ahead: int = 0,
        table: int = 0,
        limit: int | None = None,
    ) -> int:
        """Accept the lines of B from a fiber on; stop before the fiber that would end too late.

        Args:
            events: see _events().
            pair: the first fiber of B.
            ends: the line after each fiber.
            ahead: lines of the next set, after the first _AHEAD lines.
            table: cycles after them until their tables are written.
            limit: see done.

        Returns:
            The fiber after the last one.
        """
        line = ends[pair - 1] if pair else 0
        load_at = line + _AHEAD
        self._time = max(self._time, self._ready)
        place = bisect.bisect_left(events, (line,))
        while pair < len(ends):
            end = ends[pair]
            while place < len(events) and events[place][0] < end:
                at, matches = events[place]
                if ahead and line <= load_at <= at:
                    self._load_ahead(ahead, table)
                    ahead = 0
                self._time += at - line
                self._match(matches)
                self._time += 1
                line, place = at + 1, place + 1
            if ahead and load_at < end:
                self._load_ahead(ahead, table)
                ahead = 0
            self._time += end - line
            line = end
            # `done` is counted from the line that leaves, cycle _time - 1.
            done = max(self.done, self._time + LEAST_END)
            last_match = self._end_fiber()
            if last_match is not None:
                done = max(done, last_match + TO_MAC + self._after)
            if limit is not None and done > limit:
                return pair
            self.done, pair = done, pair + 1
        if ahead:
            self._load_ahead(ahead, table)
        return pair

    def _load_ahead(self, lines: int, table: int) -> None:
        self._time += lines
        self._ready = self._time + table

    def _match(self, matches: Sequence[tuple[int, int]]) -> None:
        """Accept a line that matches in some engines, which then send on the lines they held back."""
        for engine, _ in matches:
            left, kept = self._left[engine], _WAITING + (self._held[engine] is None)
            if len(left) >= kept:
                self._time = max(self._time, left[-kept] + 1)
        for engine, hits in matches:
            if self._held[engine]:
                self._send(engine, self._time)
            self._held[engine] = (self._time, hits)

    def _end_fiber(self) -> int | None:
        """Send on all held lines; return when the last one leaves the queue, None if no line is held."""
        engines = [engine for engine, held in enumerate(self._held) if held]
        return max((self._send(engine, self._time - 1) for engine in engines), default=None)

    def _send(self, engine: int, known: int) -> int:
        """Send the line held back to the multiplier; return when its last match leaves the queue.

        Args:
            engine: that holds it.
            known: cycle in which it is known whether it has the last match: a cycle after it, or later.
        """
        came, hits = self._held[engine]
        self._held[engine] = None
        self._free[engine] = max(self._free[engine], came + 1, known) + hits
        self._left[engine].append(self._free[engine])
        return self._free[engine]
