# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_region_checker: quiet inside the regions, it stops the simulation at any mistake."""

import pytest

from sim.simulation import SimulationFailed, run_bench

MISTAKES = {
    "outside": "port 1 asks for line 3 of operand 0, which has 3",
    "other": "port 0 asks for line 6 of operand 0, which has 6",
    "written": "line 3 of operand 0 is written while it is in use",
}


def _run(simulator: str, seed: int, mistake: str = "") -> None:
    run_bench(
        "flaash_region_checker",
        "tests.blocks.memory.region_checker_tests",
        simulator,
        f"region_checker-{mistake}",
        {"NumPorts": 3},
        seed,
        arguments={"mistake": mistake},
    )


def test_inside_is_quiet(simulator: str, seed: int) -> None:
    _run(simulator, seed)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_stops_the_simulation(mistake: str, simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match=MISTAKES[mistake]):
        _run(simulator, seed, mistake)
