# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_perf_sum with flaash_watchdog: the events that count as work."""

from pathlib import Path

import pytest

from sim.simulation import run_bench

WRAPPER = (Path(__file__).parent / "flaash_work_bench.sv",)


@pytest.mark.runs(odd="icarus")
def test_work(simulator: str, seed: int) -> None:
    run_bench(
        "flaash_work_bench", "tests.blocks.control.work_tests", simulator, "work", {}, seed, extra_sources=WRAPPER
    )
