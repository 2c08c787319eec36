# SPDX-License-Identifier: Apache-2.0
"""Allocates pieces of the machine's memory."""

from __future__ import annotations

import bisect

from flaash.driver.errors import OutOfMemory


class Allocator:
    """First fit, aligned; neighbouring free pieces are merged.

    Args:
        base, size: of the memory, in bytes.
        align: every address and every size is a multiple of it, a power of two.
    """

    def __init__(self, base: int, size: int, align: int = 64):
        self._align = align
        begin, end = -(-base // align) * align, (base + size) // align * align
        self._free = [(begin, end)] if begin < end else []  # sorted, never touching
        self._taken: dict[int, int] = {}

    @property
    def free_bytes(self) -> int:
        """Bytes that are free, in all pieces together."""
        return sum(end - begin for begin, end in self._free)

    @property
    def largest(self) -> int:
        """Bytes of the largest free piece."""
        return max((end - begin for begin, end in self._free), default=0)

    def take(self, size: int, align: int = 0) -> int:
        """Return the address of a piece of `size` bytes, aligned to `align` or more.

        Raises:
            OutOfMemory: there is no free piece of that size.
        """
        align = max(align, self._align)
        rounded = max(-(-size // self._align), 1) * self._align
        for place, (begin, end) in enumerate(self._free):
            address = -(-begin // align) * align
            if address + rounded <= end:
                left = [(begin, address), (address + rounded, end)]
                self._free[place : place + 1] = [piece for piece in left if piece[0] < piece[1]]
                self._taken[address] = rounded
                return address
        raise OutOfMemory(
            f"no {size:,} bytes in one piece are free in the machine's memory; the largest piece has {self.largest:,}"
        )

    def give_back(self, address: int) -> None:
        """Free a piece.

        Raises:
            ValueError: no piece was taken at this address, or it was given back before.
        """
        if address not in self._taken:
            raise ValueError(f"no piece was taken at {address:#x}")
        begin, end = address, address + self._taken.pop(address)
        place = bisect.bisect(self._free, (begin, end))
        if place < len(self._free) and self._free[place][0] == end:
            end = self._free.pop(place)[1]
        if place and self._free[place - 1][1] == begin:
            place -= 1
            begin = self._free.pop(place)[0]
        self._free.insert(place, (begin, end))
