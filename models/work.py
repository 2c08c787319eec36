# SPDX-License-Identifier: Apache-2.0
"""The work of the engines in a contraction: steps, lines and products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.contract import MAX_BLOCK, Fibers, joined_pairs
from models.csf import Csf


@dataclass(frozen=True)
class Work:
    """The work of a contraction, for any number of SDPEs.

    Attributes:
        jobs: dot products.
        runs: range jobs (0 for resident).
        steps: comparisons of two coordinates (merge), or of a fiber of A with a line of B.
        engine: cycles of all engines: the steps, and a cycle per line discarded after them.
        beats: beats from the engines to the MACs: a match each, or one for a job without any,
            which costs a resident engine nothing.
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


@dataclass(frozen=True)
class Jobs:
    """The work of each range job, in the order in which jobs are handed out: (runs,) int64 each.

    Attributes:
        engine: cycles of the engine.
        tail: the cycles among these that discard lines after the last comparison.
        beats: beats into the MAC.
        lines_a, lines_b: lines read.
    """

    engine: np.ndarray
    tail: np.ndarray
    beats: np.ndarray
    lines_a: np.ndarray
    lines_b: np.ndarray


def measure(a: Csf, b: Csf, lanes: int, run_length: int, long_lines: int = 0) -> tuple[Work, Jobs]:
    """Return the totals, and the work of each range job in the order in which jobs are handed out.

    Args:
        a, b: operands.
        lanes: entries per line.
        run_length: most fibers of B per range job, 0 for all.
        long_lines: least lines of a long job, 0 for jobs in order. Long jobs are handed out before the short
            jobs of the later half of the fibers of A.
    """
    fibers_a, fibers_b = Fibers.of(a.to_tensor()), Fibers.of(b.to_tensor())
    count_a, count_b = fibers_a.count, fibers_b.count
    lines_a, lines_b = (-(-np.diff(fibers.starts) // lanes) for fibers in (fibers_a, fibers_b))
    run_starts = np.arange(0, count_b, run_length or max(count_b, 1))
    run_counts = np.diff(run_starts, append=count_b)
    engine_cost, tails, beat_cost, steps, matches = [], [], [], 0, 0
    for first, last in _blocks(count_a, count_b):
        part = _part(fibers_a, first, last)
        stepped, left_a, left_b = _walk(part, fibers_b)
        discarded = (lines_a[first:last, None] - 1 - left_a // lanes) + (lines_b - 1 - left_b // lanes)
        products = _common(part, fibers_b)
        steps, matches = steps + int(stepped.sum()), matches + int(products.sum())
        engine_cost.append(np.add.reduceat(stepped + discarded, run_starts, axis=1))
        tails.append(discarded[:, run_starts + run_counts - 1])
        beat_cost.append(np.add.reduceat(np.maximum(products, 1), run_starts, axis=1))
    if not engine_cost:
        return Work(0, 0, 0, 0, 0, 0, 0, 0), Jobs(*[np.zeros(0, np.int64)] * 5)
    run_lines = np.add.reduceat(lines_b, run_starts)
    order = _order(lines_a, run_lines, long_lines)
    of_jobs = Jobs(
        *(np.concatenate(cost).ravel()[order] for cost in (engine_cost, tails, beat_cost)),
        np.multiply.outer(lines_a, run_counts).ravel()[order],
        np.tile(run_lines, count_a)[order],
    )
    sums = [int(cost.sum()) for cost in (of_jobs.engine, of_jobs.beats, of_jobs.lines_a, of_jobs.lines_b)]
    return Work(count_a * count_b, len(order), steps, *sums[:2], matches, *sums[2:]), of_jobs


def _part(fibers: Fibers, first: int, last: int) -> Fibers:
    """Return the fibers from `first` up to, without, `last`."""
    starts = fibers.starts[first : last + 1]
    entries = slice(starts[0], starts[-1])
    return Fibers(starts - starts[0], fibers.owner[entries] - first, fibers.paths[first:last], fibers.last[entries])


def _order(lines_a: np.ndarray, run_lines: np.ndarray, long_lines: int) -> np.ndarray:
    """Return the jobs, numbered by fiber of A and run of B, in the order in which they are handed out.

    Args:
        lines_a: lines of each fiber of A.
        run_lines: lines of each run.
        long_lines: see measure().
    """
    fiber, run = np.divmod(np.arange(len(lines_a) * len(run_lines)), max(len(run_lines), 1))
    long = lines_a[fiber] + run_lines[run] >= long_lines
    return np.lexsort((run, fiber, ~long & (fiber >= len(lines_a) // 2)))


@dataclass(frozen=True)
class Held:
    """The fibers and lines of a contraction for resident engines; arrays are int64.

    Attributes:
        lines_a, lines_b: of each fiber.
        met: fibers of A that have a match with it, of each fiber of B.
        longest: lines of a fiber of A and its matches with a fiber of B, the most of all pairs with a match.
    """

    lines_a: np.ndarray
    lines_b: np.ndarray
    met: np.ndarray
    longest: int


def measure_resident(a: Csf, b: Csf, lanes: int, size: int) -> tuple[Work, Held]:
    """Return the totals, and the work of each fiber.

    Args:
        a, b: operands.
        lanes: entries per line.
        size: fibers of A that see each line of B that is read.
    """
    fibers_a, fibers_b = Fibers.of(a.to_tensor()), Fibers.of(b.to_tensor())
    lines_a, lines_b = (-(-np.diff(fibers.starts) // lanes) for fibers in (fibers_a, fibers_b))
    jobs, read_b = fibers_a.count * fibers_b.count, int(lines_b.sum())
    met, total, longest = np.zeros(fibers_b.count, np.int64), 0, 0
    for _, _, entry_a, entry_b in joined_pairs(fibers_a, fibers_b):
        keys = fibers_a.owner[entry_a] * fibers_b.count + fibers_b.owner[entry_b]
        pairs, matches = np.unique(keys, return_counts=True)
        met += np.bincount(pairs % fibers_b.count, minlength=fibers_b.count)
        total += len(keys)
        longest = max(longest, int((lines_a[pairs // fibers_b.count] + matches).max(initial=0)))
    # Each line of B meets all fibers of A, `size` of them at a time.
    steps, passes = fibers_a.count * read_b, -(-fibers_a.count // size)
    return (
        Work(jobs, 0, steps, steps, total, total, int(lines_a.sum()) if jobs else 0, passes * read_b),
        Held(lines_a, lines_b, met, longest),
    )


def _walk(a: Fibers, b: Fibers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Walk each fiber of A against each of B, up to the end of the one that ends first.

    A step retires the smaller of two elements, or both if they are equal.

    Returns:
        Three (fibers of A, fibers of B) arrays: steps, and the elements of A and of B before the element of
        the last step.
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
        counts[first * b.count : last * b.count] += np.bincount(pair, minlength=(last - first) * b.count)
    return counts.reshape(a.count, b.count)


def _blocks(count_a: int, count_b: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of fibers of A that make blocks of bounded size with all fibers of B."""
    size = max(MAX_BLOCK // max(count_b, 1), 1)
    for first in range(0, count_a if count_b else 0, size):
        yield first, min(first + size, count_a)
