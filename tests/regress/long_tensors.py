# SPDX-License-Identifier: Apache-2.0
"""Runs that take too long for the suite: real tensors with themselves, in full."""

import pytest

from tests.play import Play
from tests.top.test_tensors import TENSORS, square

RESULTS = {"kinships": 376_793, "flights": 4_094_755}


@pytest.mark.parametrize("name", RESULTS)
def test_tensor_in_full(play_on: Play, name: str) -> None:
    assert play_on("verilator", "fast32", "file", knobs=square(TENSORS / f"{name}.tns"))["compared"] == RESULTS[name]
