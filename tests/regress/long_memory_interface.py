# SPDX-License-Identifier: Apache-2.0
"""The memory interface for longer: every error case, and 2,000 resets."""

import pytest

from tests.dma.test_memory_interface import run_dma


def test_every_error(seed: int) -> None:
    run_dma("error_tests", "icarus", seed, arguments={"share": 1})


@pytest.mark.parametrize("width", [128, 512])
def test_many_resets(seed: int, width: int) -> None:
    """As many of each of four kinds."""
    run_dma("reset_tests", "verilator", seed, arguments={"resets": 250}, DataWidth=width)
