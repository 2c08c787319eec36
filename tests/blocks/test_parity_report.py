# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_parity_report, which makes one error of those of all memories."""

from tb.common.simulation import run_bench

SOURCES = {"verilator": [9], "icarus": [1, 2, 9, 65]}


def test_parity_report(simulator: str, seed: int) -> None:
    for sources in SOURCES[simulator]:
        run_bench("flaash_parity_report", "tests.blocks.parity_report_tests", simulator,
                  f"parity_report-n{sources}", {"NumSources": sources}, seed)
