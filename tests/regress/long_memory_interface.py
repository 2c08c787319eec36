# SPDX-License-Identifier: Apache-2.0
"""The memory interface for longer: every error case."""

from tests.dma.test_memory_interface import run_dma


def test_every_error(seed: int) -> None:
    run_dma("error_tests", "icarus", seed, arguments={"share": 1})
