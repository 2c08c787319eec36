# SPDX-License-Identifier: Apache-2.0
"""Dense results: every job delivers, zeros included; and full operands."""

from models.generate import same_pattern
from tb.sequences.base import ContractionSequence


class DenseSeq(ContractionSequence):
    """Contract with dense results, for each run length.

    Args:
        extent: of the contracted mode.
        run_lengths: most fibers of B per job, 0 for all.
    """

    def __init__(self, name: str = "dense", extent: int = 16, run_lengths: tuple[int, ...] = (0, 1, 2, 7, 1000)):
        super().__init__(name)
        self.extent, self.run_lengths = extent, run_lengths

    async def body(self) -> None:
        for run_length in self.run_lengths:
            a = self.tensor(*self.draw_shape(2), 3, self.extent)
            b = self.tensor(*self.draw_shape(2), 2, self.extent, density=0.1)
            await self.contract(a, b, dense=True, run_length=run_length)
            await self.contract(None, None, dense=False, run_length=run_length)
        full = self.tensor(3, 2, self.extent, density=1.0)
        await self.contract(full, same_pattern(self.rng, full, self.values), dense=True)
        await self.contract(full, None)
