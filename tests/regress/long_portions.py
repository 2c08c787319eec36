# SPDX-License-Identifier: Apache-2.0
"""Portions on both simulators: every workload of the paper on 32 engines."""

import pytest

from sim import configs
from sim.toolchain import SIMULATORS
from tb.sequences.workloads import workload_names
from tests.top.test_portions import play


@pytest.mark.parametrize("pair", workload_names())
def test_workload_in_portions(pair: str, seed: int) -> None:
    """A test per workload, so that they spread over the processors."""
    config = configs.load("split32", {"Lanes": 4, "Memory": "banked", "Scheduler": "demand"})
    digests = {
        (simulator, length): play(
            config,
            simulator,
            f"long-portions-{simulator}-{pair}-{length}",
            seed,
            "workloads",
            pairs=[pair],
            portion=length,
        )
        for simulator in SIMULATORS
        for length in (0, 16)
    }
    assert len(set(digests.values())) == 1, digests
