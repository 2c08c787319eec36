# SPDX-License-Identifier: Apache-2.0
"""Contractions one after the other that keep an operand, replace it or send B before A."""

from tb.sequences.base import ContractionSequence


class BackToBackSeq(ContractionSequence):
    """Contract without anything between: nothing of the contraction before may be left.

    Args:
        count: contractions with kept and replaced operands, large and small in turn.
        extent: of the contracted mode.
    """

    def __init__(self, name: str = "back_to_back", count: int = 8, extent: int = 16):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        await self.contract(self.draw(6), self.draw(2))
        await self.contract(None, None)
        await self.contract(self.draw(1), None)
        await self.contract(None, self.draw(5), dense=True)
        for index in range(self.count):
            size = 6 if index % 2 else 1
            kept = self.rng.integers(0, 3)
            await self.contract(None if kept == 1 else self.draw(size), None if kept == 2 else self.draw(size))

    def draw(self, free: int):
        density = float(self.rng.choice([0.05, 0.3, 0.8]))
        return self.tensor(free, 2, self.extent, density=density)
