# SPDX-License-Identifier: Apache-2.0
"""Operands as arrays: scipy's are not copied, Csf is converted back and forth, fibers have coordinates."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from flaash.driver.arrays import Operand
from models import generate
from models.contract import Fibers
from models.csf import Csf
from models.errors import TensorError
from models.numbers import FORMATS
from models.tensor import SparseTensor
from tb.dma.image import levels
from tests.models.strategies import FLOAT32, tensors

DENSE = np.array([[0, 2, 0, 5], [0, 0, 0, 0], [1, 0, 3, 0]])


def csr(dtype: type, index: type = np.int32) -> csr_array:
    array = csr_array(DENSE.astype(dtype))
    array.indices, array.indptr = array.indices.astype(index), array.indptr.astype(index)
    return array


@pytest.mark.parametrize("name, dtype", [("fp32", np.float32), ("int8", np.int8), ("int16", np.int16)])
def test_arrays_of_scipy_are_not_copied(name, dtype) -> None:
    array = csr(dtype)
    made = Operand.from_csr(array, FORMATS[name])
    upper, leaf = made.levels
    for ours, theirs in ((upper.first, array.indptr), (leaf.first, array.indices), (leaf.second, array.data)):
        assert np.shares_memory(ours, theirs) and ours.tobytes() == theirs.tobytes()
    assert upper.second is None and (upper.count, leaf.count, made.shape) == (3, 4, (3, 4))


@pytest.mark.parametrize(
    "name, dtype, index",
    [("fp32", np.float64, np.int64), ("bf16", np.float32, np.int32), ("int8", np.float64, np.int64)],
)
def test_other_types_are_converted(name, dtype, index) -> None:
    made = Operand.from_csr(csr(dtype, index), FORMATS[name])
    assert np.array_equal(made.to_csf().to_tensor().to_dense(), DENSE)
    assert made.levels[1].second.dtype.itemsize == FORMATS[name].value_width // 8


def test_fibers_that_lie_apart() -> None:
    """32-bit arrays are not copied; gaps are no entries."""
    fmt = FORMATS["fp32"]
    pairs, indices = np.int32([[1, 2], [4, 4], [4, 6]]), np.int32([9, 1, 9, 9, 0, 2, 9])
    data = np.float32([9, 2, 9, 9, 1, 3, 9])
    made = Operand.from_loose((3, 3), pairs, indices, data, fmt)
    for ours, theirs in ((made.levels[0].first, pairs), (made.levels[1].first, indices), (made.levels[1].second, data)):
        assert np.shares_memory(ours, theirs)
    assert np.array_equal(made.to_csf().to_tensor().to_dense(), [[0, 2, 0], [0, 0, 0], [1, 0, 3]])
    assert (made.entries, made.fiber_lengths().tolist(), made.fiber_paths().tolist()) == (3, [1, 2], [[0], [2]])


@pytest.mark.parametrize("pairs", [[[1, 0]], [[0, 2], [1, 3]], [[0, 4]], [[0, 1], [2, 4]]])
def test_a_table_that_does_not_ascend(pairs: list[list[int]]) -> None:
    data = np.ones(3, np.float32)
    with pytest.raises(TensorError, match="do not ascend"):
        Operand.from_loose((len(pairs), 3), np.int32(pairs), np.zeros(3, np.int32), data, FORMATS["fp32"])


def test_what_is_no_operand() -> None:
    fmt = FORMATS["fp32"]
    unsorted = csr_array((np.float32([1, 2]), np.int32([2, 0]), np.int32([0, 2])), shape=(1, 3))
    assert Operand.from_csr(unsorted, fmt).levels[1].first.tolist() == [0, 2]
    twice = csr_array((np.float32([1, 2]), np.int32([1, 1]), np.int32([0, 2])), shape=(1, 3))
    with pytest.raises(TensorError, match="occurs twice"):
        Operand.from_csr(twice, fmt)
    with pytest.raises(TensorError, match="no matrix in CSR form"):
        Operand.from_csr(coo_array(DENSE), fmt)
    with pytest.raises(TensorError, match="a ndarray is no operand"):
        Operand.of(DENSE, fmt)
    with pytest.raises(TensorError, match="no number of int8"):
        Operand.from_csr(csr(np.float64) * 300, FORMATS["int8"])


@given(tensors(max_order=4, values=FLOAT32), st.randoms(use_true_random=False))
def test_there_and_back(operand, random) -> None:
    csf = Csf.from_tensor(operand).with_empty_nodes(np.random.default_rng(random.randrange(99)))
    made = Operand.of(csf, FORMATS["fp32"])
    assert made.to_csf().to_tensor().equals(operand)
    assert np.array_equal(made.fiber_paths(), csf.fiber_paths())
    assert np.array_equal(made.fiber_lengths(), np.diff(csf.fiber_bounds()).ravel())
    assert (made.entries, made.shape) == (operand.nnz, operand.shape)


def test_fibers_below_dense_levels() -> None:
    operand = generate.uniform_tensor(np.random.default_rng(1), (3, 4, 9), nnz=11)
    whole = np.full((3, 4, 9), np.nan)  # every upper node, so that the levels can be dense
    whole[tuple(operand.coords.T)] = operand.values
    made = Operand.of(operand, FORMATS["fp32"])
    starts = np.concatenate([[0], np.cumsum((~np.isnan(whole)).sum(axis=2).ravel())])
    levels = [
        type(made.levels[0])(3, 3, np.arange(0, 13, 4, dtype="<u4"), None),
        type(made.levels[0])(4, 12, starts.astype("<u4"), None),
        made.levels[-1],
    ]
    dense = Operand(made.shape, levels, made.fmt)
    assert dense.to_csf().to_tensor().equals(operand)
    assert np.array_equal(dense.fiber_paths(), Fibers.of(operand).paths)


@pytest.mark.parametrize("density", [0.0, 0.1, 1.0])
def test_any_levels_of_the_interface_tests_can_be_dense(density: float) -> None:
    """The driver reads what the tests of the memory interface put into the memory, for each choice of dense levels."""
    shape = (3, 1, 4, 9)
    operand = generate.uniform_tensor(np.random.default_rng(1), shape, density)
    upper = range(len(shape) - 1)
    for dense in (chosen for count in range(len(shape)) for chosen in itertools.combinations(upper, count)):
        made = Operand(shape, levels(Csf.from_tensor(operand), FORMATS["fp32"], dense), FORMATS["fp32"])
        assert made.to_csf().to_tensor().equals(operand)
        assert np.array_equal(made.fiber_paths(), Fibers.of(operand).paths)
        parents = 1
        for number in upper:
            assert (made.levels[number].second is None) == (number in dense)
            assert number not in dense or made.levels[number].count == parents * shape[number]
            parents = made.levels[number].count


def test_narrow_coordinates() -> None:
    for extent, size in ((65536, 2), (65537, 4)):
        made = Operand.of(SparseTensor.from_coordinates((extent,), [[extent - 1]], [1.0]), FORMATS["bf16"])
        assert made.levels[0].first.dtype.itemsize == size and made.nbytes == size + 2
