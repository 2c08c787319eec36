# SPDX-License-Identifier: Apache-2.0
"""The reference contraction of many pairs at once equals that of each pair, with its counts."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import ContractionResult, contract
from models.contract_each import contract_each
from models.errors import TensorError
from models.numbers import FORMATS
from models.tensor import SparseTensor
from tests.models.strategies import tensor, tensors

# Values that cancel, underflow and overflow often.
VALUES = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 3e38, -3e38, 1e-30, -1e-30, np.inf, np.nan])


def same(found: ContractionResult, expected: ContractionResult) -> bool:
    for field in dataclasses.fields(ContractionResult):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(other, np.ndarray):
            if one.dtype != other.dtype or one.shape != other.shape or (one != other).any():
                return False
        elif one != other:
            return False
    return True


@pytest.mark.parametrize("fmt", FORMATS)
@given(st.data())
def test_each_pair_as_alone(fmt: str, data: st.DataObject) -> None:
    values = VALUES if FORMATS[fmt].is_float else st.integers(-3, 3)
    pairs = []
    for _ in range(data.draw(st.integers(0, 5))):
        a, b = (data.draw(tensors(max_order=3, values=values)) for _ in range(2))
        extent = max(a.shape[-1], b.shape[-1])
        pairs.append(tuple(SparseTensor((*x.shape[:-1], extent), x.coords, x.values) for x in (a, b)))
    found = contract_each(pairs, fmt)
    assert len(found) == len(pairs)
    for result, (a, b) in zip(found, pairs, strict=True):
        assert same(result, contract(a, b, fmt))


def test_sums_out_of_range_belong_to_their_pair() -> None:
    long = SparseTensor.from_dense(np.full((1, 140_000), -128.0))
    small = tensor((1, 3), {(0, 1): 2.0})
    found = contract_each([(small, small), (long, long), (small, small)], "int8")
    assert [result.range_errors for result in found] == [0, 1, 0]
    assert [result.results for result in found] == [1, 0, 1]


def test_extents_that_do_not_fit_together() -> None:
    """Fused modes may have more coordinates than a frame takes."""
    pair = (SparseTensor((2, 2**61), np.array([[0, 5], [1, 2**61 - 1]]), np.array([1.0, 3.0])),) * 2
    for result in contract_each([pair] * 4, "fp32"):
        assert same(result, contract(*pair, "fp32"))


def test_other_extents_of_a_later_pair() -> None:
    one, other = tensor((2, 3), {(0, 0): 1.0}), tensor((2, 4), {(0, 0): 1.0})
    with pytest.raises(TensorError, match="extent"):
        contract_each([(one, one), (one, other)], "fp32")


def test_a_difference_is_noticed() -> None:
    one = tensor((2, 3), {(0, 0): 1.0})
    result = contract(one, one, "fp32")
    assert same(result, result)
    for change in ({"bits": result.bits + np.uint64(1)}, {"matches": 7}, {"coords": result.coords[:0]}):
        assert not same(dataclasses.replace(result, **change), result)
