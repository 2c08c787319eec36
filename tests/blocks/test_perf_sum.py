# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_perf_sum and flaash_step_counters, which watch the events of all SDPEs."""

from tb.common.simulation import run_bench

SDPES = {"verilator": [64], "icarus": [1, 5, 64]}


def test_perf_sum(simulator: str, seed: int) -> None:
    for count in SDPES[simulator]:
        run_bench("flaash_perf_sum", "tests.blocks.perf_sum_tests", simulator, f"perf_sum-n{count}",
                  {"NumSdpe": count}, seed)


def test_step_counters(simulator: str, seed: int) -> None:
    for count in SDPES[simulator]:
        run_bench("flaash_step_counters", "tests.blocks.step_counters_tests", simulator,
                  f"step_counters-n{count}", {"NumSdpe": count}, seed)
