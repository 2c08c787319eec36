# SPDX-License-Identifier: Apache-2.0
"""Everything that can be empty: operands, fibers, nodes of the tree, matches, results."""

import numpy as np

from models.csf import Csf
from models.generate import interleaved_pair
from tb.sequences.base import ContractionSequence


class EmptiesSeq(ContractionSequence):
    """Contract tensors parts of which are empty.

    Args:
        count: random contractions with empty nodes after the directed ones.
        extent: of the contracted mode.
    """

    def __init__(self, name: str = "empties", count: int = 4, extent: int = 12):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        full = self.tensor(2, 3, self.extent)
        for shape in ((2, 3, self.extent), (self.extent,)):
            empty = np.zeros(shape)
            await self.contract(empty, full)
            await self.contract(full, empty, dense=True)
            await self.contract(empty, empty)
        # Nodes all over the upper levels and not one entry.
        hollow = Csf.from_tensor(self.tensor(2, 3, self.extent, density=0.0)).with_empty_nodes(self.rng, 6)
        await self.contract(hollow, full)
        for dense in (False, True):
            await self.contract(*interleaved_pair(self.rng, (3, self.extent)), dense=dense)
        for _ in range(self.count):
            a, b = (self.tensor(6, 4, self.extent, density=0.03) for _ in "AB")
            await self.contract(self.with_empty_nodes(a), self.with_empty_nodes(b, 9))
