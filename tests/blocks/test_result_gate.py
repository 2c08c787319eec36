# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_result_gate."""


from tb.common.simulation import run_bench

SDPES = {"verilator": [5], "icarus": [1, 5, 64]}


def test_result_gate(simulator: str, seed: int) -> None:
    for count in SDPES[simulator]:
        run_bench("flaash_result_gate", "tests.blocks.result_gate_tests", simulator, f"result_gate-n{count}",
                  {"NumSources": count, "CountWidth": 4}, seed)
