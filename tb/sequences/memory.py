# SPDX-License-Identifier: Apache-2.0
"""A far, slow or refusing memory, and result buffers that are too small."""

from itertools import product

from sim.interfaces import MEMORY
from tb.agents.contraction.item import ExpectedError, Refusal
from tb.dma.cover_points import CHANNELS
from tb.sequences.base import ContractionSequence

LEAF = 7
ARRAYS = [("Pos", 0), ("Crd", 0), ("Pos", 1), ("Crd", 1), ("Crd", LEAF), ("Val", LEAF)]


class MemorySeq(ContractionSequence):
    """Contract while each channel is late alone, so that channels overtake each other; refuse each array.

    Args:
        late: cycles that a channel, and then every channel, adds.
        extent: of the contracted mode.
    """

    interfaces = (MEMORY,)

    def __init__(self, name: str = "memory", late: tuple[int, ...] = (1, 70, 300), extent: int = 20):
        super().__init__(name)
        self.late, self.extent = late, extent

    async def body(self) -> None:
        a, b = self.tensor(3, 4, self.extent, density=0.8), self.tensor(2, 2, self.extent, density=0.8)
        for late in self.late:
            for channel in CHANNELS:
                await self.contract(a, b, latency={channel: late})
            await self.contract(a, None, latency=dict.fromkeys(CHANNELS, late))
        arrays = product(ARRAYS, (0, 1), (False, True))
        for (part, level), which, last in [(("Descriptor", 0), 0, False), *arrays]:
            response = str(self.rng.choice(["Slave", "Decode"]))
            await self.refuse(Refusal(part, response, which, level, last), a, b)
        one = self.tensor(1, self.extent, density=1.0)
        for response, results in product(3 * ("Slave", "Decode"), ((a, b), (one, one))):
            # One result is refused late, after a prompt record was written; of many some are sent after that.
            await self.refuse(Refusal("Result", response), *results, fatal=False, latency={"b": 90}, dense=True)
        for room in (0, 1, 5):  # there are more results
            await self.provoke(ExpectedError("ErrResultFull", fatal=False), a, b, room=room)
            await self.contract(b, a)

    async def refuse(self, refusal: Refusal, a, b, fatal: bool = True, **bent) -> None:
        await self.provoke(ExpectedError(refusal.code, fatal=fatal), a, b, refusal=refusal, **bent)
        await self.contract(b, a)
