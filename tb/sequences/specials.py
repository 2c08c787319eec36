# SPDX-License-Identifier: Apache-2.0
"""Values that arithmetic stumbles over: NaN, infinities, subnormals, cancellation, the extremes."""

import numpy as np

from models.generate import same_pattern
from models.tensor import SparseTensor
from tb.sequences.base import ContractionSequence

TINY, HUGE = 2.0**-149, 2.0**127
# Fibers of four values; each of A meets each of B.
FLOAT_A = [
    [1, 1, 1, 1],
    [HUGE, -HUGE, 1, TINY],
    [np.inf, 1, 0.0, 1],
    [np.nan, 1, 1, 1],
    [-np.inf, np.inf, 1, 1],
    [TINY, TINY, -TINY, 0.0],
    [2.0**-75, 0, 0, 0],
    [-0.0, 0.0, 0, 0],
]
FLOAT_B = [
    [1, -1, 1, -1],
    [1, 1, TINY, 1],
    [0.0, 2, np.inf, 1],
    [HUGE, HUGE, HUGE, HUGE],
    [0.5, 0.25, TINY, -1],
    [2.0**-75, 1, 1, 1],
    [1, 1, 0, 0],
]
INTEGER = [[1, 1, 1, 1], [1, -1, 1, -1], [0, 0, 0, 0], [-(2**15), 2**15 - 1, -(2**7), 2**7 - 1]]


class SpecialsSeq(ContractionSequence):
    """Contract tensors of special values.

    Args:
        count: random contractions of special values after the directed one.
        extent: of their contracted mode.
    """

    def __init__(self, name: str = "specials", count: int = 4, extent: int = 10):
        super().__init__(name)
        self.count, self.extent = count, extent

    async def body(self) -> None:
        floating = self.values == "normal"
        a, b = (FLOAT_A, FLOAT_B) if floating else (INTEGER, INTEGER)
        await self.contract(explicit(a), explicit(b))
        for _ in range(self.count):
            kind = "special" if floating else self.values
            tensor = self.tensor(4, self.extent, density=0.4, values=kind)
            await self.contract(tensor, same_pattern(self.rng, tensor, kind))
        negated = SparseTensor(tensor.shape, tensor.coords[::1], -tensor.values)
        await self.contract(explicit([[3, 3, 5, 5]]), explicit([[1, -1, 2, -2]]))
        await self.contract(tensor, negated, dense=True)


def explicit(rows: list[list[float]]) -> SparseTensor:
    """Return a tensor of order 2 of these rows, zeros as entries too."""
    values = np.array(rows, np.float64)
    coords = np.stack(np.unravel_index(np.arange(values.size), values.shape), axis=1)
    return SparseTensor.from_coordinates(values.shape, coords, values.ravel())
