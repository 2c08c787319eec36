# SPDX-License-Identifier: Apache-2.0
"""The least cycles of the resident machine, for any plan: lines through ports, and products.

A group of engines reads one line per cycle. It holds a set of fibers of A, several per engine, while fibers
of B stream by. An engine has one multiplier. So three causes hold for any plan (rtl/engine, rtl/planner):

    lines of a set come before the lines of B that stream past it (flaash_resident_fetch),
    sets have one size; only the last one may have fewer fibers (flaash_plan),
    a dot product is in one engine, with one product per cycle (flaash_resident_emit).

The distribution of matches over engines and time is left out, so the bound is loose where fibers are few or
matches uneven.

If a fiber is longer than a part (models.spread), each engine holds one part at a time, of any fiber.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from models.csf import Csf
from models.spread import SLOTS, part_lines
from models.work import Work, measure_resident

_FIRST_LINE = 7  # from the start to the first line at the engines, beyond the memory's latency
_TO_MAC = 2  # from a line to its first product in the MAC, flaash_resident_emit


def least_resident(
    a: Csf, b: Csf, config: Mapping[str, int | str], after: int, counted: int, portion: int = 0
) -> tuple[dict[str, int], Work]:
    """Return the cycles of each limit alone, and the totals; see models.cycles.Bound.

    Args:
        a, b, config: as for models.cycles.lower_bound().
        after: cycles from a match in the MAC to its result.
        counted: from there until the contraction is done.
        portion: most entries of A per portion, 0 for whole fibers.
    """
    engines = int(config["NumSdpe"])
    groups = -(-engines // int(config["GroupSize"]))
    size = engines // groups * SLOTS
    total, held = measure_resident(a, b, int(config["Lanes"]), size)
    if not total.jobs:
        return {"engine": 0, "products": 0, "sets": 0}, total
    before = _FIRST_LINE + int(config["MemLatency"])
    used = groups * (engines // groups)
    products = -(-total.matches // used)
    part = part_lines(int(config["Lanes"]), portion if int(config["Portions"]) else 0)
    sets = 0
    if max(held.lines_a) > part:
        lines = _parts(held.lines_a, held.lines_b, part, groups, engines // groups)
    else:
        lines = max(
            -(-(total.lines_a + total.lines_b) // groups),
            _piece(np.sort(held.lines_a), np.sort(held.lines_b), -(-total.jobs // groups), size),
        )
        loads, limits = np.cumsum(np.sort(held.lines_a)[:size]), (total.matches, groups, engines // groups)
        lines = max(lines, _sets(loads, total.jobs // len(held.lines_b) * int(held.lines_b.sum()), *limits))
        sets = max(_sets(loads, int(held.met @ held.lines_b), *limits), held.longest)
    return {
        "engine": before + lines + counted,
        "products": before + _TO_MAC + products + after + counted if total.matches else 0,
        "sets": before + _TO_MAC + sets + after + counted if sets else 0,
    }, total


def _parts(lines_a: np.ndarray, lines_b: np.ndarray, part: int, groups: int, engines: int) -> int:
    """Return the fewest lines that the busiest group reads if fibers of A are spread.

    Each line of A is loaded at least once. All of B streams by at least once for each set of parts that a group
    holds.

    Args:
        lines_a, lines_b: lines of each fiber.
        part: lines of a part, most.
        groups: of engines.
        engines: of a group.
    """
    parts, streamed = int((-(-np.asarray(lines_a) // part)).sum()), int(np.sum(lines_b))
    return max(-(-(int(np.sum(lines_a)) + -(-parts // engines) * streamed) // groups), streamed + 1)


def _piece(lines_a: np.ndarray, lines_b: np.ndarray, pairs: int, size: int) -> int:
    """Return the fewest lines with which a group sees this number of pairs of fibers.

    The largest set of a piece has some number of fibers. That set is loaded, and then the fibers of B that
    the pairs need stream by.

    Args:
        lines_a, lines_b: lines of each fiber, the shortest one first.
        pairs: of fibers.
        size: most fibers of a set.
    """
    loads, runs, count = np.cumsum(lines_a), np.concatenate([[0], np.cumsum(lines_b)]), len(lines_b)
    best = None
    for fibers in range(1, min(size, len(lines_a)) + 1):
        passes, rest = divmod(-(-pairs // fibers), count)
        lines = int(loads[fibers - 1]) + passes * int(runs[-1]) + int(runs[rest])
        best = lines if best is None else min(best, lines)
    return best or 0


def _sets(loads: np.ndarray, lines: int, matches: int, groups: int, engines: int) -> int:
    """Return the fewest cycles of the groups for their first sets, and then for lines of B and products together.

    A group loads its first set before its first line of B. This set is its largest: all sets have the same size,
    but the last (flaash_plan). So after a set of n fibers a group needs the lines of B of its pairs, over n, and
    its matches, over its engines. The weighted sum of both is for some group at least the average.

    Args:
        loads: lines of the shortest fibers of A, of one, two and so on, up to a full set.
        lines: of B, of all pairs that count.
        matches: of all pairs.
        groups: of engines.
        engines: of a group.
    """
    fibers = np.arange(1, len(loads) + 1)
    weights = np.linspace(0, 1, 33)[:, None]
    rates = groups * (weights * fibers / max(lines, 1) + (1 - weights) * engines / max(matches, 1))
    return int(np.ceil((loads + 1 / rates).min(axis=1).max() - 1e-6)) if lines else 0
