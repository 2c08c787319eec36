# SPDX-License-Identifier: Apache-2.0
"""Leaves out contracted coordinates that only one operand has, and numbers the others anew.

Such a coordinate has no match, so no result changes. The contracted extent shrinks to the number of common
coordinates, so a fused extent beyond the machine's CoordWidth may fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.axes import check_extents
from models.contract import Fibers
from models.tensor import SparseTensor


@dataclass(frozen=True, eq=False)
class Renumbered:
    """Operands without the coordinates that have no match.

    Attributes:
        a, b: operands of the same order as before, with a smaller contracted extent (1 or more).
        removed: entries of A and of B that were left out.
        fibers: for A and for B the number that each non-empty fiber had before.
    """

    a: SparseTensor
    b: SparseTensor
    removed: tuple[int, int]
    fibers: tuple[np.ndarray, np.ndarray]


def renumber(a: SparseTensor, b: SparseTensor, every_fiber: bool = False) -> Renumbered:
    """Leave out the contracted coordinates that only one operand has.

    Args:
        a, b: operands of order 1 or more, the contracted mode last (its extent up to 2**63 - 1).
        every_fiber: keep each non-empty fiber, for a dense result, which has an element for each pair. A
            fiber that would become empty keeps an entry, at a coordinate that the other operand lacks.

    Raises:
        TensorError: the contracted extents differ.
    """
    check_extents(a.shape[-1], b.shape[-1], a.order - 1, b.order - 1)
    common = np.intersect1d(a.coords[:, -1], b.coords[:, -1])
    extent = max(len(common), 1)
    parts = []
    for which, tensor in enumerate((a, b)):
        last = tensor.coords[:, -1]
        places = np.searchsorted(common, last)
        kept = np.zeros(tensor.nnz, bool)
        if len(common):
            kept = common[np.minimum(places, len(common) - 1)] == last
        fibers = Fibers.of(tensor)
        if every_fiber and fibers.count:
            emptied = np.flatnonzero(np.add.reduceat(kept, fibers.starts[:-1]) == 0)
            kept[fibers.starts[emptied]] = True
            places[fibers.starts[emptied]] = len(common) + which
            if len(emptied):
                extent = max(extent, len(common) + which + 1)
        coords = np.column_stack([tensor.coords[kept, :-1], places[kept]])
        parts.append((coords, tensor.values[kept], np.unique(fibers.owner[kept])))
    tensors = [
        SparseTensor((*tensor.shape[:-1], extent), coords, values)
        for tensor, (coords, values, _) in zip((a, b), parts, strict=True)
    ]
    return Renumbered(
        *tensors,
        tuple(before.nnz - after.nnz for before, after in zip((a, b), tensors, strict=True)),
        tuple(fibers for _, _, fibers in parts),
    )
