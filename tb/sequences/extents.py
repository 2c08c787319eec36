# SPDX-License-Identifier: Apache-2.0
"""Extents at their limits: 1 in every mode, 10^9 and 2^32 - 1 in free modes, a full coordinate width.

Two that differ in the last place are refused.
"""

from models.axes import contracted_limit
from models.generate import uniform_tensor
from models.tensor import SparseTensor
from tb.agents.contraction.item import ExpectedError
from tb.sequences.base import ContractionSequence

HUGE = (10**9, 2**32 - 1)


class ExtentsSeq(ContractionSequence):
    """Contract tensors with extreme extents; the number of fibers stays small.

    Args:
        nnz: entries of the tensors with huge extents.
        count: random contractions after the directed ones.
    """

    def __init__(self, name: str = "extents", nnz: int = 12, count: int = 2):
        super().__init__(name)
        self.nnz, self.count = nnz, count

    async def body(self) -> None:
        one = self.tensor(1, 1, 1, density=1.0)
        await self.contract(one, one)
        limit = contracted_limit(int(self.config["CoordWidth"]))
        await self.contract(self.corners(3, limit), self.corners(2, limit))
        await self.contract(self.sparse(3, limit), self.sparse(2, limit))
        await self.provoke(ExpectedError("ErrExtentsDiffer", limit), self.corners(3, limit), self.corners(2, limit - 1))
        for extent in HUGE:
            await self.contract(self.corners(extent, 7), self.sparse(extent, 3, 7))
        for _ in range(self.count):
            await self.contract(self.sparse(*self.rng.choice(HUGE, 2), 4), self.sparse(2, 4))

    def corners(self, free: int, extent: int) -> SparseTensor:
        """Return a tensor with entries in the first and the last place of each mode."""
        coords = [(i, k) for i in sorted({0, free - 1}) for k in sorted({0, extent - 1})]
        return SparseTensor.from_coordinates((free, extent), coords, [3.0, -1.0, 2.0, 5.0][: len(coords)])

    def sparse(self, *shape: int) -> SparseTensor:
        nnz = min(self.nnz, 8)
        return uniform_tensor(self.rng, shape, nnz=nnz, values=self.values)
