# SPDX-License-Identifier: Apache-2.0
"""Axes of a contraction: the forms, numpy.tensordot as the reference, and every mistake."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import parse_axes, prepare
from models.errors import TensorError
from tests.models.strategies import tensor, tensors


def zeros(*shape: int):
    return tensor(shape, {})


def test_parse() -> None:
    assert parse_axes("2,3:0,1") == ((2, 3), (0, 1))
    assert parse_axes(" 1 : -1 ") == ((1,), (-1,))


@pytest.mark.parametrize("text", ["", "1", "1:2:3", ":", "1:", "1,:2", "a:b", "1.5:1", "1 2:3 4"])
def test_other_texts(text) -> None:
    with pytest.raises(TensorError, match=re.escape(f"axes {text!r}")):
        parse_axes(text)


@given(st.data())
def test_against_tensordot(data) -> None:
    a = data.draw(tensors(values=st.integers(-9, 9)))
    count = data.draw(st.integers(1, a.order))
    modes_a = data.draw(st.permutations(range(a.order)))[:count]
    free = data.draw(st.integers(0, 2))
    order_b = count + free
    modes_b = data.draw(st.permutations(range(order_b)))[:count]
    extents = dict(zip(modes_b, (a.shape[mode] for mode in modes_a), strict=True))
    shape_b = tuple(extents.get(mode, 3) for mode in range(order_b))
    dense_b = np.arange(np.prod(shape_b), dtype=float).reshape(shape_b) % 7 - 3
    b = tensor(shape_b, {index: value for index, value in np.ndenumerate(dense_b) if value})
    # Modes counted from the end mean the same.
    negative = [mode - order_b if data.draw(st.booleans()) else mode for mode in modes_b]
    left, right = prepare(a, b, (modes_a, negative))
    assert left.order == a.order - count + 1 and right.order == free + 1
    product = np.tensordot(left.to_dense(), right.to_dense(), (-1, -1))
    assert np.array_equal(product, np.tensordot(a.to_dense(), dense_b, (modes_a, modes_b)))


def test_default_is_last_with_last() -> None:
    left, right = prepare(zeros(2, 3, 5), zeros(4, 5))
    assert (left.shape, right.shape) == ((2, 3, 5), (4, 5))
    left, right = prepare(zeros(5), zeros(5))
    assert (left.shape, right.shape) == ((5,), (5,))


@pytest.mark.parametrize(
    "a, b, axes, message",
    [
        ((2, 3), (4, 5), None, "contracted extents differ: 3 (mode 1 of A) and 5 (mode 1 of B)"),
        ((2, 3, 4), (2, 4, 4), "0,1:0,1", "contracted extents differ: 3 (mode 1 of A) and 4 (mode 1 of B)"),
        ((2, 3), (3, 2), "0:2", "B has no mode 2; its modes are 0 to 1"),
        ((2, 3), (3, 2), "-3:0", "A has no mode -3; its modes are 0 to 1"),
        ((2, 2), (2, 2), "0,-2:0,1", "mode 0 of A is contracted twice"),
        ((2, 2), (2, 2), "0,1:1,1", "mode 1 of B is contracted twice"),
        ((2, 2), (2, 2), "0,1:1", "2 modes of A (0,1) can't be contracted with 1 of B (1)"),
        ((2, 2), (2, 2), ((), ()), "no mode of A is contracted"),
        ((), (2,), None, "A is a scalar: it has no mode to contract"),
        ((2,), (), ((0,), (0,)), "B is a scalar: it has no mode to contract"),
        ((300, 300), (300, 300), "0,1:0,1", "the contracted extent 300 x 300 = 90000 exceeds 65536"),
        ((2, 65537), (65537,), None, "the contracted extent 65537 exceeds 65536, the most that CoordWidth = 16"),
        ((2,) * 9, (2,), None, "A has 8 free modes; the machine takes at most 7"),
        ((2,), (2,) * 9, None, "B has 8 free modes"),
    ],
)
def test_mistakes(a, b, axes, message) -> None:
    with pytest.raises(TensorError, match=re.escape(message)):
        prepare(zeros(*a), zeros(*b), axes)


def test_a_contraction_that_is_renumbered_later_may_have_coordinates_of_63_bits() -> None:
    """No machine has this many bits, so no message names CoordWidth."""
    extents = (2**31, 2**31)
    assert prepare(zeros(*extents, 2), zeros(*extents), "0,1:0,1", None)[0].shape == (2, 2**62)
    with pytest.raises(
        TensorError,
        match=r"= 9223372036854775808 exceeds 9223372036854775807, the most that"
        r" 63 bits hold$",
    ):
        prepare(zeros(*extents, 2), zeros(*extents, 2), "0,1,2:0,1,2", None)


def test_the_width_of_coordinates_is_a_parameter() -> None:
    wide = tensor((2**32 - 1,), {(2**32 - 2,): 1.0})
    assert prepare(wide, wide, coord_width=32)[0].equals(wide)
    assert prepare(zeros(2, 65536), zeros(65536))[0].shape == (2, 65536)
    with pytest.raises(TensorError, match="exceeds 256, the most that CoordWidth = 8 allows"):
        prepare(zeros(257), zeros(257), coord_width=8)
    # The machine has 32 bits for an extent, so that 2**32 itself would be taken for 0.
    with pytest.raises(
        TensorError, match="extent 65536 x 65536 = 4294967296 exceeds 4294967295, the most that CoordWidth = 32 allows"
    ):
        prepare(zeros(65536, 65536), zeros(65536, 65536), "0,1:0,1", coord_width=32)
    # Many free modes are fine once enough of them are contracted.
    assert prepare(zeros(*(2,) * 9), zeros(2, 2), "0,8:0,1")[0].order == 8
