# SPDX-License-Identifier: Apache-2.0
"""Fibers whose lengths differ by orders of magnitude, which leave a bad dispatcher with idle engines."""

from models.generate import one_full_fiber, single_entries, zipf_tensor
from tb.sequences.base import ContractionSequence


class SkewedSeq(ContractionSequence):
    """Contract tensors with Zipf-distributed fiber lengths.

    Args:
        count: random contractions after the directed ones.
        exponent: of Zipf's law, above 1; the smaller, the heavier the tail.
        extent: of the contracted mode.
    """

    def __init__(self, name: str = "skewed", count: int = 3, exponent: float = 1.3, extent: int = 64):
        super().__init__(name)
        self.count, self.exponent, self.extent = count, exponent, extent

    async def body(self) -> None:
        shape = (3, 4, self.extent)
        full = one_full_fiber(self.rng, shape, values=self.values)
        single = single_entries(self.rng, shape, values=self.values)
        await self.contract(full, single)
        await self.contract(single, full)
        for _ in range(self.count):
            await self.contract(
                self.draw(),
                self.draw(),
                run_length=int(self.rng.choice([0, 1, 4])),
                long_lines=int(self.rng.choice([0, 2, 4, 8])),
            )

    def draw(self):
        return zipf_tensor(self.rng, (*self.draw_shape(2), self.extent), self.exponent, self.values)
