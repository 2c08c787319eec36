# SPDX-License-Identifier: Apache-2.0
"""Compressed Sparse Fiber form, there and back, with and without empty nodes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.csf import Csf
from models.errors import TensorError
from tests.models.strategies import tensor, tensors


def check_structure(csf: Csf) -> None:
    """Assert the specification's rules for an operand's levels."""
    assert len(csf.coords) == len(csf.pointers) == csf.order - 1
    below = [*(len(level) for level in csf.coords[1:]), csf.nnz]
    parents = np.array([0, len(csf.coords[0])]) if csf.coords else np.array([0, csf.nnz])
    for level, (coords, pointers) in enumerate(zip(csf.coords, csf.pointers, strict=True)):
        assert len(pointers) == len(coords) + 1
        assert pointers[0] == 0 and pointers[-1] == below[level] and (np.diff(pointers) >= 0).all()
        check_siblings(coords, parents, csf.shape[level])
        parents = pointers
    check_siblings(csf.leaf_coords, parents, csf.shape[-1])


def check_siblings(coords: np.ndarray, parents: np.ndarray, extent: int) -> None:
    for first, last in zip(parents, parents[1:], strict=False):
        siblings = coords[first:last]
        assert (np.diff(siblings) > 0).all() and ((siblings >= 0) & (siblings < extent)).all()


def test_example() -> None:
    made = tensor((3, 2, 4), {(0, 0, 1): 1.0, (0, 0, 3): 2.0, (0, 1, 0): 3.0, (2, 1, 2): 4.0})
    csf = Csf.from_tensor(made)
    assert [level.tolist() for level in csf.coords] == [[0, 2], [0, 1, 1]]
    assert [level.tolist() for level in csf.pointers] == [[0, 2, 3], [0, 2, 3, 4]]
    assert csf.leaf_coords.tolist() == [1, 3, 0, 2]
    assert csf.leaf_values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert csf.fiber_paths().tolist() == [[0, 0], [0, 1], [2, 1]]
    assert csf.fiber_bounds().tolist() == [[0, 2], [2, 3], [3, 4]]
    assert csf.nodes == 5


@given(tensors(large=True, max_order=8))
def test_round_trip(made) -> None:
    csf = Csf.from_tensor(made)
    check_structure(csf)
    assert csf.to_tensor().equals(made)
    assert np.array_equal(
        csf.fiber_paths(), np.unique(made.coords[:, :-1], axis=0) if made.order > 1 else np.zeros((min(made.nnz, 1), 0))
    )


@given(tensors(max_order=5), st.integers(0, 2**32))
def test_empty_nodes_leave_no_trace(made, seed) -> None:
    plain = Csf.from_tensor(made)
    padded = plain.with_empty_nodes(np.random.default_rng(seed), 6)
    check_structure(padded)
    assert padded.to_tensor().equals(made)
    assert padded.nodes >= plain.nodes
    assert np.array_equal(padded.fiber_paths(), plain.fiber_paths())
    assert np.array_equal(padded.fiber_bounds(), plain.fiber_bounds())


def test_empty_nodes_at_every_level() -> None:
    made = tensor((9, 9, 9, 9), {(4, 4, 4, 4): 1.0, (7, 4, 4, 4): 1.0})
    plain, seen = Csf.from_tensor(made), set()
    for seed in range(40):
        padded = plain.with_empty_nodes(np.random.default_rng(seed), 3)
        for level in range(3):
            if (np.diff(padded.pointers[level]) == 0).any():
                seen.add(level)
    assert seen == {0, 1, 2}


def test_order_one_and_no_entries() -> None:
    single = Csf.from_tensor(tensor((5,), {(2,): 1.0}))
    assert single.coords == [] and single.fiber_paths().shape == (1, 0)
    empty = Csf.from_tensor(tensor((5, 6), {}))
    assert empty.coords[0].tolist() == [] and empty.pointers[0].tolist() == [0]
    assert empty.fiber_bounds().shape == (0, 2)
    assert Csf.from_tensor(tensor((5,), {})).fiber_bounds().shape == (0, 2)


def test_a_scalar_has_no_form() -> None:
    with pytest.raises(TensorError, match="a scalar has no"):
        Csf.from_tensor(tensor((), {}))
