# SPDX-License-Identifier: Apache-2.0
"""Fibers of very unequal length: when the last dot product has ended, one of them is still to be read."""

from itertools import product

from tb.sequences.base import ContractionSequence, stack

LENGTHS, MIXED = (1, 3, 97, 130), ((2, 97),)


class TailsSeq(ContractionSequence):
    """Contract one entry with many, many with one, and operands of which only some fibers are long.

    Args:
        lengths: entries of the long operand, which meets one entry at the first, the last and no place of its
            own; entries beyond the most of a fiber go into further fibers.
        portions: most entries of A per portion, one contraction after the other with each.
        mixed: lengths of a short and a long fiber of operands that have several.
        stalls: name of a stall generator by port.
    """

    def __init__(
        self,
        name: str = "tails",
        lengths: tuple[int, ...] = LENGTHS,
        portions: tuple[int, ...] = (0,),
        mixed: tuple[tuple[int, int], ...] = MIXED,
        stalls: dict[str, str] | None = None,
    ):
        super().__init__(name)
        self.lengths, self.portions, self.mixed, self.stalls = lengths, portions, mixed, stalls

    async def body(self) -> None:
        limit = 2 ** int(self.config["CoordWidth"])
        for length, swapped in product(self.lengths, (False, True)):
            full, rest = divmod(length, limit)
            fibers = [limit] * full + [rest] * bool(rest)
            extent = limit if full else length + 1
            many = self.comb(fibers, extent)
            for place in dict.fromkeys((0, fibers[-1] - 1, extent - 1)):
                await self.both(swapped, stack(extent, [[place]], [[1.0]]), many)
                many = None  # stays
        for (short, long), swapped in product(self.mixed, (False, True)):
            for fibers, others in product(([1, short, long], [long, short, 1]), ([1], [short, 1], [long])):
                await self.both(swapped, self.comb(fibers, long), self.comb(others, long))

    async def both(self, swapped: bool, one, many) -> None:
        """Contract two operands, the first one as A or, swapped, as B; with each length of portions."""
        for portion in self.portions:
            await self.contract(
                *((many, one) if swapped else (one, many)),
                portion=portion,
                run_length=int(self.rng.integers(0, 3)),
                dense=bool(self.rng.random() < 0.3),
                stalls=self.stalls,
            )
            one = many = None
