# SPDX-License-Identifier: Apache-2.0
"""Fibers at their extremes: one entry at the first or the last coordinate, full ones, a line and one more."""

import numpy as np

from models.generate import corner_fibers
from models.tensor import SparseTensor
from tb.sequences.base import ContractionSequence


class ExtremesSeq(ContractionSequence):
    """Contract a tensor of extreme fibers with itself, so that every kind meets every other.

    Args:
        extent: of the contracted mode, above twice the lanes.
        count: random pairs of such fibers after that.
    """

    def __init__(self, name: str = "extremes", extent: int = 33, count: int = 2):
        super().__init__(name)
        self.extent, self.count = extent, count

    async def body(self) -> None:
        fibers = corner_fibers(self.extent, int(self.config["Lanes"]))
        await self.contract(self.stack(fibers), self.stack(fibers))
        await self.contract(self.stack(fibers), self.stack(fibers), dense=True, run_length=3)
        for _ in range(self.count):
            picked = [fibers[i] for i in self.rng.choice(len(fibers), 3, replace=False)]
            await self.contract(self.stack(picked), self.stack(picked[::-1]))

    def stack(self, fibers: list[list[int]]) -> SparseTensor:
        coords = np.array([(row, k) for row, fiber in enumerate(fibers) for k in fiber])
        values = self.tensor(len(coords), 1, density=1.0).values
        return SparseTensor.from_coordinates((len(fibers), self.extent), coords, values)
