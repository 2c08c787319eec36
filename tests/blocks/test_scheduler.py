# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_scheduler_round_robin and flaash_scheduler_demand."""

import pytest

from tb.common.simulation import SimulationFailed, build, run_bench

SDPES = {"verilator": [5], "icarus": [1, 2, 3, 8, 64]}


@pytest.mark.parametrize("kind", ["round_robin", "demand"])
def test_scheduler(simulator: str, kind: str, seed: int) -> None:
    for sdpes in SDPES[simulator]:
        run_bench(f"flaash_scheduler_{kind}", "tests.blocks.scheduler_tests", simulator,
                  f"scheduler_{kind}-n{sdpes}", {"NumSdpe": sdpes}, seed)


@pytest.mark.parametrize("sdpes", [0, 65])
@pytest.mark.parametrize("kind", ["round_robin", "demand"])
def test_illegal_parameters_are_refused(kind: str, sdpes: int) -> None:
    with pytest.raises(SimulationFailed, match="NumSdpe must be"):
        build(f"flaash_scheduler_{kind}", "verilator", {"NumSdpe": sdpes})
