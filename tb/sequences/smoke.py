# SPDX-License-Identifier: Apache-2.0
"""A handful of contractions that touch everything once."""

from tb.sequences.base import ContractionSequence


class SmokeSeq(ContractionSequence):
    """Contract a few small random tensors.

    Args:
        count: random contractions after the directed ones.
        extent: of the contracted mode.
    """

    def __init__(self, name: str = "smoke", count: int = 2, extent: int = 20):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        await self.contract(self.tensor(3, 4, self.extent), self.tensor(5, self.extent))
        await self.contract(self.tensor(self.extent), self.tensor(self.extent))
        for _ in range(self.count):
            await self.contract(
                self.tensor(*self.draw_shape(), self.extent), self.tensor(*self.draw_shape(), self.extent)
            )
