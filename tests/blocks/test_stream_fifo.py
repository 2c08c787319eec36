# SPDX-License-Identifier: Apache-2.0
"""Bench of flaash_stream_fifo."""

import pytest

from tb.common.simulation import run_bench


@pytest.mark.parametrize("depth", [2, 8])
def test_stream_fifo(simulator: str, depth: int, seed: int) -> None:
    run_bench("flaash_stream_fifo", "tests.blocks.stream_fifo_tests", simulator,
              f"stream_fifo-d{depth}", {"Width": 16, "Depth": depth}, seed)
