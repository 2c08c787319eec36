# SPDX-License-Identifier: Apache-2.0
"""SparseTensor: checks, order, dense arrays, permuting and fusing."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TensorError
from models.tensor import SparseTensor
from tests.models.strategies import tensor, tensors


def test_entries_are_sorted_and_explicit_zeros_kept() -> None:
    made = SparseTensor.from_coordinates((2, 3), [[1, 0], [0, 2], [0, 1]], [1.5, 0.0, -2.0])
    assert made.coords.tolist() == [[0, 1], [0, 2], [1, 0]]
    assert made.values.tolist() == [-2.0, 0.0, 1.5]
    assert (made.order, made.nnz) == (2, 3)


@pytest.mark.parametrize(
    "shape, coords, values, message",
    [
        ((2, 3), [[0, 0], [1, 3]], [1, 2], "entry 1: coordinate 3 (0-based) of mode 1 is outside its extent 3"),
        ((2, 3), [[0, -1]], [1], "entry 0: coordinate -1 (0-based) of mode 1 is outside its extent 3"),
        ((2, 3), [[1, 1], [0, 0], [1, 1]], [1, 2, 3], "entry 2: coordinates (1, 1) occur twice, first at entry 0"),
        ((2, 0), [], [], "extent 0 of mode 1 is not an integer from 1 to 4294967295"),
        ((2**32,), [], [], "extent 4294967296 of mode 0"),
        ((1,) * 65, [], [], "65 modes are more than 64"),
        ((2, 3), [[0, 0]], [1, 2], "1 coordinates but 2 values"),
        ((2, 3), [[0.5, 0]], [1], "coordinates of type float64 are not integers"),
        ((2, 3), [[0, 0]], [1j], "values of type complex128 are not real numbers"),
        (
            (2, 3),
            [[0, 0]],
            [2**53 + 1],
            "entry 0: value 9007199254740993 is no float64 number: round the values first, as with astype(float)",
        ),
        ((2, 3), np.array([[2**63, 0]], np.uint64), [1], "entry 0: coordinate 9223372036854775808 of mode 0"),
        ((2, 3), [0, 0], [1], "coordinates of shape (2,)"),
    ],
)
def test_wrong_arguments(shape, coords, values, message) -> None:
    coords = np.array(coords).reshape(0, len(shape)) if len(coords) == 0 else coords
    with pytest.raises(TensorError, match=re.escape(message)):
        SparseTensor.from_coordinates(shape, coords, values)


@given(st.data())
def test_dense_round_trip(data) -> None:
    made = data.draw(tensors(min_order=0))
    again = SparseTensor.from_dense(made.to_dense())
    assert np.array_equal(again.to_dense(), made.to_dense())
    assert again.nnz == np.count_nonzero(made.to_dense())


@given(st.data())
def test_permute_is_transpose(data) -> None:
    made = data.draw(tensors())
    modes = data.draw(st.permutations(range(made.order)))
    moved = made.permute(modes)
    assert np.array_equal(moved.to_dense(), made.to_dense().transpose(modes))
    assert SparseTensor.from_coordinates(moved.shape, moved.coords, moved.values).equals(moved)


@given(st.data())
def test_fuse_is_reshape(data) -> None:
    made = data.draw(tensors())
    count = data.draw(st.integers(0, made.order))
    fused = made.fuse_last(count)
    assert np.array_equal(fused.to_dense(), made.to_dense().reshape(fused.shape))
    assert fused.order == made.order - count + 1


def test_fiber_starts() -> None:
    made = tensor((2, 2, 4), {(0, 1, 0): 1, (0, 1, 3): 1, (1, 0, 2): 1})
    assert made.fiber_starts().tolist() == [0, 2, 3]
    assert tensor((2, 4), {}).fiber_starts().tolist() == [0]
    assert tensor((4,), {(1,): 1, (2,): 1}).fiber_starts().tolist() == [0, 2]


def test_equality_tells_signs_of_zero_and_shapes_apart() -> None:
    plus, minus = tensor((2,), {(0,): 0.0}), tensor((2,), {(0,): -0.0})
    assert plus.equals(plus) and not plus.equals(minus)
    assert not plus.equals(tensor((3,), {(0,): 0.0}))


def test_float32_nans_keep_their_bits() -> None:
    patterns = np.array([0x7F80_0001, 0xFFC0_1234], np.uint32)
    made = SparseTensor.from_coordinates((2,), [[0], [1]], patterns.view(np.float32))
    assert made.values.view(np.uint64).tolist() == [0x7FF0_0000_2000_0000, 0xFFF8_0246_8000_0000]


def test_too_large_for_dense() -> None:
    with pytest.raises(TensorError, match="too large for a dense array"):
        tensor((10**9, 3), {(5, 1): 1.0}).to_dense()
    with pytest.raises(TensorError, match="no permutation of the 2 modes"):
        tensor((2, 3), {}).permute((0, 0))
