# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_stream_register."""

from tb.common.simulation import run_bench


def test_stream_register(simulator: str, seed: int) -> None:
    run_bench("flaash_stream_register", "tests.blocks.stream_register_tests", simulator, "stream_register",
              {"Width": 16}, seed)
