# SPDX-License-Identifier: Apache-2.0
"""Compressed Sparse Fiber form: a tree of coordinates over the upper modes, entries at the leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.errors import TensorError
from models.tensor import SparseTensor


@dataclass(frozen=True, eq=False)
class Csf:
    """A tensor of order 1 or more as levels of nodes, in the layout of the operand frame.

    Node n of level l has the coordinate coords[l][n] of mode l; its children are the nodes
    (entries, for the last level) pointers[l][n] up to, not including, pointers[l][n + 1] of the
    level below. A node may be empty. The coordinates of siblings ascend strictly.

    Attributes:
        shape: extents.
        coords: order - 1 arrays of int64.
        pointers: order - 1 arrays of int64, one element longer than the coordinates.
        leaf_coords: (nnz,) int64, coordinates of the last mode.
        leaf_values: (nnz,) float64.
    """

    shape: tuple[int, ...]
    coords: list[np.ndarray]
    pointers: list[np.ndarray]
    leaf_coords: np.ndarray
    leaf_values: np.ndarray

    def __repr__(self) -> str:
        return f"<Csf {' x '.join(map(str, self.shape))}, {self.nnz:,} entries>"

    @property
    def order(self) -> int:
        """Number of modes."""
        return len(self.shape)

    @property
    def nnz(self) -> int:
        """Number of entries."""
        return len(self.leaf_coords)

    @property
    def nodes(self) -> int:
        """Number of upper-level nodes, all levels together."""
        return sum(len(level) for level in self.coords)

    @classmethod
    def from_tensor(cls, tensor: SparseTensor) -> Csf:
        """Return the tensor in Compressed Sparse Fiber form, without empty nodes.

        Raises:
            TensorError: the tensor is of order 0.
        """
        if not tensor.order:
            raise TensorError("a scalar has no Compressed Sparse Fiber form")
        depth = np.full(tensor.nnz, tensor.order)
        return cls._from_rows(tensor.shape, tensor.coords, depth, tensor.values)

    @classmethod
    def _from_rows(cls, shape, rows, depth, values) -> Csf:
        """Build the tree from sorted rows, of which the first `depth` coordinates count.

        Rows of full depth are entries; shorter ones ask for a node and nothing below it.
        """
        order, coords, starts = len(shape), [], []
        changed = np.ones(len(rows), bool)
        changed[1:] = False
        for level in range(order - 1):
            changed = changed.copy()
            changed[1:] |= rows[1:, level] != rows[:-1, level]
            begins = np.flatnonzero(changed & (depth > level))
            coords.append(rows[begins, level])
            starts.append(begins)
        starts.append(np.flatnonzero(depth == order))
        pointers = [
            np.append(np.searchsorted(below, upper), len(below))
            for upper, below in zip(starts, starts[1:], strict=False)
        ]
        return cls(shape, coords, pointers, rows[starts[-1], order - 1], values)

    def to_tensor(self) -> SparseTensor:
        """Return the entries with all their coordinates; empty nodes leave no trace."""
        columns = [self.leaf_coords]
        owner = np.arange(self.nnz)
        for coords, pointers in zip(reversed(self.coords), reversed(self.pointers), strict=True):
            owner = np.searchsorted(pointers, owner, side="right") - 1
            columns.append(coords[owner])
        return SparseTensor(self.shape, np.stack(columns[::-1], axis=1), self.leaf_values)

    def fiber_bounds(self) -> np.ndarray:
        """Return (fibers, 2) int64: the range of entries of each non-empty fiber, the end not included."""
        pointers = self.pointers[-1] if self.pointers else np.array([0, self.nnz])
        bounds = np.stack([pointers[:-1], pointers[1:]], axis=1)
        return bounds[bounds[:, 0] < bounds[:, 1]]

    def fiber_paths(self) -> np.ndarray:
        """Return (fibers, order - 1) int64: the coordinates of each non-empty fiber."""
        return self.to_tensor().coords[self.fiber_bounds()[:, 0], :-1]

    def with_empty_nodes(self, rng: np.random.Generator, count: int = 4) -> Csf:
        """Return the same tensor with up to `count` empty nodes more, at random levels and places.

        Some have existing parents, some come with new parents.
        """
        rows = self.to_tensor().coords
        extra = []
        for _ in range(count if self.order > 1 else 0):
            level = int(rng.integers(self.order - 1))
            row = np.full(self.order, -1)
            keep = int(rng.integers(level + 1)) if self.nnz else 0
            row[:keep] = rows[rng.integers(self.nnz), :keep] if keep else 0
            for mode in range(keep, level + 1):
                row[mode] = rng.integers(self.shape[mode])
            extra.append(row)
        rows = np.concatenate([rows, np.array(extra, np.int64).reshape(-1, self.order)])
        # Short rows are filled with -1, so they come before the longer rows that begin with them.
        by_row = np.lexsort(rows.T[::-1])
        rows = rows[by_row]
        depth = (rows >= 0).sum(axis=1)
        return Csf._from_rows(self.shape, rows, depth, self.leaf_values)
