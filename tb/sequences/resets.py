# SPDX-License-Identifier: Apache-2.0
"""Soft resets in the middle of everything; a good contraction after each."""

from tb.agents.contraction.item import ContractionItem
from tb.sequences.base import ContractionSequence, as_csf


class ResetsSeq(ContractionSequence):
    """Reset while an operand is loaded, and at many points of a contraction.

    Args:
        count: resets at random times after the directed ones.
        extent: of the contracted mode.
        after: cycles from the start to the reset.
        portion: most entries of A per portion, 0 for no splitting.
    """

    def __init__(
        self,
        name: str = "resets",
        count: int = 4,
        extent: int = 20,
        after: tuple[int, ...] = (0, 3, 10, 30, 70, 150, 2000),
        portion: int = 0,
    ):
        super().__init__(name)
        self.count, self.extent, self.after, self.portion = count, extent, after, portion

    async def body(self) -> None:
        for operands in ((self.draw(), None), (None, self.draw()), (self.draw(), self.draw())):
            await self.reset(*operands, while_loading="ControlSoftReset", stalls={"operand": "single"})
        for after in self.after:
            await self.reset(self.draw(), self.draw(), reset_after=after)
            # Every job has a result and the host takes none: nothing can be over before the reset.
            await self.reset(self.draw(), self.draw(), reset_after=after, dense=True, held=True)
            await self.reset(self.draw(), self.draw(), reset_after=after, stalls={"result": "bursty"})
        for after in self.rng.integers(0, 200, self.count):
            await self.reset(self.draw(), self.draw(), reset_after=int(after), stalls={"result": "random"})

    async def reset(self, a, b, stalls=None, **bent) -> None:
        item = ContractionItem(as_csf(a), as_csf(b), stalls=stalls, portion=self.portion)
        for name, value in bent.items():
            setattr(item, name, value)
        await self.send(item)
        good = self.tensor(2, 5)
        await self.contract(good, good, portion=self.portion)

    def draw(self):
        return self.tensor(3, 4, self.extent, density=0.4)
