# SPDX-License-Identifier: Apache-2.0
"""Fibers of A in portions, and the lines that a merge engine passes over while dot products are split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.contract import Fibers

_STRIDE = 1 << 34  # above any coordinate


@dataclass(frozen=True)
class Pieces:
    """The jobs of one side: whole fibers, or portions of them.

    Attributes:
        fibers: each piece as a fiber. Coordinates are the operand's coordinates plus 1; a piece without
            entries has one at 0, because an engine needs a step for it, too.
        owner: (pieces,) int64, the fiber that each is a part of.
        lane: (pieces,) int64, place of its first entry within a line.
        lanes: entries of a line.
    """

    fibers: Fibers
    owner: np.ndarray
    lane: np.ndarray
    lanes: int

    @property
    def line_starts(self) -> np.ndarray:
        """(pieces + 1,) int64: first line of each piece, then the number of lines."""
        lines = -(-(self.lane + np.diff(self.fibers.starts)) // self.lanes)
        return np.concatenate([[0], np.cumsum(lines)])

    def lines_before(self, entries: np.ndarray) -> np.ndarray:
        """Return how many whole lines the first `entries` entries of each piece are, (pieces, any) int64."""
        return (self.lane[:, None] + entries) // self.lanes

    def lines(self) -> tuple[Fibers, np.ndarray]:
        """Return fibers whose elements are the last coordinates of lines, and the first one of each line."""
        starts = self.line_starts
        owner = np.repeat(np.arange(self.fibers.count), np.diff(starts))
        first = (np.arange(len(owner)) - starts[owner]) * self.lanes - self.lane[owner]
        begins = self.fibers.starts[owner] + np.maximum(first, 0)
        ends = np.minimum(self.fibers.starts[owner] + first + self.lanes, self.fibers.starts[owner + 1]) - 1
        return Fibers(starts, owner, self.fibers.paths, self.fibers.last[ends]), self.fibers.last[begins]

    def part(self, first: int, last: int) -> Pieces:
        """Return the pieces from `first` up to, without, `last`."""
        fibers, entries = self.fibers, slice(self.fibers.starts[first], self.fibers.starts[last])
        return Pieces(
            Fibers(
                fibers.starts[first : last + 1] - fibers.starts[first],
                fibers.owner[entries] - first,
                fibers.paths[first:last],
                fibers.last[entries],
            ),
            self.owner[first:last],
            self.lane[first:last],
            self.lanes,
        )


def cut(fibers: Fibers, lanes: int, most: int = 0) -> Pieces:
    """Return the portions of fibers of A, in order.

    A fiber whose lines hold more than `most` entries has one portion for each `most` places. The last portion
    has no entries if only unused places of the last line are left.

    Args:
        fibers: to be cut.
        lanes: entries of a line.
        most: entries of a portion, 0 for whole fibers.
    """
    length = np.diff(fibers.starts)
    places = -(-length // lanes) * lanes
    count = np.where(places > most, -(-places // most), 1) if most else np.ones_like(length)
    owner = np.repeat(np.arange(fibers.count), count)
    number = np.arange(len(owner)) - (np.cumsum(count) - count)[owner]
    begin = number * most
    stop = np.minimum(np.where(count[owner] > 1, begin + most, length[owner]), length[owner])
    kept = np.maximum(stop - begin, 0)
    starts = np.concatenate([[0], np.cumsum(np.maximum(kept, 1))])
    of = np.repeat(np.arange(len(owner)), np.diff(starts))
    entry = fibers.starts[owner[of]] + begin[of] + np.arange(len(of)) - starts[of]
    last = np.where(kept[of] > 0, fibers.last[np.minimum(entry, len(fibers.last) - 1)] + 1, 0)
    return Pieces(Fibers(starts, of, fibers.paths[owner], last), owner, np.where(kept > 0, begin % lanes, 0), lanes)


def skipped(a: Pieces, b: Pieces) -> tuple[np.ndarray, np.ndarray]:
    """Return the lines of A and of B that lie before the other side's first line, passed over in turn.

    The last line of a piece, and one beside a piece without entries, is never passed over.

    Returns:
        Two (pieces of A, pieces of B) int64 arrays.
    """
    (tops_a, first_a), (tops_b, first_b) = a.lines(), b.lines()
    last_a, last_b = (np.diff(tops.starts) - 1 for tops in (tops_a, tops_b))
    row, column = np.arange(tops_a.count)[:, None], np.arange(tops_b.count)[None, :]
    at_a = np.zeros((tops_a.count, tops_b.count), np.int64)
    at_b = np.zeros_like(at_a)
    while True:
        head_a = first_a[tops_a.starts[row] + at_a]
        next_b = np.clip(_below(tops_b, column, head_a), at_b, last_b[None, :])
        head_b = first_b[tops_b.starts[column] + next_b]
        next_a = np.clip(_below(tops_a, row, head_b), at_a, last_a[:, None])
        if (next_a == at_a).all() and (next_b == at_b).all():
            return at_a, at_b
        at_a, at_b = next_a, next_b


def _below(tops: Fibers, which: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Return how many elements of fiber which[i, j] lie below limit[i, j]."""
    keys = tops.owner * _STRIDE + tops.last
    return np.searchsorted(keys, which * _STRIDE + limit) - tops.starts[which]
