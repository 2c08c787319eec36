# SPDX-License-Identifier: Apache-2.0
"""Operands as arrays in a memory, each at a place that is known; bytes by the driver's own layout.

That layout is held against docs/descriptors.md, byte by byte, in tests/driver/test_layout.py.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

import numpy as np

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import NARROW, WORD, Level
from models.csf import Csf
from models.device.layout import LevelEntry
from models.numbers.formats import NumberFormat

LEAF = 7  # number of the leaf in places of errors


def filled(csf: Csf, level: int) -> Csf:
    """Return an operand with a node for each coordinate of an upper level, below each node of the level above."""
    extent = csf.shape[level]
    parents = len(csf.coords[level - 1]) if level else 1
    siblings = np.diff(csf.pointers[level - 1]) if level else [len(csf.coords[0])]
    lengths = np.zeros(parents * extent, np.int64)
    lengths[np.repeat(np.arange(parents), siblings) * extent + csf.coords[level]] = np.diff(csf.pointers[level])
    coords, pointers = list(csf.coords), list(csf.pointers)
    coords[level] = np.tile(np.arange(extent), parents)
    pointers[level] = np.concatenate([[0], np.cumsum(lengths)])
    if level:
        pointers[level - 1] = np.arange(parents + 1) * extent
    return Csf(csf.shape, coords, pointers, csf.leaf_coords, csf.leaf_values)


def levels(csf: Csf, fmt: NumberFormat, dense: Container[int] = (), narrow: bool = False) -> list[Level]:
    """Return the levels of an operand; numbers that a mistake made too large or negative keep their low bits.

    Args:
        csf: the operand.
        fmt: its value format.
        dense: the upper levels that are dense (their extents must be small).
        narrow: coordinates of the leaf have two bytes, otherwise four.
    """
    for level in range(csf.order - 1):
        if level in dense:
            csf = filled(csf, level)
    upper = [
        Level(extent, len(coords), pointers.astype(WORD), None if level in dense else coords.astype(WORD))
        for level, (extent, coords, pointers) in enumerate(zip(csf.shape, csf.coords, csf.pointers, strict=False))
    ]
    leaf = Level(
        csf.shape[-1],
        csf.nnz,
        csf.leaf_coords.astype(NARROW if narrow else WORD),
        fmt.encode(csf.leaf_values).astype(f"<u{fmt.value_width // 8}"),
    )
    return [*upper, leaf]


def loosened(found: list[Level], gaps: Sequence[int]) -> list[Level]:
    """Return an operand of order 2 or more with gaps between the fibers, full of invalid entries.

    Args:
        found: its levels.
        gaps: elements before each node of the level above the leaf, and after the last one.
    """
    upper, leaf = found[-2:]
    bounds = upper.bounds + np.cumsum(gaps)[:-1, None] if upper.count else np.zeros((0, 2), np.int64)
    count = leaf.count + sum(gaps)
    crd, val = (np.full(count, np.iinfo(array.dtype).max, array.dtype) for array in (leaf.first, leaf.second))
    for old, new in zip(upper.bounds, bounds, strict=True):
        crd[slice(*new)], val[slice(*new)] = leaf.first[slice(*old)], leaf.second[slice(*old)]
    table = bounds.ravel().astype(WORD)
    return [
        *found[:-2],
        Level(upper.extent, upper.count, table, upper.second, loose=True),
        Level(leaf.extent, count, crd, val),
    ]


class Image:
    """Puts arrays into a memory.

    Args:
        memory: has put(address, bytes).
        allocator: says where.

    Attributes:
        parts: (operand, level, part, address, bytes) of each array that has elements.
    """

    def __init__(self, memory, allocator: Allocator):
        self._memory, self._allocator = memory, allocator
        self.parts: list[tuple[int, int, str, int, int]] = []

    @property
    def end(self) -> int:
        """The address after the last array that has elements."""
        return max((address + size for *_, address, size in self.parts), default=0)

    def operand(self, which: int, found: list[Level]) -> list[LevelEntry]:
        """Put an operand and return its levels as a descriptor names them."""
        entries = []
        for number, level in enumerate(found):
            leaf = number == len(found) - 1
            addresses, names = [], ("Crd", "Val") if leaf else ("Pos", "Crd")
            for part, array in zip(names, (level.first, level.second), strict=True):
                addresses.append(0 if array is None else self._array(array))
                if array is not None and array.nbytes:
                    self.parts.append((which, LEAF if leaf else number, part, addresses[-1], array.nbytes))
            entries.append(
                LevelEntry(
                    *addresses,
                    level.extent,
                    level.count,
                    dense=not leaf and level.second is None,
                    narrow=leaf and level.narrow,
                    loose=level.loose,
                )
            )
        return entries

    def _array(self, array: np.ndarray) -> int:
        address = self._allocator.take(array.nbytes)
        self._memory.put(address, array.tobytes())
        return address
