# SPDX-License-Identifier: Apache-2.0
"""Long jobs first: the order of the jobs against engines stepped cycle by cycle, and the bound of the cycles."""

from __future__ import annotations

import numpy as np
import pytest

from models import generate, work
from models.csf import Csf
from models.cycles import lower_bound
from tests.models.test_cycles import CONFIG, fibers, lines, pair, run_merge


def jobs_of(a: Csf, b: Csf, lanes: int, long_lines: int) -> list[tuple[int, int, int, int]]:
    """Return the engine's cycles, its cycles after the last step, and lines, in the order of the jobs."""
    first, last = [], []
    for number, x in enumerate(fibers(a)):
        for y in fibers(b):
            sizes = len(lines(x, lanes)), len(lines(y, lanes))
            steps, cycles = run_merge(x, y, lanes)
            chosen = last if sum(sizes) < long_lines and number >= len(fibers(a)) // 2 else first
            chosen.append((cycles, cycles - steps, *sizes))
    return first + last


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_jobs_against_stepping(lanes: int, seed: int) -> None:
    for trial in range(15):
        a, b = pair(seed, trial)
        for long_lines in (0, 1, 5, 9, 1000):
            wanted = jobs_of(a, b, lanes, long_lines)
            total, jobs = work.measure(a, b, lanes, 1, long_lines)
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
    """The order of jobs lowers the bound only with the round-robin scheduler."""
    a, b = (Csf.from_tensor(tensor) for tensor in generate.skewed_pair())
    config = CONFIG | {"NumSdpe": 32, "Lanes": 8}
    turn = config | {"Scheduler": "round_robin"}
    plain, long_first = (lower_bound(a, b, config, 1, long_lines=most) for most in (0, 13))
    assert plain.cycles == long_first.cycles
    assert lower_bound(a, b, turn, 1, long_lines=13).cycles < lower_bound(a, b, turn, 1).cycles
