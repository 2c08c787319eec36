# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_scheduler_round_robin and flaash_scheduler_demand."""

import pytest

from sim.simulation import run_bench

SDPES = {"verilator": [5], "icarus": [1, 2, 3, 8, 64]}


@pytest.mark.runs(odd="icarus")
@pytest.mark.parametrize("kind", ["round_robin", "demand"])
def test_scheduler(simulator: str, kind: str, seed: int) -> None:
    for sdpes in SDPES[simulator]:
        run_bench(
            f"flaash_scheduler_{kind}",
            "tests.blocks.paper.scheduler_tests",
            simulator,
            f"scheduler_{kind}-n{sdpes}",
            {"NumSdpe": sdpes},
            seed,
        )
