# SPDX-License-Identifier: Apache-2.0
"""Results as rows that an operand can have: rows of every length, and rows of tensors that are drawn."""

import numpy as np

from models.device.layout import ALIGN, ROWS
from models.device.results import value_bytes, width_of
from models.numbers import Finish, get_format
from models.tensor import SparseTensor
from sim.edges import MEMORY
from tb.agents.contraction.item import ContractionItem, ExpectedError
from tb.sequences.base import ContractionSequence, as_csf
from tb.sequences.finish import finishes

BEATS = (16, 32, 64)  # bytes, of each width of the bus


class RowsSeq(ContractionSequence):
    """Contract to rows: of 0 and 1 results, of a beat and one more, as long as the pitch and longer.

    Args:
        count: random contractions after the directed ones.
        stalls: whether ports may stall in these.
        ends: rows that are too long, and resets, come last.
    """

    edges = (MEMORY,)
    layout = ROWS

    def __init__(self, name: str = "rows", count: int = 4, stalls: bool = True, ends: bool = True):
        super().__init__(name)
        self.count, self.stalls, self.ends = count, stalls, ends

    async def body(self) -> None:
        fmt = get_format(str(self.config["Format"]))
        for finish, short_crd in ((Finish(), False), (finishes(fmt)[-1], self.layout == ROWS)):
            size = value_bytes(width_of(fmt, finish))
            beats = [beat // size + more for beat in BEATS for more in (0, 1)]
            lengths = [length for length in (0, 1, *beats, ALIGN) if length <= ALIGN]
            a, b = self.operands(lengths)
            await self.contract(a, b, layout=self.layout, finish=finish, pitch=ALIGN, short_crd=short_crd)
        for _ in range(self.count):
            await self.drawn(finishes(fmt))
        if self.ends and self.layout == ROWS:
            await self.too_long()
        if self.ends:
            await self.cut_short()

    def operands(self, lengths: list[int]) -> tuple[SparseTensor, SparseTensor]:
        """Return operands whose contraction has rows of these lengths: A is a diagonal, B has a column per length."""
        rows = len(lengths)
        a = SparseTensor.from_coordinates((rows, rows), np.arange(rows)[:, None].repeat(2, 1), np.ones(rows))
        coords = np.array(
            [(column, row) for column in range(max(lengths)) for row in range(rows) if column < lengths[row]]
        )
        values = 1.0 + np.arange(len(coords)) % 100
        return a, SparseTensor.from_coordinates((max(lengths), rows), coords, values)

    async def drawn(self, finishes_: list[Finish]) -> None:
        """Contract random tensors."""
        rng = self.rng
        extent = int(rng.integers(1, 30))
        shapes = [(*self.draw_shape(2, 4), extent) for _ in "ab"]
        a, b = (self.tensor(*shape, density=float(rng.choice([0.1, 0.4, 1.0]))) for shape in shapes)
        empty = rng.random() < 0.5
        stalls = {"result": str(rng.choice(["random", "bursty", "none"]))} if self.stalls else {}
        await self.contract(
            self.with_empty_nodes(a) if empty else a,
            self.with_empty_nodes(b) if empty else b,
            layout=self.layout,
            dense=bool(rng.random() < 0.3),
            finish=finishes_[int(rng.integers(len(finishes_)))] if finishes_ and rng.random() < 0.5 else Finish(),
            short_crd=self.layout == ROWS and bool(rng.random() < 0.5),
            stalls=stalls,
        )

    async def too_long(self) -> None:
        """Contract to rows of which one has more results than the pitch: those before it are complete."""
        for lengths in ([3, ALIGN, ALIGN + 1, 5], [ALIGN + 2, 1]):
            a, b = self.operands(lengths)
            error = ExpectedError("ErrResultFull", fatal=False)
            await self.provoke(error, a, b, layout=ROWS, pitch=ALIGN)

    async def cut_short(self) -> None:
        """Reset the machine while rows are written."""
        for after in (60, 150, 300):
            a, b = self.tensor(9, 20, density=0.8), self.tensor(30, 20, density=0.8)
            item = ContractionItem(as_csf(a), as_csf(b), layout=self.layout)
            item.reset_after = after
            await self.send(item)
            await self.contract(a, b, layout=self.layout)
