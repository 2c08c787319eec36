# SPDX-License-Identifier: Apache-2.0
"""Random tensors, seeded by the generator that is passed in."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from models.numbers.rounding import widen_float32
from models.tensor import SparseTensor, check_shape

# binary32 patterns at the edges; both signs of each are drawn.
_EDGES = np.array(
    [
        0x0000_0000,
        0x0000_0001,
        0x0000_0002,
        0x0040_0000,
        0x007F_FFFF,  # zero, subnormals
        0x0080_0000,
        0x0080_0001,
        0x2000_0000,
        0x3F7F_FFFF,
        0x3F80_0000,
        0x3F80_0001,
        0x7F00_0000,
        0x7F7F_FFFF,  # the greatest
        0x7F80_0000,
        0x7FC0_0000,
        0x7F80_0001,
        0x7FA0_0000,
    ],
    np.uint32,
)  # infinity, quiet and signalling NaNs

SKEWED_SEED, SKEWED_SHAPE = 1, (49, 512)
LARGE_SEED = 2


def _patterns(rng: np.random.Generator, count: int) -> np.ndarray:
    return widen_float32(rng.integers(0, 2**32, count, np.uint32))


def _special(rng: np.random.Generator, count: int) -> np.ndarray:
    edges = rng.choice(_EDGES, count) | rng.integers(0, 2, count, np.uint32) << np.uint32(31)
    return np.where(rng.random(count) < 0.5, widen_float32(edges), _normal(rng, count))


def _normal(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.normal(size=count).astype(np.float32).astype(np.float64)


def _wide(rng: np.random.Generator, count: int) -> np.ndarray:
    exponents = rng.integers(0, 255, count, np.uint32) << np.uint32(23)
    return widen_float32(
        exponents | rng.integers(0, 2**23, count, np.uint32) | rng.integers(0, 2, count, np.uint32) << np.uint32(31)
    )


def _integers(width: int) -> Callable[[np.random.Generator, int], np.ndarray]:
    limit = 2 ** (width - 1)

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        edges = rng.choice([-limit, 1 - limit, -1, 0, 1, limit - 1], count)
        return np.where(rng.random(count) < 0.3, edges, rng.integers(-limit, limit, count)).astype(float)

    return draw


VALUES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": _normal,  # binary32 numbers, normally distributed
    "wide": _wide,  # finite binary32 numbers of any exponent, subnormals too
    "special": _special,  # half of them zeros, subnormals, infinities, NaNs, extremes
    "patterns": _patterns,  # any binary32 pattern
    "ones": lambda rng, count: np.ones(count),
    "small": lambda rng, count: rng.choice([-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0], count),
    "int8": _integers(8),  # whole range, edges often
    "int16": _integers(16),
}


def draw_values(rng: np.random.Generator, count: int, kind: str = "normal") -> np.ndarray:
    """Return (count,) float64 values of a kind in VALUES."""
    return VALUES[kind](rng, count)


def uniform_tensor(
    rng: np.random.Generator,
    shape: Sequence[int],
    density: float | None = None,
    nnz: int | None = None,
    values: str = "normal",
) -> SparseTensor:
    """Return a tensor whose entries lie anywhere with equal probability.

    Args:
        rng: the source of chance.
        shape: extents; their product may be beyond any integer type.
        density: share of the elements that are entries, rounded to a whole number of them.
        nnz: the number of entries instead.
        values: kind of values, see VALUES.
    """
    shape = check_shape(shape)
    size = math.prod(shape)
    if (density is None) == (nnz is None):
        raise ValueError("either density or nnz")
    count = round(density * size) if nnz is None else nnz
    if not 0 <= count <= size:
        raise ValueError(f"{count} entries do not fit into {size} elements")
    if size <= 2**24:
        flat = rng.choice(size, count, replace=False)
        coords = np.stack(np.unravel_index(flat, shape), axis=1)
    else:
        coords = _draw_distinct(rng, shape, count)
    return SparseTensor.from_coordinates(shape, coords, draw_values(rng, count, values))


def zipf_tensor(
    rng: np.random.Generator, shape: Sequence[int], exponent: float = 1.3, values: str = "normal"
) -> SparseTensor:
    """Return a tensor whose fibers have lengths by Zipf's law: most short, a few long.

    Args:
        rng: the source of chance.
        shape: extents of a tensor of 1 or more modes; every fiber has an entry.
        exponent: above 1; the smaller, the heavier the tail.
        values: kind of values, see VALUES.
    """
    fibers, extent = math.prod(shape[:-1]), shape[-1]
    return _from_fibers(rng, shape, np.minimum(rng.zipf(exponent, fibers), extent), values)


def ranked_zipf_tensor(
    rng: np.random.Generator, shape: Sequence[int], exponent: float = 1.0, values: str = "normal"
) -> SparseTensor:
    """Return a tensor whose fiber of rank r has extent / r**exponent entries, and at least one.

    The longest fiber (rank 1) has every entry; which fiber has which rank is drawn.

    Args:
        rng: the source of chance.
        shape: extents of a tensor of 1 or more modes.
        exponent: of Zipf's law, above 0.
        values: kind of values, see VALUES.
    """
    fibers, extent = math.prod(shape[:-1]), shape[-1]
    ranks = rng.permutation(fibers) + 1
    return _from_fibers(rng, shape, np.maximum(extent / ranks**exponent, 1).astype(np.int64), values)


def skewed_pair() -> tuple[SparseTensor, SparseTensor]:
    """Return the pair on which load balance is measured: 49 x 512 each, by Zipf's law, always the same."""
    rng = np.random.default_rng(SKEWED_SEED)
    return ranked_zipf_tensor(rng, SKEWED_SHAPE), ranked_zipf_tensor(rng, SKEWED_SHAPE)


