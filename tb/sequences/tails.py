# SPDX-License-Identifier: Apache-2.0
"""Fibers of very unequal length: when the last dot product has ended, much of one fiber is still to be read."""

from models.generate import draw_values
from models.tensor import SparseTensor
from tb.sequences.base import ContractionSequence, stack

LENGTHS, MIXED = (1, 3, 97, 130), ((2, 97),)


class TailsSeq(ContractionSequence):
    """Contract one entry with many, many with one, and operands of which only the last fibers are unequal.

    Each long operand meets a single entry that lies before all of its entries, at the first and at the last
    of them: the dot product then ends early, with everything else left over, or with nothing left.

    Args:
        lengths: entries of the long operand; what is more than its contracted mode can have goes into further
            fibers, each full.
        portions: most entries of A per portion, one contraction after the other with each.
        mixed: lengths of a short and a long fiber, of which operands of several fibers are made after that.
        stalls: name of a stall generator by port.
    """

    def __init__(self, name: str = "tails", lengths: tuple[int, ...] = LENGTHS,
                 portions: tuple[int, ...] = (0,), mixed: tuple[tuple[int, int], ...] = MIXED,
                 stalls: dict[str, str] | None = None):
        super().__init__(name)
        self.lengths, self.portions, self.mixed, self.stalls = lengths, portions, mixed, stalls

    async def body(self) -> None:
        for length in self.lengths:
            await self.one_and_many(length)
        for shorter, longer in self.mixed:
            await self.last_is_unequal(shorter, longer)

    async def one_and_many(self, length: int) -> None:
        """Contract a long operand with single entries, in both orders."""
        limit = 2 ** int(self.config["CoordWidth"])
        full, rest = divmod(length, limit)
        extent = limit if full else length + 1
        fibers = [limit] * full + [rest] * bool(rest)
        many = self.fibers(extent, [range(extent - count, extent) for count in fibers])
        for swapped in (False, True):
            long = many
            for place in dict.fromkeys((0, extent - fibers[-1], extent - 1)):
                one = self.fibers(extent, [[place]])
                for portion in self.portions:
                    await self._contract(swapped, one, long, portion=portion)
                    one = long = None  # both stay

    async def last_is_unequal(self, shorter: int, longer: int) -> None:
        """Contract operands whose fibers are short but for the last one, and such whose first one is long."""
        limit = 2 ** int(self.config["CoordWidth"])
        shorter, longer = min(shorter, limit), min(longer, limit)
        short, long = range(shorter), range(longer)
        for fibers in ([short[:1], short, long], [long, short, short[:1]]):
            operand = self.fibers(longer, fibers)
            for others in ([short[:1]], [short, short[-1:]], [long]):
                for swapped in (False, True):
                    for portion in self.portions:
                        await self._contract(swapped, operand, self.fibers(longer, others), portion=portion,
                                             run_length=int(self.rng.choice([0, 1, 2])))

    def fibers(self, extent: int, coords: list) -> SparseTensor:
        """Return an operand of order 2 of fibers with these coordinates and random values."""
        return stack(extent, coords, [draw_values(self.rng, len(fiber), self.values) for fiber in coords])

    async def _contract(self, swapped: bool, a: SparseTensor | None, b: SparseTensor | None, **options) -> None:
        await self.contract(*((b, a) if swapped else (a, b)), dense=bool(self.rng.random() < 0.3),
                            stalls=self.stalls, **options)
