# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_delay_line."""

from tb.common.simulation import run_bench

DELAYS = {"verilator": [3], "icarus": [0, 1, 2, 3, 8, 49]}


def test_delay_line(simulator: str, seed: int) -> None:
    for delay in DELAYS[simulator]:
        run_bench("flaash_delay_line", "tests.blocks.delay_line_tests", simulator, f"delay_line-d{delay}",
                  {"Channels": 3, "Width": 24, "Delay": delay}, seed)
