# SPDX-License-Identifier: Apache-2.0
"""The purpose of this sequence, in one sentence."""

from tb.sequences.base import ContractionSequence


class Scratch2571Seq(ContractionSequence):
    """Contract ... (name the property of the operands).

    Args:
        count: random contractions after the directed ones.
        extent: of the contracted mode, in coordinates.
    """

    # Knobs are arguments with defaults.
    def __init__(self, name: str = "scratch_2571", count: int = 3, extent: int = 32):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        # Directed: the corner cases of this sequence, by construction. Operands are SparseTensors
        # (models.generate draws others), Csf, or dense arrays; their last modes are contracted.
        # Options: dense=True, run_length=n, long_lines=n, stalls={"result": "bursty"}; at the memory
        # interface (`make sim IF=memory`) also latency={"r": 50}.
        await self.contract(self.tensor(1, self.extent, density=1.0), self.tensor(4, self.extent))
        # None keeps the operand that is loaded.
        await self.contract(None, self.tensor(2, 3, self.extent))
        # Random: everything drawn from self.rng, so that SEED repeats it.
        for _ in range(self.count):
            await self.contract(self.draw(), self.draw())

    def draw(self):
        """Return a random operand of order 1 to 4."""
        return self.tensor(*self.draw_shape(), self.extent, density=float(self.rng.uniform(0.05, 0.5)))
