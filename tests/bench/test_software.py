# SPDX-License-Identifier: Apache-2.0
"""The software that is measured computes the contraction."""

import numpy as np
import pytest

from bench import software
from bench.workloads import expected

WORKLOAD = "3x3x1024_d0.05"


@pytest.mark.parametrize("way", software.available())
def test_each_way_gives_the_contraction(way: str) -> None:
    result = software.prepare(way, WORKLOAD)()
    dense = result.toarray() if hasattr(result, "toarray") else \
        result.todense() if hasattr(result, "todense") else np.asarray(result)
    right = expected(WORKLOAD, "fp32").to_tensor().to_dense().reshape(9, 9)
    np.testing.assert_allclose(dense, right, rtol=1e-4, atol=1e-4)


def test_measured_in_a_process_of_one_thread() -> None:
    times = software.measure([WORKLOAD])
    assert set(times[WORKLOAD]) == set(software.available())
    assert all(0 < time < 1e6 for time in times[WORKLOAD].values())
    assert software.measure([]) == {}
