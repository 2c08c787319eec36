# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies and small helpers for the model tests."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from models.tensor import SparseTensor

DATA = Path(__file__).resolve().parents[2] / "models" / "data"
TENSORS = DATA / "tensors"
WORKLOADS = DATA / "workloads"

# Every float64 but NaNs, whose payload texts can't carry.
NUMBERS = st.floats(allow_nan=False)
FLOAT32 = st.floats(allow_nan=False, width=32)


@st.composite
def tensors(
    draw, min_order: int = 1, max_order: int = 4, max_extent: int = 5, values=NUMBERS, large: bool = False
) -> SparseTensor:
    """Draw a tensor, empty ones and explicit zeros included; `large` allows extents up to 2**32 - 1."""
    extents = st.integers(1, max_extent)
    if large:
        extents = st.one_of(extents, st.sampled_from([2**16, 2**31 - 1, 2**31, 2**32 - 1]))
    shape = tuple(draw(st.lists(extents, min_size=min_order, max_size=max_order)))
    row = st.tuples(*(st.integers(0, extent - 1) for extent in shape))
    entries = draw(st.dictionaries(row, values, max_size=12 if shape else 1))
    coords = np.array(list(entries), np.int64).reshape(len(entries), len(shape))
    return SparseTensor.from_coordinates(shape, coords, np.array(list(entries.values()), np.float64))


def tensor(shape: tuple[int, ...], entries: dict) -> SparseTensor:
    """Return the tensor with these entries by coordinates."""
    coords = np.array(list(entries), np.int64).reshape(len(entries), len(shape))
    return SparseTensor.from_coordinates(shape, coords, np.array(list(entries.values()), np.float64))
