# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_memory_bank."""

from tb.common.simulation import run_bench


def test_memory_bank(simulator: str, seed: int) -> None:
    run_bench("flaash_memory_bank", "tests.blocks.memory_bank_tests", simulator, "memory_bank",
              {"Width": 20, "Words": 6}, seed)
