# SPDX-License-Identifier: Apache-2.0
"""Benches of flaash_perf_sum and flaash_step_counters, which watch the events of all SDPEs."""

from tb.common.simulation import run_bench

# Engines, and sources: one more with a combiner.
COUNTS = {"verilator": [(64, 65)], "icarus": [(1, 1), (1, 2), (5, 5), (64, 64), (64, 65)]}


def test_perf_sum(simulator: str, seed: int) -> None:
    for sdpes, sources in COUNTS[simulator]:
        run_bench("flaash_perf_sum", "tests.blocks.perf_sum_tests", simulator, f"perf_sum-n{sdpes}-{sources}",
                  {"NumSdpe": sdpes, "NumSources": sources}, seed)


def test_step_counters(simulator: str, seed: int) -> None:
    for count in sorted({sdpes for sdpes, _ in COUNTS[simulator]}):
        run_bench("flaash_step_counters", "tests.blocks.step_counters_tests", simulator,
                  f"step_counters-n{count}", {"NumSdpe": count}, seed)
