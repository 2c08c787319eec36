# SPDX-License-Identifier: Apache-2.0
"""Results as rows that an operand can have: rows of every length, and rows of tensors that are drawn."""

from collections.abc import Sequence

import numpy as np

from models.device.layout import ALIGN, ROWS
from models.device.results import value_bytes, width_of
from models.numbers import Finish, get_format
from models.tensor import SparseTensor
from sim.interfaces import MEMORY
from tb.sequences.base import ContractionSequence
from tb.sequences.finish import finishes

BEATS = (16, 32, 64)  # bytes, of each width of the bus


class RowsSeq(ContractionSequence):
    """Contract to rows: of 0 and 1 results, of a beat and one more, and as long as the pitch.

    Args:
        count: random contractions after the directed ones.
    """

    interfaces = (MEMORY,)
    layout = ROWS

    def __init__(self, name: str = "rows", count: int = 4):
        super().__init__(name)
        self.count = count

    async def body(self) -> None:
        fmt = get_format(str(self.config["Format"]))
        for finish in (Finish(), finishes(fmt)[-1]):
            size = value_bytes(width_of(fmt, finish))
            lengths = [0, 1, *(beat // size + more for beat in BEATS for more in (0, 1)), ALIGN]
            a, b = diagonal([length for length in lengths if length <= ALIGN])
            short_crd = self.layout == ROWS and finish != Finish()
            await self.contract(a, b, layout=self.layout, finish=finish, pitch=ALIGN, short_crd=short_crd)
        for _ in range(self.count):
            finish = finishes(fmt)[int(self.rng.integers(len(finishes(fmt))))] if self.rng.random() < 0.5 else Finish()
            await self.contract(*self.drawn(), layout=self.layout, finish=finish, dense=bool(self.rng.random() < 0.3))

    def drawn(self):
        """Return random operands, some with empty nodes."""
        extent = int(self.rng.integers(1, 30))
        density = float(self.rng.choice([0.1, 0.4, 1.0]))
        tensors = [self.tensor(*self.draw_shape(2, 4), extent, density=density) for _ in "ab"]
        return [self.with_empty_nodes(tensor) if self.rng.random() < 0.5 else tensor for tensor in tensors]


def diagonal(lengths: Sequence[int]) -> tuple[SparseTensor, SparseTensor]:
    """Return operands whose contraction has rows of these lengths: A is a diagonal, B has its columns below them."""
    rows = np.arange(len(lengths))
    a = SparseTensor.from_coordinates((len(rows), len(rows)), np.stack([rows, rows], axis=1), np.ones(len(rows)))
    coords = np.argwhere(np.arange(max(lengths))[:, None] < np.array(lengths))
    return a, SparseTensor.from_coordinates((max(lengths), len(rows)), coords, 1.0 + np.arange(len(coords)) % 100)
