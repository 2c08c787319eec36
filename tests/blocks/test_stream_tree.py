# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_stream_tree."""


from tb.common.simulation import run_bench

# Inputs, bits of a beat.
SIZES = {"verilator": [(32, 40)], "icarus": [(1, 30), (2, 30), (3, 90), (5, 30), (13, 32), (64, 90)]}


def test_stream_tree(simulator: str, seed: int) -> None:
    for inputs, width in SIZES[simulator]:
        run_bench("flaash_stream_tree", "tests.blocks.stream_tree_tests", simulator, f"stream_tree-n{inputs}",
                  {"Inputs": inputs, "Width": width}, seed)
