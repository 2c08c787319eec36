# SPDX-License-Identifier: Apache-2.0
"""Renumbering of contracted coordinates: no result bit changes, against numpy, scipy and pydata/sparse."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
import sparse
from hypothesis import given
from hypothesis import strategies as st

from models import generate
from models.contract import Fibers, contract
from models.errors import TensorError
from models.renumber import renumber
from models.tensor import SparseTensor
from tests.models.strategies import FLOAT32, tensor, tensors


@st.composite
def operands(draw) -> tuple[SparseTensor, SparseTensor]:
    """Draw two operands with one contracted extent."""
    a, b = draw(tensors(max_order=3, values=FLOAT32)), draw(tensors(max_order=3, values=FLOAT32))
    extent, scale = draw(st.sampled_from([(5, 1), (41, 10), (2**62, 2**59)]))
    return tuple(
        SparseTensor((*x.shape[:-1], extent), np.column_stack([x.coords[:, :-1], x.coords[:, -1:] * scale]), x.values)
        for x in (a, b)
    )


@given(operands(), st.booleans())
def test_no_result_changes(pair, dense) -> None:
    a, b = pair
    made = renumber(a, b, every_fiber=dense)
    before, after = contract(a, b, "fp32", dense), contract(made.a, made.b, "fp32", dense)
    assert np.array_equal(before.coords, after.coords)
    assert np.array_equal(before.bits, after.bits)
    assert (before.matches, before.flags) == (after.matches, after.flags)
    # The numbers of the fibers map back to the earlier ones.
    assert np.array_equal(before.a_ids, made.fibers[0][after.a_ids])
    assert np.array_equal(before.b_ids, made.fibers[1][after.b_ids])
    assert made.removed == (a.nnz - made.a.nnz, b.nnz - made.b.nnz)
    if dense:
        assert [len(ids) for ids in made.fibers] == [Fibers.of(a).count, Fibers.of(b).count]


@given(operands())
def test_what_is_left_is_common(pair) -> None:
    made = renumber(*pair)
    common = set(pair[0].coords[:, -1].tolist()) & set(pair[1].coords[:, -1].tolist())
    assert made.a.shape[-1] == made.b.shape[-1] == max(len(common), 1)
    for before, after in zip(pair, (made.a, made.b), strict=True):
        kept = [row for row in before.coords.tolist() if row[-1] in common]
        assert after.coords[:, :-1].tolist() == [row[:-1] for row in kept]
        assert [sorted(common)[k] for k in after.coords[:, -1]] == [row[-1] for row in kept]
        assert after.equals(SparseTensor.from_coordinates(after.shape, after.coords, after.values))


def test_against_numpy_scipy_and_pydata_sparse() -> None:
    rng = np.random.default_rng(3)
    a, b = (generate.uniform_tensor(rng, (9, 700), nnz=120, values="small") for _ in range(2))
    made = renumber(a, b)
    assert made.a.shape[-1] < 150 and min(made.removed) > 50
    dense = np.tensordot(a.to_dense(), b.to_dense(), (-1, -1))
    assert np.array_equal(np.tensordot(made.a.to_dense(), made.b.to_dense(), (-1, -1)), dense)
    left, right = (scipy.sparse.csr_array(x.to_dense()) for x in (made.a, made.b))
    assert np.array_equal((left @ right.T).toarray(), dense)
    left, right = (sparse.COO(x.coords.T, x.values, x.shape) for x in (made.a, made.b))
    assert np.array_equal(sparse.tensordot(left, right, (-1, -1), return_type=np.ndarray), dense)


def test_nothing_in_common() -> None:
    a, b = generate.interleaved_pair(np.random.default_rng(1), (4, 64))
    made = renumber(a, b)
    assert made.removed == (a.nnz, b.nnz) and made.a.shape == (4, 1) and not made.a.nnz
    kept = renumber(a, b, every_fiber=True)
    assert contract(kept.a, kept.b, "fp32", dense=True).results == 16
    assert kept.a.shape == (4, 2) and contract(kept.a, kept.b, "fp32").matches == 0


def test_extents_that_differ() -> None:
    with pytest.raises(TensorError, match="contracted extents differ: 4 .* and 5"):
        renumber(tensor((4,), {}), tensor((5,), {}))
