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
    if way.startswith("torch"):
        result = result.to_dense()
    dense = (
        result.toarray()
        if hasattr(result, "toarray")
        else result.todense()
        if hasattr(result, "todense")
        else np.asarray(result)
    )
    right = expected(WORKLOAD, "fp32").to_tensor().to_dense().reshape(9, 9)
    np.testing.assert_allclose(dense, right, rtol=1e-4, atol=1e-4)


def test_a_workload_with_slices_is_contracted_slice_by_slice() -> None:
    results = software.prepare("scipy", "flash-llm"), software.prepare("numpy", "hobbit-int8")()
    np.testing.assert_allclose(
        results[0]().toarray(), expected("flash-llm/0", "fp32").to_tensor().to_dense(), rtol=1e-4, atol=1e-4
    )
    for index, result in enumerate(results[1]):
        np.testing.assert_array_equal(result, expected(f"hobbit-int8/{index}", "int8").to_tensor().to_dense())


@pytest.mark.runs(full=True)  # compiles the same as numba has compiled in another process
def test_measured_in_a_process_of_one_thread() -> None:
    times = software.measure([WORKLOAD])
    assert set(times[WORKLOAD]) == set(software.available())
    assert all(0 < time < 1e6 for time in times[WORKLOAD].values())
    assert software.measure([]) == {}
