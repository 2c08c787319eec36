# SPDX-License-Identifier: Apache-2.0
"""The contribution of each run to the coverage, and a small set of runs that keeps all of it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Hashable, Mapping, Set


@dataclasses.dataclass(frozen=True)
class Contribution:
    """The contribution of one run.

    Attributes:
        run: its name.
        hits: points and bins that it hits.
        alone: the hits of no other run.
        rank: its place in the greedy order, from 1; 0 if the earlier runs have all its hits.
        added: its new hits in that order.
    """

    run: str
    hits: int
    alone: int
    rank: int
    added: int


def contributions(hits: Mapping[str, Set[Hashable]]) -> list[Contribution]:
    """Return the contribution of each run, in the greedy order: next is always the run that adds most.

    The runs with a rank keep the whole coverage. They are few, though not provably the fewest.
    """
    times = Counter(point for points in hits.values() for point in points)
    alone = {run: sum(times[point] == 1 for point in points) for run, points in hits.items()}
    missing = {run: set(points) for run, points in hits.items()}
    ranked: list[Contribution] = []
    while missing:
        # The first by name among equal runs, so that the order does not depend on the machine.
        run = max(sorted(missing), key=lambda name: len(missing[name]))
        added = missing.pop(run)
        if not added:
            missing[run] = added
            break
        ranked.append(Contribution(run, len(hits[run]), alone[run], len(ranked) + 1, len(added)))
        for points in missing.values():
            points -= added
    return ranked + [Contribution(run, len(hits[run]), alone[run], 0, 0) for run in sorted(missing)]


def only_here(hits: Set[Hashable], others: Set[Hashable]) -> list[Hashable]:
    """Return the points that only this run has hit."""
    return sorted(hits - others)
