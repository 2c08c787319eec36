# SPDX-License-Identifier: Apache-2.0
"""Results as rows and dense matrices that do not come to a good end: a row that is too long, and resets."""

from models.device.layout import ALIGN, DENSE, ROWS
from sim.interfaces import MEMORY
from tb.agents.contraction.item import ContractionItem, ExpectedError
from tb.sequences.base import ContractionSequence, as_csf
from tb.sequences.rows import diagonal


class RowEndsSeq(ContractionSequence):
    """Contract to rows longer than the pitch, then reset the machine while it writes; good results follow.

    Args:
        after: cycles from the doorbell to the resets.
    """

    interfaces = (MEMORY,)

    def __init__(self, name: str = "row_ends", after: tuple[int, ...] = (60, 150, 300)):
        super().__init__(name)
        self.after = after

    async def body(self) -> None:
        for lengths in ([3, ALIGN, ALIGN + 1, 5], [ALIGN + 2, 1]):
            error = ExpectedError("ErrResultFull", fatal=False)
            await self.provoke(error, *diagonal(lengths), layout=ROWS, pitch=ALIGN)
        for layout in (ROWS, DENSE):
            for after in self.after:
                a, b = self.tensor(9, 20, density=0.8), self.tensor(30, 20, density=0.8)
                item = ContractionItem(as_csf(a), as_csf(b), layout=layout)
                item.reset_after = after
                await self.send(item)
                await self.contract(a, b, layout=layout)
