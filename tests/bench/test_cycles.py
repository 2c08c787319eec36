# SPDX-License-Identifier: Apache-2.0
"""The suite notices a change that makes the machine slower."""

import json

import pytest

from bench import guard, sweep
from bench.measure import measure
from bench.rows import Row
from tb.env.run import run_sequences
from tests.top.test_sequences import MACHINES

# Cycles of WORKLOADS on the machines that the suite builds anyway, one contraction after the other.
WORKLOADS = ["7x7x512_d0.005", "3x3x1024_d0.005", "10x10x100_d0.005"]
RECORDED = {"default": 289, "paper": 3901, "stream": 3790}
HINT = "if this is meant, run 'make bench-record' and commit bench/recorded.json with the reason"


@pytest.mark.runs(on="verilator")
@pytest.mark.parametrize("machine", MACHINES)
def test_no_machine_of_the_suite_has_become_slower(simulator: str, machine: str, seed: int) -> None:
    run = run_sequences(
        MACHINES[machine][simulator],
        simulator,
        ["workloads"],
        f"cycles-{machine}",
        seed,
        {"workloads": {"pairs": WORKLOADS}},
    )
    assert run.summary["passed"] and run.summary["compared"] > 0
    sentences = guard.compare({machine: RECORDED[machine]}, {machine: run.summary["cycles"]})
    assert not sentences, f"{sentences}: if this is meant, write the new number into {__file__}"


@pytest.mark.parametrize(
    "configs",
    [
        pytest.param(guard.CONFIGS, id="some", marks=pytest.mark.runs(full=True)),
        pytest.param(guard.OTHERS, id="others", marks=pytest.mark.runs(on=None)),
    ],
)  # LIST=long runs these
def test_no_run_has_become_slower(configs: tuple[str, ...]) -> None:
    """The guarded rows of the real machines, which take half a minute each to build."""
    sentences = guard.compare(guard.read_recorded(configs), guard.measure_cycles(configs))
    assert not sentences, "\n".join([*sentences, HINT])


@pytest.mark.runs(on=None)  # LIST=long runs it
def test_no_queue_from_outside_has_become_slower() -> None:
    """Each latency, operands that are kept, dense and sparse levels; the targets hold."""
    measured = guard.measure_outside()
    sentences = guard.compare(json.loads(guard.OUTSIDE.read_text()), measured)
    assert not sentences, "\n".join([*sentences, HINT])


def test_recorded_queues_from_outside_meet_their_targets() -> None:
    recorded = json.loads(guard.OUTSIDE.read_text())
    aims = {point.name: sweep.target(point) for point in guard.guarded_points()}
    assert recorded.keys() == aims.keys()
    missed = {name: (recorded[name], aim) for name, aim in aims.items() if aim is not None and recorded[name] > aim}
    assert not missed and sum(aim is not None for aim in aims.values()) >= 3


@pytest.mark.runs(full=True, turn=(1, 2))
def test_load_balance() -> None:
    """With many fibers no engine compares in fewer than 85% of the cycles in which the busiest one does."""
    [record] = measure([Row("10x10x100_d0.1", "default")], jobs=1, short=True)
    assert record["checked"], record["problems"]
    assert record["balance_percent"] >= 85, record


@pytest.mark.parametrize(
    "measured, told",
    [
        ({"a": 102, "b": 50}, []),
        ({"a": 103, "b": 50}, ["a: 103 cycles, +3.0% (recorded: 100)"]),
        ({"a": 100}, ["b: recorded but not measured"]),
        ({"a": 100, "b": 50, "c": 1}, ["c: measured but not recorded"]),
    ],
)
def test_the_guard_tells_what_became_slower(measured: dict[str, int], told: list[str]) -> None:
    assert guard.compare({"a": 100, "b": 50}, measured) == told
