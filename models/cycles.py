# SPDX-License-Identifier: Apache-2.0
"""The least cycles that a configuration of the machine can take for a contraction.

The model is of the streaming structure: each SDPE has a read port for A and one for B and reads
the fiber of A again for each fiber of B. It knows what no scheduling can avoid, and leaves out
everything that can go better or worse: bubbles, conflicts, full queues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from models.axes import check_extents
from models.contract import MAX_BLOCK, Fibers, joined_pairs
from models.csf import Csf
from models.numbers import get_format

_STREAM_WORDS = 4  # 32-bit words in a beat of the result stream


@dataclass(frozen=True)
class Work:
    """What a contraction consists of, whatever the number of SDPEs.

    Attributes:
        jobs: dot products.
        runs: range jobs.
        steps: comparisons of two coordinates (merge) or of two lines (compare).
        engine: cycles of all engines: the steps, and a cycle per line discarded after them.
        beats: beats from the engines to the MACs: a match each, or one for a job without any.
        matches: products.
        lines_a, lines_b: lines read.
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
class Bound:
    """A lower bound in cycles, from the accepted start until every result is stored.

    Attributes:
        terms: cycles that each limit asks for by itself:
            issue: one range job is handed out per cycle;
            engine: the comparisons of the SDPE that has most of them, at least;
            products: the beats into the MAC of the SDPE that has most of them, at least;
            banks: lines read, one per bank and cycle (0 with an ideal memory);
            drain: results beyond what the result stores hold leave one after the other.
        constant: cycles before the first comparison and after the last, at least.
        work: the totals behind the terms.
    """

    terms: dict[str, int]
    constant: int
    work: Work

    @property
    def limit(self) -> str:
        """Name of the greatest term."""
        return max(self.terms, key=lambda name: self.terms[name])

    @property
    def cycles(self) -> int:
        """The bound: the greatest term and the constant."""
        return self.terms[self.limit] + self.constant


def lower_bound(a: Csf, b: Csf, config: Mapping[str, int | str], run_length: int = 0,
                results: int | None = None) -> Bound:
    """Return the least cycles that the contraction of A and B can take.

    Args:
        a, b: operands, contracted along their last modes.
        config: parameters of the build by the names of rtl/configs.toml: NumSdpe, Lanes, Engine,
            Memory, MemBanks, MemLatency, Scheduler, ResultDepth, Format.
        run_length: most fibers of B per range job, 0 for all.
        results: results that are delivered, for the term of draining; None leaves it out.

    Raises:
        TensorError: the contracted extents differ.
    """
    check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    engines = int(config["NumSdpe"])
    total, costs = _measure(a, b, int(config["Lanes"]), config["Engine"], run_length)
    busiest = [_busiest(cost, engines, config["Scheduler"]) for cost in costs]
    banked = config["Memory"] == "banked"
    terms = {
        "issue": total.runs,
        "engine": busiest[0],
        "products": busiest[1],
        "banks": _ceil(total.lines_a + total.lines_b, int(config["MemBanks"])) if banked else 0,
        "drain": 0 if results is None else _drain(a, b, config, results)}
    # A job is in the loader for a cycle before its first request, and its first line for one after
    # the answer.
    return Bound(terms, 2 + int(config["MemLatency"]) if total.jobs else 0, total)


def _measure(a: Csf, b: Csf, lanes: int, engine: str, run_length: int) -> tuple[Work, list[np.ndarray]]:
    """Return the totals, and cycles of engine and beats of products of each range job in order."""
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


def _busiest(costs: np.ndarray, engines: int, scheduler: str) -> int:
    """Return the least load of the SDPE that has most to do."""
    if not len(costs):
        return 0
    if scheduler == "round_robin":
        return max(int(costs[engine::engines].sum()) for engine in range(min(engines, len(costs))))
    return max(_ceil(int(costs.sum()), engines), int(costs.max()))


def _drain(a: Csf, b: Csf, config: Mapping[str, int | str], results: int) -> int:
    """Return the cycles for results that find no place in the stores or on the way out."""
    words = a.order - 1 + b.order - 1 + _ceil(get_format(config["Format"]).result_width, 32)
    engines = int(config["NumSdpe"])
    places = engines * int(config["ResultDepth"]) + 4 * engines + 16  # network and unloader: fewer
    return max(results - places, 0) * _ceil(words, _STREAM_WORDS)


def _ceil(number: int, by: int) -> int:
    return -(-number // by)
