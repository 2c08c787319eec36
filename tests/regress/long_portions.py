# SPDX-License-Identifier: Apache-2.0
"""Portions on both simulators: every workload of the paper on 32 engines."""

import itertools

import pytest

from sim.toolchain import SIMULATORS
from tb.sequences.workloads import workload_names
from tests.play import Play

CONFIG = "fast32"


@pytest.mark.parametrize("pair", workload_names())
def test_workload_in_portions(play_on: Play, pair: str) -> None:
    """A test per workload, so that they spread over the processors."""
    digests = {
        (simulator, length): play_on(simulator, CONFIG, "workloads", knobs={"pairs": [pair], "portion": length})[
            "digest"
        ]
        for simulator, length in itertools.product(SIMULATORS, (0, 16))
    }
    assert len(set(digests.values())) == 1, digests
