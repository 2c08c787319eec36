# SPDX-License-Identifier: Apache-2.0
"""The work that a contraction means for the engines: steps, lines and products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.contract import MAX_BLOCK, Fibers, joined_pairs
from models.csf import Csf


@dataclass(frozen=True)
class Work:
    """What a contraction consists of, whatever the number of SDPEs.

    Attributes:
        jobs: dot products.
        runs: range jobs (0 for lookup).
        steps: comparisons of two coordinates (merge) or of two lines (compare), or lines of B
            looked up.
        engine: cycles of all engines: the steps, and a cycle per line discarded after them.
        beats: beats from the engines to the MACs: a match each, or one for a job without any,
            which costs a lookup engine nothing.
        matches: products.
        lines_a, lines_b: lines read, at least.
    """

    jobs: int
    runs: int
    steps: int
    engine: int
    beats: int
    matches: int
    lines_a: int
    lines_b: int


def measure(a: Csf, b: Csf, lanes: int, engine: str, run_length: int) -> tuple[Work, list[np.ndarray]]:
    """Return the totals, and of each range job in order the cycles of the engine and the beats.

    Args:
        a, b: operands.
        lanes: entries per line.
        engine: merge or compare.
        run_length: most fibers of B per range job, 0 for all.
    """
    fibers_a, fibers_b = Fibers.of(a.to_tensor()), Fibers.of(b.to_tensor())
    walked_a, walked_b = fibers_a, fibers_b
    if engine == "compare":
        walked_a, walked_b = _lines(fibers_a, lanes), _lines(fibers_b, lanes)
    lines_a, lines_b = (-(-np.diff(fibers.starts) // lanes) for fibers in (fibers_a, fibers_b))
    jobs = fibers_a.count * fibers_b.count
    run_starts = np.arange(0, fibers_b.count, run_length or max(fibers_b.count, 1))
    engine_cost, beat_cost, steps, matches = [], [], 0, 0
    for first, last in _blocks(fibers_a.count, fibers_b.count):
        part, walked = _part(fibers_a, first, last), _part(walked_a, first, last)
        products = _common(part, fibers_b)
        stepped, left_a, left_b = _walk(walked, walked_b)
        if engine == "merge":
            left_a, left_b = left_a // lanes, left_b // lanes
        discarded = (lines_a[first:last, None] - 1 - left_a) + (lines_b[None, :] - 1 - left_b)
        steps, matches = steps + int(stepped.sum()), matches + int(products.sum())
        engine_cost.append(np.add.reduceat(stepped + discarded, run_starts, axis=1).ravel())
        beat_cost.append(np.add.reduceat(np.maximum(products, 1), run_starts, axis=1).ravel())
    costs = [np.concatenate(cost) if cost else np.zeros(0, np.int64) for cost in (engine_cost, beat_cost)]
    return Work(jobs, len(costs[0]), steps, int(costs[0].sum()), int(costs[1].sum()), matches,
                int(lines_a.sum()) * fibers_b.count, int(lines_b.sum()) * fibers_a.count), costs


def measure_lookup(a: Csf, b: Csf, lanes: int, size: int) -> tuple[Work, int]:
    """Return the totals, and the products of the job that has most.

    Args:
        a, b: operands.
        lanes: entries per line.
        size: engines that see each line of B that is read.
    """
    fibers_a, fibers_b = Fibers.of(a.to_tensor()), Fibers.of(b.to_tensor())
    lines_a, lines_b = (int((-(-np.diff(fibers.starts) // lanes)).sum()) for fibers in (fibers_a, fibers_b))
    jobs, matches, most = fibers_a.count * fibers_b.count, 0, 0
    for first, last in _blocks(fibers_a.count, fibers_b.count):
        products = _common(_part(fibers_a, first, last), fibers_b)
        matches, most = matches + int(products.sum()), max(most, int(products.max()))
    if not jobs:
        lines_a = lines_b = 0
    steps = fibers_a.count * lines_b
    # Each line of B meets all fibers of A, so many of them at a time.
    passes = -(-fibers_a.count // size)
    return Work(jobs, 0, steps, steps, matches, matches, lines_a, passes * lines_b), most


def _walk(a: Fibers, b: Fibers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk each fiber of A against each of B, up to the end of the one that ends first.

    A step retires the smaller of two elements, or both if they are equal.

    Returns:
        Three (fibers of A, fibers of B) arrays: steps, and the elements of A and of B before the
        one that the last step looked at.
    """
    last_a, last_b = a.last[a.starts[1:] - 1], b.last[b.starts[1:] - 1]
    end = np.minimum(last_a[:, None], last_b[None, :])
    before_a, has_a = _count_below(a, end)
    before_b, has_b = _count_below(b, end.T)
    common = _common(a, b) - (has_a & has_b.T)  # those before the last step
    return before_a + before_b.T - common + 1, before_a, before_b.T


def _count_below(fibers: Fibers, limits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many elements of fiber i lie below limits[i, j], and whether one equals it."""
    stride = 1 << 33  # above any coordinate
    keys = fibers.owner * stride + fibers.last
    wanted = np.arange(fibers.count)[:, None] * stride + limits
    found = np.searchsorted(keys, wanted)
    equal = keys[np.minimum(found, len(keys) - 1)] == wanted
    return found - fibers.starts[:-1, None], equal


def _common(a: Fibers, b: Fibers) -> np.ndarray:
    """Return the number of common coordinates of each fiber of A with each of B."""
    counts = np.zeros(a.count * b.count, np.int64)
    for first, last, entry_a, entry_b in joined_pairs(a, b):
        pair = (a.owner[entry_a] - first) * b.count + b.owner[entry_b]
        counts[first * b.count:last * b.count] += np.bincount(pair, minlength=(last - first) * b.count)
    return counts.reshape(a.count, b.count)


def _lines(fibers: Fibers, lanes: int) -> Fibers:
    """Return fibers of which each element stands for a line: the line's last coordinate."""
    length = np.diff(fibers.starts)
    lines = -(-length // lanes)
    starts = np.concatenate([[0], np.cumsum(lines)])
    owner = np.repeat(np.arange(fibers.count), lines)
    within = np.arange(len(owner)) - starts[owner]
    ends = np.minimum((within + 1) * lanes, length[owner]) + fibers.starts[owner] - 1
    return Fibers(starts, owner, fibers.paths, fibers.last[ends])


def _part(fibers: Fibers, first: int, last: int) -> Fibers:
    entries = slice(fibers.starts[first], fibers.starts[last])
    return Fibers(fibers.starts[first:last + 1] - fibers.starts[first], fibers.owner[entries] - first,
                  fibers.paths[first:last], fibers.last[entries])


def _blocks(count_a: int, count_b: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of fibers of A that make blocks of bounded size with all fibers of B."""
    size = max(MAX_BLOCK // max(count_b, 1), 1)
    for first in range(0, count_a if count_b else 0, size):
        yield first, min(first + size, count_a)
