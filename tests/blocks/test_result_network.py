# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_result_network."""


from tb.common.simulation import run_bench

SOURCES = {"verilator": [5], "icarus": [1, 3, 8, 65]}


def test_result_network(simulator: str, seed: int) -> None:
    for sources in SOURCES[simulator]:
        run_bench("flaash_result_network", "tests.blocks.stream_tree_tests", simulator,
                  f"result_network-n{sources}", {"NumSources": sources}, seed)
