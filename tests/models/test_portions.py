# SPDX-License-Identifier: Apache-2.0
"""Jobs in portions, lines passed over and long jobs first, against engines stepped cycle by cycle."""

from __future__ import annotations

import numpy as np
import pytest

from models import generate, work
from models.csf import Csf
from models.cycles import lower_bound
from tests.models.test_cycles import CONFIG, fibers, lines, pair


def portions(fiber: list[int], lanes: int, most: int) -> list[list[list[int]]]:
    """Return the lines of each portion; a portion after the last entry has one without entries."""
    places = -(-len(fiber) // lanes) * lanes
    if not most or places <= most:
        return [lines(fiber, lanes)]
    parts = []
    for begin in range(0, places, most):
        kept = [
            [fiber[place] for place in range(first, first + lanes) if begin <= place < min(begin + most, len(fiber))]
            for first in range(0, places, lanes)
        ]
        parts.append([line for line in kept if line] or [[]])
    return parts


def merge(a: list[list[int]], b: list[list[int]], skips: bool) -> tuple[int, int, int]:
    """Return lines passed over, steps, and lines discarded afterwards."""
    a, b = [list(line) for line in a], [list(line) for line in b]
    passed = steps = 0
    while skips and a[0]:
        if len(a) > 1 and a[0][-1] < b[0][0]:
            a.pop(0)
        elif len(b) > 1 and b[0][-1] < a[0][0]:
            b.pop(0)
        else:
            break
        passed += 1
    while True:
        steps += 1
        head_a, head_b = a[0][0] if a[0] else -1, b[0][0]
        for side, taken in ((a, head_a <= head_b), (b, head_b <= head_a)):
            if taken:
                side[0] = side[0][1:]
        if any(not side[0] and len(side) == 1 for side in (a, b)):
            return passed, steps, len(a) + len(b) - 2
        for side in (a, b):
            if not side[0]:
                side.pop(0)


def jobs_of(a: Csf, b: Csf, lanes: int, most: int, long_lines: int) -> list[tuple[int, int, int, int]]:
    """Return the engine's cycles, its cycles after the last step, and lines, in the order of the jobs."""
    first, last = [], []
    for number, x in enumerate(fibers(a)):
        for y in fibers(b):
            short = len(lines(x, lanes)) + len(lines(y, lanes)) < long_lines
            chosen = last if short and number >= len(fibers(a)) // 2 else first
            for part in portions(x, lanes, most):
                passed, steps, dropped = merge(part, lines(y, lanes), bool(most))
                chosen.append((passed + steps + dropped, dropped, len(part), len(lines(y, lanes))))
    return first + last


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 1000])
def test_jobs_against_stepping(lanes: int, most: int, seed: int) -> None:
    for trial in range(15):
        a, b = pair(seed, trial)
        for long_lines in (0, 1, 5, 9, 1000):
            wanted = jobs_of(a, b, lanes, most, long_lines)
            total, jobs = work.measure(a, b, lanes, 1, most, long_lines)
            columns = (jobs.engine, jobs.tail, jobs.lines_a, jobs.lines_b)
            assert list(zip(*(column.tolist() for column in columns), strict=True)) == wanted
            assert total.engine == sum(job[0] for job in wanted) and total.runs == len(wanted)
            assert total.jobs == len(fibers(a)) * len(fibers(b))


def test_runs_with_long_ones_first(seed: int) -> None:
    """A run's lines are the lines of all its fibers of B, and of its fiber of A once."""
    for trial in range(20):
        a, b = pair(seed, trial)
        _, plain = work.measure(a, b, 4, 2)
        _, sorted_ = work.measure(a, b, 4, 2, long_lines=6)
        count_a = len(fibers(a))
        runs = len(plain.engine) // max(count_a, 1)
        size_a = [len(lines(x, 4)) for x in fibers(a)]
        waits = [
            size_a[job // runs] + int(plain.lines_b[job]) < 6 and job // runs >= count_a // 2
            for job in range(len(plain.engine))
        ]
        order = np.argsort(np.array(waits, bool), kind="stable")
        assert (sorted_.engine == plain.engine[order]).all()
        assert (sorted_.lines_b == plain.lines_b[order]).all()


def test_bounds_of_the_skewed_pair() -> None:
    """Skipping lowers the bound; the order of jobs lowers it only with the round-robin scheduler."""
    a, b = (Csf.from_tensor(tensor) for tensor in generate.skewed_pair())
    config = CONFIG | {"NumSdpe": 32, "Lanes": 8}
    turn = config | {"Scheduler": "round_robin"}
    plain, long_first = (lower_bound(a, b, config, 1, long_lines=most) for most in (0, 13))
    skips = lower_bound(a, b, config, 1, portion=4096, long_lines=13)
    assert plain.cycles == long_first.cycles > skips.cycles
    assert skips.work.steps < plain.work.steps and skips.work.matches == plain.work.matches
    assert lower_bound(a, b, turn, 1, long_lines=13).cycles < lower_bound(a, b, turn, 1).cycles
