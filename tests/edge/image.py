# SPDX-License-Identifier: Apache-2.0
"""Operands in a memory whose every array has a place that the test knows; bytes by the driver's own layout.

That layout is held against docs/memory_edge.md, byte by byte, in tests/driver/test_layout.py.
"""

from __future__ import annotations

import dataclasses
import os

import numpy as np

from flaash.driver.allocator import Allocator
from flaash.driver.arrays import NARROW, WORD, Level, Operand
from flaash.driver.layout import Descriptor, LevelEntry
from models.csf import Csf
from models.numbers.formats import NumberFormat

LEAF = 7  # number of the leaf in places of errors
BASE = int(os.environ.get("FLAASH_MEMORY_AT", "0"), 0)  # the memory's address
FIRST, SIZE = BASE + 0xFE00, 0x7_0200  # of the memory that arrays may take


def first_levels(width: int) -> int:
    """Return how many levels of a descriptor are read at once over a bus of so many bits."""
    return 6 if width < 512 else 16


def levels(csf: Csf, fmt: NumberFormat, dense: bool = False, narrow: bool = False) -> list[Level]:
    """Return the levels of an operand.

    Args:
        csf: the operand.
        fmt: its value format.
        dense: the first upper level is dense (its extent must be small).
        narrow: coordinates of the leaf have two bytes, otherwise four.
    """
    found = list(Operand.from_csf(csf, fmt).levels)
    found[-1] = dataclasses.replace(found[-1], first=csf.leaf_coords.astype(NARROW if narrow else WORD))
    if dense and csf.coords:
        lengths = np.zeros(csf.shape[0], np.int64)
        lengths[csf.coords[0]] = np.diff(csf.pointers[0])
        pos = np.concatenate([[0], np.cumsum(lengths)]).astype(WORD)
        found[0] = Level(csf.shape[0], csf.shape[0], pos, None)
    return found


class Image:
    """Puts arrays into a memory.

    Args:
        memory: has put(address, bytes).
        first: address from which on arrays lie, one behind the other.

    Attributes:
        parts: (operand, level, part, address, bytes) of each array that has elements.
    """

    def __init__(self, memory, first: int = FIRST):
        self._memory, self._allocator = memory, Allocator(first, SIZE)
        self.parts: list[tuple[int, int, str, int, int]] = []

    @property
    def end(self) -> int:
        """The address behind the last array that has elements."""
        return max((address + size for *_, address, size in self.parts), default=0)

    def operand(self, which: int, found: list[Level]) -> list[LevelEntry]:
        """Put an operand and return its levels as a descriptor tells them."""
        entries = []
        for number, level in enumerate(found):
            leaf = number == len(found) - 1
            addresses, names = [], ("Crd", "Val") if leaf else ("Pos", "Crd")
            for part, array in zip(names, (level.first, level.second), strict=True):
                addresses.append(0 if array is None else self._array(array))
                if array is not None and array.nbytes:
                    self.parts.append((which, LEAF if leaf else number, part, addresses[-1], array.nbytes))
            entries.append(LevelEntry(*addresses, level.extent, level.count,
                                      dense=not leaf and level.second is None, narrow=leaf and level.narrow))
        return entries

    def _array(self, array: np.ndarray) -> int:
        address = self._allocator.take(array.nbytes)
        self._memory.put(address, array.tobytes())
        return address


def words(descriptor: Descriptor) -> list[int]:
    """Return the words of a descriptor, to be spoiled."""
    return np.frombuffer(descriptor.pack(), "<u4").tolist()


def to_bytes(found: list[int]) -> bytes:
    """Return the bytes of words."""
    return np.array(found, "<u4").tobytes()
