# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_stream_arbiter2."""

from tb.common.simulation import run_bench


def test_stream_arbiter2(simulator: str, seed: int) -> None:
    run_bench("flaash_stream_arbiter2", "tests.blocks.stream_arbiter2_tests", simulator, "stream_arbiter2",
              {"Width": 16}, seed)
