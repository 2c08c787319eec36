# SPDX-License-Identifier: Apache-2.0
"""Every mistake that an operand frame can have; a good contraction after each."""

from tb.agents.contraction.faults import operand_faults
from tb.sequences.base import ContractionSequence, as_csf


class ErrorsSeq(ContractionSequence):
    """Send frames with a mistake at the first, a middle and the last place.

    Args:
        stride: every stride-th mistake is tried, others for B than for A; 1 tries all.
    """

    def __init__(self, name: str = "errors", stride: int = 1):
        super().__init__(name)
        self.stride = stride

    async def body(self) -> None:
        good = as_csf(self.tensor(2, 5))
        for which in range(2):
            full = as_csf(self.tensor(3, 3, 9, density=1.0))
            for fault in list(operand_faults(full, which, self.pack))[which % self.stride :: self.stride]:
                await self.spoil(fault, which)
                await self.contract(good, good)
