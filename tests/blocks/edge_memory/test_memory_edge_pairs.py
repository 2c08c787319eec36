# SPDX-License-Identifier: Apache-2.0
"""Two errors of one contraction, on both simulators."""

from sim.simulation import run_bench


def test_memory_edge_pairs(simulator: str, seed: int) -> None:
    """The chip's model makes each error at any time; on Verilator with beats of 512 bits."""
    width, lanes = (128, 2) if simulator == "icarus" else (512, 8)
    run_bench(
        "flaash_memory_edge",
        "tests.blocks.edge_memory.memory_edge_pairs_tests",
        simulator,
        "memory_edge_pairs",
        {"DataWidth": width, "ResultLanes": lanes},
        seed,
    )
