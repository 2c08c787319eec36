# SPDX-License-Identifier: Apache-2.0
"""Every workload of the paper on 32 engines, whole and in portions: the same bytes."""

from tb.common import configs
from tb.sequences.workloads import workload_names
from tests.top.test_portions import play


def test_all_workloads_in_portions(simulator: str, seed: int) -> None:
    config = configs.load("split8", {"NumSdpe": 32})
    digests = {play(config, simulator, f"long-portions-{simulator}-{length}", seed, "workloads",
                    pairs=list(workload_names()), portion=length) for length in (0, 16)}
    assert len(digests) == 1
