# SPDX-License-Identifier: Apache-2.0
"""Benches of the plan of the resident machine."""

from pathlib import Path

import pytest

from sim.simulation import SimulationFailed, run_bench
from tests.share import LONG, amount, share

PLAN_WRAPPER = (Path(__file__).parent / "flaash_plan_bench.sv",)

EVENTS = ("plan_event", "plan_early")
# Groups, fibers of a set, engines of a group, lines of an operand, its buffers, entries of a line. LIST=long has
# machines of many groups.
PLANS = {
    "verilator": [(8, 4, 4, 8192, 2, 4)],
    "icarus": [
        (8, 4, 4, 8192, 2, 4),
        (3, 3, 3, 70_000, 1, 2),
        (2, 1, 1, 8192, 2, 1),
        (1, 4, 4, 8192, 1, 4),
        (2, 8, 2, 2**19, 1, 8),
        (4, 4, 2, 8000, 2, 4),
        (2, 2, 1, 8192, 1, 4),
        *([(16, 8, 8, 8192, 1, 4), (64, 1, 1, 2**19, 1, 4)] if LONG else []),
    ],
}


@pytest.mark.runs(odd="icarus")
def test_the_plan(simulator: str, seed: int) -> None:
    """Each machine of the suite meets faults that the other ones do not show; the last one only with its pieces."""
    for number, (groups, size, engines, lines, buffers, lanes) in enumerate(share(PLANS[simulator], seed, suite=4)):
        others = amount((), EVENTS) if number == 2 else EVENTS
        run_bench(
            "flaash_plan_bench",
            ",".join(f"tests.blocks.planner.{module}_tests" for module in ("plan", *others)),
            simulator,
            f"plan-g{groups}-s{size}-e{engines}",
            {
                "Groups": groups,
                "MaxSize": size,
                "Engines": engines,
                "MemLines": lines,
                "Buffers": buffers,
                "Lanes": lanes,
            },
            seed,
            extra_sources=PLAN_WRAPPER,
            inside=True,
        )


@pytest.mark.parametrize(
    "testcase, sentence",
    [
        ("more_lines_than_the_memory", "an operand that is too large for its memory"),
        ("fibers_without_lines", "an operand that is too large for its memory"),
        ("entries_change_while_busy", "what the choice follows from changes while busy"),
        ("loaded_a_cycle_after_the_last_line", "a line of an operand that is loaded"),
    ],
)
@pytest.mark.runs(on="verilator")
def test_what_no_chip_does_ends_the_simulation(testcase: str, sentence: str, simulator: str, seed: int) -> None:
    """The assertion fires. Assertions run on Verilator only."""
    with pytest.raises(SimulationFailed, match=sentence):
        run_bench(
            "flaash_plan_bench",
            "tests.blocks.planner.plan_misuse_tests",
            simulator,
            f"plan-{testcase}",
            {"Groups": 2, "MaxSize": 2, "MemLines": 64},
            seed,
            extra_sources=PLAN_WRAPPER,
            testcase=testcase,
        )
