# SPDX-License-Identifier: Apache-2.0
"""Sparse tensors as coordinates and values, sorted and without repetition."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike

import numpy as np

from models.errors import TensorError
from models.numbers.rounding import widen_float32

MAX_EXTENT = 2**32 - 1
MAX_ORDER = 64  # of a tensor in a file or in memory; the machine's own limit is 8
MAX_DENSE = 2**28  # elements of a dense array that to_dense() makes
INEXACT = "is no float64 number: round the values first, as with astype(float)"


@dataclass(frozen=True, eq=False)
class SparseTensor:
    """Entries of a tensor; elements without an entry are zero. Explicit zeros are legal entries.

    The constructor trusts its arguments; from_coordinates() checks and sorts them.

    Attributes:
        shape: extents, each 1 to 2**32 - 1; empty for a scalar. Only operands and results of einsum() may
            have an extent of 0, and no machine and no file does.
        coords: (nnz, order) int64, 0-based, rows in ascending lexicographic order, each once.
        values: (nnz,) float64.
    """

    shape: tuple[int, ...]
    coords: np.ndarray
    values: np.ndarray

    def __repr__(self) -> str:
        return f"<SparseTensor {' x '.join(map(str, self.shape)) or 'scalar'}, {self.nnz:,} entries>"

    @property
    def order(self) -> int:
        """Number of modes."""
        return len(self.shape)

    @property
    def nnz(self) -> int:
        """Number of entries, explicit zeros included."""
        return len(self.values)

    @classmethod
    def from_coordinates(
        cls,
        shape: Sequence[int],
        coords: np.ndarray,
        values: np.ndarray,
        *,
        path: str | PathLike | None = None,
        place: Callable[[int], str] | None = None,
        base: int = 0,
    ) -> SparseTensor:
        """Return the tensor with these entries, given in any order.

        Args:
            shape: extents.
            coords: (nnz, order) integers, 0-based.
            values: (nnz,) real numbers.
            path: file that errors name.
            place: says where in the file entry i is.
            base: what the file calls coordinate 0; only messages use it.

        Raises:
            TensorError: an extent out of range, a coordinate outside the shape, the same coordinates twice;
                or arrays that don't fit each other, or values that float64 can't hold.
        """
        place = place or (lambda index: f"entry {index}")
        shape = check_shape(shape, path)
        coords, values = np.asarray(coords), np.asarray(values)
        if coords.ndim != 2 or coords.shape[1] != len(shape) or values.ndim != 1:
            raise TensorError(
                f"coordinates of shape {coords.shape} and values of shape {values.shape}"
                f" don't describe a tensor of order {len(shape)}",
                path,
            )
        if len(coords) != len(values):
            raise TensorError(f"{len(coords)} coordinates but {len(values)} values", path)
        coords, values = _integers(coords, path, place), to_float64(values, path, place)
        _check_range(shape, coords, path, place)
        order = np.lexsort(coords.T[::-1]) if shape else np.arange(len(values))
        coords, values = coords[order], values[order]
        same = np.flatnonzero((coords[1:] == coords[:-1]).all(axis=1))
        if len(same):
            pairs = np.sort(np.stack([order[same], order[same + 1]]), axis=0)
            worst = np.argmin(pairs[1])
            first, second = pairs[:, worst]
            raise TensorError(
                f"coordinates {_tuple(coords[same[worst]] + base)} occur twice, first at {place(int(first))}",
                path,
                place(int(second)),
            )
        return cls(shape, coords, values)

    @classmethod
    def from_dense(cls, array: np.ndarray) -> SparseTensor:
        """Return the tensor of a dense array; its zeros (of either sign) become no entries."""
        array = np.asarray(array)
        flat = np.flatnonzero(array)
        coords = np.zeros((len(flat), array.ndim), np.int64)
        for mode, column in enumerate(np.unravel_index(flat, array.shape) if array.ndim else ()):
            coords[:, mode] = column
        return cls.from_coordinates(array.shape, coords, array.reshape(-1)[flat])

    def to_dense(self) -> np.ndarray:
        """Return a dense float64 array of the tensor's shape.

        Raises:
            TensorError: it would have more than 2**28 elements.
        """
        if math.prod(self.shape) > MAX_DENSE:
            raise TensorError(f"a tensor of shape {self.shape} is too large for a dense array")
        dense = np.zeros(self.shape)
        dense[tuple(self.coords.T)] = self.values if self.shape else self.values.sum()
        return dense

    def permute(self, modes: Sequence[int]) -> SparseTensor:
        """Return the tensor whose mode i is this one's mode modes[i]."""
        if sorted(modes) != list(range(self.order)):
            raise TensorError(f"{tuple(modes)} is no permutation of the {self.order} modes")
        return SparseTensor(tuple(self.shape[m] for m in modes), self.coords[:, list(modes)], self.values)._sorted()

    def fuse_last(self, count: int) -> SparseTensor:
        """Return the tensor with its last `count` modes fused into one, row-major.

        count 0 appends a mode of extent 1. Fused extents may go up to 2**63 - 1.
        """
        keep = self.order - count
        fused = np.zeros(self.nnz, np.int64)
        for mode in range(keep, self.order):
            fused = fused * self.shape[mode] + self.coords[:, mode]
        return SparseTensor(
            (*self.shape[:keep], math.prod(self.shape[keep:])),
            np.column_stack([self.coords[:, :keep], fused]),
            self.values,
        )

    def fiber_starts(self) -> np.ndarray:
        """Return the first entry of each non-empty fiber (along the last mode), and nnz at the end."""
        if not self.nnz:
            return np.zeros(1, np.int64)
        upper = self.coords[:, :-1]
        change = (upper[1:] != upper[:-1]).any(axis=1)
        return np.concatenate([[0], np.flatnonzero(change) + 1, [self.nnz]])

    def equals(self, other: SparseTensor) -> bool:
        """Return whether shape and entries are the same, values compared bit by bit."""
        return (
            self.shape == other.shape
            and np.array_equal(self.coords, other.coords)
            and np.array_equal(self.values.view(np.uint64), other.values.view(np.uint64))
        )

    def _sorted(self) -> SparseTensor:
        order = np.lexsort(self.coords.T[::-1]) if self.shape else np.arange(self.nnz)
        return SparseTensor(self.shape, self.coords[order], self.values[order])


