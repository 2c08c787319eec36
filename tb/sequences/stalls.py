# SPDX-License-Identifier: Apache-2.0
"""Every stall generator on every port, alone and together."""

from tb.agents.contraction.item import PORTS
from tb.common.stalls import STALLS
from tb.sequences.base import ContractionSequence


class StallsSeq(ContractionSequence):
    """Contract the same tensors while the ports stall.

    Args:
        extent: of the contracted mode.
        count: random combinations of generators after each alone.
    """

    def __init__(self, name: str = "stalls", extent: int = 24, count: int = 3):
        super().__init__(name)
        self.extent, self.count = extent, count

    async def body(self) -> None:
        a, b = self.tensor(3, 3, self.extent), self.tensor(5, 2, self.extent)
        for port in PORTS:
            for name in STALLS:
                await self.contract(a, b, stalls={port: name})
        for name in STALLS:
            await self.contract(a, b, stalls=dict.fromkeys(PORTS, name))
        for _ in range(self.count):
            await self.contract(a, b, stalls={port: str(self.rng.choice(list(STALLS))) for port in PORTS})