def one_full_fiber(rng: np.random.Generator, shape: Sequence[int], values: str = "normal") -> SparseTensor:
    """Return a tensor with one fiber that has every entry, at a random place, and no other."""
    lengths = np.zeros(math.prod(shape[:-1]), np.int64)
    lengths[rng.integers(len(lengths))] = shape[-1]
    return _from_fibers(rng, shape, lengths, values)


def single_entries(rng: np.random.Generator, shape: Sequence[int], values: str = "normal") -> SparseTensor:
    """Return a tensor with exactly one entry in every fiber."""
    return _from_fibers(rng, shape, np.ones(math.prod(shape[:-1]), np.int64), values)


def same_pattern(rng: np.random.Generator, tensor: SparseTensor, values: str = "normal") -> SparseTensor:
    """Return a tensor with the same coordinates and other values."""
    return SparseTensor(tensor.shape, tensor.coords, draw_values(rng, tensor.nnz, values))


def interleaved_pair(
    rng: np.random.Generator, shape: Sequence[int], density: float = 0.5, values: str = "normal"
) -> tuple[SparseTensor, SparseTensor]:
    """Return two tensors that never match: even contracted coordinates in one, odd in the other."""
    half = (*shape[:-1], shape[-1] // 2)
    pair = []
    for offset in range(2):
        tensor = uniform_tensor(rng, half, density, values=values)
        coords = tensor.coords.copy()
        coords[:, -1] = 2 * coords[:, -1] + offset
        pair.append(SparseTensor(tuple(shape), coords, tensor.values))
    return pair[0], pair[1]


def corner_fibers(extent: int, line: int) -> list[list[int]]:
    """Return the coordinates of fibers at their extremes, for any machine.

    One entry at either end and between, both ends, all, every second one, a line and an entry more at both ends.

    Args:
        extent: of the contracted mode, above `line`.
        line: entries of a line.
    """
    return [
        [0],
        [extent - 1],
        [0, extent - 1],
        list(range(extent)),
        list(range(0, extent, 2)),
        list(range(1, extent, 2)),
        list(range(line)),
        list(range(line + 1)),
        list(range(extent - line, extent)),
        list(range(extent - line - 1, extent)),
        [extent // 2],
    ]


def _from_fibers(rng: np.random.Generator, shape: Sequence[int], lengths: np.ndarray, values: str) -> SparseTensor:
    """Return a tensor with the given numbers of entries in its fibers, at random coordinates."""
    last = [rng.choice(shape[-1], length, replace=False) for length in lengths]
    fiber = np.repeat(np.arange(len(lengths)), lengths)
    upper = np.unravel_index(fiber, tuple(shape[:-1])) if len(shape) > 1 else ()
    coords = np.stack([*upper, np.concatenate(last)], axis=1)
    return SparseTensor.from_coordinates(shape, coords, draw_values(rng, len(coords), values))


def _draw_distinct(rng: np.random.Generator, shape: tuple[int, ...], count: int) -> np.ndarray:
    """Draw rows until enough of them differ; the shape has far more elements than that."""
    coords = np.zeros((0, len(shape)), np.int64)
    while len(coords) < count:
        more = np.stack([rng.integers(0, extent, count) for extent in shape], axis=1)
        coords = np.unique(np.concatenate([coords, more]), axis=0)
    return coords[rng.choice(len(coords), count, replace=False)]


def large_pair() -> tuple[SparseTensor, SparseTensor]:
    """Return operands beyond the machine's memory, always the same: 200,000 by 50,000 entries.

    The extents are 20 x 50 x 1024 and 10 x 25 x 1024, entries lie anywhere: 250,000 dot products.
    """
    rng = np.random.default_rng(LARGE_SEED)
    return uniform_tensor(rng, (20, 50, 1024), nnz=200_000), uniform_tensor(rng, (10, 25, 1024), nnz=50_000)
