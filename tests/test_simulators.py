# SPDX-License-Identifier: Apache-2.0
"""What the suite leaves out on one simulator runs in LIST=long: no test runs on one of them only."""

from tb.common.toolchain import SIMULATORS
from tests.collect import collected

MARKED = "tests/top/test_portions.py::test_special_values_across_portions"


def on_other(name: str) -> str:
    """Return the name of a test on the other simulator."""
    here, there = SIMULATORS if SIMULATORS[0] in name else reversed(SIMULATORS)
    return name.replace(here, there)


def test_left_out_tests_are_those_of_the_other_simulator() -> None:
    suite, left_out = collected("tests/top"), collected("tests/top", "--left-out")
    assert left_out and not set(suite) & set(left_out)
    assert {on_other(name) for name in left_out} <= set(suite)


def test_a_test_named_in_full_runs_although_it_is_left_out() -> None:
    """So the line that a failing test prints repeats it."""
    left_out = collected(MARKED, "--left-out")
    assert left_out and collected(left_out[0]) == left_out[:1]
