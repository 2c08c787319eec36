# SPDX-License-Identifier: Apache-2.0
"""The memory edge for longer: every error case, and 2,000 resets."""

import pytest

from tests.edge.test_memory_edge import run_edge


def test_every_error(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAASH_EDGE_SHARE", "1")
    run_edge("error_tests", "icarus", seed)


@pytest.mark.parametrize("width", [128, 512])
def test_many_resets(seed: int, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAASH_EDGE_RESETS", "250")  # of each of four kinds
    run_edge("reset_tests", "verilator", seed, DataWidth=width)
