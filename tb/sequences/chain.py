# SPDX-License-Identifier: Apache-2.0
"""Contractions that contract the results of the one before, out of memory, with a fence."""

import numpy as np

from models.contract import contract
from models.device.results import records_of
from models.numbers import get_format
from models.tensor import SparseTensor
from sim.interfaces import MEMORY
from tb.sequences.base import ContractionSequence


class ChainSeq(ContractionSequence):
    """Contract, then contract the records of the results: a fence that comes too late gives wrong results.

    Args:
        count: chains.
        length: contractions of a chain, after its first one.
        late: cycles that the memory adds to data and responses of writes, in turns.
        extent: of the contracted mode.
    """

    interfaces = (MEMORY,)

    def __init__(
        self,
        name: str = "chain",
        count: int = 4,
        length: int = 2,
        late: tuple[int, ...] = (200, 0, 7),
        extent: int = 12,
    ):
        super().__init__(name)
        self.count, self.length, self.late, self.extent = count, length, late, extent

    async def body(self) -> None:
        for index in range(self.count):
            late = self.late[index % len(self.late)]
            options = {"plain": True, "latency": {"w": late, "b": late}}
            a, b = (self.small(rows, self.extent) for rows in (3, 4))
            await self.contract(a, b, **options)
            for _ in range(self.length):
                a, b = self.following(a, b)
                await self.contract(a, b, chained=True, **options)

    def small(self, *shape: int) -> SparseTensor:
        """Return a tensor of small values: no part of a result is a signalling NaN, which the model does not keep."""
        tensor = self.tensor(*shape, density=0.7)
        return SparseTensor(tensor.shape, tensor.coords, 1.0 + np.arange(tensor.nnz) % 3)

    def following(self, a: SparseTensor, b: SparseTensor) -> tuple[SparseTensor, SparseTensor]:
        """Return the records of a contraction as a fiber of values, and weights.

        The weights are the same for each record, because records come in any order.
        """
        fmt = get_format(str(self.config["Format"]))
        records = records_of(contract(a, b, fmt), False)
        size = fmt.value_width // 8
        bits = np.frombuffer(records.tobytes(), f"<u{size}").astype(np.uint32)
        weights = np.tile(self.rng.integers(1, 4, (2, records.itemsize // size)), len(records))
        values = SparseTensor((len(bits),), np.arange(len(bits))[:, None], fmt.decode(bits))
        return values, SparseTensor.from_dense(weights.astype(np.float64))
