# SPDX-License-Identifier: Apache-2.0
"""Dot products that are split into portions: what adds up, cancels or is special across their borders."""

import numpy as np

from models.generate import same_pattern
from tb.sequences.base import ContractionSequence, stack

# Places where a carry of the accumulator ends: exponents of word boundaries, of fp32 and of bf16.
BOUNDARIES = (-10, 38, -26, 22)
EXTENT, INF, NAN, HUGE, TINY = 12, np.inf, np.nan, 2.0**127, 2.0**-149
# Fibers of A by value at each coordinate; with portions of 1 to 3 entries no two specials share one.
FLOAT_A = [
    [1.5] * 6 + [-1.5] * 6,
    [HUGE, 1, 1, TINY, 0, -TINY, 1, -HUGE, 1, -1, 0.5, 2.0**-100],
    [INF, 1, 1, 1, -INF, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, NAN, 1, 1, INF, 1, 1, 1],
    [0.0, 1, 1, 1, -INF, 1, 1, 1, -INF, 1, 1, 1],
    [-0.0, 0.0] * 6,
    *[[sign * 2.0 ** (e - 2), 0, 0] * 4 for sign in (-1, 1) for e in BOUNDARIES],
]
INTEGER_A = [[3] * 6 + [-3] * 6, [-128] * 12, [127, -128] * 6, [0] * 12, [1] + [0] * 10 + [-1]]
# Fibers of B by the coordinates that they have, each with ones: all, single ones, one portion's, every third.
FIBERS_B = [range(EXTENT), [0], [EXTENT - 1], [5], [0, EXTENT - 1], [4, 8], range(0, EXTENT, 3), range(6, 12)]


class PortionsSeq(ContractionSequence):
    """Contract special values, then random operands, with portions of different lengths.

    Args:
        lengths: most entries of A per portion.
        count: random contractions per length after the directed one.
        stalls: name of a stall generator by port.
    """

    def __init__(
        self,
        name: str = "portions",
        lengths: tuple[int, ...] = (1, 2, 3, 16),
        count: int = 1,
        stalls: dict[str, str] | None = None,
    ):
        super().__init__(name)
        self.lengths, self.count, self.stalls = lengths, count, stalls

    async def body(self) -> None:
        for length in self.lengths:
            for dense in (False, True):
                rows = FLOAT_A if self.values == "normal" else INTEGER_A
                await self.contract(
                    stack(EXTENT, [range(EXTENT)] * len(rows), rows),
                    stack(EXTENT, FIBERS_B, [[1] * len(coords) for coords in FIBERS_B]),
                    dense=dense,
                    portion=length,
                    stalls=self.stalls,
                )
            for _ in range(self.count):
                a = self.tensor(3, 2, 40, density=float(self.rng.choice([0.1, 0.5, 1.0])))
                b = same_pattern(self.rng, a, self.values) if self.rng.random() < 0.3 else self.tensor(4, 40)
                run_length, long_lines = (int(self.rng.choice(some)) for some in ([0, 1, 3], [0, 1, 6, 12]))
                await self.contract(
                    a, b, portion=length, stalls=self.stalls, run_length=run_length, long_lines=long_lines
                )
            await self.contract(self.tensor(1, 40, density=0.0), None, portion=length)
        await self.contract(self.tensor(2, 40), None)
