# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_perf_sum."""

from tb.common.simulation import run_bench

SDPES = {"verilator": [64], "icarus": [1, 5, 64]}


def test_perf_sum(simulator: str, seed: int) -> None:
    for count in SDPES[simulator]:
        run_bench("flaash_perf_sum", "tests.blocks.perf_sum_tests", simulator, f"perf_sum-n{count}",
                  {"NumSdpe": count}, seed)
