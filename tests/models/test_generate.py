# SPDX-License-Identifier: Apache-2.0
"""Generators: their promised properties, and the same tensor for the same seed."""

import numpy as np
import pytest

from models.generate import (
    VALUES,
    draw_values,
    interleaved_pair,
    one_full_fiber,
    ranked_zipf_tensor,
    same_pattern,
    single_entries,
    skewed_pair,
    uniform_tensor,
    zipf_tensor,
)
from models.numbers import FORMATS
from models.tensor import SparseTensor


def check(made: SparseTensor) -> None:
    assert SparseTensor.from_coordinates(made.shape, made.coords, made.values).equals(made)


def lengths(made: SparseTensor) -> np.ndarray:
    return np.diff(made.fiber_starts())


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: uniform_tensor(rng, (5, 6, 7), 0.3),
        lambda rng: uniform_tensor(rng, (10**9, 10**9, 50), nnz=200),
        lambda rng: zipf_tensor(rng, (4, 9, 64)),
        lambda rng: one_full_fiber(rng, (4, 5, 16)),
        lambda rng: single_entries(rng, (4, 5, 16)),
        lambda rng: interleaved_pair(rng, (4, 16))[1],
        lambda rng: zipf_tensor(rng, (64,), 1.1),
    ],
)
def test_same_seed_same_tensor(make, seed) -> None:
    made = make(np.random.default_rng(seed))
    check(made)
    assert make(np.random.default_rng(seed)).equals(made)
    assert any(not make(np.random.default_rng(seed + other)).equals(made) for other in range(1, 4))


def test_uniform(seed) -> None:
    rng = np.random.default_rng(seed)
    assert uniform_tensor(rng, (10, 20, 30), 0.1).nnz == 600
    assert uniform_tensor(rng, (10, 20), nnz=200).nnz == 200
    assert uniform_tensor(rng, (10, 20), 0.0).nnz == 0
    large = uniform_tensor(rng, (2**32 - 1,) * 3, nnz=1000)
    assert large.nnz == 1000 and large.coords.max() > 2**31
    for wrong in ({}, {"density": 0.5, "nnz": 3}, {"nnz": 201}, {"density": 1.1}):
        with pytest.raises(ValueError):
            uniform_tensor(rng, (10, 20), **wrong)


def test_zipf_is_skewed(seed) -> None:
    found = lengths(zipf_tensor(np.random.default_rng(seed), (20, 20, 256), 1.5))
    assert len(found) == 400 and found.min() == 1 and found.max() > 50 and np.median(found) < 5


def test_ranked_zipf(seed) -> None:
    found = lengths(ranked_zipf_tensor(np.random.default_rng(seed), (7, 7, 512)))
    assert sorted(found.tolist(), reverse=True) == [512 // rank for rank in range(1, 50)]
    assert found.tolist() != sorted(found.tolist(), reverse=True)
    first, again = skewed_pair(), skewed_pair()
    assert all(one.equals(two) and one.shape == (49, 512) for one, two in zip(first, again, strict=True))
    assert not first[0].equals(first[1])


def test_corners(seed) -> None:
    rng = np.random.default_rng(seed)
    assert lengths(one_full_fiber(rng, (3, 4, 16))).tolist() == [16]
    assert lengths(single_entries(rng, (3, 4, 16))).tolist() == [1] * 12
    even, odd = interleaved_pair(rng, (3, 15), 0.8)
    assert even.shape == odd.shape == (3, 15) and even.nnz and odd.nnz
    assert (even.coords[:, -1] % 2 == 0).all() and (odd.coords[:, -1] % 2 == 1).all()
    again = same_pattern(rng, even)
    assert np.array_equal(again.coords, even.coords) and not again.equals(even)


@pytest.mark.parametrize("kind", VALUES)
def test_values(kind, seed) -> None:
    values = draw_values(np.random.default_rng(seed), 4000, kind)
    assert values.dtype == np.float64 and values.shape == (4000,)
    assert FORMATS["fp32"].convert(values).lossless
    if kind in ("int8", "int16", "small", "ones"):
        assert FORMATS["int16" if kind == "int16" else "int8"].convert(values).lossless
    parts = FORMATS["fp32"].parts(FORMATS["fp32"].encode(values))
    assert (kind in ("special", "patterns")) == parts.nan.any()
    if kind == "special":
        subnormal = (np.abs(values) < 2.0**-126) & ~parts.zero
        for condition in (parts.signalling, parts.infinite, parts.zero, parts.negative, subnormal):
            assert condition.any() and not condition.all()
