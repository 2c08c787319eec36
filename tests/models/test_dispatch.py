# SPDX-License-Identifier: Apache-2.0
"""The earliest end of jobs: cases by hand, and dispatchers without any delay."""

import heapq

import numpy as np

from models.dispatch import demand, round_robin
from models.work import Jobs


def jobs(engine: list[int], tail: list[int] | None = None, lines: int = 1) -> Jobs:
    count = len(engine)
    return Jobs(np.array(engine), np.array(tail or [0] * count), np.ones(count, np.int64), *[np.full(count, lines)] * 2)


def test_demand_by_hand() -> None:
    assert demand(jobs([]), 4) == 0
    assert demand(jobs([7]), 4) == 7
    # 8 cycles for two engines, the second of which begins a cycle later; the first job is not divided.
    assert demand(jobs([5, 1, 1, 1]), 2) == 5
    assert demand(jobs([2, 2, 2, 2]), 2) == 5
    # Three of the five cycles are discards after the last comparison; job 3 comes in cycle 3.
    assert demand(jobs([5, 1, 1, 1], [3, 0, 0, 0]), 2) == 4


def test_round_robin_by_hand() -> None:
    assert round_robin(jobs([]), 4, 8, 5) == 0
    assert round_robin(jobs([3, 4, 5]), 1, 8, 5) == 12
    assert round_robin(jobs([3, 4, 5], [0, 0, 2]), 1, 8, 5) == 10
    assert round_robin(jobs([3, 4, 5]), 2, 8, 5) == 8
    assert round_robin(jobs([1] * 9), 9, 8, 5) == 9  # one is handed out per cycle


def test_round_robin_waits_for_a_slow_engine() -> None:
    # An engine holds four jobs of 20 lines besides the current one. So the sixth job of engine 0 is
    # handed out when its first one is finished, 100 cycles after it began, 5 after it was handed out;
    # after it comes job 11, the long one.
    costs = [100, 1] * 5 + [1, 1000]
    assert round_robin(jobs(costs, lines=20), 2, 8, 5) == 100 + 5 + 1 + 1000
    # Lines that fit into the loaders: all are accepted at once.
    assert round_robin(jobs(costs), 2, 8, 5) == 11 + 1000


def test_dispatchers_are_not_faster(seed) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(200):
        engines, count = int(rng.integers(1, 6)), int(rng.integers(1, 30))
        costs = rng.integers(1, 20, count)
        made = jobs(costs.tolist(), [int(rng.integers(0, cost)) for cost in costs])
        free = [0] * engines
        in_turn = []
        for index, (cost, tail) in enumerate(zip(made.engine.tolist(), made.tail.tolist(), strict=True)):
            begins = max(free[index % engines], index)
            free[index % engines] = begins + cost
            in_turn.append(begins + cost - tail)
        # With short fibers every job finds room at once.
        assert round_robin(made, engines, 1000, 5) == max(in_turn)
        idle, ends = [0] * engines, []
        for index, (cost, tail) in enumerate(zip(made.engine.tolist(), made.tail.tolist(), strict=True)):
            begins = max(heapq.heappop(idle), index)
            heapq.heappush(idle, begins + cost)
            ends.append(begins + cost - tail)
        assert demand(made, engines) <= max(ends)
