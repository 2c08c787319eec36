# SPDX-License-Identifier: Apache-2.0
"""Operands for the benches of the resident machine: lists of fibers of (coordinate, value pattern)."""

from __future__ import annotations

import random

from models.numbers import NumberFormat
from tests.blocks.lines import Fiber


def value(fmt: NumberFormat, rng: random.Random) -> int:
    """Return a pattern: small numbers, whose sums cancel often, or anything finite."""
    if rng.random() < 0.6:
        return int(fmt.encode([rng.choice([-2, -1, 1, 2])])[0])
    bits = rng.getrandbits(fmt.value_width)
    if fmt.is_float and bits >> (fmt.value_width - 9) & 0xFF == 0xFF:
        bits ^= 1 << (fmt.value_width - 2)  # infinities and NaN are the matter of the MAC's bench
    return bits


class Operands:
    """Makes fibers of a format below an extent.

    Args:
        fmt: of the values.
        extent: coordinates are below it.
        rng: of every choice.
    """

    def __init__(self, fmt: NumberFormat, extent: int, rng: random.Random):
        self.fmt, self.extent, self.rng = fmt, extent, rng

    def fiber(self, coords: list[int] | range) -> Fiber:
        """Return a fiber with these coordinates and random values."""
        return [(coord, value(self.fmt, self.rng)) for coord in coords]

    def random(self, entries: int, below: int | None = None) -> Fiber:
        """Return a fiber with this number of entries at random coordinates, at most one at each."""
        below = min(below or self.extent, self.extent)
        return self.fiber(sorted(self.rng.sample(range(below), min(entries, below))))

    def fibers(self, count: int, longest: int, below: int | None = None) -> list[Fiber]:
        """Return fibers of 1 to `longest` entries."""
        return [self.random(self.rng.randint(1, longest), below) for _ in range(count)]

    def full(self) -> Fiber:
        """Return the longest fiber there is."""
        return self.fiber(range(self.extent))

    def single(self, coord: int) -> Fiber:
        """Return a fiber of one entry."""
        return self.fiber([coord])

    def apart(self, count: int, parity: int) -> list[Fiber]:
        """Return fibers that have only even or only odd coordinates."""
        return [
            self.fiber(sorted(self.rng.sample(range(parity, self.extent, 2), self.rng.randint(1, 6))))
            for _ in range(count)
        ]
