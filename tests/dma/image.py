# SPDX-License-Identifier: Apache-2.0
"""Where the arrays of the interface's tests lie, and descriptors as words that can be spoiled."""

from __future__ import annotations

import numpy as np

from flaash.driver.allocator import Allocator
from models.device.layout import Descriptor
from sim.thisrun import argument
from tb.dma import image

BASE = argument("memory_at", 0)  # the memory's address
FIRST, SIZE = BASE + 0xFE00, 0x7_0200  # of the memory that arrays may take


def first_levels(width: int) -> int:
    """Return the number of levels of a descriptor that the chip reads at once, by the bits of the bus."""
    return 6 if width < 512 else 16


class Image(image.Image):
    """Puts arrays into a memory.

    Args:
        memory: has put(address, bytes).
        first: address of the first array; the others follow.
    """

    def __init__(self, memory, first: int = FIRST):
        super().__init__(memory, Allocator(first, SIZE))


def words(descriptor: Descriptor) -> list[int]:
    """Return the words of a descriptor, to be spoiled."""
    return np.frombuffer(descriptor.pack(), "<u4").tolist()


def to_bytes(found: list[int]) -> bytes:
    """Return the bytes of words."""
    return np.array(found, "<u4").tobytes()
