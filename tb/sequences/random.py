# SPDX-License-Identifier: Apache-2.0
"""Contractions drawn at random: shapes, densities, values, modes of operation, stalls."""

from tb.agents.contraction.item import PORTS
from tb.common.stalls import STALLS
from tb.sequences.base import ContractionSequence

KINDS = {
    "fp32": ["normal", "wide", "special", "patterns", "ones"],
    "bf16": ["normal", "special", "ones"],
    "int8": ["int8", "small"],
    "int16": ["int16", "small"],
}


class RandomSeq(ContractionSequence):
    """Contract tensors of which everything is random.

    Args:
        count: contractions.
        most: free modes of an operand at most.
        extent: of a mode at most.
        stalls: whether ports may stall.
    """

    def __init__(self, name: str = "random", count: int = 10, most: int = 3, extent: int = 40, stalls: bool = True):
        super().__init__(name)
        self.count, self.most, self.extent, self.stalls = count, most, extent, stalls

    async def body(self) -> None:
        for _ in range(self.count):
            extent = int(self.rng.integers(1, self.extent + 1))
            stalls = {port: str(self.rng.choice(list(STALLS))) for port in PORTS if self.stalls}
            await self.contract(
                self.draw(extent),
                self.draw(extent),
                dense=bool(self.rng.random() < 0.3),
                run_length=int(self.rng.choice([0, 0, 1, 2, 3, 9, 500])),
                stalls=stalls,
                long_lines=int(self.rng.choice([0, 0, 1, 3, 6, 12, 2**31])),
            )

    def draw(self, extent: int):
        density = float(self.rng.choice([0.02, 0.1, 0.3, 0.6, 1.0]))
        kind = str(self.rng.choice(KINDS[str(self.config["Format"])]))
        tensor = self.tensor(*self.draw_shape(self.most, 5), extent, density=density, values=kind)
        return self.with_empty_nodes(tensor) if self.rng.random() < 0.3 else tensor
