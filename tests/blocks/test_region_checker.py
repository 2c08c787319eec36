# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_region_checker: it is quiet inside the regions and stops the simulation outside."""

import pytest

from tb.common.simulation import SimulationFailed, run_bench


def _run(simulator: str, seed: int, outside: bool) -> None:
    run_bench("flaash_region_checker", "tests.blocks.region_checker_tests", simulator,
              f"region_checker-{outside}", {"NumPorts": 3}, seed,
              environment_variables={"FLAASH_OUTSIDE": str(int(outside))})


def test_inside_is_quiet(simulator: str, seed: int) -> None:
    _run(simulator, seed, False)


def test_outside_stops_the_simulation(simulator: str, seed: int) -> None:
    with pytest.raises(SimulationFailed, match="port 1 asks for line 3 of operand 0, which has 3"):
        _run(simulator, seed, True)
