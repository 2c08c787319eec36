# SPDX-License-Identifier: Apache-2.0
"""The lower bound in cycles: its work and the order of jobs against engines stepped cycle by cycle, and its parts."""

from __future__ import annotations

import csv
import heapq

import numpy as np
import pytest

from models import contract as contract_module
from models import generate, io, work
from models.csf import Csf
from models.cycles import lower_bound
from models.dispatch import demand, round_robin
from models.errors import TensorError
from models.work import Jobs
from tests.models.strategies import TENSORS, WORKLOADS, tensor

CONFIG = {
    "NumSdpe": 1,
    "Portions": 0,
    "Lanes": 4,
    "Engine": "merge",
    "Memory": "ideal",
    "MemBanks": 16,
    "MemLatency": 2,
    "Scheduler": "demand",
    "ResultDepth": 512,
    "Format": "fp32",
}


def fibers(csf: Csf) -> list[list[int]]:
    return [csf.leaf_coords[first:last].tolist() for first, last in csf.fiber_bounds()]


def lines(fiber: list[int], lanes: int) -> list[list[int]]:
    return [fiber[first : first + lanes] for first in range(0, len(fiber), lanes)]


def run_merge(a: list[int], b: list[int], lanes: int) -> tuple[int, int]:
    """Return steps and cycles of a merge: coordinates compared pair by pair."""
    i = j = steps = 0
    while True:
        steps += 1
        end_a = a[i] <= b[j] and i == len(a) - 1
        end_b = b[j] <= a[i] and j == len(b) - 1
        if end_a or end_b:
            break
        i, j = i + (a[i] <= b[j]), j + (b[j] <= a[i])
    # The current lines go with the last step; each other line that is left takes a cycle.
    left = sum(len(lines(fiber, lanes)) - 1 - place // lanes for fiber, place in ((a, i), (b, j)))
    return steps, steps + left


def pair(seed: int, trial: int = 0) -> tuple[Csf, Csf]:
    rng = np.random.default_rng([seed, trial])
    shapes = [(*rng.integers(1, 5, rng.integers(0, 3)), 24) for _ in range(2)]
    return tuple(Csf.from_tensor(generate.uniform_tensor(rng, shape, rng.random())) for shape in shapes)


@pytest.mark.parametrize("lanes", [1, 2, 4, 8])
def test_work_against_stepping(lanes, seed) -> None:
    for trial in range(40):
        a, b = pair(seed, trial)
        runs = [run_merge(x, y, lanes) for x in fibers(a) for y in fibers(b)]
        common = [len(set(x) & set(y)) for x in fibers(a) for y in fibers(b)]
        bound = lower_bound(a, b, CONFIG | {"Lanes": lanes})
        work = bound.work
        assert work.jobs == len(runs)
        assert work.steps == sum(steps for steps, _ in runs)
        assert work.engine == sum(cycles for _, cycles in runs)
        assert work.matches == sum(common)
        assert work.beats == sum(max(count, 1) for count in common)
        if runs:
            # 9 cycles before the first comparison, 20 after the last one. The longest discard hides a part:
            hidden = max(cycles - steps for steps, cycles in runs)
            assert 29 + work.engine - hidden <= bound.terms["engine"] <= 29 + work.engine
            assert bound.terms["products"] == 29 + work.beats
        assert work.lines_a == sum(len(lines(x, lanes)) for x in fibers(a)) * len(fibers(b))
        assert work.lines_b == sum(len(lines(y, lanes)) for y in fibers(b)) * len(fibers(a))
        assert work.runs == len(fibers(a)) * bool(fibers(b))


@pytest.mark.parametrize("run_length", [0, 1, 3])
def test_jobs_against_stepping(run_length, seed) -> None:
    for trial in range(30):
        a, b = pair(seed, trial)
        length = run_length or max(len(fibers(b)), 1)
        runs = [
            [run_merge(x, y, 4) for y in fibers(b)[first : first + length]]
            for x in fibers(a)
            for first in range(0, len(fibers(b)), length)
        ]
        _, jobs = work.measure(a, b, 4, run_length)
        assert jobs.engine.tolist() == [sum(cycles for _, cycles in run) for run in runs]
        assert jobs.tail.tolist() == [run[-1][1] - run[-1][0] for run in runs]


@pytest.mark.parametrize("name", [file.name[:-11] for file in sorted(WORKLOADS.glob("*_lhs.csfbin"))])
def test_merge_steps_of_workloads(name) -> None:
    rows = {row["workload"]: row for row in csv.DictReader((WORKLOADS / "workloads.csv").open())}
    a, b = (Csf.from_tensor(io.read(WORKLOADS / f"{name}_{side}.csfbin")) for side in ("lhs", "rhs"))
    work = lower_bound(a, b, CONFIG).work
    assert work.steps == int(rows[name]["early_term_cycles"])
    assert work.matches == int(rows[name]["sum_intersection"])
    assert work.jobs == int(rows[name]["jobs"]) - int(rows[name]["jobs_either_empty"])


def test_blocks_change_nothing(seed, monkeypatch) -> None:
    a, b = pair(seed)
    whole = lower_bound(a, b, CONFIG | {"NumSdpe": 2}, 2)
    for module in (work, contract_module):
        monkeypatch.setattr(module, "MAX_BLOCK", 1)
    assert lower_bound(a, b, CONFIG | {"NumSdpe": 2}, 2) == whole


def test_resident_on_a_workload() -> None:
    """One engine: 2,401 pairs of fibers, all products, and each line of B once per set of four fibers."""
    a, b = (Csf.from_tensor(io.read(WORKLOADS / f"7x7x512_d0.1_{side}.csfbin")) for side in ("lhs", "rhs"))
    config = CONFIG | {"Engine": "resident", "GroupSize": 4}
    bound = lower_bound(a, b, config)
    sets = -(-len(a.fiber_bounds()) // 4)
    lines_b = sum(-(-(last - first) // 4) for first, last in b.fiber_bounds())
    assert bound.terms["engine"] > sets * lines_b and bound.terms["products"] > bound.work.matches
    assert bound.work.lines_b == sets * lines_b
    shared = lower_bound(a, b, config | {"NumSdpe": 32})
    assert bound.cycles / 40 < shared.cycles < bound.cycles / 20


def test_first_sets_and_the_longest_pair() -> None:
    """By hand: 31 cycles of latency; each group loads a set first, and a dot product has one multiplier."""
    config = CONFIG | {"Engine": "resident", "GroupSize": 2, "NumSdpe": 2}
    ones = Csf.from_tensor(generate.uniform_tensor(np.random.default_rng(0), (6, 16), 1.0))
    # A fiber of 4 lines is loaded; then two engines share 36 dot products of 16 matches.
    assert lower_bound(ones, ones, config).terms["sets"] == 31 + 4 + 36 * 16 // 2
    # 16 groups with 36 dot products: a fiber, and 18 matches per engine, against 18 fibers, 4 lines each, in a group.
    many = lower_bound(ones, ones, config | {"NumSdpe": 32})
    assert 31 + 4 + 18 <= many.terms["sets"] <= 31 + 4 + 4 * 36 // 16 + 18
    long, short = (
        Csf.from_tensor(tensor((2, 64), {(row, k): 1.0 for row, count in enumerate(counts) for k in range(count)}))
        for counts in ((64, 1), (64, 2))
    )
    assert lower_bound(long, short, config | {"NumSdpe": 32}).terms["sets"] == 31 + 16 + 64
    # Nothing matches: only lines count.
    none = Csf.from_tensor(tensor((1, 64), {(0, 63): 1.0}))
    apart = lower_bound(none, Csf.from_tensor(tensor((1, 64), {(0, 0): 1.0})), config)
    assert apart.terms["sets"] == apart.terms["products"] == 0 < apart.terms["engine"]


def test_resident_spreads_long_fibers() -> None:
    """A pair of fibers on 4 engines in 2 groups: parts of 10 lines, past which all of B streams."""
    a, b = (
        Csf.from_tensor(generate.uniform_tensor(np.random.default_rng(number), (4000,), nnz=160)) for number in (0, 1)
    )
    config = CONFIG | {"Engine": "resident", "GroupSize": 2, "NumSdpe": 4, "Portions": 1}
    whole = lower_bound(a, b, config)
    for portion, lines in ((40, 20 + 40), (20, 20 + 2 * 40), (160, 80), (0, 80)):
        bound = lower_bound(a, b, config, portion=portion)
        assert bound.terms["engine"] - whole.terms["engine"] == lines - 80, portion


def test_banks_and_drain() -> None:
    rng = np.random.default_rng(0)
    full = Csf.from_tensor(generate.uniform_tensor(rng, (20, 30, 8), 1.0))
    ideal = lower_bound(full, full, CONFIG | {"NumSdpe": 64})
    assert ideal.terms["banks"] == ideal.terms["drain"] == 0
    banked = lower_bound(full, full, CONFIG | {"NumSdpe": 64, "Memory": "banked", "MemBanks": 4})
    assert banked.terms["banks"] == 28 + 2 * 600 * 600 * 2 // 4
    # 360,000 results of 4 + 1 words in two beats each; the stores hold 64 x 512.
    drained = lower_bound(full, full, CONFIG | {"NumSdpe": 64}, results=360_000)
    assert drained.terms["drain"] == 28 + (360_000 - 64 * 512 - 4 * 64 - 16) * 2
    assert drained.limit == "drain" and drained.cycles == drained.terms["drain"]
    assert lower_bound(full, full, CONFIG, results=10).terms["drain"] == 0


def test_nothing_to_do() -> None:
    some, none = (Csf.from_tensor(tensor((3, 4), entries)) for entries in ({(1, 2): 1.0}, {}))
    for a, b in ((some, none), (none, some), (none, none)):
        for engine in ("merge", "resident"):
            bound = lower_bound(a, b, CONFIG | {"Engine": engine, "GroupSize": 2})
            assert bound.cycles == 0 and bound.work.jobs == bound.work.runs == 0
    with pytest.raises(TensorError, match="contracted extents differ"):
        lower_bound(some, Csf.from_tensor(tensor((3, 5), {})), CONFIG)


def test_large_contraction() -> None:
    umls = Csf.from_tensor(io.read(TENSORS / "umls.tns"))
    merge, resident = (
        lower_bound(umls, umls, CONFIG | {"Engine": engine, "NumSdpe": 32, "GroupSize": 2})
        for engine in ("merge", "resident")
    )
    assert merge.work.jobs == resident.work.jobs == 695_556
    assert merge.work.matches == resident.work.matches == 725_705
    assert resident.cycles < merge.cycles


# Long jobs first: the order of the jobs, and the bound of the cycles.
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
def test_sorted_jobs_against_stepping(lanes: int, seed: int) -> None:
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


# The earliest end of jobs: cases by hand, and dispatchers without any delay.
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
