# SPDX-License-Identifier: Apache-2.0
"""The lower bound in cycles: its work against engines stepped cycle by cycle, and its parts."""

import csv

import numpy as np
import pytest

from models import contract as contract_module
from models import generate, io, work
from models.csf import Csf
from models.cycles import lower_bound
from models.errors import TensorError
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