def check_shape(shape: Sequence[int], path: str | PathLike | None = None, place: str | None = None) -> tuple[int, ...]:
    """Return the shape as a tuple of Python integers.

    Raises:
        TensorError: too many modes, or an extent that isn't 1 to 2**32 - 1.
    """
    if len(shape) > MAX_ORDER:
        raise TensorError(f"{len(shape)} modes are more than {MAX_ORDER}", path, place)
    for mode, extent in enumerate(shape):
        if int(extent) != extent or not 1 <= extent <= MAX_EXTENT:
            raise TensorError(f"extent {extent} of mode {mode} is not an integer from 1 to {MAX_EXTENT}", path, place)
    return tuple(int(extent) for extent in shape)


def to_float64(values: np.ndarray, path: str | PathLike | None = None, place: Callable[[int], str] = str) -> np.ndarray:
    """Return the values as float64 without any loss; float32 NaNs keep their bits.

    Raises:
        TensorError: values that aren't real numbers, or that float64 can't hold exactly.
    """
    if values.dtype == np.float64:
        return np.ascontiguousarray(values)
    if values.dtype == np.float32:
        return widen_float32(
            values.view(np.uint32) if values.flags.c_contiguous else np.ascontiguousarray(values).view(np.uint32)
        )
    if values.dtype.kind not in "biuf":
        raise TensorError(f"values of type {values.dtype} are not real numbers", path)
    wide = values.astype(np.float64)
    if values.dtype.kind in "iu":
        # Up to 2**53 every integer is a float64; beyond, Python compares the two exactly.
        for index in np.flatnonzero(np.abs(wide) >= 2.0**53):
            if int(values[index]) != int(wide[index]):
                raise TensorError(f"value {values[index]} {INEXACT}", path, place(int(index)))
    elif values.dtype.itemsize > 8:
        lost = np.flatnonzero((wide != values) & (values == values))
        if len(lost):
            raise TensorError(f"value {values[lost[0]]} {INEXACT}", path, place(int(lost[0])))
    return wide


def _integers(coords: np.ndarray, path, place) -> np.ndarray:
    if coords.dtype.kind not in "iu":
        if coords.size:
            raise TensorError(f"coordinates of type {coords.dtype} are not integers", path)
        return coords.astype(np.int64)
    if coords.dtype == np.uint64:
        large = np.argwhere(coords > MAX_EXTENT)
        if len(large):
            row, mode = large[0]
            raise TensorError(f"coordinate {coords[row, mode]} of mode {mode} is too large", path, place(int(row)))
    return coords.astype(np.int64)


def _check_range(shape: tuple[int, ...], coords: np.ndarray, path, place) -> None:
    bad = (coords < 0) | (coords >= np.array(shape, np.int64))
    if bad.any():
        row = int(np.argmax(bad.any(axis=1)))
        mode = int(np.argmax(bad[row]))
        raise TensorError(
            f"coordinate {coords[row, mode]} (0-based) of mode {mode} is outside its extent {shape[mode]}",
            path,
            place(row),
        )


def _tuple(row: np.ndarray) -> tuple[int, ...]:
    return tuple(int(value) for value in row)
