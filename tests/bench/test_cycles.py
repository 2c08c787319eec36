# SPDX-License-Identifier: Apache-2.0
"""No change makes the machine slower unnoticed."""

import pytest

from bench import guard
from bench.measure import measure
from bench.rows import Row
from tests.share import amount

HINT = "if this is meant, run 'make bench-record' and commit bench/recorded.json with the reason"


@pytest.mark.parametrize("configs", [
    pytest.param(guard.CONFIGS, id="some"),
    pytest.param(guard.OTHERS, id="others", marks=pytest.mark.suite_on())])  # LIST=long runs these
def test_no_run_has_become_slower(configs: tuple[str, ...], seed: int) -> None:
    """Of the machines, which take half a minute each to build, the suite takes one; which, says the seed."""
    configs = amount((configs[seed % len(configs)],), configs)
    sentences = guard.compare(guard.read_recorded(configs), guard.measure_cycles(configs))
    assert not sentences, "\n".join([*sentences, HINT])


@pytest.mark.full
@pytest.mark.turn(1, 2)
def test_load_balance() -> None:
    """No engine looks up fewer than 85% of the lines that the busiest one does."""
    [record] = measure([Row("7x7x512_d0.1", "fast32")], jobs=1, short=True)
    assert record["checked"], record["problems"]
    assert record["balance_percent"] >= 85, record


@pytest.mark.parametrize("measured, told", [
    ({"a": 102, "b": 50}, []),
    ({"a": 103, "b": 50}, ["a: 103 cycles, +3.0% (recorded: 100)"]),
    ({"a": 100}, ["b: recorded but not measured"]),
    ({"a": 100, "b": 50, "c": 1}, ["c: measured but not recorded"]),
])
def test_the_guard_tells_what_became_slower(measured: dict[str, int], told: list[str]) -> None:
    assert guard.compare({"a": 100, "b": 50}, measured) == told
