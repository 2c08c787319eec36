# SPDX-License-Identifier: Apache-2.0
"""Operands as arrays in a memory, each at a place that is known; bytes by the driver's own layout.

That layout is held against docs/descriptors.md, byte by byte, in tests/driver/test_layout.py.
"""

from __future__ import annotations

import numpy as np

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import NARROW, WORD, Level
from flaash.driver.layout import LevelEntry
from models.csf import Csf
from models.numbers.formats import NumberFormat

LEAF = 7  # number of the leaf in places of errors


def levels(csf: Csf, fmt: NumberFormat, dense: bool = False, narrow: bool = False) -> list[Level]:
    """Return the levels of an operand; numbers that a mistake made too large or negative keep their low bits.

    Args:
        csf: the operand.
        fmt: its value format.
        dense: the first upper level is dense (its extent must be small).
        narrow: coordinates of the leaf have two bytes, otherwise four.
    """
    upper = [
        Level(extent, len(coords), pointers.astype(WORD), coords.astype(WORD))
        for extent, coords, pointers in zip(csf.shape, csf.coords, csf.pointers, strict=False)
    ]
    leaf = Level(
        csf.shape[-1],
        csf.nnz,
        csf.leaf_coords.astype(NARROW if narrow else WORD),
        fmt.encode(csf.leaf_values).astype(f"<u{fmt.value_width // 8}"),
    )
    if dense and upper:
        lengths = np.zeros(csf.shape[0], np.int64)
        lengths[csf.coords[0]] = np.diff(csf.pointers[0])
        pos = np.concatenate([[0], np.cumsum(lengths)]).astype(WORD)
        upper[0] = Level(csf.shape[0], csf.shape[0], pos, None)
    return [*upper, leaf]


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
                )
            )
        return entries

    def _array(self, array: np.ndarray) -> int:
        address = self._allocator.take(array.nbytes)
        self._memory.put(address, array.tobytes())
        return address
