# SPDX-License-Identifier: Apache-2.0
"""Chains of contractions: the rows of one are operand A of the next, out of memory, with a fence."""

import numpy as np

from models.contract import ContractionResult, contract
from models.csf import Csf
from models.device.layout import ROWS
from models.numbers import Finish, get_format
from models.tensor import SparseTensor
from sim.interfaces import MEMORY
from tb.dma.image import filled
from tb.sequences.base import ContractionSequence


class ChainsSeq(ContractionSequence):
    """Multiply a matrix by others, one after the other: a fence that comes too late gives wrong results.

    Args:
        count: chains.
        length: contractions of a chain, after its first one.
        late: cycles that the memory adds to data and responses of writes, in turns.
        rows, extent: of the first matrix, and of the contracted modes.
    """

    interfaces = (MEMORY,)

    def __init__(
        self,
        name: str = "chains",
        count: int = 3,
        length: int = 3,
        late: tuple[int, ...] = (200, 0, 7),
        rows: int = 5,
        extent: int = 12,
    ):
        super().__init__(name)
        self.count, self.length, self.late, self.rows, self.extent = count, length, late, rows, extent

    async def body(self) -> None:
        fmt = get_format(str(self.config["Format"]))
        narrow = fmt.value_width != fmt.result_width  # an operand's values have the format's width
        for index in range(self.count):
            late = self.late[index % len(self.late)]
            options = {"plain": True, "latency": {"w": late, "b": late}, "layout": ROWS, "short_crd": bool(index % 2)}
            finish = Finish(relu=bool(index % 2), narrow=narrow, shift=2 if narrow and not fmt.is_float else 0)
            a = filled(Csf.from_tensor(self.small(self.rows, self.extent)), 0)  # a row for each node
            for step in range(1 + self.length):
                b = self.small(int(self.rng.integers(1, 2 * self.extent)), a.shape[-1])
                await self.contract(a, b, chained=step > 0, finish=finish, **options)
                a = as_operand(contract(a.to_tensor(), b, fmt, finish=finish))

    def small(self, *shape: int) -> SparseTensor:
        """Return a tensor of small values."""
        tensor = self.tensor(*shape, density=0.6)
        return SparseTensor(tensor.shape, tensor.coords, np.arange(tensor.nnz) % 5 - 1.0)


def as_operand(result: ContractionResult) -> Csf:
    """Return the operand that the rows of results are."""
    tensor = SparseTensor.from_coordinates(result.shape, result.coords.astype(np.int64), result.values())
    return filled(Csf.from_tensor(tensor), 0)
